//! The hidden layer: embeddings → features. `h = f(W x + b)`, f the leaky rectifier.
//!
//! Rows of `W` go in groups of 16, so that a group's outputs are one vector. The backward pass reads and writes each
//! weight once: the same sweep that carries the error down to the inputs takes the step.

use super::{rms::Rms, rng::Rng};
use crate::math::{F32x16, LANES, sums};
use super::tune::t;

/// The rectifier's slope below zero.
const LEAK: f32 = 0.01;
/// The biases' rate, as a part of the weights'.
const BIAS_RATE: f32 = 0.3;

/// Weights and running means of the layer.
pub struct Dense {
    /// (hidden, inputs/16, 16)
    weights: Vec<F32x16>,
    /// (hidden/16, 16)
    bias: Vec<F32x16>,
    input_rms: Rms,
    delta_rms: Rms,
    /// Inputs over 16.
    width: usize,
    leak: f32,
}

/// What one byte's forward pass leaves for the backward pass.
pub struct DenseState {
    /// The layer's outputs. (hidden/16, 16)
    pub h: Vec<F32x16>,
    /// The error at the outputs, to be filled by who uses them. (hidden/16, 16)
    pub dh: Vec<F32x16>,
    /// The error at the inputs. (inputs/16, 16)
    pub dx: Vec<F32x16>,
    x_unit: Vec<F32x16>,
    steps: Vec<F32x16>,
}

impl DenseState {
    /// For `width` · 16 inputs and `height` · 16 outputs.
    pub fn new(width: usize, height: usize) -> Self {
        let (inputs, outputs) = (vec![F32x16::ZERO; width], vec![F32x16::ZERO; height]);
        Self { h: outputs.clone(), dh: outputs.clone(), dx: inputs.clone(), x_unit: inputs, steps: outputs }
    }
}

impl Dense {
    /// `width` · 16 inputs, `height` · 16 outputs, small random weights.
    pub fn new(width: usize, height: usize, rng: &mut Rng) -> Self {
        let scale = t("wi", 2.0) / ((width * LANES) as f32).sqrt();
        Self {
            weights: (0..height * LANES * width).map(|_| rng.vector(scale)).collect(),
            bias: vec![F32x16::ZERO; height],
            input_rms: Rms::new(width, 0.01, 1e-3),
            delta_rms: Rms::new(height, 0.001, 1e-4),
            width, leak: t("leak", 0.01),
        }
    }

    /// `x` → `state.h`.
    #[inline(always)]
    pub fn forward(&self, x: &[F32x16], state: &mut DenseState) {
        let n = self.width;
        let groups = self.weights.chunks_exact(LANES * n).zip(&self.bias);
        for ((group, bias), h) in groups.zip(&mut state.h) {
            let mut products = [F32x16::ZERO; LANES];
            for (four, out) in group.chunks_exact(4 * n).zip(products.chunks_exact_mut(4)) {
                out.copy_from_slice(&dot4(four, x));
            }
            *h = (*bias + sums(&products)).map(|z| if z > 0.0 { z } else { self.leak * z });
        }
    }

    /// `state.dh` → `state.dx`, and one step up the gradient.
    #[inline(always)]
    pub fn backward(&mut self, x: &[F32x16], state: &mut DenseState, rate: f32) {
        let DenseState { h, dh, dx, x_unit, steps } = state;
        for (dh, h) in dh.iter_mut().zip(&*h) {
            *dh = dh.zip(*h, |d, h| if h > 0.0 { d } else { self.leak * d });
        }
        self.input_rms.normalise(x, x_unit);
        self.delta_rms.normalise(dh, steps);
        for (step, bias) in steps.iter_mut().zip(&mut self.bias) {
            *step = *step * rate;
            *bias = *bias + *step * BIAS_RATE;
        }
        dx.fill(F32x16::ZERO);
        let n = self.width;
        for (i, four) in self.weights.chunks_exact_mut(4 * n).enumerate() {
            let (group, lane) = (i / 4, i % 4 * 4);
            let d: [f32; 4] = std::array::from_fn(|j| dh[group].0[lane + j]);
            let s: [f32; 4] = std::array::from_fn(|j| steps[group].0[lane + j]);
            back4(four, x_unit, dx, d, s);
        }
    }
}

/// Products of four rows with `x`, to be summed over lanes.
#[inline(always)]
fn dot4(rows: &[F32x16], x: &[F32x16]) -> [F32x16; 4] {
    let n = x.len();
    let (r0, rest) = rows.split_at(n);
    let (r1, rest) = rest.split_at(n);
    let (r2, r3) = rest.split_at(n);
    let r3 = &r3[..n];
    let mut sum = [F32x16::ZERO; 4];
    for i in 0..n {
        sum[0] = sum[0] + r0[i] * x[i];
        sum[1] = sum[1] + r1[i] * x[i];
        sum[2] = sum[2] + r2[i] * x[i];
        sum[3] = sum[3] + r3[i] * x[i];
    }
    sum
}

/// Carries four rows' errors `d` down to `dx`, and moves the rows by their steps `s` along `x`.
#[inline(always)]
fn back4(rows: &mut [F32x16], x: &[F32x16], dx: &mut [F32x16], d: [f32; 4], s: [f32; 4]) {
    let n = x.len();
    let dx = &mut dx[..n];
    let (r0, rest) = rows.split_at_mut(n);
    let (r1, rest) = rest.split_at_mut(n);
    let (r2, r3) = rest.split_at_mut(n);
    let r3 = &mut r3[..n];
    for i in 0..n {
        dx[i] = dx[i] + ((r0[i] * d[0] + r1[i] * d[1]) + (r2[i] * d[2] + r3[i] * d[3]));
        r0[i] = r0[i] + x[i] * s[0];
        r1[i] = r1[i] + x[i] * s[1];
        r2[i] = r2[i] + x[i] * s[2];
        r3[i] = r3[i] + x[i] * s[3];
    }
}
