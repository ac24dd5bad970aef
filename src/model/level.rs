//! Levels: how much model to spend on a byte. This table is part of the model version.

/// A level, 1 (fastest) to 9 (smallest).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Level(u8);

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

    /// The most bytes of content in one block.
    pub const fn block_len(self) -> usize {
        1 << 25
    }

    /// Bytes of memory that the model takes for a block of `raw_len` bytes.
    pub const fn memory(self, raw_len: usize) -> usize {
        raw_len
    }
}

impl Default for Level {
    fn default() -> Self {
        Self::DEFAULT
    }
}
