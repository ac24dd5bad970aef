//! Bytes → cells that remember → logits of a nibble: the recurrent expert. It has a loss of its own, and its logits are
//! one more input of the mixers. Recurrent networks as experts beside context models: Knoll's *cmix* and *lstm-compress*.
//!
//! Unlike all contexts it carries a state on from byte to byte, which learns what is worth remembering: by
//! backpropagation through the last 16 bytes, after every sixteenth.

mod cells;
mod matrix;
#[cfg(test)]
mod reference;
mod through_time;

use super::{
    mlp::{heads::Heads, input_of, state_of},
    trained::{self, Part},
};
use crate::math::{F32x16, LANES, error, softmax};
use crate::model::{level::RecurrentParams, rng::Rng};
use cells::{Trace, Weights};
use matrix::HORIZON;
use through_time::Learner;

/// The heads' rate at first. After t bytes it is 1/√(1 + t/RATE_BYTES) of that, and RATE_END of it at least:
/// docs/EXPERIMENTS.md, "The recurrent expert".
const HEAD_RATE: f32 = 0.006;
const RATE_BYTES: f32 = 10_000.0;
const RATE_END: f32 = 0.15;

/// Trained weights, and the updates and bytes that they stand for, by which rates have fallen: docs/EXPERIMENTS.md,
/// "Trained networks".
static TRAINED: &[u8] = include_bytes!("recurrent/trained.weights");
const TRAINED_UPDATES: f32 = 500.0;
const TRAINED_BYTES: f32 = 10_000.0;
/// Heads skip nibbles whose 1 − p is not above this, and the cells sixteen bytes whose sum of it is not above that:
/// docs/EXPERIMENTS.md, "The recurrent expert".
const NIBBLE_FORESEEN: f32 = 0.02;
const TRACE_FORESEEN: f32 = 0.5;

/// Layer and heads, and where they are in a byte.
#[derive(Clone, Debug)]
pub struct Recurrent {
    weights: Weights,
    trace: Trace,
    learner: Learner,
    heads: Heads,
    params: RecurrentParams,
    /// The head that `forward` used last.
    head: usize,
    /// The probabilities of that head. (16)
    pub p: F32x16,
    /// The heads' rate for the current byte.
    rate: f32,
    /// Bytes seen.
    bytes: f32,
    /// Σ(1 − p) over the nibbles of the trace.
    surprise: f32,
    /// Weights and heads as they were at first, made on the first restart.
    first: Option<Box<(Weights, Heads)>>,
}

impl Recurrent {
    /// An expert that has learnt nothing.
    pub fn new(params: RecurrentParams) -> Self {
        let height = params.height;
        let (weights, heads) = first(params);
        let (updates, bytes) = first_age(params);
        Self {
            weights,
            trace: Trace::new(height),
            learner: Learner::new(height, updates),
            heads,
            params,
            head: 0,
            p: F32x16::ZERO,
            rate: 0.0,
            bytes,
            surprise: 0.0,
            first: None,
        }
    }

    /// Makes the weights what they were at first; the content stays.
    pub fn restart_weights(&mut self) {
        let first = self.first.get_or_insert_with(|| Box::new(first(self.params)));
        let (updates, bytes) = first_age(self.params);
        // Short records leave the cells' weights as they are.
        if self.learner.updates > updates {
            self.weights.copy_from(&first.0);
        }
        self.heads.copy_from(&first.1);
        (self.learner.updates, self.bytes) = (updates, bytes);
    }

    /// Forgets the content, but keeps what was learnt.
    pub fn forget_content(&mut self) {
        self.trace.restart();
        self.surprise = 0.0;
    }

    /// The bytes of `trained.weights`, with what was learnt.
    pub fn weights_file(&mut self) -> Vec<u8> {
        trained::write(parts(&mut self.weights, &mut self.heads))
    }

    /// Computes the features of the next byte; `last` is the byte before it.
    #[inline(always)]
    pub fn begin_byte(&mut self, last: u8) {
        self.trace.step(&self.weights, last);
        self.heads.observe(self.trace.features());
        let fall = 1.0 / (1.0 + self.bytes / RATE_BYTES).sqrt();
        self.rate = HEAD_RATE * if fall > RATE_END { fall } else { RATE_END };
        self.bytes += 1.0;
    }

    /// The logits of `head` less the largest of them. (16)
    #[inline(always)]
    pub fn forward(&mut self, head: usize) -> F32x16 {
        self.head = head;
        let logits = self.heads.forward(head, self.trace.features());
        self.p = softmax(logits);
        input_of(logits)
    }

    /// The input's state for the mixers, as the MLP's.
    #[inline(always)]
    pub fn state(&self) -> u32 {
        state_of(&self.p)
    }

    /// One step of the head in use, and its share of the gradient at the features.
    #[inline(always)]
    pub fn learn(&mut self, coded: usize) {
        let delta = error(&self.p, coded);
        let surprise = delta.0[coded & (LANES - 1)];
        self.surprise += surprise;
        if surprise > NIBBLE_FORESEEN {
            self.heads.backward(self.head, delta, self.trace.gradient(), self.rate);
        }
    }

    /// One step of the cells' weights, after every HORIZON bytes.
    #[inline(always)]
    pub fn end_byte(&mut self) {
        if self.trace.t + 1 == HORIZON {
            if self.surprise > TRACE_FORESEEN {
                self.learner.learn(&self.trace, &mut self.weights);
            }
            self.surprise = 0.0;
        }
    }
}

/// The weights and heads at first, random or trained.
fn first(RecurrentParams { height, trained }: RecurrentParams) -> (Weights, Heads) {
    let mut rng = Rng::new();
    let (mut weights, mut heads) = (Weights::new(height, &mut rng), Heads::new(height, &mut rng));
    if trained {
        trained::read(TRAINED, parts(&mut weights, &mut heads));
        weights.spread_means();
    }
    (weights, heads)
}

/// The updates and bytes that the first weights stand for.
fn first_age(params: RecurrentParams) -> (f32, f32) {
    if params.trained { (TRAINED_UPDATES, TRAINED_BYTES) } else { (0.0, 0.0) }
}

fn parts<'a>(weights: &'a mut Weights, heads: &'a mut Heads) -> Vec<Part<'a>> {
    weights.parts().into_iter().chain(heads.parts()).collect()
}
