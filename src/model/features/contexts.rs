//! History → hashes: what a byte is seen in. Text and binary data each have their list, those worth most first.

use super::{hash::hash, history::History};

/// The most contexts that a level may use.
pub const MAX_CONTEXTS: usize = 24;

/// What the contexts see, in text and in binary data; bytes are counted back from the one to come. To be kept in step
/// with the lists below.
pub const NAMES: [(&str, &str); MAX_CONTEXTS] = [
    ("last 4", "last 2"),
    ("last 6", "plane, last 1"),
    ("word, last 1", "north, phase"),
    ("classes", "last 4"),
    ("above, column", "byte 2"),
    ("last 2", "last 6"),
    ("word, word before", "last 1"),
    ("last 3", "last 3"),
    ("last 5", "north, west, north-east rounded, phase"),
    ("four classes, word", "bytes 2 to 3"),
    ("last 8", "north, west"),
    ("word, second word before", "bytes 1 and 3"),
    ("last 1", "plane, north, west"),
    ("above, last 3", "north, north-west, north-east"),
    ("bytes 2 to 3", "bytes 3 to 4"),
    ("word, two words before", "west, second west, phase"),
    ("byte 2", "north, second north, last 1"),
    ("punctuation, word, last 1", "bytes 2 to 4"),
    ("high nibbles of last 5", "north, west, north-west, last 1"),
    ("above, last 1", "word, last 1"),
    ("field, last 1", "byte 4, phase"),
    ("bytes 2 to 4", "last 8"),
    ("last 7", "bytes 1, 2 and 5"),
    ("bytes 1 and 3", "plane, phase"),
];

/// Two numbers that together say what a context is; its place in the list keeps it apart from the others.
type Context = (u64, u64);

/// Fills `out` with the hashes of the first contexts of the list that suits the data.
#[inline(always)]
pub fn compute(history: &History, out: &mut [u64]) {
    let tiers: [fn(&History) -> [Context; 8]; 3] = if history.strides.binary {
        [binary_first, binary_second, binary_third]
    } else {
        [text_first, text_second, text_third]
    };
    let kind = u64::from(history.strides.binary) << 6;
    for ((out, tier), place) in out.chunks_mut(8).zip(tiers).zip((kind..).step_by(8)) {
        for ((out, (a, b)), place) in out.iter_mut().zip(tier(history)).zip(place..) {
            *out = hash(a ^ place << 56, b);
        }
    }
}

/// The last `n` bytes.
#[inline(always)]
fn order(history: &History, n: u32) -> u64 {
    history.last8 & (u64::MAX >> (64 - 8 * n))
}

fn text_first(h: &History) -> [Context; 8] {
    let [word, word1, _] = h.words.map(u64::from);
    [
        (order(h, 4), 0),
        (order(h, 6), 0),
        (word, order(h, 1)),
        (u64::from(h.classes), 0),
        (u64::from(h.above()), h.column.min(255) as u64),
        (order(h, 2), 0),
        (word, word1 + 1),
        (order(h, 3), 0),
    ]
}

fn text_second(h: &History) -> [Context; 8] {
    let [word, word1, word2] = h.words.map(u64::from);
    [
        (order(h, 5), 0),
        (u64::from(h.classes) & 0xffff, word),
        (order(h, 8), 0),
        (word + 1, word2 + 1),
        (order(h, 1), 0),
        (u64::from(h.above()), order(h, 3)),
        (h.last8 & 0xff_ff00, 0),
        (word + 7 * word1, word2 + 1),
    ]
}

fn text_third(h: &History) -> [Context; 8] {
    let word = u64::from(h.words[0]);
    let above = u64::from(h.above());
    [
        (h.last8 & 0xff00, 0),
        (u64::from(h.punctuation) << 8 | order(h, 1), word),
        (h.last8 & 0xf0_f0f0_f0f0, 0),
        (above << 8 | order(h, 1), 0),
        (h.field, order(h, 1)),
        (h.last8 & 0xffff_ff00, 0),
        (order(h, 7), 0),
        (h.last8 & 0xff_00ff, 0),
    ]
}

/// The bytes around the next one in a table of records: one element before (west), one record before (north), and
/// between them.
struct Around {
    north: u64,
    west: u64,
    north_west: u64,
    north_east: u64,
    /// What a plane through the three would put here, in ten bits.
    plane: u64,
    /// The place within the element.
    phase: u64,
}

