//! Bytes to write → a file in its place, complete or not there at all.
//!
//! A file is written under another name beside its target, readable by its owner only, and takes the target's
//! name when it is complete, closed without error and, if that is wanted, on the disk. Only then may the input go.

use std::{
    fmt,
    fs::File,
    io::{self, IsTerminal, Write},
};

use super::{
    folder::Entry,
    platform::{
        Like, Lost, Open, Ready, apply_metadata, close, die_of_broken_pipe, owner_may_read, sync_everything, sync_file,
        sync_file_system,
    },
    report::{Problem, plain},
    sparse::SparseWriter,
    stdio::{self, patiently},
    temporary::Temporary,
};

/// Where bytes go.
pub struct Output {
    /// `None` where bytes go nowhere.
    file: Option<File>,
    place: Place,
    sparse: Option<SparseWriter>,
    written: u64,
}

enum Place {
    /// Nowhere: bytes are only counted.
    Nowhere,
    /// Straight to something that exists: standard output, a device, a pipe.
    Existing(String),
    /// To a temporary file, until it takes the target's name.
    Beside { temp: Temporary, target: Entry, replace: bool },
}

impl Output {
    /// Counts bytes and drops them.
    pub fn nowhere() -> Self {
        Self { file: None, place: Place::Nowhere, sparse: None, written: 0 }
    }

    /// Standard output, as it is: Rust's own handle buffers lines.
    pub fn stdout() -> Result<Self, Problem> {
        let file = stdio::stdout().map_err(|e| Problem::error("stdout", plain(&e)))?;
        Ok(Self::existing(file, "stdout".into()))
    }

    /// The output that a user named: `target` may be a device or a pipe, written to as it is, or a link to a file.
    pub fn named(target: &Entry, replace: impl FnOnce(&Entry) -> Result<bool, Problem>) -> Result<Self, Problem> {
        let failed = |error| Problem::error(target, plain(&error));
        match target.stat(true) {
            Ok(stat) if stat.is_directory() => Err(is_a_directory(target)),
            Ok(stat) if !stat.is_file() => {
                let file = target.open(Open::WRITE).map_err(failed)?;
                Ok(Self::existing(file, target.to_string()))
            }
            Ok(_) => {
                let path = target.path().canonicalize().map_err(failed)?;
                Self::beside(&Entry::new(&path).map_err(failed)?, replace)
            }
            Err(_) => Self::beside(target, replace),
        }
    }

    /// A temporary file that is to become `target`. If that exists, `replace` says whether it may be replaced.
    pub fn beside(target: &Entry, replace: impl FnOnce(&Entry) -> Result<bool, Problem>) -> Result<Self, Problem> {
        let failed = |error| cannot_create(target, &error);
        let replace = match target.stat(false) {
            Ok(stat) if stat.is_directory() => return Err(is_a_directory(target)),
            Ok(_) => replace(target)?,
            Err(error) if error.kind() == io::ErrorKind::NotFound => false,
            Err(error) => return Err(failed(error)),
        };
        if target.name().is_empty() || target.name().as_encoded_bytes().contains(&b'/') {
            return Err(failed(io::ErrorKind::NotFound.into()));
        }
        let (file, temp) = Temporary::beside(target).map_err(failed)?;
        Ok(Self::new(file, Place::Beside { temp, target: target.clone(), replace }))
    }

    fn existing(file: File, name: String) -> Self {
        Self::new(file, Place::Existing(name))
    }

    fn new(file: File, place: Place) -> Self {
        Self { file: Some(file), place, sparse: None, written: 0 }
    }

    /// Leaves holes for zeros where that is possible.
    pub fn sparse(mut self) -> Self {
        self.sparse = self.file.as_mut().and_then(SparseWriter::at_end_of);
        self
    }

    /// Whether a person would see the bytes.
    pub fn is_terminal(&self) -> bool {
        self.file.as_ref().is_some_and(File::is_terminal)
    }

    /// Whether a new file is made.
    pub fn is_file(&self) -> bool {
        matches!(self.place, Place::Beside { .. })
    }

    /// Whether bytes go straight to a place where another process may read them already.
    pub fn is_stream(&self) -> bool {
        matches!(self.place, Place::Existing(_))
    }

    /// Bytes written so far, holes included.
    pub fn written(&self) -> u64 {
        self.written
    }

    /// The written bytes, to be read back; only a temporary file can be.
    pub fn reread(&self) -> io::Result<File> {
        match &self.place {
            Place::Beside { temp, .. } => temp.entry().open(Open::READ_OWN),
            Place::Nowhere | Place::Existing(_) => Err(io::ErrorKind::Unsupported.into()),
        }
    }

    /// The problem that a failed write is. If the output is a pipe that lost its reader, the process ends here.
    pub fn failed(&self, error: &io::Error) -> Problem {
        if self.is_stream() && error.kind() == io::ErrorKind::BrokenPipe {
            die_of_broken_pipe();
        }
        Problem::error(self, plain(error))
    }

