//! Last bytes → logits, past the mixer: what it still gets wrong after these one, two or three bytes. Biases that learn
//! by SGD, as direct connections from n-grams to outputs do (Mahoney 2000, *Fast text compression with neural
//! networks*; Mikolov et al. 2011); in PAQ's terms a final SSE stage.

use super::{
    contexts::hash,
    table::{Table, prefetch},
};
use crate::{Result, math::F32x16};

/// Biases by the last one, two and three bytes.
pub const ORDERS: usize = 3;

/// The rows of logits.
#[derive(Debug)]
pub struct Correction {
    /// (2^bits, 16)
    table: Table<F32x16>,
    /// The rows in use.
    hashes: [u64; ORDERS],
    rate: f32,
}

impl Correction {
    /// 2^`bits` rows of zeros.
    ///
    /// # Errors
    /// As [`Table::new`].
    pub fn new(bits: u32, rate: f32) -> Result<Self> {
        Ok(Self { table: Table::new(bits)?, hashes: [0; ORDERS], rate })
    }

    /// The hashes of the rows of `head` after the bytes `last8`; the rows are brought near while other work is done.
    #[inline(always)]
    pub fn prefetch(&self, head: usize, last8: u64) -> [u64; ORDERS] {
        let of = |n: u64, mask: u64| hash((last8 & mask) << 8 | head as u64, n);
        let hashes = [of(1, 0xff), of(2, 0xffff), of(3, 0xff_ffff)];
        hashes.iter().for_each(|&hash| prefetch(self.table.row(hash)));
        hashes
    }

    /// The sum of the rows of `hashes`, which are in use from now on. (16)
    #[inline(always)]
    pub fn forward(&mut self, hashes: [u64; ORDERS]) -> F32x16 {
        self.hashes = hashes;
        *self.table.row(hashes[0]) + *self.table.row(hashes[1]) + *self.table.row(hashes[2])
    }

    /// One step of each row in use along `delta`, the gradient at the logits. (16)
    #[inline(always)]
    pub fn learn(&mut self, delta: F32x16) {
        let step = delta * self.rate;
        for hash in self.hashes {
            let row = self.table.row_mut(hash);
            *row = *row + step;
        }
    }
}
