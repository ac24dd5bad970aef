//! Inputs → logits of a nibble: a gated linear layer. `logits = Σ_k w_k · x_k + Σ_k b_k · [last value of k]`.
//!
//! Mixing log-probabilities by weights that learn from the coding error is logistic mixing (PAQ7: Mahoney 2005), here
//! over sixteen symbols at once: geometric mixing (Mattern 2012), convex in the weights. The weights are gated, as in
//! gated linear networks (Veness et al. 2019): small contexts choose the ones in use. Each weight is the sum of three:
//! one chosen by the input's own state, two chosen by gates (see `network/gates.rs`).

#![allow(clippy::needless_range_loop)] // plain index loops are what compilers vectorise best

use bitvec::prelude::{BitVec, bitvec};

use crate::math::{F32x16, LANES, flat, flat_mut, one_hot, sums, value_at};
use crate::model::{
    inputs::{Each, Inputs, MAX_INPUTS, STATES},
    tuned::tuned,
};

tuned! {
    /// The boost of the rates at first: docs/EXPERIMENTS.md, "The levels of model 3".
    BOOST: f32 = 0.01, in 0.0..=0.1;
    /// The steps after which the boost has halved. Not tried alone.
    BOOST_STEPS: f32 = 2000.0, in 100.0..=40_000.0;
}
/// Inputs whose gradients are summed at a time.
const PIECE: usize = 8;

/// Which set of weights is in use, of each kind: each number is below that of [`Sets`].
#[derive(Clone, Copy, Debug, Default)]
pub struct Gates {
    pub state: usize,
    pub byte: usize,
    pub classes: usize,
}

/// How many sets of weights there are, of each kind.
#[derive(Clone, Copy, Debug)]
pub struct Sets {
    pub state: usize,
    pub byte: usize,
    pub classes: usize,
}

/// How fast weights learn, of each kind. A rate of 0 switches its kind off, but for `by_state`.
#[derive(Clone, Copy, Debug)]
pub struct Rates {
    pub by_state: f32,
    pub by_byte: f32,
    pub by_classes: f32,
    pub bonus: f32,
}

/// The layer's weights.
#[derive(Clone, Debug)]
pub struct Mixer {
    inputs: usize,
    /// (sets, inputs, STATES)
    by_state: Vec<f32>,
    /// (sets, MAX_INPUTS)
    by_byte: Vec<[f32; MAX_INPUTS]>,
    /// (sets, MAX_INPUTS)
    by_classes: Vec<[f32; MAX_INPUTS]>,
    /// Logits of the value that an input saw last. (inputs, STATES)
    bonus: Vec<f32>,
    /// The sets that `forward` used last, of which `learn` changes the weights.
    gates: Gates,
    /// Where each input's weight is in its set, and its bonus: k · STATES + state of k. (inputs)
    index: Each,
    rates: Rates,
    /// Nibbles learnt from.
    steps: f32,
    /// The byte and classes sets that were used since the last [`restore`](Self::restore), so that the next one need
    /// reset only these. `None` before the first.
    used: Option<[BitVec; 2]>,
}

impl Mixer {
    /// A mixer of `inputs` inputs, at most [`MAX_INPUTS`], all with the same weight.
    pub fn new(inputs: usize, sets: Sets, first_weight: f32, rates: Rates) -> Self {
        Self {
            inputs,
            by_state: vec![first_weight; sets.state * inputs * STATES],
            by_byte: vec![[0.0; MAX_INPUTS]; sets.byte],
            by_classes: vec![[0.0; MAX_INPUTS]; sets.classes],
            bonus: vec![0.0; inputs * STATES],
            gates: Gates::default(),
            index: [0; MAX_INPUTS],
            rates,
            steps: 0.0,
            used: None,
        }
    }

    /// All weights, in pieces.
    pub fn weights(&mut self) -> [&mut [f32]; 4] {
        let Self { by_state, by_byte, by_classes, bonus, .. } = self;
        [by_state, by_byte.as_flattened_mut(), by_classes.as_flattened_mut(), bonus]
    }

    /// Sets all weights to those of `from`, in the order of [`weights`](Self::weights). From the second call on, of the
    /// many sets by byte and by classes only those used since the last call are reset; so `from` must be the same.
    pub fn restore(&mut self, from: &[f32]) {
        let Some(used) = &mut self.used else {
            self.used = Some([bitvec![0; self.by_byte.len()], bitvec![0; self.by_classes.len()]]);
            self.weights().into_iter().fold(from, |from, piece| copy(piece, from));
            return;
        };
        let from = copy(&mut self.by_state, from);
        let (byte, from) = from.split_at(self.by_byte.as_flattened().len());
        let (classes, from) = from.split_at(self.by_classes.as_flattened().len());
        copy(&mut self.bonus, from);
        let [of_byte, of_classes] = used;
        for (used, sets, from) in [(of_byte, &mut self.by_byte, byte), (of_classes, &mut self.by_classes, classes)] {
            used.iter_ones().for_each(|set| _ = copy(&mut sets[set], &from[set * MAX_INPUTS..]));
            used.fill(false);
        }
    }

    /// Sets the number of nibbles learnt from, by which the boost has fallen.
    pub fn set_steps(&mut self, steps: f32) {
        self.steps = steps;
    }

