//! What the work on one file may take, and what it is expected to take.

use std::io::BufReader;

use super::input::Input;
use foretell::{Level, Method, Model, Models, inspect_file_each};

/// Bytes of memory for the built-in prior, buffers, and a thread's stack as far as it is used.
const SMALL: u64 = 4 << 20;

/// What the work on a file may take.
#[derive(Clone, Copy, Debug)]
pub struct Means {
    /// Threads; 0 means one a core.
    pub threads: usize,
    /// Bytes of memory.
    pub memory: u64,
}

/// A block of content, as it is compressed: on one thread, whatever `Means` say.
#[derive(Clone, Copy, Debug)]
pub struct Block {
    level: Level,
    /// The most bytes that it can have.
    len: u64,
    /// Bytes of memory of the trained model.
    model: u64,
}

impl Block {
    /// One of this level and method. Other methods than the neural one are so quick that it is not worth while to hand
    /// their files over: their blocks count as empty.
    pub fn new(level: Level, method: Method, model: Option<&Model>) -> Self {
        let len = if method == Method::Neural { level.block_len() as u64 } else { 0 };
        Self { level, len, model: model.map_or(0, Model::memory) as u64 }
    }

    /// The same with at most `bytes`.
    pub fn no_longer_than(mut self, bytes: usize) -> Self {
        self.len = self.len.min(bytes as u64);
        self
    }

    /// Bytes of memory that compressing `len` bytes takes, unless deflate streams in them get longer when they are
    /// expanded. `None` if one block does not hold them.
    pub fn memory(&self, len: u64) -> Option<u64> {
        (len <= self.len).then(|| of_network(self.level, len) + self.model)
    }
}

/// The network for `len` bytes of content; the content itself, in a buffer that doubled as it grew, and a copy of it;
/// and its coded bytes, which may be as many.
fn of_network(level: Level, len: u64) -> u64 {
    let tables = usize::try_from(len).map_or(u64::MAX, |len| level.memory(len) as u64);
    tables.saturating_add(len.saturating_mul(4)).saturating_add(SMALL)
}

/// Bytes of memory that decompressing `input` takes, by its headers. `None` if it is damaged, if a frame of it has
/// several blocks, on which several threads could work, or if a model is not at hand.
pub fn of_compressed(input: &mut Input, models: &Models) -> Option<u64> {
    let mut most = Some(0);
    let inspected = inspect_file_each(BufReader::new(&mut *input), |frame| {
        let model = frame.model.map_or(Some(0), |id| models.find(id).ok().map(|model| model.memory() as u64));
        let of_frame = model.filter(|_| frame.block_count() <= 1);
        let of_frame = of_frame.map(|model| of_network(frame.level, frame.raw_size).saturating_add(model));
        most = most.zip(of_frame).map(|(most, of_frame): (u64, u64)| most.max(of_frame));
    });
    input.again();
    inspected.ok().and(most)
}
