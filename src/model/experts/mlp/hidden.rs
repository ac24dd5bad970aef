//! Embeddings → features: the hidden layer, `h = f(W x + b)` with f the leaky rectifier.
//!
//! Sixteen rows of `W` make a group, whose outputs are one vector. The backward pass reads and writes each weight
//! once: the sweep that carries the error down to the inputs also takes the step.

use super::rms::Rms;
use crate::math::{F32x16, LANES, flat, flat_mut, sums};
use crate::model::{experts::trained::Part, rng::Rng, tuned::tuned};

/// The rectifier's slope below zero: docs/EXPERIMENTS.md, "Model 1".
pub(super) const LEAK: f32 = 0.3;
/// Weights start uniform in ± INIT/√inputs: docs/EXPERIMENTS.md, "Model 1".
const INIT: f32 = 3.5;
/// The biases' rate, as a part of the weights': docs/EXPERIMENTS.md, "Model 1".
pub(super) const BIAS_RATE: f32 = 0.3;
/// Features stay within ± this. Learning never gets near it, but it keeps the heads finite.
const FEATURE_LIMIT: f32 = 1024.0;
tuned! {
    /// What the mean square of inputs is about at first. Not tried alone.
    INPUT_SQUARE: f32 = 0.01, in 0.0005..=0.2;
    /// What the mean square of errors is about at first. Not tried alone.
    ERROR_SQUARE: f32 = 0.001, in 0.00005..=0.02;
}
/// The floors of both. Not tried alone.
const INPUT_FLOOR: f32 = 1e-6;
const ERROR_FLOOR: f32 = 1e-8;

/// The layer's weights and running means.
#[derive(Clone, Debug)]
pub struct Hidden {
    /// (hidden, width, 16)
    pub(super) weights: Vec<F32x16>,
    /// (hidden/16, 16)
    pub(super) bias: Vec<F32x16>,
    pub(super) input_rms: Rms,
    pub(super) error_rms: Rms,
    /// Inputs over 16.
    width: usize,
}

/// What the forward pass of one byte leaves for its backward pass.
#[derive(Clone, Debug)]
pub struct Pass {
    /// Inputs; the caller fills them before the forward pass. (width, 16)
    pub x: Vec<F32x16>,
    /// Outputs. (hidden/16, 16)
    pub h: Vec<F32x16>,
    /// The gradient at the outputs; the caller fills it before the backward pass, which changes it to the gradient
    /// before the rectifier. (hidden/16, 16)
    pub dh: Vec<F32x16>,
    /// The gradient at the inputs. (width, 16)
    pub dx: Vec<F32x16>,
    /// Inputs of unit size. (width, 16)
    x_unit: Vec<F32x16>,
    /// The step of each output's weights along `x_unit`. (hidden/16, 16)
    steps: Vec<F32x16>,
}

impl Pass {
    /// For 16 · `width` inputs and 16 · `height` outputs.
    pub fn new(width: usize, height: usize) -> Self {
        let zeros = |n| vec![F32x16::ZERO; n];
        Self {
            x: zeros(width),
            h: zeros(height),
            dh: zeros(height),
            dx: zeros(width),
            x_unit: zeros(width),
            steps: zeros(height),
        }
    }
}

impl Hidden {
    /// A layer of 16 · `width` inputs and 16 · `height` outputs, with random weights.
    pub fn new(width: usize, height: usize, rng: &mut Rng) -> Self {
        let scale = INIT / ((width * LANES) as f32).sqrt();
        Self {
            weights: rng.vectors(height * LANES * width, scale),
            bias: vec![F32x16::ZERO; height],
            input_rms: Rms::new(width, INPUT_SQUARE.get(), INPUT_FLOOR),
            error_rms: Rms::new(height, ERROR_SQUARE.get(), ERROR_FLOOR),
            width,
        }
    }

    /// Copies the weights and means of `other`, which has the same sizes.
    pub fn copy_from(&mut self, other: &Self) {
        self.weights.copy_from_slice(&other.weights);
        self.bias.copy_from_slice(&other.bias);
        self.input_rms.copy_from(&other.input_rms);
        self.error_rms.copy_from(&other.error_rms);
    }

