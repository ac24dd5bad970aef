//! Levels: how much network to spend on a byte. This table is part of the model's version.

use crate::math::LANES;

/// Heads of the mlp network, and places in a byte: the high nibble's, then the low nibble's for each high one.
pub const HEADS: usize = 1 + LANES;
/// The most mixers of the first layer.
pub const MIXERS: usize = 2;

/// A level, 1 (fastest) to 9 (smallest results).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Level(u8);

/// The sizes of a level's network.
#[derive(Clone, Copy, Debug)]
pub struct Params {
    /// Contexts that have n-gram rows: the first of [`contexts`](super::features::contexts).
    pub contexts: usize,
    /// log2 of the most n-gram rows; a row is 64 bytes.
    pub row_bits: u32,
    /// log2 of the most bytes that the match finder looks back; its table has half as many slots, but at most 2^22.
    pub window_bits: u32,
    /// log2 of the most rows of the final correction, 64 bytes each.
    pub bias_bits: u32,
    /// The mixer's first weight of each input, and its rate: the more inputs, the smaller.
    pub weight: f32,
    pub rate: f32,
    /// The mlp network, if the level has one.
    pub mlp: Option<MlpParams>,
    /// MixerStack of the first layer; with more than one there is a second layer.
    pub mixers: usize,
}

/// The sizes of a level's mlp network.
#[derive(Clone, Copy, Debug)]
pub struct MlpParams {
    /// Contexts that are embedded: the first of [`contexts`](super::features::contexts).
    pub contexts: usize,
    /// Hidden features over 16.
    pub height: usize,
    /// log2 of the most embedding rows; a row is 64 bytes.
    pub row_bits: u32,
    /// The layers' learning rate at first: the more features share a step, the shorter it is.
    pub rate: f32,
}

const LEVELS: [Params; 9] = [
    // 1: the fastest; transfers, machine logs, backups that have a window of time.
    sparse(5, 19, 22, 15, 0.3, 0.0014),
    // 2: three contexts more, and room for twice as many rows.
    sparse(8, 20, 23, 16, 0.25, 0.0013),
    // 3: quick, and about as small as contexts alone get.
    sparse(12, 21, 24, 18, 0.2, 0.001),
    // 4: the mlp network enters, a narrow one.
    dense(sparse(12, 21, 24, 18, 0.2, 0.001), 8, 1, 20, 0.004),
    // 5: a wider one.
    dense(sparse(12, 21, 25, 18, 0.2, 0.001), 8, 2, 20, 0.003),
    // 6: the default, for every day: two layers of mixers.
    two_layers(dense(sparse(12, 22, 25, 19, 0.2, 0.001), 8, 2, 21, 0.003)),
    // 7: more contexts, a wider hidden layer.
    two_layers(dense(sparse(16, 22, 25, 19, 0.18, 0.001), 16, 4, 22, 0.0022)),
    // 8: wider still.
    two_layers(dense(sparse(20, 23, 25, 19, 0.16, 0.001), 20, 6, 22, 0.0018)),
    // 9: for archives: written once, read seldom.
    two_layers(dense(sparse(24, 24, 25, 19, 0.14, 0.001), 24, 12, 23, 0.0012)),
];

/// Contexts with rows alone.
const fn sparse(contexts: usize, row_bits: u32, window_bits: u32, bias_bits: u32, weight: f32, rate: f32) -> Params {
    Params { contexts, row_bits, window_bits, bias_bits, weight, rate, mlp: None, mixers: 1 }
}

/// With the mlp network.
const fn dense(params: Params, contexts: usize, height: usize, row_bits: u32, rate: f32) -> Params {
    Params { mlp: Some(MlpParams { contexts, height, row_bits, rate }), ..params }
}

/// With the second layer of mixers.
const fn two_layers(params: Params) -> Params {
    Params { mixers: MIXERS, ..params }
}

impl Level {
    /// The fastest level.
    pub const FASTEST: Self = Self(1);
    /// The level used unless another is asked for.
    pub const DEFAULT: Self = Self(6);
    /// The level that models for records are trained for, unless another is asked for: the best of those without a
    /// mlp network, which has no time to learn anything from a record.
    pub const RECORDS: Self = Self(3);
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

    /// Contexts that have rows.
    pub(crate) fn contexts(self) -> usize {
        self.params(0).contexts
    }

    /// The network's sizes for a block of `raw_len` bytes: short blocks get small tables.
    pub(crate) fn params(self, raw_len: usize) -> Params {
        let level = LEVELS[usize::from(self.0) - 1];
        let bits = |rows: usize| bits_for(raw_len.saturating_mul(rows));
        Params {
            row_bits: bits(2 * level.contexts).clamp(8, level.row_bits),
            window_bits: bits(1).clamp(10, level.window_bits),
            bias_bits: bits(4).clamp(6, level.bias_bits),
            mlp: level.mlp.map(|mlp| MlpParams { row_bits: bits(mlp.contexts).clamp(6, mlp.row_bits), ..mlp }),
            ..level
        }
    }

    /// Bytes of memory that the network takes for a block of `raw_len` bytes, if every row is touched.
    pub fn memory(self, raw_len: usize) -> usize {
        let params = self.params(raw_len);
        let mlp = params.mlp.map_or(0, |mlp| {
            let hidden = mlp.height * LANES;
            (1 << mlp.row_bits) + (mlp.contexts + HEADS) * hidden
        });
        let rows = (1 << params.row_bits) + (1 << params.bias_bits) + mlp;
        size_of::<[f32; LANES]>() * rows + (1 << params.window_bits) + (2 << params.window_bits.min(23)) + (1 << 20)
    }
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
            assert!(level.memory(1) < 2_000_000, "{level:?}");
            assert!(level.memory(1024) < 10_000_000, "{level:?}");
            assert!(level.memory(usize::MAX >> 8) <= 2 << 30, "{level:?}");
        }
    }

    #[test]
    fn fast_levels_take_little_memory() {
        for (level, most) in [(1, 64), (3, 256), (6, 512)] {
            let level = Level::new(level).unwrap();
            assert!(level.memory(level.block_len()) <= most << 20, "{level:?}");
        }
    }
}
