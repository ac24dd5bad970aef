//! stub
use crate::{Error, Result};
/// Codes `raw`.
pub fn encode(raw: &[u8]) -> Vec<u8> { raw.to_vec() }
/// Decodes.
///
/// # Errors
/// stub
pub fn decode(_: &[u8], _: usize) -> Result<Vec<u8>> { Err(Error::corrupt("stub")) }
/// Bits per byte.
pub fn order0_entropy(raw: &[u8]) -> f64 {
    let mut counts = [0u64; 256];
    raw.iter().for_each(|&b| counts[usize::from(b)] += 1);
    let len = raw.len() as f64;
    counts.iter().filter(|&&n| n > 0).map(|&n| n as f64 / len).map(|p| -p * p.log2()).sum()
}
