//! Odds at the nodes of a nibble's tree, by each input → the nibble's probabilities: logistic mixing (PAQ7: Mahoney
//! 2005), at all fifteen nodes at once, one in each lane.
//!
//! Several *selectors* each choose a set of weights by a small context of their own, mix all inputs by it, and learn
//! from their own error. A second layer mixes what the selectors say. So this is a gated linear network of two layers
//! (PAQ8: Mahoney 2007; Veness et al. 2019). The geometric mixers before it weigh all sixteen values at once by how
//! much each row has seen; this stage finds where that is wrong, bit by bit.
//!
//! Nodes that the coded symbol does not pass learn nothing.

#![allow(clippy::needless_range_loop)] // plain index loops are what compilers vectorise best

use bytemuck::allocation::zeroed_vec;

use super::tree::{Subtrees, bits, leaves, path, probability};
use crate::{
    math::{F32x16, flat, flat_mut},
    model::tuned::tuned,
};

/// The most selectors.
pub const SELECTORS: usize = 7;
/// Mixers of the second layer; their mean is what the stage says.
pub const FINALS: usize = 2;
/// Vectors that are dealt with at a time.
const STEP: usize = 4;
/// Odds of selectors and of the whole stay within ± this, so that no probability is 0 or 1.
const LIMIT: f32 = 14.0;
tuned! {
    /// The rate of a selector, what it has more at first, and the steps after which half of that is left.
    RATE: f32 = 0.003, in 0.0005..=0.02;
    BOOST: f32 = 0.02, in 0.002..=0.1;
    BOOST_STEPS: f32 = 5000.0, in 500.0..=100000.0;
    /// What a node of a set has more at first, with the visits after which half of that is left.
    NEW_BOOST: f32 = 0.02, in 0.0..=0.1;
    NEW_VISITS: f32 = 50.0, in 5.0..=500.0;
    /// The rate of the second layer, what it has more at first, and the steps after which half of that is left.
    FINAL_RATE: f32 = 0.0004, in 0.00005..=0.005;
    FINAL_BOOST: f32 = 0.01, in 0.001..=0.05;
    FINAL_BOOST_STEPS: f32 = 10000.0, in 1000.0..=100000.0;
}

/// The set that each selector and each mixer of the second layer uses.
#[derive(Clone, Copy, Debug, Default)]
pub struct Choice {
    pub sets: [usize; SELECTORS],
    pub finals: [usize; FINALS],
}

/// How many sets each selector and each mixer of the second layer has.
#[derive(Clone, Copy, Debug)]
pub struct Sizes {
    pub sets: [usize; SELECTORS],
    pub finals: [usize; FINALS],
}

/// The stage.
#[derive(Clone, Debug)]
pub struct LogisticMixer {
    /// The inputs' odds; the caller fills them before the forward pass. Zeros fill up a multiple of [`STEP`]. (inputs, 16)
    pub x: Vec<F32x16>,
    /// What makes odds of probabilities.
    pub subtrees: Subtrees,
    /// The weights that all sets start from: theirs are what they have learnt beyond that. (inputs)
    first: Vec<f32>,
    selectors: Vec<Selector>,
    /// The odds that selectors gave last, filled up likewise. (selectors, 16)
    said: Vec<F32x16>,
    finals: [Final; FINALS],
    /// Nibbles learnt from.
    steps: f32,
}

/// One mixer of the first layer.
#[derive(Clone, Debug)]
struct Selector {
    /// The weights of each set less the first ones, and then how often each node was visited. (sets, inputs + 1, 16)
    sets: Vec<F32x16>,
    /// Where the set in use begins.
    at: usize,
}

/// One mixer of the second layer.
#[derive(Clone, Debug)]
struct Final {
    /// Weights of the selectors. (sets, selectors filled up, 16)
    weights: Vec<F32x16>,
    at: usize,
    /// The odds that it gave last. (16)
    odds: F32x16,
}

impl Sizes {
    /// Bytes of memory that the first `count` selectors touch in content of `nibbles`, for `inputs` inputs.
    pub fn memory(&self, count: usize, inputs: usize, nibbles: usize) -> usize {
        let touched = |&sets: &usize| sets.min(nibbles) * (inputs.next_multiple_of(STEP) + 1);
        let first: usize = self.sets[..count].iter().map(touched).sum();
        size_of::<F32x16>() * (first + self.finals.iter().sum::<usize>() * count.next_multiple_of(STEP))
    }
}

impl LogisticMixer {
    /// The first `count` selectors of `sizes`, for as many inputs as there are `first` weights.
    pub fn new(first: Vec<f32>, count: usize, sizes: &Sizes) -> Self {
        let (inputs, width) = (first.len().next_multiple_of(STEP), count.next_multiple_of(STEP));
        let even = F32x16::splat(1.0 / count as f32);
        let selector = |&sets: &usize| Selector { sets: zeroed_vec(sets * (inputs + 1)), at: 0 };
        let last = |sets| Final { weights: vec![even; sets * width], at: 0, odds: F32x16::ZERO };
        let mut first = first;
        first.resize(inputs, 0.0);
        Self {
            x: vec![F32x16::ZERO; inputs],
            subtrees: Subtrees::new(inputs),
            first,
            said: vec![F32x16::ZERO; width],
            selectors: sizes.sets.iter().take(count).map(selector).collect(),
            finals: sizes.finals.map(last),
            steps: 0.0,
        }
    }

