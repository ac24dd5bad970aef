//! The parts wired together; every wire is a line here.

use super::{
    ablation::Component,
    experts::{
        match_model::MatchModel,
        mlp::Mlp,
        prior::{Prior, Span},
        rows::Rows,
    },
    features::{contexts, hash::hash_of_nibble, history::History},
    inputs::{Inputs, MAX_INPUTS, NO_SYMBOL},
    level::{HEADS, Level, MIXERS, Params},
    mix::{
        bias::{Bias, ORDERS},
        mixer::{Gates, Rates, Sets},
        stack::MixerStack,
    },
};
use std::sync::Arc;

use crate::{
    Result,
    math::{F32x16, LANES, environment, error, softmax},
};

/// Rates of the mixer's bonuses and of the final correction.
const BONUS_RATE: f32 = 0.005;
const BIAS_RATE: f32 = 0.04;
/// The rate of weights by small contexts, as a part of that by states.
const GATE_RATE: f32 = 0.8;
/// Sets of weights of each mixer, as [`Network::gates`] counts them.
const SETS: [Sets; MIXERS] = [
    Sets { state: PLACES / HEADS * 2, byte: 256 * 2, classes: 256 * HEADS },
    Sets { state: 2 * HITS * 2, byte: 256 * 2, classes: 257 * 2 },
];
/// Sets of the second layer: kind of data, confidence of the match, place in the byte.
const PLACES: usize = 2 * 4 * HEADS;
/// Steps of how many contexts were seen before.
const HITS: usize = 8;

/// In place of what a prior knows of a context, for which it was not asked.
const UNASKED: Span = (0, u32::MAX);

/// The network and where it is in a byte. Its hot functions are inlined into loops that are compiled for each
/// instruction set; [`Predictor`](super::Predictor) is the form for single calls.
#[derive(Debug)]
pub struct Network {
    pub(crate) history: History,
    match_model: MatchModel,
    rows: Rows,
    pub(crate) mlp: Option<Mlp>,
    inputs: Inputs,
    mixer_stack: MixerStack,
    bias: Bias,
    /// How many contexts have rows, and one that is left out.
    contexts: usize,
    left_out: Option<usize>,
    /// The contexts of the byte to come, and of the nibble to come.
    byte_hashes: [u64; MAX_INPUTS],
    hashes: [u64; MAX_INPUTS],
    /// 0 before the high nibble; 1 + high nibble before the low one.
    head: usize,
    /// Whether a long match alone predicts the nibble to come.
    match_only: bool,
    p: F32x16,
    level: Level,
    /// What it starts from, what that knows of the contexts of the byte to come, and the weights, if it is to start
    /// again.
    prior: Option<Arc<Prior>>,
    first_weights: Option<Arc<[f32]>>,
    known: [Span; MAX_INPUTS],
}

impl Network {
    /// A network that has seen nothing, for content of `raw_len` bytes.
    ///
    /// # Errors
    /// [`MemoryLimit`](crate::ErrorKind::MemoryLimit) if the system does not have the memory;
    /// [`Arithmetic`](crate::ErrorKind::Arithmetic) if the processor computes in another way than the
    /// format's.
    pub fn new(level: Level, raw_len: usize) -> Result<Self> {
        Self::without(None, level, raw_len)
    }

    /// A network of `level`, without `part` if one is named.
    ///
    /// # Errors
    /// As [`new`](Self::new).
    pub fn without(part: Option<Component>, level: Level, raw_len: usize) -> Result<Self> {
        let mut network = Self::with(level, level.params(raw_len), part, None)?;
        network.begin()?;
        Ok(network)
    }

