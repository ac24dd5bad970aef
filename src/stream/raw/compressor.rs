//! Content pushed in → a frame to be taken out: what all encoders are made of.

mod blocks;

use std::{fmt, hash::Hasher};

use twox_hash::XxHash3_64;

use super::{Operation, Status};
use crate::{
    Error, ErrorKind, Method, Model, Result,
    codec::{
        block_encoder::{BlockEncoder, CodedSegment},
        lead::Lead,
        seen::Seen,
    },
    container::{FrameHeader, Index, Item, SegmentHeader},
    parallel::{budget::Budget, memory::Promise, pool::Pool},
    stream::{EncodeOptions, pieces::Pieces},
};

/// Compresses content into one frame, slice by slice, without any I/O: for bindings to other languages, asynchronous
/// adapters, and other callers that have no reader or writer. [`write::Encoder`](crate::write::Encoder),
/// [`read::Encoder`](crate::read::Encoder) and [`bufread::Encoder`](crate::bufread::Encoder) are made of it.
///
/// It holds up to a MiB of content, up to a [window](EncodeOptions::window) before it for copies, and coded bytes until
/// they are taken. A call codes what it takes, at most 256 KiB and what was held before: in asynchronous code, make calls on a thread for blocking
/// work. With several [threads](EncodeOptions::threads) it holds a block ([`Level::block_len`](crate::Level::block_len)
/// or [`EncodeOptions::block_len`]) for each, and a call waits only while all of them are busy.
///
/// ```
/// use foretell::{EncodeOptions, decompress, raw::{Compressor, Operation}};
/// let (mut input, mut coded, mut room) = (&b"one slice after the other"[..], Vec::new(), [0; 8]);
/// let mut compressor = Compressor::new(&EncodeOptions::new());
/// loop {
///     let status = compressor.run(input, &mut room, Operation::Finish)?;
///     input = &input[status.read..];
///     coded.extend_from_slice(&room[..status.written]);
///     if status.is_done {
///         break;
///     }
/// }
/// assert_eq!(decompress(&coded)?, b"one slice after the other");
/// # Ok::<(), foretell::Error>(())
/// ```
#[must_use = "a frame has no end until it is finished"]
pub struct Compressor {
    options: EncodeOptions,
    /// Bytes of the frame that are ready; `output[given..]` are not taken yet.
    output: Vec<u8>,
    given: usize,
    /// Content that is not coded yet, and the content that it may repeat.
    content: Pieces,
    /// Blocks that are being coded.
    blocks: Pool<Vec<CodedSegment>>,
    /// The block that this thread codes as its content comes.
    current: Option<Current>,
    /// After a failed block all calls fail: the frame would lack it.
    failure: Option<Error>,
    /// Whether the end of the frame is ready or taken.
    is_ended: bool,
    index: Index,
    /// The segments in the output, and what their bytes cost, until they are taken; if that is wanted.
    seen: Vec<(SegmentHeader, Seen)>,
    /// Whether the header was written. It waits for the first block, which decides whether it must name a model.
    begun: bool,
    hash: XxHash3_64,
    total_in: u64,
    total_out: u64,
}

/// Bytes that one call takes at most, so that content is coded as it comes.
const MOST_TAKEN: usize = 1 << 18;

/// What is known to follow the content so far.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum End {
    /// Nothing.
    None,
    /// More may come, but what there is must be coded first.
    Flush,
    /// The end of the frame.
    Frame,
}

/// A block that is coded as its content comes.
struct Current {
    encoder: BlockEncoder,
    /// Bytes of content that it has.
    raw_len: usize,
    /// Of the memory that the network may take.
    _promise: Promise,
}

impl Compressor {
    /// A compressor of one frame; takes no memory for the network yet.
    pub fn new(options: &EncodeOptions) -> Self {
        let model = options.priming.model.as_ref().map(Model::id).filter(|_| options.method == Method::Neural);
        let (level, content_size, window) = (options.priming.level, options.content_size, options.copy_window());
        let header = FrameHeader { level, content_size, window: window.unwrap_or_default(), model };
        let mut options = options.clone();
        options.priming.lead = Lead::default();
        let mut compressor = Self {
            options: options.clone(),
            output: Vec::new(),
            given: 0,
            content: Pieces::new(window),
            blocks: Pool::new(Budget::new(options.threads, options.memory_limit)),
            current: None,
            failure: None,
            is_ended: false,
            index: Index { header, blocks: Vec::new() },
            seen: Vec::new(),
            begun: false,
            hash: XxHash3_64::new(),
            total_in: 0,
            total_out: 0,
        };
        if model.is_none() {
            compressor.begin(false);
        }
        compressor
    }

