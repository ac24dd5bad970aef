//! Bytes to write → a file in its place, complete or not there at all.
//!
//! A file is written under another name beside its target, readable by its owner only, and takes the target's
//! name when it is complete, closed without error and, if that is wanted, on the disk. Only then may the input go.

use std::{
    fmt,
    fs::File,
    io::{self, IsTerminal, Write},
    os::unix::{ffi::OsStrExt, fs::PermissionsExt},
};

#[cfg(target_os = "linux")]
use nix::errno::Errno;
use nix::{fcntl::OFlag, poll::PollFlags};

pub use super::attributes::{Like, Pattern};
use super::{
    attributes::dress,
    folder::{Entry, is_directory, is_regular, sync_everything, sync_file},
    holes::Holes,
    report::{Problem, plain},
    signals,
    temporary::Temporary,
};
use crate::common::stdio::{self, close, patiently};

/// Where bytes go.
pub struct Output {
    /// `None` where bytes go nowhere.
    file: Option<File>,
    place: Place,
    holes: Option<Holes>,
    written: u64,
}

enum Place {
    /// Nowhere: bytes are only counted.
    Nowhere,
    /// Straight to something that exists: standard output, a device, a pipe.
    There(String),
    /// To a temporary file, until it takes the target's name.
    Beside { temp: Temporary, target: Entry, replace: bool },
}

impl Output {
    /// Counts bytes and drops them.
    pub fn nowhere() -> Self {
        Self { file: None, place: Place::Nowhere, holes: None, written: 0 }
    }

    /// Standard output, as it is: Rust's own handle buffers lines.
    pub fn stdout() -> Result<Self, Problem> {
        let file = stdio::stdout().map_err(|e| Problem::error("stdout", plain(&e)))?;
        Ok(Self::there(file, "stdout".into()))
    }

    /// What a user named: `target` may be a device or a pipe, written to as it is, or a link to a file.
    pub fn named(target: &Entry, replace: impl FnOnce(&Entry) -> Result<bool, Problem>) -> Result<Self, Problem> {
        let failed = |error| Problem::error(target, plain(&error));
        match target.stat(true) {
            Ok(stat) if is_directory(&stat) => Err(is_a_directory(target)),
            Ok(stat) if !is_regular(&stat) => {
                let file = target.open(OFlag::O_WRONLY).map_err(failed)?;
                Ok(Self::there(file, target.to_string()))
            }
            Ok(_) => {
                let path = target.path().canonicalize().map_err(failed)?;
                Self::beside(&Entry::new(&path).map_err(failed)?, replace)
            }
            Err(_) => Self::beside(target, replace),
        }
    }

    /// A temporary file that is to become `target`. If that exists, `replace` says whether it may go.
    pub fn beside(target: &Entry, replace: impl FnOnce(&Entry) -> Result<bool, Problem>) -> Result<Self, Problem> {
        let failed = |error| cannot_create(target, &error);
        let replace = match target.stat(false) {
            Ok(stat) if is_directory(&stat) => return Err(is_a_directory(target)),
            Ok(_) => replace(target)?,
            Err(error) if error.kind() == io::ErrorKind::NotFound => false,
            Err(error) => return Err(failed(error)),
        };
        if target.name().is_empty() || target.name().as_bytes().contains(&b'/') {
            return Err(failed(io::ErrorKind::NotFound.into()));
        }
        let (file, temp) = Temporary::beside(target).map_err(failed)?;
        Ok(Self::new(file, Place::Beside { temp, target: target.clone(), replace }))
    }

    fn there(file: File, name: String) -> Self {
        Self::new(file, Place::There(name))
    }

    fn new(file: File, place: Place) -> Self {
        Self { file: Some(file), place, holes: None, written: 0 }
    }

    /// Leaves holes for zeros where that is possible.
    pub fn with_holes(mut self) -> Self {
        self.holes = self.file.as_mut().and_then(Holes::at_end_of);
        self
    }

    /// Whether a person would see the bytes.
    pub fn is_terminal(&self) -> bool {
        self.file.as_ref().is_some_and(File::is_terminal)
    }

    /// Whether a file comes into being.
    pub fn is_file(&self) -> bool {
        matches!(self.place, Place::Beside { .. })
    }

    /// Whether bytes go straight to where somebody else may be reading.
    pub fn is_stream(&self) -> bool {
        matches!(self.place, Place::There(_))
    }

    /// Bytes written so far, holes included.
    pub fn written(&self) -> u64 {
        self.written
    }

    /// What was written, to be read back; only a temporary file can be.
    pub fn reread(&self) -> io::Result<File> {
        match &self.place {
            Place::Beside { temp, .. } => temp.entry().open(OFlag::O_RDONLY | OFlag::O_NOFOLLOW),
            Place::Nowhere | Place::There(_) => Err(io::ErrorKind::Unsupported.into()),
        }
    }