    /// Completes the output, puts it in its place and returns when it is on the disk there. A warning says which of its
    /// metadata could not be kept.
    pub fn commit(self, like: Like) -> Result<Option<Problem>, Problem> {
        let (complete, warning) = self.complete(like, true)?;
        let Some(complete) = complete else { return Ok(warning) };
        let target = complete.target.clone();
        let failed = |error| Problem::error(&target, plain(&error));
        complete.sync().map_err(failed)?;
        complete.take_place()?;
        target.folder().sync().map_err(failed)?;
        Ok(warning)
    }

    /// Completes the output and closes it. Bytes that went straight to something that exists are on the disk then, if
    /// `synchronous`. A warning says which of its metadata could not be kept.
    pub fn complete(mut self, like: Like, synchronous: bool) -> Result<(Option<Complete>, Option<Problem>), Problem> {
        self.finish_sparse().map_err(|error| self.failed(&error))?;
        let Some(file) = self.file else { return Ok((None, None)) };
        let (temp, target, replace) = match self.place {
            Place::Nowhere => return Ok((None, None)),
            Place::Existing(name) => {
                let synced = if synchronous { sync_file(&file) } else { Ok(()) };
                synced.and_then(|()| close(file)).map_err(|error| Problem::error(name, plain(&error)))?;
                return Ok((None, None));
            }
            Place::Beside { temp, target, replace } => (temp, target, replace),
        };
        let lost = apply_metadata(&file, target.folder(), like).err();
        let warning = lost.map(|lost| Problem::warning(&target, in_words(&lost)));
        // A file that its owner may not read cannot be opened again to be synced: it is synced now.
        let is_readable = owner_may_read(&file).unwrap_or(true);
        let synced = if synchronous && !is_readable { sync_file(&file) } else { Ok(()) };
        synced.and_then(|()| close(file)).map_err(|error| Problem::error(&target, plain(&error)))?;
        Ok((Some(Complete { temp, target, replace, len: self.written }), warning))
    }

    fn finish_sparse(&mut self) -> io::Result<()> {
        match (&mut self.file, &mut self.sparse) {
            (Some(file), Some(sparse)) => sparse.finish(file),
            _ => Ok(()),
        }
    }
}

impl fmt::Display for Output {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.place {
            Place::Nowhere => f.write_str("nowhere"),
            Place::Existing(name) => f.write_str(name),
            Place::Beside { target, .. } => target.fmt(f),
        }
    }
}

impl Write for Output {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let n = match (&mut self.file, &mut self.sparse) {
            (None, _) => bytes.len(),
            (Some(file), None) => patiently(file, Ready::ToWrite, || (&*file).write(bytes))?,
            (Some(file), Some(sparse)) => {
                sparse.write_all(file, bytes)?;
                bytes.len()
            }
        };
        self.written += n as u64;
        Ok(n)
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// A complete file under its temporary name, closed. It is removed when this is dropped before it takes its place.
#[derive(Debug)]
pub struct Complete {
    temp: Temporary,
    target: Entry,
    replace: bool,
    len: u64,
}

impl Complete {
    /// The name that it is to take.
    pub fn target(&self) -> &Entry {
        &self.target
    }

    /// Its length in bytes.
    pub fn len(&self) -> u64 {
        self.len
    }

    /// Returns when its content and metadata are on the disk.
    pub fn sync(&self) -> io::Result<()> {
        match self.temp.entry().open(Open::READ_OWN) {
            Ok(file) => sync_file(&file),
            Err(error) => sync_everything(error),
        }
    }

    /// Has the file system write all that it holds back, if that can be done: [`sync`](Self::sync) has little left to
    /// do then. An error may be reported here only: the system may forget a closed file once it was written, and its
    /// error.
    pub fn sync_file_system(&self) -> io::Result<()> {
        self.temp.entry().open(Open::READ_OWN).map_or(Ok(()), |file| sync_file_system(&file))
    }

    /// Gives the file its name, and returns that.
    pub fn take_place(self) -> Result<Entry, Problem> {
        let Self { temp, target, replace, .. } = self;
        match temp.rename(&target, replace) {
            Ok(()) => Ok(target),
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {
                Err(Problem::error(&target, "appeared in the meantime, not overwritten; -f overwrites"))
            }
            Err(error) => Err(Problem::error(&target, plain(&error))),
        }
    }
}

fn is_a_directory(target: &Entry) -> Problem {
    Problem::error(target, "is a directory, no place for a file")
}

/// The problem that no file can be made at `target`.
pub fn cannot_create(target: impl fmt::Display, error: &io::Error) -> Problem {
    Problem::error(target, format_args!("cannot create it: {}", plain(error)))
}

fn in_words(lost: &Lost) -> String {
    match lost {
        Lost::ModeAndTimes(error) => format!("cannot keep mode and time: {}", plain(error)),
        Lost::AccessList(error) => {
            format!("cannot keep the access control list, so fewer may read it: {}", plain(error))
        }
        Lost::UserAttributes(error) => format!("cannot keep user attributes: {}", plain(error)),
    }
}
