//! Bytes → the kind of data, and the distances at which they repeat: the widths of an element and of a row.
//!
//! Tables, images and arrays repeat after a fixed number of bytes. Every [`PERIOD`] bytes, some positions are compared
//! with all bytes up to [`REACH`] before them. The distances with the most equal bytes, older counts fading, are taken
//! for the widths (as PAQ8's record model does).
//!
//! The counts and their use: docs/EXPERIMENTS.md, "Contexts"; the numbers below were not tried alone.

use crate::model::tuned::tuned;

/// Bytes between two counts.
pub const PERIOD: usize = 4096;
/// The farthest distance that is compared.
pub const REACH: usize = 4096;
/// The widest element; rows are wider.
const ELEMENT: usize = 16;
tuned! {
    /// The most positions compared for row widths in a period: enough to find widths soon, few enough to cost little.
    SAMPLES: usize = 96, in 16..=255;
    /// A longer distance wins only if its count is more than 1/32 larger: multiples of a width are equal as often as
    /// the width itself.
    BETTER: u32 = 32, in 4..=256;
    /// Data are binary while more than one byte in this many is a control byte.
    CONTROL_SHARE: usize = 16, in 4..=128;
}

/// The kinds of data: each has its own contexts and its own weights of the mixer.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Kind {
    #[default]
    Text,
    Binary,
}

impl Kind {
    /// How many kinds there are.
    pub const COUNT: usize = 2;

    /// The kind's number, below [`COUNT`](Self::COUNT).
    #[inline(always)]
    pub const fn index(self) -> usize {
        self as usize
    }
}

/// The counts and what they say.
#[derive(Clone, Debug)]
pub struct Strides {
    /// Equal bytes at distance i, 1 ..= ELEMENT; entry 0 stays 0.
    near: [u32; ELEMENT + 1],
    /// Equal bytes at distance REACH − i, counted only at positions that the two bytes before do not foretell: runs of
    /// one byte fit any width.
    far: Box<[u32; REACH]>,
    /// Width of an element: 1 ..= 16.
    pub element: usize,
    /// Width of a row: 17 ..= REACH, or 1 if none was found.
    pub row: usize,
    /// What the last period was.
    pub kind: Kind,
}

impl Default for Strides {
    fn default() -> Self {
        Self { near: [0; ELEMENT + 1], far: Box::new([0; REACH]), element: 1, row: 1, kind: Kind::Text }
    }
}

impl Strides {
    /// Counts the last `period` of `bytes`; before the first byte of the content there are zeros.
    #[inline(never)]
    pub fn count(&mut self, bytes: &[u8; REACH + PERIOD], period: usize) {
        let start = REACH + PERIOD - period;
        let control = bytes[start..].iter().filter(|&&byte| is_control(byte)).count();
        self.kind = if control * CONTROL_SHARE.get() > period { Kind::Binary } else { Kind::Text };
        self.near.iter_mut().for_each(|count| *count -= *count >> 3);
        self.far.iter_mut().for_each(|count| *count -= *count >> 4);
        let mut left = SAMPLES.get();
        let mut far = [0; REACH];
        let mut at = start + 3;
        while at < bytes.len() {
            at += if self.compare(bytes, at, &mut left, &mut far) { period / 256 } else { 5 };
        }
        self.far.iter_mut().zip(far).for_each(|(count, equal)| *count += u32::from(equal) << 8);
        let better = |best: (u32, usize), (count, width)| {
            if count > best.0 + best.0 / BETTER.get() { (count, width) } else { best }
        };
        self.element = (1..=ELEMENT).map(|width| (self.near[width], width)).fold((0, 1), better).1;
        let wider = (ELEMENT + 1..=REACH).map(|width| (self.far[REACH - width], width));
        self.row = wider.fold((0, 1), better).1;
    }

