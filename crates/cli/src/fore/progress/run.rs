//! The whole run: when it began, and how many of its files are done.

use std::{
    io::{self, IsTerminal},
    sync::Arc,
    time::Instant,
};

use super::{snapshot::Snapshot, totals::Totals};

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
#[derive(Clone)]
pub struct Run {
    pub(super) when: When,
    pub(super) on_terminal: bool,
    pub(super) begun: Instant,
    /// `None` for a single file, which is its own total.
    pub(super) totals: Option<Totals>,
    /// Takes what there is to show, if that is not for the thread that does the work.
    pub(super) elsewhere: Option<Arc<dyn Fn(Arc<Snapshot>) + Send + Sync>>,
}

impl Run {
    /// A run that begins now. `count` looks at all its files, if it has several; it is called only if progress is
    /// shown.
    pub fn begin(when: When, count: impl FnOnce() -> Option<Totals>) -> Self {
        let on_terminal = io::stderr().is_terminal();
        let when = if when == When::Auto && !on_terminal { When::Never } else { when };
        let totals = if when == When::Never { None } else { count() };
        Self { when, on_terminal, begun: Instant::now(), totals, elsewhere: None }
    }

    /// Whether progress is shown without being asked for.
    pub fn shows_progress(&self) -> bool {
        self.when != When::Never
    }

    /// The run as it is now, for a thread that works on the present file. `elsewhere` gets what there is to show.
    pub fn shown_by(&self, elsewhere: impl Fn(Arc<Snapshot>) + Send + Sync + 'static) -> Self {
        Self { elsewhere: Some(Arc::new(elsewhere)), ..self.clone() }
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
