//! Bytes → the distances at which they repeat: the width of an element and of a record, by running statistics.
//!
//! Tables, images and arrays repeat after a fixed number of bytes. Every [`PERIOD`] bytes some positions are compared
//! with all that stand up to [`REACH`] bytes before them; the distances that hit most often, older counts fading, are
//! taken for the widths.

use super::history::History;

/// Bytes between two counts.
pub const PERIOD: usize = 4096;
/// The farthest distance that is looked at.
pub const REACH: usize = 4096;
/// Positions compared in each period, at most: enough to find widths soon, few enough to cost little.
const SAMPLES: usize = 96;
/// Elements are at most this wide; records are wider.
const ELEMENT: usize = 16;
/// A longer distance must be this part better than a shorter one: multiples of a width hit as often as itself.
const BETTER: u32 = 32;

/// The counts and what they say.
#[derive(Debug)]
pub struct Strides {
    /// Equal bytes at each distance 1 ..= ELEMENT.
    near: [u32; ELEMENT + 1],
    /// Equal bytes at distance REACH − i, of positions that the last bytes do not foretell.
    far: Box<[u32; REACH]>,
    /// Width of an element: 1 ..= 16.
    pub element: usize,
    /// Width of a record: 17 ..= REACH, or 1 if none was seen.
    pub record: usize,
    /// Whether the last period was binary data, not text.
    pub binary: bool,
}

impl Default for Strides {
    fn default() -> Self {
        Self { near: [0; ELEMENT + 1], far: Box::new([0; REACH]), element: 1, record: 1, binary: false }
    }
}

impl Strides {
    /// Counts the last `period` bytes of `history`.
    #[inline(never)]
    pub fn count(&mut self, history: &History, period: usize) {
        let mut bytes = [0; REACH + PERIOD];
        let start = REACH + PERIOD - period;
        for (distance, byte) in (1..).zip(bytes.iter_mut().rev()) {
            *byte = history.at(distance);
        }
        let control = bytes[start..].iter().filter(|&&byte| is_control(byte)).count();
        self.binary = control * 16 > period;
        self.near.iter_mut().for_each(|count| *count -= *count >> 3);
        self.far.iter_mut().for_each(|count| *count -= *count >> 4);
        let mut left = SAMPLES;
        let mut at = start + 3;
        while at < bytes.len() {
            at += if self.compare(&bytes, at, &mut left) { period / 256 } else { 5 };
        }
        let better =
            |best: (u32, usize), (count, width)| if count > best.0 + best.0 / BETTER { (count, width) } else { best };
        self.element = (1..=ELEMENT).map(|width| (self.near[width], width)).fold((0, 1), better).1;
        let wider = (ELEMENT + 1..=REACH).map(|width| (self.far[REACH - width], width));
        self.record = wider.fold((0, 1), better).1;
    }

    /// Compares the byte at `at` with those before it; whether it was one that counts for records.
    fn compare(&mut self, bytes: &[u8; REACH + PERIOD], at: usize, left: &mut usize) -> bool {
        let byte = bytes[at];
        for (distance, count) in self.near.iter_mut().enumerate().skip(1) {
            *count += u32::from(bytes[at - distance] == byte) << 8;
        }
        let foretold = byte == bytes[at - 1] || byte == bytes[at - 2];
        if foretold || *left == 0 {
            return false;
        }
        *left -= 1;
        for (count, &before) in self.far.iter_mut().zip(&bytes[at - REACH..at]) {
            *count += u32::from(before == byte) << 8;
        }
        true
    }
}

/// Whether text has no use for `byte`.
fn is_control(byte: u8) -> bool {
    byte == 127 || byte < 32 && !matches!(byte, 8..=10 | 12 | 13 | 27)
}
