//! Content written in → pieces to code: repeats as copies, the content between them.
//!
//! Pieces depend on the content and on the places where it was flushed, not on the sizes of writes, nor on how far the
//! coding of what comes before has got.

use super::long_repeats::{CHUNK, Finder, Repeat, common_prefix};
use crate::{
    Error, Result,
    codec::copy::grown,
    container::{MAX_BLOCK_LEN, Window},
};

/// The shortest stretch that continues a copy which ended at the end of the content so far. The next block starts with
/// a new network in any case, so this must only pay for a header of 19 bytes.
const MIN_CONTINUED: usize = 256;
/// Content that is not needed any more is dropped when it is this long, so that what is kept is seldom moved.
const DROPPED: usize = 1 << 23;

/// What comes next in the content.
#[derive(Debug, PartialEq, Eq)]
pub enum Next<'a> {
    /// Content that is no repeat. If it does not `end` here, more of its kind may follow.
    Fresh { content: &'a [u8], ends: bool },
    /// So many bytes that equal those a distance before, and their CRC-32. They are passed over.
    Copy { len: usize, distance: usize, crc: u32 },
    /// More content must come first.
    Nothing,
}

/// Content that was taken: some that is coded, for repeats, and some that is not.
#[derive(Debug)]
pub struct Pieces {
    content: Vec<u8>,
    /// How many bytes of `content` are coded.
    coded: usize,
    /// Up to here the content is known to be no repeat.
    fresh_until: usize,
    /// The repeat that begins there, if it was found.
    found: Option<Repeat>,
    copying: Option<Copying>,
    /// The distance of a copy that ended because the content so far did.
    resume: Option<usize>,
    /// How much content there was when a repeat was looked for last.
    looked_at: usize,
    /// Finds repeats, if copies are wanted.
    finder: Option<Finder>,
}

/// A copy whose end is not known yet.
#[derive(Debug)]
struct Copying {
    distance: usize,
    len: usize,
    crc: crc32fast::Hasher,
}

impl Pieces {
    /// No content yet; copies reach back as far as the window, and without one no content is a repeat.
    pub fn new(window: Option<Window>) -> Self {
        Self {
            content: Vec::new(),
            coded: 0,
            fresh_until: 0,
            found: None,
            copying: None,
            resume: None,
            looked_at: 0,
            finder: window.map(Finder::new),
        }
    }

    /// Bytes that are not coded yet.
    pub fn uncoded(&self) -> usize {
        self.content.len() - self.coded
    }

    /// Bytes of memory that it takes.
    pub fn held(&self) -> usize {
        self.content.len()
    }

    /// Takes `bytes`.
    ///
    /// # Errors
    /// The system does not have the memory.
    pub fn fill(&mut self, bytes: &[u8]) -> Result<()> {
        self.drop_front();
        let more = (self.growth(bytes.len()) as usize).saturating_sub(self.content.len());
        self.content.try_reserve_exact(more).map_err(|_| Error::no_memory(self.content.len() as u64))?;
        self.content.extend_from_slice(bytes);
        Ok(())
    }

    /// Bytes of memory that taking `len` bytes may need beside what it has.
    pub fn growth(&self, len: usize) -> u64 {
        let needed = self.content.len() + len;
        if needed <= self.content.capacity() { 0 } else { grown(self.content.capacity(), needed) as u64 }
    }

    /// Drops content that no copy can reach.
    fn drop_front(&mut self) {
        let reach = self.finder.as_ref().map_or(0, Finder::reach);
        // The finder's chunks are aligned to the content's start, so they must stay so.
        let len = self.coded.saturating_sub(reach) / CHUNK * CHUNK;
        if len == 0 || len < DROPPED.min(self.content.len() / 2) {
            return;
        }
        if let Some(finder) = &mut self.finder {
            finder.drop_front(len);
        }
        self.content.drain(..len);
        self.coded -= len;
        self.fresh_until = self.fresh_until.saturating_sub(len);
        self.looked_at = self.looked_at.saturating_sub(len);
        if let Some(repeat) = &mut self.found {
            repeat.start -= len;
        }
    }

