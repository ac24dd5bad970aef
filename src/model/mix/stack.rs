//! Inputs → logits of a nibble, in one layer or two. The first layer's mixers look at the same inputs, but choose their
//! weights by different gates, and each learns from its own error; the second mixes what they say. Two layers predict
//! better than one with all the gates, and take twice the time (PAQ8: Mahoney 2007; gated linear networks: Veness et
//! al. 2019).

use super::mixer::{Gates, Mixer, Rates, Sets, copy};
use crate::math::{F32x16, error, softmax};
use crate::model::{inputs::Inputs, level::MIXERS};

/// The second layer's rate, and its surplus at first, which halves after so many nibbles.
const RATE: f32 = 0.0005;
const BOOST: f32 = 0.002;
const BOOST_STEPS: f32 = 20_000.0;

/// The layers.
#[derive(Debug)]
pub struct MixerStack {
    first: Vec<Mixer>,
    /// What each says, less its largest logit, and its probabilities. (mixers, 16)
    logits: [F32x16; MIXERS],
    p: [F32x16; MIXERS],
    /// The second layer's weights. (places, mixers)
    second: Vec<[f32; MIXERS]>,
    place: usize,
    steps: f32,
}

impl MixerStack {
    /// The first `count` of the mixers with `sets`, and a second layer, with a set for each of `places`, that takes
    /// their mean; one mixer has none.
    pub fn new(count: usize, inputs: usize, sets: &[Sets; MIXERS], places: usize, weight: f32, rates: Rates) -> Self {
        let first: Vec<_> = sets.iter().take(count).map(|&sets| Mixer::new(inputs, sets, weight, rates)).collect();
        Self {
            second: vec![[1.0 / first.len() as f32; MIXERS]; places],
            first,
            logits: [F32x16::ZERO; MIXERS],
            p: [F32x16::ZERO; MIXERS],
            place: 0,
            steps: 0.0,
        }
    }

    /// All weights, in pieces.
    pub fn weights(&mut self) -> impl Iterator<Item = &mut [f32]> {
        self.first.iter_mut().flat_map(Mixer::weights).chain([self.second.as_flattened_mut()])
    }

    /// Makes all weights those of `from`, in the order of [`weights`](Self::weights); gives what is left of it.
    pub fn restore<'a>(&mut self, mut from: &'a [f32]) -> &'a [f32] {
        for mixer in &mut self.first {
            let len = mixer.weights().iter().map(|piece| piece.len()).sum();
            mixer.restore(&from[..len]);
            from = &from[len..];
        }
        copy(self.second.as_flattened_mut(), from)
    }

    /// Learn as those that have learnt from so many nibbles.
    pub fn set_steps(&mut self, steps: f32) {
        self.steps = steps;
        self.first.iter_mut().for_each(|mixer| mixer.set_steps(steps));
    }

    /// The logits, with `matched` added to what each mixer makes of the inputs. (16)
    #[inline(always)]
    pub fn forward(&mut self, gates: &[Gates; MIXERS], place: usize, inputs: &Inputs, matched: F32x16) -> F32x16 {
        if let [mixer] = &mut self.first[..] {
            return mixer.forward(gates[0], inputs) + matched;
        }
        self.place = place;
        let mut sum = F32x16::ZERO;
        for (i, mixer) in self.first.iter_mut().enumerate().take(MIXERS) {
            let logits = mixer.forward(gates[i], inputs) + matched;
            let max = logits.max();
            self.logits[i] = logits.map(|logit| logit - max);
            self.p[i] = softmax(self.logits[i]);
            sum = sum + self.logits[i] * self.second[place][i];
        }
        sum
    }

    /// One step of the weights in use, with `delta` the gradient at the logits.
    #[inline(always)]
    pub fn learn(&mut self, inputs: &Inputs, coded: usize, delta: F32x16) {
        if let [mixer] = &mut self.first[..] {
            return mixer.learn(inputs, delta);
        }
        let rate = RATE + BOOST / (1.0 + self.steps * (1.0 / BOOST_STEPS));
        self.steps += 1.0;
        for (i, mixer) in self.first.iter_mut().enumerate().take(MIXERS) {
            mixer.learn(inputs, error(&self.p[i], coded));
            self.second[self.place][i] += rate * (self.logits[i] * delta).sum();
        }
    }
}

#[cfg(test)]
mod tests;