    /// All that the layer learns.
    pub fn parts(&mut self) -> Vec<Part<'_>> {
        vec![
            Part::Weights(&mut self.weights),
            Part::Weights(&mut self.bias),
            Part::Means(&mut self.input_rms.mean_square),
            Part::Means(&mut self.error_rms.mean_square),
        ]
    }

    /// `pass.x` → `pass.h`.
    #[inline(always)]
    pub fn forward(&self, pass: &mut Pass) {
        let groups = self.weights.chunks_exact(LANES * self.width);
        for ((group, bias), h) in groups.zip(&self.bias).zip(&mut pass.h) {
            let mut products = [F32x16::ZERO; LANES];
            for (rows, out) in group.chunks_exact(4 * self.width).zip(products.chunks_exact_mut(4)) {
                out.copy_from_slice(&dot_rows(rows, &pass.x));
            }
            let z = (*bias + F32x16(sums(&products))).clamp(FEATURE_LIMIT);
            *h = z.map(|z| if z > 0.0 { z } else { LEAK * z });
        }
    }

    /// `pass.dh` → `pass.dx`, and one step of the weights along their gradient.
    #[inline(always)]
    pub fn backward(&mut self, pass: &mut Pass, rate: f32) {
        let Pass { x, h, dh, dx, x_unit, steps } = pass;
        for (dh, h) in flat_mut(dh).iter_mut().zip(flat(h)) {
            *dh = if *h > 0.0 { *dh } else { LEAK * *dh };
        }
        self.input_rms.normalise(x, x_unit);
        self.error_rms.normalise(dh, steps);
        for (step, bias) in flat_mut(steps).iter_mut().zip(flat_mut(&mut self.bias)) {
            *step *= rate;
            *bias += *step * BIAS_RATE;
        }
        dx.fill(F32x16::ZERO);
        let (dh, steps) = (flat(dh).chunks_exact(4), flat(steps).chunks_exact(4));
        let rows = self.weights.chunks_exact_mut(4 * self.width);
        for ((rows, dh), steps) in rows.zip(dh).zip(steps) {
            step_rows(rows, dx, dh, x_unit, steps);
        }
    }
}

/// The products of four rows with `x`, still to be summed over lanes. Four rows at a time share each load of `x`. Not
/// flattened, as LLVM then gives up vector code for fear of overlapping slices: docs/EXPERIMENTS.md, "Speed of model
/// 1".
#[inline(always)]
fn dot_rows(rows: &[F32x16], x: &[F32x16]) -> [F32x16; 4] {
    let n = x.len();
    let (r0, rest) = rows.split_at(n);
    let (r1, rest) = rest.split_at(n);
    let (r2, rest) = rest.split_at(n);
    let r3 = &rest[..n];
    let mut sum = [F32x16::ZERO; 4];
    for i in 0..n {
        sum[0] = sum[0] + r0[i] * x[i];
        sum[1] = sum[1] + r1[i] * x[i];
        sum[2] = sum[2] + r2[i] * x[i];
        sum[3] = sum[3] + r3[i] * x[i];
    }
    sum
}

/// Adds the part of four rows with errors `dh` to `dx`, then moves the rows by `steps` along `x_unit`. Four rows at a
/// time share each load and store of `dx`.
#[inline(always)]
fn step_rows(rows: &mut [F32x16], dx: &mut [F32x16], dh: &[f32], x_unit: &[F32x16], steps: &[f32]) {
    let n = x_unit.len();
    let dx = &mut dx[..n];
    let (dh, steps): ([f32; 4], [f32; 4]) = (std::array::from_fn(|i| dh[i]), std::array::from_fn(|i| steps[i]));
    let (r0, rest) = rows.split_at_mut(n);
    let (r1, rest) = rest.split_at_mut(n);
    let (r2, rest) = rest.split_at_mut(n);
    let r3 = &mut rest[..n];
    for i in 0..n {
        dx[i] = dx[i] + ((r0[i] * dh[0] + r1[i] * dh[1]) + (r2[i] * dh[2] + r3[i] * dh[3]));
        r0[i] = r0[i] + x_unit[i] * steps[0];
        r1[i] = r1[i] + x_unit[i] * steps[1];
        r2[i] = r2[i] + x_unit[i] * steps[2];
        r3[i] = r3[i] + x_unit[i] * steps[3];
    }
}
