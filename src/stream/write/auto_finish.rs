//! An encoder that is finished by being dropped.

use std::{
    fmt,
    io::{self, Write},
    thread,
};

use super::Encoder;

/// An [`Encoder`] that finishes its frame when it is dropped, for writers that are handed to others. Made by
/// [`Encoder::auto_finish`] and [`Encoder::on_finish`].
///
/// An error while it is dropped goes to the closure of `on_finish`, or is lost: if errors matter, call
/// [`Encoder::finish`]. While a panic unwinds it finishes nothing and calls no closure, so that a part of the content
/// never looks like the whole.
///
/// ```
/// use std::io::Write;
/// use foretell::{Encoder, EncodeOptions};
/// let mut coded = Vec::new();
/// {
///     let mut writer = Encoder::new(&mut coded, &EncodeOptions::new()).on_finish(|done| drop(done.expect("memory")));
///     writer.write_all(b"handed to another")?;
/// }
/// assert_eq!(foretell::decompress(&coded)?, b"handed to another");
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub struct AutoFinish<W: Write, F: FnOnce(io::Result<W>) = fn(io::Result<W>)> {
    /// `None` only while it is dropped.
    inner: Option<(Encoder<W>, F)>,
}

impl<W: Write> Encoder<W> {
    /// Finishes when it is dropped, and ignores errors of that; [`on_finish`](Self::on_finish) does not.
    pub fn auto_finish(self) -> AutoFinish<W> {
        self.on_finish(drop as fn(io::Result<W>))
    }

    /// Finishes when it is dropped, and calls `report` with the result: the inner writer, or an error.
    pub fn on_finish<F: FnOnce(io::Result<W>)>(self, report: F) -> AutoFinish<W, F> {
        AutoFinish { inner: Some((self, report)) }
    }
}

impl<W: Write, F: FnOnce(io::Result<W>)> AutoFinish<W, F> {
    /// The inner writer.
    pub fn get_ref(&self) -> &W {
        let (encoder, _) = self.inner.as_ref().expect("only dropping takes it");
        encoder.get_ref()
    }

    /// The inner writer. Bytes written to it get between the bytes of the frame.
    pub fn get_mut(&mut self) -> &mut W {
        self.encoder().get_mut()
    }

    fn encoder(&mut self) -> &mut Encoder<W> {
        let (encoder, _) = self.inner.as_mut().expect("only dropping takes it");
        encoder
    }
}

impl<W: Write, F: FnOnce(io::Result<W>)> fmt::Debug for AutoFinish<W, F> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let encoder = self.inner.as_ref().map(|(encoder, _)| encoder);
        f.debug_struct("AutoFinish").field("encoder", &encoder).finish_non_exhaustive()
    }
}

impl<W: Write, F: FnOnce(io::Result<W>)> Write for AutoFinish<W, F> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.encoder().write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.encoder().flush()
    }
}

impl<W: Write, F: FnOnce(io::Result<W>)> Drop for AutoFinish<W, F> {
    fn drop(&mut self) {
        if let Some((encoder, report)) = self.inner.take()
            && !thread::panicking()
        {
            report(encoder.finish());
        }
    }
}
