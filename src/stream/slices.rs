//! Content in memory ↔ frames in memory.

use std::io::{Read, Write};

use super::{Decoder, Encoder, Options};
use crate::{Error, ErrorKind, Result};

/// Compresses `content` into one frame, whose header says how long the content is. What becomes very much shorter needs
/// [`decompress_up_to`], as [`decompress`] has a bound.
///
/// # Errors
/// [`ErrorKind::MemoryLimit`] if the system does not have the memory for the model;
/// [`ErrorKind::Arithmetic`] if the processor computes in another way than the
/// format's, and cannot be set to that.
pub fn compress(content: &[u8], options: &Options) -> Result<Vec<u8>> {
    let options = options.clone().content_size(content.len() as u64);
    let mut encoder = Encoder::new(Vec::new(), &options);
    encoder.write_all(content)?;
    Ok(encoder.finish()?)
}

/// The least bound on what [`decompress`] makes of any input: 256 MiB.
const ANY_OUTPUT: usize = 1 << 28;
/// How many times longer than the input is what [`decompress`] may make of it, where that is more.
const EXPANSION: usize = 1 << 10;

/// Decompresses all frames in `coded`, to at most 256 MiB or 1,024 times the bytes of `coded`, whichever is more:
/// [`decompress_up_to`] allows any other bound, and a
/// [`Decoder`] one on memory too. What follows the frames must be zero bytes or nothing.
///
/// # Errors
/// Anything but whole, undamaged frames; [`ErrorKind::Corrupt`] for other bytes after them;
/// [`ErrorKind::OutputLimit`] for more content than the bound, before memory is taken for it.
pub fn decompress(coded: &[u8]) -> Result<Vec<u8>> {
    let limit = ANY_OUTPUT.max(coded.len().saturating_mul(EXPANSION));
    decompress_up_to(coded, limit).map_err(|error| match error.kind() {
        ErrorKind::OutputLimit => Error::new(error.kind(), format!("{error} by default; see decompress_up_to")),
        _ => error,
    })
}

/// As [`decompress`], to at most `limit` bytes.
///
/// ```
/// use foretell::{ErrorKind, Options, compress, decompress_up_to};
/// let coded = compress(&[0; 5000], &Options::new())?;
/// assert_eq!(decompress_up_to(&coded, 5000)?, [0; 5000]);
/// assert_eq!(decompress_up_to(&coded, 4999).unwrap_err().kind(), ErrorKind::OutputLimit);
/// # Ok::<(), foretell::Error>(())
/// ```
///
/// # Errors
/// As of [`decompress`], with this bound.
pub fn decompress_up_to(coded: &[u8], limit: usize) -> Result<Vec<u8>> {
    let mut decoder = Decoder::new(coded).with_output_limit(limit as u64);
    let mut content = Vec::new();
    decoder.read_to_end(&mut content)?;
    if decoder.trailing_garbage() {
        return Err(Error::corrupt("something else follows the compressed data"));
    }
    Ok(content)
}
