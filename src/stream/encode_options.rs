//! What a caller may choose.

use std::sync::Arc;

use crate::{Error, ErrorKind, Model, Result, container::Method, model::Level};
use crate::{
    codec::priming::Priming,
    parallel::{progress::Progress, stop::Stop},
};

/// The least length that blocks can be set to: below it their headers and the network's new start cost too much.
pub(crate) const MIN_BLOCK_LEN: usize = 1 << 16;

/// Bytes of content in a Huffman block: small enough to follow the data, large enough for its table to cost little.
const HUFFMAN_BLOCK: usize = 1 << 18;
/// Bytes of content in a stored block.
const STORE_BLOCK: usize = 1 << 20;

/// Choices for compression; a builder.
///
/// ```
/// use foretell::{Level, Method, EncodeOptions};
/// let options = EncodeOptions::new().level(Level::new(3).unwrap()).method(Method::Neural);
/// assert!(foretell::compress(&[7; 1000], &options)?.len() < 60);
/// # Ok::<(), foretell::Error>(())
/// ```
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct EncodeOptions {
    pub(crate) priming: Priming,
    pub(crate) method: Method,
    pub(crate) block_len: Option<usize>,
    pub(crate) content_size: Option<u64>,
    pub(crate) threads: usize,
    pub(crate) memory_limit: u64,
    pub(crate) progress: Option<Arc<Progress>>,
    pub(crate) stop: Stop,
}

impl Default for EncodeOptions {
    fn default() -> Self {
        Self::new()
    }
}

impl EncodeOptions {
    /// The default level, the neural method and its block length, no content size, one thread, nobody watching.
    pub fn new() -> Self {
        Self {
            priming: Priming { level: Level::DEFAULT, model: None, built_in: true, only: false },
            method: Method::Neural,
            block_len: None,
            content_size: None,
            threads: 1,
            memory_limit: u64::MAX,
            progress: None,
            stop: Stop::default(),
        }
    }

    /// How large and slow a model to use.
    pub fn level(mut self, level: Level) -> Self {
        self.priming.level = level;
        self
    }

    /// Lets blocks start from what `model` knows, where that makes them smaller. A decoder needs the same model, which
    /// the frame names; but a frame of one block does not where the built-in model, or none, makes it smaller.
    pub fn model(mut self, model: Model) -> Self {
        self.priming.model = Some(model);
        self
    }

    /// Whether a block of up to 1 MiB may start from the model that is built in, if that makes it smaller and the frame
    /// names no other [`model`](Self::model): yes, unless told otherwise. A decoder needs nothing for it.
    pub fn built_in_prior(mut self, allowed: bool) -> Self {
        self.priming.built_in = allowed;
        self
    }

    /// How to code blocks; [`Method::Neural`] by default. A block that would not shrink is stored whatever this says:
    /// [`BlockKind`](crate::BlockKind) has what a block can be.
    pub fn method(mut self, method: Method) -> Self {
        self.method = method;
        self
    }

    /// Makes blocks of `bytes` instead of what suits the method, at most the level's [`Level::block_len`].
    ///
    /// A short block takes less memory, and damage in it harms less; but each starts with a network that knows nothing,
    /// and below 1 MiB no long repeats are looked for. A decoder need not be told.
    ///
    /// # Errors
    /// [`ErrorKind::InvalidInput`] if `bytes` is less than 64 KiB or more than a block of any level has, 32 MiB.
    pub fn block_len(mut self, bytes: usize) -> Result<Self> {
        let most = Level::BEST.block_len();
        if !(MIN_BLOCK_LEN..=most).contains(&bytes) {
            let text = format!("a block has {MIN_BLOCK_LEN} to {most} bytes, not {bytes}");
            return Err(Error::new(ErrorKind::InvalidInput, text));
        }
        self.block_len = Some(bytes);
        Ok(self)
    }

    /// Promises how many bytes will be written, so that the header can say so. A promise that is not kept
    /// makes [`write::Encoder::finish`](crate::write::Encoder::finish) fail.
    pub fn content_size(mut self, bytes: u64) -> Self {
        self.content_size = Some(bytes);
        self
    }

    /// Works on up to `threads` blocks at once, as far as the process can have the memory that they need; 0 means one a
    /// core, as far as half of the free memory holds that. However many there are, the output is the same.
    ///
    /// Content of one block is coded by the calling thread, whatever this says.
    pub fn threads(mut self, threads: usize) -> Self {
        self.threads = threads;
        self
    }

    /// Takes no more than `bytes` of memory, content that is held and the trained model included: uses fewer threads, and
    /// where not even one block fits, fails before it is begun, with the highest level and the longest blocks that would.
    ///
    /// How much a block takes depends on its length, the level, and what deflate streams in it are unpacked to.
    pub fn memory_limit(mut self, bytes: u64) -> Self {
        self.memory_limit = bytes;
        self
    }

    /// Counts into `progress` while working.
    pub fn progress(mut self, progress: Arc<Progress>) -> Self {
        self.progress = Some(progress);
        self
    }

    /// Ends the work when `stop` is asked for: an encoder then fails for good, and its frame has no end.
    pub fn stop(mut self, stop: Stop) -> Self {
        self.stop = stop;
        self
    }

    /// Bytes of content in a block: as many as were asked for, else what suits the method.
    pub(crate) fn block_bytes(&self) -> usize {
        let most = self.priming.level.block_len();
        let suits = match self.method {
            Method::Neural | Method::Copy => most,
            Method::Huffman => HUFFMAN_BLOCK,
            Method::Store => STORE_BLOCK,
        };
        self.block_len.map_or(suits, |asked| asked.min(most))
    }
}
