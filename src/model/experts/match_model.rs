//! History → the byte that followed the last occurrence of what came last: the match finder (LZ77: Ziv & Lempel 1977;
//! as a model, lpaq: Mahoney 2007).
//!
//! A table remembers where each hash of the last bytes was seen. As long as what followed there goes on to come, it is
//! expected, and the more surely the longer it did: a logit for each bucket of lengths learns how surely.

use crate::math::{F32x16, one_hot, value_at};
use crate::model::{inputs::NO_SYMBOL, table::prefetch};

/// Bytes that a hash stands for.
const HASHED: u32 = 6;
/// The shortest match that is followed: what is hashed, and a byte more that came since.
const SHORTEST: usize = HASHED as usize + 1;
/// How far back a match is verified.
const VERIFIED: usize = 32;
/// Positions in the table are kept modulo 2^POSITION_BITS, beside bits of the hash.
const POSITION_BITS: u32 = 25;
const POSITION_MASK: usize = (1 << POSITION_BITS) - 1;
/// log2 of the most slots of the table.
const MOST_SLOTS: u32 = 22;
/// Buckets of lengths.
const BUCKETS: usize = 16;
/// The logits at first: longer matches are trusted more.
const FIRST_LOGITS: [f32; BUCKETS] = [0.0, 0.0, 0.0, 0.0, 0.2, 0.3, 0.4, 0.5, 0.7, 0.9, 1.1, 1.3, 2.0, 2.5, 3.0, 4.0];
/// The logits' rate.
const RATE: f32 = 0.01;
/// From this length on the match alone predicts, and nothing else is asked or learns.
pub const LONG: usize = 4096;
/// Rate and first value of the logit that then predicts: what never fails is soon next to certain.
const LONG_RATE: f32 = 1.0;
const LONG_LOGIT: f32 = 8.0;

/// The window, the table and the match that is followed.
#[derive(Debug)]
pub struct MatchModel {
    /// The last bytes; a power of two.
    window: Vec<u8>,
    /// Bytes seen.
    position: usize,
    /// By hash: bits of the hash, and the position after it.
    table: Vec<u32>,
    shift: u32,
    /// The slot of the last bytes and what they will leave there: looked up a byte later, when it is near.
    slot: usize,
    check: u32,
    /// The length of the match, 0 if none is followed, and where its next byte is.
    length: usize,
    next: usize,
    expected: u8,
    /// The logit of the expected nibble. (BUCKETS, 2)
    pub(crate) logits: [f32; 2 * BUCKETS],
    /// The logit in use and its symbol.
    bucket: usize,
    symbol: u32,
    /// The logit of a long match.
    long_logit: f32,
    /// The shortest match that is followed.
    shortest: usize,
}

impl MatchModel {
    /// A finder that looks back 2^`window_bits` bytes by a table of half as many slots, but at most 2^22; if it is not
    /// `on`, it follows nothing.
    pub fn new(window_bits: u32, on: bool) -> Self {
        Self::with(vec![], vec![], window_bits, if on { SHORTEST } else { usize::MAX })
    }

    /// Forgets all that was seen, and looks back 2^`window_bits` bytes from now on. What was learnt stays.
    pub fn restart(&mut self, window_bits: u32) {
        let (window, table) = (std::mem::take(&mut self.window), std::mem::take(&mut self.table));
        let (logits, long_logit) = (self.logits, self.long_logit);
        *self = Self { logits, long_logit, ..Self::with(window, table, window_bits, self.shortest) };
    }

    /// A finder that uses this memory.
    fn with(mut window: Vec<u8>, mut table: Vec<u32>, window_bits: u32, shortest: usize) -> Self {
        let table_bits = if window_bits > MOST_SLOTS { MOST_SLOTS } else { window_bits - 1 };
        window.clear();
        window.resize(1 << window_bits, 0);
        table.clear();
        table.resize(1 << table_bits, 0);
        Self {
            window,
            position: 0,
            table,
            shift: 64 - table_bits,
            slot: 0,
            check: 0,
            length: 0,
            next: 0,
            expected: 0,
            logits: std::array::from_fn(|i| FIRST_LOGITS[i / 2]),
            bucket: 0,
            symbol: NO_SYMBOL,
            long_logit: LONG_LOGIT,
            shortest,
        }
    }

    #[inline(always)]
    fn at(&self, position: usize) -> u8 {
        self.window[position & (self.window.len() - 1)]
    }