    /// Compares the byte at `at` with those before it; `true` if the position counted for rows, of which there are
    /// `left`, at most 255. Adds to `far`, by bytes: sixteen of them are one vector.
    fn compare(&mut self, bytes: &[u8; REACH + PERIOD], at: usize, left: &mut usize, far: &mut [u8; REACH]) -> bool {
        let byte = bytes[at];
        for (distance, count) in self.near.iter_mut().enumerate().skip(1) {
            *count += u32::from(bytes[at - distance] == byte) << 8;
        }
        let foretold = byte == bytes[at - 1] || byte == bytes[at - 2];
        if foretold || *left == 0 {
            return false;
        }
        *left -= 1;
        for (count, &before) in far.iter_mut().zip(&bytes[at - REACH..at]) {
            *count = count.wrapping_add(u8::from(before == byte));
        }
        true
    }
}

/// Whether `byte` is a control byte that text does not use.
fn is_control(byte: u8) -> bool {
    byte == 127 || byte < 32 && !matches!(byte, 8..=10 | 12 | 13 | 27)
}

#[cfg(test)]
mod tests {
    use super::Kind;
    use crate::model::features::history::History;
    use foretell_testkit::noise;

    /// What is found in `content`: the widths of element and row, and the kind.
    fn found(content: impl IntoIterator<Item = u8>) -> (usize, usize, Kind) {
        let mut history = History::new(true, None);
        content.into_iter().for_each(|byte| history.push(byte));
        let strides = history.strides;
        (strides.element, strides.row, strides.kind)
    }

    #[test]
    fn numbers_of_four_bytes_are_found() {
        let random = noise(1, 20_000);
        let numbers = random.iter().scan(0u32, |number, &step| {
            *number += u32::from(step);
            Some(number.to_le_bytes())
        });
        let (element, _, kind) = found(numbers.flatten());
        assert_eq!((element, kind), (4, Kind::Binary));
    }

    #[test]
    fn rows_of_a_hundred_bytes_are_found() {
        let (template, mut random) = (noise(2, 100), noise(3, 60_000).into_iter());
        // A third of the fields changes from row to row.
        let records = (0..40_000).map(|i| if i % 100 % 3 == 0 { random.next().unwrap() } else { template[i % 100] });
        let (_, row, kind) = found(records);
        assert_eq!((row, kind), (100, Kind::Binary));
    }

    /// With 96 samples a period, a neighbour of the width or a multiple may hit more often by chance.
    #[test]
    fn rows_of_half_the_pictures_of_two_byte_samples_are_found() {
        let row_is_found = |seed: &u64| {
            let noise = noise(*seed, 64 * 512);
            let sample = |i: usize| {
                let (x, y) = (i as u16 % 512, i as u16 / 512);
                // Shapes in the same columns of every row, and noise in the low bits.
                let shapes = 700 + 97 * (x / 16 * 11 % 31) + y / 8;
                (shapes + u16::from(noise[i] % 4)).to_le_bytes()
            };
            let (element, row, kind) = found((0..64 * 512).flat_map(sample));
            assert_eq!((element, kind), (2, Kind::Binary), "picture {seed}");
            row == 1024
        };
        assert!((0..16).filter(row_is_found).count() >= 8);
    }

    #[test]
    fn text_is_not_binary_and_noise_is() {
        let text = b"It was a dark and stormy night;\tthe rain fell in torrents.\r\n".repeat(300);
        assert_eq!(found(text).2, Kind::Text);
        assert_eq!(found("Было темно; дождь лил как из ведра.\n".repeat(300).bytes()).2, Kind::Text);
        assert_eq!(found(noise(5, 10_000)).2, Kind::Binary);
        assert_eq!(found([0; 10_000]).2, Kind::Binary);
    }

    #[test]
    fn a_change_of_kind_is_noticed() {
        let text = b"It was a dark and stormy night; the rain fell in torrents.\n".repeat(300);
        assert_eq!(found(noise(6, 20_000).into_iter().chain(text.clone())).2, Kind::Text);
        assert_eq!(found(text.into_iter().chain(noise(6, 20_000))).2, Kind::Binary);
    }
}
