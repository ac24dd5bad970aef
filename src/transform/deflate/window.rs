//! The part of the content that both programs hold: twice the window's 32 KiB, moved on by one window when half is used
//! up.
//!
//! The window's start matters because it shows in the output: the byte at its start is never matched, as 0 means "no
//! position" in both programs' tables; a block that begins before it cannot be stored; and gzip finds no matches in its
//! last 261 bytes.

use super::symbols::{MAX_MATCH, MIN_MATCH, WINDOW};

/// Bytes that the parse wants ahead, while there is more content.
const LOOKAHEAD: usize = MAX_MATCH + MIN_MATCH + 1;
/// A match begins at most this far back: a little less than the format allows.
pub const MAX_DISTANCE: usize = WINDOW - LOOKAHEAD;

/// Positions in content of `len` bytes that are in memory: from `base` to `end`.
#[derive(Clone, Copy, Debug)]
pub struct Window {
    /// Where it begins.
    pub base: usize,
    end: usize,
    len: usize,
    /// Whether the end of the content was found to be in it. Then gzip moves it no more.
    ended: bool,
    is_gzip: bool,
}

impl Window {
    /// The window at the start of content of `len` bytes.
    pub fn new(len: usize, is_gzip: bool) -> Self {
        Self { base: 0, end: len.min(2 * WINDOW), len, ended: false, is_gzip }
    }

    /// Moves the window on, if necessary, before the parse looks at position `at`.
    #[inline]
    pub fn advance(&mut self, at: usize) {
        while self.end - at < LOOKAHEAD && !self.ended {
            if at - self.base >= WINDOW + MAX_DISTANCE {
                self.base += WINDOW;
            }
            let end = self.len.min(self.base + 2 * WINDOW);
            self.ended = self.is_gzip && end == self.end;
            self.end = end;
            if self.end == self.len && !self.is_gzip {
                break;
            }
        }
    }

    /// Whether matches are looked for at position `at`.
    #[inline]
    pub fn allows_match(&self, at: usize) -> bool {
        !self.is_gzip || at - self.base <= 2 * WINDOW - LOOKAHEAD
    }
}