    /// How many selectors there are.
    #[inline(always)]
    pub fn selectors(&self) -> usize {
        self.selectors.len()
    }

    /// Forgets all that was learnt; takes time for the sets that were used, and to find them.
    pub fn restart(&mut self) {
        let inputs = self.x.len();
        for set in self.selectors.iter_mut().flat_map(|selector| selector.sets.chunks_exact_mut(inputs + 1)) {
            if set[inputs] != F32x16::ZERO {
                set.fill(F32x16::ZERO);
            }
        }
        let even = F32x16::splat(1.0 / self.selectors.len() as f32);
        self.finals.iter_mut().for_each(|last| last.weights.fill(even));
        self.steps = 0.0;
    }

    /// Sets the number of nibbles learnt from, by which boosts have fallen.
    pub fn set_steps(&mut self, steps: f32) {
        self.steps = steps;
    }

    /// The probabilities of the nibble's values. (16)
    #[inline(always)]
    pub fn forward(&mut self, choice: &Choice) -> F32x16 {
        let x = &self.x[..];
        let mut first = F32x16::ZERO;
        for k in 0..x.len() {
            first = first + x[k] * self.first[k];
        }
        for ((selector, said), set) in self.selectors.iter_mut().zip(&mut self.said).zip(choice.sets) {
            selector.at = set * (x.len() + 1);
            let weights = &selector.sets[selector.at..][..x.len()];
            *said = (first + dot(weights, x)).clamp(LIMIT);
        }
        let mut sum = F32x16::ZERO;
        for (last, set) in self.finals.iter_mut().zip(choice.finals) {
            last.at = set * self.said.len();
            let odds = dot(&last.weights[last.at..][..self.said.len()], &self.said).clamp(LIMIT);
            last.odds = odds;
            sum = sum + odds;
        }
        leaves(&probability(sum * (1.0 / FINALS as f32)))
    }

    /// One step of the weights in use along the gradients of their own mixers' ln p(`coded`).
    #[inline(always)]
    pub fn learn(&mut self, coded: usize) {
        let rate = RATE.get() + BOOST.get() / (1.0 + self.steps * (1.0 / BOOST_STEPS.get()));
        let final_rate = FINAL_RATE.get() + FINAL_BOOST.get() / (1.0 + self.steps * (1.0 / FINAL_BOOST_STEPS.get()));
        self.steps += 1.0;
        let (new_boost, per_visit) = (NEW_BOOST.get(), 1.0 / NEW_VISITS.get());
        let (path, bits) = (path(coded), bits(coded));
        for last in &mut self.finals {
            let step = (bits - probability(last.odds) * path) * final_rate;
            move_along(&mut last.weights[last.at..][..self.said.len()], &self.said, step);
        }
        for (selector, said) in self.selectors.iter_mut().zip(&self.said) {
            let set = &mut selector.sets[selector.at..][..self.x.len() + 1];
            let (visits, weights) = set.split_last_mut().expect("a set has its visits");
            let rates = visits.map(|visits| rate + new_boost / (1.0 + visits * per_visit));
            *visits = *visits + path;
            let step = (bits - probability(*said) * path) * rates;
            move_along(weights, &self.x, step);
        }
    }
}

/// The products' sum at each node. Even and odd inputs are summed apart: with one sum, each addition would wait for the
/// one before.
#[inline(always)]
fn dot(weights: &[F32x16], x: &[F32x16]) -> F32x16 {
    let [mut even, mut odd] = [F32x16::ZERO; 2];
    let weights = &weights[..x.len()];
    for k in 0..x.len() / 2 {
        even = even + weights[2 * k] * x[2 * k];
        odd = odd + weights[2 * k + 1] * x[2 * k + 1];
    }
    even + odd
}

/// Moves each weight by `step` along its input. A loop over vectors would be compiled to gathers and scatters; of a loop
/// over the lanes of several, which is too long to be unrolled, compilers make vector code.
#[inline(always)]
fn move_along(weights: &mut [F32x16], x: &[F32x16], step: F32x16) {
    let steps = [step; STEP];
    let (weights, x, steps) = (flat_mut(weights), flat(x), flat(&steps));
    for first in 0..x.len() / steps.len() {
        let first = first * steps.len();
        let (weights, x) = (&mut weights[first..][..steps.len()], &x[first..][..steps.len()]);
        for i in 0..steps.len() {
            weights[i] += steps[i] * x[i];
        }
    }
}

#[cfg(test)]
mod tests;
