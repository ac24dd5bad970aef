//! Frames read in → content read out.

use std::{
    hash::Hasher,
    io::{self, Read},
    sync::Arc,
};

use twox_hash::XxHash3_64;

use super::{Progress, codec, window::Window};
use crate::{
    Error, ErrorKind, Result,
    container::{
        FrameHeader, Item,
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
    memory_limit: u64,
    /// The frame being read; `None` between frames.
    frame: Option<Frame>,
    frames: u64,
    /// Content of the last block, of which `block[given..]` is still to be given out.
    block: Vec<u8>,
    given: usize,
    state: State,
}

struct Frame {
    header: FrameHeader,
    hash: XxHash3_64,
    len: u64,
    /// The content before the last block. One that is alone, as in all short frames, never gets here.
    window: Window,
}

enum State {
    Reading,
    Ended { garbage: bool },
    Failed(ErrorKind, String),
}

impl<R: Read> Decoder<R> {
    /// A decoder of all frames in `inner`; reads nothing yet. Reads in small pieces between blocks, so an
    /// unbuffered `inner` should be wrapped in a [`BufReader`](std::io::BufReader).
    pub fn new(inner: R) -> Self {
        Self {
            inner,
            progress: None,
            memory_limit: u64::MAX,
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
                Some(frame) => self.frame = self.next_item(frame)?,
            }
        }
        Ok(())
    }

    fn start_frame(&mut self) -> Result<()> {
        match find_frame(&mut self.inner, self.frames == 0)? {
            Start::Frame => {
                let header = FrameHeader::read_after_magic(&mut self.inner)?;
                self.frame = Some(Frame { header, hash: XxHash3_64::new(), len: 0, window: Window::default() });
            }
            start => self.state = State::Ended { garbage: start == Start::Other },
        }
        Ok(())
    }

    /// Reads one block into `self.block`, or the end of `frame` (then gives back `None`).
    fn next_item(&mut self, mut frame: Frame) -> Result<Option<Frame>> {
        match Item::read(&mut self.inner)? {
            Item::Block(header) => {
                // Given out by now. Its memory is given back before more is taken.
                frame.window.push(&std::mem::take(&mut self.block))?;
                self.given = 0;
                let level = frame.header.level;
                let needed = codec::memory(&header, level, frame.window.len());
                if needed > self.memory_limit {
                    let text = format!("decoding needs {needed} bytes of memory, {} are allowed", self.memory_limit);
                    return Err(Error::new(ErrorKind::MemoryLimit, text));
                }
                if let Some(progress) = &self.progress {
                    progress.takes_memory(needed);
                }
                let mut coded = Vec::new();
                read_vec(&mut self.inner, header.coded_len as u64, &mut coded)?;
                self.block = codec::decode(&header, coded, &frame.window, level, self.progress.as_deref())?;
                frame.hash.write(&self.block);
                frame.len += self.block.len() as u64;
                Ok(Some(frame))
            }
            Item::End(hash) => {
                frame.header.check_content_size(frame.len)?;
                if hash != frame.hash.finish() {
                    return Err(Error::new(ErrorKind::ChecksumMismatch, "the content does not match its checksum"));
                }
                self.frames += 1;
                // No copy reaches into another frame.
                self.block.clear();
                self.given = 0;
                Ok(None)
            }
        }
    }
}

impl<R: Read> Read for Decoder<R> {
    fn read(&mut self, out: &mut [u8]) -> io::Result<usize> {
        if out.is_empty() {
            return Ok(0);
        }
        if let State::Failed(kind, text) = &self.state {
            return Err(Error::new(*kind, text.clone()).into());
        }
        if let Err(error) = self.advance() {
            self.state = State::Failed(error.kind(), error.to_string());
            return Err(error.into());
        }
        let n = out.len().min(self.block.len() - self.given);
        out[..n].copy_from_slice(&self.block[self.given..self.given + n]);
        self.given += n;
        Ok(n)
    }
}
