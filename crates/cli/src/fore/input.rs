//! An operand → bytes to read, once it is certain that this is a file to work on.
//!
//! A regular file's length is known, and stands in the compressed file's header. It is read by place: a mapping would
//! end the process where somebody else makes the file shorter.

use std::{
    fmt,
    fs::{File, Metadata},
    hash::Hasher,
    io::{self, IsTerminal, Read, Seek, SeekFrom},
    os::unix::fs::FileExt,
    path::Path,
};

use nix::{
    fcntl::OFlag,
    libc::{S_IFDIR, S_IFLNK, S_IFMT, S_IFREG},
    poll::PollFlags,
    sys::stat::{FileStat, fstat},
};
use twox_hash::XxHash3_64;

use super::{
    attributes::{Like, Pattern},
    change::{Change, Stamp, wait_for_next_tick},
    folder::Entry,
    report::{Problem, plain},
    source::Source,
};
use crate::common::stdio::{self, patiently};
use foretell::{Error, ErrorKind};

/// Bytes read at a time to see whether they are still the same.
const BUFFER: usize = 1 << 16;
/// How often to wait for a moment in which nobody writes.
const MOST_WAITS: usize = 5;

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
    /// Of the bytes taken, as long as they were read in their order.
    hash: Option<XxHash3_64>,
    /// Whether to say so, once, when there is nothing to read yet.
    tells: bool,
    told: bool,
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
        Ok(Self { entry, file, meta, start, len, taken: 0, hash: Some(XxHash3_64::new()), tells: false, told: false })
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
        entry.stat(true).is_ok_and(|other| Stamp::from(&other).is_of_same_file(&self.then()))
    }

    /// Whether it is a regular file, and `output` the same one.
    pub fn is_also(&self, output: &File) -> bool {
        self.is_file() && output.metadata().is_ok_and(|other| Stamp::from(&other).is_of_same_file(&self.then()))
    }

    fn then(&self) -> Stamp {
        Stamp::from(&self.meta)
    }

    /// This input from its beginning, if it can be read twice.
    pub fn again(&mut self) -> Option<&mut Self> {
        self.can_seek().then(|| {
            self.taken = 0;
            self.hash = Some(XxHash3_64::new());
            self
        })
    }

    /// This input, opened so that from now on no change to it goes unseen, but for one through memory that somebody has
    /// mapped and written to before, or where somebody does not stop writing.
    pub fn watched(mut self) -> Result<Self, Problem> {
        for _ in 0..MOST_WAITS {
            if !self.is_file() || !wait_for_next_tick(&self.meta) {
                break;
            }
            let name = self.to_string();
            self = Self::new(self.entry, self.file).map_err(|e| Problem::error(name, plain(&e)))?;
        }
        Ok(self)
    }

    /// As it is known once it is closed.
    pub fn source(&self) -> Source {
        Source { entry: self.entry.clone(), then: self.then(), read: self.start + self.len.unwrap_or(self.taken) }
    }

    /// What became of the file since it was opened.
    fn change(&self) -> io::Result<Change> {
        Ok(Change::between(&self.then(), &Stamp::from(&self.file.metadata()?)))
    }

    /// Makes sure that what was read is what stood in the file at one moment, to be called right after reading; else
    /// the output may be of no state that the file ever had.
    pub fn check_read(&self) -> io::Result<()> {
        if self.is_torn()? { Err(Error::new(ErrorKind::Io, self.as_torn()?).into()) } else { Ok(()) }
    }

    /// Whether the file changed in such a way that what was read may be of two states.
    fn is_torn(&self) -> io::Result<bool> {
        Ok(match (self.change()?, &self.hash) {
            (Change::None, _) => false,
            (_, Some(hash)) => !self.still_has(hash.finish())?,
            (change, None) => change == Change::Rewritten,
        })
    }

    /// What to say when it could not be read, or not as what it should be, for this reason: if it changed, then it was
    /// that, and where it was `to_be_removed` it stays, on purpose.
    pub fn unreadable(&self, to_be_removed: bool, reason: String) -> Problem {
        let is_torn = self.change().is_ok_and(|change| change == Change::Rewritten) || self.is_torn().unwrap_or(false);
        match self.as_torn() {
            Ok(torn) if is_torn && to_be_removed && self.entry.is_some() => Problem::warning(self, torn),
            Ok(torn) if is_torn => Problem::error(self, torn),
            _ => Problem::error(self, reason),
        }
    }

    /// Whether other bytes may stand now where others were read.
    pub fn is_changed(&self) -> bool {
        !matches!(self.change(), Ok(Change::None))
    }

    /// Why an output would be worthless.
    fn as_torn(&self) -> io::Result<String> {
        let resized = self.then().resized(&Stamp::from(&self.file.metadata()?));
        Ok(format!("file changed while it was read{resized}; try again when nobody writes to it"))
    }

    /// Whether the bytes that were read stand in the file now.
    fn still_has(&self, read: u64) -> io::Result<bool> {
        let (mut hash, mut buffer, mut at) = (XxHash3_64::new(), vec![0; BUFFER], 0);
        while at < self.taken {
            let most = usize::try_from(self.taken - at).map_or(BUFFER, |left| left.min(BUFFER));
            match self.file.read_at(&mut buffer[..most], self.start + at) {
                Ok(0) => return Ok(false),
                Ok(n) => {
                    hash.write(&buffer[..n]);
                    at += n as u64;
                }
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(error) => return Err(error),
            }
        }
        Ok(hash.finish() == read)
    }

    /// Tells what became of the file while the output was made, where it is not to be removed.
    pub fn leave(&self) -> Result<(), Problem> {
        let now = self.file.metadata().map_err(|e| Problem::error(self, plain(&e)))?;
        self.source().leave(&Stamp::from(&now))
    }

    /// From now on, before it waits for bytes that have not come yet, it says so by one error: `WouldBlock`. Who reads
    /// then may have something better to do first.
    pub fn tell_before_waiting(&mut self) {
        self.tells = true;
    }

    fn must_wait(&mut self) -> bool {
        self.told = self.tells && !self.told && !stdio::is_ready(&self.file, PollFlags::POLLIN);
        self.told
    }

    /// Reads from where it is, but no farther than to the end that the file had when it was opened.
    fn read_on(&mut self, len: u64, out: &mut [u8]) -> io::Result<usize> {
        let at = self.start + self.taken;
        let most = usize::try_from(len - self.taken).map_or(out.len(), |left| left.min(out.len()));
        let n = self.file.read_at(&mut out[..most], at)?;
        if n == 0 && most > 0 {
            return Err(Error::new(ErrorKind::Io, self.as_torn()?).into());
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
        if self.len.is_none() && self.must_wait() {
            return Err(io::ErrorKind::WouldBlock.into());
        }
        let n = match self.len {
            Some(len) => self.read_on(len, out)?,
            None => patiently(&self.file, PollFlags::POLLIN, || (&self.file).read(out))?,
        };
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
        // No farther than the end, where nothing can be read either.
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
mod tests;
