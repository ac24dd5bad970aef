//! Probabilities → integer frequencies: the boundary of model and coder.

use crate::math::{F32x16, LANES, round};

/// log2 of the total of all frequencies: the most expensive symbol costs 20 bits, the cheapest less than 5·10⁻⁵.
pub const TOTAL_BITS: u32 = 20;
const TOTAL: u32 = 1 << TOTAL_BITS;

/// Sixteen frequencies, each at least 1, so that every symbol can be coded. The frequency of the last symbol is not its
/// entry, but the rest of 2^TOTAL_BITS.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Frequencies([u32; LANES]);

impl Frequencies {
    /// Scales `probabilities` (each ≥ 0, sum 1 up to rounding) to integers ≥ 1. The scale is 32 less than the total, so
    /// that rounding cannot exceed it. The rest, at most 32, goes to the last symbol: to find a better one would delay
    /// every nibble.
    #[inline(always)]
    pub fn new(probabilities: &F32x16) -> Self {
        Self(probabilities.0.map(|p| 1 + round(p * (TOTAL - 2 * LANES as u32) as f32)))
    }

    /// The half-open interval of `symbol` in `0..2^TOTAL_BITS`.
    #[inline(always)]
    pub fn interval(&self, symbol: u8) -> (u32, u32) {
        let symbol = usize::from(symbol & 15);
        let before = (0..).zip(self.0).map(|(i, frequency)| if i < symbol { frequency } else { 0 });
        let start = before.sum();
        (start, if symbol == LANES - 1 { TOTAL } else { start + self.0[symbol] })
    }

    /// The frequency of `symbol`.
    pub fn width(&self, symbol: u8) -> u32 {
        let (start, end) = self.interval(symbol);
        end - start
    }

    /// The symbol whose interval times `unit` holds `point`, or the last symbol if none does; and its interval. Tries
    /// symbols in turn: the processor predicts the branch at the likely symbol, and goes on before it is resolved.
    #[inline(always)]
    pub fn find(&self, point: u64, unit: u64) -> (u8, u32, u32) {
        let mut start = 0;
        for (symbol, frequency) in (0..).zip(&self.0[..LANES - 1]) {
            let end = start + frequency;
            if point < unit * u64::from(end) {
                return (symbol, start, end);
            }
            start = end;
        }
        (LANES as u8 - 1, start, TOTAL)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(probabilities: [f32; 16]) -> Frequencies {
        let f = Frequencies::new(&F32x16(probabilities));
        let mut next = 0;
        for symbol in 0..16 {
            let (start, end) = f.interval(symbol);
            assert!(start == next && start < end, "{probabilities:?} → {f:?}");
            next = end;
        }
        assert_eq!(next, TOTAL);
        f
    }

    #[test]
    fn every_symbol_keeps_a_frequency() {
        check([1.0 / 16.0; 16]);
        for s in 0..16 {
            let mut p = [0.0; 16];
            p[s] = 1.0;
            let f = check(p);
            let (low, high) = f.interval(s as u8);
            // The rest goes to the last symbol.
            assert_eq!(high - low, if s == 15 { TOTAL - 15 } else { TOTAL - 31 });
            p = [1e-9; 16];
            p[s] = 1.0 - 15e-9;
            check(p);
        }
    }

    #[test]
    fn sums_that_rounding_pushes_above_one_still_fit() {
        check([0.062_500_1; 16]);
        check([0.062_499_9; 16]);
        let mut p = [0.5 / 15.0 + 1e-7; 16];
        p[3] = 0.5 + 1e-6;
        check(p);
    }

    #[test]
    fn find_inverts_interval() {
        let mut p = [0.01; 16];
        p[9] = 0.85;
        let f = check(p);
        for (s, unit) in (0..16u8).zip([1, 7, 1 << 36].into_iter().cycle()) {
            let (low, high) = f.interval(s);
            for point in [unit * u64::from(low), unit * u64::from(high) - 1] {
                assert_eq!(f.find(point, unit), (s, low, high));
            }
        }
        assert_eq!(f.find(u64::MAX, 1).0, 15);
    }
}
