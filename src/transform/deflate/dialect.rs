//! The programs whose streams can be reconstructed, and their settings.
//!
//! RFC 1951 says how a stream is read, and leaves it to the encoder which of many streams to write. Two programs wrote
//! most streams: zlib (Gailly & Adler), with its levels and memory levels, and the older GNU gzip. Both parse in the
//! same way and make the same Huffman codes; they differ in when a block ends.

use super::symbols::MAX_MATCH;

/// A program and its level.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Dialect {
    /// Which program.
    pub family: Family,
    /// Its level, 1 to 9.
    pub level: u8,
}

/// Which program, as far as its output differs.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Family {
    /// zlib with memory level 8, which is its default.
    Zlib8,
    /// zlib with memory level 9.
    Zlib9,
    /// zlib with memory level 8 and its strategy for filtered data, as PNG writers use it.
    Zlib8Filtered,
    /// GNU gzip.
    Gzip,
}

impl Family {
    /// All families, by number.
    pub const ALL: [Self; 4] = [Self::Zlib8, Self::Zlib9, Self::Zlib8Filtered, Self::Gzip];

    /// log2 of the slots of the table of hashes.
    pub fn hash_bits(self) -> u32 {
        if self == Self::Zlib9 { 16 } else { 15 }
    }

    /// A block ends when it has this many tokens.
    pub fn block_tokens(self) -> usize {
        match self {
            Self::Zlib8 | Self::Zlib8Filtered => (1 << 14) - 1,
            Self::Zlib9 | Self::Gzip => (1 << 15) - 1,
        }
    }

    /// A parse that waits drops matches shorter than this.
    pub fn least_lazy_match(self) -> usize {
        if self == Self::Zlib8Filtered { 6 } else { 3 }
    }
}

/// How hard a level looks for matches.
#[derive(Clone, Copy, Debug)]
pub struct Effort {
    /// With a match of this length in hand, only a quarter of the chain is searched for a better one.
    pub good: usize,
    /// With a match of this length in hand, nothing is searched. Where the parse does not wait, positions inside longer
    /// matches are not linked.
    pub lazy: usize,
    /// A match of this length ends the search.
    pub nice: usize,
    /// How many places are looked at.
    pub chain: usize,
    /// Whether a match waits for what the next position has to offer.
    pub waits: bool,
}

impl Dialect {
    /// How many there are.
    pub const COUNT: u8 = 9 * Family::ALL.len() as u8;

    /// The dialect's number, less than [`COUNT`](Self::COUNT).
    pub fn number(self) -> u8 {
        9 * self.family as u8 + self.level - 1
    }

    /// The dialect of this number, if there is one.
    pub fn from_number(number: u8) -> Option<Self> {
        let family = *Family::ALL.get(usize::from(number / 9))?;
        Some(Self { family, level: number % 9 + 1 })
    }

    /// All dialects.
    pub fn all() -> impl Iterator<Item = Self> {
        (0..Self::COUNT).filter_map(Self::from_number)
    }

    /// How hard it looks for matches. Both programs have the same table.
    pub fn effort(self) -> Effort {
        let (good, lazy, nice, chain) = match self.level {
            ..=1 => (4, 4, 8, 4),
            2 => (4, 5, 16, 8),
            3 => (4, 6, 32, 32),
            4 => (4, 4, 16, 16),
            5 => (8, 16, 32, 32),
            6 => (8, 16, 128, 128),
            7 => (8, 32, 128, 256),
            8 => (32, 128, MAX_MATCH, 1024),
            9.. => (32, MAX_MATCH, MAX_MATCH, 4096),
        };
        Effort { good, lazy, nice, chain, waits: self.level > 3 }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_number_is_one_dialect() {
        assert_eq!(Dialect::all().count(), usize::from(Dialect::COUNT));
        for number in 0..Dialect::COUNT {
            assert_eq!(Dialect::from_number(number).unwrap().number(), number);
        }
        assert_eq!(Dialect::from_number(Dialect::COUNT), None);
    }
}
