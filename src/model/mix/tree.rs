//! A nibble as four binary decisions: probabilities of its sixteen values ↔ odds at the fifteen nodes of its tree.
//!
//! A vector over nodes has the tree in order, like the values between which its nodes decide: lane 8 is the root,
//! which splits 0–7 from 8–15; lanes 4 and 12 split their halves; lanes 2, 6, 10 and 14 theirs; and the odd lanes split
//! pairs of values. So each lane lies in the middle of what its node covers, and the sums of subtrees are made by
//! swapping neighbours. Lane 0 is no node: whatever it holds, nothing is learnt from it and nothing made of it.

#![allow(clippy::needless_range_loop)] // plain index loops are what compilers vectorise best

use crate::math::{F32x16, LANES, exp};

/// Levels of the tree.
const DEPTH: usize = 4;

/// Lane by lane 1 at nodes that `symbol` passes, 0 elsewhere. (16)
#[inline(always)]
pub fn path(symbol: usize) -> F32x16 {
    PATHS[symbol & (LANES - 1)]
}

/// Lane by lane 1 at nodes where the way to `symbol` takes the upper half, 0 elsewhere. (16)
#[inline(always)]
pub fn bits(symbol: usize) -> F32x16 {
    BITS[symbol & (LANES - 1)]
}

static PATHS: [F32x16; LANES] = ways(false);
static BITS: [F32x16; LANES] = ways(true);

/// For each symbol its nodes; only those where it lies in the upper half, if `upper`.
const fn ways(upper: bool) -> [F32x16; LANES] {
    let mut table = [F32x16::ZERO; LANES];
    let mut symbol = 0;
    while symbol < LANES {
        let mut level = 0;
        while level < DEPTH {
            if !upper || symbol >> level & 1 == 1 {
                table[symbol].0[node(symbol, level)] = 1.0;
            }
            level += 1;
        }
        symbol += 1;
    }
    table
}

/// The node above `symbol` that splits 2^(level + 1) values.
const fn node(symbol: usize, level: usize) -> usize {
    symbol >> (level + 1) << (level + 1) | 1 << level
}

/// The natural logarithm of the odds of the upper half at each node, for probabilities of values: positive, and of any
/// sum. (16) → (15)
#[inline(always)]
pub fn odds(p: &F32x16) -> F32x16 {
    let pairs = *p + swapped::<1>(p);
    let fours = pairs + swapped::<2>(&pairs);
    let eights = fours + swapped::<4>(&fours);
    let upper = by_level(p, &pairs, &fours, &eights);
    let lower = by_level(&swapped::<1>(p), &swapped::<2>(&pairs), &swapped::<4>(&fours), &swapped::<8>(&eights));
    upper.zip(lower, |upper, lower| log(upper) - log(lower))
}

/// Each lane i has that of lane i ^ `DISTANCE`.
#[inline(always)]
fn swapped<const DISTANCE: usize>(v: &F32x16) -> F32x16 {
    let mut out = [0.0; LANES];
    for i in 0..LANES {
        out[i] = v.0[i ^ DISTANCE];
    }
    F32x16(out)
}

/// Lane by lane that of the vector for the node's level: sums of one, two, four or eight values.
#[inline(always)]
fn by_level(one: &F32x16, two: &F32x16, four: &F32x16, eight: &F32x16) -> F32x16 {
    let mut out = [0.0; LANES];
    for i in 0..LANES {
        out[i] = match i.trailing_zeros() {
            0 => one.0[i],
            1 => two.0[i],
            2 => four.0[i],
            _ => eight.0[i],
        };
    }
    F32x16(out)
}

/// The probabilities of the upper half at each node → the probabilities of the values. (15) → (16)
#[inline(always)]
pub fn leaves(upper: &F32x16) -> F32x16 {
    let mut p = [0.0; LANES];
    for i in 0..LANES {
        let factor = |level| {
            let upper = upper.0[node(i, level)];
            if i >> level & 1 == 1 { upper } else { 1.0 - upper }
        };
        p[i] = (factor(3) * factor(2)) * (factor(1) * factor(0));
    }
    F32x16(p)
}

/// The probability of odds whose logarithm is given. (16)
#[inline(always)]
pub fn probability(odds: F32x16) -> F32x16 {
    odds.map(|odds| 1.0 / (1.0 + exp(-odds)))
}

/// The natural logarithm of `p`, which is positive and normal, to 0.001, plus a constant: as of [`rows`](crate::model::experts::rows).
#[inline(always)]
fn log(p: f32) -> f32 {
    let bits = p.to_bits();
    let m = f32::from_bits(bits & 0x007f_ffff | 0x3f80_0000) - 1.0;
    let line = bits as i32 as f32 * (std::f32::consts::LN_2 / 8_388_608.0);
    line + m * (1.0 - m) * (0.293 - m * 0.11)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Sixteen probabilities, some of them small.
    fn any() -> F32x16 {
        let weights: [f32; LANES] = std::array::from_fn(|i| ((i * 7 + 3) as f32 * 0.37).fract().powi(3) + 1e-3);
        let sum: f32 = weights.iter().sum();
        F32x16(weights.map(|weight| weight / sum))
    }

    #[test]
    fn odds_are_those_of_the_halves_that_a_node_splits() {
        let p = any();
        let odds = odds(&(p * 8.0));
        for (level, first) in
            (0..DEPTH).flat_map(|level| (0..LANES >> (level + 1)).map(move |i| (level, i << (level + 1))))
        {
            let sum = |from: usize| p.0[from..from + (1 << level)].iter().map(|&p| f64::from(p)).sum::<f64>();
            let exact = (sum(first + (1 << level)) / sum(first)).ln();
            let found = f64::from(odds.0[node(first, level)]);
            assert!((found - exact).abs() < 2e-3, "level {level}, from {first}: {found} {exact}");
        }
    }

    #[test]
    fn leaves_of_exact_odds_are_the_probabilities() {
        let p = any();
        let leaves = leaves(&probability(odds(&p)));
        let sum: f32 = leaves.0.iter().sum();
        assert!((sum - 1.0).abs() < 1e-6);
        for (leaf, p) in leaves.0.iter().zip(p.0) {
            assert!((leaf / p - 1.0).abs() < 8e-3, "{leaf} {p}");
        }
    }

    #[test]
    fn a_symbol_passes_four_nodes_and_goes_up_where_its_bits_say() {
        for symbol in 0..LANES {
            let lanes = |v: F32x16| (0..LANES).filter(|&i| v.0[i] != 0.0).collect::<Vec<_>>();
            assert_eq!(lanes(path(symbol)).len(), DEPTH);
            let upper = (0..DEPTH).filter(|level| symbol >> level & 1 == 1).map(|level| node(symbol, level));
            let mut upper: Vec<_> = upper.collect();
            upper.sort_unstable();
            assert_eq!(lanes(bits(symbol)), upper);
        }
    }
}