    /// What comes next. With `is_end`, no more content comes, or what there is must be coded first.
    pub fn next(&mut self, is_end: bool) -> Next<'_> {
        loop {
            if self.copying.is_some() {
                return self.copy_on(is_end);
            }
            if self.resume.is_some() {
                match self.resumes(is_end) {
                    Some(true) => continue,
                    Some(false) => {}
                    None => return Next::Nothing,
                }
            }
            self.look(is_end);
            if self.coded < self.fresh_until {
                let ends = self.found.is_some() || (is_end && self.fresh_until == self.content.len());
                return Next::Fresh { content: &self.content[self.coded..self.fresh_until], ends };
            }
            let Some(repeat) = self.found.take() else { return Next::Nothing };
            self.begin_copy(repeat.distance);
        }
    }

    /// The content of the copy that was just passed over.
    pub fn copied(&self, len: usize, distance: usize) -> Vec<u8> {
        let before = &self.content[..self.coded];
        // It may be longer than what is kept; but that holds its period.
        let period = &before[before.len() - distance..];
        let turn = distance - len % distance;
        period.iter().cycle().skip(turn % distance).take(len).copied().collect()
    }

    /// Counts `len` bytes of fresh content as coded.
    pub fn advance(&mut self, len: usize) {
        self.coded += len;
    }

    fn begin_copy(&mut self, distance: usize) {
        self.copying = Some(Copying { distance, len: 0, crc: crc32fast::Hasher::new() });
    }

    /// Goes on with the copy as far as the content equals its source.
    fn copy_on(&mut self, is_end: bool) -> Next<'static> {
        let Some(mut copying) = self.copying.take() else { return Next::Nothing };
        let rest = &self.content[self.coded..];
        let same = common_prefix(&self.content[self.coded - copying.distance..], rest);
        let same = same.min(MAX_BLOCK_LEN - copying.len);
        copying.crc.update(&rest[..same]);
        copying.len += same;
        self.coded += same;
        self.fresh_until = self.coded;
        if let Some(finder) = &mut self.finder {
            finder.remember(&self.content, self.coded);
        }
        let is_full = copying.len == MAX_BLOCK_LEN;
        if self.coded == self.content.len() && !is_end && !is_full {
            self.copying = Some(copying);
            return Next::Nothing;
        }
        self.resume = (self.coded == self.content.len() || is_full).then_some(copying.distance);
        Next::Copy { len: copying.len, distance: copying.distance, crc: copying.crc.finalize() }
    }

    /// Whether a copy that ended with the content so far goes on; `None` if that cannot be told yet.
    fn resumes(&mut self, is_end: bool) -> Option<bool> {
        let distance = self.resume?;
        let rest = &self.content[self.coded..];
        let same = common_prefix(&self.content[self.coded - distance..], rest);
        if same < MIN_CONTINUED && same == rest.len() && (!is_end || same == 0) {
            return None;
        }
        self.resume = None;
        if same >= MIN_CONTINUED {
            self.begin_copy(distance);
        }
        Some(same >= MIN_CONTINUED)
    }

    /// Finds out more of the content, if there is more.
    fn look(&mut self, is_end: bool) {
        let Some(finder) = &mut self.finder else {
            self.fresh_until = self.content.len();
            return;
        };
        let is_more =
            if is_end { self.fresh_until < self.content.len() } else { self.content.len() >= self.looked_at + CHUNK };
        if self.found.is_none() && is_more {
            self.looked_at = self.content.len();
            let found = finder.find(&self.content, self.coded, is_end);
            (self.fresh_until, self.found) = (found.fresh_until, found.repeat);
        }
    }
}

