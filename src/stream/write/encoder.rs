//! Content written in → a frame written out.

use std::{
    fmt,
    io::{self, Write},
};

use crate::{EncodeOptions, error::is_transient, raw::Compressor};

/// Compresses what is written to it into one frame on `W`.
///
/// Holds up to a MiB of content, up to a [window](EncodeOptions::window) before it for copies, and the level's network;
/// with several [threads](EncodeOptions::threads), a block ([`Level::block_len`](crate::Level::block_len) bytes, or
/// [`EncodeOptions::block_len`]) and a network for each. A segment goes to `W` as soon as it is coded: with
/// one thread that is within the [`write`](Write::write) that completes it, with several within the next call that
/// finds it ready.
///
/// [`finish`](Self::finish) must be called: without it the frame has no end, and a decoder will say so;
/// [`auto_finish`](Self::auto_finish) is for writers that only get dropped. Dropping the encoder stops its threads.
///
/// Errors of `W` are passed on, and none loses anything: bytes that it has not taken are kept, and the same call can be
/// made again. So a writer may be non-blocking, or time out: repeat [`write`](Write::write) and
/// [`flush`](Write::flush), and in the end [`try_finish`](Self::try_finish), until they succeed. After any other error,
/// such as too little memory, all calls fail.
///
/// ```
/// use std::io::Write;
/// use foretell::{EncodeOptions, write::Encoder};
/// let mut encoder = Encoder::new(Vec::new(), &EncodeOptions::new());
/// encoder.write_all(b"prediction is compression")?;
/// let coded: Vec<u8> = encoder.finish()?;
/// assert_eq!(foretell::decompress(&coded)?, b"prediction is compression");
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[must_use = "a frame has no end until `finish` is called"]
pub struct Encoder<W: Write> {
    inner: W,
    compressor: Compressor,
    /// An error of the inner writer that came after the bytes of a call were taken: the next call reports it.
    deferred: Option<io::Error>,
}

impl<W: Write> Encoder<W> {
    /// An encoder of one frame onto `inner`; writes nothing yet.
    pub fn new(inner: W, options: &EncodeOptions) -> Self {
        Self { inner, compressor: Compressor::new(options), deferred: None }
    }

    /// Bytes of content taken so far.
    pub fn total_in(&self) -> u64 {
        self.compressor.total_in()
    }

    /// Bytes of the frame that the inner writer has taken so far.
    pub fn total_out(&self) -> u64 {
        self.compressor.total_out()
    }

    /// The inner writer.
    pub fn get_ref(&self) -> &W {
        &self.inner
    }

    /// The inner writer. Bytes written to it get between the bytes of the frame.
    pub fn get_mut(&mut self) -> &mut W {
        &mut self.inner
    }

    /// Codes the rest of the content, ends the frame, flushes, and gives the inner writer back.
    ///
    /// An error leaves the frame without its end, except that after [`Interrupted`](io::ErrorKind::Interrupted) it
    /// tries again by itself; [`try_finish`](Self::try_finish) can be repeated after others too.
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
    /// memory, or [`ErrorKind::Cancelled`](crate::ErrorKind::Cancelled).
    pub fn try_finish(&mut self) -> io::Result<()> {
        self.compressor.finish()?;
        self.drain()?;
        self.inner.flush()
    }

    /// Writes all output that is ready. After an error it goes on where it stopped.
    fn drain(&mut self) -> io::Result<()> {
        if let Some(error) = self.deferred.take() {
            return Err(error);
        }
        while !self.compressor.output().is_empty() {
            match self.inner.write(self.compressor.output())? {
                0 => return Err(io::ErrorKind::WriteZero.into()),
                n => self.compressor.give(n),
            }
        }
        Ok(())
    }
}

impl<W: Write> Write for Encoder<W> {
    /// Takes up to 256 KiB, once the inner writer has taken what was coded before. An error of
    /// the inner writer says that nothing of `bytes` was taken. After one of coding, such as too little memory, some
    /// may have been, which makes no difference: all further calls fail.
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.drain()?;
        let taken = self.compressor.take(bytes)?;
        // Some bytes were taken, so this call must succeed. A writer that was not ready will say so again; it may
        // report any other error only once, so that is kept.
        self.deferred = self.drain().err().filter(|error| !is_transient(error));
        Ok(taken)
    }

    /// Ends the current segment, so that all bytes written so far can be decoded by whatever reads the other end. The
    /// network goes on; a segment costs some seven bytes.
    fn flush(&mut self) -> io::Result<()> {
        self.compressor.flush()?;
        self.drain()?;
        self.inner.flush()
    }
}

impl<W: Write> fmt::Debug for Encoder<W> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Encoder").field("compressor", &self.compressor).finish_non_exhaustive()
    }
}
