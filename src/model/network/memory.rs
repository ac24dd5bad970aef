//! A level and the length of a block → the memory that the network takes.

use super::refine::logistic_memory;
use crate::{
    math::LANES,
    model::level::{HEADS, Level, SHALLOW},
};

impl Level {
    /// Bytes of memory that the network takes for a block of `raw_len` bytes, if every row is touched.
    pub fn memory(self, raw_len: usize) -> usize {
        let params = self.params(raw_len);
        let mlp = params.mlp.map_or(0, |mlp| {
            let hidden = mlp.height * LANES;
            (1 << mlp.row_bits) + (mlp.contexts + HEADS) * hidden
        });
        // Weights and means of cells and bytes, and the heads' weights; the trace of 16 bytes.
        let recurrent = params.recurrent.map_or(0, |recurrent| {
            let cells = recurrent.height * LANES;
            2 * 3 * (cells + 256) * recurrent.height + HEADS * cells + 256 * recurrent.height
        });
        let rows = (1 << params.row_bits) + (1 << params.bias_bits) + mlp + recurrent;
        let short_match = if params.contexts > SHALLOW { 4 << params.window_bits.min(20) } else { 0 };
        // Mixers, histories and what they remember.
        let rest = if params.contexts > SHALLOW { 5 << 19 } else { 1 << 20 };
        let matches = (1 << params.window_bits) + (2 << params.window_bits.min(23)) + short_match;
        size_of::<[f32; LANES]>() * rows + matches + logistic_memory(&params, raw_len) + rest
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn short_blocks_take_little_memory() {
        for level in Level::all() {
            assert!(level.memory(1) < 5_000_000, "{level:?}");
            assert!(level.memory(1024) < 14_000_000, "{level:?}");
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
