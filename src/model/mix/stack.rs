//! Inputs → logits of a nibble, in one layer or two. The first layer's mixers have the same inputs, but choose their
//! weights by different gates, and each learns from its own error; the second layer mixes their logits. Two layers
//! predict better than one with all the gates, and take twice the time (PAQ8: Mahoney 2007; gated linear networks:
//! Veness et al. 2019).

use super::mixer::{Gates, Mixer, Rates, Sets, copy};
use crate::math::{F32x16, error, softmax};
use crate::model::{inputs::Inputs, level::MIXERS, tuned::tuned};

tuned! {
    /// The second layer's rate: docs/EXPERIMENTS.md, "Rows, mixer and MLP", as the next two.
    RATE: f32 = 0.0005, in 0.0..=0.01;
    /// Its boost at first.
    BOOST: f32 = 0.002, in 0.0..=0.02;
    /// The steps after which the boost has halved.
    BOOST_STEPS: f32 = 20_000.0, in 1000.0..=400_000.0;
}

/// The layers.
#[derive(Clone, Debug)]
pub struct MixerStack {
    /// One or two.
    first: Vec<Mixer>,
    /// The logits of each mixer less the largest of them; unused with one mixer. (mixers, 16)
    logits: [F32x16; MIXERS],
    /// The probabilities of each mixer, from which it learns; unused with one mixer. (mixers, 16)
    p: [F32x16; MIXERS],
    /// The second layer's weights; unused with one mixer. (sets, mixers)
    second: Vec<[f32; MIXERS]>,
    /// The set of `second` that `forward` used last.
    set: usize,
    /// Nibbles that the second layer has learnt from.
    steps: f32,
}

impl MixerStack {
    /// The first `count` of the mixers with `sets`, and a second layer of `final_sets` sets that takes their mean.
    pub fn new(
        count: usize,
        inputs: usize,
        sets: &[Sets; MIXERS],
        final_sets: usize,
        first_weight: f32,
        rates: Rates,
    ) -> Self {
        let mixer = |&sets| Mixer::new(inputs, sets, first_weight, rates);
        let first: Vec<_> = sets.iter().take(count).map(mixer).collect();
        Self {
            second: vec![[1.0 / first.len() as f32; MIXERS]; final_sets],
            first,
            logits: [F32x16::ZERO; MIXERS],
            p: [F32x16::ZERO; MIXERS],
            set: 0,
            steps: 0.0,
        }
    }

    /// Whether there is a second layer.
    #[inline(always)]
    pub fn is_deep(&self) -> bool {
        self.first.len() > 1
    }

    /// The only mixer of a stack of one layer, to be used without the stack.
    #[inline(always)]
    pub fn only(&mut self) -> &mut Mixer {
        &mut self.first[0]
    }

    /// All weights, in pieces.
    pub fn weights(&mut self) -> impl Iterator<Item = &mut [f32]> {
        self.first.iter_mut().flat_map(Mixer::weights).chain([self.second.as_flattened_mut()])
    }

    /// Sets all weights to those of `from`, in the order of [`weights`](Self::weights), and gives the rest of it.
    pub fn restore<'a>(&mut self, mut from: &'a [f32]) -> &'a [f32] {
        for mixer in &mut self.first {
            let len = mixer.weights().iter().map(|piece| piece.len()).sum();
            mixer.restore(&from[..len]);
            from = &from[len..];
        }
        copy(self.second.as_flattened_mut(), from)
    }

    /// Sets the number of nibbles learnt from, by which boosts have fallen.
    pub fn set_steps(&mut self, steps: f32) {
        self.steps = steps;
        self.first.iter_mut().for_each(|mixer| mixer.set_steps(steps));
    }

    /// The logits; `matched`, the match model's, are added to those of each mixer. (16)
    #[inline(always)]
    pub fn forward(&mut self, gates: &[Gates; MIXERS], set: usize, inputs: &Inputs, matched: F32x16) -> F32x16 {
        if let [mixer] = &mut self.first[..] {
            return mixer.forward(gates[0], inputs) + matched;
        }
        self.set = set;
        let mut sum = F32x16::ZERO;
        for (i, mixer) in self.first.iter_mut().enumerate().take(MIXERS) {
            let logits = mixer.forward(gates[i], inputs) + matched;
            let max = logits.max();
            self.logits[i] = logits.map(|logit| logit - max);
            self.p[i] = softmax(self.logits[i]);
            sum = sum + self.logits[i] * self.second[set][i];
        }
        sum
    }

    /// One step of the weights in use, with `delta` the gradient at the logits.
    #[inline(always)]
    pub fn learn(&mut self, inputs: &Inputs, coded: usize, delta: F32x16) {
        if let [mixer] = &mut self.first[..] {
            return mixer.learn(inputs, delta);
        }
        let rate = RATE.get() + BOOST.get() / (1.0 + self.steps * (1.0 / BOOST_STEPS.get()));
        self.steps += 1.0;
        for (i, mixer) in self.first.iter_mut().enumerate().take(MIXERS) {
            mixer.learn(inputs, error(&self.p[i], coded));
            self.second[self.set][i] += rate * (self.logits[i] * delta).sum();
        }
    }
}

#[cfg(test)]
mod tests;
