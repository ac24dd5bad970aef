//! A reader that may break off at any byte → whole headers, items, blocks and indexes.
//!
//! The bytes of an incomplete part are kept, so that after an error of the reader the same call continues where it
//! stopped. It never asks for a byte after the part that it reads.

use std::io::Read;

use crate::{
    Error, ErrorKind, Result,
    container::{
        FrameHeader, Index, Item,
        header::{LEAST_LEN, MAGIC, Start},
        read::truncated,
        segment,
    },
};

/// The least growth of memory, in bytes. It grows, and at most doubles, only with bytes that arrive: so a false length
/// costs nothing.
const GROWTH: usize = 1 << 16;

/// The bytes of a part that is not complete yet.
pub struct Source {
    /// `bytes[..got]` were read; the others are room.
    bytes: Vec<u8>,
    got: usize,
}

impl Source {
    pub fn new() -> Self {
        Self { bytes: Vec::new(), got: 0 }
    }

    /// Bytes that were read and belong to no part yet.
    pub fn kept(&self) -> &[u8] {
        &self.bytes[..self.got]
    }

    /// Reads up to the next frame's magic, as [`find_frame`](crate::container::header::find_frame) does. Other bytes in
    /// its place are kept.
    pub fn find_frame(&mut self, input: &mut dyn Read, first: bool) -> Result<Start> {
        let start = self.find_magic(input, !first)?;
        if first { start.of_first_frame() } else { Ok(start) }
    }

    fn find_magic(&mut self, input: &mut dyn Read, skip_zeros: bool) -> Result<Start> {
        while self.fill(input, 1)? && skip_zeros && self.kept() == [0] {
            self.got = 0;
        }
        if self.got == 0 {
            return Ok(Start::End);
        }
        for len in 1..=MAGIC.len() {
            if !self.fill(input, len)? || !MAGIC.starts_with(self.kept()) {
                return Ok(Start::Other);
            }
        }
        self.got = 0;
        Ok(Start::Frame)
    }

    /// Reads the header of a frame, after its magic.
    pub fn header(&mut self, input: &mut dyn Read) -> Result<FrameHeader> {
        self.parse(input, LEAST_LEN, |bytes| FrameHeader::read_after_magic(bytes))
    }

    /// Reads the next item of a frame.
    pub fn item(&mut self, input: &mut dyn Read) -> Result<Item> {
        self.parse(input, segment::LEAST_LEN, |bytes| Item::read(bytes))
    }

    /// Reads the coded bytes of a block.
    pub fn coded(&mut self, input: &mut dyn Read, len: usize) -> Result<Vec<u8>> {
        if !self.fill(input, len)? {
            return Err(truncated());
        }
        self.got = 0;
        let mut coded = std::mem::take(&mut self.bytes);
        coded.truncate(len);
        Ok(coded)
    }

    /// Reads the index after a frame. It must be the `expected` one, so its bytes are known.
    pub fn check_index(&mut self, input: &mut dyn Read, expected: &Index) -> Result<()> {
        let is_whole = self.fill(input, expected.byte_len() as usize)?;
        if self.kept() == expected.to_bytes() {
            (self.bytes, self.got) = (Vec::new(), 0);
            return Ok(());
        }
        match expected.check_next(&mut self.kept()) {
            // The end of a longer index was not read.
            Err(error) if error.kind() == ErrorKind::Truncated && is_whole => Err(Index::misfit()),
            checked => checked,
        }
    }

    /// Parses the next bytes: `least` of them, and more for as long as `parse` asks for more.
    fn parse<T>(&mut self, input: &mut dyn Read, least: usize, parse: impl Fn(&mut &[u8]) -> Result<T>) -> Result<T> {
        let mut wanted = least;
        loop {
            let is_there = self.fill(input, wanted)?;
            match parse(&mut self.kept()) {
                Err(error) if error.kind() == ErrorKind::Truncated && is_there => wanted = self.got + 1,
                parsed => {
                    self.got = 0;
                    return parsed;
                }
            }
        }
    }

    /// Reads until `len` bytes are kept; returns whether there are that many.
    fn fill(&mut self, input: &mut dyn Read, len: usize) -> Result<bool> {
        while self.got < len {
            if self.got == self.bytes.len() {
                let more = (len - self.got).min(self.got.max(GROWTH));
                self.bytes.try_reserve_exact(more).map_err(|_| Error::no_memory(more as u64))?;
                self.bytes.resize(self.got + more, 0);
            }
            let room = len.min(self.bytes.len());
            match input.read(&mut self.bytes[self.got..room])? {
                0 => return Ok(false),
                // A reader may claim more bytes than there was room for.
                n => self.got = room.min(self.got + n),
            }
        }
        Ok(true)
    }
}
