//! A level and a prior → a network in its initial state, and the way back to that state.

use std::sync::Arc;

use super::{Network, UNASKED, gates};
use crate::{
    Result,
    math::F32x16,
    model::{
        ablation::Component,
        experts::{match_model::MatchModel, mlp::Mlp, prior::Prior, recurrent::Recurrent, rows::Rows},
        features::history::History,
        inputs::{Inputs, MAX_INPUTS},
        level::{Level, Params},
        mix::{
            bias::Bias,
            mixer::{Rates, copy},
        },
    },
};

/// Rate of the mixers' bonuses. Not tried alone.
const BONUS_RATE: f32 = 0.005;
/// Rate of the bias: docs/EXPERIMENTS.md, "Model 1" (its direct connections).
const BIAS_RATE: f32 = 0.04;
/// The rate of weights by byte and by classes, as a part of the rate of weights by state. Not tried alone.
const GATE_RATE: f32 = 0.8;

/// The mixers' steps where they start from learnt weights: hardly any boost of the rates is left then. Not tried alone.
const PRIOR_STEPS: f32 = 20_000.0;

/// What the network of a block or record starts from.
#[derive(Clone, Debug)]
pub struct Start {
    /// The network's sizes.
    pub level: Level,
    /// What the network knows before the first byte, if anything.
    pub prior: Option<Arc<Prior>>,
}

impl From<Level> for Start {
    fn from(level: Level) -> Self {
        Self { level, prior: None }
    }
}

impl Network {
    /// A network that has seen nothing, for content of `raw_len` bytes.
    ///
    /// # Errors
    /// [`MemoryLimit`](crate::ErrorKind::MemoryLimit) if the system does not have the memory;
    /// [`Arithmetic`](crate::ErrorKind::Arithmetic) if the processor computes in another way than the format's.
    pub fn new(level: Level, raw_len: usize) -> Result<Self> {
        Self::without(None, level, raw_len)
    }

    /// As [`new`](Self::new), without `component` if one is named.
    ///
    /// # Errors
    /// As [`new`](Self::new).
    pub fn without(component: Option<Component>, level: Level, raw_len: usize) -> Result<Self> {
        let mut network = Self::with(level, level.params(raw_len), component, None)?;
        network.begin()?;
        Ok(network)
    }

