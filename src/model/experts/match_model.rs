//! History → a logit for the byte that followed an earlier occurrence of the last bytes (LZ77: Ziv & Lempel 1977; as a
//! model, lpaq: Mahoney 2007).
//!
//! A table remembers where each hash of the last bytes was seen. A match is followed until a byte differs. The longer
//! it is, the more it is trusted: a logit for each bucket of lengths learns how much.

mod short;

use crate::math::{F32x16, one_hot, value_at};
use crate::model::{features::expected::Expected, inputs::NO_SYMBOL, table::prefetch, tuned::tuned};
use short::{ShortMatch, Window};

/// Bytes that are hashed: docs/EXPERIMENTS.md, "Rows, mixer and MLP", tried 5 as well.
const HASHED: u32 = 6;
/// The shortest match that is followed: the hashed bytes, and the one that came since.
const SHORTEST: usize = HASHED as usize + 1;
tuned! {
    /// Bytes that are compared when a match begins, at most. Not tried alone.
    VERIFIED: usize = 32, in 8..=256;
    /// The logits' rate. Not tried alone.
    RATE: f32 = 0.01, in 0.0..=0.1;
    /// Rate of the logit of a long match. Not tried alone; it is high, as long matches hardly fail.
    LONG_RATE: f32 = 1.0, in 0.0..=4.0;
    /// First value of that logit. Not tried alone.
    LONG_LOGIT: f32 = 8.0, in 4.0..=12.0;
}
/// Slots hold positions modulo 2^POSITION_BITS; the bits above are bits of the hash.
const POSITION_BITS: u32 = 25;
const POSITION_MASK: usize = (1 << POSITION_BITS) - 1;
/// log2 of the most slots of the table.
const MOST_SLOTS: u32 = 22;
/// Buckets of lengths. The edges were not tried alone.
const BUCKETS: usize = 16;
/// The logits at first, by bucket: docs/EXPERIMENTS.md, "Rows, mixer and MLP".
const FIRST_LOGITS: [f32; BUCKETS] = [0.0, 0.0, 0.0, 0.0, 0.2, 0.3, 0.4, 0.5, 0.7, 0.9, 1.1, 1.3, 2.0, 2.5, 3.0, 4.0];
/// From this length on [`MatchModel::expectation`] does not tell longer ones apart: docs/EXPERIMENTS.md, "Speed of levels
/// 1 to 3".
const LENGTHS: usize = 15;
/// Steps of [`MatchModel::confidence`].
pub const CONFIDENCES: usize = 4;
/// From this length on the match alone predicts: docs/EXPERIMENTS.md, "Rows, mixer and MLP".
pub const LONG: usize = 4096;

/// The window, the table and the match that is followed.
#[derive(Clone, Debug)]
pub struct MatchModel {
    /// The last bytes; its length is a power of two, and position i is at i modulo that.
    window: Vec<u8>,
    /// Bytes seen.
    position: usize,
    /// By hash of the last bytes: bits of the hash, and the position of the byte after them. (2^(64 - shift))
    table: Vec<u32>,
    shift: u32,
    /// Slot of the current hash; used one byte later, after the prefetch has landed.
    slot: usize,
    /// Bits of the current hash, which go into `slot` with the position.
    check: u32,
    /// The length of the match that is followed, 0 if there is none.
    length: usize,
    /// The position of the match's next byte; at most `position`.
    next: usize,
    /// The byte at `next`; it counts only while `length` is not 0.
    expected: u8,
    /// Logits of the expected nibble. (BUCKETS, 2)
    pub(crate) logits: [f32; 2 * BUCKETS],
    /// Which of `logits` is in use.
    bucket: usize,
    /// The expected nibble, or [`NO_SYMBOL`].
    symbol: u32,
    /// The logit of a long match.
    long_logit: f32,
    /// [`SHORTEST`], or out of reach if the model is switched off.
    shortest: usize,
    /// A second match, if contexts see one.
    short: Option<ShortMatch>,
}

impl MatchModel {
    /// A match model that looks back 2^`window_bits` bytes, with half as many slots, but at most 2^22. If it is not
    /// `on`, it follows no match. With `two`, it follows a short match for contexts as well.
    pub fn new(window_bits: u32, on: bool, two: bool) -> Self {
        let short = (on && two).then(|| ShortMatch::new(vec![], window_bits));
        Self { short, ..Self::with(vec![], vec![], window_bits, if on { SHORTEST } else { usize::MAX }) }
    }

