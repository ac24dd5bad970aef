//! The components wired together; every wire is a line here.

mod contributions;
mod gates;
mod start;
#[cfg(test)]
mod tests;

use std::sync::Arc;

use super::{
    experts::{
        match_model::MatchModel,
        mlp::Mlp,
        prior::{Prior, Span},
        recurrent::Recurrent,
        rows::Rows,
    },
    features::{contexts, hash::hash_of_nibble, history::History},
    inputs::{Inputs, MAX_INPUTS, NO_SYMBOL},
    level::Level,
    mix::{
        bias::{Bias, ORDERS},
        stack::MixerStack,
    },
};
use crate::{
    Result,
    math::{F32x16, LANES, environment, error, softmax},
};
pub use contributions::Contribution;
pub use start::Start;

/// In place of a span in the prior: the prior was not asked for the context yet.
const UNASKED: Span = (0, u32::MAX);

/// The network and where it is in a byte. Its hot functions are inlined into loops that are compiled for each
/// instruction set; [`Predictor`](super::Predictor) is the form for single calls.
#[derive(Clone, Debug)]
pub struct Network {
    pub(crate) history: History,
    match_model: MatchModel,
    rows: Rows,
    pub(crate) mlp: Option<Mlp>,
    pub(crate) recurrent: Option<Recurrent>,
    inputs: Inputs,
    mixer_stack: MixerStack,
    bias: Bias,
    /// How many contexts have rows; at least 1, and below [`MAX_INPUTS`].
    contexts: usize,
    /// The context that ablation leaves out, below `contexts`.
    left_out: Option<usize>,
    /// The hashes of the next byte's contexts. (contexts)
    byte_hashes: [u64; MAX_INPUTS],
    /// The hashes of the next nibble's contexts. (contexts)
    hashes: [u64; MAX_INPUTS],
    /// 0 before the high nibble; 1 + high nibble before the low one.
    head: usize,
    /// Whether `p` was made by a long match alone. Then no other component learns from the next nibble, because
    /// none predicted it.
    match_only: bool,
    /// The probabilities of the next nibble. Valid between calls. (16)
    p: F32x16,
    level: Level,
    prior: Option<Arc<Prior>>,
    /// The weights to return to, once [`reset`](Self::reset) was called.
    first_weights: Option<Arc<[f32]>>,
    /// Where the prior has the next byte's contexts, or [`UNASKED`]. (contexts)
    known: [Span; MAX_INPUTS],
}

impl Network {
    /// Makes the first prediction.
    ///
    /// # Errors
    /// [`Arithmetic`](crate::ErrorKind::Arithmetic) if the processor's is not the format's.
    fn begin(&mut self) -> Result<()> {
        environment::check()?;
        self.find_contexts();
        let bias_rows = self.prefetch(0);
        self.begin_byte();
        self.predict(0, bias_rows);
        Ok(())
    }

    /// The probabilities of the next nibble's values. (16)
    #[inline(always)]
    pub fn probabilities(&self) -> &F32x16 {
        &self.p
    }

