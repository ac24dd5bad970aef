//! Frames pushed in → content to be taken out: what all decoders are made of.

mod ahead;
mod frame;
mod source;

use std::{
    fmt,
    io::{self, Read},
};

use super::{Operation, Status};
use crate::{DecodeOptions, Error, ErrorKind, Result, container::FrameHeader};
use frame::Frame;
use source::Source;

/// Decompresses frames, slice by slice, without any I/O: for bindings to other languages, asynchronous adapters, and
/// other callers that have no reader or writer. [`read::Decoder`](crate::read::Decoder) and
/// [`write::Decoder`](crate::write::Decoder) are made of it.
///
/// It holds one segment of content and its coded bytes (a segment of foretell has up to 256 KiB, of the format 64 MiB),
/// up to a [window](crate::EncodeOptions::window) of content before it for copies, and the level's network; with several
/// [threads](DecodeOptions::threads), a block and a network for each of the others. A call that completes a segment
/// decodes it, which takes about as long as coding it did: in asynchronous code, make such calls on a thread for
/// blocking work.
///
/// ```
/// use foretell::{DecodeOptions, EncodeOptions, compress, raw::{Decompressor, Operation}};
/// let coded = compress(b"a byte at a time", &EncodeOptions::new())?;
/// let mut decompressor = Decompressor::new(&DecodeOptions::new());
/// let (mut content, mut room) = (Vec::new(), [0; 4]);
/// let mut rest = &coded[..];
/// loop {
///     let (input, operation) = match rest {
///         [] => (rest, Operation::Finish),
///         _ => (&rest[..1], Operation::Continue),
///     };
///     // While content is waiting to be given out, it takes no input.
///     let status = decompressor.run(input, &mut room, operation)?;
///     rest = &rest[status.read..];
///     content.extend_from_slice(&room[..status.written]);
///     if status.is_done {
///         break;
///     }
/// }
/// assert_eq!(content, b"a byte at a time");
/// # Ok::<(), foretell::Error>(())
/// ```
pub struct Decompressor {
    source: Source,
    options: DecodeOptions,
    /// The part of the next frame that was read, between frames.
    begun: Begun,
    /// The frame being read; `None` between frames.
    frame: Option<Frame>,
    frames: u64,
    /// Bytes of content in frames that were decoded.
    content: u64,
    /// Content of the last block; `block[given..]` is not given out yet.
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

impl Decompressor {
    /// A decompressor of frames, one after the other; takes no memory for the network yet.
    pub fn new(options: &DecodeOptions) -> Self {
        Self {
            source: Source::new(),
            options: options.clone(),
            begun: Begun::Nothing,
            frame: None,
            frames: 0,
            content: 0,
            block: Vec::new(),
            given: 0,
            state: State::Reading,
        }
    }

    /// Takes bytes of frames from `input` and gives content into `output`, until the input or the room is used up, or
    /// the content has ended. Call it again with the rest of the input until [`Status::is_done`], which comes only
    /// after [`Operation::Finish`], after a [`single_frame`](DecodeOptions::single_frame), or where something that is
    /// no frame follows.
    ///
    /// A call that leaves room in `output` has given all content that the input so far allows.
    ///
    /// # Errors
    /// An error says that this call wrote nothing; it is final, and all further calls repeat it.
    /// [`ErrorKind::NotForetell`], [`ErrorKind::Corrupt`], [`ErrorKind::Truncated`] (only after [`Operation::Finish`]),
    /// [`ErrorKind::ChecksumMismatch`] and [`ErrorKind::Unsupported`] for the data; [`ErrorKind::MissingModel`],
    /// [`ErrorKind::MemoryLimit`], [`ErrorKind::OutputLimit`] and [`ErrorKind::Cancelled`] for what the options do not
    /// allow.
    pub fn run(&mut self, mut input: &[u8], output: &mut [u8], operation: Operation) -> Result<Status> {
        let mut status = Status::default();
        let given = input.len();
        loop {
            status.written += self.copy_to(&mut output[status.written..]);
            if !self.content().is_empty() {
                break;
            }
            let before = input.len();
            if let Err(error) = self.go_on_with(&mut input, operation) {
                if status.written == 0 {
                    return Err(error);
                }
                // The next call reports it.
                break;
            }
            status.is_done = self.is_ended();
            if status.is_done || (self.content().is_empty() && before == input.len()) {
                break;
            }
        }
        status.read = given - input.len();
        Ok(status)
    }

