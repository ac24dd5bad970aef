//! The matrix U from features to the sums of the gates: products with it, with its transpose, and steps of its weights.
//!
//! U lies in blocks of 96 rows, so that a block's sums stay in registers, and within a block column by column. So only
//! the transpose needs sums over lanes, of 16 columns at a time.

use crate::math::{F32x16, LANES, flat, sums};

/// Bytes that the gradient reaches back. 8 or 32 give the same within 1 %: docs/EXPERIMENTS.md, "The recurrent expert".
pub const HORIZON: usize = 16;
/// Vectors of sums in a block.
pub const BLOCK: usize = 6;

/// A block's part of one column, or of the sums.
type Piece = [F32x16; BLOCK];

/// Adds `u` · `h` to `sums_of_gates`. u (blocks, h, BLOCK, 16), h (cells), sums (blocks · BLOCK, 16)
#[inline(always)]
pub fn add_product(u: &[F32x16], h: &[f32], sums_of_gates: &mut [F32x16]) {
    for (u, out) in u.chunks_exact(h.len() * BLOCK).zip(sums_of_gates.chunks_exact_mut(BLOCK)) {
        let mut sum = [F32x16::ZERO; BLOCK];
        for (u, &h) in u.chunks_exact(BLOCK).zip(h) {
            for i in 0..BLOCK {
                sum[i] = sum[i] + u[i] * h;
            }
        }
        for i in 0..BLOCK {
            out[i] = out[i] + sum[i];
        }
    }
}

/// `u`ᵀ · `dz` → `dh`. dz (blocks · BLOCK, 16), dh (cells/16, 16)
#[inline(always)]
pub fn transposed_product(u: &[F32x16], dz: &[F32x16], dh: &mut [F32x16]) {
    let cells = dh.len() * LANES;
    for (group, dh) in dh.iter_mut().enumerate() {
        let mut products = [F32x16::ZERO; LANES];
        for (u, dz) in u.chunks_exact(cells * BLOCK).zip(dz.chunks_exact(BLOCK)) {
            let columns = &u[group * LANES * BLOCK..][..LANES * BLOCK];
            for (u, product) in columns.chunks_exact(BLOCK).zip(&mut products) {
                let mut sum = *product;
                for i in 0..BLOCK {
                    sum = sum + u[i] * dz[i];
                }
                *product = sum;
            }
        }
        *dh = F32x16(sums(&products));
    }
}

/// RMSprop (Tieleman & Hinton 2012): steps along the gradient over the root of its running mean square.
pub struct RmsProp {
    /// How fast the mean follows.
    pub decay: f32,
    pub rate: f32,
    /// Keeps the division finite.
    pub floor: f32,
}

impl RmsProp {
    /// One step of a piece of U. A function and not a closure: those are not always inlined into vector code.
    #[inline(always)]
    fn step(&self, u: &mut [F32x16], means: &mut [F32x16], gradient: &Piece) {
        for i in 0..BLOCK {
            means[i] = means[i] + (gradient[i] * gradient[i] - means[i]) * self.decay;
            u[i] = u[i] + gradient[i].zip(means[i], |gradient, mean| gradient / (mean + self.floor).sqrt()) * self.rate;
        }
    }
}

/// One step of `u` and of `means` along `Σ_t dz_t h_t`, the rows of `dz` and `h` being those of HORIZON bytes.
/// dz (HORIZON, blocks · BLOCK, 16), h (HORIZON, cells/16, 16)
#[inline(always)]
pub fn learn(u: &mut [F32x16], means: &mut [F32x16], dz: &[F32x16], h: &[F32x16], rule: &RmsProp) {
    let (wide, h) = (dz.len() / HORIZON, flat(h));
    let cells = h.len() / HORIZON;
    let blocks = u.chunks_exact_mut(cells * BLOCK).zip(means.chunks_exact_mut(cells * BLOCK));
    for (block, (u, means)) in blocks.enumerate() {
        let dz: [Piece; HORIZON] = std::array::from_fn(|t| std::array::from_fn(|i| dz[t * wide + block * BLOCK + i]));
        for (column, (u, means)) in u.chunks_exact_mut(BLOCK).zip(means.chunks_exact_mut(BLOCK)).enumerate() {
            let mut gradient = [F32x16::ZERO; BLOCK];
            for t in 0..HORIZON {
                let h = h[t * cells + column];
                for i in 0..BLOCK {
                    gradient[i] = gradient[i] + dz[t][i] * h;
                }
            }
            rule.step(u, means, &gradient);
        }
    }
}