    /// Learns that the next nibble is `nibble` (its low four bits), and predicts the one after it.
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
        let match_only_next = if byte.is_some() { self.match_model.is_long() } else { self.match_only && as_expected };
        if match_only_next {
            self.learn(coded, byte.is_some());
            self.predict_match_only(next_head);
            return;
        }
        // The next contexts depend on bytes alone, not on what is learnt: so their rows are fetched before learning,
        // which takes about as long as memory does. After a match alone, the contexts were not computed.
        let needs_contexts = byte.is_some() || self.match_only;
        if needs_contexts {
            self.find_contexts();
        }
        let bias_rows = self.prefetch(next_head);
        self.learn(coded, byte.is_some());
        if needs_contexts {
            self.begin_byte();
        }
        self.predict(next_head, bias_rows);
    }

    /// The bits that `nibble` costs, −log2 p; then learns from it as [`update`](Self::update) does.
    #[inline(always)]
    pub fn cost(&mut self, nibble: u8) -> f64 {
        let bits = -f64::from(self.p.0[usize::from(nibble & 15)]).log2();
        self.update(nibble);
        bits
    }

    /// One step of every component that predicted the nibble.
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
        if let Some(recurrent) = &mut self.recurrent {
            recurrent.learn(coded);
            if ends_byte {
                recurrent.end_byte();
            }
        }
    }

    /// Computes the hashes of the next byte's contexts.
    #[inline(always)]
    fn find_contexts(&mut self) {
        contexts::compute(&self.history, &mut self.byte_hashes[..self.contexts]);
        if let Some(index) = self.left_out {
            self.byte_hashes[index] = 0;
        }
        if let Some(mlp) = &self.mlp {
            mlp.prefetch(&self.byte_hashes);
        }
        if self.prior.is_some() {
            self.known = [UNASKED; MAX_INPUTS];
        }
    }

    /// Prefetches the rows of the next nibble, and gives the hashes of the bias's.
    #[inline(always)]
    fn prefetch(&mut self, head: usize) -> [u64; ORDERS] {
        for (hash, byte_hash) in self.hashes.iter_mut().zip(self.byte_hashes).take(self.contexts) {
            *hash = self.rows.same_page(byte_hash, hash_of_nibble(byte_hash, head));
        }
        self.rows.prefetch(&self.hashes[..self.contexts]);
        self.bias.prefetch(head, self.history.last8)
    }

    /// Computes the MLP's features of the next byte.
    #[inline(always)]
    fn begin_byte(&mut self) {
        if let Some(mlp) = &mut self.mlp {
            mlp.begin_byte(&self.byte_hashes);
        }
        if let Some(recurrent) = &mut self.recurrent {
            recurrent.begin_byte(self.history.last8 as u8);
        }
    }

    /// Predicts the next nibble.
    #[inline(always)]
    fn predict(&mut self, head: usize, bias_rows: [u64; ORDERS]) {
        (self.head, self.match_only) = (head, false);
        self.rows.select(&self.hashes[..self.contexts], &mut self.inputs);
        self.seed_new_rows();
        let mut k = self.contexts % MAX_INPUTS;
        if let Some(mlp) = &mut self.mlp {
            self.inputs.x[k] = mlp.forward(head);
            self.inputs.state[k] = mlp.state();
            self.inputs.last[k] = NO_SYMBOL;
            k = (k + 1) % MAX_INPUTS;
        }
        if let Some(recurrent) = &mut self.recurrent {
            self.inputs.x[k] = recurrent.forward(head);
            self.inputs.state[k] = recurrent.state();
            self.inputs.last[k] = NO_SYMBOL;
        }
        let matched = self.match_model.forward(head.checked_sub(1));
        let mixed = self.mixer_stack.forward(&self.gates(), self.final_set(), &self.inputs, matched);
        self.p = softmax(mixed + self.bias.forward(bias_rows));
    }

    /// Fills rows that have seen nothing from the prior, if there is one.
    #[inline(always)]
    fn seed_new_rows(&mut self) {
        let Some(prior) = &self.prior else { return };
        for (k, span) in self.known[..self.contexts].iter_mut().enumerate() {
            // The prior costs a cache miss a context, and most contexts have rows of their own: EXPERIMENTS.md,
            // "Trained models".
            if !self.rows.is_new(k) {
                continue;
            }
            if *span == UNASKED {
                *span = prior.counts.find(self.byte_hashes[k]);
            }
            if let Some(seed) = prior.counts.seed(*span, self.head) {
                self.rows.seed(k, &seed, &mut self.inputs);
            }
        }
    }

    /// Predicts the next nibble from the long match alone.
    #[inline(always)]
    fn predict_match_only(&mut self, head: usize) {
        (self.head, self.match_only) = (head, true);
        self.p = softmax(self.match_model.forward_long(head.checked_sub(1)));
    }

    /// The probabilities of the next byte's values; in the middle of a byte, those of bytes with its high nibble.
    /// Predicts after each high nibble in turn, and then again at the start of the byte.
    ///
    /// While a long match alone predicts, bytes with another high nibble than the expected one share their
    /// probability alike: the other components are asked only once such a high nibble is coded.
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

    /// Predicts a nibble of the next byte.
    fn turn_to(&mut self, head: usize, match_only: bool) {
        if match_only {
            self.predict_match_only(head);
        } else {
            let bias_rows = self.prefetch(head);
            self.predict(head, bias_rows);
        }
    }
}
