//! Choices for compression.

use std::sync::Arc;

use super::long_repeats::MIN_REPEAT;
use crate::{
    Error, ErrorKind, Model, Result,
    container::{Method, Window},
    model::Level,
};
use crate::{
    codec::{lead::Lead, priming::Priming, witness::Wanted},
    parallel::{progress::Progress, stop::Stop},
};

/// The least length that blocks can be set to: in shorter ones headers and the restart of the network cost too much.
pub(crate) const MIN_BLOCK_LEN: usize = 1 << 16;

/// Bytes of content in a Huffman block: small enough to follow the data, large enough for its table to cost little.
const HUFFMAN_BLOCK: usize = 1 << 18;
/// Bytes of content in a stored block.
const STORE_BLOCK: usize = 1 << 20;
/// The farthest that copies reach back unless a caller asks for more: a decoder takes as much memory for it as level 5
/// takes for a network.
const USUAL_WINDOW: u64 = 1 << 28;

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
    pub(crate) window: Option<Window>,
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
    /// The default level, the neural method and its block length, no content size, one thread, no progress.
    pub fn new() -> Self {
        Self {
            priming: Priming {
                level: Level::DEFAULT,
                model: None,
                built_in: true,
                only: false,
                lead: Lead::default(),
                wanted: Wanted::Nothing,
            },
            method: Method::Neural,
            block_len: None,
            window: None,
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

    /// Lets blocks start from the prior of `model`, if that makes them smaller. The frame names the model, and a
    /// decoder needs it. A frame of one block names none if the built-in prior, or no prior, makes it smaller.
    pub fn model(mut self, model: Model) -> Self {
        self.priming.model = Some(model);
        self
    }

    /// Whether a block may start from the built-in prior, if that makes it smaller and the frame names
    /// no [`model`](Self::model). Yes by default. A decoder needs nothing for it.
    pub fn built_in_prior(mut self, allowed: bool) -> Self {
        self.priming.built_in = allowed;
        self
    }

    /// How to code blocks; [`Method::Neural`] by default. A block that would not shrink is stored by any method:
    /// [`BlockKind`](crate::BlockKind) lists the kinds of blocks.
    pub fn method(mut self, method: Method) -> Self {
        self.method = method;
        self
    }

    /// Makes blocks of `bytes` instead of [`Level::block_len`] or the method's own length.
    ///
    /// A short block takes less memory, and damage in it harms less; but each starts with a network that knows nothing,
    /// and below 1 MiB no long repeats are looked for. A decoder needs no such option.
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

    /// Finds repeats of 1 MiB or more as far as `bytes` back, or somewhat more: the next power of two. By default that is
    /// 32 MiB, and in content whose length is [promised](Self::content_size) up to 256 MiB, but at most a quarter of
    /// [`memory_limit`](Self::memory_limit).
    ///
    /// Encoder and decoder keep that much of the content in memory, as far as there is so much.
    ///
    /// # Errors
    /// [`ErrorKind::InvalidInput`] if `bytes` is more than 2 GiB.
    pub fn window(mut self, bytes: u64) -> Result<Self> {
        if bytes > Window::MOST.bytes() as u64 {
            let text = format!("copies reach back at most {} bytes, not {bytes}", Window::MOST.bytes());
            return Err(Error::new(ErrorKind::InvalidInput, text));
        }
        self.window = Some(Window::of(bytes));
        Ok(self)
    }

    /// Promises how many bytes will be written, so that the header can say so. A promise that is not kept
    /// makes [`write::Encoder::finish`](crate::write::Encoder::finish) fail.
    pub fn content_size(mut self, bytes: u64) -> Self {
        self.content_size = Some(bytes);
        self
    }

    /// Works on up to `threads` blocks at once, as far as the process can have the memory that they need; 0 means one a
    /// core, as far as half of the free memory holds that. The output is the same for any number.
    ///
    /// Content of one block is coded by the calling thread in any case.
    pub fn threads(mut self, threads: usize) -> Self {
        self.threads = threads;
        self
    }

    /// Takes no more than `bytes` of memory, including the content held and the trained model. It uses fewer threads
    /// first. If not even one block fits, it fails before that block, and names the highest level and the longest
    /// blocks that fit.
    ///
    /// The memory of a block depends on its length, on the level, and on the length of its expanded deflate streams.
    pub fn memory_limit(mut self, bytes: u64) -> Self {
        self.memory_limit = bytes;
        self
    }

    /// Counts into `progress` while working.
    pub fn progress(mut self, progress: Arc<Progress>) -> Self {
        self.progress = Some(progress);
        self
    }

    /// Ends the work when `stop` is asked for. The encoder then fails for good, and its frame has no end.
    pub fn stop(mut self, stop: Stop) -> Self {
        self.stop = stop;
        self
    }

    /// Bytes of content in a block: the length asked for, or the method's own.
    pub(crate) fn block_bytes(&self) -> usize {
        let suits = match self.method {
            Method::Neural => self.suitable_len(),
            Method::Copy => self.priming.level.block_len(),
            Method::Huffman => HUFFMAN_BLOCK,
            Method::Store => STORE_BLOCK,
        };
        self.block_len.unwrap_or(suits)
    }

    /// How far back copies reach, if there are any.
    pub(crate) fn copy_window(&self) -> Option<Window> {
        self.window_for(self.block_bytes())
    }

    /// How far back copies would reach with blocks of `block_len` bytes. In shorter ones than a repeat none are looked
    /// for.
    pub(crate) fn window_for(&self, block_len: usize) -> Option<Window> {
        let usual = || Window::of(self.content_size.unwrap_or(0).min(USUAL_WINDOW).min(self.memory_limit / 8));
        let copies = matches!(self.method, Method::Neural | Method::Copy) && block_len >= MIN_REPEAT;
        copies.then(|| self.window.unwrap_or_else(usual))
    }

    /// The length of neural blocks. Where the level's are short, for the sake of threads, content of known length is cut
    /// into two or more equal parts.
    fn suitable_len(&self) -> usize {
        let most = self.priming.level.block_len();
        match self.content_size {
            Some(size) if most < Level::BEST.block_len() && size >= most as u64 => {
                size.div_ceil(size.div_ceil(most as u64).max(2)) as usize
            }
            _ => most,
        }
    }
}
