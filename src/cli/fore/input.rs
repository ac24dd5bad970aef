//! An operand → bytes to read, once it is certain that this is a file to work on.
//!
//! A regular file's length is known, and stands in the compressed file's header. It is read by place: a mapping would
//! end the process where somebody else makes the file shorter.

use std::{
    fmt,
    fs::{File, Metadata},
    io::{self, IsTerminal, Read, Seek, SeekFrom},
    os::unix::fs::{FileExt, MetadataExt},
    path::Path,
};

use nix::{
    fcntl::OFlag,
    libc::{S_IFDIR, S_IFLNK, S_IFMT, S_IFREG},
    poll::PollFlags,
    sys::stat::{FileStat, fstat},
};

use super::{
    attributes::{Like, Original},
    folder::Entry,
    report::{Problem, plain},
};
use crate::{
    Error, ErrorKind,
    cli::stdio::{self, patiently},
};

const CHANGED: &str = "file changed while it was read; try again when nobody writes to it";
const SHRANK: &str = "file shrank while it was read; try again when nobody writes to it";

/// What an input may be.
#[derive(Clone, Copy, Debug)]
pub struct Allowed {
    /// Anything that can be read, such as a pipe, instead of regular files only.
    pub special: bool,
    /// A symbolic link, for what it points to.
    pub symlink: bool,
    /// A file with other names or special mode bits, which would be lost with it.
    pub odd: bool,
}

/// An open input.
pub struct Input {
    /// `None` is standard input.
    entry: Option<Entry>,
    file: File,
    /// As it was when opened.
    meta: Metadata,
    /// Where it stood then.
    start: u64,
    /// How many bytes there were from there on, if that is certain.
    len: Option<u64>,
    taken: u64,
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
        // Between that look and this call the name may come to mean something else: then opening must neither
        // wait nor follow, and what was opened is looked at again.
        let mut flags = OFlag::O_RDONLY | OFlag::O_NOCTTY;
        flags.set(OFlag::O_NONBLOCK, !allowed.special);
        flags.set(OFlag::O_NOFOLLOW, !allowed.symlink);
        let file = entry.open(flags).map_err(failed)?;
        check(entry, &fstat(&file).map_err(|error| failed(error.into()))?, allowed)?;
        Self::new(Some(entry.clone()), file).map_err(failed)
    }

    fn new(entry: Option<Entry>, mut file: File) -> io::Result<Self> {
        let meta = file.metadata()?;
        let start = if meta.is_file() { file.stream_position()? } else { 0 };
        // Files that the system makes up give lengths that are not theirs: believed is one whose last byte is there.
        let is_real = meta.is_file() && start < meta.len() && matches!(file.read_at(&mut [0], meta.len() - 1), Ok(1));
        let len = is_real.then(|| meta.len() - start);
        Ok(Self { entry, file, meta, start, len, taken: 0 })
    }

    /// The path, unless this is standard input.
    pub fn path(&self) -> Option<&Path> {
        self.entry.as_ref().map(Entry::path)
    }

    /// Whose attributes the output gets: a regular file with a name passes on its own.
    pub fn like(&self) -> Like<'_> {
        if self.entry.is_none() || !self.meta.is_file() {
            return Like::New;
        }
        Like::Input(Original { meta: &self.meta, file: Some(&self.file) })
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

    /// How many bytes have been read, or lie before the place that was sought.
    pub fn taken(&self) -> u64 {
        self.taken
    }

    /// Whether a person types it.
    pub fn is_terminal(&self) -> bool {
        self.file.is_terminal()
    }

    /// Whether `entry` is this very file.
    pub fn is_same_file(&self, entry: &Entry) -> bool {
        entry.stat(true).is_ok_and(|other| (other.st_dev, other.st_ino) == (self.meta.dev(), self.meta.ino()))
    }

    /// This input from its beginning, if it can be read twice.
    pub fn again(&mut self) -> Option<&mut Self> {
        self.can_seek().then(|| {
            self.taken = 0;
            self
        })
    }

    /// Makes sure that a regular file is still what it was when opened: else the output may be of no state that
    /// it ever had.
    pub fn check_unchanged(&self) -> io::Result<()> {
        let state = |meta: &Metadata| (meta.len(), meta.mtime(), meta.mtime_nsec());
        let now = self.file.metadata()?;
        if now.is_file() && state(&now) != state(&self.meta) {
            return Err(Error::new(ErrorKind::Io, CHANGED).into());
        }
        Ok(())
    }

    /// Removes the file. If the name has come to mean another one, that one stays.
    pub fn remove(self) -> Result<(), Problem> {
        let Some(entry) = &self.entry else { return Ok(()) };
        if !self.is_same_file(entry) {
            return Err(Problem::warning(
                &self,
                "moved or replaced while it was read, not removed; the output is whole",
            ));
        }
        entry.remove().map_err(|e| Problem::error(&self, format_args!("cannot remove it: {}", plain(&e))))
    }

    /// Reads from where it is, but no farther than to the end that the file had when it was opened.
    fn read_on(&mut self, len: u64, out: &mut [u8]) -> io::Result<usize> {
        let at = self.start + self.taken;
        let most = usize::try_from(len - self.taken).map_or(out.len(), |left| left.min(out.len()));
        let n = self.file.read_at(&mut out[..most], at)?;
        if n == 0 && most > 0 {
            return Err(Error::new(ErrorKind::Io, SHRANK).into());
        }
        if n == 0 && !out.is_empty() {
            // Who shares our standard input goes on where we stopped, as after reading.
            self.file.seek(SeekFrom::Start(at))?;
        }
        Ok(n)
    }
}

