//! Deflate streams as other programs write them.

use foretell::unstable::deflate::{Dialect, Family, Trailer, Work, deflate};

/// `content`, deflated.
pub fn deflated(content: &[u8], family: Family, level: u8) -> Vec<u8> {
    let mut stream = Vec::new();
    assert!(deflate(content, Dialect { family, level }, &mut Work::new(u64::MAX), &mut stream));
    stream
}

/// What GNU gzip makes of `content` without a name.
pub fn gzip(content: &[u8], level: u8) -> Vec<u8> {
    let effort = [0, 4, 0, 0, 0, 0, 0, 0, 0, 2][usize::from(level)];
    let header = [0x1f, 0x8b, 8, 0, 0, 0, 0, 0, effort, 3];
    [&header[..], &deflated(content, Family::Gzip, level), &Trailer::Gzip.bytes(content)].concat()
}
