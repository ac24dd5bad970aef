//! A symbol ↔ a vector that is one at its lane: what layers add, read and learn from.

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
