//! Features → logits of a nibble: the output layer. 17 heads share the features: one for the high nibble, and one for
//! the low nibble after each high nibble.

use super::rms::Rms;
use crate::math::{F32x16, LANES, flat, flat_mut, sums};
use crate::model::{experts::trained::Part, level::HEADS, rng::Rng, tuned::tuned};

/// Weights start uniform in ± INIT/√features: docs/EXPERIMENTS.md, "Model 1".
const INIT: f32 = 1.6;
/// The weights' rate, as a part of the network's: docs/EXPERIMENTS.md, "Model 1", tried 0.5 there.
pub(super) const WEIGHT_RATE: f32 = 0.7;
/// The biases' rate, as a part of the network's: docs/EXPERIMENTS.md, "Model 1".
pub(super) const BIAS_RATE: f32 = 0.3;
tuned! {
    /// What the mean square of features is about at first. Not tried alone.
    FEATURE_SQUARE: f32 = 0.05, in 0.002..=1.0;
    /// What the mean square of errors is about at first. Not tried alone.
    ERROR_SQUARE: f32 = 0.06, in 0.002..=1.0;
}
/// The floor of both. Not tried alone.
const SQUARE_FLOOR: f32 = 1e-6;

/// The layer's weights and running means.
#[derive(Clone, Debug)]
pub struct Heads {
    /// A row of features for each symbol. (HEADS, 16, hidden/16, 16)
    pub(super) weights: Vec<F32x16>,
    /// (HEADS, 16)
    pub(super) bias: Vec<F32x16>,
    pub(super) feature_rms: Rms,
    /// (HEADS)
    pub(super) error_rms: Vec<Rms>,
    /// The current byte's features at unit size. (hidden/16, 16)
    h_unit: Vec<F32x16>,
}

impl Heads {
    /// Heads for 16 · `height` features, with random weights.
    pub fn new(height: usize, rng: &mut Rng) -> Self {
        let scale = INIT / ((height * LANES) as f32).sqrt();
        Self {
            weights: rng.vectors(HEADS * LANES * height, scale),
            bias: vec![F32x16::ZERO; HEADS],
            feature_rms: Rms::new(height, FEATURE_SQUARE.get(), SQUARE_FLOOR),
            error_rms: (0..HEADS).map(|_| Rms::new(1, ERROR_SQUARE.get(), SQUARE_FLOOR)).collect(),
            h_unit: vec![F32x16::ZERO; height],
        }
    }

    /// Copies the weights and means of `other`, which has the same sizes.
    pub fn copy_from(&mut self, other: &Self) {
        self.weights.copy_from_slice(&other.weights);
        self.bias.copy_from_slice(&other.bias);
        self.feature_rms.copy_from(&other.feature_rms);
        self.error_rms.iter_mut().zip(&other.error_rms).for_each(|(rms, other)| rms.copy_from(other));
    }

    /// All that the heads learn.
    pub fn parts(&mut self) -> Vec<Part<'_>> {
        let mut parts = vec![
            Part::Weights(&mut self.weights),
            Part::Weights(&mut self.bias),
            Part::Means(&mut self.feature_rms.mean_square),
        ];
        parts.extend(self.error_rms.iter_mut().map(|rms| Part::Means(&mut rms.mean_square)));
        parts
    }

    /// Takes in the features of a new byte. (hidden/16, 16)
    #[inline(always)]
    pub fn observe(&mut self, h: &[F32x16]) {
        self.feature_rms.normalise(h, &mut self.h_unit);
    }

    /// The logits of `head` for features `h`. (16)
    #[inline(always)]
    pub fn forward(&self, head: usize, h: &[F32x16]) -> F32x16 {
        let weights = &self.weights[head * LANES * h.len()..][..LANES * h.len()];
        let mut products = [F32x16::ZERO; LANES];
        for (row, product) in weights.chunks_exact(h.len()).zip(&mut products) {
            for (w, h) in row.iter().zip(h) {
                *product = *product + *w * *h;
            }
        }
        self.bias[head] + F32x16(sums(&products))
    }

    /// Adds the gradient at the features to `dh`, given `delta` at the logits of `head`, and takes one step of the
    /// head's weights. Each weight is read for `dh` before it changes.
    #[inline(always)]
    pub fn backward(&mut self, head: usize, delta: F32x16, dh: &mut [F32x16], rate: f32) {
        let mut unit = [F32x16::ZERO];
        self.error_rms[head].normalise(&[delta], &mut unit);
        let step = unit[0] * (rate * WEIGHT_RATE);
        self.bias[head] = self.bias[head] + delta * (rate * BIAS_RATE);
        let weights = &mut self.weights[head * LANES * dh.len()..][..LANES * dh.len()];
        let rows = weights.chunks_exact_mut(dh.len());
        for ((row, delta), step) in rows.zip(delta.0).zip(step.0) {
            for ((w, h), dh) in flat_mut(row).iter_mut().zip(flat(&self.h_unit)).zip(flat_mut(dh)) {
                *dh += *w * delta;
                *w += h * step;
            }
        }
    }
}
