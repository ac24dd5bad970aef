//! Hashed n-grams → vectors of 15 dimensions, learnt (n-gram hash embeddings; Mikolov et al. 2011, *RNNLM with
//! hash-based direct connections*; Adagrad: Duchi et al. 2011).
//!
//! One table of rows serves all contexts. A row is one cache line: 15 weights, and in the last lane the sum of the
//! squared gradients it has seen, by which Adagrad slows its steps. A row of zeros is a new row, so the table is
//! zeroed memory and costs nothing until it is touched.

use crate::math::{F32x16, LANES};
use super::{tune::t, table::Table};

/// The lane of a row that holds Adagrad's sum.
const SUM_LANE: usize = LANES - 1;

/// The table.
pub struct Embedding {
    table: Table,
    rate: f32, g0: f32,
}

impl Embedding {
    pub fn new(bits: u32) -> Self {
        let table = Table::new(bits).unwrap();
        Self { table, rate: t("erate", 0.32), g0: t("eg0", 1e-6) }
    }

    /// Looks up the rows of `hashes`; their sums' lanes come out as zero.
    #[inline(always)]
    pub fn gather(&self, hashes: &[u32], x: &mut [F32x16]) {
        for (hash, x) in hashes.iter().zip(x) {
            *x = *self.table.row(*hash);
            x.0[SUM_LANE] = 0.0;
        }
    }

    /// One step up the gradients `dx` for the rows of `hashes`.
    #[inline(always)]
    pub fn learn(&mut self, hashes: &[u32], dx: &[F32x16]) {
        for (hash, dx) in hashes.iter().zip(dx) {
            let row = self.table.row_mut(*hash);
            let mut g = *dx;
            g.0[SUM_LANE] = 0.0;
            let sum = row.0[SUM_LANE] + (g * g).sum();
            *row = *row + g * (self.rate / (sum + self.g0).sqrt());
            row.0[SUM_LANE] = sum;
        }
    }
}
