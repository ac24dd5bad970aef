//! Tokens → one block of a deflate stream: stored, by the fixed code, or by codes of its own, whichever is shortest.

use super::{
    bits::Writer,
    symbols::{
        CODE_LENGTH_EXTRA, CODE_LENGTH_ORDER, DISTANCE_RANGES, DISTANCES, END_OF_BLOCK, FIXED_DISTANCE_LENGTH,
        FIXED_LENGTHS, LENGTH_RANGES, LITERALS_AND_LENGTHS, Token, distance_symbol, length_symbol,
    },
    trees::{Lengths, codewords},
};

/// The longest codeword, and the longest of the code for code lengths.
const MAX_BITS: u8 = 15;
const MAX_CODE_LENGTH_BITS: u8 = 7;

/// A block in the making.
pub struct Block {
    /// At most 2^15 − 1, so that the counts fit.
    tokens: Vec<Token>,
    symbols: [u16; LITERALS_AND_LENGTHS],
    distances: [u16; DISTANCES],
    matches: usize,
}

impl Block {
    /// A block without tokens.
    pub fn new() -> Self {
        let mut symbols = [0; LITERALS_AND_LENGTHS];
        symbols[END_OF_BLOCK] = 1;
        Self { tokens: Vec::new(), symbols, distances: [0; DISTANCES], matches: 0 }
    }

    /// How many tokens it has.
    pub fn len(&self) -> usize {
        self.tokens.len()
    }

    /// Appends a token.
    pub fn push(&mut self, token: Token) {
        self.tokens.push(token);
        match token {
            Token::Literal(byte) => self.symbols[usize::from(byte)] += 1,
            Token::Match { len, distance } => {
                self.symbols[END_OF_BLOCK + 1 + length_symbol(len)] += 1;
                self.distances[distance_symbol(distance)] += 1;
                self.matches += 1;
            }
        }
    }

    /// gzip's guess whether to end the block here, `raw_len` bytes from its start: fewer than half of the tokens are
    /// matches, and the block takes less than half of the content, at eight bits a token and five and its extra bits a
    /// distance.
    pub fn is_good_enough(&self, raw_len: usize) -> bool {
        let distances: usize = self
            .distances
            .iter()
            .zip(DISTANCE_RANGES)
            .map(|(&n, range)| usize::from(n) * (5 + usize::from(range.extra)))
            .sum();
        let coded_len = (8 * self.tokens.len() + distances) / 8;
        self.matches < self.tokens.len() / 2 && coded_len < raw_len / 2
    }

    /// Writes the block and empties it. `last` says whether it is the stream's last; `raw` is its content, if that may
    /// be stored.
    pub fn write(&mut self, raw: Option<&[u8]>, last: bool, out: &mut Writer) {
        let own = OwnCodes::new(&self.symbols, &self.distances);
        let bytes = |bits: usize| (bits + 3).div_ceil(8);
        let fixed_len = bytes(self.bits(&FIXED_LENGTHS, &[FIXED_DISTANCE_LENGTH; DISTANCES]));
        let own_len = bytes(self.bits(&own.symbols.bits, &own.distances.bits) + own.header_bits());
        let start = |kind: u64, out: &mut Writer| out.write(u64::from(last) | kind << 1, 3);
        match raw {
            Some(raw) if raw.len() + 4 <= fixed_len.min(own_len) => {
                start(0, out);
                out.align();
                out.write(raw.len() as u64, 16);
                out.write(!raw.len() as u64 & 0xffff, 16);
                out.write_bytes(raw);
            }
            _ if fixed_len <= own_len => {
                start(1, out);
                self.write_tokens(&FIXED_LENGTHS, &[FIXED_DISTANCE_LENGTH; DISTANCES], out);
            }
            _ => {
                start(2, out);
                own.write(out);
                self.write_tokens(&own.symbols.bits, &own.distances.bits, out);
            }
        }
        let tokens = std::mem::take(&mut self.tokens);
        *self = Self { tokens, ..Self::new() };
        self.tokens.clear();
    }

    /// Bits that the tokens and the end of the block take by codes of these lengths.
    fn bits(&self, symbols: &[u8], distances: &[u8]) -> usize {
        let cost = |counts: &[u16], lengths: &[u8], extra: &dyn Fn(usize) -> u8| -> usize {
            let each = counts.iter().zip(lengths).enumerate();
            each.map(|(symbol, (&n, &bits))| usize::from(n) * usize::from(bits + extra(symbol))).sum()
        };
        let length_extra = |symbol: usize| symbol.checked_sub(END_OF_BLOCK + 1).map_or(0, |i| LENGTH_RANGES[i].extra);
        cost(&self.symbols, symbols, &length_extra)
            + cost(&self.distances, distances, &|symbol| DISTANCE_RANGES[symbol].extra)
    }

