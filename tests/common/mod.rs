//! What several tests need: random bytes, damage, the corpus, awkward readers and writers.
#![allow(dead_code, unused_imports)] // each test file uses its own part

mod corpus;
mod mutate;
pub mod properties;

use std::{
    fs,
    io::{self, Read, Write},
};

pub use corpus::{corpus, corpus_files};
pub use mutate::mutate;

use foretell::{
    Level, Method,
    container::{BlockHeader, FrameHeader, Item, varint},
    transform::deflate::{Dialect, Family, Sink, Token, Trailer, Work, deflate},
};

/// [`foretell::compress`], for tests that have the memory.
#[track_caller]
pub fn compress(content: &[u8], options: &foretell::Options) -> Vec<u8> {
    foretell::compress(content, options).unwrap()
}

/// Compresses `content` and decompresses it again, which must give it back; says how many bytes it took meanwhile,
/// which must not be much more than stored.
#[track_caller]
pub fn round_trip(content: &[u8], options: &foretell::Options) -> usize {
    let coded = compress(content, options);
    assert!(foretell::decompress(&coded).unwrap() == content, "{} bytes, {options:?}", content.len());
    let limit = content.len() + content.len() / 1000 + 64;
    assert!(coded.len() <= limit, "{} bytes became {}, {options:?}", content.len(), coded.len());
    coded.len()
}

/// A stream of random numbers (SplitMix64: Steele, Lea & Flood 2014).
pub struct Random(pub u64);

impl Random {
    /// 64 random bits.
    pub fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let z = (self.0 ^ self.0 >> 30).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let z = (z ^ z >> 27).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ z >> 31
    }

    /// A random number below `n`.
    pub fn below(&mut self, n: usize) -> usize {
        (self.next() % n as u64) as usize
    }

    /// `n` random bytes.
    pub fn bytes(&mut self, n: usize) -> Vec<u8> {
        (0..n).map(|_| (self.next() >> 56) as u8).collect()
    }
}

/// A block of a frame made by hand.
pub enum Part<'a> {
    Stored(&'a [u8]),
    /// A copy that claims to be of these bytes, and its distance.
    Copied(&'a [u8], u64),
}

/// A frame of `parts`, its checksums those of the content that they claim to have.
pub fn frame_of(parts: &[Part]) -> Vec<u8> {
    let mut frame = FrameHeader { level: Level::FASTEST, content_size: None, model: None }.to_bytes();
    let mut content = vec![];
    for part in parts {
        let (method, raw, coded) = match *part {
            Part::Stored(raw) => (Method::Store, raw, raw.to_vec()),
            Part::Copied(raw, distance) => {
                let mut coded = vec![];
                varint::write(&mut coded, distance);
                (Method::Copy, raw, coded)
            }
        };
        let raw_crc = crc32fast::hash(raw);
        let (raw_len, coded_len) = (raw.len(), coded.len());
        Item::Block(BlockHeader { method, raw_len, coded_len, unpacked_len: raw_len, raw_crc, primed: false })
            .write(&mut frame);
        frame.extend(coded);
        content.extend_from_slice(raw);
    }
    Item::End(twox_hash::XxHash3_64::oneshot(&content)).write(&mut frame);
    frame
}

/// `content`, deflated.
pub fn deflated(content: &[u8], family: Family, level: u8) -> Vec<u8> {
    struct Stream(Vec<u8>);
    impl Sink for Stream {
        fn token(&mut self, _: Token) -> bool {
            true
        }
        fn bytes(&mut self, bytes: &[u8]) -> bool {
            self.0.extend_from_slice(bytes);
            true
        }
    }
    let mut stream = Stream(vec![]);
    assert!(deflate(content, Dialect { family, level }, &mut Work::new(u64::MAX), &mut stream));
    stream.0
}

/// What GNU gzip makes of `content` without a name.
pub fn gzip(content: &[u8], level: u8) -> Vec<u8> {
    let effort = [0, 4, 0, 0, 0, 0, 0, 0, 0, 2][usize::from(level)];
    let header = [0x1f, 0x8b, 8, 0, 0, 0, 0, 0, effort, 3];
    [&header[..], &deflated(content, Family::Gzip, level), &Trailer::Gzip.bytes(content)].concat()
}

/// English text of a kind.
pub fn text() -> Vec<u8> {
    fs::read(corpus().join("written/letter.txt")).unwrap()
}

/// A reader that gives at most a few bytes at a time and is interrupted now and then.
pub struct HostileReader<'a> {
    pub data: &'a [u8],
    pub random: Random,
}

impl Read for HostileReader<'_> {
    fn read(&mut self, out: &mut [u8]) -> io::Result<usize> {
        if self.random.below(3) == 0 {
            return Err(io::ErrorKind::Interrupted.into());
        }
        let n = self.data.len().min(out.len()).min(1 + self.random.below(5));
        out[..n].copy_from_slice(&self.data[..n]);
        self.data = &self.data[n..];
        Ok(n)
    }
}

/// A writer that takes at most a few bytes at a time, is interrupted now and then, and fails once `room` is used up.
pub struct HostileWriter {
    pub taken: Vec<u8>,
    pub room: usize,
    pub random: Random,
}

impl Write for HostileWriter {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        if self.random.below(3) == 0 {
            return Err(io::ErrorKind::Interrupted.into());
        }
        if self.taken.len() >= self.room {
            return Err(io::ErrorKind::StorageFull.into());
        }
        let n = bytes.len().min(1 + self.random.below(7)).min(self.room - self.taken.len());
        self.taken.extend_from_slice(&bytes[..n]);
        Ok(n)
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}