    fn with(level: Level, params: Params, without: Option<Component>, prior: Option<Arc<Prior>>) -> Result<Self> {
        let on = |part| without != Some(part);
        let mlp = params.mlp.filter(|_| on(Component::Mlp));
        let rate_if = |part, rate| if on(part) { rate } else { 0.0 };
        let rates = Rates {
            by_state: params.rate,
            by_byte: rate_if(Component::ByteGate, params.rate * GATE_RATE),
            by_classes: rate_if(Component::ClassGate, params.rate * GATE_RATE),
            bonus: rate_if(Component::LastValues, BONUS_RATE),
        };
        let inputs = params.contexts + usize::from(mlp.is_some());
        Ok(Self {
            history: History::new(on(Component::Strides)),
            match_model: MatchModel::new(params.window_bits, on(Component::MatchModel)),
            rows: Rows::new(params.row_bits, params.contexts)?,
            mlp: mlp.map(Mlp::new).transpose()?,
            inputs: Inputs::new(),
            mixer_stack: MixerStack::new(params.mixers, inputs, &SETS, PLACES, params.weight, rates),
            bias: Bias::new(params.bias_bits, rate_if(Component::Bias, BIAS_RATE))?,
            contexts: params.contexts,
            left_out: match without {
                Some(Component::Context(place)) if place < params.contexts => Some(place),
                _ => None,
            },
            byte_hashes: [0; MAX_INPUTS],
            hashes: [0; MAX_INPUTS],
            head: 0,
            match_only: false,
            p: F32x16::ZERO,
            level,
            prior,
            first_weights: None,
            known: [UNASKED; MAX_INPUTS],
        })
    }

    /// Makes the first prediction.
    ///
    /// # Errors
    /// [`Arithmetic`](crate::ErrorKind::Arithmetic) if the processor's is not the format's.
    fn begin(&mut self) -> Result<()> {
        environment::check()?;
        self.find_contexts();
        let rows = self.fetch(0);
        self.begin_byte();
        self.predict(0, rows);
        Ok(())
    }

    /// The probabilities of the next nibble's values. (16)
    #[inline(always)]
    pub fn probabilities(&self) -> &F32x16 {
        &self.p
    }

    /// Learns that the next nibble is `nibble` (its low four bits), and moves on.
    #[inline(always)]
    pub fn update(&mut self, nibble: u8) {
        let coded = usize::from(nibble & 15);
        let byte = self.head.checked_sub(1).map(|high| (high << 4 | coded) as u8);
        let next_head = if byte.is_some() { 0 } else { 1 + coded };
        let as_expected = coded == self.match_model.expected_high();
        if let Some(byte) = byte {
            self.history.push(byte);
            self.match_model.push(byte, self.history.last8);
        }
        let goes_match_only = if byte.is_some() { self.match_model.is_long() } else { self.match_only && as_expected };
        if goes_match_only {
            self.learn(coded, byte.is_some());
            self.predict_match_only(next_head);
            return;
        }
        // What comes next is known, and the rows for it can be on their way while this nibble is learnt from.
        let begins = byte.is_some() || self.match_only;
        if begins {
            self.find_contexts();
        }
        let rows = self.fetch(next_head);
        self.learn(coded, byte.is_some());
        if begins {
            self.begin_byte();
        }
        self.predict(next_head, rows);
    }

    /// Takes one step of all that predicted the nibble.
    #[inline(always)]
    fn learn(&mut self, coded: usize, ends_byte: bool) {
        let delta = error(&self.p, coded);
        if self.match_only {
            self.match_model.learn_long(&delta);
            return;
        }
        self.mixer_stack.learn(&self.inputs, coded, delta);
        self.match_model.learn(&delta);
        self.bias.learn(delta);
        self.rows.learn(coded);
        if let Some(mlp) = &mut self.mlp {
            mlp.learn(coded);
            if ends_byte {
                mlp.end_byte();
            }
        }
    }

    /// Finds the contexts of the byte to come.
    #[inline(always)]
    fn find_contexts(&mut self) {
        contexts::compute(&self.history, &mut self.byte_hashes[..self.contexts]);
        if let Some(place) = self.left_out {
            self.byte_hashes[place] = 0;
        }
        if let Some(mlp) = &self.mlp {
            mlp.prefetch(&self.byte_hashes);
        }
        if self.prior.is_some() {
            self.known = [UNASKED; MAX_INPUTS];
        }
    }

    /// Has the rows of the nibble to come brought near.
    #[inline(always)]
    fn fetch(&mut self, head: usize) -> [u64; ORDERS] {
        for (hash, byte_hash) in self.hashes.iter_mut().zip(self.byte_hashes).take(self.contexts) {
            *hash = self.rows.same_page(byte_hash, hash_of_nibble(byte_hash, head));
        }
        self.rows.prefetch(&self.hashes[..self.contexts]);
        self.bias.prefetch(head, self.history.last8)
    }

