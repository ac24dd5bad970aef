//! Frames read in → content read out.

use std::{
    fmt,
    io::{self, Read},
};

use crate::{DecodeOptions, raw::Decompressor};

/// Decompresses the frames read from `R`, one after the other, as one stream of content.
///
/// A segment's bytes are given out as soon as its checksum matched. The end of the content (`Ok(0)`) is
/// reported only after the last frame proved whole, so a reader that reaches it has the right bytes.
/// Zero bytes after the last frame are ignored; for anything else see
/// [`trailing_garbage`](Self::trailing_garbage). With [`DecodeOptions::single_frame`] it stops after the first one.
///
/// Of `R` the errors [`WouldBlock`](io::ErrorKind::WouldBlock), [`TimedOut`](io::ErrorKind::TimedOut) and
/// [`Interrupted`](io::ErrorKind::Interrupted) lose nothing, at whatever byte they come: read again, and it goes on. So
/// a reader may be non-blocking. What can be decoded without waiting for `R` is given out before such an error is.
/// After any other error every further read repeats it, with the same kind.
///
/// With several [threads](DecodeOptions::threads) it reads ahead within a frame. Dropping it stops them.
///
/// It holds a segment and its coded bytes, up to a [window](crate::EncodeOptions::window) of content before it for
/// copies, and the level's network. Content can be far longer than its coded form: a few bytes make 64 MiB. For input from strangers, [`DecodeOptions::output_limit`] and [`DecodeOptions::memory_limit`] bound the cost.
///
/// ```
/// use std::io::Read;
/// use foretell::{DecodeOptions, Decoder, EncodeOptions};
/// let coded = foretell::compress(b"next byte", &EncodeOptions::new())?;
/// let mut content = String::new();
/// Decoder::new(coded.as_slice(), &DecodeOptions::new()).read_to_string(&mut content)?;
/// assert_eq!(content, "next byte");
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub struct Decoder<R: Read> {
    inner: R,
    decompressor: Decompressor,
}

impl<R: Read> Decoder<R> {
    /// A decoder of all frames in `inner`; reads nothing yet. Reads in small pieces between blocks, so an
    /// unbuffered `inner` should be wrapped in a [`BufReader`](std::io::BufReader).
    pub fn new(inner: R, options: &DecodeOptions) -> Self {
        Self { inner, decompressor: Decompressor::new(options) }
    }

    /// Whether something other than zero bytes or another frame followed the last frame. Known once the
    /// content has been read to its end.
    pub fn trailing_garbage(&self) -> bool {
        self.decompressor.trailing_garbage()
    }

    /// Complete frames decoded so far.
    pub fn frames(&self) -> u64 {
        self.decompressor.frames()
    }

    /// Whether all that was read belongs to complete frames, at least one. Where more may come later, as of a file that
    /// grows, this tells an end from a pause: `inner` then gives [`WouldBlock`](io::ErrorKind::WouldBlock).
    pub fn is_between_frames(&self) -> bool {
        self.decompressor.is_between_frames()
    }

    /// Bytes that were read after the last frame to see that they are no frame: up to three, without zeros before them.
    /// The inner reader is after them. Empty until the content has been read to its end, and of a
    /// [`single_frame`](DecodeOptions::single_frame).
    pub fn remainder(&self) -> &[u8] {
        self.decompressor.remainder()
    }

    /// The inner reader.
    pub fn get_ref(&self) -> &R {
        &self.inner
    }

    /// The inner reader. Reading from it takes bytes away from the decoder.
    pub fn get_mut(&mut self) -> &mut R {
        &mut self.inner
    }

    /// The inner reader. It is somewhere after the coded bytes of the content given out so far; at the end of the
    /// content, after the last frame, any zeros that follow, and the [`remainder`](Self::remainder).
    pub fn into_inner(self) -> R {
        self.inner
    }
}

impl<R: Read> Read for Decoder<R> {
    fn read(&mut self, out: &mut [u8]) -> io::Result<usize> {
        if out.is_empty() {
            return Ok(0);
        }
        self.decompressor.go_on(&mut self.inner)?;
        Ok(self.decompressor.copy_to(out))
    }
}

impl<R: Read> fmt::Debug for Decoder<R> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Decoder").field("decompressor", &self.decompressor).finish_non_exhaustive()
    }
}
