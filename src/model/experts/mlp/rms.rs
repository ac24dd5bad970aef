//! Values → values of unit size, by a running mean of their squares (RMSprop: Tieleman & Hinton 2012).
//!
//! At batch size one a gradient matrix has rank one, `δ xᵀ`. Normalising the two vectors instead of the matrix costs
//! the sum of their lengths instead of the product, and compresses as well.

use crate::math::{F32x16, flat, flat_mut};

/// How fast the running means follow: docs/EXPERIMENTS.md, "Model 1".
pub(super) const DECAY: f32 = 0.001;

/// Running mean squares of one vector, lane by lane.
#[derive(Clone, Debug)]
pub struct Rms {
    /// (n/16, 16)
    pub(super) mean_square: Vec<F32x16>,
    /// Added to every square, above 0: so rare values in lanes that are nearly always zero stay small, and no mean
    /// reaches 0.
    pub(super) floor: f32,
}

impl Rms {
    /// Means of 16 · `len` values, which are `initial` at first and never below `floor`.
    pub fn new(len: usize, initial: f32, floor: f32) -> Self {
        Self { mean_square: vec![F32x16::splat(initial); len], floor }
    }

    /// Copies the means of `other`, which has the same length.
    pub fn copy_from(&mut self, other: &Self) {
        self.mean_square.copy_from_slice(&other.mean_square);
    }

    /// Takes `values` into the means, and writes each value over its root mean square: at most 1/√DECAY.
    #[inline(always)]
    pub fn normalise(&mut self, values: &[F32x16], out: &mut [F32x16]) {
        let means = flat_mut(&mut self.mean_square);
        for ((mean, value), out) in means.iter_mut().zip(flat(values)).zip(flat_mut(out)) {
            *mean += (value * value + self.floor - *mean) * DECAY;
            *out = value / mean.sqrt();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_of_any_size_come_out_at_unit_size() {
        for size in [1e-2f32, 1.0, 1e4] {
            let mut rms = Rms::new(1, 0.01, 1e-6);
            let mut out = [F32x16::ZERO];
            for i in 0..20_000 {
                let sign = if i % 2 == 0 { size } else { -size };
                rms.normalise(&[F32x16::splat(sign)], &mut out);
            }
            assert!((out[0].0[0].abs() - 1.0).abs() < 0.05, "{size}: {}", out[0].0[0]);
        }
    }

    #[test]
    fn means_stop_at_the_floor() {
        let mut rms = Rms::new(1, 0.01, 1e-6);
        for _ in 0..200_000 {
            rms.normalise(&[F32x16::ZERO], &mut [F32x16::ZERO]);
        }
        assert!(rms.mean_square[0].0[0] > 0.9e-6);
    }
}
