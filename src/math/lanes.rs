//! Sixteen `f32` → sixteen `f32`: one nibble's alphabet, one cache line, the crate's only vector.
//!
//! Every operation is lane by lane in plain IEEE-754, written as loops that compilers turn into one AVX-512, two
//! AVX2 or four SSE/NEON instructions. Sums over lanes follow one fixed tree, so that their rounding is part of
//! the format and not of the machine.

#![allow(clippy::needless_range_loop)] // plain index loops are what compilers vectorise best

use std::ops::{Add, Mul, Sub};

/// Lanes of a vector.
pub const LANES: usize = 16;

/// Sixteen `f32`, aligned to a cache line.
#[derive(Clone, Copy, Debug, PartialEq)]
#[repr(C, align(64))]
pub struct F32x16(pub [f32; LANES]);

// SAFETY: sixteen floats, for which all bits are valid; 64 bytes, so that alignment adds no padding.
unsafe impl bytemuck::Zeroable for F32x16 {}
// SAFETY: as above.
unsafe impl bytemuck::Pod for F32x16 {}
const _: () = assert!(size_of::<F32x16>() == size_of::<[f32; LANES]>());

impl F32x16 {
    /// All lanes zero.
    pub const ZERO: Self = Self([0.0; LANES]);

    /// All lanes `value`.
    #[inline(always)]
    pub const fn splat(value: f32) -> Self {
        Self([value; LANES])
    }

    /// Lane by lane `f(self)`.
    #[inline(always)]
    pub fn map(self, f: impl Fn(f32) -> f32) -> Self {
        let mut out = [0.0; LANES];
        for i in 0..LANES {
            out[i] = f(self.0[i]);
        }
        Self(out)
    }

    /// Lane by lane `f(self, other)`.
    #[inline(always)]
    pub fn zip(self, other: Self, f: impl Fn(f32, f32) -> f32) -> Self {
        let mut out = [0.0; LANES];
        for i in 0..LANES {
            out[i] = f(self.0[i], other.0[i]);
        }
        Self(out)
    }

    /// Each lane clamped to ± `limit`.
    #[inline(always)]
    pub fn clamp(self, limit: f32) -> Self {
        self.map(|x| if x > limit { limit } else { x }).map(|x| if x < -limit { -limit } else { x })
    }

    /// The sum over the lanes by halving: 16 → 8 → 4 → 2 → 1, lane `i` taking lane `i + half`.
    #[inline(always)]
    pub fn sum(self) -> f32 {
        self.fold(|a, b| a + b)
    }

    /// The largest lane.
    #[inline(always)]
    pub fn max(self) -> f32 {
        self.fold(|a, b| if a > b { a } else { b })
    }

    #[inline(always)]
    fn fold(self, f: impl Fn(f32, f32) -> f32) -> f32 {
        let a = self.0;
        let mut b = [0.0; 8];
        for i in 0..8 {
            b[i] = f(a[i], a[i + 8]);
        }
        let mut c = [0.0; 4];
        for i in 0..4 {
            c[i] = f(b[i], b[i + 4]);
        }
        f(f(c[0], c[2]), f(c[1], c[3]))
    }
}

/// The lanes of all `vectors`, one after the other. LLVM compiles loops over these to vector instructions; it compiles
/// loops over vectors to gathers and scatters, which are several times slower.
#[inline(always)]
pub fn flat(vectors: &[F32x16]) -> &[f32] {
    bytemuck::cast_slice(vectors)
}

/// As [`flat`], mutable.
#[inline(always)]
pub fn flat_mut(vectors: &mut [F32x16]) -> &mut [f32] {
    bytemuck::cast_slice_mut(vectors)
}

/// The sums of vectors, side by side: number `i` is `vectors[i].sum()`.
///
/// Halves all vectors at once, level by level, so that the compiler sees short loops over neighbours. Not inlined on
/// purpose: inside AVX code LLVM compiles the transposition to gathers, several times slower than the baseline's
/// shuffles.
#[inline(never)]
pub fn sums<const N: usize>(vectors: &[F32x16; N]) -> [f32; N] {
    let mut eight = [[0.0; 8]; N];
    for (vector, eight) in vectors.iter().zip(&mut eight) {
        for i in 0..8 {
            eight[i] = vector.0[i] + vector.0[i + 8];
        }
    }
    let mut four = [[0.0; 4]; N];
    for (eight, four) in eight.iter().zip(&mut four) {
        for i in 0..4 {
            four[i] = eight[i] + eight[i + 4];
        }
    }
    let mut two = [[0.0; 2]; N];
    for (four, two) in four.iter().zip(&mut two) {
        for i in 0..2 {
            two[i] = four[i] + four[i + 2];
        }
    }
    two.map(|two| two[0] + two[1])
}

impl Add for F32x16 {
    type Output = Self;
    #[inline(always)]
    fn add(self, other: Self) -> Self {
        self.zip(other, |a, b| a + b)
    }
}

impl Sub for F32x16 {
    type Output = Self;
    #[inline(always)]
    fn sub(self, other: Self) -> Self {
        self.zip(other, |a, b| a - b)
    }
}

impl Mul for F32x16 {
    type Output = Self;
    #[inline(always)]
    fn mul(self, other: Self) -> Self {
        self.zip(other, |a, b| a * b)
    }
}

impl Mul<f32> for F32x16 {
    type Output = Self;
    #[inline(always)]
    fn mul(self, factor: f32) -> Self {
        self.map(|a| a * factor)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sums_follow_the_documented_tree() {
        let x: [f32; 16] = std::array::from_fn(|i| (i as f32 * 0.7).fract() * 1e3 + 1e-3 * i as f32);
        let b: [f32; 8] = std::array::from_fn(|i| x[i] + x[i + 8]);
        let c: [f32; 4] = std::array::from_fn(|i| b[i] + b[i + 4]);
        assert_eq!(F32x16(x).sum().to_bits(), ((c[0] + c[2]) + (c[1] + c[3])).to_bits());
    }

    #[test]
    fn sums_of_sixteen_are_those_of_each() {
        let vectors: [F32x16; LANES] =
            std::array::from_fn(|v| F32x16(std::array::from_fn(|i| ((v * 31 + i * 7) as f32 * 0.37).fract() - 0.4)));
        assert_eq!(sums(&vectors).map(f32::to_bits), vectors.map(|v| v.sum().to_bits()));
    }

    #[test]
    fn the_maximum_is_found_in_every_lane() {
        for lane in 0..LANES {
            let mut x = F32x16::splat(-3.0);
            x.0[lane] = -2.5;
            assert_eq!(x.max(), -2.5);
        }
    }
}
