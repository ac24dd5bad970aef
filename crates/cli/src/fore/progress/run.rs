//! The whole run: when it began, and how many of its files are done.

use std::{
    io::{self, IsTerminal},
    time::Instant,
};

/// Whether to show progress.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum When {
    /// On a terminal, after a second.
    Auto,
    /// From the start, and as lines where there is no terminal.
    Always,
    /// Not at all.
    Never,
}

/// A run over one or several files.
#[derive(Debug)]
pub struct Run {
    pub(super) when: When,
    pub(super) on_terminal: bool,
    pub(super) begun: Instant,
    /// `None` for a single file, which is its own total.
    pub(super) totals: Option<Totals>,
}

/// How far a run over several files is. Bytes are those of content, as far as that is known.
#[derive(Clone, Copy, Debug, Default)]
pub struct Totals {
    /// Files of the run.
    pub files: u64,
    /// Bytes of the run.
    pub bytes: u64,
    /// The number of the present file, from 1.
    pub(super) at: u64,
    /// Bytes of the files before it.
    pub(super) before: u64,
    /// Bytes of the present file.
    pub(super) here: u64,
}

impl Run {
    /// A run that begins now. `count` looks at all its files, if it has several; it is called only if progress is
    /// shown.
    pub fn begin(when: When, count: impl FnOnce() -> Option<Totals>) -> Self {
        let on_terminal = io::stderr().is_terminal();
        let when = if when == When::Auto && !on_terminal { When::Never } else { when };
        let totals = if when == When::Never { None } else { count() };
        Self { when, on_terminal, begun: Instant::now(), totals }
    }

    /// Goes on to the next file, if it has a `size`, as it had when the files were counted.
    pub fn next(&mut self, size: impl FnOnce() -> Option<u64>) {
        if let Some(totals) = &mut self.totals
            && let Some(bytes) = size()
        {
            totals.at += 1;
            totals.before += totals.here;
            totals.here = bytes;
        }
    }
}
