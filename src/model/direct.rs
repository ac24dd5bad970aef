//! Direct connections: the last bytes → logits, past the hidden layer (Mahoney 2000, *Fast text compression with
//! neural networks*; Mikolov et al. 2011). They learn in a few observations what the layers take long to express.

use super::heads::HEADS;
use crate::math::F32x16;
use super::tune::t;

/// log2 of the rows shared by the contexts of orders 2 and 3.
const ROW_BITS: u32 = 19;

/// Rows of logits for orders 1, 2 and 3.
pub struct Direct {
    rows: Vec<F32x16>,
    active: [usize; 3],
    rate: f32,
}

impl Direct {
    pub fn new() -> Self {
        Self { rows: vec![F32x16::ZERO; 1 << ROW_BITS], active: [0; 3], rate: t("brate", 0.03) }
    }

    /// Logits for `head` after the bytes `last8`.
    #[inline(always)]
    pub fn forward(&mut self, head: usize, last8: u64) -> F32x16 {
        let order1 = (last8 as usize & 0xff) * HEADS + head;
        let hashed = |bytes: u64, n: u64| {
            let h = (bytes << 8 | n << 5 | head as u64).wrapping_mul(0x9e37_79b9_7f4a_7c15);
            ((h ^ h >> 29).wrapping_mul(0xbf58_476d_1ce4_e5b9) >> (64 - ROW_BITS)) as usize
        };
        self.active = [order1, hashed(last8 & 0xffff, 1), hashed(last8 & 0xff_ffff, 2)];
        self.rows[self.active[0]] + self.rows[self.active[1]] + self.rows[self.active[2]]
    }

    /// One step up the gradient `delta` of the rows that `forward` used.
    #[inline(always)]
    pub fn learn(&mut self, delta: F32x16) {
        for row in self.active {
            self.rows[row] = self.rows[row] + delta * self.rate;
        }
    }
}
