//! Bytes → the distances at which they repeat: the width of an element and of a row, by running statistics.
//!
//! Tables, images and arrays repeat after a fixed number of bytes. Every [`PERIOD`] bytes some positions are compared
//! with all that stand up to [`REACH`] bytes before them; the distances that hit most often, older counts fading, are
//! taken for the widths.

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
    /// Width of a row: 17 ..= REACH, or 1 if none was seen.
    pub row: usize,
    /// Whether the last period was binary data, not text.
    pub binary: bool,
}

impl Default for Strides {
    fn default() -> Self {
        Self { near: [0; ELEMENT + 1], far: Box::new([0; REACH]), element: 1, row: 1, binary: false }
    }
}

impl Strides {
    /// Counts the last `period` of `bytes`, zeros before the first.
    #[inline(never)]
    pub fn count(&mut self, bytes: &[u8; REACH + PERIOD], period: usize) {
        let start = REACH + PERIOD - period;
        let control = bytes[start..].iter().filter(|&&byte| is_control(byte)).count();
        self.binary = control * 16 > period;
        self.near.iter_mut().for_each(|count| *count -= *count >> 3);
        self.far.iter_mut().for_each(|count| *count -= *count >> 4);
        let mut left = SAMPLES;
        let mut at = start + 3;
        while at < bytes.len() {
            at += if self.compare(bytes, at, &mut left) { period / 256 } else { 5 };
        }
        let better =
            |best: (u32, usize), (count, width)| if count > best.0 + best.0 / BETTER { (count, width) } else { best };
        self.element = (1..=ELEMENT).map(|width| (self.near[width], width)).fold((0, 1), better).1;
        let wider = (ELEMENT + 1..=REACH).map(|width| (self.far[REACH - width], width));
        self.row = wider.fold((0, 1), better).1;
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

#[cfg(test)]
mod tests {
    use crate::model::features::history::History;
    use foretell_testkit::noise;

    /// What is found in `content`: element, row, and whether it is binary.
    fn found(content: impl IntoIterator<Item = u8>) -> (usize, usize, bool) {
        let mut history = History::new(true);
        content.into_iter().for_each(|byte| history.push(byte));
        let strides = history.strides;
        (strides.element, strides.row, strides.binary)
    }

    #[test]
    fn numbers_of_four_bytes_are_found() {
        let random = noise(1, 20_000);
        let numbers = random.iter().scan(0u32, |number, &step| {
            *number += u32::from(step);
            Some(number.to_le_bytes())
        });
        let (element, _, binary) = found(numbers.flatten());
        assert_eq!((element, binary), (4, true));
    }

    #[test]
    fn records_of_a_hundred_bytes_are_found() {
        let (template, mut random) = (noise(2, 100), noise(3, 60_000).into_iter());
        // A third of the fields changes from row to row.
        let records = (0..40_000).map(|i| if i % 100 % 3 == 0 { random.next().unwrap() } else { template[i % 100] });
        let (_, row, binary) = found(records);
        assert_eq!((row, binary), (100, true));
    }

    #[test]
    fn rows_of_a_picture_of_two_byte_samples_are_found() {
        let noise = noise(4, 64 * 512);
        let sample = |i: usize| {
            let (x, y) = (i as u16 % 512, i as u16 / 512);
            // Some shapes, that stand in the same columns of every row, and noise in the low bits.
            let shapes = 700 + 97 * (x / 16 * 11 % 31) + y / 8;
            (shapes + u16::from(noise[i] % 4)).to_le_bytes()
        };
        assert_eq!(found((0..64 * 512).flat_map(sample)), (2, 1024, true));
    }

    #[test]
    fn text_is_not_binary_and_noise_is() {
        let text = b"It was a dark and stormy night;\tthe rain fell in torrents.\r\n".repeat(300);
        assert!(!found(text).2);
        assert!(!found("Было темно; дождь лил как из ведра.\n".repeat(300).bytes()).2);
        assert!(found(noise(5, 10_000)).2);
        assert!(found([0; 10_000]).2);
    }

    #[test]
    fn what_the_data_become_is_found_out_again() {
        let text = b"It was a dark and stormy night; the rain fell in torrents.\n".repeat(300);
        assert!(!found(noise(6, 20_000).into_iter().chain(text.clone())).2);
        assert!(found(text.into_iter().chain(noise(6, 20_000))).2);
    }
}
