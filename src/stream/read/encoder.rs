//! Content read in → a frame read out.

use std::{
    fmt,
    io::{self, BufReader, Read},
};

use crate::{EncodeOptions, bufread};

/// Gives the frame of the content that it reads from `R`: [`bufread::Encoder`] with a buffer of its own, so it reads
/// up to 64 KiB further than it has coded.
///
/// ```
/// use std::io::Read;
/// use foretell::{EncodeOptions, read::Encoder};
/// let mut coded = Vec::new();
/// Encoder::new(&b"read, coded, read"[..], &EncodeOptions::new()).read_to_end(&mut coded)?;
/// assert_eq!(foretell::decompress(&coded)?, b"read, coded, read");
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub struct Encoder<R: Read> {
    inner: bufread::Encoder<BufReader<R>>,
}

/// Bytes of content that are read at a time.
const BUFFER: usize = 1 << 16;

impl<R: Read> Encoder<R> {
    /// An encoder of all content in `inner` into one frame; reads nothing yet.
    pub fn new(inner: R, options: &EncodeOptions) -> Self {
        Self { inner: bufread::Encoder::new(BufReader::with_capacity(BUFFER, inner), options) }
    }

    /// Bytes of content taken so far.
    pub fn total_in(&self) -> u64 {
        self.inner.total_in()
    }

    /// Bytes of the frame given out so far.
    pub fn total_out(&self) -> u64 {
        self.inner.total_out()
    }

    /// The inner reader.
    pub fn get_ref(&self) -> &R {
        self.inner.get_ref().get_ref()
    }

    /// The inner reader. Reading from it takes bytes away from the content.
    pub fn get_mut(&mut self) -> &mut R {
        self.inner.get_mut().get_mut()
    }

    /// The inner reader. Bytes that were read from it and not coded yet are lost.
    pub fn into_inner(self) -> R {
        self.inner.into_inner().into_inner()
    }
}

impl<R: Read> Read for Encoder<R> {
    fn read(&mut self, out: &mut [u8]) -> io::Result<usize> {
        self.inner.read(out)
    }
}

impl<R: Read> fmt::Debug for Encoder<R> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.inner.fmt(f)
    }
}
