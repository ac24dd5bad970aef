//! A deflate stream → its tokens → its content (RFC 1951).
//!
//! Whatever the bytes are, nothing is read beyond them and nothing is written beyond the limit. Bytes that break a rule
//! of the RFC are no stream. Codes must be complete, but that of distances may have one codeword or none.

use super::{
    bits::Reader,
    code::Code,
    symbols::{
        CODE_LENGTH_ORDER, DISTANCE_RANGES, DISTANCES, END_OF_BLOCK, FIXED_DISTANCE_LENGTH, FIXED_LENGTHS,
        LENGTH_RANGES, LITERALS_AND_LENGTHS, Range, Token,
    },
};

/// Steps of work for a byte of content, and for a block's codes.
const STEPS_PER_BYTE: u64 = 4;
const STEPS_PER_BLOCK: u64 = 1 << 13;
/// Bytes that are looked at, at most, to find a token, an end, or a block's codes to be wrong.
const MOST_LOOKED_AT: usize = 512;

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
    /// Whether more bytes behind these could make it a stream.
    pub is_cut: bool,
}

/// Inflates the stream that `coded` begins with to at most `limit` bytes, and to no more than there is memory for.
///
/// # Errors
/// No stream begins here, or it ends beyond `coded`, or its content would exceed the limit.
pub fn inflate(coded: &[u8], limit: usize) -> Result<Inflated, NotInflated> {
    let mut content = Vec::new();
    let mut tokens = Tokens::new(coded);
    append(&mut content, &mut tokens, limit)?;
    match tokens.end() {
        Some(consumed) => {
            let steps = tokens.steps(content.len());
            Ok(Inflated { content, consumed, steps })
        }
        None => Err(tokens.failed(content.len(), false)),
    }
}

/// The first bytes of the content, at most `limit`, of the stream that `coded` begins with.
pub fn inflate_start(coded: &[u8], limit: usize) -> Vec<u8> {
    let mut content = Vec::new();
    // An error ends it, as the limit does.
    let _ = append(&mut content, &mut Tokens::new(coded), limit);
    content
}

/// Appends the content of `tokens`, until there are `limit` bytes.
fn append(content: &mut Vec<u8>, tokens: &mut Tokens, limit: usize) -> Result<(), NotInflated> {
    while let Some(token) = tokens.next() {
        if content.len() + token.span() > limit || content.try_reserve(token.span()).is_err() {
            return Err(tokens.failed(content.len(), true));
        }
        match token {
            Token::Literal(byte) => content.push(byte),
            Token::Match { len, distance } => match content.len().checked_sub(distance.into()) {
                Some(start) => repeat(content, start, len.into()),
                None => return Err(tokens.failed(content.len(), false)),
            },
        }
    }
    Ok(())
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
    /// Whether a stored block is longer than what is there.
    is_cut: bool,
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
        Self { reader: Reader::new(coded), block: Block::Between, is_last: false, blocks: 0, is_cut: false }
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
        NotInflated { steps: self.steps(len), too_long, is_cut: self.reader.left() < MOST_LOOKED_AT || self.is_cut }
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
                let bytes = self.reader.read_bytes(len);
                self.is_cut = bytes.is_none();
                Block::Stored(bytes?.iter())
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

#[cfg(test)]
mod tests;