    /// Takes content from `input` and gives bytes of the frame into `output`, as much as there is of one and room in
    /// the other, and then does what `operation` says. Until [`Status::is_done`], call it again with the rest of the
    /// input, room for more output, and the same operation.
    ///
    /// # Errors
    /// An error says that this call read and wrote nothing. [`ErrorKind::MemoryLimit`], [`ErrorKind::Cancelled`] and
    /// [`ErrorKind::Arithmetic`]: if a block failed, all further calls fail in the same way; if only the room for more
    /// content was lacking, the call can be made again. [`ErrorKind::InvalidInput`] for input after the end of the
    /// frame. [`ErrorKind::Io`] for finishing with fewer or more bytes than [`EncodeOptions::content_size`] promises:
    /// more may come then.
    pub fn run(&mut self, input: &[u8], output: &mut [u8], operation: Operation) -> Result<Status> {
        let mut status = Status::default();
        loop {
            let n = self.output().len().min(output.len() - status.written);
            output[status.written..][..n].copy_from_slice(&self.output()[..n]);
            self.give(n);
            status.written += n;
            if !self.output().is_empty() {
                return Ok(status);
            }
            let rest = &input[status.read..];
            let step = if rest.is_empty() { self.operate(operation).map(|()| 0) } else { self.take(rest) };
            match step {
                Ok(taken) => status.read += taken,
                Err(error) if status == Status::default() => return Err(error),
                // The next call reports it.
                Err(_) => return Ok(status),
            }
            if rest.is_empty() && self.output().is_empty() {
                return Ok(Status { is_done: true, ..status });
            }
        }
    }

    fn operate(&mut self, operation: Operation) -> Result<()> {
        match operation {
            Operation::Continue => self.collect_ready(),
            Operation::Flush => self.flush(),
            Operation::Finish => self.finish(),
        }
    }

    /// Bytes of content taken so far.
    pub fn total_in(&self) -> u64 {
        self.total_in
    }

    /// Bytes of the frame given out so far.
    pub fn total_out(&self) -> u64 {
        self.total_out
    }

    /// Bytes of the frame that are ready.
    pub(crate) fn output(&self) -> &[u8] {
        &self.output[self.given..]
    }

    /// Drops `len` bytes of the [`output`](Self::output): they were taken.
    pub(crate) fn give(&mut self, len: usize) {
        let len = len.min(self.output().len());
        self.given += len;
        self.total_out += len as u64;
        if self.given == self.output.len() {
            self.output.clear();
            self.given = 0;
        }
    }

    /// Takes bytes, and codes what they make whole.
    pub(crate) fn take(&mut self, bytes: &[u8]) -> Result<usize> {
        if self.is_ended && !bytes.is_empty() {
            return Err(Error::new(ErrorKind::InvalidInput, "the frame was finished before"));
        }
        self.check_failure()?;
        let bytes = &bytes[..bytes.len().min(MOST_TAKEN)];
        self.blocks.make_sure(self.content.growth(bytes.len()))?;
        self.content.fill(bytes)?;
        self.hash.write(bytes);
        self.total_in += bytes.len() as u64;
        self.code_buffered(End::None)?;
        self.collect_ready()?;
        Ok(bytes.len())
    }

    /// Ends the current segment, so that all content so far is in the output.
    pub(crate) fn flush(&mut self) -> Result<()> {
        if !self.is_ended {
            // Later blocks may need the model.
            self.begin(true);
            self.code_buffered(End::Flush)?;
        }
        Ok(())
    }

    /// Codes what is left, and ends the frame.
    pub(crate) fn finish(&mut self) -> Result<()> {
        if !self.is_ended {
            self.check_failure()?;
            self.check_promise()?;
            self.code_buffered(End::Frame)?;
            self.end_frame()?;
            self.is_ended = true;
        }
        Ok(())
    }

    /// The segments in the output since the last call, and what their bytes cost.
    pub(crate) fn take_seen(&mut self) -> Vec<(SegmentHeader, Seen)> {
        std::mem::take(&mut self.seen)
    }

    /// The frame's header, as it is known so far.
    pub(crate) fn header(&self) -> FrameHeader {
        self.index.header
    }

    /// Whether the end of the frame is ready or taken.
    pub(crate) fn is_ended(&self) -> bool {
        self.is_ended
    }

    /// Writes the frame's header, unless that is done. It names the model, if there is one, only if `named`.
    fn begin(&mut self, named: bool) {
        if self.begun {
            return;
        }
        self.begun = true;
        self.index.header.model = self.index.header.model.filter(|_| named);
        self.output.extend(self.index.header.to_bytes());
    }

    fn check_failure(&self) -> Result<()> {
        self.failure.as_ref().map_or(Ok(()), |failure| Err(failure.again()))
    }

    fn check_promise(&self) -> Result<()> {
        match self.options.content_size {
            Some(promised) if promised != self.total_in => {
                let text = format!("{promised} bytes of content were promised, {} came", self.total_in);
                Err(Error::new(ErrorKind::Io, text))
            }
            _ => Ok(()),
        }
    }

    /// Appends the end marker, and the index if the frame has several blocks.
    fn end_frame(&mut self) -> Result<()> {
        let len = 2 * self.index.byte_len();
        self.blocks.make_sure(len)?;
        self.begin(false);
        let hash = self.hash.finish();
        if self.index.blocks.len() > 1 {
            Item::IndexedEnd(hash).write(&mut self.output);
            self.output.extend(self.index.to_bytes());
        } else {
            Item::End(hash).write(&mut self.output);
        }
        Ok(())
    }
}

impl fmt::Debug for Compressor {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { options, total_in, total_out, is_ended, .. } = self;
        let mut debug = f.debug_struct("Compressor");
        debug.field("options", options).field("total_in", total_in).field("total_out", total_out);
        debug.field("is_ended", is_ended).finish_non_exhaustive()
    }
}
