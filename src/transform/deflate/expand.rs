//! Content with deflate streams ↔ the same with each stream's content in its place, and the recipe for the way back.
//!
//! A stream is replaced only after deflating its content gave the same bytes. Both ways take time in proportion to the
//! content, whatever it is: reconstructing a stream may take at most [`work_for`] steps, and attempts that lead to
//! nothing, inflating or deflating, share one budget for all of the content ([`futile_work`]), after which no more
//! streams are looked for. A step takes nanoseconds.

use super::{
    Candidate, Dialect, Work,
    encode::{Sink, deflate},
    inflate::{Inflated, NotInflated, Tokens, inflate, inflate_start, inflated_len},
    recipe::{Entry, bad_recipe},
    symbols::Token,
    wrapper::{MAX_HEADER, MOST_TRAILER, Trailer, candidate, find},
};
use crate::{Result, container::MAX_BLOCK_LEN, error::room_for};

/// Shorter streams are left alone: their entries cost about as much as they could save, and setting up to deflate them
/// costs time.
pub const MIN_STREAM: usize = 32;
/// Bytes of memory that deflating takes beside content and stream: hash table, chains, tokens and symbols of a block.
pub const MEMORY: usize = 1 << 20;

/// Content with its streams expanded.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Expanded {
    /// The content with each stream's content in its place, then the recipe.
    pub bytes: Vec<u8>,
    /// How many of the bytes are the recipe: the last ones.
    pub recipe_len: usize,
}

/// The steps that deflating `len` bytes again may take.
fn work_for(len: usize) -> u64 {
    (1 << 16) + ((len as u64) << 10)
}

/// The steps that attempts without success may take at first, and for each byte of content.
const FUTILE_WORK: u64 = 1 << 26;
const FUTILE_WORK_PER_BYTE: u64 = 1 << 8;

/// Expands the streams in `content` that can be reconstructed, if there are any, and memory for them. The result is no
/// longer than a block can be.
pub fn expand(content: &[u8]) -> Option<Expanded> {
    let part = Expander::default().next(content, content.len(), true, MAX_BLOCK_LEN, &mut || true);
    match part {
        Ok(Part::Expanded { expanded, .. }) => Some(expanded),
        _ => None,
    }
}

/// The error for expanded content that would be longer than it may be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TooLong;

/// The beginning of some content.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Part {
    /// So many bytes without a stream.
    Plain(usize),
    /// `len` bytes with streams, which all end in them.
    Expanded { len: usize, expanded: Expanded },
    /// It cannot be told from what is there of the content.
    Open,
}

/// Takes content apart, part by part.
#[derive(Debug)]
pub struct Expander {
    /// What attempts without success may still take.
    futile: Work,
}

impl Default for Expander {
    fn default() -> Self {
        Self { futile: Work::new(FUTILE_WORK) }
    }
}

impl Expander {
    /// The first part of `content`: `usual` bytes, or as many as there are, or up to the end of the last stream that
    /// begins in these. Unless `is_end`, more content may follow. The part depends on the content alone, and not on how
    /// much of it is there. `go_on` is called before each stream and each token; once it has returned `false`, the
    /// result is of no use.
    ///
    /// # Errors
    /// A stream would make it longer than `most` bytes. No memory was taken for more.
    pub fn next(
        &mut self,
        content: &[u8],
        usual: usize,
        is_end: bool,
        most: usize,
        go_on: &mut dyn FnMut() -> bool,
    ) -> std::result::Result<Part, TooLong> {
        // A header may begin at the last byte.
        if !is_end && content.len() <= usual {
            return Ok(Part::Open);
        }
        let mut end = usual.min(content.len());
        let mut futile = self.futile;
        futile.add(FUTILE_WORK_PER_BYTE * end as u64);
        let mut search = Search { content, is_end, futile, stopped: None, go_on };
        let (mut bytes, mut recipe) = (Vec::new(), Vec::new());
        // Content before `done` is expanded or copied; the search goes on at `from`.
        let (mut done, mut from) = (0, 0);
        while let Some(at) = find(&content[..content.len().min(end + 1)], from)
            && search.futile.spend(64)
            && (search.go_on)()
        {
            from = at + 1;
            let there = bytes.len() + recipe.len() + end - done + MAX_ENTRY;
            let [room, allowed] = [MAX_BLOCK_LEN, most].map(|most| most.saturating_sub(there));
            let stream = search.stream(at, room, allowed);
            match search.stopped {
                Some(Stopped::Open) => return Ok(Part::Open),
                Some(Stopped::TooLong) => return Err(TooLong),
                None => {}
            }
            let Some(stream) = stream else { continue };
            let gap = &content[done..stream.start];
            if bytes.try_reserve(gap.len() + stream.content.len()).is_err() {
                return Ok(Part::Plain(end));
            }
            bytes.extend_from_slice(gap);
            Entry { gap: gap.len(), ..stream.entry }.write(&mut recipe);
            bytes.extend_from_slice(&stream.content);
            search.futile.add(FUTILE_WORK_PER_BYTE * stream.end.saturating_sub(end) as u64);
            (done, from, end) = (stream.end, stream.end, end.max(stream.end));
        }
        self.futile = search.futile;
        if recipe.is_empty() || bytes.try_reserve(end - done + recipe.len()).is_err() {
            return Ok(Part::Plain(end));
        }
        bytes.extend_from_slice(&content[done..end]);
        bytes.extend_from_slice(&recipe);
        Ok(Part::Expanded { len: end, expanded: Expanded { bytes, recipe_len: recipe.len() } })
    }
}

