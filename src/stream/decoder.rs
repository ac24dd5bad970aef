//! Frames read in → content read out.

mod ahead;
mod frame;
mod source;

use std::{
    io::{self, Read},
    sync::Arc,
};

use crate::parallel::{progress::Progress, stop::Stop};
use crate::{Error, Models, container::FrameHeader};
use frame::Frame;
use source::Source;

/// Decompresses the frames read from `R`, one after the other, as one stream of content.
///
/// A block's bytes are given out only after its checksum matched. The end of the content (`Ok(0)`) is
/// reported only after the last frame proved whole, so a reader that reaches it has the right bytes.
/// Zero bytes after the last frame are ignored; for anything else see
/// [`trailing_garbage`](Self::trailing_garbage). [`single_frame`](Self::single_frame) stops behind the first one.
///
/// Of `R` the errors [`WouldBlock`](io::ErrorKind::WouldBlock), [`TimedOut`](io::ErrorKind::TimedOut) and
/// [`Interrupted`](io::ErrorKind::Interrupted) lose nothing, at whatever byte they come: read again, and it goes on. So a
/// reader may be non-blocking. What can be decoded without waiting for `R` is given out before such an error is. After any
/// other error every further read repeats it, with the same kind.
///
/// With several [threads](Self::with_threads) it reads ahead within a frame. Dropping it stops them.
///
/// Content can be far longer than what it is decoded from: a few bytes make 64 MiB. Where it comes from somebody else,
/// [`with_output_limit`](Self::with_output_limit) and [`with_memory_limit`](Self::with_memory_limit) bound what it costs.
/// Without a limit on memory a block may take what its level and length make of it, which a few bytes can ask for: at
/// level 9 and 64 MiB, the longest that the format knows, some 1.7 GiB. What the system or a control group does not have
/// is refused before it is taken.
///
/// ```
/// use std::io::Read;
/// let coded = foretell::compress(b"next byte", &foretell::Options::new())?;
/// let mut content = String::new();
/// foretell::Decoder::new(coded.as_slice()).read_to_string(&mut content)?;
/// assert_eq!(content, "next byte");
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub struct Decoder<R: Read> {
    source: Source<R>,
    progress: Option<Arc<Progress>>,
    threads: usize,
    memory_limit: u64,
    output_limit: u64,
    models: Models,
    stop: Stop,
    is_single: bool,
    /// What was read of the next frame, between frames.
    begun: Begun,
    /// The frame being read; `None` between frames.
    frame: Option<Frame>,
    frames: u64,
    /// Bytes of content in frames that were decoded.
    content: u64,
    /// Content of the last block, of which `block[given..]` is still to be given out.
    block: Vec<u8>,
    given: usize,
    state: State,
}

#[derive(Clone, Copy)]
enum Begun {
    Nothing,
    Magic,
    Header(FrameHeader),
}

enum State {
    Reading,
    Ended { garbage: bool },
    Failed(Error),
}

impl<R: Read> Decoder<R> {
    /// A decoder of all frames in `inner`; reads nothing yet. Reads in small pieces between blocks, so an
    /// unbuffered `inner` should be wrapped in a [`BufReader`](std::io::BufReader).
    pub fn new(inner: R) -> Self {
        Self {
            source: Source::new(inner),
            progress: None,
            threads: 1,
            memory_limit: u64::MAX,
            output_limit: u64::MAX,
            models: Models::new(),
            stop: Stop::default(),
            is_single: false,
            begun: Begun::Nothing,
            frame: None,
            frames: 0,
            content: 0,
            block: Vec::new(),
            given: 0,
            state: State::Reading,
        }
    }

    /// Refuses blocks that need more than `bytes` of memory to decode, what copies may reach back to and the list of a
    /// frame's blocks included.
    pub fn with_memory_limit(mut self, bytes: u64) -> Self {
        self.memory_limit = bytes;
        self
    }