    /// The problem that a failed write is. If nobody reads what we write any more, the process ends here.
    pub fn failed(&self, error: &io::Error) -> Problem {
        if self.is_stream() && error.kind() == io::ErrorKind::BrokenPipe {
            signals::die_of_broken_pipe();
        }
        Problem::error(self, plain(error))
    }

    /// Completes what was written and puts it in its place; when it is there, it is on the disk too. If only its
    /// attributes are not as they should be, comes a warning.
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

    /// Completes what was written and closes it; what has no name to take is `synchronous`ly on the disk then. If only
    /// its attributes are not as they should be, comes a warning.
    pub fn complete(mut self, like: Like, synchronous: bool) -> Result<(Option<Complete>, Option<Problem>), Problem> {
        self.finish_holes().map_err(|error| self.failed(&error))?;
        let Some(file) = self.file else { return Ok((None, None)) };
        let (temp, target, replace) = match self.place {
            Place::Nowhere => return Ok((None, None)),
            Place::There(name) => {
                let synced = if synchronous { sync_file(&file) } else { Ok(()) };
                synced.and_then(|()| close(file)).map_err(|error| Problem::error(name, plain(&error)))?;
                return Ok((None, None));
            }
            Place::Beside { temp, target, replace } => (temp, target, replace),
        };
        let dressed = dress(&file, target.folder(), like);
        let warning = dressed.err().map(|lost| Problem::warning(&target, lost));
        // Who may not read it cannot open it once more to sync it.
        let synced = if synchronous && is_unreadable(&file) { sync_file(&file) } else { Ok(()) };
        synced.and_then(|()| close(file)).map_err(|error| Problem::error(&target, plain(&error)))?;
        Ok((Some(Complete { temp, target, replace, len: self.written }), warning))
    }

    fn finish_holes(&mut self) -> io::Result<()> {
        match (&mut self.file, &mut self.holes) {
            (Some(file), Some(holes)) => holes.finish(file),
            _ => Ok(()),
        }
    }
}

/// A complete file under its temporary name, closed. It goes, unless it takes its place.
#[derive(Debug)]
pub struct Complete {
    temp: Temporary,
    target: Entry,
    replace: bool,
    len: u64,
}

impl Complete {
    /// What it is to become.
    pub fn target(&self) -> &Entry {
        &self.target
    }

    /// Bytes of it.
    pub fn len(&self) -> u64 {
        self.len
    }

    /// Returns when its content and attributes are on the disk.
    pub fn sync(&self) -> io::Result<()> {
        match self.temp.entry().open(OFlag::O_RDONLY | OFlag::O_NOFOLLOW) {
            Ok(file) => sync_file(&file),
            Err(error) => sync_everything(error),
        }
    }

    /// Has the file system write all that it has, if that can be done: [`sync`](Self::sync) has little left to do then.
    /// But what failed, it need not tell: a file that is closed and written may be forgotten, and the error with it.
    pub fn sync_all_there(&self) -> io::Result<()> {
        #[cfg(target_os = "linux")]
        if let Ok(file) = self.temp.entry().open(OFlag::O_RDONLY | OFlag::O_NOFOLLOW) {
            return match nix::unistd::syncfs(file) {
                Ok(()) | Err(Errno::ENOSYS | Errno::EPERM | Errno::EINVAL | Errno::ENOTSUP) => Ok(()),
                Err(error) => Err(error.into()),
            };
        }
        Ok(())
    }

    /// Gives it its name, which it gives back.
    pub fn take_place(self) -> Result<Entry, Problem> {
        let Self { temp, target, replace, .. } = self;
        match temp.rename(&target, replace) {
            Ok(()) => Ok(target),
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {
                Err(Problem::error(&target, "came into being meanwhile, not overwritten; -f overwrites"))
            }
            Err(error) => Err(Problem::error(&target, plain(&error))),
        }
    }
}

impl fmt::Display for Output {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.place {
            Place::Nowhere => f.write_str("nowhere"),
            Place::There(name) => f.write_str(name),
            Place::Beside { target, .. } => target.fmt(f),
        }
    }
}

impl Write for Output {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let n = match (&mut self.file, &mut self.holes) {
            (None, _) => bytes.len(),
            (Some(file), None) => patiently(file, PollFlags::POLLOUT, || (&*file).write(bytes))?,
            (Some(file), Some(holes)) => {
                holes.write_all(file, bytes)?;
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

fn is_a_directory(target: &Entry) -> Problem {
    Problem::error(target, "is a directory, no place for a file")
}

/// The problem that no file can be made at `target`.
pub fn cannot_create(target: impl fmt::Display, error: &io::Error) -> Problem {
    Problem::error(target, format_args!("cannot create it: {}", plain(error)))
}

fn is_unreadable(file: &File) -> bool {
    file.metadata().is_ok_and(|meta| meta.permissions().mode() & 0o400 == 0)
}