    /// The logits. (16)
    #[inline(always)]
    pub fn forward(&mut self, gates: Gates, inputs: &Inputs) -> F32x16 {
        self.forward_few(self.inputs, gates, inputs)
    }

    /// As [`forward`](Self::forward), where the compiler knows that there are `n` inputs.
    #[inline(always)]
    pub fn forward_few(&mut self, n: usize, gates: Gates, inputs: &Inputs) -> F32x16 {
        self.gates = gates;
        if let Some(used) = &mut self.used {
            used[0].set(gates.byte, true);
            used[1].set(gates.classes, true);
        }
        let n = n.min(MAX_INPUTS);
        let by_state = &self.by_state[gates.state * n * STATES..][..n * STATES];
        let (by_byte, by_classes) = (&self.by_byte[gates.byte], &self.by_classes[gates.classes]);
        let mut weights = [0.0; MAX_INPUTS];
        let mut bonus = [0.0; MAX_INPUTS];
        for k in 0..n {
            let at = k * STATES + inputs.state[k] as usize % STATES;
            self.index[k] = at as u32;
            weights[k] = by_state[at] + (by_byte[k] + by_classes[k]);
            bonus[k] = self.bonus[at];
        }
        // Four running sums: with one, each addition would wait for the one before.
        let [mut even, mut odd, mut even_bonus, mut odd_bonus] = [F32x16::ZERO; 4];
        for k in (0..n / 2 * 2).step_by(2) {
            even = even + inputs.x[k] * weights[k];
            odd = odd + inputs.x[k + 1] * weights[k + 1];
            even_bonus = even_bonus + one_hot(inputs.last[k], bonus[k]);
            odd_bonus = odd_bonus + one_hot(inputs.last[k + 1], bonus[k + 1]);
        }
        if n % 2 == 1 {
            even = even + inputs.x[n - 1] * weights[n - 1];
            even_bonus = even_bonus + one_hot(inputs.last[n - 1], bonus[n - 1]);
        }
        (even + odd) + (even_bonus + odd_bonus)
    }

    /// The rates of this step, which are boosted at first.
    #[inline(always)]
    fn rates_of_step(&mut self) -> Rates {
        let boost = BOOST.get() / (1.0 + self.steps * (1.0 / BOOST_STEPS.get()));
        self.steps += 1.0;
        let boosted = |rate: f32| if rate > 0.0 { rate + boost } else { 0.0 };
        let Rates { by_state, by_byte, by_classes, bonus } = self.rates;
        Rates { by_state: by_state + boost, by_byte: boosted(by_byte), by_classes: boosted(by_classes), bonus }
    }

    /// As [`learn`](Self::learn), where the compiler knows that there are `n` inputs: one by one, none is computed in vain.
    #[inline(always)]
    pub fn learn_few(&mut self, n: usize, inputs: &Inputs, delta: F32x16) {
        let rates = self.rates_of_step();
        let gates = self.gates;
        let by_state = &mut self.by_state[gates.state * n * STATES..][..n * STATES];
        let (by_byte, by_classes) = (&mut self.by_byte[gates.byte], &mut self.by_classes[gates.classes]);
        for k in 0..n {
            let gradient = (inputs.x[k] * delta).sum();
            by_byte[k] += gradient * rates.by_byte;
            by_classes[k] += gradient * rates.by_classes;
            let at = self.index[k] as usize;
            by_state[at] += rates.by_state * gradient;
            self.bonus[at] += rates.bonus * value_at(&delta, inputs.last[k]);
        }
    }

    /// One step of the weights in use along their gradients: `δ · x_k`, with `delta` the gradient at the logits.
    #[inline(always)]
    pub fn learn(&mut self, inputs: &Inputs, delta: F32x16) {
        let rates = self.rates_of_step();
        let gates = self.gates;
        let by_state = &mut self.by_state[gates.state * self.inputs * STATES..][..self.inputs * STATES];
        let (by_byte, by_classes) = (&mut self.by_byte[gates.byte], &mut self.by_classes[gates.classes]);
        let deltas = [delta; PIECE];
        let deltas = flat(&deltas);
        for first in (0..self.inputs.min(MAX_INPUTS)).step_by(PIECE) {
            let mut products = [F32x16::ZERO; PIECE];
            let (all, x) = (flat_mut(&mut products), flat(&inputs.x[first..first + PIECE]));
            for i in 0..LANES * PIECE {
                all[i] = x[i] * deltas[i];
            }
            let mut gradients = sums(&products);
            // What lies behind the last input is none.
            gradients.iter_mut().skip(self.inputs - first).for_each(|gradient| *gradient = 0.0);
            for (i, gradient) in gradients.iter().enumerate() {
                by_byte[first + i] += gradient * rates.by_byte;
                by_classes[first + i] += gradient * rates.by_classes;
            }
            for (k, gradient) in (first..self.inputs).zip(gradients) {
                let at = self.index[k] as usize;
                by_state[at] += rates.by_state * gradient;
                self.bonus[at] += rates.bonus * value_at(&delta, inputs.last[k]);
            }
        }
    }
}

/// Fills `to` from the first values of `from`, and gives the rest.
pub fn copy<'a>(to: &mut [f32], from: &'a [f32]) -> &'a [f32] {
    let (first, others) = from.split_at(to.len());
    to.copy_from_slice(first);
    others
}

#[cfg(test)]
mod tests;
