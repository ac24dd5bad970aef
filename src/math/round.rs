//! Numbers → the nearest integers, in vector code.

/// Rounds 0 ≤ x ≤ 2^23 to nearest, ties to even, modulo 2^23, by adding 2^23, above which an f32 has no fraction bits.
/// A cast saturates, and LLVM does not vectorise that (docs/EXPERIMENTS.md, "Speed of model 2").
#[inline(always)]
pub fn round(x: f32) -> u32 {
    const TWO_23: f32 = 8_388_608.0;
    (x + TWO_23).to_bits() & 0x7f_ffff
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_round_to_nearest_and_wrap_at_the_end() {
        for (x, rounded) in
            [(0.0, 0), (0.4, 0), (0.5, 0), (1.5, 2), (2.6, 3), (8_388_606.5, 8_388_606), (8_388_608.0, 0)]
        {
            assert_eq!(round(x), rounded, "{x}");
        }
        assert!((0..1 << 23).step_by(997).all(|n| round(n as f32) == n));
    }
}
