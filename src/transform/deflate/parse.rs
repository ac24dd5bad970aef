//! Content → tokens, as zlib and gzip choose them.
//!
//! Every position is hashed by its next three bytes, and linked to the last position of the same hash. A search follows
//! a limited number of these links, newest first; the longest match wins, and the nearest of the longest. From level 4
//! on a match waits: if the next position has a longer one, a literal comes first.
//!
//! The hash has 15 or 16 bits, so that different triples may share a chain. Each uses up some of the search's limit, so
//! the output depends on the hash.

use super::{
    Work,
    dialect::{Dialect, Effort, Family},
    symbols::{MAX_MATCH, MIN_MATCH, Token, WINDOW},
    window::{MAX_DISTANCE, Window},
};

/// A match of three bytes from farther back than this costs more than its literals.
const TOO_FAR: usize = 4096;
/// In the chains: no position. Position n is n + 1.
const NONE: u32 = 0;

/// The tokens of some content, one after the other.
pub struct Parser<'a> {
    content: &'a [u8],
    dialect: Dialect,
    effort: Effort,
    window: Window,
    /// The newest position of each hash.
    heads: Vec<u32>,
    /// For each of the last [`WINDOW`] positions, the one of the same hash before it.
    links: Vec<u32>,
    /// The position that is looked at next.
    at: usize,
    /// What a parse that waits found at the position before.
    waiting: Waiting,
    tail: Tail,
}

/// What is still open about the position before.
#[derive(Clone, Copy, Debug)]
enum Waiting {
    /// Nothing: it belongs to a token.
    Nothing,
    /// It is a literal, or the start of this match (none if it is shorter than three bytes).
    Position(Found),
}

/// A match: its length, and the earlier position of its bytes.
#[derive(Clone, Copy, Debug)]
struct Found {
    len: usize,
    start: usize,
}

const NOT_FOUND: Found = Found { len: MIN_MATCH - 1, start: 0 };

impl<'a> Parser<'a> {
    /// The tokens of `content`, which is at most 2^31 bytes long.
    pub fn new(content: &'a [u8], dialect: Dialect) -> Self {
        let is_gzip = dialect.family == Family::Gzip;
        Self {
            content,
            dialect,
            effort: dialect.effort(),
            window: Window::new(content.len(), is_gzip),
            heads: vec![NONE; 1 << dialect.family.hash_bits()],
            links: vec![NONE; WINDOW.min(content.len().next_power_of_two())],
            at: 0,
            waiting: Waiting::Nothing,
            tail: Tail::new(content, is_gzip),
        }
    }

    /// Where the window began when the last token was parsed.
    pub fn window_base(&self) -> usize {
        self.window.base
    }

    /// The next token; `None` at the end, or when `work` is used up.
    #[inline]
    pub fn next(&mut self, work: &mut Work) -> Option<Token> {
        if self.effort.waits { self.next_waiting(work) } else { self.next_at_once(work) }
    }

    /// Takes the first match that each position has.
    fn next_at_once(&mut self, work: &mut Work) -> Option<Token> {
        self.window.advance(self.at);
        if self.at == self.content.len() || !work.spend(1) {
            return None;
        }
        let chain = self.insert(self.at);
        let found = self.search(chain, MIN_MATCH - 1, work);
        if found.len < MIN_MATCH {
            self.at += 1;
            return Some(Token::Literal(self.content[self.at - 1]));
        }
        let token = self.token(found, self.at);
        let end = self.at + found.len;
        if found.len <= self.effort.lazy && end + MIN_MATCH <= self.content.len() {
            self.insert_all(self.at + 1..end);
        }
        self.at = end;
        Some(token)
    }

    /// Takes a match if the next position has no longer one.
    fn next_waiting(&mut self, work: &mut Work) -> Option<Token> {
        loop {
            self.window.advance(self.at);
            if self.at == self.content.len() || !work.spend(1) {
                let waiting = std::mem::replace(&mut self.waiting, Waiting::Nothing);
                let is_literal = matches!(waiting, Waiting::Position(_)) && !work.is_used_up();
                return is_literal.then(|| Token::Literal(self.content[self.at - 1]));
            }
            let before = match self.waiting {
                Waiting::Nothing => NOT_FOUND,
                Waiting::Position(found) => found,
            };
            let chain = self.insert(self.at);
            let found = if before.len < self.effort.lazy { self.search(chain, before.len, work) } else { NOT_FOUND };
            if before.len >= MIN_MATCH && found.len <= before.len {
                let start = self.at - 1;
                let end = start + before.len;
                self.insert_all(self.at + 1..end);
                self.at = end;
                self.waiting = Waiting::Nothing;
                return Some(self.token(before, start));
            }
            let literal = matches!(self.waiting, Waiting::Position(_)).then(|| self.content[self.at - 1]);
            self.waiting = Waiting::Position(self.worth_waiting(found));
            self.at += 1;
            if let Some(byte) = literal {
                return Some(Token::Literal(byte));
            }
        }
    }

