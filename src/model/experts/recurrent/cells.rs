//! Bytes → cells → features: one layer of LSTM cells (Hochreiter & Schmidhuber 1997). The input gate is one less the
//! forget gate, so a cell is a running mean and stays within ± 1 (Greff et al. 2017, *LSTM: a search space odyssey*,
//! "coupled gates"). The sums of each gate are brought to unit size (Zhang & Sennrich 2019, *Root mean square layer
//! normalization*).
//!
//! ```text
//! z = E[byte] + U h'      n = z / rms(z), gate by gate
//! f = σ(n_f + b_f)        g = tanh(n_g + b_g)        o = σ(n_o + b_o)
//! c = f c' + (1 − f) g    h = o tanh c               c', h': those after the byte before
//! ```

use super::matrix::{self, HORIZON};
use crate::math::{F32x16, LANES, exp, flat, flat_mut};
use crate::model::{experts::trained::Part, rng::Rng};

/// Gates: forget, new value, output.
pub const GATES: usize = 3;
/// Weights of U start uniform in ± U_INIT/√cells, of E in ± E_INIT: docs/EXPERIMENTS.md, "The recurrent expert".
const U_INIT: f32 = 1.2;
const E_INIT: f32 = 0.5;
/// The bias of the forget gate at first: cells remember unless they learn to forget. Not tried alone.
const FORGET_BIAS: f32 = 1.0;
/// The least mean square of a gate's sums, so that no division is by zero. Not tried alone.
pub(super) const SQUARE_FLOOR: f32 = 1e-5;

/// A byte that is frequent in the content that trained weights come from.
const FREQUENT: u8 = b' ';

/// The layer's weights, and the running means of their squared gradients.
#[derive(Clone, Debug)]
pub struct Weights {
    /// As [`matrix`] has it: (blocks, cells, BLOCK, 16)
    pub u: Vec<F32x16>,
    pub u_means: Vec<F32x16>,
    /// (256, GATES, cells/16, 16)
    pub e: Vec<F32x16>,
    pub e_means: Vec<F32x16>,
    /// (GATES, cells/16, 16)
    pub b: Vec<F32x16>,
}

impl Weights {
    /// Random weights for 16 · `height` cells.
    pub fn new(height: usize, rng: &mut Rng) -> Self {
        let (cells, wide) = (height * LANES, GATES * height);
        let zeros = |n| vec![F32x16::ZERO; n];
        let mut b = zeros(wide);
        b[..height].fill(F32x16::splat(FORGET_BIAS));
        Self {
            u: rng.vectors(cells * wide, U_INIT / (cells as f32).sqrt()),
            u_means: zeros(cells * wide),
            e: rng.vectors(256 * wide, E_INIT),
            e_means: zeros(256 * wide),
            b,
        }
    }

    /// All that is learnt. Of the means of E only a frequent byte's: see [`spread_means`](Self::spread_means).
    pub fn parts(&mut self) -> Vec<Part<'_>> {
        let row = usize::from(FREQUENT) * self.b.len()..(usize::from(FREQUENT) + 1) * self.b.len();
        vec![
            Part::Weights(&mut self.u),
            Part::Means(&mut self.u_means),
            Part::Weights(&mut self.e),
            Part::Means(&mut self.e_means[row]),
            Part::Weights(&mut self.b),
        ]
    }

    /// Gives the rows of all bytes the frequent byte's means.
    pub fn spread_means(&mut self) {
        let wide = self.b.len();
        let from = usize::from(FREQUENT) * wide..(usize::from(FREQUENT) + 1) * wide;
        (0..256).for_each(|byte| self.e_means.copy_within(from.clone(), byte * wide));
    }

    /// Copies `other`, which has the same sizes.
    pub fn copy_from(&mut self, other: &Self) {
        self.u.copy_from_slice(&other.u);
        self.u_means.copy_from_slice(&other.u_means);
        self.e.copy_from_slice(&other.e);
        self.e_means.copy_from_slice(&other.e_means);
        self.b.copy_from_slice(&other.b);
    }
}

/// What the passes over the last bytes, HORIZON at most, leave for learning.
#[derive(Clone, Debug)]
pub struct Trace {
    /// Cells over 16.
    pub height: usize,
    /// Features before the first of the bytes, and after each. (HORIZON + 1, cells/16, 16)
    pub h: Vec<F32x16>,
    /// Cells, likewise. (HORIZON + 1, cells/16, 16)
    pub c: Vec<F32x16>,
    /// tanh of the cells after each byte. (HORIZON, cells/16, 16)
    pub tanh_c: Vec<F32x16>,
    /// The sums of the gates at unit size. (HORIZON, GATES, cells/16, 16)
    pub n: Vec<F32x16>,
    /// The gates. (HORIZON, GATES, cells/16, 16)
    pub gates: Vec<F32x16>,
    /// 1 over the root mean square of each gate's sums.
    pub scale: [[f32; GATES]; HORIZON],
    pub bytes: [u8; HORIZON],
    /// The gradient at the features after each byte, to which the heads add. (HORIZON, cells/16, 16)
    pub dh: Vec<F32x16>,
    /// The place of the last byte.
    pub t: usize,
}

