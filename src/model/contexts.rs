//! History → hashes: the n-grams that a byte is seen in.

use super::history::History;

/// The most contexts that a level may use.
pub const MAX_CONTEXTS: usize = 28;

/// Fills `out` with the hashes of the first contexts, those worth most first.
#[inline(always)]
pub fn compute(history: &History, out: &mut [u32]) {
    let last = history.last8;
    let order = |n: u32| last & (u64::MAX >> (64 - 8 * n));
    let skip = |mask: u64| last & mask;
    let [word, word1, word2] = history.words.map(u64::from);
    let above = u64::from(history.above());
    let column = history.column.min(255) as u64;
    let classes = u64::from(history.classes);
    let punctuation = u64::from(history.punctuation);
    // Two numbers that together say what the context is; its place in the list keeps it apart from the others.
    let list: [(u64, u64); MAX_CONTEXTS] = [
        (order(1), 0),
        (order(2), 0),
        (order(3), 0),
        (order(4), 0),
        (order(5), 0),
        (order(6), 0),
        (word, order(1)),
        (word, word1 + 1),
        (skip(0xff_ff00), 0),
        (skip(0xff00), 0),
        (word + 7 * word1, word2 + 1),
        (classes, 0),
        (above << 8 | order(1), 0),
        (above, column),
        (skip(0xf0_f0f0_f0f0), 0),
        (word + 1, word2 + 1),
        (punctuation << 8 | order(1), word),
        (classes & 0xffff, word),
        (skip(0xff_ff00_00ff), 0),
        (order(8), 0),
        (skip(0xffff_ff00), 0),
        (skip(0xff_00ff), 0),
        (order(7), 0),
        (skip(0xffff_0000), 0),
        (skip(0xff_ffff_ff00), 0),
        (above << 16 | order(2), 0),
        (skip(0xff00_0000), column),
        (skip(0xff00_00ff), 0),
    ];
    for (place, (&(a, b), out)) in list.iter().zip(out).enumerate() {
        *out = hash(a ^ (place as u64) << 56, b);
    }
}

/// Mixes two numbers into 32 well-spread bits (multiply and fold, as in Steele, Lea & Flood's SplitMix, 2014).
#[inline(always)]
pub fn hash(a: u64, b: u64) -> u32 {
    let h = a.wrapping_mul(0x9e37_79b9_7f4a_7c15).wrapping_add(b).wrapping_mul(0xd6e8_feb8_6659_fd93);
    ((h ^ h >> 32).wrapping_mul(0x9e37_79b9_7f4a_7c15) >> 32) as u32
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_context_differs_from_every_other() {
        let mut history = History::new();
        b"12 monkeys, 5 apes\n13 monk".iter().for_each(|&byte| history.push(byte));
        let mut hashes = [0; MAX_CONTEXTS];
        compute(&history, &mut hashes);
        let mut sorted = hashes.to_vec();
        sorted.sort_unstable();
        sorted.dedup();
        assert_eq!(sorted.len(), MAX_CONTEXTS);
    }

    #[test]
    fn an_order_n_context_sees_n_bytes() {
        let hashes_after = |text: &[u8]| {
            let mut history = History::new();
            text.iter().for_each(|&byte| history.push(byte));
            let mut hashes = [0; MAX_CONTEXTS];
            compute(&history, &mut hashes);
            hashes
        };
        let (a, b) = (hashes_after(b"....abcd"), hashes_after(b"....xbcd"));
        assert_eq!(a[..3], b[..3]);
        assert!((3..6).all(|order| a[order] != b[order]));
    }
}
