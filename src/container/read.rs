//! A reader → exactly the bytes that the format says must be there.

use std::io::{self, Read};

use crate::{Error, ErrorKind, Result};

/// The error for data that end before the stream does.
pub fn truncated() -> Error {
    Error::new(ErrorKind::Truncated, "unexpected end of data")
}

/// The next `N` bytes.
///
/// # Errors
/// [`ErrorKind::Truncated`] if there are fewer, or what the reader reports.
pub fn read_array<const N: usize>(input: &mut impl Read) -> Result<[u8; N]> {
    let mut bytes = [0; N];
    input.read_exact(&mut bytes).map_err(|error| match error.kind() {
        io::ErrorKind::UnexpectedEof => truncated(),
        _ => error.into(),
    })?;
    Ok(bytes)
}

/// The next byte, or `None` at the end of the data.
///
/// # Errors
/// What the reader reports.
pub fn read_byte(input: &mut impl Read) -> Result<Option<u8>> {
    let mut byte = [0];
    loop {
        match input.read(&mut byte) {
            Ok(0) => return Ok(None),
            Ok(_) => return Ok(Some(byte[0])),
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => return Err(error.into()),
        }
    }
}

/// Reads the next `len` bytes into `out`, which is cleared first. Memory grows with the bytes that really arrive, so
/// that a false length costs nothing.
///
/// # Errors
/// [`ErrorKind::Truncated`] if there are fewer, or what the reader reports.
pub fn read_vec(input: &mut impl Read, len: u64, out: &mut Vec<u8>) -> Result<()> {
    out.clear();
    let got = input.by_ref().take(len).read_to_end(out)? as u64;
    if got == len { Ok(()) } else { Err(truncated()) }
}

/// Skips the next `len` bytes.
///
/// # Errors
/// [`ErrorKind::Truncated`] if there are fewer, or what the reader reports.
pub fn skip(input: &mut impl Read, len: u64) -> Result<()> {
    let got = io::copy(&mut input.by_ref().take(len), &mut io::sink())?;
    if got == len { Ok(()) } else { Err(truncated()) }
}
