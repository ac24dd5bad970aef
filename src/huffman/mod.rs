//! Bytes → a table of code lengths and one codeword a byte: the baseline that a predictor has to beat.
//!
//! The code is Huffman's (*A method for the construction of minimum-redundancy codes*, 1952), built once per
//! block from the block's own counts, with no codeword longer than 15 bits: package-merge (Larmore and
//! Hirschberg, *A fast algorithm for optimal length-limited Huffman codes*, 1990) gives the best such code.
//! It knows how often each byte occurs and nothing else, so it can come near [`order0_entropy`], never below.
//!
//! # Layout of a coded block
//!
//! A string of bits, the first in the most significant bit of the first byte. Numbers stand most significant
//! bit first. `n` is the number of different byte values in the block.
//!
//! ```text
//! groups     16 bits: bit g is set if some byte value in 16·g ..= 16·g + 15 occurs
//! members    16 bits for each group that is set, in order: bit i is set if the value 16·g + i occurs
//! lengths    for each value that occurs, in order, the length of its codeword; nothing if n = 1
//! codewords  one for each byte of the block
//! padding    zero bits up to the end of the last byte
//! ```
//!
//! **Lengths** are 1 to 15 and stand as differences. Let `p` be the mean, rounded down, of the two lengths
//! before; both count as ⌈log2 n⌉, the length of a flat code, where there are none. The difference `d` to `p` is
//! folded to a number `z` = 2·d − 1 if d > 0, and −2·d otherwise. It is written as ⌊z/2⌋ zero bits, a one
//! bit, and one bit for z mod 2: two bits if the prediction is right or one too low.
//!
//! **Codewords** are canonical. In order of length, and of value among equal lengths, the first is all zeros; each
//! next is the one before plus 1, with zeros appended up to its own length. The code is complete: the sum of
//! 2^−length is exactly 1. A lone value has the codeword of no bits, which keeps to the same rule, so that a
//! block of one repeated byte is four bytes long.
//!
//! The number of bytes in the block, and their checksum, belong to the container. An empty block has no bits at all.
//!
//! A reader refuses a table that sets no group, or a group without a member; lengths out of 1 to 15, or of a code
//! that is not complete; bits that end before the last codeword; eight or more bits behind it, or any that is set.
//!
//! For example `abracadabra`, in hexadecimal `03 00 78 00 20 00 2f a4 ea c9 c0`:
//!
//! ```text
//! 0000001100000000                     groups 6 and 7
//! 0111100000000000  0010000000000000   61 62 63 64 (a b c d) and 72 (r)
//! 0010 11 11 10 10                     lengths 1 3 3 3 3, predicted as 3 2 2 3 3
//! 0 100 111 0 101 0 110 0 100 111 0    a=0 b=100 c=101 d=110 r=111
//! 00000                                padding
//! ```

mod bits;
mod block;
mod code;
mod lengths;
mod table;

pub use block::{decode, encode};
pub(crate) use block::{decode_while, encode_while};

/// Bits per byte that no code of single bytes can go below on `raw`: the Shannon entropy of its byte counts
/// (*A mathematical theory of communication*, 1948). 0 for an empty input.
///
/// ```
/// use foretell::huffman::order0_entropy;
/// assert_eq!(order0_entropy(b"aaaa"), 0.0);
/// assert_eq!(order0_entropy(b"abcdabcd"), 2.0);
/// assert_eq!(order0_entropy(b""), 0.0);
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
