//! A deflate stream → its tokens → its content (RFC 1951).
//!
//! Whatever the bytes are, nothing is read beyond them and nothing is written beyond the limit. Bytes that break a rule
//! of the RFC are no stream. Codes must be complete, but that of distances may have one codeword or none.

use super::{
    bits::Reader,
    symbols::{
        CODE_LENGTH_ORDER, DISTANCE_RANGES, DISTANCES, END_OF_BLOCK, FIXED_DISTANCE_LENGTH, FIXED_LENGTHS,
        LENGTH_RANGES, LITERALS_AND_LENGTHS, Range, Token,
    },
};

/// Steps of work for a byte of content, and for a block's codes.
const STEPS_PER_BYTE: u64 = 4;
const STEPS_PER_BLOCK: u64 = 1 << 13;

/// A stream that was read to its end.
#[derive(Debug, PartialEq, Eq)]
pub struct Inflated {
    /// Its content.
    pub content: Vec<u8>,
    /// Bytes that the stream takes.
    pub consumed: usize,
    /// Steps of work that it took.
    pub steps: u64,
}

/// Why a stream was not inflated.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct NotInflated {
    /// Steps of work that were done until then.
    pub steps: u64,
    /// Whether the content exceeds the limit, or memory.
    pub too_long: bool,
}

/// Inflates the stream that `coded` begins with to at most `limit` bytes, and to no more than there is memory for.
///
/// # Errors
/// No stream begins here, or it ends beyond `coded`, or its content would exceed the limit.
pub fn inflate(coded: &[u8], limit: usize) -> Result<Inflated, NotInflated> {
    let mut content = Vec::new();
    let mut tokens = Tokens::new(coded);
    while let Some(token) = tokens.next() {
        if content.len() + token.span() > limit || content.try_reserve(token.span()).is_err() {
            return Err(tokens.failed(content.len(), true));
        }
        match token {
            Token::Literal(byte) => content.push(byte),
            Token::Match { len, distance } => match content.len().checked_sub(distance.into()) {
                Some(start) => repeat(&mut content, start, len.into()),
                None => return Err(tokens.failed(content.len(), false)),
            },
        }
    }
    match tokens.end() {
        Some(consumed) => {
            let steps = tokens.steps(content.len());
            Ok(Inflated { content, consumed, steps })
        }
        None => Err(tokens.failed(content.len(), false)),
    }
}

/// How many bytes the stream that `coded` begins with inflates to, of which none is kept.
///
/// # Errors
/// As of [`inflate`].
pub fn inflated_len(coded: &[u8], limit: usize) -> Result<usize, NotInflated> {
    let mut len = 0;
    let mut tokens = Tokens::new(coded);
    while let Some(token) = tokens.next() {
        if len + token.span() > limit {
            return Err(tokens.failed(len, true));
        }
        if let Token::Match { distance, .. } = token
            && usize::from(distance) > len
        {
            break;
        }
        len += token.span();
    }
    tokens.end().map(|_| len).ok_or_else(|| tokens.failed(len, false))
}

/// Appends the bytes from `start` on, repeated until they are `len` bytes.
fn repeat(content: &mut Vec<u8>, start: usize, len: usize) {
    let end = content.len() + len;
    while content.len() < end {
        let there = content.len() - start;
        content.extend_from_within(start..start + there.min(end - content.len()));
    }
}

/// The tokens of a stream, up to its end, or to the first bytes that break a rule.
#[derive(Debug)]
pub struct Tokens<'a> {
    reader: Reader<'a>,
    block: Block<'a>,
    is_last: bool,
    /// Blocks that were begun.
    blocks: usize,
}

/// The part of the stream that the next token is read from.
#[derive(Debug)]
enum Block<'a> {
    /// The header of a block, or after the last block the end.
    Between,
    Stored(std::slice::Iter<'a, u8>),
    Coded(Box<Codes>),
    Damaged,
}

#[derive(Debug)]
struct Codes {
    symbols: Code,
    distances: Code,
}

impl<'a> Tokens<'a> {
    /// The tokens of the stream that `coded` begins with.
    pub fn new(coded: &'a [u8]) -> Self {
        Self { reader: Reader::new(coded), block: Block::Between, is_last: false, blocks: 0 }
    }

    /// The length of the stream, if it was read to its end.
    pub fn end(&self) -> Option<usize> {
        let at_end = self.is_last && matches!(self.block, Block::Between) && !self.reader.overrun();
        at_end.then(|| self.reader.consumed())
    }

    fn steps(&self, len: usize) -> u64 {
        STEPS_PER_BYTE * len as u64 + STEPS_PER_BLOCK * self.blocks as u64
    }

    fn failed(&self, len: usize, too_long: bool) -> NotInflated {
        NotInflated { steps: self.steps(len), too_long }
    }

    /// Whether the last token was a byte of a stored block.
    pub fn is_stored(&self) -> bool {
        matches!(self.block, Block::Stored(_))
    }