/// Bytes at the end of content that is cut off in which an encoder may choose other tokens: it looks ahead by two of
/// the longest matches.
const EDGE: usize = 3 * 258;

/// Bytes of the longest entry of a recipe.
const MAX_ENTRY: usize = 4 + 4 + 1;

/// A stream that can be reconstructed.
struct Stream {
    entry: Entry,
    content: Vec<u8>,
    /// Where it begins and ends in the content around it, its trailer included.
    start: usize,
    end: usize,
}

/// The search for streams in some content.
struct Search<'a> {
    content: &'a [u8],
    /// Whether nothing follows the content.
    is_end: bool,
    /// What attempts without success may still take.
    futile: Work,
    stopped: Option<Stopped>,
    go_on: &'a mut dyn FnMut() -> bool,
}

/// Why the search cannot go on.
enum Stopped {
    /// More content may make a stream of what is there.
    Open,
    /// A stream would become longer than is allowed.
    TooLong,
}

impl Search<'_> {
    /// The stream whose header is at `at`, if it inflates to at most `room` bytes and can be reconstructed.
    fn stream(&mut self, at: usize, room: usize, allowed: usize) -> Option<Stream> {
        if !self.is_end && self.content.len() - at <= MAX_HEADER {
            self.stopped = Some(Stopped::Open);
            return None;
        }
        let candidate = candidate(self.content, at)?;
        let coded = &self.content[candidate.start..];
        let Inflated { content, consumed, steps } = match inflate(coded, room.min(allowed)) {
            Ok(inflated) => inflated,
            Err(error) if error.too_long && allowed < room => {
                if self.is_too_long(coded, &candidate, room, allowed) {
                    self.stopped = Some(Stopped::TooLong);
                }
                return None;
            }
            Err(error) if error.is_cut && !self.is_end => {
                self.stopped = Some(Stopped::Open);
                return None;
            }
            Err(error) => {
                self.futile.spend_all(error.steps);
                return None;
            }
        };
        if !self.is_end && coded.len() < consumed + MOST_TRAILER {
            self.stopped = Some(Stopped::Open);
            return None;
        }
        let is_same = |is_deflated: bool, trial: &Trial| is_deflated && trial.left.is_empty();
        let dialect = (consumed >= MIN_STREAM)
            .then(|| self.dialect(&coded[..consumed], &content, content.len(), &candidate, is_same));
        let Some(dialect) = dialect.flatten() else {
            self.futile.spend_all(steps);
            return None;
        };
        let trailer = candidate.trailer.bytes(&content);
        let is_right = coded[consumed..].starts_with(&trailer);
        let trailer_kind = if is_right { candidate.trailer } else { Trailer::None };
        let end = candidate.start + consumed + if is_right { trailer.len() } else { 0 };
        let entry = Entry { gap: 0, len: content.len(), dialect, trailer: trailer_kind };
        Some(Stream { entry, content, start: candidate.start, end })
    }

    /// Whether the stream `coded` inflates to at most `room` bytes and a dialect may make it, as far as its first
    /// `allowed` bytes of content tell. Otherwise it stays as it is, whatever is allowed.
    fn is_too_long(&mut self, coded: &[u8], candidate: &Candidate, room: usize, allowed: usize) -> bool {
        let len = match inflated_len(coded, room) {
            Ok(len) => len,
            Err(error) if error.is_cut && !self.is_end => {
                self.stopped = Some(Stopped::Open);
                return false;
            }
            Err(NotInflated { steps, .. }) => {
                self.futile.spend_all(steps);
                return false;
            }
        };
        let start = inflate_start(coded, allowed);
        let may_make = |_, trial: &Trial| trial.same + EDGE >= start.len();
        self.dialect(coded, &start, len, candidate, may_make).is_some()
    }

    /// The first dialect whose trial is `accepted`: deflating `content`, the first bytes of `len`, beside the stream
    /// `coded`. `accepted` gets whether all of it was deflated. Other trials are futile work.
    fn dialect(
        &mut self,
        coded: &[u8],
        content: &[u8],
        len: usize,
        candidate: &Candidate,
        accepted: impl Fn(bool, &Trial) -> bool,
    ) -> Option<Dialect> {
        candidate.dialects().into_iter().find(|&dialect| {
            let steps = work_for(len).min(self.futile.left());
            let mut work = Work::new(steps);
            let mut trial = Trial { tokens: Tokens::new(coded), left: coded, same: 0, go_on: &mut *self.go_on };
            let is_deflated = deflate(content, dialect, &mut work, &mut trial);
            let is_accepted = accepted(is_deflated, &trial);
            if !is_accepted {
                self.futile.spend_all(steps - work.left());
            }
            is_accepted
        })
    }
}