    fn write_tokens(&self, symbols: &[u8], distances: &[u8], out: &mut Writer) {
        let (words, distance_words) = (codewords(symbols), codewords(distances));
        for &token in &self.tokens {
            match token {
                Token::Literal(byte) => out.write(words[usize::from(byte)].into(), symbols[usize::from(byte)].into()),
                Token::Match { len, distance } => {
                    let (i, range) = (length_symbol(len), LENGTH_RANGES[length_symbol(len)]);
                    let symbol = END_OF_BLOCK + 1 + i;
                    out.write(words[symbol].into(), symbols[symbol].into());
                    out.write((len - range.base).into(), range.extra.into());
                    let (symbol, range) = (distance_symbol(distance), DISTANCE_RANGES[distance_symbol(distance)]);
                    out.write(distance_words[symbol].into(), distances[symbol].into());
                    out.write((distance - range.base).into(), range.extra.into());
                }
            }
        }
        out.write(words[END_OF_BLOCK].into(), symbols[END_OF_BLOCK].into());
    }
}

/// The codes of a block's own, and how its header describes them.
struct OwnCodes {
    symbols: Lengths,
    distances: Lengths,
    /// The lengths of both, run by run: a symbol and its extra bits.
    runs: Vec<(u8, u8)>,
    run_counts: [u16; 19],
    run_code: Lengths,
}

impl OwnCodes {
    fn new(symbols: &[u16], distances: &[u16]) -> Self {
        let symbols = Lengths::new(symbols, MAX_BITS);
        let distances = Lengths::new(distances, MAX_BITS);
        let mut runs = Vec::new();
        push_runs(&symbols.bits[..symbols.end], &mut runs);
        push_runs(&distances.bits[..distances.end], &mut runs);
        let mut run_counts = [0; 19];
        runs.iter().for_each(|&(symbol, _)| run_counts[usize::from(symbol)] += 1);
        let run_code = Lengths::new(&run_counts, MAX_CODE_LENGTH_BITS);
        Self { symbols, distances, runs, run_counts, run_code }
    }

    /// How many lengths of the code for code lengths the header gives: at least four.
    fn given(&self) -> usize {
        let last = CODE_LENGTH_ORDER.iter().rposition(|&symbol| self.run_code.bits[symbol] > 0);
        last.map_or(0, |last| last + 1).max(4)
    }

    fn header_bits(&self) -> usize {
        let bits = |symbol: usize| usize::from(self.run_code.bits[symbol] + CODE_LENGTH_EXTRA[symbol]);
        let runs: usize = self.run_counts.iter().enumerate().map(|(symbol, &n)| usize::from(n) * bits(symbol)).sum();
        runs + 3 * self.given() + 5 + 5 + 4
    }

    fn write(&self, out: &mut Writer) {
        out.write(self.symbols.end as u64 - 257, 5);
        out.write(self.distances.end as u64 - 1, 5);
        out.write(self.given() as u64 - 4, 4);
        for &symbol in &CODE_LENGTH_ORDER[..self.given()] {
            out.write(self.run_code.bits[symbol].into(), 3);
        }
        let words = codewords(&self.run_code.bits);
        for &(symbol, extra) in &self.runs {
            let symbol = usize::from(symbol);
            out.write(words[symbol].into(), self.run_code.bits[symbol].into());
            out.write(extra.into(), CODE_LENGTH_EXTRA[symbol].into());
        }
    }
}

/// Appends the runs of one code's lengths. A length stands once, and then a run of three to six more of it is one
/// symbol; a run of 3 to 138 zeros is one symbol; the rest of a run is written one by one.
fn push_runs(lengths: &[u8], runs: &mut Vec<(u8, u8)>) {
    for run in lengths.chunk_by(|a, b| a == b) {
        let length = run[0];
        let mut left = run.len();
        if length == 0 {
            while left >= 3 {
                let now = left.min(138);
                runs.push(if now <= 10 { (17, now as u8 - 3) } else { (18, now as u8 - 11) });
                left -= now;
            }
        } else {
            runs.push((length, 0));
            left -= 1;
            while left >= 3 {
                let now = left.min(6);
                runs.push((16, now as u8 - 3));
                left -= now;
            }
        }
        runs.extend(std::iter::repeat_n((length, 0), left));
    }
}