    /// Fails with [`ErrorKind::OutputLimit`](crate::ErrorKind::OutputLimit) where all content, of all frames, would be more than `bytes`: never is a
    /// part passed off as the whole, as [`Read::take`] does.
    ///
    /// A frame whose header promises more is refused before any of it is decoded. Of others the blocks that stay within
    /// the limit are given out, and then the error, before the block that exceeds it takes any time or memory.
    pub fn with_output_limit(mut self, bytes: u64) -> Self {
        self.output_limit = bytes;
        self
    }

    /// Stops behind the first frame, and reads not one byte beyond: what follows, be it another frame or not, is left to
    /// the inner reader, which [`into_inner`](Self::into_inner) gives back.
    ///
    /// ```
    /// use std::io::Read;
    /// let mut stream = foretell::compress(b"a frame", &foretell::Options::new())?;
    /// stream.extend(b" and something else");
    /// let mut decoder = foretell::Decoder::new(stream.as_slice()).single_frame();
    /// let mut content = String::new();
    /// decoder.read_to_string(&mut content)?;
    /// assert_eq!(content, "a frame");
    /// assert_eq!(decoder.into_inner(), b" and something else");
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn single_frame(mut self) -> Self {
        self.is_single = true;
        self
    }

    /// Ends the work when `stop` is asked for: reading fails then, for good.
    pub fn with_stop(mut self, stop: Stop) -> Self {
        self.stop = stop;
        self
    }

    /// Decodes up to `threads` blocks at once, as far as the memory limit allows; 0 means one a core, as far as half
    /// of the free memory holds what they need.
    ///
    /// Several threads need several blocks: until the first one is decoded, others are read, as many as can be worked
    /// on. So a block may be held back while the inner reader blocks in waiting for the next. Where the other end of a
    /// pipe waits for an answer, use one thread, as is the default, or a reader that does not block.
    pub fn with_threads(mut self, threads: usize) -> Self {
        self.threads = threads;
        self
    }

    /// Looks among `models` for those that frames name.
    pub fn with_models(mut self, models: Models) -> Self {
        self.models = models;
        self
    }

    /// Counts into `progress` while working.
    pub fn with_progress(mut self, progress: Arc<Progress>) -> Self {
        self.progress = Some(progress);
        self
    }

    /// Whether something other than zero bytes or another frame followed the last frame. Known once the
    /// content has been read to its end.
    pub fn trailing_garbage(&self) -> bool {
        matches!(self.state, State::Ended { garbage: true })
    }

    /// Complete frames decoded so far.
    pub fn frames(&self) -> u64 {
        self.frames
    }

    /// What was read behind the last frame to see that it is none: up to three bytes, without zeros before them. The
    /// inner reader stands behind them. Empty until the content has been read to its end, and of a
    /// [`single_frame`](Self::single_frame).
    pub fn remainder(&self) -> &[u8] {
        if matches!(self.state, State::Ended { .. }) { self.source.kept() } else { &[] }
    }

    /// The inner reader. Who reads from it takes bytes away from the decoder.
    pub fn get_ref(&self) -> &R {
        &self.source.inner
    }

    /// As [`get_ref`](Self::get_ref).
    pub fn get_mut(&mut self) -> &mut R {
        &mut self.source.inner
    }

    /// The inner reader. It stands somewhere behind the content given out so far; at the end of the content, behind the
    /// last frame, any zeros after it, and the [`remainder`](Self::remainder).
    pub fn into_inner(self) -> R {
        self.source.inner
    }
}

impl<R: Read> Read for Decoder<R> {
    fn read(&mut self, out: &mut [u8]) -> io::Result<usize> {
        if out.is_empty() {
            return Ok(0);
        }
        if let State::Failed(error) = &self.state {
            return Err(error.again().into());
        }
        if let Err(error) = self.advance() {
            if !error.is_transient() {
                self.state = State::Failed(error.again());
            }
            return Err(error.into());
        }
        let n = out.len().min(self.block.len() - self.given);
        out[..n].copy_from_slice(&self.block[self.given..self.given + n]);
        self.given += n;
        Ok(n)
    }
}
