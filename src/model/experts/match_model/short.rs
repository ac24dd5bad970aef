//! A second match, of fewer bytes: what followed the last few bytes when they were seen last.
//!
//! It gives no logit of its own: the byte that it expects is a context, so that rows learn what it is worth. After a
//! byte that it did not expect it goes on beside the new bytes, as a change in a line or record is often short
//! (recovery: lpaq, Mahoney 2007, and PAQ8's match model), until a longer match is found or it has missed too often.

/// Bytes that are hashed, and the least that must be equal. Tried: docs/EXPERIMENTS.md, "Contexts of model 3".
const HASHED: u32 = 5;
/// Bytes that are compared when a match begins, at most.
const VERIFIED: usize = 24;
/// From this many bytes on no other match is looked for, and misses are forgotten.
const SURE: u32 = 16;
/// A match that missed more often is given up.
const MOST_MISSED: u32 = 7;
/// log2 of the most slots.
const MOST_SLOTS: u32 = 20;

/// The table and the match that is followed.
#[derive(Clone, Debug)]
pub struct ShortMatch {
    /// The position after each hash's bytes; 0 if they were not seen. (2^(64 − shift))
    table: Vec<u32>,
    shift: u32,
    /// The slot of the last bytes, and the position after them, which the next byte puts there.
    slot: usize,
    begins: u32,
    /// The position of the match's next byte; 0 if there is none.
    next: usize,
    /// Bytes that were as expected since the last that was not; those that were equal when the match began count.
    length: u32,
    /// Bytes that were not as expected.
    missed: u32,
    expected: u8,
}

/// The window of the match model: position i is at i modulo its length, a power of two.
#[derive(Clone, Copy)]
pub struct Window<'a> {
    pub bytes: &'a [u8],
    /// Bytes seen.
    pub position: usize,
}

impl Window<'_> {
    #[inline(always)]
    fn at(self, position: usize) -> u8 {
        self.bytes[position & (self.bytes.len() - 1)]
    }
}

impl ShortMatch {
    /// A match model for a window of 2^`window_bits` bytes.
    pub fn new(table: Vec<u32>, window_bits: u32) -> Self {
        let table_bits = window_bits.min(MOST_SLOTS);
        let mut table = table;
        table.clear();
        table.resize(1 << table_bits, 0);
        Self { table, shift: 64 - table_bits, slot: 0, begins: 0, next: 0, length: 0, missed: 0, expected: 0 }
    }

    /// As [`new`](Self::new), with the memory that this one has.
    pub fn restart(&mut self, window_bits: u32) {
        *self = Self::new(std::mem::take(&mut self.table), window_bits);
    }

    /// Takes in the last byte of `window`; `last8` are the last eight.
    #[inline(always)]
    pub fn push(&mut self, byte: u8, last8: u64, window: Window) {
        if self.next > 0 {
            self.next += 1;
            if self.expected == byte {
                self.length += 1;
            } else {
                (self.length, self.missed) = (0, self.missed + 1);
            }
        }
        if self.length >= SURE {
            self.missed = 0;
        }
        self.table[self.slot] = self.begins;
        let hash = (last8 << (64 - 8 * HASHED)).wrapping_mul(0x9e37_79b9_7f4a_7c15);
        (self.slot, self.begins) = ((hash >> self.shift) as usize, window.position as u32);
        if self.length < SURE {
            self.begin(self.table[self.slot], window);
        }
        self.expected = if self.next > 0 { window.at(self.next) } else { 0 };
    }

    /// Follows the match that `place`, a position modulo 2^32, is after, if it is longer than the present one.
    #[inline(always)]
    fn begin(&mut self, place: u32, window: Window) {
        let distance = (window.position as u32).wrapping_sub(place) as usize;
        let mut length = 0;
        if place > 0 && distance < window.bytes.len() - VERIFIED && distance < window.position {
            let same = |back: usize| {
                window.at(window.position.wrapping_sub(back))
                    == window.at(window.position.wrapping_sub(back + distance))
            };
            length = (1..=VERIFIED).take_while(|&back| same(back)).count() as u32;
        }
        if length >= HASHED && length > self.length {
            (self.next, self.length, self.missed) = (window.position - distance, length, 0);
        } else if self.missed > MOST_MISSED {
            (self.next, self.length, self.missed) = (0, 0, 0);
        }
    }

    /// One more than the expected byte, or 0 if there is none; how many bytes were as expected; and how many were not.
    #[inline(always)]
    pub fn expected(&self) -> (u32, u32, u32) {
        if self.next > 0 { (1 + u32::from(self.expected), self.length, self.missed) } else { (0, 0, 0) }
    }
}
