//! What went wrong → one line on standard error, and in the end the exit code.

use std::{
    fmt::Display,
    io::{self, Write},
    process::ExitCode,
};

/// How bad a problem is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Severity {
    /// Worth a word, but nothing is wrong: exit code 0.
    Notice,
    /// Something was not done, on purpose: exit code 2.
    Warning,
    /// Something failed: exit code 1.
    Error,
}

/// Why a file was not dealt with as asked: one line, `fore: SUBJECT: TEXT`.
#[derive(Debug)]
pub struct Problem {
    severity: Severity,
    line: String,
}

impl Problem {
    /// A failure.
    pub fn error(subject: impl Display, text: impl Display) -> Self {
        Self { severity: Severity::Error, line: format!("{subject}: {text}") }
    }

    /// Something left undone with good reason.
    pub fn warning(subject: impl Display, text: impl Display) -> Self {
        Self { severity: Severity::Warning, line: format!("{subject}: {text}") }
    }

    /// Something worth a word that changes no exit code.
    pub fn notice(subject: impl Display, text: impl Display) -> Self {
        Self { severity: Severity::Notice, line: format!("{subject}: {text}") }
    }

    /// A failure of the command line itself.
    pub fn usage(text: impl Display) -> Self {
        Self { severity: Severity::Error, line: format!("{text}; try 'fore --help'") }
    }
}

/// Prints problems as they come and remembers the worst.
#[derive(Debug)]
pub struct Report {
    quiet: u8,
    worst: Severity,
}

impl Report {
    /// Nothing wrong so far. `quiet`: 0 prints all, 1 errors only, 2 nothing.
    pub fn new(quiet: u8) -> Self {
        Self { quiet, worst: Severity::Notice }
    }

    /// Prints `problem` unless it is to be quiet about.
    pub fn add(&mut self, problem: Problem) {
        self.worst = self.worst.max(problem.severity);
        let silenced = if problem.severity == Severity::Error { self.quiet > 1 } else { self.quiet > 0 };
        if !silenced {
            say(&format!("fore: {}", problem.line));
        }
    }

    /// The exit code that the worst problem calls for.
    pub fn exit_code(&self) -> ExitCode {
        ExitCode::from(match self.worst {
            Severity::Notice => 0,
            Severity::Warning => 2,
            Severity::Error => 1,
        })
    }
}

/// Prints one line on standard error. If that fails there is nowhere left to say so.
pub fn say(line: &str) {
    let _ = writeln!(io::stderr(), "{line}");
}

/// An error's text without the number that Rust appends to the system's words.
pub fn plain(error: &impl Display) -> String {
    let text = error.to_string();
    match text.find(" (os error ") {
        Some(end) => text[..end].to_string(),
        None => text,
    }
}

/// The share of `raw` bytes that compression saved, in percent.
pub fn saved(raw: u64, coded: u64) -> f64 {
    if raw == 0 { 0.0 } else { 100.0 - 100.0 * coded as f64 / raw as f64 }
}

/// Compressed bits per byte of content.
pub fn bits_per_byte(raw: u64, coded: u64) -> f64 {
    if raw == 0 { 0.0 } else { 8.0 * coded as f64 / raw as f64 }
}

/// Bytes in units of 2^20.
pub fn mebibytes(bytes: u64) -> f64 {
    bytes as f64 / f64::from(1 << 20)
}
