//! Problems → one line each on standard error, and the exit code in the end.

use std::{
    fmt::{self, Display},
    io,
    process::ExitCode,
};

use super::stdio;
use foretell::{Error, ErrorKind};

/// How bad a problem is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Severity {
    /// Worth a message, but nothing is wrong: exit code 0.
    Notice,
    /// Something was not done, on purpose: exit code 2.
    Warning,
    /// Something failed: exit code 1.
    Error,
}

/// Why a file was not dealt with as asked, in one line: `SUBJECT: TEXT`.
#[derive(Debug)]
pub struct Problem {
    severity: Severity,
    line: String,
    is_short_of_memory: bool,
}

impl Problem {
    fn new(severity: Severity, line: String) -> Self {
        Self { severity, line, is_short_of_memory: false }
    }

    /// The same, and whether more memory might have helped.
    pub fn short_of_memory(mut self, is_short: bool) -> Self {
        self.is_short_of_memory = is_short;
        self
    }

    /// Whether more memory might have helped.
    pub fn is_short_of_memory(&self) -> bool {
        self.is_short_of_memory
    }

    /// A failure.
    pub fn error(subject: impl Display, text: impl Display) -> Self {
        Self::new(Severity::Error, format!("{subject}: {text}"))
    }

    /// Something that was not done, for a good reason.
    pub fn warning(subject: impl Display, text: impl Display) -> Self {
        Self::new(Severity::Warning, format!("{subject}: {text}"))
    }

    /// Something that changes no exit code.
    pub fn notice(subject: impl Display, text: impl Display) -> Self {
        Self::new(Severity::Notice, format!("{subject}: {text}"))
    }

    /// A failure of the command line itself.
    pub fn usage(text: impl Display) -> Self {
        Self::new(Severity::Error, format!("{text}; try 'fore --help'"))
    }
}

impl Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.line)
    }
}

impl std::error::Error for Problem {}

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

    /// Prints `problem`, unless this report is to be quiet about it.
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

/// Prints one line on standard error.
pub fn say(line: &str) {
    stdio::say(&(one_line(line) + "\n"));
}

/// `text` in one line. Characters that change how others look are spelled out: names of files may contain any.
pub fn one_line(text: impl Display) -> String {
    let spelled = |c: char| if is_hidden(c) { c.escape_default().to_string() } else { c.to_string() };
    text.to_string().chars().map(spelled).collect()
}

/// Whether `c` moves the cursor or turns the direction of writing: with it, one line could look like another.
fn is_hidden(c: char) -> bool {
    c.is_control()
        || matches!(c, '\u{61c}' | '\u{200e}' | '\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
}

/// An error in words: the system's, without the number that Rust appends; or the library's, with advice.
pub fn plain(error: &io::Error) -> String {
    let text = error.to_string();
    let ours = error.get_ref().and_then(|inner| inner.downcast_ref::<Error>());
    match (text.find(" (os error "), ours.and_then(|ours| advice(ours.kind()))) {
        (Some(end), _) => text[..end].to_string(),
        (None, Some(advice)) => format!("{text}; {advice}"),
        (None, None) => text,
    }
}

/// Whether `error` says that there was too little memory.
pub fn lacks_memory(error: &io::Error) -> bool {
    let ours = error.get_ref().and_then(|inner| inner.downcast_ref::<Error>());
    error.kind() == io::ErrorKind::OutOfMemory || ours.is_some_and(|ours| ours.kind() == ErrorKind::MemoryLimit)
}

/// Advice on an error of the library.
fn advice(kind: ErrorKind) -> Option<&'static str> {
    match kind {
        ErrorKind::NotForetell => Some("-dcf copies such data"),
        ErrorKind::Corrupt | ErrorKind::ChecksumMismatch => Some("use another copy, or -d --recover"),
        ErrorKind::Truncated => Some("use a whole copy, or -d --recover"),
        ErrorKind::Unsupported => Some("use the fore that wrote it"),
        ErrorKind::MemoryLimit => Some("raise -M or free memory"),
        ErrorKind::MissingModel => Some("name it with -D, or its folder with --models"),
        _ => None,
    }
}

/// How much smaller `coded` bytes are than `raw` bytes, in percent.
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
