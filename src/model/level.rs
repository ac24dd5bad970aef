//! Levels: how much network to spend on a byte. This table is part of the model's version.

use super::heads::HEADS;
use crate::math::LANES;

/// A level, 1 (fastest) to 9 (smallest results).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Level(u8);

/// The sizes of a level's network.
#[derive(Clone, Copy, Debug)]
pub struct Params {
    /// Contexts that are embedded: the first of [`contexts`](super::contexts).
    pub contexts: usize,
    /// Hidden features over 16.
    pub height: usize,
    /// log2 of the most embedding rows; a row is 64 bytes.
    pub row_bits: u32,
    /// The dense layers' learning rate at first: the more features share a step, the shorter it is.
    pub rate: f32,
}

const LEVELS: [Params; 9] = [
    // 1: as fast as a useful network can be; machine logs, quick transfers.
    Params { contexts: 8, height: 1, row_bits: 19, rate: 0.004 },
    Params { contexts: 12, height: 1, row_bits: 19, rate: 0.004 },
    // 3: with words and columns.
    Params { contexts: 16, height: 2, row_bits: 20, rate: 0.003 },
    Params { contexts: 20, height: 2, row_bits: 21, rate: 0.003 },
    Params { contexts: 22, height: 3, row_bits: 21, rate: 0.0025 },
    // 6: the default; every context that text, records and code gain from.
    Params { contexts: 24, height: 4, row_bits: 22, rate: 0.0022 },
    Params { contexts: 28, height: 6, row_bits: 22, rate: 0.0018 },
    Params { contexts: 28, height: 8, row_bits: 23, rate: 0.00145 },
    // 9: for archives: written once, read seldom.
    Params { contexts: 28, height: 12, row_bits: 24, rate: 0.0012 },
];

impl Level {
    /// The fastest level.
    pub const FASTEST: Self = Self(1);
    /// The level used unless another is asked for.
    pub const DEFAULT: Self = Self(6);
    /// The level with the smallest results.
    pub const BEST: Self = Self(9);

    /// The level of this number, if there is one.
    pub const fn new(level: u8) -> Option<Self> {
        match level {
            1..=9 => Some(Self(level)),
            _ => None,
        }
    }

    /// All levels, fastest first.
    pub fn all() -> impl Iterator<Item = Self> {
        (1..=9).map(Self)
    }

    /// The level's number, 1 to 9.
    pub const fn get(self) -> u8 {
        self.0
    }

    /// The most bytes of content in one block: 32 MiB.
    pub const fn block_len(self) -> usize {
        1 << 25
    }

    /// The network's sizes for a block of `raw_len` bytes: short blocks get small tables.
    pub(super) fn params(self, raw_len: usize) -> Params {
        let level = LEVELS[usize::from(self.0) - 1];
        Params { row_bits: bits_for(raw_len.saturating_mul(level.contexts)).clamp(6, level.row_bits), ..level }
    }

    /// Bytes of memory that the network takes for a block of `raw_len` bytes, if every row is touched.
    pub fn memory(self, raw_len: usize) -> usize {
        let params = self.params(raw_len);
        let hidden = params.height * LANES;
        let dense = params.contexts * hidden + HEADS * hidden;
        size_of::<[f32; LANES]>() * ((1 << params.row_bits) + (1 << direct_bits(raw_len)) + dense)
    }
}

/// log2 of the rows of direct connections for a block of `raw_len` bytes.
pub(super) fn direct_bits(raw_len: usize) -> u32 {
    (bits_for(raw_len) + 2).clamp(6, 19)
}

/// log2 of the least power of two above `n`.
fn bits_for(n: usize) -> u32 {
    usize::BITS - n.leading_zeros()
}

impl Default for Level {
    fn default() -> Self {
        Self::DEFAULT
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn short_blocks_take_little_memory() {
        for level in Level::all() {
            assert!(level.memory(1) < 1_000_000, "{level:?}");
            assert!(level.memory(1024) < 5_000_000, "{level:?}");
            assert!(level.memory(usize::MAX >> 8) <= 3 << 29, "{level:?}");
        }
    }
}
