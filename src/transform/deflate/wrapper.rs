//! Content → the places where streams may begin: the headers of zlib (RFC 1950), gzip (RFC 1952) and zip. And what
//! follows a stream.
//!
//! A header is only a hint where a stream may begin, and which settings to try first. Inflating it proves it.

use std::ops::RangeInclusive;

use super::dialect::{Dialect, Family};

/// A place where a deflate stream may begin, and what its header says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Candidate {
    /// Where the deflate data begin.
    pub start: usize,
    /// What should follow them.
    pub trailer: Trailer,
    /// The levels that fit the header.
    levels: RangeInclusive<u8>,
}

impl Candidate {
    /// All dialects, the likeliest first.
    pub fn dialects(&self) -> Vec<Dialect> {
        let mut dialects: Vec<_> = Dialect::all().collect();
        let is_zlib = self.trailer == Trailer::Adler32;
        let fits = |dialect: &Dialect| self.levels.contains(&dialect.level);
        let is_own = |dialect: &Dialect| (dialect.family == Family::Gzip) != is_zlib;
        // Among equals 6, which is the default of both programs, and then the harder ones.
        dialects.sort_by_key(|d| (!fits(d), !is_own(d), d.level != 6, 9 - d.level));
        dialects
    }
}

/// What follows a stream and can be computed again.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Trailer {
    /// Nothing, or nothing that can be computed.
    None,
    /// The content's Adler-32, most significant byte first: zlib's.
    Adler32,
    /// The content's CRC-32 and length modulo 2^32: gzip's.
    Gzip,
}

impl Trailer {
    /// All of them, by number.
    pub const ALL: [Self; 3] = [Self::None, Self::Adler32, Self::Gzip];

    /// The bytes that follow a stream of this `content`.
    pub fn bytes(self, content: &[u8]) -> Vec<u8> {
        match self {
            Self::None => Vec::new(),
            Self::Adler32 => adler32(content).to_be_bytes().to_vec(),
            Self::Gzip => [crc32fast::hash(content), content.len() as u32].map(u32::to_le_bytes).concat(),
        }
    }
}

/// Adler-32 (RFC 1950, section 8.2).
fn adler32(content: &[u8]) -> u32 {
    const MODULUS: u32 = 65521;
    // The longest stretch in which neither sum overflows.
    const STRETCH: usize = 5552;
    let (mut a, mut b) = (1, 0);
    for stretch in content.chunks(STRETCH) {
        for &byte in stretch {
            a += u32::from(byte);
            b += a;
        }
        a %= MODULUS;
        b %= MODULUS;
    }
    b << 16 | a
}

/// The most bytes of a trailer.
pub const MOST_TRAILER: usize = 8;
/// The most bytes from the start of a header to that of its stream.
pub const MAX_HEADER: usize = 30 + 2 * 0xffff;

/// The first place from `from` on where a header may begin.
pub fn find(content: &[u8], from: usize) -> Option<usize> {
    Some(from + content.get(from..)?.windows(2).position(is_start)?)
}

/// The stream that the header at `at` announces, if there is one, and it begins within `content`.
pub fn candidate(content: &[u8], at: usize) -> Option<Candidate> {
    let bytes = content.get(at..)?;
    let candidate = read_header(bytes).filter(|candidate| candidate.start < bytes.len())?;
    Some(Candidate { start: at + candidate.start, ..candidate })
}

/// Whether a header may begin with these two bytes.
#[inline]
fn is_start(pair: &[u8]) -> bool {
    matches!(pair, [0x78, 0x01 | 0x5e | 0x9c | 0xda] | [0x1f, 0x8b] | [b'P', b'K'])
}

/// The header at the start of `bytes`, from which the stream's start is counted.
fn read_header(bytes: &[u8]) -> Option<Candidate> {
    let zlib = |levels| Some(Candidate { start: 2, trailer: Trailer::Adler32, levels });
    match bytes {
        [0x78, 0x01, ..] => zlib(1..=1),
        [0x78, 0x5e, ..] => zlib(2..=5),
        [0x78, 0x9c, ..] => zlib(6..=6),
        [0x78, 0xda, ..] => zlib(7..=9),
        [0x1f, 0x8b, 8, ..] => read_gzip(bytes),
        [b'P', b'K', 3, 4, ..] => read_zip(bytes),
        _ => None,
    }
}

