//! Adapters of buffered readers: an [`Encoder`] or a [`Decoder`] is read from, and takes what it codes or decodes from
//! the buffer of another reader, without one of its own.
//!
//! The [`Decoder`] is that of [`read`](crate::read): it never reads a byte further than it must, so a buffered reader
//! is left exactly where the decoder stopped.

use std::{
    fmt,
    io::{self, BufRead, Read},
};

pub use crate::read::Decoder;
use crate::{EncodeOptions, raw::Compressor};

/// Gives the frame of the content that it takes from `R`.
///
/// It holds what [`write::Encoder`](crate::write::Encoder) does, and codes content in the `read` that takes it. An error of `R` loses nothing: read again, and it goes on where it
/// stopped. After any other error, such as too little memory, all reads fail.
///
/// ```
/// use std::io::Read;
/// use foretell::{EncodeOptions, bufread::Encoder};
/// let mut coded = Vec::new();
/// Encoder::new(&b"a slice has a buffer"[..], &EncodeOptions::new()).read_to_end(&mut coded)?;
/// assert_eq!(foretell::decompress(&coded)?, b"a slice has a buffer");
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub struct Encoder<R: BufRead> {
    inner: R,
    compressor: Compressor,
}

impl<R: BufRead> Encoder<R> {
    /// An encoder of all content in `inner` into one frame; reads nothing yet.
    pub fn new(inner: R, options: &EncodeOptions) -> Self {
        Self { inner, compressor: Compressor::new(options) }
    }

    /// Bytes of content taken so far.
    pub fn total_in(&self) -> u64 {
        self.compressor.total_in()
    }

    /// Bytes of the frame given out so far.
    pub fn total_out(&self) -> u64 {
        self.compressor.total_out()
    }

    /// The inner reader.
    pub fn get_ref(&self) -> &R {
        &self.inner
    }

    /// The inner reader. Reading from it takes bytes away from the content.
    pub fn get_mut(&mut self) -> &mut R {
        &mut self.inner
    }

    /// The inner reader, after the content that was taken.
    pub fn into_inner(self) -> R {
        self.inner
    }
}

impl<R: BufRead> Read for Encoder<R> {
    fn read(&mut self, out: &mut [u8]) -> io::Result<usize> {
        while !out.is_empty() && self.compressor.output().is_empty() && !self.compressor.is_ended() {
            let bytes = self.inner.fill_buf()?;
            if bytes.is_empty() {
                self.compressor.finish()?;
            } else {
                let taken = self.compressor.take(bytes)?;
                self.inner.consume(taken);
            }
        }
        let n = out.len().min(self.compressor.output().len());
        out[..n].copy_from_slice(&self.compressor.output()[..n]);
        self.compressor.give(n);
        Ok(n)
    }
}

impl<R: BufRead> fmt::Debug for Encoder<R> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Encoder").field("compressor", &self.compressor).finish_non_exhaustive()
    }
}
