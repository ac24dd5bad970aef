//! Last bytes → logits, past the hidden layer: direct connections from n-grams to outputs (Mahoney 2000, *Fast text
//! compression with neural networks*; Mikolov et al. 2011). They learn in a few observations what layers take long
//! to express.

use super::{contexts::hash, table::Table};
use crate::{Result, math::F32x16};

/// Connections from the last one, two and three bytes.
pub const ORDERS: usize = 3;
const RATE: f32 = 0.04;

/// The rows of logits.
#[derive(Debug)]
pub struct Direct {
    /// (2^bits, 16)
    table: Table,
}

impl Direct {
    /// 2^`bits` rows of zeros.
    ///
    /// # Errors
    /// As [`Table::new`].
    pub fn new(bits: u32) -> Result<Self> {
        Ok(Self { table: Table::new(bits)? })
    }

    /// The hashes of the rows of `head` after the bytes `last8`.
    #[inline(always)]
    pub fn select(head: usize, last8: u64) -> [u32; ORDERS] {
        let of = |n: u64, mask: u64| hash((last8 & mask) << 8 | head as u64, n);
        [of(1, 0xff), of(2, 0xffff), of(3, 0xff_ffff)]
    }

    /// Has the rows of `hashes` brought near while other work is done.
    #[inline(always)]
    pub fn prefetch(&self, hashes: &[u32; ORDERS]) {
        hashes.iter().for_each(|&hash| self.table.prefetch(hash));
    }

    /// The sum of the rows of `hashes`. (16)
    #[inline(always)]
    pub fn logits(&self, hashes: &[u32; ORDERS]) -> F32x16 {
        *self.table.row(hashes[0]) + *self.table.row(hashes[1]) + *self.table.row(hashes[2])
    }

    /// One step of each row along `delta`, the gradient at the logits. (16)
    #[inline(always)]
    pub fn learn(&mut self, hashes: &[u32; ORDERS], delta: F32x16) {
        for &hash in hashes {
            let row = self.table.row_mut(hash);
            *row = *row + delta * RATE;
        }
    }
}
