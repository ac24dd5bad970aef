//! Values → values of unit size, by a running mean of their squares (RMSprop: Tieleman & Hinton 2012).
//!
//! At batch size one a gradient matrix has rank one, `δ xᵀ`. Normalising the two vectors instead of the matrix
//! costs a sum of their lengths instead of the product, and does as well.

use crate::math::F32x16;

/// How fast the running means follow.
const DECAY: f32 = 0.001;

/// Running mean squares of one vector, lane by lane.
#[derive(Debug)]
pub struct Rms {
    /// (n/16, 16)
    mean_square: Vec<F32x16>,
    /// Added to the root, so that what is nearly always zero is not blown up.
    epsilon: f32,
}

impl Rms {
    /// For a vector of 16 · `len` values whose squares are about `initial` at first.
    pub fn new(len: usize, initial: f32, epsilon: f32) -> Self {
        Self { mean_square: vec![F32x16::splat(initial); len], epsilon }
    }

    /// Takes `values` into the means and gives each over its root mean square.
    #[inline(always)]
    pub fn normalise(&mut self, values: &[F32x16], out: &mut [F32x16]) {
        for ((mean, value), out) in self.mean_square.iter_mut().zip(values).zip(out) {
            *mean = *mean + (*value * *value - *mean) * DECAY;
            *out = value.zip(*mean, |v, m| v / (m.sqrt() + self.epsilon));
        }
    }
}