    fn start_block(&mut self) -> Option<Block<'a>> {
        self.blocks += 1;
        self.is_last = self.reader.read(1) == 1;
        let block = match self.reader.read(2) {
            0 => {
                self.reader.align();
                let (len, check) = (self.reader.read(16), self.reader.read(16));
                (len == check ^ 0xffff).then_some(())?;
                Block::Stored(self.reader.read_bytes(len)?.iter())
            }
            1 => Block::Coded(Box::new(Codes {
                symbols: Code::new(&FIXED_LENGTHS)?,
                distances: Code::new(&[FIXED_DISTANCE_LENGTH; 32])?,
            })),
            2 => Block::Coded(Box::new(read_codes(&mut self.reader)?)),
            _ => return None,
        };
        (!self.reader.overrun()).then_some(block)
    }
}

impl Iterator for Tokens<'_> {
    type Item = Token;

    #[inline]
    fn next(&mut self) -> Option<Token> {
        loop {
            match &mut self.block {
                Block::Coded(codes) => match codes.token(&mut self.reader) {
                    Some(token) if !self.reader.overrun() => return token.or_else(|| self.next_block()),
                    _ => self.block = Block::Damaged,
                },
                Block::Stored(bytes) => match bytes.next() {
                    Some(&byte) => return Some(Token::Literal(byte)),
                    None => self.block = Block::Between,
                },
                Block::Between if !self.is_last => self.block = self.start_block().unwrap_or(Block::Damaged),
                Block::Between | Block::Damaged => return None,
            }
        }
    }
}

impl Tokens<'_> {
    /// The first token after the end of this block.
    fn next_block(&mut self) -> Option<Token> {
        self.block = Block::Between;
        self.next()
    }
}

impl Codes {
    /// The next token, or `Some(None)` at the end of the block; `None` if the next bits are no symbol.
    #[inline]
    fn token(&self, reader: &mut Reader) -> Option<Option<Token>> {
        let symbol = self.symbols.read(reader)?;
        if symbol < END_OF_BLOCK {
            return Some(Some(Token::Literal(symbol as u8)));
        }
        if symbol == END_OF_BLOCK {
            return Some(None);
        }
        let len = read_value(reader, LENGTH_RANGES.get(symbol - END_OF_BLOCK - 1)?);
        let symbol = self.distances.read(reader)?;
        let distance = read_value(reader, DISTANCE_RANGES.get(symbol)?);
        Some(Some(Token::Match { len, distance }))
    }
}

fn read_value(reader: &mut Reader, range: &Range) -> u16 {
    range.base + reader.read(range.extra.into()) as u16
}

/// Reads the codes of a dynamic block.
fn read_codes(reader: &mut Reader) -> Option<Codes> {
    let symbols = reader.read(5) + 257;
    let distances = reader.read(5) + 1;
    let count = reader.read(4) + 4;
    if symbols > LITERALS_AND_LENGTHS || distances > DISTANCES {
        return None;
    }
    let mut lengths = [0; 19];
    for &symbol in &CODE_LENGTH_ORDER[..count] {
        lengths[symbol] = reader.read(3) as u8;
    }
    let code = Code::new(&lengths)?;
    let mut lengths = Vec::with_capacity(LITERALS_AND_LENGTHS + DISTANCES);
    while lengths.len() < symbols + distances {
        let (length, times) = match code.read(reader)? {
            16 => (*lengths.last()?, 3 + reader.read(2)),
            17 => (0, 3 + reader.read(3)),
            18 => (0, 11 + reader.read(7)),
            length => (length as u8, 1),
        };
        lengths.resize(lengths.len() + times, length);
    }
    if lengths.len() > symbols + distances || lengths[END_OF_BLOCK] == 0 {
        return None;
    }
    let (symbols, distances) = lengths.split_at(symbols);
    Some(Codes { symbols: Code::new(symbols)?, distances: Code::sparse(distances)? })
}

/// Codewords of up to this many bits are looked up in a table; longer ones are decoded bit by bit.
const FAST_BITS: u32 = 9;
const MAX_BITS: usize = 15;

/// A canonical prefix code, for reading.
#[derive(Debug)]
struct Code {
    /// By the next [`FAST_BITS`] bits: the symbol << 4 and the length of its codeword; 0 for longer ones.
    fast: [u16; 1 << FAST_BITS],
    /// How many codewords have each length.
    counts: [u16; MAX_BITS + 1],
    /// The symbols by length, and by value among equals.
    symbols: Vec<u16>,
}

impl Code {
    /// The complete code of these lengths.
    fn new(lengths: &[u8]) -> Option<Self> {
        Self::with_gap(lengths).and_then(|(code, gap)| (gap == 0).then_some(code))
    }

    /// The code of these lengths, which is complete, or a single codeword of one bit, or nothing.
    fn sparse(lengths: &[u8]) -> Option<Self> {
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
    fn read(&self, reader: &mut Reader) -> Option<usize> {
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
mod tests;
