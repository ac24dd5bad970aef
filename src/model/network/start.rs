//! A level and a prior → a network in its initial state, and the way back to that state.

use std::sync::Arc;

use super::{Network, Shape, UNASKED, gates, refine::logistic_mixer};
use crate::{
    Error, Result,
    math::F32x16,
    model::{
        ablation::Component,
        experts::{
            match_model::MatchModel,
            mlp::Mlp,
            prior::{Change, Prior},
            recurrent::Recurrent,
            rows::Rows,
        },
        features::history::History,
        inputs::{Inputs, MAX_INPUTS},
        level::{Level, Params, SHALLOW},
        mix::{
            bias::Bias,
            mixer::{Rates, copy},
            stack::MixerStack,
        },
        tuned::tuned,
    },
};

tuned! {
    /// Rate of the mixers' bonuses. Not tried alone.
    BONUS_RATE: f32 = 0.005, in 0.0..=0.05;
    /// Rate of the bias: docs/EXPERIMENTS.md, "Model 1" (its direct connections).
    BIAS_RATE: f32 = 0.04, in 0.0..=0.2;
    /// The rate of weights by byte and by classes, as a part of the rate of weights by state. Not tried alone.
    GATE_RATE: f32 = 0.8, in 0.0..=4.0;
    /// The mixers' steps where they start from learnt weights: hardly any boost of the rates is left then. Not tried
    /// alone.
    PRIOR_STEPS: f32 = 20_000.0, in 0.0..=1_000_000.0;
}

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

/// The rate of a component, which learns nothing if it is not `on`.
fn rate_if(on: bool, rate: f32) -> f32 {
    if on { rate } else { 0.0 }
}

/// Mixers of `inputs` inputs, without the component that ablation leaves out.
pub(super) fn mixer_stack(params: &Params, inputs: usize, without: Option<Component>) -> MixerStack {
    let on = |component| without != Some(component);
    let gate_rate = params.mixer_rate * GATE_RATE.get();
    let rates = Rates {
        by_state: params.mixer_rate,
        by_byte: rate_if(on(Component::ByteGate), gate_rate),
        by_classes: rate_if(on(Component::ClassGate), gate_rate),
        bonus: rate_if(on(Component::LastValues), BONUS_RATE.get()),
    };
    gates::mixer_stack(params.mixers, inputs, params.first_weight, rates)
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

    pub(super) fn with(
        level: Level,
        params: Params,
        without: Option<Component>,
        prior: Option<Arc<Prior>>,
    ) -> Result<Self> {
        let on = |component| without != Some(component);
        let mlp = params.mlp.filter(|_| on(Component::Mlp));
        let recurrent = params.recurrent.filter(|_| on(Component::Recurrent));
        let inputs = params.contexts + usize::from(mlp.is_some()) + usize::from(recurrent.is_some());
        let deep = params.contexts > SHALLOW;
        Ok(Self {
            history: History::new(on(Component::Strides), deep.then_some(params.window_bits)),
            match_model: MatchModel::new(params.window_bits, on(Component::MatchModel), deep),
            rows: Rows::new(params.row_bits)?,
            mlp: mlp.map(Mlp::new).transpose()?,
            recurrent: recurrent.map(Recurrent::new),
            inputs: Inputs::new(),
            mixer_stack: mixer_stack(&params, inputs, without),
            bias: Bias::new(params.bias_bits, rate_if(without != Some(Component::Bias), BIAS_RATE.get()))?,
            logistic: logistic_mixer(&params, inputs, prior.as_ref().is_some_and(|prior| prior.changes.is_some()))
                .filter(|_| without != Some(Component::Logistic)),
            shape: Shape::of(&params),
            left_out: match without {
                Some(Component::Context(index)) if index < params.contexts => Some(index),
                _ => None,
            },
            byte_hashes: [0; MAX_INPUTS],
            hashes: [0; MAX_INPUTS],
            head: 0,
            guess: None,
            match_only: false,
            p_geometric: F32x16::ZERO,
            p: F32x16::ZERO,
            level,
            prior,
            first_weights: None,
            known: [UNASKED; MAX_INPUTS],
            #[cfg(feature = "lab")]
            side: None,
        })
    }

    /// A network in its initial state, for content of `raw_len` bytes.
    ///
    /// # Errors
    /// As [`new`](Self::new), and [`Corrupt`](crate::ErrorKind::Corrupt) if the prior's weights are not the level's.
    pub fn from(start: &Start, raw_len: usize) -> Result<Self> {
        let mut network = Self::with(start.level, start.level.params(raw_len), None, start.prior.clone())?;
        if let Some(changes) = network.learnt_changes() {
            network.change_weights(&changes)?;
        }
        network.set_steps(network.first_steps());
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
        self.restart(raw_len)?;
        self.set_steps(self.first_steps());
        Ok(())
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
        self.history.restart(params.window_bits);
        self.match_model.restart(params.window_bits);
        self.rows.restart(params.row_bits)?;
        self.bias.restart(params.bias_bits)?;
        if let Some(logistic) = &mut self.logistic {
            logistic.restart();
        }
        if let (Some(mlp), Some(sizes)) = (&mut self.mlp, params.mlp) {
            mlp.forget_content(sizes.row_bits)?;
        }
        self.recurrent.iter_mut().for_each(Recurrent::forget_content);
        self.begin()
    }

    /// What the prior's weights have learnt, if it has any.
    fn learnt_changes(&self) -> Option<Arc<[Change]>> {
        self.prior.as_ref().and_then(|prior| prior.changes.clone())
    }

    /// The steps that the mixers have learnt for in the initial state.
    fn first_steps(&self) -> f32 {
        if self.learnt_changes().is_some() { PRIOR_STEPS.get() } else { 0.0 }
    }

    /// Forgets the content, but keeps the weights of mixers and match model; for new content of `raw_len` bytes.
    ///
    /// # Errors
    /// As [`new`](Self::new).
    pub fn restart(&mut self, raw_len: usize) -> Result<()> {
        self.mlp.iter_mut().for_each(Mlp::restart_layers);
        self.recurrent.iter_mut().for_each(Recurrent::restart_weights);
        self.restart_learnt(raw_len)
    }

    /// The weights of mixers and match model, in pieces.
    pub fn weights(&mut self) -> impl Iterator<Item = &mut [f32]> {
        self.mixer_stack.weights().chain([&mut self.match_model.logits[..]])
    }

    /// Adds `changes`, whose places are in ascending order, to the weights.
    ///
    /// # Errors
    /// A place is beyond the last weight.
    fn change_weights(&mut self, changes: &[Change]) -> Result<()> {
        let (mut left, mut begin) = (changes, 0);
        for piece in self.weights() {
            let end = begin + piece.len();
            let (here, others) = left.split_at(left.partition_point(|change| (change.at as usize) < end));
            here.iter().for_each(|change| piece[change.at as usize - begin] += change.by);
            (left, begin) = (others, end);
        }
        if left.is_empty() { Ok(()) } else { Err(Error::corrupt("the model's weights are damaged")) }
    }

    /// Sets all weights, in the order of [`weights`](Self::weights).
    pub fn set_weights(&mut self, weights: &[f32]) {
        self.weights().fold(weights, |weights, piece| copy(piece, weights));
    }

    /// Sets the number of nibbles that the mixers have learnt from.
    pub fn set_steps(&mut self, steps: f32) {
        self.mixer_stack.set_steps(steps);
        if let Some(logistic) = &mut self.logistic {
            logistic.set_steps(steps);
        }
    }
}
