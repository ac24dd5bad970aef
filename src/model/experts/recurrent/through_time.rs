//! The gradient of the last HORIZON bytes' ln p by the cells' weights, back through time (Werbos 1990; truncated:
//! Williams & Peng 1990), and the weights' steps, by RMSprop.

use super::{
    cells::{GATES, Trace, Weights},
    matrix::{self, HORIZON, RmsProp},
};
use crate::math::{F32x16, LANES, flat, flat_mut};

/// The rate of U at first; it falls as 1/√(1 + updates/RATE_UPDATES) to RATE_END of that. Rates of E and b fall alike:
/// docs/EXPERIMENTS.md, "The recurrent expert".
pub(super) const U_RATE: f32 = 0.004;
pub(super) const E_RATE: f32 = 0.02;
pub(super) const B_RATE: f32 = 0.01;
const RATE_UPDATES: f32 = 2500.0;
const RATE_END: f32 = 0.25;
/// How fast the means of squared gradients follow, but for the first ones, which are plain means. Not tried alone.
pub(super) const U_DECAY: f32 = 0.001;
pub(super) const E_DECAY: f32 = 0.02;
/// Keeps divisions finite. Not tried alone.
pub(super) const U_FLOOR: f32 = 1e-12;
pub(super) const E_FLOOR: f32 = 1e-8;
/// Gradients at features and cells stay within ± this, so that no gradient can grow without bound on its way back.
/// Learning hardly ever gets near it.
const CLIP: f32 = 16.0;

/// Learns from traces of HORIZON bytes.
#[derive(Clone, Debug)]
pub struct Learner {
    /// The gradient at the sums of the gates, after learning. (HORIZON, GATES, cells/16, 16)
    pub(super) dz: Vec<F32x16>,
    /// The gradient at the biases. (GATES, cells/16, 16)
    pub(super) db: Vec<F32x16>,
    /// The gradients that reach back to the cells and features before a byte. (cells/16, 16)
    dc: Vec<F32x16>,
    dh: Vec<F32x16>,
    /// Traces that were learnt from.
    pub(super) updates: f32,
}

impl Learner {
    /// For 16 · `height` cells, whose weights stand for `updates`.
    pub fn new(height: usize, updates: f32) -> Self {
        let zeros = |n| vec![F32x16::ZERO; n];
        Self {
            dz: zeros(HORIZON * GATES * height),
            db: zeros(GATES * height),
            dc: zeros(height),
            dh: zeros(height),
            updates,
        }
    }

    /// One step of `weights` along the gradient of `trace`, which is full.
    #[inline(always)]
    pub fn learn(&mut self, trace: &Trace, weights: &mut Weights) {
        self.backward(trace, weights);
        self.step(trace, weights);
    }

    /// The gradients at the sums of the gates and at the biases.
    #[inline(always)]
    fn backward(&mut self, trace: &Trace, weights: &Weights) {
        let (height, wide) = (trace.height, GATES * trace.height);
        self.dc.fill(F32x16::ZERO);
        self.dh.fill(F32x16::ZERO);
        self.db.fill(F32x16::ZERO);
        for t in (0..HORIZON).rev() {
            let dz = &mut self.dz[t * wide..][..wide];
            through_cells(trace, t, &self.dh, &mut self.dc, dz);
            for (sum, dz) in flat_mut(&mut self.db).iter_mut().zip(flat(dz)) {
                *sum += dz;
            }
            let n = trace.n[t * wide..][..wide].chunks_exact(height);
            for ((dz, n), &scale) in dz.chunks_exact_mut(height).zip(n).zip(&trace.scale[t]) {
                through_scale(n, scale, dz);
            }
            matrix::transposed_product(&weights.u, dz, &mut self.dh);
        }
    }

    #[inline(always)]
    fn step(&mut self, trace: &Trace, weights: &mut Weights) {
        self.updates += 1.0;
        let fall = self.fall();
        let mean = 1.0 / self.updates;
        let (decay, rate) = (if mean > U_DECAY { mean } else { U_DECAY }, U_RATE * fall);
        let h = &trace.h[..HORIZON * trace.height];
        let rule = RmsProp { decay, rate, floor: U_FLOOR };
        matrix::learn(&mut weights.u, &mut weights.u_means, &self.dz, h, &rule);
        for (b, db) in flat_mut(&mut weights.b).iter_mut().zip(flat(&self.db)) {
            *b += db * (B_RATE * fall);
        }
        let wide = GATES * trace.height;
        for (&byte, dz) in trace.bytes.iter().zip(self.dz.chunks_exact(wide)) {
            let row = usize::from(byte) * wide..(usize::from(byte) + 1) * wide;
            let (e, means) = (&mut weights.e[row.clone()], &mut weights.e_means[row]);
            for ((e, mean), dz) in flat_mut(e).iter_mut().zip(flat_mut(means)).zip(flat(dz)) {
                *mean += (dz * dz - *mean) * E_DECAY;
                *e += E_RATE * fall * dz / (*mean + E_FLOOR).sqrt();
            }
        }
    }

    /// What is left of the first rates.
    pub(super) fn fall(&self) -> f32 {
        let fall = 1.0 / (1.0 + self.updates / RATE_UPDATES).sqrt();
        if fall > RATE_END { fall } else { RATE_END }
    }
}

/// The gradient at the sums of the gates, at unit size, of byte `t` → `dz`, given `dh` and `dc` from the byte after;
/// and `dc` for the byte before.
#[inline(always)]
fn through_cells(trace: &Trace, t: usize, dh: &[F32x16], dc: &mut [F32x16], dz: &mut [F32x16]) {
    let (height, one) = (trace.height, F32x16::splat(1.0));
    let gates = &trace.gates[t * GATES * height..][..GATES * height];
    for i in 0..height {
        let at = t * height + i;
        let (f, g, o) = (gates[i], gates[height + i], gates[2 * height + i]);
        let dh = (trace.dh[at] + dh[i]).clamp(CLIP);
        let d = dc[i] + dh * o * (one - trace.tanh_c[at] * trace.tanh_c[at]);
        dz[i] = d * (trace.c[at] - g) * f * (one - f);
        dz[height + i] = d * (one - f) * (one - g * g);
        dz[2 * height + i] = dh * trace.tanh_c[at] * o * (one - o);
        dc[i] = (d * f).clamp(CLIP);
    }
}

/// The gradient at a gate's sums at unit size → that at the sums: `dz ← (dz − n · mean(dz · n)) · scale`.
#[inline(always)]
fn through_scale(n: &[F32x16], scale: f32, dz: &mut [F32x16]) {
    let product = n.iter().zip(dz.iter()).fold(F32x16::ZERO, |sum, (n, dz)| sum + *n * *dz);
    let mean = product.sum() / (n.len() * LANES) as f32;
    for (dz, n) in flat_mut(dz).iter_mut().zip(flat(n)) {
        *dz = (*dz - n * mean) * scale;
    }
}
