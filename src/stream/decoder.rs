//! Frames read in → content read out.

mod frame;
mod source;

use std::{
    io::{self, Read},
    sync::Arc,
};

use self::{
    frame::{Decoded, Frame},
    source::Source,
};
use super::{Progress, base::Base, budget::Budget, codec, stop::Stop};
use crate::{
    Error, ErrorKind, Models, Result,
    container::{Item, header::Start},
};

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
    /// Whether a frame's magic was read and its header was not.
    is_in_frame: bool,
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
            is_in_frame: false,
            frame: None,
            frames: 0,
            content: 0,
            block: Vec::new(),
            given: 0,
            state: State::Reading,
        }
    }

    /// Refuses blocks that need more than `bytes` of memory to decode, what copies may reach back to included.
    pub fn with_memory_limit(mut self, bytes: u64) -> Self {
        self.memory_limit = bytes;
        self
    }

    /// Fails with [`ErrorKind::OutputLimit`] where all content, of all frames, would be more than `bytes`: never is a
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

    /// Decodes on until there is content to give out or none is left.
    fn advance(&mut self) -> Result<()> {
        while self.given == self.block.len() && matches!(self.state, State::Reading) {
            self.stop.check()?;
            match self.frame.take() {
                None => self.start_frame()?,
                Some(mut frame) => {
                    let read = self.read_ahead(&mut frame);
                    // Blocks in hand come first: a reader that is not ready will say so again.
                    if frame.blocks.is_empty()
                        && let Err(error) = read
                    {
                        self.frame = Some(frame);
                        return Err(error);
                    }
                    self.frame = self.next_item(frame)?;
                }
            }
        }
        Ok(())
    }

    fn start_frame(&mut self) -> Result<()> {
        if !self.is_in_frame {
            let start = self.source.find_frame(self.frames == 0)?;
            if start != Start::Frame {
                self.state = State::Ended { garbage: start == Start::Other };
                return Ok(());
            }
            self.is_in_frame = true;
        }
        let header = self.source.header()?;
        self.is_in_frame = false;
        self.check_output(header.content_size.unwrap_or(0))?;
        let base = Base::of(&header, &self.models)?;
        let budget = Budget::new(self.threads, self.memory_limit);
        self.frame = Some(Frame::new(header, base, budget, self.stop.clone()));
        Ok(())
    }

    /// Whether so many bytes of content of one frame are allowed, besides those of the frames before.
    fn check_output(&self, len: u64) -> Result<()> {
        let is_allowed = self.content.checked_add(len).is_some_and(|len| len <= self.output_limit);
        if is_allowed { Ok(()) } else { Err(Error::output_limit(self.output_limit)) }
    }

    /// Reads blocks and begins to decode them, as many as there is room for, unless the next one to be given out is
    /// there. An error waits for its turn, as what stands before it is good; it is given back if it is to be tried again.
    fn read_ahead(&mut self, frame: &mut Frame) -> Result<()> {
        while !frame.is_read && !frame.blocks.is_ready() {
            match self.begin_item(frame) {
                Ok(true) => {}
                Ok(false) => break,
                Err(error) if error.is_transient() => return Err(error),
                Err(error) => {
                    frame.blocks.put(Err(error));
                    frame.is_read = true;
                }
            }
        }
        Ok(())
    }

    /// Reads one item and begins to decode it, if there is room; else says so. What was read stays if reading fails.
    fn begin_item(&mut self, frame: &mut Frame) -> Result<bool> {
        if !frame.blocks.has_room(0, frame.window.len() as u64) {
            return Ok(false);
        }
        let item = frame.next.map_or_else(|| self.source.item(), Ok)?;
        frame.next = Some(item);
        let header = match item {
            Item::Block(header) => header,
            Item::End(hash) | Item::IndexedEnd(hash) => {
                if let Item::IndexedEnd(_) = item {
                    self.source.check_index(&frame.index)?;
                }
                frame.is_read = true;
                frame.blocks.put(Ok(Decoded::End(hash)));
                return Ok(true);
            }
        };
        self.check_output(frame.begun + header.raw_len as u64)?;
        // Given out by now. Its memory is given back before more is taken.
        frame.keep(&std::mem::take(&mut self.block))?;
        self.given = 0;
        let (needed, beside) = (codec::memory(&header, &frame.base, 0), frame.held());
        if !frame.blocks.has_room(needed, beside) {
            return Ok(false);
        }
        let taken = needed + beside + frame.blocks.memory();
        codec::take_memory(taken, self.memory_limit, self.progress.as_deref())?;
        let coded = self.source.coded(header.coded_len)?;
        frame.next = None;
        frame.begin(header, coded, self.progress.clone(), needed);
        Ok(true)
    }

    /// Takes the next block into `self.block`, or the end of `frame` (then gives back `None`).
    fn next_item(&mut self, mut frame: Frame) -> Result<Option<Frame>> {
        let nothing = || Err(Error::new(ErrorKind::Internal, "a frame that is not at its end has no next block"));
        let decoded = frame.blocks.next().unwrap_or_else(nothing)?;
        if let Decoded::End(hash) = decoded {
            frame.check_end(hash)?;
            self.frames += 1;
            self.content += frame.begun;
            if self.is_single {
                self.state = State::Ended { garbage: false };
            }
            // No copy reaches into another frame.
            self.block.clear();
            self.given = 0;
            return Ok(None);
        }
        frame.keep(&std::mem::take(&mut self.block))?;
        self.given = 0;
        self.block = match decoded {
            Decoded::Copy(header, coded) => {
                codec::decode_copy(&header, &coded, &frame.window, &frame.watch(self.progress.clone()))?
            }
            Decoded::Content(content) => content,
            Decoded::End(_) => Vec::new(),
        };
        frame.note(&self.block);
        Ok(Some(frame))
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