/// Compares a stream that is being made with the one in the content. Tokens are compared before their block is
/// complete, so that wrong dialects mostly cost next to nothing.
struct Trial<'a> {
    tokens: Tokens<'a>,
    left: &'a [u8],
    /// Bytes of content whose tokens are the same.
    same: usize,
    go_on: &'a mut dyn FnMut() -> bool,
}

impl Sink for Trial<'_> {
    fn token(&mut self, token: Token) -> bool {
        if !(self.go_on)() {
            return false;
        }
        let is_same = match self.tokens.next() {
            // A stored block has bytes in place of its tokens.
            Some(_) if self.tokens.is_stored() => {
                self.tokens.by_ref().take(token.span() - 1).count() == token.span() - 1
            }
            found => found == Some(token),
        };
        self.same += if is_same { token.span() } else { 0 };
        is_same
    }

    fn bytes(&mut self, bytes: &[u8]) -> bool {
        match self.left.strip_prefix(bytes) {
            Some(left) => self.left = left,
            None => return false,
        }
        true
    }
}

/// Reconstructs the streams, the inverse of [`expand`]. The result is `len` bytes long.
///
/// # Errors
/// The recipe is damaged, does not fit the content, or takes more work than any recipe that [`expand`] writes.
pub fn reconstruct(expanded: &Expanded, len: usize) -> Result<Vec<u8>> {
    reconstruct_while(expanded, room_for(len)?, len, &mut || true)
}

/// As [`reconstruct`], into `bytes`, which has room for them, but only while `go_on` returns `true`. It is called
/// before each stream and each token.
///
/// # Errors
/// As [`reconstruct`]; or `go_on` returned `false`.
pub fn reconstruct_while(
    expanded: &Expanded,
    bytes: Vec<u8>,
    len: usize,
    go_on: &mut dyn FnMut() -> bool,
) -> Result<Vec<u8>> {
    let content_len = expanded.bytes.len().checked_sub(expanded.recipe_len).ok_or_else(bad_recipe)?;
    let (mut content, mut recipe) = expanded.bytes.split_at(content_len);
    let mut out = Bounded { bytes, len, go_on };
    while !recipe.is_empty() {
        let entry = Entry::read(&mut recipe)?;
        let gap = take(&mut content, entry.gap)?;
        let inflated = take(&mut content, entry.len)?;
        let mut work = Work::new(work_for(entry.len));
        let start = out.bytes.len() + gap.len();
        let fits = (out.go_on)()
            && out.bytes(gap)
            && deflate(inflated, entry.dialect, &mut work, &mut out)
            && out.bytes.len() - start >= MIN_STREAM
            && out.bytes(&entry.trailer.bytes(inflated));
        fits.then_some(()).ok_or_else(bad_recipe)?;
    }
    let is_whole = out.bytes(content) && out.bytes.len() == len;
    is_whole.then_some(out.bytes).ok_or_else(bad_recipe)
}

/// Takes `len` bytes from the front of `bytes`.
fn take<'a>(bytes: &mut &'a [u8], len: usize) -> Result<&'a [u8]> {
    let (front, rest) = bytes.split_at_checked(len).ok_or_else(bad_recipe)?;
    *bytes = rest;
    Ok(front)
}

/// A list of bytes that never becomes longer than `len`.
struct Bounded<'a> {
    bytes: Vec<u8>,
    len: usize,
    go_on: &'a mut dyn FnMut() -> bool,
}

impl Sink for Bounded<'_> {
    fn token(&mut self, _: Token) -> bool {
        (self.go_on)()
    }

    fn bytes(&mut self, bytes: &[u8]) -> bool {
        let fits = bytes.len() <= self.len - self.bytes.len();
        if fits {
            self.bytes.extend_from_slice(bytes);
        }
        fits
    }
}

#[cfg(test)]
mod tests;