fn read_gzip(bytes: &[u8]) -> Option<Candidate> {
    const CHECK: u8 = 1 << 1;
    const EXTRA: u8 = 1 << 2;
    const NAME: u8 = 1 << 3;
    const COMMENT: u8 = 1 << 4;
    let (&flags, &effort) = (bytes.get(3)?, bytes.get(8)?);
    let mut start = 10;
    if flags & EXTRA != 0 {
        start += 2 + usize::from(read_u16(bytes, start)?);
    }
    for text in [NAME, COMMENT] {
        if flags & text != 0 {
            // Few names are longer, and false headers must not cost much.
            let rest = bytes.get(start..)?;
            start += 1 + rest.iter().take(1 << 8).position(|&byte| byte == 0)?;
        }
    }
    if flags & CHECK != 0 {
        start += 2;
    }
    let levels = match effort {
        2 => 9..=9,
        4 => 1..=1,
        _ => 2..=8,
    };
    (flags < 1 << 5).then_some(Candidate { start, trailer: Trailer::Gzip, levels })
}

fn read_zip(bytes: &[u8]) -> Option<Candidate> {
    let (flags, method) = (read_u16(bytes, 6)?, read_u16(bytes, 8)?);
    let start = 30 + usize::from(read_u16(bytes, 26)?) + usize::from(read_u16(bytes, 28)?);
    let levels = match flags >> 1 & 3 {
        0 => 3..=7,
        1 => 8..=9,
        2 => 2..=2,
        _ => 1..=1,
    };
    (method == 8 && flags & 1 == 0).then_some(Candidate { start, trailer: Trailer::None, levels })
}

fn read_u16(bytes: &[u8], at: usize) -> Option<u16> {
    Some(u16::from_le_bytes(*bytes.get(at..)?.first_chunk()?))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn trailers_are_those_of_the_rfcs() {
        assert_eq!(Trailer::Adler32.bytes(b"Wikipedia"), [0x11, 0xe6, 0x03, 0x98]);
        assert_eq!(Trailer::Adler32.bytes(&[255; 20_000]), [0x9f, 0x51, 0xd6, 0x64]);
        assert_eq!(Trailer::Gzip.bytes(b"123456789"), [0x26, 0x39, 0xf4, 0xcb, 9, 0, 0, 0]);
    }

    #[test]
    fn headers_say_where_the_stream_begins() {
        let gzip = b"\x1f\x8b\x08\x1e____\x02\x03\x02\x00xxname\0comment\0cc!";
        let zip = b"PK\x03\x04__\x06\x00\x08\x00________________\x04\x00\x01\x00namex!";
        for (header, levels) in [(&b"\x78\x5e!"[..], 2..=5), (gzip, 9..=9), (zip, 1..=1)] {
            let content = [b"xPKx\x1f\x8b\x78", header].concat();
            assert_eq!(find(&content, 0), Some(1));
            let at = find(&content, 5).unwrap();
            let candidate = super::candidate(&content, at).unwrap();
            assert_eq!((at, candidate.start, candidate.levels), (7, content.len() - 1, levels));
            assert_eq!(super::candidate(&content[..content.len() - 1], at), None);
            assert_eq!(super::candidate(&content, 1), None);
        }
    }

    #[test]
    fn every_dialect_is_tried_and_the_likeliest_first() {
        for (header, family, level) in
            [(&b"\x78\x9c!"[..], Family::Zlib8, 6), (b"\x1f\x8b\x08\0\0\0\0\0\x04\0!", Family::Gzip, 1)]
        {
            let dialects = candidate(header, 0).unwrap().dialects();
            assert_eq!(dialects[0], Dialect { family, level });
            assert_eq!(dialects.len(), usize::from(Dialect::COUNT));
        }
    }
}
