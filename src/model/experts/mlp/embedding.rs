//! Hashes of contexts → learnt vectors (hash embeddings; steps by Adagrad: Duchi, Hazan & Singer 2011).
//!
//! All contexts share one table of rows. A row is one cache line: 15 weights, and in the last lane the sum of the row's
//! squared gradients, by which Adagrad shortens its steps. A row of zeros is a new row, so a table is zeroed memory and
//! costs nothing until it is touched.

use crate::model::table::{Table, prefetch};
use crate::{
    Result,
    math::{F32x16, LANES},
};

/// The lane of a row that holds Adagrad's sum; zero in what [`Embedding::gather`] gives.
pub const SUM_LANE: usize = LANES - 1;
/// Length of a row's first step: docs/EXPERIMENTS.md, "Model 1".
const RATE: f32 = 0.4;
/// Keeps the first step finite if its gradient is zero. It makes no other difference: docs/EXPERIMENTS.md, "Model 1".
const SUM_FLOOR: f32 = 1e-6;
/// Weights stay within ± this. Learning never gets near it, but it keeps all later layers finite.
const WEIGHT_LIMIT: f32 = 64.0;

/// The table of rows.
#[derive(Clone, Debug)]
pub struct Embedding {
    /// (2^bits, 16)
    table: Table<F32x16>,
}

impl Embedding {
    /// 2^`bits` rows of zeros.
    ///
    /// # Errors
    /// As [`Table::new`].
    pub fn new(bits: u32) -> Result<Self> {
        Ok(Self { table: Table::new(bits)? })
    }

    /// Zeroes all rows, and makes them 2^`bits`.
    ///
    /// # Errors
    /// As [`Table::new`].
    pub fn restart(&mut self, bits: u32) -> Result<()> {
        self.table.restart(bits)
    }

    /// Prefetches the rows of `hashes`.
    #[inline(always)]
    pub fn prefetch(&self, hashes: &[u64]) {
        hashes.iter().for_each(|&hash| prefetch(self.table.row(hash)));
    }

    /// The vectors of `hashes` → `x`. (contexts, 16)
    #[inline(always)]
    pub fn gather(&self, hashes: &[u64], x: &mut [F32x16]) {
        for (&hash, x) in hashes.iter().zip(x) {
            *x = with_sum(self.table.row(hash), 0.0);
        }
    }

    /// One step of each row along its gradient `dx`. (contexts, 16)
    #[inline(always)]
    pub fn learn(&mut self, hashes: &[u64], dx: &[F32x16]) {
        for (&hash, dx) in hashes.iter().zip(dx) {
            let row = self.table.row_mut(hash);
            let gradient = with_sum(dx, 0.0);
            let sum = row.0[SUM_LANE] + (gradient * gradient).sum();
            let weights = *row + gradient * (RATE / (sum + SUM_FLOOR).sqrt());
            *row = with_sum(&weights.clamp(WEIGHT_LIMIT), sum);
        }
    }
}

/// The row with `sum` in its lane. Builds a whole vector: a wide load after a store of one lane would stall.
#[inline(always)]
fn with_sum(row: &F32x16, sum: f32) -> F32x16 {
    F32x16(std::array::from_fn(|lane| if lane == SUM_LANE { sum } else { row.0[lane] }))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn steps_follow_the_gradient_and_shrink() {
        let mut embedding = Embedding::new(8).unwrap();
        let hash = [0xabcd_0123_4567_89ab];
        let mut before = [F32x16::ZERO];
        let mut lengths = Vec::new();
        for _ in 0..3 {
            embedding.gather(&hash, &mut before);
            embedding.learn(&hash, &[F32x16::splat(0.5)]);
            let mut after = [F32x16::ZERO];
            embedding.gather(&hash, &mut after);
            assert_eq!(after[0].0[SUM_LANE], 0.0);
            lengths.push(after[0].0[0] - before[0].0[0]);
        }
        assert!(lengths[0] > lengths[1] && lengths[1] > lengths[2] && lengths[2] > 0.0, "{lengths:?}");
    }

    #[test]
    fn other_rows_stay_zero() {
        let mut embedding = Embedding::new(8).unwrap();
        embedding.learn(&[0], &[F32x16::splat(1.0)]);
        let mut x = [F32x16::splat(9.0)];
        embedding.gather(&[u64::MAX], &mut x);
        assert_eq!(x[0], F32x16::ZERO);
    }

    #[test]
    fn weights_stay_bounded_under_absurd_gradients() {
        let mut embedding = Embedding::new(1).unwrap();
        let mut x = [F32x16::ZERO];
        for scale in [1e-30f32, 1e18, 1e30, 3e38] {
            for _ in 0..1000 {
                embedding.learn(&[0], &[F32x16::splat(scale)]);
            }
            embedding.gather(&[0], &mut x);
            assert!(x[0].0.iter().all(|w| w.abs() <= WEIGHT_LIMIT), "{scale}: {x:?}");
        }
    }
}
