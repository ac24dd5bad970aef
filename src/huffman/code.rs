//! Codeword lengths → the canonical code: codewords for writing, a table for reading.
//!
//! Invariant of [`Code`]: the sum of 2^-length over its leaves is exactly 1 (Kraft's inequality, met with
//! equality). So every string of bits is the beginning of some string of codewords, and each of just one.

use crate::{Error, Result};

/// The length of the longest codeword allowed. 15 costs nothing measurable over no limit, keeps the decoding
/// table in 64 KiB, and lets four codewords fit a 64-bit word.
pub const MAX_LEN: usize = 15;

/// A symbol and the length of its codeword in bits.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Leaf {
    pub symbol: u8,
    pub length: u8,
}

/// A codeword: the lowest `length` bits of `bits`. It has no bits if the symbol does not occur.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Codeword {
    pub bits: u16,
    pub length: u8,
}

/// A complete canonical prefix code.
#[derive(Debug)]
pub struct Code {
    /// In canonical order: by length, then by symbol. Never empty.
    leaves: Vec<Leaf>,
}

impl Code {
    /// The canonical code of `leaves`, which are distinct symbols with lengths of at most [`MAX_LEN`].
    ///
    /// # Errors
    /// Lengths that no complete code has.
    pub fn new(mut leaves: Vec<Leaf>) -> Result<Self> {
        // In units of 2^-MAX_LEN.
        let kraft: usize = leaves.iter().map(|leaf| 1 << (MAX_LEN - usize::from(leaf.length))).sum();
        if kraft > 1 << MAX_LEN {
            return Err(Error::corrupt("a Huffman table is damaged: more codewords than their lengths allow"));
        }
        if kraft < 1 << MAX_LEN {
            return Err(Error::corrupt("a Huffman table is damaged: its codewords leave a gap"));
        }
        leaves.sort_unstable_by_key(|leaf| (leaf.length, leaf.symbol));
        Ok(Self { leaves })
    }

    /// Bits of the shortest codeword: 0 if there is but one symbol.
    pub fn min_len(&self) -> usize {
        self.leaves.first().map_or(0, |leaf| leaf.length.into())
    }

    /// Bits of the longest codeword.
    pub fn max_len(&self) -> usize {
        self.leaves.last().map_or(0, |leaf| leaf.length.into())
    }

    /// The codeword of every symbol.
    pub fn codewords(&self) -> [Codeword; 256] {
        let mut words = [Codeword::default(); 256];
        let mut next = 0u16;
        let mut length = 0;
        for leaf in &self.leaves {
            next <<= leaf.length - length;
            length = leaf.length;
            words[usize::from(leaf.symbol)] = Codeword { bits: next, length };
            next += 1;
        }
        words
    }

    /// For each value of the next [`max_len`](Self::max_len) bits, the leaf whose codeword they begin with: 2^max_len
    /// entries. Codewords ascend in canonical order, so the leaves fill the table one after the other.
    pub fn decoding_table(&self) -> Vec<Leaf> {
        let entries = |leaf: &Leaf| std::iter::repeat_n(*leaf, 1 << (self.max_len() - usize::from(leaf.length)));
        self.leaves.iter().flat_map(entries).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Symbols 10, 11, 12 …, with `lengths`.
    fn leaves(lengths: &[u8]) -> Vec<Leaf> {
        (10..).zip(lengths).map(|(symbol, &length)| Leaf { symbol, length }).collect()
    }

    #[test]
    fn codewords_ascend_by_length_and_then_by_symbol() {
        // The example of RFC 1951, section 3.2.2.
        let words = Code::new(leaves(&[3, 3, 3, 3, 3, 2, 4, 4])).unwrap().codewords();
        let bits: Vec<_> = words[10..18].iter().map(|word| word.bits).collect();
        assert_eq!(bits, [0b010, 0b011, 0b100, 0b101, 0b110, 0b00, 0b1110, 0b1111]);
        assert_eq!(words[9], Codeword::default());
    }

    #[test]
    fn the_table_finds_each_codeword_whatever_follows() {
        let staircase: Vec<u8> = (1..=15).chain([15]).collect();
        for lengths in [&[0][..], &[1, 1], &[3, 3, 3, 3, 3, 2, 4, 4], &[8; 256][..240], &staircase] {
            let mut lengths = lengths.to_vec();
            if lengths.len() == 240 {
                // 240 words of 8 bits leave room for 16 more, or for 8 of 7 bits.
                lengths.extend([7; 8]);
            }
            let leaves: Vec<_> = (0..).zip(lengths).map(|(symbol, length)| Leaf { symbol, length }).collect();
            let code = Code::new(leaves.clone()).unwrap();
            let (words, table) = (code.codewords(), code.decoding_table());
            assert_eq!(table.len(), 1 << code.max_len());
            for leaf in leaves {
                let word = words[usize::from(leaf.symbol)];
                assert_eq!(word.length, leaf.length);
                let spare = code.max_len() - usize::from(leaf.length);
                let first = usize::from(word.bits) << spare;
                assert!(table[first..first + (1 << spare)].iter().all(|&entry| entry == leaf));
            }
        }
    }

    #[test]
    fn lengths_that_no_complete_code_has_are_refused() {
        for (lengths, what) in [
            (&[1, 1, 15][..], "more codewords"),
            (&[0, 1], "more codewords"),
            (&[1; 240], "more codewords"),
            (&[1, 2], "gap"),
            (&[1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15], "gap"),
            (&[1], "gap"),
            (&[], "gap"),
        ] {
            let error = Code::new(leaves(lengths)).unwrap_err();
            assert_eq!(error.kind(), crate::ErrorKind::Corrupt);
            assert!(error.to_string().contains(what), "{lengths:?}: {error}");
        }
    }
}
