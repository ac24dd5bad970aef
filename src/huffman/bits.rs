//! Bits ↔ bytes, the first bit in the most significant place: what the format needs of `bitvec`.
//!
//! A call of `bitvec`'s costs much more than a bit, so hot loops move some 60 bits at a time.

use bitvec::{
    field::BitField,
    prelude::{BitSlice, BitVec, Msb0},
};

use crate::{Error, Result};

/// Bits to be written.
#[derive(Debug, Default)]
pub struct Writer {
    bits: BitVec<u8, Msb0>,
}

impl Writer {
    /// Makes room for `bits` more bits.
    pub fn reserve(&mut self, bits: usize) {
        self.bits.reserve(bits);
    }

    /// Appends the lowest `width` bits of `value`; `width` is at most 64.
    #[inline]
    pub fn write(&mut self, value: u64, width: usize) {
        if width > 0 {
            let start = self.bits.len();
            self.bits.resize(start + width, false);
            self.bits[start..].store_be(value);
        }
    }

    /// The bits as bytes, the last one filled up with zeros.
    pub fn into_bytes(mut self) -> Vec<u8> {
        self.bits.set_uninitialized(false);
        self.bits.into_vec()
    }
}

/// Bits to be read.
#[derive(Clone, Copy, Debug)]
pub struct Reader<'a> {
    rest: &'a BitSlice<u8, Msb0>,
}

impl<'a> Reader<'a> {
    /// A reader at the first bit of `bytes`.
    pub fn new(bytes: &'a [u8]) -> Self {
        Self { rest: BitSlice::from_slice(bytes) }
    }

    /// The bits not yet read.
    pub fn rest(&self) -> &'a BitSlice<u8, Msb0> {
        self.rest
    }

    /// The next 64 bits, first bit on top, followed by zeros where they end.
    #[inline]
    pub fn peek(&self) -> u64 {
        let there = self.rest.len().min(64);
        if there == 0 { 0 } else { self.rest[..there].load_be::<u64>() << (64 - there) }
    }

    /// Passes over `count` bits.
    ///
    /// # Errors
    /// Fewer bits are left.
    #[inline]
    pub fn skip(&mut self, count: usize) -> Result<()> {
        self.rest = self.rest.get(count..).ok_or_else(ends_early)?;
        Ok(())
    }

    /// Takes the next `width` bits, 1 to 64, as a number.
    ///
    /// # Errors
    /// Fewer bits are left.
    pub fn read(&mut self, width: usize) -> Result<u64> {
        let value = self.peek() >> (64 - width);
        self.skip(width)?;
        Ok(value)
    }

    /// Takes zero bits and the one bit after them, and counts the zeros.
    ///
    /// # Errors
    /// There is no one bit.
    pub fn read_unary(&mut self) -> Result<usize> {
        let zeros = self.rest.first_one().ok_or_else(ends_early)?;
        self.skip(zeros + 1)?;
        Ok(zeros)
    }
}

fn ends_early() -> Error {
    Error::corrupt("a Huffman block ends early")
}
