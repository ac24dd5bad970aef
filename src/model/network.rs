//! The components wired together; every wire is a line here.

mod contributions;
mod distribution;
mod evidence;
mod find;
mod gates;
mod memory;
#[cfg(feature = "lab")]
mod probe;
mod refine;
mod shape;
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
        rows::{ONE, Rows},
    },
    features::history::History,
    inputs::{Inputs, MAX_INPUTS, NO_SYMBOL},
    level::Level,
    mix::{
        bias::{Bias, BiasRows},
        logistic::LogisticMixer,
        stack::MixerStack,
    },
    tuned::tuned,
};
use crate::{
    Result,
    math::{
        F32x16, LANES, environment, error,
        isa::{self, Isa, Kernel},
        most_likely, quick_softmax, softmax,
    },
};
pub use contributions::Contribution;
pub use evidence::{Evidence, Expert};
#[cfg(feature = "lab")]
pub use probe::{Opinion, Probe, Seen};
pub use shape::Shape;
pub use start::Start;

tuned! {
    /// The mixers, the match model and the bias learn nothing from a nibble if the network's 1 − p was not above this:
    /// docs/EXPERIMENTS.md, "Fixed costs and speed of model 3".
    FORESEEN: f32 = 0.005, in 0.0..=0.05;
    /// The MLP learns nothing from a nibble if 1 − p was not above this.
    FORESEEN_BY_MLP: f32 = 0.1, in 0.0..=0.4;
}
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
    /// The second stage of mixing, if the level has one.
    logistic: Option<LogisticMixer>,
    /// It has at least 1 context, and fewer than [`MAX_INPUTS`].
    shape: Shape,
    /// The context that ablation leaves out, below `shape.contexts`.
    left_out: Option<usize>,
    /// The hashes of the next byte's contexts. (contexts)
    byte_hashes: [u64; MAX_INPUTS],
    /// The hashes of the next nibble's contexts. (contexts)
    hashes: [u64; MAX_INPUTS],
    /// 0 before the high nibble; 1 + high nibble before the low one.
    head: usize,
    /// The head that is likely next, within a byte: `hashes` are of its rows already. With the hashes of the bias's.
    guess: Option<(usize, BiasRows)>,
    /// Whether `p` was made by a long match alone. Then no other component learns from the next nibble, because
    /// none predicted it.
    match_only: bool,
    /// The probabilities of the next nibble by the geometric stage, from which it learns. (16)
    p_geometric: F32x16,
    /// The probabilities of the next nibble. Valid between calls. (16)
    p: F32x16,
    level: Level,
    prior: Option<Arc<Prior>>,
    /// The weights to return to, once [`reset`](Self::reset) was called.
    first_weights: Option<Arc<[f32]>>,
    /// Where the prior has the next byte's contexts, or [`UNASKED`]. (contexts)
    known: [Span; MAX_INPUTS],
    /// What another program says of the next nibble, in log-probabilities, if the mixers have an input for it. (16)
    #[cfg(feature = "lab")]
    side: Option<F32x16>,
}

impl Network {
    /// Makes the first prediction.
    ///
    /// # Errors
    /// [`Arithmetic`](crate::ErrorKind::Arithmetic) if the processor's is not the format's.
    fn begin(&mut self) -> Result<()> {
        environment::check()?;
        let shape = self.shape;
        self.find_contexts(shape);
        let bias_rows = self.prefetch(shape, 0);
        self.begin_byte();
        self.predict_once(0, bias_rows);
        Ok(())
    }

    /// The probabilities of the next nibble's values. (16)
    #[inline(always)]
    pub fn probabilities(&self) -> &F32x16 {
        &self.p
    }

    /// Learns that the next nibble is `nibble` (its low four bits), and predicts the one after it, by the instructions
    /// of `isa`.
    #[inline]
    pub fn update(&mut self, isa: Isa, nibble: u8) {
        isa::run(isa, Update { network: self, nibble });
    }

    #[inline(always)]
    fn update_here(&mut self, nibble: u8) {
        match self.shape {
            Shape::FIRST => self.step(Shape::FIRST, nibble),
            Shape::SECOND => self.step(Shape::SECOND, nibble),
            Shape::THIRD => self.step(Shape::THIRD, nibble),
            shape => self.step(Shape { plain: false, ..shape }, nibble),
        }
    }