impl Trace {
    /// No bytes yet.
    pub fn new(height: usize) -> Self {
        let (wide, zeros) = (GATES * height, |n| vec![F32x16::ZERO; n]);
        Self {
            height,
            h: zeros((HORIZON + 1) * height),
            c: zeros((HORIZON + 1) * height),
            tanh_c: zeros(HORIZON * height),
            n: zeros(HORIZON * wide),
            gates: zeros(HORIZON * wide),
            scale: [[0.0; GATES]; HORIZON],
            bytes: [0; HORIZON],
            dh: zeros(HORIZON * height),
            t: HORIZON - 1,
        }
    }

    /// Forgets all bytes.
    pub fn restart(&mut self) {
        let last = HORIZON * self.height..;
        self.h[last.clone()].fill(F32x16::ZERO);
        self.c[last].fill(F32x16::ZERO);
        self.t = HORIZON - 1;
    }

    /// The features after the last byte. (cells/16, 16)
    #[inline(always)]
    pub fn features(&self) -> &[F32x16] {
        &self.h[(self.t + 1) * self.height..][..self.height]
    }

    /// The gradient there. (cells/16, 16)
    #[inline(always)]
    pub fn gradient(&mut self) -> &mut [F32x16] {
        &mut self.dh[self.t * self.height..][..self.height]
    }

    /// Takes in `byte`.
    #[inline(always)]
    pub fn step(&mut self, weights: &Weights, byte: u8) {
        let height = self.height;
        self.t = (self.t + 1) % HORIZON;
        let t = self.t;
        if t == 0 {
            self.h.copy_within(HORIZON * height.., 0);
            self.c.copy_within(HORIZON * height.., 0);
        }
        self.bytes[t] = byte;
        self.open_gates(weights);
        let gates = &self.gates[t * GATES * height..][..GATES * height];
        for i in 0..height {
            let (before, after) = (t * height + i, (t + 1) * height + i);
            let (f, g, o) = (gates[i], gates[height + i], gates[2 * height + i]);
            let c = g + f * (self.c[before] - g);
            let tanh_c = c.map(tanh);
            self.c[after] = c;
            self.tanh_c[before] = tanh_c;
            self.h[after] = o * tanh_c;
        }
        self.dh[t * height..][..height].fill(F32x16::ZERO);
    }

    /// Computes the gates for the last byte from it and from the features before it.
    #[inline(always)]
    fn open_gates(&mut self, weights: &Weights) {
        let (height, t) = (self.height, self.t);
        let wide = GATES * height;
        let n = &mut self.n[t * wide..][..wide];
        n.copy_from_slice(&weights.e[usize::from(self.bytes[t]) * wide..][..wide]);
        matrix::add_product(&weights.u, flat(&self.h[t * height..][..height]), n);
        let gates = self.gates[t * wide..][..wide].chunks_exact_mut(height);
        let parts = n.chunks_exact_mut(height).zip(gates).zip(weights.b.chunks_exact(height));
        for (gate, ((n, out), b)) in parts.enumerate() {
            let square = n.iter().fold(F32x16::ZERO, |sum, z| sum + *z * *z);
            let scale = 1.0 / (square.sum() / (height * LANES) as f32 + SQUARE_FLOOR).sqrt();
            self.scale[t][gate] = scale;
            for ((n, out), b) in flat_mut(n).iter_mut().zip(flat_mut(out)).zip(flat(b)) {
                *n *= scale;
                *out = *n + *b;
            }
            // A choice of functions would be called through a pointer, lane by lane.
            if gate == 1 { apply(out, tanh) } else { apply(out, sigmoid) }
        }
    }
}

/// Lane by lane `f`, in place.
#[inline(always)]
fn apply(vectors: &mut [F32x16], f: impl Fn(f32) -> f32) {
    for x in flat_mut(vectors) {
        *x = f(*x);
    }
}

/// 1/(1 + e^−x), in (0, 1].
#[inline(always)]
fn sigmoid(x: f32) -> f32 {
    1.0 / (1.0 + exp(-x))
}

/// In [−1, 1].
#[inline(always)]
fn tanh(x: f32) -> f32 {
    1.0 - 2.0 / (1.0 + exp(2.0 * x))
}
