//! Where a command writes: standard output, or a file that is complete or not there at all, as `fore` writes its own.

use std::{
    fs::{self, File, Metadata},
    io::{BufWriter, Write},
    path::Path,
};

use anyhow::Context;

use super::notes::Notes;
use crate::common::{
    error_tap::ErrorTap,
    folder::Entry,
    output::{Output, cannot_create},
    platform::{Like, Pattern},
    report::{Problem, one_line},
    stdio,
};

/// Writes a whole report to standard output.
pub fn print(report: &str) -> anyhow::Result<()> {
    print_bytes(report.as_bytes())
}

/// Writes bytes to standard output.
pub fn print_bytes(bytes: &[u8]) -> anyhow::Result<()> {
    stdio::print(bytes).context("standard output")
}

/// A file to write, or standard output.
pub struct Target {
    output: Output,
    /// The file that exists and may be replaced; opened where it can be.
    replaced: Option<(Metadata, Option<File>)>,
}

impl Target {
    /// The file at `path`; `-` is standard output. `refuse` says why a file that exists must not be replaced, if so.
    ///
    /// # Errors
    /// That reason, or no file can be made there: known before hours of work.
    pub fn new(path: &Path, refuse: impl FnOnce() -> Option<String>) -> anyhow::Result<Self> {
        if path.as_os_str() == "-" {
            return Ok(Self { output: Output::stdout()?, replaced: None });
        }
        let may_replace = |_: &Entry| match refuse() {
            Some(why_not) => Err(Problem::error(one_line(path.display()), why_not)),
            None => Ok(true),
        };
        let replaced = fs::metadata(path).ok().filter(Metadata::is_file).map(|meta| (meta, File::open(path).ok()));
        let entry = Entry::new(path).map_err(|error| cannot_create(one_line(path.display()), &error))?;
        Ok(Self { output: Output::named(&entry, may_replace)?, replaced })
    }

    /// Has `write` write all of it.
    ///
    /// # Errors
    /// Those of writing, or else those of `write`; a file that existed before is then unchanged.
    pub fn write<T>(
        mut self,
        notes: &Notes,
        write: impl FnOnce(&mut dyn Write) -> anyhow::Result<T>,
    ) -> anyhow::Result<T> {
        let mut out = BufWriter::new(ErrorTap::new(&mut self.output));
        let done = write(&mut out);
        let flushed = out.flush();
        let (tap, _) = out.into_parts();
        if let Some(problem) = tap.problem() {
            return Err(problem.into());
        }
        let done = done?;
        flushed?;
        let like = match &self.replaced {
            Some((meta, file)) => Like::Replaced(Pattern { meta, file: file.as_ref() }),
            None => Like::New,
        };
        if let Some(warning) = self.output.commit(like)? {
            notes.info(&warning.to_string());
        }
        Ok(done)
    }
}