    /// Makes the features of the byte to come.
    #[inline(always)]
    fn begin_byte(&mut self) {
        if let Some(mlp) = &mut self.mlp {
            mlp.begin_byte(&self.byte_hashes);
        }
    }

    /// Makes the prediction of the nibble to come.
    #[inline(always)]
    fn predict(&mut self, head: usize, rows: [u64; ORDERS]) {
        (self.head, self.match_only) = (head, false);
        self.rows.select(&self.hashes[..self.contexts], &mut self.inputs);
        if let Some(prior) = &self.prior {
            for (k, span) in self.known[..self.contexts].iter_mut().enumerate() {
                // Most contexts have rows of their own, and the prior need not be asked for them.
                if !self.rows.is_new(k) {
                    continue;
                }
                if *span == UNASKED {
                    *span = prior.counts.find(self.byte_hashes[k]);
                }
                if let Some(known) = prior.counts.seed(*span, head) {
                    self.rows.seed(k, &known, &mut self.inputs);
                }
            }
        }
        if let Some(mlp) = &mut self.mlp {
            let k = self.contexts % MAX_INPUTS;
            self.inputs.x[k] = mlp.forward(head);
            self.inputs.state[k] = mlp.state();
            self.inputs.last[k] = NO_SYMBOL;
        }
        let matched = self.match_model.forward(head.checked_sub(1));
        let mixed = self.mixer_stack.forward(&self.gates(), self.place(), &self.inputs, matched);
        self.p = softmax(mixed + self.bias.forward(rows));
    }

    /// Makes the prediction of the nibble to come from the long match alone.
    #[inline(always)]
    fn predict_match_only(&mut self, head: usize) {
        (self.head, self.match_only) = (head, true);
        self.p = softmax(self.match_model.forward_long(head.checked_sub(1)));
    }

    /// Which weights of the second layer are in use.
    #[inline(always)]
    fn place(&self) -> usize {
        (usize::from(self.history.strides.binary) * 4 + self.match_model.confidence()) * HEADS + self.head
    }

    /// Which of each mixer's weights are in use. One looks at the match, the byte before and the classes of the last
    /// two runs; the other at how many contexts were seen before, the second byte back and the byte that the match
    /// expects.
    #[inline(always)]
    fn gates(&self) -> [Gates; MIXERS] {
        let half = usize::from(self.head > 0);
        let binary = usize::from(self.history.strides.binary);
        let byte = |back: u32| usize::from((self.history.last8 >> (8 * back)) as u8);
        let seen: u32 = self.inputs.state[..self.contexts].iter().map(|&state| u32::from(state > 0)).sum();
        let hits = seen as usize * (HITS - 1) / self.contexts;
        [
            Gates {
                state: (binary * 4 + self.match_model.confidence()) * 2 + half,
                byte: byte(0) * 2 + half,
                classes: (self.history.classes as usize & 255) * HEADS + self.head,
            },
            Gates {
                state: (binary * HITS + hits) * 2 + half,
                byte: byte(1) * 2 + half,
                classes: self.match_model.expected_byte() * 2 + half,
            },
        ]
    }

    /// The probabilities of the next byte's values; in the middle of a byte, of those with its high nibble. Looks at
    /// each low nibble in turn, and then again at what comes next.
    ///
    /// While a long match alone predicts, bytes with another high nibble than it expects share theirs alike: what they
    /// would be is looked at only when they come.
    pub fn byte_distribution(&mut self) -> [f32; 256] {
        let mut out = [0.0; 256];
        if let Some(high) = self.head.checked_sub(1) {
            out[high * LANES..][..LANES].copy_from_slice(&self.p.0);
            return out;
        }
        let (match_only, p) = (self.match_only, self.p);
        for (high, out) in out.chunks_exact_mut(LANES).enumerate() {
            self.turn_to(1 + high, match_only);
            out.copy_from_slice(&(self.p * p.0[high]).0);
        }
        self.turn_to(0, match_only);
        out
    }

    /// Makes the prediction of a nibble of the byte to come.
    fn turn_to(&mut self, head: usize, match_only: bool) {
        if match_only {
            self.predict_match_only(head);
        } else {
            let rows = self.fetch(head);
            self.predict(head, rows);
        }
    }
}

mod start;
pub use start::Start;
#[cfg(test)]
mod tests;
