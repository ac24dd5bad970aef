//! The output layer: features → logits of a nibble. 17 heads: one for the high nibble, and one for the low nibble
//! under each high nibble.

use super::{rms::Rms, rng::Rng};
use crate::math::{F32x16, LANES, sums};
use super::tune::t;

/// Heads: the high nibble's, then the low nibble's for each high one.
pub const HEADS: usize = 17;

/// Weights and running means of the layer.
pub struct Heads {
    /// (HEADS, hidden, 16)
    weights: Vec<F32x16>,
    /// (HEADS, 16)
    bias: Vec<F32x16>,
    h_rms: Rms,
    delta_rms: Vec<Rms>,
    h_unit: Vec<F32x16>,
    hidden: usize,
    hrate: f32,
}

impl Heads {
    /// For `height` · 16 features.
    pub fn new(height: usize, rng: &mut Rng) -> Self {
        let hidden = height * LANES;
        let scale = t("vi", 1.0) / (hidden as f32).sqrt();
        Self {
            weights: (0..HEADS * hidden).map(|_| rng.vector(scale)).collect(),
            bias: vec![F32x16::ZERO; HEADS],
            h_rms: Rms::new(height, 0.05, 1e-3),
            delta_rms: (0..HEADS).map(|_| Rms::new(1, 0.06, 1e-3)).collect(),
            h_unit: vec![F32x16::ZERO; height],
            hidden, hrate: t("hrate", 0.7),
        }
    }

    /// Takes a new byte's features `h` into the running means.
    #[inline(always)]
    pub fn observe(&mut self, h: &[F32x16]) {
        self.h_rms.normalise(h, &mut self.h_unit);
    }

    /// Logits of `head`.
    #[inline(always)]
    pub fn forward(&self, head: usize, h: &[F32x16]) -> F32x16 {
        let n = h.len();
        let weights = &self.weights[head * LANES * n..(head + 1) * LANES * n];
        let mut products = [F32x16::ZERO; LANES];
        for (row, out) in weights.chunks_exact(n).zip(&mut products) {
            for (w, h) in row.iter().zip(h) {
                *out = *out + *w * *h;
            }
        }
        self.bias[head] + sums(&products)
    }

    /// Adds the error that `delta` at the logits of `head` makes at the features to `dh`, and takes one step up
    /// the gradient.
    #[inline(always)]
    pub fn backward(&mut self, head: usize, delta: F32x16, dh: &mut [F32x16], rate: f32) {
        let mut unit = [F32x16::ZERO];
        self.delta_rms[head].normalise(&[delta], &mut unit);
        let step = unit[0] * (rate * self.hrate);
        let n = dh.len();
        let weights = &mut self.weights[head * LANES * n..(head + 1) * LANES * n];
        for (s, row) in weights.chunks_exact_mut(n).enumerate() {
            let (d, step) = (delta.0[s], step.0[s]);
            for ((w, h), dh) in row.iter_mut().zip(&self.h_unit).zip(&mut *dh) {
                *dh = *dh + *w * d;
                *w = *w + *h * step;
            }
        }
        self.bias[head] = self.bias[head] + delta * (rate * 0.3);
    }
}
