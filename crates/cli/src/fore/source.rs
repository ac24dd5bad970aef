//! An input that was read → removed, if it is still as it was read, or kept with the reason.

use std::{ffi::OsStr, fmt};

use super::change::{Change, resized};
use crate::common::{
    folder::Entry,
    platform::Stat,
    report::{Problem, plain},
};

/// An input that may be closed by now.
#[derive(Debug)]
pub struct Source {
    /// `None` is standard input.
    pub entry: Option<Entry>,
    /// As it was when opened.
    pub then: Stat,
    /// How many of its first bytes were read or passed over.
    pub read: u64,
}

impl Source {
    /// Whether that is its name in its directory.
    pub fn is_called(&self, name: &OsStr) -> bool {
        self.entry.as_ref().is_some_and(|entry| entry.name() == name)
    }

    /// Leaves it there; the problem says what happened to it while the output was made, if it is `now` another.
    pub fn leave(&self, now: &Stat) -> Result<(), Problem> {
        match Change::between(&self.then, now) {
            Change::None | Change::Touched => Ok(()),
            Change::Grew(by) => Err(self.grown(by, "")),
            Change::Rewritten => {
                let resized = resized(&self.then, now);
                Err(Problem::warning(self, format_args!("changed meanwhile{resized}; the output is whole")))
            }
        }
    }

    /// Removes it, unless it is not as it was. If another file has its name now, that file stays.
    pub fn remove(&self) -> Result<(), Problem> {
        self.check()?;
        let Some(entry) = &self.entry else { return Ok(()) };
        entry.remove().map_err(|e| Problem::error(self, format_args!("cannot remove it: {}", plain(&e))))
    }

    /// Makes sure that it is as it was, and has its name.
    pub fn check(&self) -> Result<(), Problem> {
        let Some(entry) = &self.entry else { return Ok(()) };
        let kept = |why: &str| Err(Problem::warning(self, format_args!("{why}, not removed; the output is whole")));
        let now = match entry.stat(true) {
            Ok(now) if now.is_same_file(&self.then) => now,
            _ => return kept("moved or replaced meanwhile"),
        };
        match Change::between(&self.then, &now) {
            Change::None => Ok(()),
            Change::Grew(by) => Err(self.grown(by, ", not removed")),
            Change::Touched => kept("its mode or names changed meanwhile, or its content with the time set back"),
            Change::Rewritten => kept(&format!("changed meanwhile{}", resized(&self.then, &now))),
        }
    }

    fn grown(&self, by: u64, so: &str) -> Problem {
        let (bytes, read) = (if by == 1 { "byte" } else { "bytes" }, self.read);
        Problem::warning(self, format_args!("grew by {by} {bytes} meanwhile{so}; only its first {read} were read"))
    }
}

impl fmt::Display for Source {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.entry {
            Some(entry) => entry.fmt(f),
            None => f.write_str("stdin"),
        }
    }
}
