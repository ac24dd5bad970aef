//! A number of bytes that a network's tables are made for ↔ one byte.

use super::MAX_BLOCK_LEN;

/// A number of bytes, in eighths of powers of two: b stands for (8 + b mod 8) · 2^⌊b/8⌋, at most [`MAX_BLOCK_LEN`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Capacity(u8);

impl Capacity {
    /// The least one of at least `len` bytes, or the greatest there is.
    pub fn of(len: usize) -> Self {
        let len = len.clamp(8, MAX_BLOCK_LEN);
        let shift = len.ilog2() - 3;
        // Rounded up to 16 eighths it is 8 eighths of the next power.
        Self((8 * shift + len.div_ceil(1 << shift) as u32 - 8) as u8)
    }

    /// The one that `code` stands for, unless that is too great.
    pub fn of_code(code: u8) -> Option<Self> {
        Some(Self(code)).filter(|capacity| code / 8 <= 23 && capacity.bytes() <= MAX_BLOCK_LEN)
    }

    /// The byte that stands for it.
    pub fn code(self) -> u8 {
        self.0
    }

    /// How many bytes it is.
    pub fn bytes(self) -> usize {
        (8 + usize::from(self.0 % 8)) << (self.0 / 8)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn capacities_are_at_most_an_eighth_too_great() {
        for len in (0..1000).chain((3..27).flat_map(|bits| [(1 << bits) - 1, 1 << bits, (1 << bits) + 1])) {
            let capacity = Capacity::of(len);
            assert_eq!(Capacity::of_code(capacity.code()), Some(capacity));
            let most = (len + len / 8).clamp(8, MAX_BLOCK_LEN);
            assert!((len.min(MAX_BLOCK_LEN)..=most).contains(&capacity.bytes()), "{len}: {}", capacity.bytes());
        }
        let good = (0..=255).filter_map(Capacity::of_code);
        assert!(
            good.clone().is_sorted_by_key(Capacity::bytes) && good.map(Capacity::bytes).max() == Some(MAX_BLOCK_LEN)
        );
    }
}