    /// Whether something other than zero bytes or another frame followed the last frame. Known once the content has
    /// ended.
    pub fn trailing_garbage(&self) -> bool {
        matches!(self.state, State::Ended { garbage: true })
    }

    /// Complete frames decoded so far.
    pub fn frames(&self) -> u64 {
        self.frames
    }

    /// Whether all that was taken belongs to complete frames, at least one.
    pub fn is_between_frames(&self) -> bool {
        let has_begun = self.frame.is_some() || !matches!(self.begun, Begun::Nothing) || !self.source.kept().is_empty();
        self.frames > 0 && !has_begun
    }

    /// Bytes that were taken after the last frame to see that they are no frame: up to three, without zeros before
    /// them. The rest of the input comes after them. Empty until the content has ended, and of a
    /// [`single_frame`](DecodeOptions::single_frame).
    pub fn remainder(&self) -> &[u8] {
        if self.is_ended() { self.source.kept() } else { &[] }
    }

    /// Whether the content has ended.
    pub(crate) fn is_ended(&self) -> bool {
        matches!(self.state, State::Ended { .. })
    }

    /// The number of `bytes` after the end that are taken and ignored.
    pub(crate) fn ignore(&self, bytes: &[u8]) -> Result<usize> {
        match self.state {
            State::Ended { garbage: true } => Ok(bytes.len()),
            _ if self.options.single_frame => Ok(0),
            _ => Err(Error::new(ErrorKind::InvalidInput, "the content was finished before")),
        }
    }

    /// Content that is decoded and was not given out yet.
    pub(crate) fn content(&self) -> &[u8] {
        &self.block[self.given..]
    }

    /// Drops `len` bytes of the [`content`](Self::content): they were given out.
    pub(crate) fn give(&mut self, len: usize) {
        self.given += len.min(self.content().len());
    }

    /// Gives out as much content as there is room for.
    pub(crate) fn copy_to(&mut self, out: &mut [u8]) -> usize {
        let n = out.len().min(self.content().len());
        out[..n].copy_from_slice(&self.content()[..n]);
        self.give(n);
        n
    }

    /// Decodes until there is content to give out or none is left.
    ///
    /// # Errors
    /// A transient error of `input`, after which the call can be made again. Any other error is final.
    pub(crate) fn go_on(&mut self, input: &mut dyn Read) -> Result<()> {
        if let State::Failed(error) = &self.state {
            return Err(error.again());
        }
        let gone_on = self.advance(input);
        if let Err(error) = &gone_on
            && !error.is_transient()
        {
            self.state = State::Failed(error.again());
        }
        gone_on
    }

    /// As [`go_on`](Self::go_on), with the bytes of `input` alone. Those that were taken are cut off, also after an
    /// error.
    pub(crate) fn go_on_with(&mut self, input: &mut &[u8], operation: Operation) -> Result<()> {
        let mut slice = Slice { bytes: input, is_end: operation == Operation::Finish };
        let gone_on = self.go_on(&mut slice);
        *input = slice.bytes;
        match gone_on {
            Err(error) if error.is_transient() => Ok(()),
            gone_on => gone_on,
        }
    }
}

/// The bytes of one call: where they end, more may come.
struct Slice<'a> {
    bytes: &'a [u8],
    is_end: bool,
}

impl Read for Slice<'_> {
    fn read(&mut self, out: &mut [u8]) -> io::Result<usize> {
        if self.bytes.is_empty() && !self.is_end {
            return Err(io::ErrorKind::WouldBlock.into());
        }
        self.bytes.read(out)
    }
}

impl fmt::Debug for Decompressor {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut debug = f.debug_struct("Decompressor");
        debug.field("options", &self.options).field("frames", &self.frames).field("is_ended", &self.is_ended());
        debug.finish_non_exhaustive()
    }
}