    fn with(level: Level, params: Params, without: Option<Component>, prior: Option<Arc<Prior>>) -> Result<Self> {
        let on = |component| without != Some(component);
        let mlp = params.mlp.filter(|_| on(Component::Mlp));
        let recurrent = params.recurrent.filter(|_| on(Component::Recurrent));
        let rate_if = |component, rate| if on(component) { rate } else { 0.0 };
        let rates = Rates {
            by_state: params.mixer_rate,
            by_byte: rate_if(Component::ByteGate, params.mixer_rate * GATE_RATE),
            by_classes: rate_if(Component::ClassGate, params.mixer_rate * GATE_RATE),
            bonus: rate_if(Component::LastValues, BONUS_RATE),
        };
        let inputs = params.contexts + usize::from(mlp.is_some()) + usize::from(recurrent.is_some());
        Ok(Self {
            history: History::new(on(Component::Strides)),
            match_model: MatchModel::new(params.window_bits, on(Component::MatchModel)),
            rows: Rows::new(params.row_bits, params.contexts)?,
            mlp: mlp.map(Mlp::new).transpose()?,
            recurrent: recurrent.map(Recurrent::new),
            inputs: Inputs::new(),
            mixer_stack: gates::mixer_stack(params.mixers, inputs, params.first_weight, rates),
            bias: Bias::new(params.bias_bits, rate_if(Component::Bias, BIAS_RATE))?,
            contexts: params.contexts,
            left_out: match without {
                Some(Component::Context(index)) if index < params.contexts => Some(index),
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

    /// A network in its initial state, for content of `raw_len` bytes.
    ///
    /// # Errors
    /// As [`new`](Self::new).
    pub fn from(start: &Start, raw_len: usize) -> Result<Self> {
        let mut network = Self::with(start.level, start.level.params(raw_len), None, start.prior.clone())?;
        if let Some(weights) = network.learnt_weights() {
            network.set_weights(&weights);
        }
        network.mixer_stack.set_steps(network.first_steps());
        network.begin()?;
        Ok(network)
    }

    /// Resets to the initial state, for content of `raw_len` bytes. From the second call on, this costs time for what
    /// was touched since the last call and for `raw_len`, not for all weights: a record may have ten bytes.
    ///
    /// # Errors
    /// As [`new`](Self::new).
    pub fn reset(&mut self, raw_len: usize) -> Result<()> {
        let weights = match &self.first_weights {
            Some(weights) => Arc::clone(weights),
            None => {
                let mut fresh = Self::from(&Start { level: self.level, prior: self.prior.clone() }, 0)?;
                self.first_weights.insert(fresh.weights().flat_map(|piece| piece.to_vec()).collect()).clone()
            }
        };
        let match_logits = self.mixer_stack.restore(&weights);
        copy(&mut self.match_model.logits, match_logits);
        self.mixer_stack.set_steps(self.first_steps());
        self.restart(raw_len)
    }

    /// A network of `level` whose MLP and recurrent expert start untrained, for learning their weights.
    ///
    /// # Errors
    /// As [`new`](Self::new).
    pub fn untrained(level: Level, raw_len: usize) -> Result<Self> {
        let mut params = level.params(raw_len);
        params.mlp.iter_mut().for_each(|mlp| mlp.trained = false);
        params.recurrent.iter_mut().for_each(|recurrent| recurrent.trained = false);
        let mut network = Self::with(level, params, None, None)?;
        network.begin()?;
        Ok(network)
    }

    /// Forgets the content, but keeps all weights, those of MLP and recurrent expert too; for new content of `raw_len`
    /// bytes.
    ///
    /// # Errors
    /// As [`new`](Self::new).
    pub fn restart_learnt(&mut self, raw_len: usize) -> Result<()> {
        let params = self.level.params(raw_len);
        self.history.restart();
        self.match_model.restart(params.window_bits);
        self.rows.restart(params.row_bits)?;
        self.bias.restart(params.bias_bits)?;
        if let (Some(mlp), Some(sizes)) = (&mut self.mlp, params.mlp) {
            mlp.forget_content(sizes.row_bits)?;
        }
        self.recurrent.iter_mut().for_each(Recurrent::forget_content);
        self.begin()
    }

    /// The prior's weights, if it has any.
    fn learnt_weights(&self) -> Option<Arc<[f32]>> {
        self.prior.as_ref().and_then(|prior| prior.weights.clone())
    }

    /// The steps that the mixers have learnt for in the initial state.
    fn first_steps(&self) -> f32 {
        if self.learnt_weights().is_some() { PRIOR_STEPS } else { 0.0 }
    }

    /// Forgets the content, but keeps the weights of mixers and match model; for new content of `raw_len` bytes.
    ///
    /// # Errors
    /// As [`new`](Self::new).
    pub fn restart(&mut self, raw_len: usize) -> Result<()> {
        let params = self.level.params(raw_len);
        self.history.restart();
        self.match_model.restart(params.window_bits);
        self.rows.restart(params.row_bits)?;
        self.bias.restart(params.bias_bits)?;
        if let (Some(mlp), Some(sizes)) = (&mut self.mlp, params.mlp) {
            mlp.restart(sizes.row_bits)?;
        }
        if let Some(recurrent) = &mut self.recurrent {
            recurrent.restart();
        }
        self.begin()
    }

    /// The weights of mixers and match model, in pieces.
    pub fn weights(&mut self) -> impl Iterator<Item = &mut [f32]> {
        self.mixer_stack.weights().chain([&mut self.match_model.logits[..]])
    }

    /// Sets all weights, in the order of [`weights`](Self::weights).
    pub fn set_weights(&mut self, weights: &[f32]) {
        self.weights().fold(weights, |weights, piece| copy(piece, weights));
    }

    /// Sets the number of nibbles that the mixers have learnt from.
    pub fn set_steps(&mut self, steps: f32) {
        self.mixer_stack.set_steps(steps);
    }
}
