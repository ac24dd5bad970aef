//! Random numbers that a seed makes again, the same on every machine: the source of chance of all tests.

/// A stream of random numbers that depends on its seed alone.
///
/// It is SplitMix64: a Weyl sequence through a 64-bit finaliser (Steele, Lea & Flood, *Fast Splittable Pseudorandom
/// Number Generators*, OOPSLA 2014). Seeds that follow each other give streams that have nothing in common.
pub struct Random(pub u64);

impl Random {
    /// 64 random bits.
    pub fn bits(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let z = (self.0 ^ self.0 >> 30).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let z = (z ^ z >> 27).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ z >> 31
    }

    /// A random number below `n`, which is not 0.
    pub fn below(&mut self, n: usize) -> usize {
        (self.bits() % n as u64) as usize
    }

    /// `n` random bytes.
    pub fn bytes(&mut self, n: usize) -> Vec<u8> {
        (0..n).map(|_| (self.bits() >> 56) as u8).collect()
    }
}

/// `len` random bytes, which no compressor can shrink; another `seed` gives others.
pub fn noise(seed: u64, len: usize) -> Vec<u8> {
    Random(seed).bytes(len)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_stream_is_the_published_one() {
        // The first outputs for seed 1234567 of the reference implementation by Vigna (prng.di.unimi.it).
        let mut random = Random(1_234_567);
        assert_eq!(
            [random.bits(), random.bits(), random.bits()],
            [6_457_827_717_110_365_317, 3_203_168_211_198_807_973, 9_817_491_932_198_370_423]
        );
    }
}
