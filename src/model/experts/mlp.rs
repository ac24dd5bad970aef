//! The dense network: contexts → embeddings → hidden layer → heads → logits of a nibble. It has a loss of its own, and
//! its logits are one more input of the mixer.

mod embedding;
mod heads;
mod hidden;
#[cfg(test)]
mod reference;
mod rms;

use crate::model::{level::MlpParams, rng::Rng};
use crate::{
    Result,
    math::{F32x16, LANES, error, softmax},
};
use embedding::Embedding;
use heads::Heads;
use hidden::{Hidden, Pass};

/// The learning rate falls as 1/√(1 + t/RATE_BYTES) down to `RATE_END` of what it was at first.
const RATE_BYTES: f32 = 10_000.0;
const RATE_END: f32 = 0.12;
/// A byte foreseen better than this, (1 − p) of its nibbles added up, teaches the layers below the heads nothing worth
/// the time.
const FORESEEN: f32 = 0.004;
/// Logits are this far below the largest at most, as the mixer hears of them.
pub(crate) const FAR_BELOW: f32 = -12.0;

/// The layers and where they are in a byte.
#[derive(Debug)]
pub struct Mlp {
    embedding: Embedding,
    pub(crate) hidden: Hidden,
    pub(crate) pass: Pass,
    pub(crate) heads: Heads,
    /// The contexts that are embedded. (contexts)
    hashes: Vec<u64>,
    head: usize,
    pub(crate) p: F32x16,
    /// 1 − p of the byte's nibbles, added up.
    surprise: f32,
    first_rate: f32,
    rate: f32,
    bytes: f32,
    /// What the layers were at first, once that is wanted again.
    first: Option<Box<(Hidden, Heads)>>,
}

impl Mlp {
    /// Layers that have learnt nothing.
    ///
    /// # Errors
    /// If the system does not have the memory.
    pub fn new(params: MlpParams) -> Result<Self> {
        let mut rng = Rng::new();
        let MlpParams { contexts, height, row_bits, rate } = params;
        Ok(Self {
            embedding: Embedding::new(row_bits)?,
            hidden: Hidden::new(contexts, height, &mut rng),
            pass: Pass::new(contexts, height),
            heads: Heads::new(height, &mut rng),
            hashes: vec![0; contexts],
            head: 0,
            p: F32x16::ZERO,
            surprise: 0.0,
            first_rate: rate,
            rate: 0.0,
            bytes: 0.0,
            first: None,
        })
    }

    /// Forgets all that was learnt, and has 2^`row_bits` embeddings from now on.
    ///
    /// # Errors
    /// If the system does not have the memory.
    pub fn restart(&mut self, row_bits: u32) -> Result<()> {
        let first = self.first.get_or_insert_with(|| {
            let mut rng = Rng::new();
            let height = self.pass.h.len();
            Box::new((Hidden::new(self.hashes.len(), height, &mut rng), Heads::new(height, &mut rng)))
        });
        self.hidden.copy_from(&first.0);
        self.heads.copy_from(&first.1);
        self.bytes = 0.0;
        self.embedding.restart(row_bits)
    }

    /// Has the embeddings of the first of `hashes` brought near while other work is done.
    #[inline(always)]
    pub fn prefetch(&self, hashes: &[u64]) {
        self.embedding.prefetch(&hashes[..self.hashes.len()]);
    }

    /// Makes the features of the byte that comes in the contexts `hashes`.
    #[inline(always)]
    pub fn begin_byte(&mut self, hashes: &[u64]) {
        let embedded = self.hashes.len();
        self.hashes.copy_from_slice(&hashes[..embedded]);
        self.embedding.gather(&self.hashes, &mut self.pass.x);
        self.hidden.forward(&mut self.pass);
        self.heads.observe(&self.pass.h);
        self.pass.dh.fill(F32x16::ZERO);
        self.surprise = 0.0;
        let fall = 1.0 / (1.0 + self.bytes / RATE_BYTES).sqrt();
        self.rate = self.first_rate * if fall > RATE_END { fall } else { RATE_END };
        self.bytes += 1.0;
    }

    /// The logits of `head`, less the largest. (16)
    #[inline(always)]
    pub fn forward(&mut self, head: usize) -> F32x16 {
        self.head = head;
        let logits = self.heads.forward(head, &self.pass.h);
        self.p = softmax(logits);
        let max = logits.max();
        logits.map(|logit| if logit - max > FAR_BELOW { logit - max } else { FAR_BELOW })
    }

    /// How sure the network is of the nibble: an input's state for the mixer.
    #[inline(always)]
    pub fn state(&self) -> u32 {
        let top = self.p.max();
        [0.3, 0.5, 0.7, 0.85, 0.95, 0.98, 0.995].iter().map(|&edge| u32::from(top > edge)).sum()
    }

    /// Takes the step of what makes the logits, and gathers the gradient at the features.
    #[inline(always)]
    pub fn learn(&mut self, coded: usize) {
        let delta = error(&self.p, coded);
        self.surprise += delta.0[coded & (LANES - 1)];
        self.heads.backward(self.head, delta, &mut self.pass.dh, self.rate);
    }

    /// Takes the step of what makes the features, once a byte.
    #[inline(always)]
    pub fn end_byte(&mut self) {
        if self.surprise > FORESEEN {
            self.hidden.backward(&mut self.pass, self.rate);
            self.embedding.learn(&self.hashes, &self.pass.dx);
        }
        self.surprise = 0.0;
    }
}
