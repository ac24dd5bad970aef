//! Bytes to write → a file in its place, complete or not there at all.
//!
//! A file is written under another name beside its target, readable by its owner only, and takes the target's
//! name when it is complete and closed without error. Only then may the input go.

use std::{
    fmt,
    fs::{File, FileTimes, Metadata, Permissions},
    io::{self, IsTerminal, Write},
    os::{
        fd::AsFd,
        unix::fs::{MetadataExt, PermissionsExt, fchown},
    },
};

use nix::fcntl::OFlag;

use super::{
    folder::{Entry, is_directory, is_regular, sync_everything, sync_file},
    holes::Holes,
    report::{Problem, plain},
    signals,
    temporary::Temporary,
};

/// Where bytes go.
pub struct Output {
    /// `None` where bytes go nowhere.
    file: Option<File>,
    place: Place,
    holes: Option<Holes>,
    written: u64,
}

/// Whose attributes a complete file gets.
#[derive(Clone, Copy)]
pub enum Like<'a> {
    /// Those of any new file.
    New,
    /// Owner, mode and times of the input that it was made of.
    Input(&'a Metadata),
    /// Owner and mode of the file that it replaces.
    Replaced(&'a Metadata),
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
        let file = io::stdout().as_fd().try_clone_to_owned().map_err(|e| Problem::error("stdout", plain(&e)))?;
        Ok(Self::there(file.into(), "stdout".into()))
    }

    /// What a user named: `target` may be a device or a pipe, written to as it is, or a link to a file.
    pub fn named(target: &Entry, replace: impl FnOnce(&Entry) -> Result<bool, Problem>) -> Result<Self, Problem> {
        let failed = |error| Problem::error(target, plain(&error));
        match target.stat(true) {
            Ok(stat) if !is_regular(&stat) && !is_directory(&stat) => {
                let file = target.open(OFlag::O_WRONLY).map_err(failed)?;
                Ok(Self::there(file, target.to_string()))
            }
            Ok(stat) if is_regular(&stat) => {
                let path = target.path().canonicalize().map_err(failed)?;
                Self::beside(&Entry::new(&path).map_err(failed)?, replace)
            }
            _ => Self::beside(target, replace),
        }
    }

    /// A temporary file that is to become `target`. If that exists, `replace` says whether it may go.
    pub fn beside(target: &Entry, replace: impl FnOnce(&Entry) -> Result<bool, Problem>) -> Result<Self, Problem> {
        let failed = |error| cannot_create(target, &error);
        let replace = match target.stat(false) {
            Ok(stat) if is_directory(&stat) => {
                return Err(Problem::error(target, "is a directory, no place for a file"));
            }
            Ok(_) => replace(target)?,
            Err(error) if error.kind() == io::ErrorKind::NotFound => false,
            Err(error) => return Err(failed(error)),
        };
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
            Place::Beside { temp, .. } => temp.entry().open(OFlag::O_RDONLY),
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

    /// Completes what was written and puts it in its place. `synchronous`: when it is there, it is on the disk too.
    /// If only its attributes are not as they should be, comes a warning.
    pub fn commit(self, like: Like, synchronous: bool) -> Result<Option<Problem>, Problem> {
        let (complete, warning) = self.complete(like, synchronous)?;
        let Some(complete) = complete else { return Ok(warning) };
        let target = complete.target.clone();
        let failed = |error| Problem::error(&target, plain(&error));
        if synchronous {
            complete.sync().map_err(failed)?;
        }
        complete.take_place()?;
        if synchronous {
            target.folder().sync().map_err(failed)?;
        }
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
        let undressed = |error| Problem::warning(&target, format_args!("cannot keep mode and time: {}", plain(&error)));
        let warning = dress(&file, like).err().map(undressed);
        close(file).map_err(|error| Problem::error(&target, plain(&error)))?;
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

    /// Has the file system write all that it has, if that can be done. What failed is told by [`sync`](Self::sync) then,
    /// which has little left to do.
    pub fn sync_all_there(&self) {
        #[cfg(target_os = "linux")]
        if let Ok(file) = self.temp.entry().open(OFlag::O_RDONLY | OFlag::O_NOFOLLOW) {
            let _ = nix::unistd::syncfs(file);
        }
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
            (Some(file), None) => file.write(bytes)?,
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

/// The problem that no file can be made at `target`.
pub fn cannot_create(target: impl fmt::Display, error: &io::Error) -> Problem {
    Problem::error(target, format_args!("cannot create it: {}", plain(error)))
}

/// Closes `file`: only here do some file systems report a write that failed.
fn close(file: File) -> io::Result<()> {
    Ok(nix::unistd::close(file)?)
}

/// Gives `file` its attributes; the owner where we may.
fn dress(file: &File, like: Like) -> io::Result<()> {
    let (like, times) = match like {
        Like::New => return file.set_permissions(Permissions::from_mode(0o666 & !umask())),
        Like::Input(input) => (input, true),
        Like::Replaced(replaced) => (replaced, false),
    };
    if nix::unistd::geteuid().is_root() {
        // Where even root may not, the file stays ours.
        let _ = fchown(file, Some(like.uid()), None);
    }
    let same_group = file.metadata()?.gid() == like.gid() || fchown(file, None, Some(like.gid())).is_ok();
    let mut mode = like.mode() & 0o777;
    if !same_group {
        // The old group now falls under the others, and the new group is not the one that was meant.
        let both = mode >> 3 & mode & 0o7;
        mode = mode & 0o700 | both << 3 | both;
    }
    file.set_permissions(Permissions::from_mode(mode))?;
    if !times {
        return Ok(());
    }
    let times = FileTimes::new().set_modified(like.modified()?).set_accessed(like.accessed()?);
    file.set_times(times)
}

/// The mode bits that new files do not get. Asking for them means setting them, so this holds no other value
/// for longer than it takes; no other thread of ours creates files.
fn umask() -> u32 {
    use nix::sys::stat::{Mode, umask};
    let mask = umask(Mode::from_bits_truncate(0o077));
    umask(mask);
    mask.bits() as u32
}
