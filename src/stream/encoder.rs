//! Content written in → a frame written out.

use std::{
    hash::Hasher,
    io::{self, Write},
};

use twox_hash::XxHash3_64;

use super::{
    Options, codec,
    pieces::{Piece, Pieces},
    repeats::MIN_REPEAT,
};
use crate::{
    Error, ErrorKind, Result,
    container::{FrameHeader, Item, Method},
};

/// Bytes of content in a Huffman block: small enough to follow the data, large enough for its table to cost little.
const HUFFMAN_BLOCK: usize = 1 << 18;
/// Bytes of content in a stored block.
const STORE_BLOCK: usize = 1 << 20;

/// Compresses what is written to it into one frame on `W`.
///
/// Holds up to one block ([`Level::block_len`](crate::Level::block_len) bytes, or [`Options::block_len`]) and its coded form, as much again of
/// what came before it, and the level's model while a block is coded. [`finish`](Self::finish) must be called: without
/// it the frame has no end, and a decoder will say so.
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
    hash: XxHash3_64,
    total_in: u64,
    total_out: u64,
}

impl<W: Write> Encoder<W> {
    /// An encoder of one frame onto `inner`; writes nothing yet.
    pub fn new(inner: W, options: &Options) -> Self {
        let header = FrameHeader { level: options.level, content_size: options.content_size };
        let block_len = block_len(options);
        let copies =
            matches!(options.method, Method::Neural | Method::Unpacked | Method::Copy) && block_len >= MIN_REPEAT;
        Self {
            inner,
            options: options.clone(),
            pending: header.to_bytes(),
            written: 0,
            content: Pieces::new(block_len, copies),
            hash: XxHash3_64::new(),
            total_in: 0,
            total_out: 0,
        }
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
        Item::End(self.hash.finish()).write(&mut self.pending);
        self.drain()?;
        self.inner.flush()?;
        Ok(self.inner)
    }

    /// Codes what is buffered, but for what better waits for more content unless this `is_end`.
    fn code_buffered(&mut self, is_end: bool) -> Result<()> {
        for piece in self.content.cut(is_end) {
            self.code(piece)?;
        }
        Ok(())
    }

    /// Codes the next piece as one block and appends it to what is pending.
    fn code(&mut self, piece: Piece) -> Result<()> {
        let Options { method, level, progress, .. } = &self.options;
        let raw = &self.content.uncoded()[..piece.len()];
        let coded = match piece {
            Piece::Fresh(_) => codec::encode(raw, *method, *level, progress.as_deref())?,
            Piece::Copy { distance, .. } => codec::encode_copy(raw, distance, progress.as_deref()),
        };
        if let Some(progress) = progress {
            let beside = self.content.held() - raw.len() + self.pending.len();
            progress.takes_memory(coded.memory + beside as u64);
        }
        self.hash.write(raw);
        let payload = coded.payload.as_deref().unwrap_or(raw);
        self.pending.try_reserve(payload.len()).map_err(|_| Error::no_memory(payload.len() as u64))?;
        Item::Block(coded.header).write(&mut self.pending);
        self.pending.extend_from_slice(payload);
        self.content.advance(piece.len());
        Ok(())
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
        self.code_buffered(true)?;
        self.drain()?;
        self.inner.flush()
    }
}

/// Bytes of content in a block: as many as were asked for, else what suits the method.
fn block_len(options: &Options) -> usize {
    let most = options.level.block_len();
    let suits = match options.method {
        Method::Neural | Method::Unpacked | Method::Copy => most,
        Method::Huffman => HUFFMAN_BLOCK,
        Method::Store => STORE_BLOCK,
    };
    options.block_len.map_or(suits, |asked| asked.min(most))
}
