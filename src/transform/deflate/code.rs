//! Codeword lengths → a canonical prefix code, for reading deflate's codewords.

use super::bits::Reader;

/// Codewords of up to this many bits are looked up in a table; longer ones are decoded bit by bit.
const FAST_BITS: u32 = 9;
const MAX_BITS: usize = 15;

/// A canonical prefix code, for reading.
#[derive(Debug)]
pub struct Code {
    /// By the next [`FAST_BITS`] bits: the symbol << 4 and the length of its codeword; 0 for longer ones.
    fast: [u16; 1 << FAST_BITS],
    /// How many codewords have each length.
    counts: [u16; MAX_BITS + 1],
    /// The symbols by length, and by value among equals.
    symbols: Vec<u16>,
}

impl Code {
    /// The complete code of these lengths.
    pub fn new(lengths: &[u8]) -> Option<Self> {
        Self::with_gap(lengths).and_then(|(code, gap)| (gap == 0).then_some(code))
    }

    /// The code of these lengths, which is complete, or a single codeword of one bit, or nothing.
    pub fn sparse(lengths: &[u8]) -> Option<Self> {
        let (code, gap) = Self::with_gap(lengths)?;
        let lone = code.symbols.is_empty() || code.symbols.len() == 1 && code.counts[1] == 1;
        (gap == 0 || lone).then_some(code)
    }

    /// The code, and how much of the space of codewords is left; `None` if there are too many codewords.
    fn with_gap(lengths: &[u8]) -> Option<(Self, i32)> {
        let mut counts = [0u16; MAX_BITS + 1];
        for &length in lengths {
            counts[usize::from(length)] += 1;
        }
        counts[0] = 0;
        let used: i32 = (1..).zip(&counts[1..]).map(|(bits, &n)| i32::from(n) << (MAX_BITS as i32 - bits)).sum();
        let gap = (1 << MAX_BITS) - used;
        let mut symbols: Vec<u16> = (0..lengths.len() as u16).filter(|&s| lengths[usize::from(s)] > 0).collect();
        symbols.sort_by_key(|&s| lengths[usize::from(s)]);
        let mut code = Self { fast: [0; 1 << FAST_BITS], counts, symbols };
        (gap >= 0).then(|| {
            code.fill_fast(lengths);
            (code, gap)
        })
    }

    fn fill_fast(&mut self, lengths: &[u8]) {
        let mut word = 0u32;
        for (i, &symbol) in self.symbols.iter().enumerate() {
            let length = u32::from(lengths[usize::from(symbol)]);
            if length > FAST_BITS {
                break;
            }
            let first = (word.reverse_bits() >> (32 - length)) as usize;
            for slot in self.fast[first..].iter_mut().step_by(1 << length) {
                *slot = symbol << 4 | length as u16;
            }
            let next = self.symbols.get(i + 1).map_or(length, |&s| lengths[usize::from(s)].into());
            word = (word + 1) << (next - length);
        }
    }

    /// The symbol whose codeword comes next, if one does.
    #[inline]
    pub fn read(&self, reader: &mut Reader) -> Option<usize> {
        let bits = reader.peek();
        let entry = self.fast[(bits & ((1 << FAST_BITS) - 1)) as usize];
        if entry != 0 {
            reader.skip((entry & 15).into());
            return Some((entry >> 4).into());
        }
        self.read_long(bits, reader)
    }

    /// The same bit by bit: words of a length are consecutive numbers that begin where those of the length before end.
    fn read_long(&self, mut bits: u64, reader: &mut Reader) -> Option<usize> {
        let (mut word, mut first, mut before) = (0, 0, 0);
        for length in 1..=MAX_BITS {
            word = word << 1 | (bits & 1) as usize;
            bits >>= 1;
            let count = usize::from(self.counts[length]);
            if word < first + count {
                reader.skip(length as u32);
                return self.symbols.get(before + word - first).map(|&symbol| symbol.into());
            }
            before += count;
            first = (first + count) << 1;
        }
        None
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_are_complete_or_refused() {
        assert!(Code::new(&[1, 1]).is_some());
        assert!(Code::new(&[2, 2, 2, 2]).is_some());
        for lengths in [&[1][..], &[2, 2, 2], &[1, 1, 1], &[0, 0], &[]] {
            assert!(Code::new(lengths).is_none(), "{lengths:?}");
        }
        // The distances of a block that has but one, or none.
        for (lengths, good) in [(&[1, 0][..], true), (&[0, 0], true), (&[2, 0], false), (&[2, 2, 2], false)] {
            assert_eq!(Code::sparse(lengths).is_some(), good, "{lengths:?}");
        }
    }

    #[test]
    fn codewords_of_all_lengths_are_read() {
        let lengths: Vec<u8> = (1..=15).chain([15]).collect();
        let code = Code::new(&lengths).unwrap();
        for symbol in 0..16 {
            // Symbol n is n ones and a zero, but the last, which is fifteen ones.
            let bits = ((1u32 << symbol) - 1) as u16 & 0x7fff;
            assert_eq!(code.read(&mut Reader::new(&bits.to_le_bytes())), Some(symbol));
        }
    }
}
