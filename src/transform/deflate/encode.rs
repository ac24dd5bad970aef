//! Content → a deflate stream, bit for bit as the dialect's program writes it.

use super::{
    Work,
    bits::Writer,
    block::Block,
    dialect::{Dialect, Family},
    parse::Parser,
    symbols::Token,
};

/// From level 3 on, gzip checks after each multiple of this many tokens whether to end the block.
const GZIP_ASKS_EVERY: usize = 1 << 12;

/// Steps of work for setting up the tables.
const SET_UP: usize = 1 << 12;

/// Takes a stream while it is made. Each call may stop the work by returning `false`.
pub trait Sink {
    /// Takes a token, from which later bytes will be made.
    fn token(&mut self, token: Token) -> bool;
    /// Takes the next bytes of the stream.
    fn bytes(&mut self, bytes: &[u8]) -> bool;
}

/// Keeps the stream, whatever its length.
impl Sink for Vec<u8> {
    fn token(&mut self, _: Token) -> bool {
        true
    }

    fn bytes(&mut self, bytes: &[u8]) -> bool {
        self.extend_from_slice(bytes);
        true
    }
}

/// Deflates `content` into `sink`. Returns whether the stream is complete: `false` if `sink` stopped it, or `work` was
/// used up.
pub fn deflate(content: &[u8], dialect: Dialect, work: &mut Work, sink: &mut impl Sink) -> bool {
    if !work.spend(SET_UP) {
        return false;
    }
    let mut parser = Parser::new(content, dialect);
    let mut block = Block::new();
    let mut out = Writer::default();
    // Where the block and the next token begin.
    let (mut start, mut at) = (0, 0);
    while let Some(token) = parser.next(work) {
        if !sink.token(token) || !work.spend(token.span()) {
            return false;
        }
        block.push(token);
        let before = at - start;
        at += token.span();
        // A parse that waits gives its last literal after the check.
        let is_late = at == content.len() && dialect.effort().waits && token.span() == 1;
        if !is_late && ends_block(&block, dialect, before) {
            block.write(storable(content, start, at, &parser), false, &mut out);
            start = at;
            if !sink.bytes(&out.take_bytes()) {
                return false;
            }
        }
    }
    if work.is_used_up() {
        return false;
    }
    block.write(storable(content, start, at, &parser), true, &mut out);
    out.align();
    sink.bytes(&out.take_bytes())
}

/// The block's content, if all of it is still in the window.
fn storable<'a>(content: &'a [u8], start: usize, end: usize, parser: &Parser) -> Option<&'a [u8]> {
    (start >= parser.window_base() && end - start <= 0xffff).then(|| &content[start..end])
}

/// Whether the block is to end after its last token, before which it has `before` bytes of content.
fn ends_block(block: &Block, dialect: Dialect, before: usize) -> bool {
    let asks = dialect.family == Family::Gzip && dialect.level > 2 && block.len().is_multiple_of(GZIP_ASKS_EVERY);
    // A parse that waits has passed the token's first byte when it knows the token.
    let seen = before + usize::from(dialect.effort().waits);
    block.len() == dialect.family.block_tokens() || asks && block.is_good_enough(seen)
}

#[cfg(test)]
mod tests;
