//! An operand → bytes to read, once it is certain that this is a file to work on.
//!
//! A regular file's length is known, and is written to the compressed file's header. It is read by place, not mapped: a
//! mapping would end the process where another process makes the file shorter.

mod allowed;
mod torn;

use std::{
    fmt,
    fs::{File, Metadata},
    hash::Hasher,
    io::{self, IsTerminal, Read, Seek, SeekFrom},
    path::Path,
    time::Duration,
};

use twox_hash::XxHash3_64;

pub use self::allowed::Allowed;
use self::allowed::check;
use super::{change::wait_for_next_tick, source::Source};
use crate::common::{
    folder::Entry,
    platform::{Like, Open, Pattern, Ready, Stat, is_ready, read_at, wait_at_most},
    report::{Problem, plain},
    stdio::{self, patiently},
};
use foretell::{Error, ErrorKind};

/// How often to wait for a moment in which no other process writes.
const MOST_WAITS: usize = 5;

/// An open input.
pub struct Input {
    /// `None` is standard input.
    entry: Option<Entry>,
    file: File,
    /// As it was when opened.
    meta: Metadata,
    /// Its position then.
    start: u64,
    /// How many bytes there were from `start` on, if that is certain.
    len: Option<u64>,
    /// How many bytes have been read, or are before the place that was sought.
    taken: u64,
    /// Of the bytes taken, as long as they are read in order: `None` after a seek.
    hash: Option<XxHash3_64>,
    /// Whether to report, once, that there is nothing to read yet.
    reports_waits: bool,
    /// Whether the last read did so.
    has_reported: bool,
    /// Whether more may come at the end.
    grows: bool,
}

impl Input {
    /// Standard input.
    pub fn stdin() -> Result<Self, Problem> {
        let file = stdio::stdin().map_err(|e| Problem::error("stdin", plain(&e)))?;
        Self::new(None, file).map_err(|e| Problem::error("stdin", plain(&e)))
    }

    /// The file at `entry`, or the reason not to touch it.
    pub fn open(entry: &Entry, allowed: Allowed) -> Result<Self, Problem> {
        let failed = |error: io::Error| Problem::error(entry, plain(&error));
        check(entry, &entry.stat(allowed.symlink).map_err(failed)?, allowed)?;
        // Before the next call the name may become that of another file. So opening must neither wait nor follow
        // a link, and the open file is checked again.
        let how = Open { follow: allowed.symlink, wait: allowed.special, ..Open::READ };
        let input = Self::new(Some(entry.clone()), entry.open(how).map_err(failed)?).map_err(failed)?;
        check(entry, &input.then(), allowed)?;
        Ok(input)
    }

    fn new(entry: Option<Entry>, mut file: File) -> io::Result<Self> {
        let meta = file.metadata()?;
        let start = if meta.is_file() { file.stream_position()? } else { 0 };
        // Files that the kernel makes up state wrong lengths: a length is believed if its last byte can be read.
        let is_real = meta.is_file() && start < meta.len() && matches!(read_at(&file, &mut [0], meta.len() - 1), Ok(1));
        let len = is_real.then(|| meta.len() - start);
        Ok(Self {
            entry,
            file,
            meta,
            start,
            len,
            taken: 0,
            hash: Some(XxHash3_64::new()),
            reports_waits: false,
            has_reported: false,
            grows: false,
        })
    }

    /// The path, unless this is standard input.
    pub fn path(&self) -> Option<&Path> {
        self.entry.as_ref().map(Entry::path)
    }