impl Read for Input {
    fn read(&mut self, out: &mut [u8]) -> io::Result<usize> {
        let n = match self.len {
            Some(len) => self.read_on(len, out)?,
            None => patiently(&self.file, PollFlags::POLLIN, || (&self.file).read(out))?,
        };
        self.taken += n as u64;
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
        // No farther than the end, where nothing can be read either.
        self.taken = at.ok_or(io::ErrorKind::InvalidInput)?.min(len);
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

/// Whether the file that `stat` describes may be worked on.
fn check(entry: &Entry, stat: &FileStat, allowed: Allowed) -> Result<(), Problem> {
    let kind = stat.st_mode & S_IFMT;
    let is_file = kind == S_IFREG;
    let reason = if kind == S_IFDIR {
        "is a directory, skipped; -r takes what is in it"
    } else if kind == S_IFLNK {
        "is a symbolic link, skipped; -f takes what it points to"
    } else if !is_file && !allowed.special {
        "not a regular file, skipped; -c reads it"
    } else if is_file && stat.st_nlink > 1 && !allowed.odd {
        "has another hard link, skipped; -k keeps both, -f removes this one"
    } else if is_file && stat.st_mode & 0o7000 != 0 && !allowed.odd {
        "has the setuid, setgid or sticky bit, skipped; -f takes it without"
    } else {
        return Ok(());
    };
    Err(Problem::warning(entry, reason))
}

#[cfg(test)]
mod tests {
    use std::{fs, io::Write, path::PathBuf};

    use tempfile::TempDir;

    use super::*;

    const ANY: Allowed = Allowed { special: true, symlink: true, odd: true };

    fn file_of(len: usize) -> (TempDir, PathBuf) {
        let folder = TempDir::new().unwrap();
        let path = folder.path().join("f");
        fs::write(&path, vec![7; len]).unwrap();
        (folder, path)
    }

    #[test]
    fn a_file_that_shrinks_is_an_error_where_it_ends() {
        let (_folder, path) = file_of(1 << 18);
        let mut input = Input::open(&Entry::new(&path).unwrap(), ANY).unwrap();
        assert_eq!(input.len(), Some(1 << 18));
        input.read_exact(&mut vec![0; 1 << 16]).unwrap();
        File::options().write(true).open(&path).unwrap().set_len(10).unwrap();
        assert_eq!(input.read(&mut [0; 9]).unwrap_err().to_string(), SHRANK);
    }

    #[test]
    fn a_file_that_grows_is_read_to_its_old_end_and_reported() {
        let (_folder, path) = file_of(100);
        let mut input = Input::open(&Entry::new(&path).unwrap(), ANY).unwrap();
        File::options().append(true).open(&path).unwrap().write_all(b"more").unwrap();
        assert_eq!(input.read_to_end(&mut Vec::new()).unwrap(), 100);
        assert_eq!(input.check_unchanged().unwrap_err().to_string(), CHANGED);
    }

    #[test]
    fn a_file_that_took_the_name_meanwhile_is_not_removed() {
        let (folder, path) = file_of(100);
        let input = Input::open(&Entry::new(&path).unwrap(), ANY).unwrap();
        fs::rename(&path, folder.path().join("moved")).unwrap();
        fs::write(&path, "another").unwrap();
        assert!(input.remove().is_err());
        assert_eq!(fs::read(&path).unwrap(), b"another");
    }

    #[test]
    fn empty_files_are_read_and_promise_no_length() {
        let (_folder, path) = file_of(0);
        let mut input = Input::open(&Entry::new(&path).unwrap(), ANY).unwrap();
        assert_eq!((input.len(), input.read(&mut [0; 9]).unwrap()), (None, 0));
    }
}
