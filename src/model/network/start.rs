//! What a network starts from, and how it starts again.

use std::sync::Arc;

use super::Network;
use crate::{
    Result,
    model::{Level, experts::prior::Prior, mix::mixer::copy},
};

/// MixerStack that start from learnt weights learn as those that have learnt from so many nibbles.
const PRIOR_STEPS: f32 = 20_000.0;

/// What a block's network starts from.
#[derive(Clone, Debug)]
pub struct Start {
    /// Its sizes.
    pub level: Level,
    /// What it knows, if it knows anything.
    pub prior: Option<Arc<Prior>>,
}

impl From<Level> for Start {
    fn from(level: Level) -> Self {
        Self { level, prior: None }
    }
}

impl Network {
    /// A network that knows what its prior does, for content of `raw_len` bytes.
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

    /// Is again what it was at first, for content of `raw_len` bytes; after the first time, in a time that what it has
    /// seen since then and `raw_len` tell.
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
        let match_model = self.mixer_stack.restore(&weights);
        copy(&mut self.match_model.logits, match_model);
        self.mixer_stack.set_steps(self.first_steps());
        self.restart(raw_len)
    }

    /// The weights that its prior has, if any.
    fn learnt_weights(&self) -> Option<Arc<[f32]>> {
        self.prior.as_ref().and_then(|prior| prior.weights.clone())
    }

    /// From how many nibbles its mixers have learnt.
    fn first_steps(&self) -> f32 {
        if self.learnt_weights().is_some() { PRIOR_STEPS } else { 0.0 }
    }

    /// Forgets what it has seen, but not what mixers and matches have learnt; for content of `raw_len` bytes.
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
        self.begin()
    }

    /// The weights of mixers and matches, in pieces.
    pub fn weights(&mut self) -> impl Iterator<Item = &mut [f32]> {
        self.mixer_stack.weights().chain([&mut self.match_model.logits[..]])
    }

    /// Sets them all, in the same order.
    pub fn set_weights(&mut self, weights: &[f32]) {
        self.weights().fold(weights, |weights, piece| copy(piece, weights));
    }

    /// MixerStack learn as those that have learnt from so many nibbles.
    pub fn set_steps(&mut self, steps: f32) {
        self.mixer_stack.set_steps(steps);
    }
}