    /// Drops a match that is too short for how far back it is.
    fn worth_waiting(&self, found: Found) -> Found {
        let too_far = found.len == MIN_MATCH && self.at - found.start > TOO_FAR;
        if too_far || found.len < self.dialect.family.least_lazy_match() { NOT_FOUND } else { found }
    }

    fn token(&self, found: Found, at: usize) -> Token {
        Token::Match { len: found.len as u16, distance: (at - found.start) as u16 }
    }

    /// Links position `at` into its chain, and returns the rest of the chain. The last two positions have no hash, and
    /// no chain.
    #[inline]
    fn insert(&mut self, at: usize) -> u32 {
        let Some(&[a, b, c]) = self.content[at..].first_chunk() else { return NONE };
        let bits = self.dialect.family.hash_bits();
        let shift = bits.div_ceil(3);
        let hash = u32::from(a) << (2 * shift) ^ u32::from(b) << shift ^ u32::from(c);
        let head = &mut self.heads[(hash & ((1 << bits) - 1)) as usize];
        let mask = self.links.len() - 1;
        self.links[at & mask] = *head;
        std::mem::replace(head, at as u32 + 1)
    }

    /// Links positions inside a match into their chains.
    fn insert_all(&mut self, positions: std::ops::Range<usize>) {
        for at in positions {
            self.insert(at);
        }
    }

    /// The best match in `chain` for the current position, if one is longer than `least`.
    #[inline]
    fn search(&self, chain: u32, least: usize, work: &mut Work) -> Found {
        let newest = (chain as usize).wrapping_sub(1);
        // Not a position, too far back, or the start of the window, which both programs take for no position.
        if chain == NONE
            || self.at - newest > MAX_DISTANCE
            || newest <= self.window.base
            || !self.window.allows_match(self.at)
        {
            return NOT_FOUND;
        }
        self.follow(newest, least, work)
    }

    fn follow(&self, newest: usize, least: usize, work: &mut Work) -> Found {
        let ahead = self.content.len() - self.at;
        let scan = self.tail.ahead(self.content, self.at);
        let nice = if self.tail.is_read { self.effort.nice } else { self.effort.nice.min(ahead) };
        let limit = self.at.saturating_sub(MAX_DISTANCE).max(self.window.base);
        let mut chain = if least >= self.effort.good { self.effort.chain / 4 } else { self.effort.chain };
        let mask = self.links.len() - 1;
        let mut best = Found { len: least, start: 0 };
        let mut source = newest;
        loop {
            let candidate = self.tail.ahead(self.content, source);
            // A match that is no longer than the best mostly differs at the best one's end.
            if best.len < scan.len() && candidate[best.len - 1..=best.len] == scan[best.len - 1..=best.len] {
                let len = common_prefix(candidate, scan);
                if !work.spend(len / 16) {
                    break;
                }
                if len > best.len {
                    best = Found { len, start: source };
                    if len >= nice {
                        break;
                    }
                }
            }
            chain -= 1;
            let next = self.links[source & mask] as usize;
            if next <= limit + 1 || chain == 0 || !work.spend(1) {
                break;
            }
            source = next - 1;
        }
        best.len = best.len.min(ahead);
        best
    }
}

/// How many bytes `a` and `b` have in common at their starts.
#[inline]
fn common_prefix(a: &[u8], b: &[u8]) -> usize {
    let (words_a, words_b) = (a.as_chunks::<8>().0, b.as_chunks::<8>().0);
    for (i, (a, b)) in words_a.iter().zip(words_b).enumerate() {
        let differs = u64::from_le_bytes(*a) ^ u64::from_le_bytes(*b);
        if differs != 0 {
            return 8 * i + differs.trailing_zeros() as usize / 8;
        }
    }
    let same = 8 * words_a.len().min(words_b.len());
    same + a[same..].iter().zip(&b[same..]).take_while(|(a, b)| a == b).count()
}

/// The end of the content. zlib compares no further. gzip compares two zeros and then bytes that its buffer held
/// before, so that of two matches that both reach the end the farther may win.
struct Tail {
    /// For gzip, the last bytes of the content and what follows them; else nothing.
    bytes: Vec<u8>,
    /// Where `bytes` begins.
    start: usize,
    is_read: bool,
}

impl Tail {
    fn new(content: &[u8], is_read: bool) -> Self {
        let start = content.len().saturating_sub(MAX_MATCH);
        let mut bytes = Vec::new();
        if is_read {
            bytes.extend_from_slice(&content[start..]);
            bytes.extend([0, 0]);
            // Once the window has moved on, its second half still holds what moved to the first.
            let before = (content.len() > 2 * WINDOW).then(|| &content[content.len() + 2 - WINDOW..]);
            bytes.extend_from_slice(before.map_or(&[0; MAX_MATCH - 2], |before| &before[..MAX_MATCH - 2]));
        }
        Self { bytes, start, is_read }
    }

    /// The bytes from position `at` on, as far as a match can reach.
    #[inline]
    fn ahead<'s>(&'s self, content: &'s [u8], at: usize) -> &'s [u8] {
        match content.get(at..at + MAX_MATCH) {
            Some(bytes) => bytes,
            None if self.is_read => &self.bytes[at - self.start..][..MAX_MATCH],
            None => &content[at..],
        }
    }
}