#[inline(always)]
fn around(h: &History) -> Around {
    let (element, record) = (h.strides.element, h.strides.row);
    let at = |distance| u64::from(h.at(distance));
    let (north, west, north_west) = (at(record), at(element), at(record + element));
    let north_east = if record > element { at(record - element) } else { 0 };
    let plane = north.wrapping_add(west).wrapping_sub(north_west) & 0x3ff;
    Around { north, west, north_west, north_east, plane, phase: u64::from(h.phase) }
}

fn binary_first(h: &History) -> [Context; 8] {
    let a = around(h);
    [
        (order(h, 2), 0),
        (a.plane, order(h, 1)),
        (a.north, a.phase),
        (order(h, 4), 0),
        (h.last8 & 0xff00, 0),
        (order(h, 6), 0),
        (order(h, 1), 0),
        (order(h, 3), 0),
    ]
}

fn binary_second(h: &History) -> [Context; 8] {
    let a = around(h);
    [
        (a.north >> 2 | a.west >> 2 << 8 | a.north_east >> 2 << 16, a.phase),
        (h.last8 & 0xff_ff00, 0),
        (a.north << 8 | a.west, 0),
        (h.last8 & 0xff_00ff, 0),
        (a.plane, a.north | a.west << 8),
        (a.north | a.north_west << 8 | a.north_east << 16, 0),
        (h.last8 & 0xffff_0000, 0),
        (a.west | u64::from(h.at(2 * h.strides.element)) << 8, a.phase),
    ]
}

fn binary_third(h: &History) -> [Context; 8] {
    let a = around(h);
    let above_that = u64::from(h.at(2 * h.strides.row));
    [
        (a.north | above_that << 8, order(h, 1)),
        (h.last8 & 0xffff_ff00, 0),
        (a.north | a.west << 8 | a.north_west << 16, order(h, 1)),
        (u64::from(h.words[0]), order(h, 1)),
        (h.last8 & 0xff00_0000, a.phase),
        (order(h, 8), 0),
        (h.last8 & 0xff_ff00_00ff, 0),
        (a.plane, a.phase),
    ]
}

/// Calls `event` with the hash of each of the first `count` contexts of each byte of `sample`, and the byte.
pub fn events(count: usize, sample: &[u8], mut event: impl FnMut(u64, u8)) {
    let mut history = History::new(true);
    let mut hashes = [0; MAX_CONTEXTS];
    let hashes = &mut hashes[..count];
    for &byte in sample {
        compute(&history, hashes);
        hashes.iter().for_each(|&hash| event(hash, byte));
        history.push(byte);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The hashes after `bytes`, of text or of binary data in records of 8 bytes and elements of 2.
    fn hashes_after(bytes: &[u8], binary: bool) -> [u64; MAX_CONTEXTS] {
        let mut history = History::new(false);
        bytes.iter().for_each(|&byte| history.push(byte));
        history.strides.binary = binary;
        (history.strides.element, history.strides.row) = (2, 8);
        let mut hashes = [0; MAX_CONTEXTS];
        compute(&history, &mut hashes);
        hashes
    }

    #[test]
    fn every_context_differs_from_every_other() {
        // In the second content many contexts see the same bytes: their places keep them apart.
        for bytes in [b"12 monkeys, 5 apes\n13 monk".as_slice(), &[0; 40], &[]] {
            let mut hashes = [hashes_after(bytes, false), hashes_after(bytes, true)].concat();
            hashes.sort_unstable();
            hashes.dedup();
            assert_eq!(hashes.len(), 2 * MAX_CONTEXTS);
        }
    }

    #[test]
    fn a_context_of_the_last_bytes_sees_those_alone() {
        for (binary, list) in [(false, NAMES.map(|names| names.0)), (true, NAMES.map(|names| names.1))] {
            let mut found = 0;
            for (place, name) in list.into_iter().enumerate() {
                let Some(n) = name.strip_prefix("last ").and_then(|n| n.parse::<usize>().ok()) else { continue };
                found += 1;
                // Byte values that fall into one class each, and differ in all else.
                let mut bytes = *b"............stuvwxyz";
                let before = hashes_after(&bytes, binary)[place];
                bytes[20 - n - 1] ^= 2;
                assert_eq!(hashes_after(&bytes, binary)[place], before, "{name} looks too far");
                bytes[20 - n] ^= 2;
                assert_ne!(hashes_after(&bytes, binary)[place], before, "{name} does not look far enough");
            }
            assert!(found >= 5);
        }
    }

    #[test]
    fn names_are_no_two_alike() {
        for mut names in [NAMES.map(|names| names.0), NAMES.map(|names| names.1)] {
            names.sort_unstable();
            assert!(names.windows(2).all(|pair| pair[0] != pair[1]), "{names:?}");
        }
    }
}
