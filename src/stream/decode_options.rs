//! Choices for decompression.

use std::sync::Arc;

use crate::{Models, Progress, Stop};

/// Choices for decompression; a builder. All that decodes takes one: [`Decoder`](crate::Decoder),
/// [`decompress_with`](crate::decompress_with), [`IndexedReader`](crate::IndexedReader), [`recover`](crate::recover())
/// and the rest. Where a choice has no effect, the docs say so.
///
/// ```
/// use foretell::{DecodeOptions, EncodeOptions, ErrorKind, compress, decompress_with};
/// let coded = compress(&[0; 5000], &EncodeOptions::new())?;
/// let options = DecodeOptions::new().threads(2).output_limit(4999);
/// assert_eq!(decompress_with(&coded, &options).unwrap_err().kind(), ErrorKind::OutputLimit);
/// # Ok::<(), foretell::Error>(())
/// ```
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct DecodeOptions {
    pub(crate) threads: usize,
    pub(crate) memory_limit: u64,
    /// `None`: the bound of the function or type that decodes.
    pub(crate) output_limit: Option<u64>,
    pub(crate) models: Models,
    pub(crate) progress: Option<Arc<Progress>>,
    pub(crate) stop: Stop,
    pub(crate) single_frame: bool,
    pub(crate) unverified: bool,
}

impl Default for DecodeOptions {
    fn default() -> Self {
        Self::new()
    }
}

impl DecodeOptions {
    /// One thread, no limits, no trained models, all frames, no progress, nothing to stop it.
    pub fn new() -> Self {
        Self {
            threads: 1,
            memory_limit: u64::MAX,
            output_limit: None,
            models: Models::new(),
            progress: None,
            stop: Stop::default(),
            single_frame: false,
            unverified: false,
        }
    }

    /// Decodes up to `threads` blocks at once, as far as the memory limit allows; 0 means one a core, as far as half
    /// of the free memory holds what they need.
    ///
    /// Several threads need several blocks: until the first one is decoded, others are read, as many as can be worked
    /// on. So a block may be held back while the inner reader blocks in waiting for the next. Where the other end of a
    /// pipe waits for an answer, use one thread, as is the default, or a reader that does not block.
    ///
    /// [`write::Decoder`](crate::write::Decoder) and [`raw::Decompressor`](crate::raw::Decompressor) give out all that the
    /// bytes of a call allow before they return, so they use several threads only if those bytes hold several blocks.
    pub fn threads(mut self, threads: usize) -> Self {
        self.threads = threads;
        self
    }

    /// Refuses blocks that need more than `bytes` of memory to decode, with
    /// [`ErrorKind::MemoryLimit`](crate::ErrorKind::MemoryLimit). The content that copies may reach back to counts, and
    /// so does the list of a frame's blocks.
    ///
    /// Without a limit a few bytes can ask for some 1.7 GiB: for a block of 64 MiB at level 9. Memory that the system
    /// or a control group does not have is refused before it is taken.
    pub fn memory_limit(mut self, bytes: u64) -> Self {
        self.memory_limit = bytes;
        self
    }

    /// Fails with [`ErrorKind::OutputLimit`](crate::ErrorKind::OutputLimit) where all content, of all frames, would be
    /// more than `bytes`: a part is never passed off as the whole, as [`Read::take`](std::io::Read::take) does.
    ///
    /// A frame whose header promises more is refused before any of it is decoded. Of others the blocks that stay within
    /// the limit are given out, and then the error, before the block that exceeds it takes any time or memory.
    pub fn output_limit(mut self, bytes: u64) -> Self {
        self.output_limit = Some(bytes);
        self
    }

    /// Looks among `models` for those that frames name.
    pub fn models(mut self, models: Models) -> Self {
        self.models = models;
        self
    }

    /// Counts into `progress` while working.
    pub fn progress(mut self, progress: Arc<Progress>) -> Self {
        self.progress = Some(progress);
        self
    }

    /// Ends the work when `stop` is asked for. The work then fails with
    /// [`ErrorKind::Cancelled`](crate::ErrorKind::Cancelled), for good.
    pub fn stop(mut self, stop: Stop) -> Self {
        self.stop = stop;
        self
    }

    /// Whether to stop after the first frame, and to read not one byte beyond it: the bytes after it are left to the
    /// inner reader. It holds for decoders, not for functions and types that work on whole files.
    ///
    /// ```
    /// use std::io::Read;
    /// use foretell::{DecodeOptions, Decoder, EncodeOptions};
    /// let mut stream = foretell::compress(b"a frame", &EncodeOptions::new())?;
    /// stream.extend(b" and something else");
    /// let mut decoder = Decoder::new(stream.as_slice(), &DecodeOptions::new().single_frame(true));
    /// let mut content = String::new();
    /// decoder.read_to_string(&mut content)?;
    /// assert_eq!(content, "a frame");
    /// assert_eq!(decoder.into_inner(), b" and something else");
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn single_frame(mut self, single: bool) -> Self {
        self.single_frame = single;
        self
    }

    /// Whether [`recover`](crate::recover()) writes what a damaged or cut segment decodes to, in place of zeros or
    /// nothing. [`Damage::unverified`](crate::Damage::unverified) says where that is. Nothing else heeds it: no other
    /// content is given out before it is checked.
    pub fn unverified(mut self, unverified: bool) -> Self {
        self.unverified = unverified;
        self
    }

    /// The most bytes of content.
    pub(crate) fn most_output(&self) -> u64 {
        self.output_limit.unwrap_or(u64::MAX)
    }
}
