//! Content written in → a frame written out.

use std::{
    hash::Hasher,
    io::{self, Write},
};

use twox_hash::XxHash3_64;

use super::{
    Options,
    base::Base,
    budget::Budget,
    codec::{self, CodedBlock, Watch},
    pieces::{Piece, Pieces},
    pool::Pool,
    repeats::MIN_REPEAT,
};
use crate::{
    Error, ErrorKind, Model, Result,
    container::{FrameHeader, Index, Item, Method, index::Entry},
    memory::ensure,
};

/// Bytes of content in a Huffman block: small enough to follow the data, large enough for its table to cost little.
const HUFFMAN_BLOCK: usize = 1 << 18;
/// Bytes of content in a stored block.
const STORE_BLOCK: usize = 1 << 20;

/// Compresses what is written to it into one frame on `W`.
///
/// Holds up to one block ([`Level::block_len`](crate::Level::block_len) bytes, or [`Options::block_len`]) and its coded
/// form, as much again of what came before it, and the level's model while a block is coded; with several
/// [threads](Options::threads), a block and a model for each. [`finish`](Self::finish) must be called: without it the
/// frame has no end, and a decoder will say so. Dropping the encoder stops its threads.
///
/// ```
/// use std::io::Write;
/// use foretell::{Encoder, Options};
/// let mut encoder = Encoder::new(Vec::new(), &Options::new());
/// encoder.write_all(b"prediction is compression")?;
/// let coded: Vec<u8> = encoder.finish()?;
/// assert_eq!(foretell::decompress(&coded)?, b"prediction is compression");
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub struct Encoder<W: Write> {
    inner: W,
    options: Options,
    /// Bytes that are ready for `inner`, of which `pending[written..]` it has not taken yet.
    pending: Vec<u8>,
    written: usize,
    /// Content not yet coded, shorter than a whole block between calls, and what it may repeat.
    content: Pieces,
    /// Blocks that are being coded.
    blocks: Pool<CodedBlock>,
    /// After a failed block all calls fail: the frame would lack it.
    failure: Option<Error>,
    index: Index,
    /// Whether `index.header` stands at the frame's beginning: not before it is known whether it must name a model.
    begun: bool,
    hash: XxHash3_64,
    total_in: u64,
    total_out: u64,
}

impl<W: Write> Encoder<W> {
    /// An encoder of one frame onto `inner`; writes nothing yet.
    pub fn new(inner: W, options: &Options) -> Self {
        let model = options.base.model.as_ref().map(Model::id).filter(|_| options.method.is_neural());
        let header = FrameHeader { level: options.base.level, content_size: options.content_size, model };
        let block_len = block_len(options);
        let copies =
            matches!(options.method, Method::Neural | Method::Unpacked | Method::Copy) && block_len >= MIN_REPEAT;
        let mut encoder = Self {
            inner,
            options: options.clone(),
            pending: Vec::new(),
            written: 0,
            content: Pieces::new(block_len, copies),
            blocks: Pool::new(Budget::new(options.threads, options.memory_limit)),
            failure: None,
            index: Index { header, blocks: Vec::new() },
            begun: false,
            hash: XxHash3_64::new(),
            total_in: 0,
            total_out: 0,
        };
        if model.is_none() {
            encoder.begin(false);
        }
        encoder
    }

    /// Begins the frame with its header, which is to be `named`, if there is a model, unless it has begun.
    fn begin(&mut self, named: bool) {
        if self.begun {
            return;
        }
        self.begun = true;
        self.index.header.model = self.index.header.model.filter(|_| named);
        self.pending.extend(self.index.header.to_bytes());
    }

    /// Bytes of content taken so far.
    pub fn total_in(&self) -> u64 {
        self.total_in
    }

    /// Bytes of the frame that the inner writer has taken so far.
    pub fn total_out(&self) -> u64 {
        self.total_out
    }

    /// The inner writer.
    pub fn get_ref(&self) -> &W {
        &self.inner
    }

    /// Codes what is left, ends the frame, flushes, and gives the inner writer back.
    ///
    /// # Errors
    /// What the inner writer reports, or a promised content size that was not kept.
    pub fn finish(mut self) -> io::Result<W> {
        if let Some(promised) = self.options.content_size
            && promised != self.total_in
        {
            let text = format!("{promised} bytes of content were promised, {} came", self.total_in);
            return Err(Error::new(ErrorKind::Io, text).into());
        }
        self.code_buffered(true)?;
        self.end_frame();
        self.drain()?;
        self.inner.flush()?;
        Ok(self.inner)
    }

    /// Appends the end marker, and the index if there are blocks to be found by it.
    fn end_frame(&mut self) {
        self.begin(false);
        let hash = self.hash.finish();
        if self.index.blocks.len() > 1 {
            Item::IndexedEnd(hash).write(&mut self.pending);
            self.pending.extend(self.index.to_bytes());
        } else {
            Item::End(hash).write(&mut self.pending);
        }
    }

