//! Frames written in → content written out.

use std::{
    fmt,
    io::{self, Write},
};

use crate::{
    DecodeOptions,
    error::is_transient,
    raw::{Decompressor, Operation},
};

/// Decompresses the frames that are written to it onto `W`, one after the other, as one content.
///
/// Content goes to `W` segment by segment, each after its checksum matched. It holds a segment and its coded bytes, up
/// to a [window](crate::EncodeOptions::window) of content before it for copies, and the level's network.
///
/// [`finish`](Self::finish) must be called: only it can say that the last frame is whole. Errors of `W` are passed on,
/// and none loses anything: as in [`write::Encoder`](super::Encoder), bytes that it has not taken are kept, and the
/// same call can be made again. After an error of decoding all calls fail, with the same kind.
///
/// Bytes after the last frame are taken and ignored; [`trailing_garbage`](Self::trailing_garbage) returns whether they
/// were anything but zeros. After a [`single_frame`](DecodeOptions::single_frame) nothing more is taken.
///
/// ```
/// use std::io::Write;
/// use foretell::{DecodeOptions, EncodeOptions, compress, write::Decoder};
/// let coded = compress(b"pushed, not pulled", &EncodeOptions::new())?;
/// let mut decoder = Decoder::new(Vec::new(), &DecodeOptions::new());
/// decoder.write_all(&coded)?;
/// assert_eq!(decoder.finish()?, b"pushed, not pulled");
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[must_use = "whether the content is whole is not known until `finish` is called"]
pub struct Decoder<W: Write> {
    inner: W,
    decompressor: Decompressor,
    /// An error of the inner writer that came after the bytes of a call were taken: the next call reports it.
    deferred: Option<io::Error>,
}

impl<W: Write> Decoder<W> {
    /// A decoder of all frames that are written to it onto `inner`; writes nothing yet.
    pub fn new(inner: W, options: &DecodeOptions) -> Self {
        Self { inner, decompressor: Decompressor::new(options), deferred: None }
    }

    /// As [`read::Decoder::trailing_garbage`](crate::read::Decoder::trailing_garbage), for the bytes written so far.
    pub fn trailing_garbage(&self) -> bool {
        self.decompressor.trailing_garbage()
    }

    /// Complete frames decoded so far.
    pub fn frames(&self) -> u64 {
        self.decompressor.frames()
    }

    /// The inner writer.
    pub fn get_ref(&self) -> &W {
        &self.inner
    }

    /// The inner writer. What is written to it gets between the bytes of the content.
    pub fn get_mut(&mut self) -> &mut W {
        &mut self.inner
    }

    /// Writes the content that is left, makes sure that the last frame is whole, flushes, and gives the inner writer
    /// back. After [`Interrupted`](io::ErrorKind::Interrupted) it tries again by itself.
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

    /// As [`finish`](Self::finish), but the decoder stays: after an error of the inner writer, call it again until it
    /// succeeds.
    ///
    /// # Errors
    /// What the inner writer reports; a frame that is damaged or not whole; as of [`Decompressor::run`].
    pub fn try_finish(&mut self) -> io::Result<()> {
        while !self.decompressor.is_ended() {
            self.drain()?;
            self.decompressor.go_on_with(&mut &[][..], Operation::Finish)?;
        }
        self.drain()?;
        self.inner.flush()
    }

    /// Writes the content that is ready. After an error it goes on where it stopped.
    fn drain(&mut self) -> io::Result<()> {
        if let Some(error) = self.deferred.take() {
            return Err(error);
        }
        while !self.decompressor.content().is_empty() {
            match self.inner.write(self.decompressor.content())? {
                0 => return Err(io::ErrorKind::WriteZero.into()),
                n => self.decompressor.give(n),
            }
        }
        Ok(())
    }
}

impl<W: Write> Write for Decoder<W> {
    /// Takes `bytes` up to the end of a segment. An error says that nothing of them was taken.
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let mut rest = bytes;
        while rest.len() == bytes.len() && !rest.is_empty() {
            self.drain()?;
            if self.decompressor.is_ended() {
                return Ok(self.decompressor.ignore(bytes)?);
            }
            match self.decompressor.go_on_with(&mut rest, Operation::Continue) {
                // The next call reports it.
                Err(_) if rest.len() < bytes.len() => return Ok(bytes.len() - rest.len()),
                gone_on => gone_on?,
            }
        }
        // Too late to say that nothing was taken. A writer that was not ready will say so again.
        self.deferred = self.drain().err().filter(|error| !is_transient(error));
        Ok(bytes.len() - rest.len())
    }

    /// Writes the content that is ready, and flushes the inner writer.
    fn flush(&mut self) -> io::Result<()> {
        self.drain()?;
        self.inner.flush()
    }
}

impl<W: Write> fmt::Debug for Decoder<W> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Decoder").field("decompressor", &self.decompressor).finish_non_exhaustive()
    }
}
