//! Remembers why an output failed: a library that reads and writes cannot say which side an error came from.

use std::io::{self, Write};

use super::{output::Output, report::Problem};

/// An output that passes bytes on and keeps the error that ended it.
pub struct ErrorTap<'a> {
    output: &'a mut Output,
    failed: Option<io::Error>,
}

impl<'a> ErrorTap<'a> {
    /// Nothing has failed yet.
    pub fn new(output: &'a mut Output) -> Self {
        Self { output, failed: None }
    }

    /// The problem of the output, if it had one.
    pub fn problem(self) -> Option<Problem> {
        self.failed.map(|error| self.output.failed(&error))
    }
}

impl Write for ErrorTap<'_> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.output.write(bytes).map_err(|error| {
            let kind = error.kind();
            if kind != io::ErrorKind::Interrupted {
                self.failed = Some(error);
            }
            kind.into()
        })
    }

    fn flush(&mut self) -> io::Result<()> {
        self.output.flush()
    }
}