    /// Codes what is buffered, but for what better waits for more content unless this `is_end`. Then all of it is
    /// pending; else some blocks may still be at work.
    fn code_buffered(&mut self, is_end: bool) -> Result<()> {
        if let Some(failure) = &self.failure {
            return Err(failure.again());
        }
        let coded = self.try_code_buffered(is_end);
        coded.inspect_err(|error| self.failure = Some(error.again()))
    }

    fn try_code_buffered(&mut self, is_end: bool) -> Result<()> {
        let mut pieces = self.content.cut(is_end).into_iter().peekable();
        while let Some(piece) = pieces.next() {
            self.code(piece, is_end && pieces.peek().is_none())?;
        }
        while is_end && self.collect()? {}
        Ok(())
    }

    /// Codes the next piece as one block. The last one is coded here, from where it lies: nothing else is left to do.
    fn code(&mut self, piece: Piece, is_last: bool) -> Result<()> {
        let Options { method, base, .. } = &self.options;
        let only = is_last && !self.begun && piece.len() as u64 == self.total_in;
        let (method, base) = (*method, Base { only, ..base.clone() });
        let expected = codec::expected_memory(method, &base, piece.len());
        while !self.blocks.has_room(expected, (self.content.held() + self.pending.len()) as u64) {
            self.collect()?;
        }
        let watch = Watch { progress: self.options.progress.clone(), stop: self.blocks.stop() };
        let raw = &self.content.uncoded()[..piece.len()];
        self.hash.write(raw);
        match piece {
            Piece::Copy { distance, .. } => self.blocks.put(codec::encode_copy(raw, distance, &watch)),
            Piece::Fresh(_) if is_last || !self.blocks.has_threads() => {
                let coded = codec::encode(raw.into(), method, &base, &watch);
                // The content lies where it counts already.
                let coded = coded.map(|coded| CodedBlock { memory: coded.memory - raw.len() as u64, ..coded });
                self.blocks.put(coded);
            }
            Piece::Fresh(_) => {
                ensure(raw.len() as u64)?;
                let raw = raw.to_vec();
                self.blocks.run(expected, move || codec::encode(raw.into(), method, &base, &watch));
            }
        }
        self.content.advance(piece.len());
        Ok(())
    }

    /// Appends the oldest block that is being coded to what is pending; says whether there was one.
    fn collect(&mut self) -> Result<bool> {
        let Some(coded) = self.blocks.next() else { return Ok(false) };
        let coded = coded?;
        if let Some(progress) = &self.options.progress {
            let beside = (self.content.held() + self.pending.len()) as u64 + self.blocks.memory();
            progress.takes_memory(coded.memory + beside);
        }
        self.pending.try_reserve(coded.payload.len()).map_err(|_| Error::no_memory(coded.payload.len() as u64))?;
        self.begin(coded.named);
        Item::Block(coded.header).write(&mut self.pending);
        self.index.blocks.push(Entry::of(&coded.header));
        self.pending.extend_from_slice(&coded.payload);
        Ok(true)
    }

    /// Writes all that is pending. After an error it goes on where it stopped.
    fn drain(&mut self) -> io::Result<()> {
        while self.written < self.pending.len() {
            match self.inner.write(&self.pending[self.written..]) {
                Ok(0) => return Err(io::ErrorKind::WriteZero.into()),
                Ok(n) => {
                    self.written += n;
                    self.total_out += n as u64;
                }
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(error) => return Err(error),
            }
        }
        self.pending.clear();
        self.written = 0;
        Ok(())
    }
}

impl<W: Write> Write for Encoder<W> {
    /// Takes as much of `bytes` as the current block wants.
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.drain()?;
        let taken = self.content.fill(bytes)?;
        if self.content.is_full() {
            self.code_buffered(false)?;
        }
        self.total_in += taken as u64;
        Ok(taken)
    }

    /// Ends the current block, so that all bytes written so far can be decoded by who reads the other end.
    /// The model starts anew with the next block: flush seldom.
    fn flush(&mut self) -> io::Result<()> {
        // More may come that needs the model.
        self.begin(true);
        self.code_buffered(true)?;
        self.drain()?;
        self.inner.flush()
    }
}

/// Bytes of content in a block: as many as were asked for, else what suits the method.
fn block_len(options: &Options) -> usize {
    let most = options.base.level.block_len();
    let suits = match options.method {
        Method::Neural | Method::Unpacked | Method::Copy => most,
        Method::Huffman => HUFFMAN_BLOCK,
        Method::Store => STORE_BLOCK,
    };
    options.block_len.map_or(suits, |asked| asked.min(most))
}
