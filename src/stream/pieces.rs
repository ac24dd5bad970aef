//! Content written in → pieces to code: repeats as copies, the content between them as blocks.
//!
//! Pieces depend on the content and on the places where it was flushed, not on the sizes of writes: they are made only
//! when a whole block is there, or at an end.

use super::long_repeats::{CHUNK, Finder};
use crate::{Error, Result, container::MAX_DISTANCE};

/// A stretch of content that becomes one block.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Piece {
    /// This number of bytes, to be coded by themselves.
    Fresh(usize),
    /// `len` bytes that equal those `distance` bytes before them.
    Copy { len: usize, distance: usize },
}

impl Piece {
    pub fn len(self) -> usize {
        match self {
            Self::Fresh(len) | Self::Copy { len, .. } => len,
        }
    }
}

/// Gathers content up to a whole block, and keeps the content that copies may reach back to.
#[derive(Debug)]
pub struct Pieces {
    /// Content within reach of copies, if copies are made, which is coded already; after it the content that is not
    /// coded yet.
    content: Vec<u8>,
    /// Bytes of `content` that are coded.
    coded: usize,
    block_len: usize,
    /// `None`: no copies.
    finder: Option<Finder>,
}

impl Pieces {
    /// Makes blocks of `block_len` bytes, and copies only if `copies` is set.
    pub fn new(block_len: usize, copies: bool) -> Self {
        Self { content: Vec::new(), coded: 0, block_len, finder: copies.then(Finder::default) }
    }

    /// The bytes that are not coded yet.
    pub fn uncoded(&self) -> &[u8] {
        &self.content[self.coded..]
    }

    /// How many bytes are in memory, coded ones and not.
    pub fn held(&self) -> usize {
        self.content.len()
    }

    /// Whether a whole block is to be coded.
    pub fn is_full(&self) -> bool {
        self.uncoded().len() == self.block_len
    }

    /// Takes bytes until the block is whole; returns how many it took.
    ///
    /// # Errors
    /// Only if the system does not have the memory.
    pub fn fill(&mut self, bytes: &[u8]) -> Result<usize> {
        let taken = bytes.len().min(self.block_len - self.uncoded().len());
        if self.content.len() + taken > self.capacity() {
            self.drop_front();
        }
        self.content.try_reserve(taken).map_err(|_| Error::no_memory(self.content.len() as u64))?;
        self.content.extend_from_slice(&bytes[..taken]);
        Ok(taken)
    }

    /// Bytes of memory that taking `len` more of content may ask for.
    pub fn growth(&self, len: usize) -> u64 {
        let needed = self.content.len() + len.min(self.block_len - self.uncoded().len());
        if needed <= self.content.capacity() { 0 } else { needed.max(2 * self.content.capacity()) as u64 }
    }

    /// Bytes that are held at most: the reach of copies, rounded up to a chunk, and a block.
    pub fn capacity(&self) -> usize {
        capacity(self.block_len, self.finder.is_some())
    }

    /// Drops content that no copy can reach any more. Called seldom, because it moves all that stays.
    fn drop_front(&mut self) {
        let len = match &mut self.finder {
            Some(finder) => {
                // The finder's chunks are aligned to the content's start, so they must stay so.
                let len = self.coded.saturating_sub(MAX_DISTANCE) / CHUNK * CHUNK;
                finder.drop_front(len);
                len
            }
            None => self.coded,
        };
        self.content.drain(..len);
        self.coded -= len;
    }

    /// Cuts the uncoded bytes into pieces. Unless `is_end`, the bytes after the last copy stay and wait for more
    /// content, so that no block gets short without need.
    pub fn cut(&mut self, is_end: bool) -> Vec<Piece> {
        let mut pieces = Vec::new();
        let mut at = self.coded;
        // A flush without new content must not end a repeat.
        let finder = self.finder.as_mut().filter(|_| at < self.content.len());
        let repeats = finder.map(|finder| finder.find(&self.content, at)).unwrap_or_default();
        for repeat in repeats {
            if repeat.start > at {
                pieces.push(Piece::Fresh(repeat.start - at));
            }
            pieces.push(Piece::Copy { len: repeat.len, distance: repeat.distance });
            at = repeat.end();
        }
        let rest = self.content.len() - at;
        if rest > 0 && (is_end || pieces.is_empty()) {
            pieces.push(Piece::Fresh(rest));
        }
        pieces
    }