    /// Takes in one byte; `last8` are the last eight with it.
    #[inline(always)]
    pub fn push(&mut self, byte: u8, last8: u64) {
        let goes_on = self.length > 0 && self.expected == byte;
        self.length = if goes_on { self.length + 1 } else { 0 };
        self.next += usize::from(goes_on);
        let at = self.position & (self.window.len() - 1);
        self.window[at] = byte;
        let seen = std::mem::replace(&mut self.table[self.slot], self.check | (self.position & POSITION_MASK) as u32);
        self.position += 1;
        if self.length == 0 && (seen ^ self.check) >> POSITION_BITS == 0 && seen != 0 {
            self.begin(seen as usize & POSITION_MASK);
        }
        let hash = (last8 << (64 - 8 * HASHED)).wrapping_mul(0x9e37_79b9_7f4a_7c15);
        self.slot = (hash >> self.shift) as usize;
        self.check = (hash as u32) & !(POSITION_MASK as u32);
        prefetch(&self.table[self.slot]);
        self.expected = self.at(self.next);
    }

    /// Follows the match whose last byte was at `place`, modulo 2^POSITION_BITS, if it is one.
    #[inline(always)]
    fn begin(&mut self, place: usize) {
        let distance = (self.position - 1 - place) & POSITION_MASK;
        if distance == 0 || distance >= self.window.len() - VERIFIED || distance >= self.position {
            return;
        }
        // Before the first byte the window has zeros, or what stands at its other end: the same ones for the decoder.
        let last = self.position - 1;
        let same = |back: usize| self.at(last.wrapping_sub(back)) == self.at(last.wrapping_sub(back + distance));
        let length = (0..VERIFIED).take_while(|&back| same(back)).count();
        if length >= self.shortest {
            (self.length, self.next) = (length, self.position - distance);
        }
    }

    /// The logits of the nibble that comes next, after `high` if it is a low one. (16)
    #[inline(always)]
    pub fn forward(&mut self, high: Option<usize>) -> F32x16 {
        self.aim(high);
        one_hot(self.symbol, self.logits[self.bucket])
    }

    /// Finds the expected nibble, and the bucket that says how surely.
    #[inline(always)]
    fn aim(&mut self, high: Option<usize>) {
        self.symbol = match high {
            _ if self.length == 0 => NO_SYMBOL,
            None => u32::from(self.expected >> 4),
            Some(high) if usize::from(self.expected >> 4) == high => u32::from(self.expected & 15),
            Some(_) => NO_SYMBOL,
        };
        self.bucket = 2 * bucket(self.length) + usize::from(high.is_some());
    }

    /// One step of the logit in use along `delta`, the gradient at the logits. (16)
    #[inline(always)]
    pub fn learn(&mut self, delta: &F32x16) {
        self.logits[self.bucket] += RATE * value_at(delta, self.symbol);
    }

    /// How sure the match is of the nibble that comes next, in four steps.
    #[inline(always)]
    pub fn confidence(&self) -> usize {
        match self.length {
            _ if self.symbol == NO_SYMBOL => 0,
            0..16 => 1,
            16..32 => 2,
            _ => 3,
        }
    }

    /// One more than the byte that the match expects, or 0 if none is followed.
    #[inline(always)]
    pub fn expected_byte(&self) -> usize {
        if self.length == 0 { 0 } else { 1 + usize::from(self.expected) }
    }

    /// Whether the match is so long that it alone predicts.
    #[inline(always)]
    pub fn is_long(&self) -> bool {
        self.length >= LONG
    }

    /// The high nibble that the match expects.
    #[inline(always)]
    pub fn expected_high(&self) -> usize {
        usize::from(self.expected >> 4)
    }

    /// The logits of a long match, for the nibble that [`forward`](Self::forward) would be asked for. (16)
    #[inline(always)]
    pub fn forward_long(&mut self, high: Option<usize>) -> F32x16 {
        self.aim(high);
        one_hot(self.symbol, self.long_logit)
    }

    /// One step of the logit of long matches along `delta`. (16)
    #[inline(always)]
    pub fn learn_long(&mut self, delta: &F32x16) {
        self.long_logit += LONG_RATE * value_at(delta, self.symbol);
    }
}

/// The bucket of a length.
#[inline(always)]
fn bucket(length: usize) -> usize {
    match length {
        0 => 0,
        1..16 => 1 + (length - 1) / 2,
        16..32 => 8 + (length - 16) / 4,
        32..64 => 12,
        64..128 => 13,
        128..400 => 14,
        _ => 15,
    }
}

#[cfg(test)]
mod tests;