    /// Forgets all bytes, and looks back 2^`window_bits` bytes from now on. `logits` stay; that of a long match, which is
    /// no weight of the network, does not.
    pub fn restart(&mut self, window_bits: u32) {
        let (window, table) = (std::mem::take(&mut self.window), std::mem::take(&mut self.table));
        let (logits, mut short) = (self.logits, self.short.take());
        if let Some(short) = &mut short {
            short.restart(window_bits);
        }
        *self = Self { logits, short, ..Self::with(window, table, window_bits, self.shortest) };
    }

    /// A match model that uses this memory.
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
            long_logit: LONG_LOGIT.get(),
            shortest,
            short: None,
        }
    }

    #[inline(always)]
    fn at(&self, position: usize) -> u8 {
        self.window[position & (self.window.len() - 1)]
    }

    /// Takes in one byte; `last8` are the last eight bytes, this one included.
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
        if let Some(short) = &mut self.short {
            short.push(byte, last8, Window { bytes: &self.window, position: self.position });
        }
    }

    /// Follows the match whose last byte was at `place`, modulo 2^POSITION_BITS, if the bytes before are equal.
    #[inline(always)]
    fn begin(&mut self, place: usize) {
        let distance = (self.position - 1 - place) & POSITION_MASK;
        if distance == 0 || distance >= self.window.len() - VERIFIED.get() || distance >= self.position {
            return;
        }
        // Positions before the first byte wrap to the window's other end, which is zero or old: the same for the
        // decoder.
        let last = self.position - 1;
        let same = |back: usize| self.at(last.wrapping_sub(back)) == self.at(last.wrapping_sub(back + distance));
        let length = (0..VERIFIED.get()).take_while(|&back| same(back)).count();
        if length >= self.shortest {
            (self.length, self.next) = (length, self.position - distance);
        }
    }

    /// The logits of the next nibble, after `high` if it is a low one. (16)
    #[inline(always)]
    pub fn forward(&mut self, high: Option<usize>) -> F32x16 {
        self.aim(high);
        one_hot(self.symbol, self.logits[self.bucket])
    }

    /// Sets the expected nibble and the bucket.
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

    /// One step along `delta`, the gradient at the logits, of the logit in use. (16)
    #[inline(always)]
    pub fn learn(&mut self, delta: &F32x16) {
        self.logits[self.bucket] += RATE.get() * value_at(delta, self.symbol);
    }

    /// How many bytes it has taken in.
    pub fn position(&self) -> usize {
        self.position
    }

    /// How many bytes it had taken in before the one that it expects again, if it follows a match.
    pub fn source(&self) -> Option<usize> {
        (self.length > 0).then_some(self.next)
    }

    /// The confidence of the match in its nibble, below [`CONFIDENCES`].
    #[inline(always)]
    pub fn confidence(&self) -> usize {
        match self.length {
            _ if self.symbol == NO_SYMBOL => 0,
            0..16 => 1,
            16..32 => 2,
            _ => 3,
        }
    }

    /// The expected nibble, or [`NO_SYMBOL`].
    #[inline(always)]
    pub fn symbol(&self) -> u32 {
        self.symbol
    }

    /// One more than the expected byte, or 0 if no match is followed.
    #[inline(always)]
    pub fn expected_byte(&self) -> usize {
        if self.length == 0 { 0 } else { 1 + usize::from(self.expected) }
    }

    /// The expected byte and the length of the match, as far as they tell how likely the byte is: 0 if no match is
    /// followed.
    #[inline(always)]
    pub fn expectation(&self) -> u64 {
        (self.expected_byte() | self.length.min(LENGTHS) << 9) as u64
    }

    /// What contexts see of the matches.
    #[inline(always)]
    pub fn expected(&self) -> Expected {
        let (short, short_length, missed) = self.short.as_ref().map_or((0, 0, 0), ShortMatch::expected);
        Expected { long: self.expected_byte() as u32, long_length: self.length, short, short_length, missed }
    }

    /// Whether the match is long enough to predict alone.
    #[inline(always)]
    pub fn is_long(&self) -> bool {
        self.length >= LONG
    }

    /// The high nibble of the expected byte.
    #[inline(always)]
    pub fn expected_high(&self) -> usize {
        usize::from(self.expected >> 4)
    }

    /// As [`forward`](Self::forward), for a long match. (16)
    #[inline(always)]
    pub fn forward_long(&mut self, high: Option<usize>) -> F32x16 {
        self.aim(high);
        one_hot(self.symbol, self.long_logit)
    }

    /// As [`learn`](Self::learn), for a long match. (16)
    #[inline(always)]
    pub fn learn_long(&mut self, delta: &F32x16) {
        self.long_logit += LONG_RATE.get() * value_at(delta, self.symbol);
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
