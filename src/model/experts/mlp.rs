//! Contexts → embeddings → hidden layer → heads → logits of a nibble: the MLP. It has a loss of its own, and its logits
//! are one more input of the mixers.

mod embedding;
pub(super) mod heads;
mod hidden;
#[cfg(test)]
mod reference;
mod rms;

use super::trained::{self, Part};
use crate::model::{level::MlpParams, rng::Rng, tuned::tuned};
use crate::{
    Result,
    math::{F32x16, LANES, error, softmax},
};
use embedding::Embedding;
use heads::Heads;
use hidden::{Hidden, Pass};

tuned! {
    /// After t bytes, the learning rate is 1/√(1 + t/RATE_BYTES) of the first one. Not tried alone.
    RATE_BYTES: f32 = 10_000.0, in 500.0..=200_000.0;
    /// The least part of the first rate: docs/EXPERIMENTS.md, "Model 1".
    RATE_END: f32 = 0.12, in 0.01..=0.5;
    /// Skip the backward pass below the heads when Σ(1 − p) over the byte's nibbles is not above this:
    /// docs/EXPERIMENTS.md, "Model 1".
    FORESEEN: f32 = 0.004, in 0.0..=0.2;
    /// The mixers' input has no logit further below the largest than this. Not tried alone.
    pub(crate) FAR_BELOW: f32 = -12.0, in -20.0..=-4.0;
}

/// Trained layers, and the bytes that they stand for, by which the rate has fallen: docs/EXPERIMENTS.md, "Trained
/// networks".
static TRAINED: &[u8] = include_bytes!("mlp/trained.weights");
const TRAINED_BYTES: f32 = 10_000.0;

/// The layers and where they are in a byte.
#[derive(Clone, Debug)]
pub struct Mlp {
    embedding: Embedding,
    pub(crate) hidden: Hidden,
    pub(crate) pass: Pass,
    pub(crate) heads: Heads,
    params: MlpParams,
    /// The embedded contexts of the current byte. (contexts)
    hashes: Vec<u64>,
    /// The head that `forward` used last.
    head: usize,
    /// The probabilities of that head. (16)
    pub(crate) p: F32x16,
    /// Σ(1 − p) over the nibbles of the current byte that were learnt from.
    surprise: f32,
    /// The rate for the current byte.
    rate: f32,
    /// Bytes seen.
    bytes: f32,
    /// The layers as they were at first, made on the first restart.
    first: Option<Box<(Hidden, Heads)>>,
}

impl Mlp {
    /// Layers that have learnt nothing.
    ///
    /// # Errors
    /// If the system does not have the memory.
    pub fn new(params: MlpParams) -> Result<Self> {
        let MlpParams { contexts, height, row_bits, .. } = params;
        let (hidden, heads) = first(params);
        Ok(Self {
            embedding: Embedding::new(row_bits)?,
            hidden,
            pass: Pass::new(contexts, height),
            heads,
            params,
            hashes: vec![0; contexts],
            head: 0,
            p: F32x16::ZERO,
            surprise: 0.0,
            rate: 0.0,
            bytes: first_bytes(params),
            first: None,
        })
    }

    /// Makes the layers what they were at first; the embeddings stay.
    pub fn restart_layers(&mut self) {
        let first = self.first.get_or_insert_with(|| Box::new(first(self.params)));
        self.hidden.copy_from(&first.0);
        self.heads.copy_from(&first.1);
        self.bytes = first_bytes(self.params);
    }

    /// Forgets the content, but keeps the layers, and has 2^`row_bits` embedding rows from now on.
    ///
    /// # Errors
    /// If the system does not have the memory.
    pub fn forget_content(&mut self, row_bits: u32) -> Result<()> {
        self.embedding.restart(row_bits)
    }

    /// The bytes of `trained.weights`, with what the layers have learnt.
    pub fn weights_file(&mut self) -> Vec<u8> {
        trained::write(parts(&mut self.hidden, &mut self.heads))
    }

    /// Prefetches the embeddings of the contexts `hashes`.
    #[inline(always)]
    pub fn prefetch(&self, hashes: &[u64]) {
        self.embedding.prefetch(&hashes[..self.hashes.len()]);
    }

    /// Computes the features of the next byte, whose contexts are `hashes`.
    #[inline(always)]
    pub fn begin_byte(&mut self, hashes: &[u64]) {
        let embedded = self.hashes.len();
        self.hashes.copy_from_slice(&hashes[..embedded]);
        self.embedding.gather(&self.hashes, &mut self.pass.x);
        self.hidden.forward(&mut self.pass);
        self.heads.observe(&self.pass.h);
        self.pass.dh.fill(F32x16::ZERO);
        self.surprise = 0.0;
        let fall = 1.0 / (1.0 + self.bytes / RATE_BYTES.get()).sqrt();
        let end = RATE_END.get();
        self.rate = self.params.rate * if fall > end { fall } else { end };
        self.bytes += 1.0;
    }

    /// The logits of `head` less the largest of them. (16)
    #[inline(always)]
    pub fn forward(&mut self, head: usize) -> F32x16 {
        self.head = head;
        let logits = self.heads.forward(head, &self.pass.h);
        self.p = softmax(logits);
        input_of(logits)
    }

    /// The input's state for the mixers.
    #[inline(always)]
    pub fn state(&self) -> u32 {
        state_of(&self.p)
    }

    /// One step of the head in use, and its share of the gradient at the features.
    #[inline(always)]
    pub fn learn(&mut self, coded: usize) {
        let delta = error(&self.p, coded);
        self.surprise += delta.0[coded & (LANES - 1)];
        self.heads.backward(self.head, delta, &mut self.pass.dh, self.rate);
    }

    /// One step of the hidden layer and the embeddings, once a byte.
    #[inline(always)]
    pub fn end_byte(&mut self) {
        if self.surprise > FORESEEN.get() {
            self.hidden.backward(&mut self.pass, self.rate);
            self.embedding.learn(&self.hashes, &self.pass.dx);
        }
        self.surprise = 0.0;
    }
}

/// The layers at first, random or trained.
fn first(params: MlpParams) -> (Hidden, Heads) {
    let mut rng = Rng::new();
    let (mut hidden, mut heads) =
        (Hidden::new(params.contexts, params.height, &mut rng), Heads::new(params.height, &mut rng));
    if params.trained {
        trained::read(TRAINED, parts(&mut hidden, &mut heads));
    }
    (hidden, heads)
}

/// The bytes that the first layers stand for.
fn first_bytes(params: MlpParams) -> f32 {
    if params.trained { TRAINED_BYTES } else { 0.0 }
}

fn parts<'a>(hidden: &'a mut Hidden, heads: &'a mut Heads) -> Vec<Part<'a>> {
    hidden.parts().into_iter().chain(heads.parts()).collect()
}

/// A network's logits → its input to the mixers: less the largest of them. (16)
#[inline(always)]
pub(super) fn input_of(logits: F32x16) -> F32x16 {
    let (max, least) = (logits.max(), FAR_BELOW.get());
    logits.map(|logit| if logit - max > least { logit - max } else { least })
}

/// A network's probabilities → its input's state: steps of the largest. The edges were not tried alone.
#[inline(always)]
pub fn state_of(p: &F32x16) -> u32 {
    let top = p.max();
    [0.3, 0.5, 0.7, 0.85, 0.95, 0.98, 0.995].iter().map(|&edge| u32::from(top > edge)).sum()
}
