//! A symbol ↔ a vector that is one at its lane: what layers add, read and learn from.

#![allow(clippy::needless_range_loop)] // plain index loops are what compilers vectorise best

use super::{F32x16, LANES};

/// Row s is 1 at s and 0 elsewhere; the last row, for no symbol, is all 0. A table, because compilers make branches on
/// the coded symbol of a comparison in each lane (docs/EXPERIMENTS.md, "Speed of model 2").
static ONE_HOT: [F32x16; LANES + 1] = {
    let mut rows = [F32x16::ZERO; LANES + 1];
    let mut symbol = 0;
    while symbol < LANES {
        rows[symbol].0[symbol] = 1.0;
        symbol += 1;
    }
    rows
};

/// `value` at `symbol`, 0 elsewhere; all 0 if `symbol` is none of the sixteen. (16)
#[inline(always)]
pub fn one_hot(symbol: u32, value: f32) -> F32x16 {
    ONE_HOT[(symbol as usize).min(LANES)] * value
}

/// The lane of `symbol`, or 0 if it is none of the sixteen.
#[inline(always)]
pub fn value_at(vector: &F32x16, symbol: u32) -> f32 {
    if symbol < LANES as u32 { vector.0[symbol as usize] } else { 0.0 }
}

/// `[coded] − p`: the gradient of ln p(coded) at the logits. (16)
#[inline(always)]
pub fn error(p: &F32x16, coded: usize) -> F32x16 {
    ONE_HOT[coded.min(LANES)] - *p
}

/// The most probable symbol, or one that is within 2^-19 of it. The largest of keys that end in the symbol: a search for
/// the place of the maximum compiles to sixteen comparisons. Keys are integers, whose maximum takes a cycle; by
/// [`F32x16::max`] level 1 takes 6 % longer.
#[inline(always)]
pub fn most_likely(p: &F32x16) -> usize {
    let mut keys = [0; LANES];
    for i in 0..LANES {
        keys[i] = p.0[i].to_bits() & !15 | i as u32;
    }
    let mut eight = [0; 8];
    for i in 0..8 {
        eight[i] = keys[i].max(keys[i + 8]);
    }
    let mut four = [0; 4];
    for i in 0..4 {
        four[i] = eight[i].max(eight[i + 4]);
    }
    four[0].max(four[2]).max(four[1].max(four[3])) as usize % LANES
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_most_likely_symbol_is_found_in_every_lane() {
        for symbol in 0..LANES {
            let mut p = F32x16::splat(0.05);
            p.0[symbol] = 0.06;
            assert_eq!(most_likely(&p), symbol);
        }
    }
}
