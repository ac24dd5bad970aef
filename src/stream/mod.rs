//! Content ↔ frames, in pieces or at once.

mod base;
mod budget;
mod codec;
mod decoder;
mod encoder;
mod frames;
mod indexed;
mod inspect;
mod neural;
pub(crate) mod nibbles;
mod options;
mod pieces;
mod pool;
mod recover;
mod repeats;
mod survey;
mod unpacked;
mod window;

use std::io::{Read, Write};

#[doc(hidden)]
pub use base::may_be_primed;
pub use decoder::Decoder;
pub use encoder::Encoder;
pub use indexed::IndexedReader;
pub use inspect::{FrameInfo, inspect, inspect_file};
#[doc(hidden)]
pub use neural::ablated_len;
pub use options::{Options, Progress};
pub use recover::{Damage, Recovered, Recovery};

use crate::Result;

/// Compresses `content` into one frame, whose header says how long the content is.
///
/// # Errors
/// [`ErrorKind::MemoryLimit`](crate::ErrorKind::MemoryLimit) if the system does not have the memory for the model;
/// [`ErrorKind::Arithmetic`](crate::ErrorKind::Arithmetic) if the processor computes in another way than the
/// format's, and cannot be set to that.
pub fn compress(content: &[u8], options: &Options) -> Result<Vec<u8>> {
    let options = options.clone().content_size(content.len() as u64);
    let mut encoder = Encoder::new(Vec::new(), &options);
    encoder.write_all(content)?;
    Ok(encoder.finish()?)
}

/// Decompresses all frames in `coded`. What follows them must be zero bytes or nothing.
///
/// # Errors
/// Anything but whole, undamaged frames; [`ErrorKind::Corrupt`](crate::ErrorKind::Corrupt) for other bytes after them.
pub fn decompress(coded: &[u8]) -> Result<Vec<u8>> {
    let mut decoder = Decoder::new(coded);
    let mut content = Vec::new();
    decoder.read_to_end(&mut content)?;
    if decoder.trailing_garbage() {
        return Err(crate::Error::corrupt("something else follows the compressed data"));
    }
    Ok(content)
}
