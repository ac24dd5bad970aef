//! Frames read in → content read out.

mod frame;

use std::{
    io::{self, Read},
    sync::Arc,
};

use self::frame::{Decoded, Frame};
use super::{Progress, base::Base, budget::Budget, codec};
use crate::{
    Error, ErrorKind, Models, Result,
    container::{
        FrameHeader, Index, Item,
        header::{Start, find_frame},
        read::read_vec,
    },
};

/// Decompresses the frames read from `R`, one after the other, as one stream of content.
///
/// A block's bytes are given out only after its checksum matched. The end of the content (`Ok(0)`) is
/// reported only after the last frame proved whole, so a reader that reaches it has the right bytes.
/// Zero bytes after the last frame are ignored; for anything else see
/// [`trailing_garbage`](Self::trailing_garbage). After an error every further read repeats it.
///
/// With several [threads](Self::with_threads) it reads ahead within a frame. Dropping it stops them.
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
    inner: R,
    progress: Option<Arc<Progress>>,
    threads: usize,
    memory_limit: u64,
    models: Models,
    /// The frame being read; `None` between frames.
    frame: Option<Frame>,
    frames: u64,
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
            inner,
            progress: None,
            threads: 1,
            memory_limit: u64::MAX,
            models: Models::new(),
            frame: None,
            frames: 0,
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

    /// Decodes up to `threads` blocks at once, as far as the memory limit allows; 0 means one a core, as far as half
    /// of the free memory holds what they need.
    ///
    /// Several threads need several blocks: before any content is given out, as many are read as can be worked on. So
    /// where the other end of a pipe waits for an answer to its first block, use one thread, as is the default.
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

    /// The inner reader. It stands somewhere behind the content given out so far.
    pub fn into_inner(self) -> R {
        self.inner
    }

    /// Decodes on until there is content to give out or none is left.
    fn advance(&mut self) -> Result<()> {
        while self.given == self.block.len() && matches!(self.state, State::Reading) {
            match self.frame.take() {
                None => self.start_frame()?,
                Some(mut frame) => {
                    self.read_ahead(&mut frame);
                    self.frame = self.next_item(frame)?;
                }
            }
        }
        Ok(())
    }

    fn start_frame(&mut self) -> Result<()> {
        match find_frame(&mut self.inner, self.frames == 0)? {
            Start::Frame => {
                let header = FrameHeader::read_after_magic(&mut self.inner)?;
                let base = Base::of(&header, &self.models)?;
                self.frame = Some(Frame::new(header, base, Budget::new(self.threads, self.memory_limit)));
            }
            start => self.state = State::Ended { garbage: start == Start::Other },
        }
        Ok(())
    }

    /// Reads blocks and begins to decode them, as many as there is room for. An error waits for its turn: what stands
    /// before it is good.
    fn read_ahead(&mut self, frame: &mut Frame) {
        while !frame.is_read {
            match self.begin_item(frame) {
                Ok(true) => {}
                Ok(false) => break,
                Err(error) => {
                    frame.blocks.put(Err(error));
                    frame.is_read = true;
                }
            }
        }
    }

    /// Reads one item and begins to decode it, if there is room; else says so.
    fn begin_item(&mut self, frame: &mut Frame) -> Result<bool> {
        if !frame.blocks.has_room(0, frame.window.len() as u64) {
            return Ok(false);
        }
        let item = frame.next.take().map_or_else(|| Item::read(&mut self.inner), Ok)?;
        let header = match item {
            Item::Block(header) => header,
            Item::End(hash) | Item::IndexedEnd(hash) => {
                frame.is_read = true;
                if let Item::IndexedEnd(_) = item {
                    frame.index.check(&Index::read(&mut self.inner)?)?;
                }
                frame.blocks.put(Ok(Decoded::End(hash)));
                return Ok(true);
            }
        };
        // Given out by now. Its memory is given back before more is taken.
        frame.keep(&std::mem::take(&mut self.block))?;
        self.given = 0;
        let (needed, beside) = (codec::memory(&header, &frame.base, 0), frame.held());
        if !frame.blocks.has_room(needed, beside) {
            frame.next = Some(item);
            return Ok(false);
        }
        let taken = needed + beside + frame.blocks.memory();
        codec::take_memory(taken, self.memory_limit, self.progress.as_deref())?;
        let mut coded = Vec::new();
        read_vec(&mut self.inner, header.coded_len as u64, &mut coded)?;
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
            self.state = State::Failed(error.again());
            return Err(error.into());
        }
        let n = out.len().min(self.block.len() - self.given);
        out[..n].copy_from_slice(&self.block[self.given..self.given + n]);
        self.given += n;
        Ok(n)
    }
}
