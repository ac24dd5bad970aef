//! Numbers → hashes that choose rows of tables. Part of the model's version.

/// The odd number next to 2^64 divided by the golden ratio: multiplying by it spreads low bits over the upper ones.
const GOLDEN: u64 = 0x9e37_79b9_7f4a_7c15;

/// Mixes two numbers into 64 bits, the upper ones well spread (multiply and fold, as in Steele, Lea & Flood's
/// SplitMix, 2014).
#[inline(always)]
pub fn hash(a: u64, b: u64) -> u64 {
    let h = a.wrapping_mul(GOLDEN).wrapping_add(b).wrapping_mul(0xd6e8_feb8_6659_fd93);
    (h ^ h >> 32).wrapping_mul(GOLDEN)
}

/// The hash of a nibble's context, made of the hash of its byte's context and of the head.
#[inline(always)]
pub fn hash_of_nibble(byte_hash: u64, head: usize) -> u64 {
    let salt = (head as u64).wrapping_mul(0x632b_e5a6_3177_d35b);
    byte_hash.wrapping_add(salt).wrapping_mul(GOLDEN)
}
