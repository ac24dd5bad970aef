//! Content in memory ↔ frames in memory.

use std::io::{Read, Write};

use crate::{DecodeOptions, EncodeOptions, read::Decoder, write::Encoder};
use crate::{Error, ErrorKind, Result};

/// Compresses `content` into one frame, whose header says how long the content is. To decode content that becomes very
/// much shorter, give [`decompress_with`] a limit: [`decompress`] has one.
///
/// # Errors
/// [`ErrorKind::MemoryLimit`] if the system does not have the memory for the model, or the options do not allow it;
/// [`ErrorKind::Cancelled`]; [`ErrorKind::Arithmetic`] if the processor computes in another way than the format's, and
/// cannot be set to that.
///
/// ```
/// use foretell::{EncodeOptions, Level, compress, decompress};
/// let coded = compress(b"once, twice, once, twice", &EncodeOptions::new().level(Level::FASTEST))?;
/// assert_eq!(decompress(&coded)?, b"once, twice, once, twice");
/// # Ok::<(), foretell::Error>(())
/// ```
pub fn compress(content: &[u8], options: &EncodeOptions) -> Result<Vec<u8>> {
    let options = options.clone().content_size(content.len() as u64);
    let mut encoder = Encoder::new(Vec::new(), &options);
    encoder.write_all(content)?;
    Ok(encoder.finish()?)
}

/// The least bound of [`decompress`] on the content of any input: 256 MiB.
const ANY_OUTPUT: usize = 1 << 28;
/// Times that the content may be longer than the input of [`decompress`], if that is more.
const EXPANSION: usize = 1 << 10;

/// Decompresses all frames in `coded`, to at most 256 MiB or 1,024 times the bytes of `coded`, whichever is more:
/// [`decompress_with`] allows any other bound, and one on memory too. What follows the frames must be zero bytes or
/// nothing.
///
/// # Errors
/// Anything but whole, undamaged frames; [`ErrorKind::Corrupt`] for other bytes after them;
/// [`ErrorKind::OutputLimit`] for more content than the bound, before memory is taken for it.
pub fn decompress(coded: &[u8]) -> Result<Vec<u8>> {
    decompress_with(coded, &DecodeOptions::new())
}

/// As [`decompress`], with the bounds, models and threads of `options`. Without an
/// [`output_limit`](DecodeOptions::output_limit) the same bound holds.
///
/// ```
/// use foretell::{DecodeOptions, EncodeOptions, ErrorKind, compress, decompress_with};
/// let coded = compress(&[0; 5000], &EncodeOptions::new())?;
/// let within = |bytes| decompress_with(&coded, &DecodeOptions::new().output_limit(bytes));
/// assert_eq!(within(5000)?, [0; 5000]);
/// assert_eq!(within(4999).unwrap_err().kind(), ErrorKind::OutputLimit);
/// # Ok::<(), foretell::Error>(())
/// ```
///
/// # Errors
/// As of [`decompress`], or as the options have it. After a [`single_frame`](DecodeOptions::single_frame) any bytes may
/// follow.
pub fn decompress_with(coded: &[u8], options: &DecodeOptions) -> Result<Vec<u8>> {
    let bound = ANY_OUTPUT.max(coded.len().saturating_mul(EXPANSION)) as u64;
    let bounded = options.clone().output_limit(options.output_limit.unwrap_or(bound));
    let mut decoder = Decoder::new(coded, &bounded);
    let mut content = Vec::new();
    decoder.read_to_end(&mut content).map_err(|error| match Error::from(error) {
        error if error.kind() == ErrorKind::OutputLimit && options.output_limit.is_none() => {
            Error::new(error.kind(), format!("{error} by default; see DecodeOptions::output_limit"))
        }
        error => error,
    })?;
    if decoder.trailing_garbage() {
        return Err(Error::corrupt("something else follows the compressed data"));
    }
    Ok(content)
}
