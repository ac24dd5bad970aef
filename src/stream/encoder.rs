//! Content written in → a frame written out.

use std::{
    hash::Hasher,
    io::{self, Write},
};

use twox_hash::XxHash3_64;

use super::{
    Options, fitting,
    long_repeats::MIN_REPEAT,
    pieces::{Piece, Pieces},
};
use crate::{
    Error, ErrorKind, Model, Result,
    container::{FrameHeader, Index, Item, Method, index::Entry},
    error::is_transient,
};
use crate::{
    codec::{
        block::{self, CodedBlock},
        priming::Base,
    },
    parallel::{budget::Budget, pool::Pool, watch::Watch},
};

/// Compresses what is written to it into one frame on `W`.
///
/// Holds up to one block ([`Level::block_len`](crate::Level::block_len) bytes, or [`Options::block_len`]) and its coded
/// form, as much again of what came before it, and the level's model while a block is coded; with several
/// [threads](Options::threads), a block and a model for each. A block goes to `W` as soon as it is coded: with one thread
/// that is within the [`write`](Write::write) that completes it, with several within the next call that finds it ready.
///
/// [`finish`](Self::finish) must be called: without it the frame has no end, and a decoder will say so;
/// [`auto_finish`](Self::auto_finish) is for writers that only get dropped. Dropping the encoder stops its threads.
///
/// Errors of `W` are passed on, and none loses anything: what it has not taken is kept, and the same call can be made
/// again. So a writer may be non-blocking, or time out: repeat [`write`](Write::write) and [`flush`](Write::flush), and
/// in the end [`try_finish`](Self::try_finish), until they succeed. After any other error, such as too little memory, all
/// calls fail.
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
#[must_use = "a frame has no end until `finish` is called"]
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
    /// What the inner writer reported when the bytes of a call had been taken: the next call tells it.
    deferred: Option<io::Error>,
    /// Whether the end of the frame is pending or written.
    is_ended: bool,
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
        let block_len = options.block_bytes();
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
            deferred: None,
            is_ended: false,
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

    /// The inner writer. What is written to it gets between the bytes of the frame.
    pub fn get_mut(&mut self) -> &mut W {
        &mut self.inner
    }

    /// Codes what is left, ends the frame, flushes, and gives the inner writer back.
    ///
    /// An error leaves the frame without its end, except that after [`Interrupted`](io::ErrorKind::Interrupted) it tries
    /// again by itself; [`try_finish`](Self::try_finish) can be repeated after others too.
    ///
    /// # Errors
    /// As of [`try_finish`](Self::try_finish).
    pub fn finish(mut self) -> io::Result<W> {
        loop {
            match self.try_finish() {
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                finished => return finished.map(|()| self.inner),
            }
        }
    }

    /// As [`finish`](Self::finish), but the encoder stays: after an error of the inner writer, call it again until it
    /// succeeds. Then the frame is complete, nothing can be written to it any more, and `finish` gives the inner writer
    /// back.
    ///
    /// # Errors
    /// What the inner writer reports, a promised content size that was not kept (more may be written then), too little
    /// memory, or [`ErrorKind::Cancelled`].
    pub fn try_finish(&mut self) -> io::Result<()> {
        if !self.is_ended {
            self.check_promise()?;
            self.code_buffered(true)?;
            self.end_frame();
            self.is_ended = true;
        }
        self.drain()?;
        self.inner.flush()
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
        self.watch().check()?;
        let mut pieces = self.content.cut(is_end).into_iter().peekable();
        while let Some(piece) = pieces.next() {
            self.code(piece, is_end && pieces.peek().is_none())?;
        }
        while is_end && self.collect()? {}
        Ok(())
    }

    /// What work on blocks is watched by.
    fn watch(&self) -> Watch {
        let Options { progress, stop, .. } = &self.options;
        Watch { progress: progress.clone(), cancel: stop.clone(), stop: self.blocks.stop() }
    }

    /// Codes the next piece as one block. The last one is coded here, from where it lies: nothing else is left to do.
    fn code(&mut self, piece: Piece, is_last: bool) -> Result<()> {
        let Options { method, base, .. } = &self.options;
        let only = is_last && !self.begun && piece.len() as u64 == self.total_in;
        let (method, base) = (*method, Base { only, ..base.clone() });
        let expected = block::expected_memory(method, &base, piece.len());
        while !self.blocks.has_room(expected, self.held()) {
            self.collect()?;
        }
        let (limit, held) = (self.options.memory_limit, self.held());
        // The content of a block that is coded where it lies counts once.
        let here = expected - piece.len() as u64;
        if let Piece::Fresh(len) = piece {
            fitting::check(&self.options, len, held.max(self.will_hold()))?;
        }
        let watch = self.watch();
        let raw = &self.content.uncoded()[..piece.len()];
        self.hash.write(raw);
        match piece {
            Piece::Copy { distance, .. } => self.blocks.put(block::encode_copy(raw, distance, &watch)),
            Piece::Fresh(len) if is_last || !self.blocks.has_threads() || expected.saturating_add(held) > limit => {
                let allowed = limit.saturating_sub(held).saturating_add(len as u64);
                self.blocks.run_here(here, |_| {
                    let coded = block::encode(raw.into(), method, &base, allowed, &watch)?;
                    Ok(CodedBlock { memory: coded.memory - len as u64, ..coded })
                });
            }
            Piece::Fresh(_) => {
                self.blocks.make_sure(raw.len() as u64)?;
                let (raw, all) = (raw.to_vec(), limit.saturating_sub(held));
                // Beside others it may take what was expected of it, and more only alone.
                let share = if limit == u64::MAX { limit } else { expected };
                self.blocks.run(expected, move |is_alone| {
                    let allowed = if is_alone { all } else { share };
                    block::encode(raw.as_slice().into(), method, &base, allowed, &watch)
                });
            }
        }
        self.content.advance(piece.len());
        Ok(())
    }

    /// Bytes of memory for content, and for what is written and to be written of the frame.
    fn held(&self) -> u64 {
        (self.content.held() + self.pending.len() + self.index.blocks.len() * size_of::<Entry>()) as u64
    }

    /// Bytes of content that will be held at a time, if it is known how many there are.
    fn will_hold(&self) -> u64 {
        self.options.content_size.map_or(0, |size| size.min(self.content.capacity() as u64))
    }

    /// Appends the oldest block that is being coded to what is pending; says whether there was one.
    fn collect(&mut self) -> Result<bool> {
        let Some(coded) = self.blocks.next() else { return Ok(false) };
        let coded = coded?;
        if let Some(progress) = &self.options.progress {
            progress.takes_memory(coded.memory + self.held() + self.blocks.memory());
        }
        let no_memory = |_| Error::no_memory(coded.payload.len() as u64);
        self.blocks.make_sure(coded.payload.len() as u64)?;
        self.pending.try_reserve(coded.payload.len()).map_err(no_memory)?;
        self.index.blocks.try_reserve(1).map_err(no_memory)?;
        self.begin(coded.named);
        Item::Block(coded.header).write(&mut self.pending);
        self.index.blocks.push(Entry::of(&coded.header));
        self.pending.extend_from_slice(&coded.payload);
        Ok(true)
    }

    /// Makes the blocks pending that are coded already, without waiting for any.
    fn collect_ready(&mut self) -> Result<()> {
        while self.failure.is_none() && self.blocks.is_ready() {
            self.collect().inspect_err(|error| self.failure = Some(error.again()))?;
        }
        Ok(())
    }

    /// Writes all that is pending. After an error it goes on where it stopped.
    fn drain(&mut self) -> io::Result<()> {
        if let Some(error) = self.deferred.take() {
            return Err(error);
        }
        while self.written < self.pending.len() {
            match self.inner.write(&self.pending[self.written..])? {
                0 => return Err(io::ErrorKind::WriteZero.into()),
                n => {
                    self.written += n;
                    self.total_out += n as u64;
                }
            }
        }
        self.pending.clear();
        self.written = 0;
        Ok(())
    }
}

impl<W: Write> Write for Encoder<W> {
    /// Takes as much of `bytes` as the current block wants, unless there are bytes of blocks before that the inner writer
    /// does not take. An error says that nothing of `bytes` was taken.
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        if self.is_ended && !bytes.is_empty() {
            return Err(Error::new(ErrorKind::OutOfBounds, "the frame was finished before").into());
        }
        self.drain()?;
        self.blocks.make_sure(self.content.growth(bytes.len()))?;
        let taken = self.content.fill(bytes)?;
        if self.content.is_full() {
            self.code_buffered(false)?;
        }
        self.total_in += taken as u64;
        self.collect_ready()?;
        // Too late to say that nothing was taken. A writer that was not ready will say so again; what else it reports
        // may be reported only once.
        self.deferred = self.drain().err().filter(|error| !is_transient(error));
        Ok(taken)
    }

    /// Ends the current block, so that all bytes written so far can be decoded by who reads the other end.
    /// The model starts anew with the next block: flush seldom.
    fn flush(&mut self) -> io::Result<()> {
        if !self.is_ended {
            // More may come that needs the model.
            self.begin(true);
            self.code_buffered(true)?;
        }
        self.drain()?;
        self.inner.flush()
    }
}
