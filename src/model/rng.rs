//! A fixed seed → the random numbers that weights start from (xorshift64: Marsaglia 2003). Part of the model's version.

use crate::math::F32x16;

/// A stream of random numbers.
#[derive(Debug)]
pub struct Rng(u64);

impl Rng {
    /// The stream that every network starts from.
    pub fn new() -> Self {
        Self(0x9e37_79b9_7f4a_7c15)
    }

    /// `len` vectors of numbers in [−scale, scale).
    pub fn vectors(&mut self, len: usize, scale: f32) -> Vec<F32x16> {
        (0..len).map(|_| F32x16(std::array::from_fn(|_| self.next() * scale))).collect()
    }

    /// A number in [−1, 1).
    fn next(&mut self) -> f32 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        (self.0 >> 40) as f32 * (1.0 / 8_388_608.0) - 1.0
    }
}