    /// Marks the next `len` bytes as coded.
    pub fn advance(&mut self, len: usize) {
        self.coded += len;
    }
}

/// The most bytes of content held for blocks of `block_len` bytes, with `copies` or without.
pub fn capacity(block_len: usize, copies: bool) -> usize {
    block_len + if copies { MAX_DISTANCE + CHUNK } else { 0 }
}

#[cfg(test)]
mod tests {
    use super::*;

    const BLOCK: usize = 1 << 25;

    /// Feeds `content` in steps of `step`, ends a block every `flush` bytes, and gives the pieces, each of it checked.
    fn cut(content: &[u8], step: usize, flush: usize) -> Vec<Piece> {
        let mut pieces = Pieces::new(BLOCK, true);
        let (mut all, mut coded, mut taken) = (Vec::new(), 0, 0);
        while coded < content.len() {
            let until = content.len().min(taken + step).min((taken + 1).next_multiple_of(flush));
            taken += pieces.fill(&content[taken..until]).unwrap();
            let is_end = taken == content.len() || taken.is_multiple_of(flush);
            if is_end || pieces.is_full() {
                for piece in pieces.cut(is_end) {
                    let range = coded..coded + piece.len();
                    assert!(pieces.uncoded()[..piece.len()] == content[range.clone()]);
                    if let Piece::Copy { distance, .. } = piece {
                        assert!((1..=MAX_DISTANCE).contains(&distance));
                        assert!(content[coded - distance..][..piece.len()] == content[range]);
                    }
                    pieces.advance(piece.len());
                    coded += piece.len();
                    all.push(piece);
                }
            }
            assert!(pieces.content.len() <= pieces.capacity());
        }
        all
    }

    /// `len` bytes that repeat `period` bytes of noise.
    fn periodic(period: usize, len: usize) -> Vec<u8> {
        foretell_testkit::noise(1, period).into_iter().cycle().take(len).collect()
    }

    fn fresh(pieces: &[Piece]) -> Vec<usize> {
        let fresh = pieces.iter().filter(|piece| matches!(piece, Piece::Fresh(_)));
        fresh.map(|piece| piece.len()).collect()
    }

    #[test]
    fn content_far_longer_than_the_window_is_cut_the_same_however_it_comes() {
        let mut content = periodic(3_000_001, 120_000_000);
        content[70_000_000..70_500_000].fill(3);
        let whole = cut(&content, usize::MAX >> 1, content.len());
        assert_eq!(fresh(&whole), [3_000_001, 500_000]);
        assert_eq!(cut(&content, 1_234_567, content.len()), whole);
    }

    #[test]
    fn copies_go_on_over_flushes() {
        let content = periodic(1_300_000, 100_000_000);
        // Two turns are less than the least length; from then on all is copied.
        assert_eq!(fresh(&cut(&content, 65_536, 2_000_003)), [2_000_003]);
        assert_eq!(fresh(&cut(&content, 65_536, 33_333_334)), [1_300_000]);
        // Blocks this short are not searched.
        assert_eq!(fresh(&cut(&content, 65_536, 700_001)).iter().sum::<usize>(), content.len());
    }

    #[test]
    fn without_copies_a_block_is_all_that_is_kept() {
        let mut pieces = Pieces::new(1000, false);
        for _ in 0..5 {
            assert_eq!(pieces.fill(&[0; 3000]).unwrap(), 1000);
            assert!(pieces.is_full());
            assert_eq!(pieces.cut(false), [Piece::Fresh(1000)]);
            pieces.advance(1000);
            assert_eq!(pieces.content.len(), 1000);
        }
    }
}
