//! A file that a command was told to write: complete or not there at all, as `fore` writes its own.

use std::{
    fs::{self, File, Metadata},
    io::{self, BufWriter, Write},
    path::Path,
};

use super::{inputs::printable, notes::Notes};
use crate::fore::{
    folder::Entry,
    output::{Like, Output, Pattern, cannot_create},
    report::Problem,
};

/// Where something is to be written.
pub struct Target {
    output: Output,
    /// The file that is there already and may be replaced; opened where it can be.
    replaced: Option<(Metadata, Option<File>)>,
}

impl Target {
    /// What stands at `path`, or is to; `-` is standard output. `refuse` says of a file that is there why it must not
    /// be replaced, if so.
    ///
    /// # Errors
    /// That, or no file can be made there: to be known before hours of work.
    pub fn new(path: &Path, refuse: impl FnOnce() -> Option<String>) -> anyhow::Result<Self> {
        if path.as_os_str() == "-" {
            return Ok(Self { output: Output::stdout()?, replaced: None });
        }
        let may_replace = |_: &Entry| match refuse() {
            Some(why_not) => Err(Problem::error(printable(path), why_not)),
            None => Ok(true),
        };
        let replaced = fs::metadata(path).ok().filter(Metadata::is_file).map(|meta| (meta, File::open(path).ok()));
        let entry = Entry::new(path).map_err(|error| cannot_create(printable(path), &error))?;
        Ok(Self { output: Output::named(&entry, may_replace)?, replaced })
    }

    /// Has `write` write all of it.
    ///
    /// # Errors
    /// Those of writing, or else those of `write`; then a file that was there before is as it was.
    pub fn write<T>(
        mut self,
        notes: &Notes,
        write: impl FnOnce(&mut dyn Write) -> anyhow::Result<T>,
    ) -> anyhow::Result<T> {
        let mut out = BufWriter::new(Watched { output: &mut self.output, problem: None });
        let done = write(&mut out);
        let flushed = out.flush();
        let (Watched { problem, .. }, _) = out.into_parts();
        if let Some(problem) = problem {
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

/// An output that remembers what went wrong with it: who writes may have other errors besides.
struct Watched<'a> {
    output: &'a mut Output,
    problem: Option<Problem>,
}

impl Write for Watched<'_> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.output.write(bytes).inspect_err(|error| {
            if error.kind() != io::ErrorKind::Interrupted {
                self.problem = Some(self.output.failed(error));
            }
        })
    }

    fn flush(&mut self) -> io::Result<()> {
        self.output.flush()
    }
}