    /// One step. `shape` is that of the network.
    #[inline(always)]
    fn step(&mut self, shape: Shape, nibble: u8) {
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
            self.learn(shape, coded, byte.is_some());
            self.predict_match_only(next_head);
            return;
        }
        // The next contexts depend on bytes alone, not on what is learnt: so their rows are fetched before learning,
        // which takes about as long as memory does. After a match alone, the contexts were not computed.
        let needs_contexts = byte.is_some() || self.match_only;
        if needs_contexts {
            self.find_contexts(shape);
        }
        let bias_rows = match self.guess {
            Some((head, bias_rows)) if head == next_head && byte.is_none() => bias_rows,
            _ => self.prefetch(shape, next_head),
        };
        self.learn(shape, coded, byte.is_some());
        if needs_contexts && !shape.plain {
            self.begin_byte();
        }
        self.predict(shape, next_head, bias_rows);
    }

    /// The bits that `nibble` costs, −log2 p; then learns from it as [`update`](Self::update) does.
    #[inline]
    pub fn cost(&mut self, isa: Isa, nibble: u8) -> f64 {
        let bits = -f64::from(self.p.0[usize::from(nibble & 15)]).log2();
        self.update(isa, nibble);
        bits
    }

    /// One step of every component that predicted the nibble.
    #[inline(always)]
    fn learn(&mut self, shape: Shape, coded: usize, ends_byte: bool) {
        if self.match_only {
            self.match_model.learn_long(&error(&self.p, coded));
            return;
        }
        let surprise = 1.0 - self.p.0[coded % LANES];
        if surprise > FORESEEN.get() {
            if let Some(logistic) = self.logistic.as_mut().filter(|_| !shape.plain) {
                logistic.learn(coded);
            }
            let delta = error(if shape.plain { &self.p } else { &self.p_geometric }, coded);
            if shape.plain {
                self.mixer_stack.only().learn_few(shape.contexts, &self.inputs, delta);
            } else {
                self.mixer_stack.learn(&self.inputs, coded, delta);
            }
            self.match_model.learn(&delta);
            self.bias.learn(delta, shape.sees_match);
        }
        self.rows.learn(shape.contexts, &self.inputs, coded);
        if shape.plain {
            return;
        }
        if let Some(mlp) = &mut self.mlp {
            if surprise > FORESEEN_BY_MLP.get() {
                mlp.learn(coded);
            }
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

    /// As [`predict`](Self::predict), for calls that are few: it is compiled once for all of them.
    #[inline(never)]
    fn predict_once(&mut self, head: usize, bias_rows: BiasRows) {
        self.predict(self.shape, head, bias_rows);
    }

    /// Predicts the next nibble.
    #[inline(always)]
    fn predict(&mut self, shape: Shape, head: usize, bias_rows: BiasRows) {
        (self.head, self.match_only) = (head, false);
        self.rows.select(&self.hashes[..shape.contexts], &mut self.inputs);
        self.seed_new_rows(shape);
        let mut k = shape.contexts % MAX_INPUTS;
        if let Some(mlp) = self.mlp.as_mut().filter(|_| !shape.plain) {
            self.inputs.x[k] = mlp.forward(head);
            self.inputs.p[k] = mlp.p * ONE;
            self.inputs.state[k] = mlp.state();
            self.inputs.last[k] = NO_SYMBOL;
            k = (k + 1) % MAX_INPUTS;
        }
        if let Some(recurrent) = self.recurrent.as_mut().filter(|_| !shape.plain) {
            self.inputs.x[k] = recurrent.forward(head);
            self.inputs.p[k] = recurrent.p * ONE;
            self.inputs.state[k] = recurrent.state();
            self.inputs.last[k] = NO_SYMBOL;
        }
        #[cfg(feature = "lab")]
        self.see_side();
        let matched = self.match_model.forward(head.checked_sub(1));
        let gates = self.gates(shape);
        let mixed = if shape.plain {
            self.mixer_stack.only().forward_few(shape.contexts, gates[0], &self.inputs) + matched
        } else {
            self.mixer_stack.forward(&gates, self.final_set(), &self.inputs, matched)
        };
        let logits = mixed + self.bias.forward(bias_rows, shape.sees_match);
        if shape.plain {
            self.p = quick_softmax(logits);
        } else {
            self.p_geometric = softmax(logits);
            self.p = self.refine(logits);
        }
        self.guess = (head == 0).then(|| {
            // The low nibble's rows arrive in time if their fetch begins before the high nibble is known.
            let likely = 1 + most_likely(&self.p);
            (likely, self.prefetch(shape, likely))
        });
    }

    /// Predicts the next nibble from the long match alone.
    #[inline(always)]
    fn predict_match_only(&mut self, head: usize) {
        (self.head, self.match_only, self.guess) = (head, true, None);
        self.p = softmax(self.match_model.forward_long(head.checked_sub(1)));
    }
}

/// One step of a network. It is compiled once for each instruction set, with everything that a step does: it takes the
/// compiler longer than all else.
struct Update<'a> {
    network: &'a mut Network,
    nibble: u8,
}

impl Kernel for Update<'_> {
    type Output = ();

    #[inline(always)]
    fn run(self) {
        self.network.update_here(self.nibble);
    }
}
