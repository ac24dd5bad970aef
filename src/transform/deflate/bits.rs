//! Bits ↔ bytes, the first bit in the least significant place, as RFC 1951 has them.

/// Bits to be written.
#[derive(Debug, Default)]
pub struct Writer {
    bytes: Vec<u8>,
    /// The lowest `count` bits are still to become bytes; fewer than 8 between calls.
    bits: u64,
    count: u32,
}

impl Writer {
    /// Appends the lowest `width` bits of `value`, which has no others; `width` is at most 48.
    #[inline]
    pub fn write(&mut self, value: u64, width: u32) {
        self.bits |= value << self.count;
        self.count += width;
        while self.count >= 8 {
            self.bytes.push(self.bits as u8);
            self.bits >>= 8;
            self.count -= 8;
        }
    }

    /// Fills the last byte up with zeros.
    pub fn align(&mut self) {
        self.write(0, self.count.next_multiple_of(8) - self.count);
    }

    /// Appends whole bytes, after filling the last one up.
    pub fn write_bytes(&mut self, bytes: &[u8]) {
        self.align();
        self.bytes.extend_from_slice(bytes);
    }

    /// Takes the whole bytes so far.
    pub fn take_bytes(&mut self) -> Vec<u8> {
        std::mem::take(&mut self.bytes)
    }
}

/// Bits to be read. Beyond the end it gives zeros, and [`overrun`](Self::overrun) says so.
#[derive(Clone, Debug)]
pub struct Reader<'a> {
    bytes: &'a [u8],
    /// The next byte to become bits.
    next: usize,
    /// The lowest `count` bits are the next ones.
    bits: u64,
    count: u32,
}

impl<'a> Reader<'a> {
    /// A reader at the first bit of `bytes`.
    pub fn new(bytes: &'a [u8]) -> Self {
        Self { bytes, next: 0, bits: 0, count: 0 }
    }

    /// The next bits, at least 48 of them.
    #[inline]
    pub fn peek(&mut self) -> u64 {
        while self.count <= 56 {
            self.bits |= u64::from(self.bytes.get(self.next).copied().unwrap_or(0)) << self.count;
            self.next += 1;
            self.count += 8;
        }
        self.bits
    }

    /// Passes over `width` bits that were peeked at.
    #[inline]
    pub fn skip(&mut self, width: u32) {
        self.bits >>= width;
        self.count -= width;
    }

    /// Takes the next `width` bits, at most 48.
    #[inline]
    pub fn read(&mut self, width: u32) -> usize {
        let value = self.peek() & ((1 << width) - 1);
        self.skip(width);
        value as usize
    }

    /// Passes over the rest of a byte that was begun.
    pub fn align(&mut self) {
        self.skip(self.count % 8);
    }

    /// Bytes that were read, the last one perhaps in part.
    pub fn consumed(&self) -> usize {
        self.next - (self.count / 8) as usize
    }

    /// Bytes that were not read yet.
    pub fn left(&self) -> usize {
        self.bytes.len().saturating_sub(self.consumed())
    }

    /// Whether bits beyond the end were taken.
    pub fn overrun(&self) -> bool {
        self.consumed() > self.bytes.len()
    }

    /// Takes `len` whole bytes, if there are as many. The reader must be at a byte's first bit.
    pub fn read_bytes(&mut self, len: usize) -> Option<&'a [u8]> {
        let start = self.consumed();
        let bytes = self.bytes.get(start..)?.get(..len)?;
        *self = Self { bytes: self.bytes, next: start + len, bits: 0, count: 0 };
        Some(bytes)
    }
}
