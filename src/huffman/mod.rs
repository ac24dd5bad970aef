//! Bytes ↔ a table of code lengths and one codeword a byte: the baseline that a predictor has to beat.
//!
//! The code is Huffman's (*A method for the construction of minimum-redundancy codes*, 1952), built once per block from
//! the block's own counts, with no codeword longer than 15 bits: package-merge (Larmore and Hirschberg, *A fast
//! algorithm for optimal length-limited Huffman codes*, 1990) gives the best such code. The code depends on how often
//! each byte occurs and on nothing else, so its length comes near [`order0_entropy`], never below.
//!
//! `docs/FORMAT.md` describes the bits of a coded block. They begin with the table: which byte values occur, and the
//! lengths of their codewords as differences to a prediction. The codewords follow, and padding. The code is canonical,
//! so that the lengths determine it, and complete, so that no string of bits is without meaning.

mod bits;
mod block;
mod code;
mod lengths;
mod table;

pub(crate) use block::{codeword_lengths, decode_while, encode_while};
pub use block::{decode, encode};

/// Bits per byte that no code of single bytes can go below on `raw`: the Shannon entropy of its byte counts
/// (*A mathematical theory of communication*, 1948). 0 for an empty input.
///
/// ```
/// # #[cfg(feature = "unstable")] {
/// use foretell::unstable::huffman::order0_entropy;
/// assert_eq!(order0_entropy(b"aaaa"), 0.0);
/// assert_eq!(order0_entropy(b"abcdabcd"), 2.0);
/// assert_eq!(order0_entropy(b""), 0.0);
/// # }
/// ```
pub fn order0_entropy(raw: &[u8]) -> f64 {
    let total = raw.len() as f64;
    let occurring = count(raw).into_iter().filter(|&count| count > 0);
    occurring.map(|count| count as f64 / total).map(|p| p * (1.0 / p).log2()).sum()
}

/// How often each byte value occurs.
fn count(raw: &[u8]) -> [u64; 256] {
    let mut counts = [0; 256];
    for &byte in raw {
        counts[usize::from(byte)] += 1;
    }
    counts
}
