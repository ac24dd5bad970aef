//! History → hashes of contexts: what a byte is seen in. Each kind of data has its own list, the most useful first.
//!
//! A level uses the first contexts of either list. A list is made of tiers, so that levels with few contexts compute
//! few; and the first [`SHALLOW`](crate::model::level::SHALLOW) of either see nothing of what only deep histories compute.

mod binary;
mod list;
mod text;

use super::{expected::Expected, hash::hash, history::History, strides::Kind};
pub use list::MAX_CONTEXTS;
use list::{TIER, TIERS, Tier};

/// What context `index` of the list for `kind` sees; empty if there is none.
pub fn name(kind: Kind, index: usize) -> &'static str {
    let names = match kind {
        Kind::Text => text::NAMES,
        Kind::Binary => binary::NAMES,
    };
    names.get(index).copied().unwrap_or_default()
}

/// Fills `out` with the hashes of the first contexts of the list for the kind of data.
#[inline(always)]
pub fn compute(history: &History, expected: &Expected, out: &mut [u64]) {
    match history.strides.kind {
        Kind::Text => fill(Kind::Text, text::TIERS, history, expected, out),
        Kind::Binary => fill(Kind::Binary, binary::TIERS, history, expected, out),
    }
}

/// Fills `out` with the hashes of what `tiers` give.
#[inline(always)]
fn fill(kind: Kind, tiers: [Tier; TIERS], history: &History, expected: &Expected, out: &mut [u64]) {
    let kind = (kind.index() as u64) << 6;
    for ((out, tier), place) in out.chunks_mut(TIER).zip(tiers).zip((kind..).step_by(TIER)) {
        for ((out, (a, b)), place) in out.iter_mut().zip(tier(history, expected)).zip(place..) {
            *out = hash(a ^ place << 56, b);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The hashes after `bytes`, taken for data of `kind` in rows of 8 bytes and elements of 2.
    fn hashes_after(bytes: &[u8], kind: Kind) -> [u64; MAX_CONTEXTS] {
        let mut history = History::new(false, Some(16));
        bytes.iter().for_each(|&byte| history.push(byte));
        history.strides.kind = kind;
        (history.strides.element, history.strides.row) = (2, 8);
        let mut hashes = [0; MAX_CONTEXTS];
        compute(&history, &Expected::default(), &mut hashes);
        hashes
    }

    #[test]
    fn every_context_differs_from_every_other() {
        // In the second content many contexts see the same bytes: only their places in the list tell them apart.
        for bytes in [b"12 monkeys, 5 apes\n13 monk".as_slice(), &[0; 40], &[]] {
            let mut hashes = [hashes_after(bytes, Kind::Text), hashes_after(bytes, Kind::Binary)].concat();
            hashes.sort_unstable();
            hashes.dedup();
            assert_eq!(hashes.len(), 2 * MAX_CONTEXTS);
        }
    }

    #[test]
    fn a_context_of_the_last_bytes_sees_those_alone() {
        for (kind, names) in [(Kind::Text, text::NAMES), (Kind::Binary, binary::NAMES)] {
            let mut found = 0;
            for (place, name) in names.into_iter().enumerate() {
                let Some(n) = name.strip_prefix("last ").and_then(|n| n.parse::<usize>().ok()) else { continue };
                found += 1;
                // Letters, which are of one class: only the bytes themselves differ.
                let mut bytes = *b"............stuvwxyz";
                let before = hashes_after(&bytes, kind)[place];
                bytes[20 - n - 1] ^= 2;
                assert_eq!(hashes_after(&bytes, kind)[place], before, "{name} looks too far");
                bytes[20 - n] ^= 2;
                assert_ne!(hashes_after(&bytes, kind)[place], before, "{name} does not look far enough");
            }
            assert!(found >= 5);
        }
    }

    #[test]
    fn names_are_no_two_alike() {
        for mut names in [text::NAMES, binary::NAMES] {
            names.sort_unstable();
            assert!(names.windows(2).all(|pair| pair[0] != pair[1]), "{names:?}");
        }
    }
}