/// The most bytes that are kept for blocks of `block_len` bytes at work, and for copies within `window`, if there are any.
pub fn most_held(block_len: usize, window: Option<Window>) -> usize {
    (block_len + DROPPED).saturating_add(window.map_or(0, Window::bytes))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[derive(Clone, Copy, Debug, PartialEq, Eq)]
    enum Piece {
        Fresh(usize),
        Copy(usize),
    }

    /// The pieces of `content`, written in steps and flushed at multiples of `flush`. Fresh content is taken in `lumps`
    /// of so many bytes; with 0, whenever there is some.
    fn cut(content: &[u8], step: usize, flush: usize, lumps: usize) -> Vec<Piece> {
        let mut pieces = Pieces::new(Some(Window::LEAST));
        let (mut all, mut coded, mut taken) = (Vec::new(), 0, 0);
        let mut is_open = false;
        while coded < content.len() {
            let until = content.len().min(taken + step).min((taken + 1).next_multiple_of(flush));
            pieces.fill(&content[taken..until]).unwrap();
            taken = until;
            let is_end = taken == content.len() || taken.is_multiple_of(flush);
            loop {
                match pieces.next(is_end) {
                    Next::Nothing => break,
                    Next::Fresh { content: fresh, ends } => {
                        if fresh.len() < lumps && !ends {
                            break;
                        }
                        let len = if lumps == 0 { fresh.len() } else { fresh.len().min(lumps) };
                        assert!(fresh[..len] == content[coded..coded + len]);
                        match all.last_mut() {
                            Some(Piece::Fresh(before)) if is_open => *before += len,
                            _ => all.push(Piece::Fresh(len)),
                        }
                        is_open = true;
                        pieces.advance(len);
                        coded += len;
                    }
                    Next::Copy { len, distance, crc } => {
                        assert!(pieces.copied(len, distance) == content[coded..coded + len]);
                        assert!((1..=Window::LEAST.bytes()).contains(&distance));
                        let range = coded..coded + len;
                        assert!(content[coded - distance..][..len] == content[range.clone()]);
                        assert_eq!(crc, crc32fast::hash(&content[range]));
                        all.push(Piece::Copy(len));
                        coded += len;
                    }
                }
            }
            is_open &= !is_end;
            assert!(pieces.content.len() <= most_held(lumps.max(1 << 21), Some(Window::LEAST)));
        }
        all
    }

    fn periodic(period: usize, len: usize) -> Vec<u8> {
        foretell_testkit::noise(1, period).into_iter().cycle().take(len).collect()
    }

    fn fresh(pieces: &[Piece]) -> Vec<usize> {
        let len = |piece: &Piece| if let Piece::Fresh(len) = piece { Some(*len) } else { None };
        pieces.iter().filter_map(len).collect()
    }

    #[test]
    fn content_far_longer_than_the_window_is_cut_the_same_however_it_comes_and_goes() {
        let mut content = periodic(3_000_001, 120_000_000);
        content[70_000_000..70_500_000].fill(3);
        let all = content.len();
        let whole = cut(&content, 1 << 20, all, 0);
        assert_eq!(fresh(&whole), [3_000_001, 500_000]);
        assert_eq!(cut(&content, 1_234_567, all, 1 << 20), whole);
        assert_eq!(cut(&content, 99_999, all, 77_777), whole);
    }

    #[test]
    fn copies_go_on_over_flushes() {
        let content = periodic(1_300_000, 100_000_000);
        // Two turns are less than the least length; from then on all is copied.
        assert_eq!(fresh(&cut(&content, 65_536, 2_000_003, 0)), [2_000_003]);
        assert_eq!(fresh(&cut(&content, 65_536, 33_333_334, 0)), [1_300_000]);
        // Within stretches this short no repeat is found.
        assert_eq!(fresh(&cut(&content, 65_536, 700_001, 0)).iter().sum::<usize>(), content.len());
    }

    #[test]
    fn a_run_is_one_copy_and_is_not_held() {
        let content = vec![7; 50_000_000];
        assert_eq!(cut(&content, 1 << 18, content.len(), 0), [Piece::Fresh(1), Piece::Copy(49_999_999)]);
    }

    #[test]
    fn without_copies_nothing_coded_is_kept() {
        let mut pieces = Pieces::new(None);
        for _ in 0..50 {
            pieces.fill(&[0; 100_000]).unwrap();
            assert_eq!(pieces.next(false), Next::Fresh { content: &[0; 100_000], ends: false });
            assert_eq!(pieces.next(true), Next::Fresh { content: &[0; 100_000], ends: true });
            pieces.advance(100_000);
            assert!(pieces.held() <= 300_000);
        }
    }
}
