//! A nibble as four binary decisions: probabilities of its sixteen values ↔ odds at the fifteen nodes of its tree.
//!
//! A vector over nodes has them level by level, from the leaves up: lanes 0 to 7 split pairs of values, lanes 8 to 11
//! split fours into pairs, lanes 12 and 13 split eights, and lane 14, the root, splits 0–7 from 8–15. So the nodes of one
//! level stand side by side in the order of what they cover. Lane 15 is no node: whatever it holds, nothing is learnt
//! from it and nothing made of it.

#![allow(clippy::needless_range_loop)] // plain index loops are what compilers vectorise best

use crate::{
    math::{F32x16, LANES, exp, flat},
    model::experts::rows::log_above,
};

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
    [0, 8, 12, 14][level] + (symbol >> (level + 1))
}

/// Where the sums of subtrees lie on the way from probabilities to odds.
#[derive(Clone, Debug)]
pub struct Subtrees {
    /// The sums of pairs, then of fours, then of eights; then their logarithms. (14 · inputs)
    sums: Vec<f32>,
    /// The odds at nodes above one value, above pairs, fours, eights. (15 · inputs)
    odds: Vec<f32>,
}

impl Subtrees {
    /// For so many inputs.
    pub fn new(inputs: usize) -> Self {
        Self { sums: vec![0.0; 14 * inputs], odds: vec![0.0; 15 * inputs] }
    }

    /// The natural logarithms of the odds of the upper half at each node, for probabilities of any sum and their
    /// logarithms up to a shift. A probability counts as at least `least`. (inputs, 16), (inputs, 16) → (inputs, 15)
    ///
    /// Works on all inputs, level by level, in loops over neighbours: of these, compilers make vector code.
    #[inline(always)]
    pub fn odds(&mut self, p: &[F32x16], log_p: &[F32x16], least: f32, odds: &mut [F32x16]) {
        let n = odds.len();
        let at_least = |p: f32| if p > least { p } else { least };
        let (pairs, others) = self.sums.split_at_mut(8 * n);
        let (fours, eights) = others.split_at_mut(4 * n);
        combine(pairs, flat(p), |lower, upper| at_least(lower) + at_least(upper));
        combine(fours, pairs, |lower, upper| lower + upper);
        combine(eights, fours, |lower, upper| lower + upper);
        for sum in &mut self.sums {
            *sum = log(*sum);
        }
        let (pairs, others) = self.sums.split_at(8 * n);
        let (fours, eights) = others.split_at(4 * n);
        let (of_one, others) = self.odds.split_at_mut(8 * n);
        let (of_two, others) = others.split_at_mut(4 * n);
        let (of_four, of_eight) = others.split_at_mut(2 * n);
        combine(of_one, flat(log_p), |lower, upper| upper - lower);
        combine(of_two, pairs, |lower, upper| upper - lower);
        combine(of_four, fours, |lower, upper| upper - lower);
        combine(of_eight, eights, |lower, upper| upper - lower);
        for (k, odds) in odds.iter_mut().enumerate() {
            odds.0[..8].copy_from_slice(&of_one[8 * k..][..8]);
            odds.0[8..12].copy_from_slice(&of_two[4 * k..][..4]);
            odds.0[12..14].copy_from_slice(&of_four[2 * k..][..2]);
            odds.0[14] = of_eight[k];
        }
    }
}

/// Each of `out` from a pair of neighbours.
#[inline(always)]
fn combine(out: &mut [f32], pairs: &[f32], f: impl Fn(f32, f32) -> f32) {
    let pairs = &pairs[..2 * out.len()];
    for i in 0..out.len() {
        out[i] = f(pairs[2 * i], pairs[2 * i + 1]);
    }
}

/// The probabilities of the upper half at each node → the probabilities of the values. (15) → (16)
#[inline(always)]
pub fn leaves(upper: &F32x16) -> F32x16 {
    let upper = &upper.0;
    let two = [1.0 - upper[14], upper[14]];
    let four: [f32; 4] = split(&two, &upper[12..]);
    let eight: [f32; 8] = split(&four, &upper[8..]);
    F32x16(split(&eight, upper))
}

/// Each probability, split into two at its node.
#[inline(always)]
fn split<const N: usize>(p: &[f32], upper: &[f32]) -> [f32; N] {
    let mut out = [0.0; N];
    let (p, upper) = (&p[..N / 2], &upper[..N / 2]);
    for i in 0..N / 2 {
        out[2 * i] = p[i] * (1.0 - upper[i]);
        out[2 * i + 1] = p[i] * upper[i];
    }
    out
}

/// The probability of odds whose logarithm is given. (16)
#[inline(always)]
pub fn probability(odds: F32x16) -> F32x16 {
    odds.map(|odds| 1.0 / (1.0 + exp(-odds)))
}

/// The natural logarithm of `p`, which is positive and normal, to 0.001, plus a constant: as of [`rows`](crate::model::experts::rows).
#[inline(always)]
fn log(p: f32) -> f32 {
    log_above(0, p)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Sixteen probabilities, some of them small.
    fn any() -> F32x16 {
        let weights: [f32; LANES] = std::array::from_fn(|i| {
            let x = ((i * 7 + 3) as f32 * 0.37).fract();
            x * x * x + 1e-3
        });
        let sum: f32 = weights.iter().sum();
        F32x16(weights.map(|weight| weight / sum))
    }

    /// The odds of one input, beside another.
    fn of(p: &F32x16) -> F32x16 {
        let inputs = [p.map(|p| 1.0 / (1.0 + p)), *p * 8.0];
        let mut odds = [F32x16::ZERO; 2];
        Subtrees::new(2).odds(&inputs, &inputs.map(|p| p.map(log)), 1e-5, &mut odds);
        odds[1]
    }

    #[test]
    fn odds_are_those_of_the_halves_that_a_node_splits() {
        let p = any();
        let odds = of(&p);
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
        let leaves = leaves(&probability(of(&p)));
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