    /// Whose metadata the output gets: a regular file with a name passes on its own.
    pub fn like(&self) -> Like<'_> {
        if self.entry.is_none() || !self.meta.is_file() {
            return Like::New;
        }
        Like::Input(Pattern { meta: &self.meta, file: Some(&self.file) })
    }

    /// How many bytes there are to read, if that is certain.
    pub fn len(&self) -> Option<u64> {
        self.len
    }

    /// Whether it can be read from anywhere.
    pub fn can_seek(&self) -> bool {
        self.len.is_some()
    }

    /// Whether it is a regular file.
    pub fn is_file(&self) -> bool {
        self.meta.is_file()
    }

    /// How many bytes have been read, or are before the place that was sought.
    pub fn taken(&self) -> u64 {
        self.taken
    }

    /// Whether a person types it.
    pub fn is_terminal(&self) -> bool {
        self.file.is_terminal()
    }

    /// Whether so many more descriptors can be had now.
    pub fn leaves_descriptors(&self, count: usize) -> bool {
        (0..count).map(|_| self.file.try_clone()).collect::<io::Result<Vec<_>>>().is_ok()
    }

    /// Whether it is a regular file, and `output` the same one.
    pub fn is_also(&self, output: &File) -> bool {
        self.is_file() && output.metadata().is_ok_and(|other| self.then().is_same_file(&Stat::from(&other)))
    }

    /// The system's answer about it when it was opened.
    pub fn then(&self) -> Stat {
        Stat::from(&self.meta)
    }

    fn now(&self) -> io::Result<Stat> {
        Ok(Stat::from(&self.file.metadata()?))
    }

    /// This input from its beginning, if it can be read twice.
    pub fn again(&mut self) -> Option<&mut Self> {
        self.can_seek().then(|| {
            self.taken = 0;
            self.hash = Some(XxHash3_64::new());
            self
        })
    }

    /// This input, opened so that no later change to it goes unseen, with two exceptions: writes through memory that
    /// another process has mapped and written to before, and a writer that does not pause.
    pub fn watched(mut self) -> Result<Self, Problem> {
        for _ in 0..MOST_WAITS {
            if !self.is_file() || !wait_for_next_tick(&self.then()) {
                break;
            }
            let name = self.to_string();
            self = Self::new(self.entry, self.file).map_err(|e| Problem::error(name, plain(&e)))?;
        }
        Ok(self)
    }

    /// What is known of it after it is closed.
    pub fn source(&self) -> Source {
        Source { entry: self.entry.clone(), then: self.then(), read: self.start + self.len.unwrap_or(self.taken) }
    }

    /// Leaves it there; the problem says what happened to it while the output was made.
    pub fn leave(&self) -> Result<(), Problem> {
        if self.grows {
            return Ok(());
        }
        let now = self.now().map_err(|e| Problem::error(self, plain(&e)))?;
        self.source().leave(&now)
    }

    /// From now on, before it waits for bytes that have not come yet, it returns one error: `WouldBlock`. The caller
    /// may have something better to do first.
    pub fn report_before_waiting(&mut self) {
        self.reports_waits = true;
    }

    /// From now on a regular file may grow while it is read: its end is the error `WouldBlock`.
    pub fn follow(&mut self) {
        (self.grows, self.len) = (true, None);
    }

    /// The end of a file that may grow.
    fn at_end(&self) -> io::Result<usize> {
        if self.now()?.len < self.start + self.taken {
            return Err(io::Error::other("file became shorter while it was read"));
        }
        Err(io::ErrorKind::WouldBlock.into())
    }

    /// Waits until there is something to read, but no longer than `most`; returns whether there is.
    pub fn wait(&self, most: Duration) -> io::Result<bool> {
        wait_at_most(&self.file, Ready::ToRead, most)
    }

    fn must_wait(&mut self) -> bool {
        self.has_reported = self.reports_waits && !self.has_reported && !is_ready(&self.file, Ready::ToRead);
        self.has_reported
    }

    /// Reads on, but not beyond the end that the file had when it was opened.
    fn read_on(&mut self, len: u64, out: &mut [u8]) -> io::Result<usize> {
        let at = self.start + self.taken;
        let most = usize::try_from(len - self.taken).map_or(out.len(), |left| left.min(out.len()));
        let n = read_at(&self.file, &mut out[..most], at)?;
        if n == 0 && most > 0 {
            return Err(Error::new(ErrorKind::Io, self.as_torn()?).into());
        }
        if n == 0 && !out.is_empty() {
            // A process that shares our standard input goes on where we stopped, as after an ordinary read.
            self.file.seek(SeekFrom::Start(at))?;
        }
        Ok(n)
    }
}

impl Read for Input {
    fn read(&mut self, out: &mut [u8]) -> io::Result<usize> {
        if self.len.is_none() && self.must_wait() {
            return Err(io::ErrorKind::WouldBlock.into());
        }
        let n = match self.len {
            Some(len) => self.read_on(len, out)?,
            None => patiently(&self.file, Ready::ToRead, || (&self.file).read(out))?,
        };
        if n == 0 && self.grows && !out.is_empty() {
            return self.at_end();
        }
        self.taken += n as u64;
        if let Some(hash) = &mut self.hash {
            hash.write(&out[..n]);
        }
        Ok(n)
    }
}

impl Seek for Input {
    fn seek(&mut self, to: SeekFrom) -> io::Result<u64> {
        let Some(len) = self.len() else { return Err(io::ErrorKind::NotSeekable.into()) };
        let at = match to {
            SeekFrom::Start(at) => Some(at),
            SeekFrom::End(by) => len.checked_add_signed(by),
            SeekFrom::Current(by) => self.taken.checked_add_signed(by),
        };
        // Not beyond the end, where nothing can be read either.
        self.taken = at.ok_or(io::ErrorKind::InvalidInput)?.min(len);
        self.hash = None;
        Ok(self.taken)
    }
}

impl fmt::Display for Input {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.entry {
            Some(entry) => entry.fmt(f),
            None => f.write_str("stdin"),
        }
    }
}

#[cfg(test)]
mod tests;
