//! The few distributions that data are made of, drawn from [`Random`].
//!
//! Integers only, so that a seed means the same bytes on every machine.

use crate::Random;

/// A stream of pseudo-random draws that depends on its seed alone.
pub(super) struct Rng(Random);

impl Rng {
    pub(super) fn new(seed: u64) -> Self {
        Self(Random(seed))
    }

    pub(super) fn next(&mut self) -> u64 {
        self.0.bits()
    }

    /// A number in `0..n`; 0 if `n` is 0. Its bias, below n/2^64, does not matter here.
    pub(super) fn below(&mut self, n: u64) -> u64 {
        ((u128::from(self.next()) * u128::from(n)) >> 64) as u64
    }

    /// A number in `low..=high`.
    pub(super) fn between(&mut self, low: i64, high: i64) -> i64 {
        low + self.below((high - low + 1) as u64) as i64
    }

    /// True `percent` times in a hundred.
    pub(super) fn chance(&mut self, percent: u64) -> bool {
        self.below(100) < percent
    }

    /// A number in `0..n` (`n` > 0) that follows Zipf's law roughly: i has a probability near 1/(i + 1), up to a
    /// constant.
    ///
    /// An octave is drawn first, then a place in it: the logarithm of the result is almost uniform.
    pub(super) fn zipf(&mut self, n: usize) -> usize {
        assert!(n > 0);
        let octaves = u64::from(usize::BITS - n.leading_zeros());
        loop {
            let octave = 1 << self.below(octaves);
            let rank = octave + self.below(octave);
            if rank <= n as u64 {
                return rank as usize - 1;
            }
        }
    }

    /// A number around 0 with a bell-shaped distribution of standard deviation `spread` (the sum of four uniforms).
    pub(super) fn bell(&mut self, spread: i64) -> i64 {
        let sum: i64 = (0..4).map(|_| self.between(-1000, 1000)).sum();
        sum * spread / 1155
    }

    /// An item, each with the same probability.
    pub(super) fn any<'a, T>(&mut self, items: &'a [T]) -> &'a T {
        &items[self.below(items.len() as u64) as usize]
    }

    /// An item, the first ones far more often than the last ([`Self::zipf`]).
    pub(super) fn often<'a, T>(&mut self, items: &'a [T]) -> &'a T {
        &items[self.zipf(items.len())]
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn draws_stay_in_their_ranges_and_reach_both_ends() {
        let mut rng = Rng::new(1);
        let draws: Vec<i64> = (0..1000).map(|_| rng.between(-3, 4)).collect();
        assert_eq!((draws.iter().min(), draws.iter().max()), (Some(&-3), Some(&4)));
        let ranks: Vec<usize> = (0..2000).map(|_| rng.zipf(100)).collect();
        assert_eq!((ranks.iter().min(), ranks.iter().max()), (Some(&0), Some(&99)));
        let first = ranks.iter().filter(|&&rank| rank == 0).count();
        assert!((200..450).contains(&first), "rank 0 came {first} times in 2000");
    }

    #[test]
    fn the_bell_has_the_spread_asked_for() {
        let mut rng = Rng::new(2);
        let square: i64 = (0..20_000).map(|_| rng.bell(100).pow(2)).sum();
        assert!((9_000..11_000).contains(&(square / 20_000)), "variance {}", square / 20_000);
    }
}
