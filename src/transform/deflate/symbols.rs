//! Tokens ↔ symbols of deflate's two alphabets, with their extra bits (RFC 1951, section 3.2.5).

/// The shortest match.
pub const MIN_MATCH: usize = 3;
/// The longest match.
pub const MAX_MATCH: usize = 258;
/// How far back a match may begin.
pub const WINDOW: usize = 1 << 15;
/// The symbol that ends a block.
pub const END_OF_BLOCK: usize = 256;
/// Symbols for literals, the end of a block, and lengths.
pub const LITERALS_AND_LENGTHS: usize = 286;
/// Symbols for distances.
pub const DISTANCES: usize = 30;

/// The order in which a block gives the lengths of the code for code lengths.
pub const CODE_LENGTH_ORDER: [usize; 19] = [16, 17, 18, 0, 8, 7, 9, 6, 10, 5, 11, 4, 12, 3, 13, 2, 14, 1, 15];
/// Extra bits of the code for code lengths.
pub const CODE_LENGTH_EXTRA: [u8; 19] = [0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 2, 3, 7];

/// What a deflate stream is made of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Token {
    /// This byte.
    Literal(u8),
    /// A repeat of the bytes that begin `distance` before.
    Match {
        /// 3 to 258.
        len: u16,
        /// 1 to 32768.
        distance: u16,
    },
}

impl Token {
    /// How many bytes of content it is.
    pub fn span(self) -> usize {
        match self {
            Self::Literal(_) => 1,
            Self::Match { len, .. } => usize::from(len),
        }
    }
}

/// A symbol for the values from `base` on, of which `extra` bits choose one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Range {
    pub base: u16,
    pub extra: u8,
}

/// The lengths, from symbol 257 on. The last symbol is for 258 alone, which the one before could reach as well.
pub const LENGTH_RANGES: [Range; 29] = {
    let mut ranges = ranges::<29>(MIN_MATCH as u16, 4);
    ranges[28] = Range { base: MAX_MATCH as u16, extra: 0 };
    ranges
};
/// The distances.
pub const DISTANCE_RANGES: [Range; DISTANCES] = ranges(1, 2);

/// Consecutive ranges from `base` on, `per_extra` of each width but twice as many of the first.
const fn ranges<const N: usize>(mut base: u16, per_extra: usize) -> [Range; N] {
    let mut ranges = [Range { base: 0, extra: 0 }; N];
    let mut i = 0;
    while i < N {
        let extra = (i / per_extra).saturating_sub(1) as u8;
        ranges[i] = Range { base, extra };
        base += 1 << extra;
        i += 1;
    }
    ranges
}

/// The length's symbol, from 0 on: add 257.
pub fn length_symbol(len: u16) -> usize {
    const TABLE: [u8; MAX_MATCH - MIN_MATCH + 1] = {
        let mut table = [0; MAX_MATCH - MIN_MATCH + 1];
        let (mut symbol, mut at) = (0, 0);
        while at < table.len() {
            if symbol + 1 < LENGTH_RANGES.len() && LENGTH_RANGES[symbol + 1].base as usize <= at + MIN_MATCH {
                symbol += 1;
            }
            table[at] = symbol as u8;
            at += 1;
        }
        table
    };
    TABLE[usize::from(len) - MIN_MATCH].into()
}

/// The distance's symbol: two for each power of two.
pub fn distance_symbol(distance: u16) -> usize {
    let d = usize::from(distance) - 1;
    if d < 4 {
        return d;
    }
    let width = d.ilog2() as usize;
    2 * width + (d >> (width - 1) & 1)
}

/// The codeword lengths of the fixed code for literals and lengths; its last two symbols never occur.
pub const FIXED_LENGTHS: [u8; 288] = {
    let mut lengths = [8; 288];
    let mut i = 144;
    while i < 280 {
        lengths[i] = if i < 256 { 9 } else { 7 };
        i += 1;
    }
    lengths
};
/// The codeword length of all distances in the fixed code.
pub const FIXED_DISTANCE_LENGTH: u8 = 5;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ranges_are_those_of_the_rfc() {
        assert_eq!(LENGTH_RANGES[8], Range { base: 11, extra: 1 });
        assert_eq!(LENGTH_RANGES[27], Range { base: 227, extra: 5 });
        assert_eq!(DISTANCE_RANGES[3], Range { base: 4, extra: 0 });
        assert_eq!(DISTANCE_RANGES[29], Range { base: 24577, extra: 13 });
    }

    #[test]
    fn every_length_and_distance_lies_in_its_symbols_range() {
        for len in MIN_MATCH as u16..=MAX_MATCH as u16 {
            let symbol = length_symbol(len);
            assert!(LENGTH_RANGES[symbol].base <= len && LENGTH_RANGES.get(symbol + 1).is_none_or(|r| len < r.base));
        }
        for distance in 1..=WINDOW as u16 {
            let symbol = distance_symbol(distance);
            let next = DISTANCE_RANGES.get(symbol + 1);
            assert!(DISTANCE_RANGES[symbol].base <= distance && next.is_none_or(|r| distance < r.base));
        }
    }
}
