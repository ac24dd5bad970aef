//! Numbers → exp and ln, from additions, multiplications, one division and bit patterns: the same bits on every
//! machine.
//!
//! Both reduce to a short interval and sum a series there (Cody & Waite, *Software Manual for the Elementary
//! Functions*, 1980). Errors against libm, measured over dense sweeps: exp ≤ 2 ulp on [−87, 87], ln ≤ 2 ulp on the
//! normal numbers.

use super::lanes::F32x16;

/// Adding and subtracting 1.5 · 2^23 rounds to the nearest integer; the sum has it in its low bits.
const ROUND: f32 = 12_582_912.0;

/// e^x for |x| ≤ 87. Other arguments are clamped to that, so that results are always finite and normal.
#[inline(always)]
pub fn exp(x: f32) -> f32 {
    const LN2_HIGH: f32 = 0.693_359_4; // 355/512: a product with an integer below 2^15 is exact
    const LN2_LOW: f32 = -2.121_944_4e-4;
    let x = if x > 87.0 { 87.0 } else { x };
    let x = if x < -87.0 { -87.0 } else { x };
    let shifted = x * std::f32::consts::LOG2_E + ROUND;
    let n = shifted - ROUND;
    let r = x - n * LN2_HIGH - n * LN2_LOW;
    // Minimax polynomial of (e^r − 1 − r)/r² on |r| ≤ ln2/2 (Cephes expf).
    let p = 1.987_569_1e-4;
    let p = p * r + 1.398_199_9e-3;
    let p = p * r + 8.333_452e-3;
    let p = p * r + 4.166_579_6e-2;
    let p = p * r + 1.666_666_5e-1;
    let p = p * r + 5e-1;
    let y = p * (r * r) + r + 1.0;
    // y · 2^n, by adding n to the exponent.
    f32::from_bits(y.to_bits().wrapping_add(shifted.to_bits() << 23))
}

/// The natural logarithm of a positive normal number.
#[inline(always)]
pub fn ln(x: f32) -> f32 {
    // x = m · 2^e with m in [√½, √2); then ln m = 2 artanh(s), s = (m − 1)/(m + 1).
    const SQRT_HALF_BITS: u32 = 0x3f35_04f3;
    let bits = x.to_bits().wrapping_sub(SQRT_HALF_BITS);
    let e = ((bits as i32) >> 23) as f32;
    let m = f32::from_bits((bits & 0x007f_ffff).wrapping_add(SQRT_HALF_BITS));
    let f = m - 1.0;
    let s = f / (m + 1.0);
    let z = s * s;
    // 2(artanh(s) − s)/s³ as a polynomial in s² (fdlibm logf).
    let p = z * (0.666_666_6 + z * (0.400_009_72 + z * (0.284_987_87 + z * 0.242_790_79)));
    // ln m = f − f²/2 + s(f²/2 + p) (fdlibm), added to e·ln2 in two parts.
    let half = 0.5 * f * f;
    let tail = s * (half + p) + e * 9.058_001e-6;
    e * 0.693_138_1 - ((half - tail) - f)
}

/// The softmax of `logits`: exp of each less the largest, over the sum of these.
#[inline(always)]
pub fn softmax(logits: F32x16) -> F32x16 {
    let max = logits.max();
    over_sum(logits.map(|l| exp(l - max)))
}

/// As [`softmax`], to 10^-4 of each probability, in a third of its latency: a cubic, and no search for the largest logit.
#[inline(always)]
pub fn quick_softmax(logits: F32x16) -> F32x16 {
    over_sum(logits.map(quick_exp))
}

/// Each lane over the sum of all.
#[inline(always)]
fn over_sum(e: F32x16) -> F32x16 {
    e * (1.0 / e.sum())
}

/// e^x to 10^-4 of it; beyond the 100th power of two, of which sixteen can be added, that power.
#[inline(always)]
fn quick_exp(x: f32) -> f32 {
    let x = x * std::f32::consts::LOG2_E;
    let x = if x > 100.0 { 100.0 } else { x };
    let x = if x < -100.0 { -100.0 } else { x };
    let shifted = x + ROUND;
    let r = x - (shifted - ROUND);
    // Minimax polynomial of 2^r on |r| ≤ 1/2, its terms in pairs that do not wait for each other.
    let y = (0.999_928_1 + 0.693_261 * r) + (r * r) * (0.242_611_12 + 0.055_171_67 * r);
    f32::from_bits(y.to_bits().wrapping_add(shifted.to_bits() << 23))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Distance in units of the last place of the correctly rounded result.
    fn ulps(got: f32, want: f64) -> f64 {
        let rounded = want as f32;
        let ulp = f64::from(f32::from_bits(rounded.to_bits() + 1)) - f64::from(rounded);
        ((f64::from(got) - want) / ulp).abs()
    }

    #[test]
    fn exp_is_within_2_ulp_of_libm() {
        let mut worst = 0.0f64;
        for i in 0..2_000_000 {
            let x = -87.0 + i as f32 * (174.0 / 2_000_000.0);
            worst = worst.max(ulps(exp(x), libm::exp(f64::from(x))));
        }
        assert!(worst <= 2.0, "{worst} ulp");
    }

    #[test]
    fn exp_is_clamped_beyond_its_range() {
        assert_eq!(exp(1e30), exp(87.0));
        assert_eq!(exp(-1e30), exp(-87.0));
        assert!(exp(-87.0).is_normal() && exp(87.0).is_finite());
        assert_eq!(exp(0.0), 1.0);
    }

    #[test]
    fn the_quick_exp_is_near_and_limited() {
        for i in -690_000..690_000 {
            let x = i as f32 * 1e-4;
            let exact = libm::exp(f64::from(x));
            assert!((f64::from(quick_exp(x)) / exact - 1.0).abs() < 1e-4, "{x}");
        }
        assert_eq!([quick_exp(1e30), quick_exp(-1e30)], [quick_exp(100.0), quick_exp(-100.0)]);
        assert!(quick_exp(-1e30).is_normal() && (16.0 * quick_exp(1e30)).is_finite());
    }

    #[test]
    fn ln_is_within_2_ulp_of_libm() {
        let mut worst = 0.0f64;
        for i in (0x0080_0000..0x7f80_0000u32).step_by(997) {
            let x = f32::from_bits(i);
            let want = libm::log(f64::from(x));
            if want != 0.0 {
                worst = worst.max(ulps(ln(x).abs(), want.abs()));
            }
        }
        assert!(worst <= 2.0, "{worst} ulp");
        assert_eq!(ln(1.0), 0.0);
    }

    #[test]
    fn softmax_sums_to_one_and_survives_extremes() {
        for scale in [0.0f32, 1.0, 30.0, 1e4, 1e30] {
            for softmax in [softmax, quick_softmax] {
                let p = softmax(F32x16(std::array::from_fn(|i| (i as f32 - 7.5) * scale)));
                let sum: f32 = p.0.iter().sum();
                assert!((sum - 1.0).abs() < 1e-5, "{scale}: {sum}");
                assert!(p.0.iter().all(|v| v.is_finite() && *v >= 0.0));
            }
        }
    }
}
