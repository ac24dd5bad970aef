//! Messages on standard error: failures, one line each, and on a terminal what is being done.

use std::io::{self, IsTerminal};

use crate::common::stdio;

/// Standard error, and whether a failure was reported on it.
pub struct Notes {
    terminal: bool,
    failed: bool,
}

impl Notes {
    /// Nothing has failed yet.
    pub fn new() -> Self {
        Self { terminal: io::stderr().is_terminal(), failed: false }
    }

    /// Shows `what` on a line that the next note replaces; on a terminal only.
    pub fn doing(&self, what: &str) {
        if self.terminal {
            self.write(&format!("\r\x1b[Kforetell: {what}"));
        }
    }

    /// Removes the line that [`doing`](Self::doing) showed.
    pub fn clear(&self) {
        if self.terminal {
            self.write("\r\x1b[K");
        }
    }

    /// Prints a message that is no failure.
    pub fn info(&self, what: &str) {
        self.clear();
        self.write(&format!("foretell: {what}\n"));
    }

    /// Reports an error and remembers that there was one.
    pub fn failure(&mut self, error: &anyhow::Error) {
        self.failed = true;
        self.info(&format!("{error:#}"));
    }

    /// Whether any error was reported.
    pub fn any_failure(&self) -> bool {
        self.failed
    }

    fn write(&self, text: &str) {
        stdio::say(text);
    }
}
