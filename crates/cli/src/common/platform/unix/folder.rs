//! An open directory, and the files in it by their names.

use std::{
    ffi::{OsStr, OsString},
    fs::File,
    io,
    os::{
        fd::{AsFd, BorrowedFd, OwnedFd},
        unix::ffi::OsStrExt,
    },
    path::Path,
};

use nix::{
    dir::{Dir, Type},
    errno::Errno,
    fcntl::{AT_FDCWD, AtFlags, OFlag, openat, renameat},
    libc,
    sys::stat::{Mode, fstatat},
    unistd::{UnlinkatFlags, linkat, unlinkat},
};

use super::sync::{sync_everything, sync_file};
use crate::common::platform::file::{Open, Stat};

/// How a directory is opened to be held: without the right to read it, where the system can do that.
#[cfg(target_os = "linux")]
const HELD: OFlag = OFlag::O_PATH;
#[cfg(not(target_os = "linux"))]
const HELD: OFlag = OFlag::O_RDONLY;

/// An open directory. It takes a descriptor; the current one takes none.
#[derive(Debug)]
pub struct Folder {
    /// `None` is the current directory.
    dir: Option<OwnedFd>,
}

impl Folder {
    /// The current directory.
    pub fn current() -> Self {
        Self { dir: None }
    }

    /// Whether this is the current directory, opened as such.
    pub fn is_current(&self) -> bool {
        self.dir.is_none()
    }

    /// The directory at `path`, which may lead over links.
    pub fn open(path: &Path) -> io::Result<Self> {
        Self::current().open_folder(path.as_os_str(), true)
    }

    /// The directory at `path` from here, where no part of the path may be a link. The path leads down only.
    pub fn below(&self, path: &Path) -> io::Result<Self> {
        let mut folder = self.open_folder(".".as_ref(), false)?;
        for name in path {
            folder = folder.open_folder(name, false)?;
        }
        Ok(folder)
    }

    /// The directory `name` in it; if that is a link, what it points to, should `follow` allow it.
    pub fn open_folder(&self, name: &OsStr, follow: bool) -> io::Result<Self> {
        let mut flags = HELD | OFlag::O_DIRECTORY;
        flags.set(OFlag::O_NOFOLLOW, !follow);
        Ok(Self { dir: Some(self.open_at(name, flags, 0)?) })
    }

    /// Opens the file `name` in it.
    pub fn open_file(&self, name: &OsStr, how: Open) -> io::Result<File> {
        let mut flags = if how.write { OFlag::O_WRONLY } else { OFlag::O_RDONLY };
        // No terminal is to become this process's own.
        flags.insert(OFlag::O_NOCTTY);
        flags.set(OFlag::O_NONBLOCK, !how.wait);
        flags.set(OFlag::O_NOFOLLOW, !how.follow);
        Ok(self.open_at(name, flags, 0)?.into())
    }

    /// Makes the file `name` where there is nothing, readable by its owner only.
    pub fn create_file(&self, name: &OsStr) -> io::Result<File> {
        let flags = OFlag::O_RDWR | OFlag::O_CREAT | OFlag::O_EXCL | OFlag::O_NOFOLLOW;
        Ok(self.open_at(name, flags, 0o600)?.into())
    }

    /// Opens `name`; never for child processes to inherit.
    fn open_at(&self, name: &OsStr, flags: OFlag, mode: u32) -> io::Result<OwnedFd> {
        let mode = Mode::from_bits_truncate(mode as libc::mode_t);
        loop {
            match openat(self, name, flags | OFlag::O_CLOEXEC, mode) {
                Err(Errno::EINTR) => {}
                opened => return Ok(opened?),
            }
        }
    }

    /// What the system says about `name`: about a link itself, or about what it points to.
    pub fn stat(&self, name: &OsStr, follow: bool) -> io::Result<Stat> {
        let flags = if follow { AtFlags::empty() } else { AtFlags::AT_SYMLINK_NOFOLLOW };
        Ok(Stat::from(&fstatat(self, name, flags)?))
    }

    /// Removes the name of a file.
    pub fn remove_file(&self, name: &OsStr) -> io::Result<()> {
        Ok(unlinkat(self, name, UnlinkatFlags::NoRemoveDir)?)
    }

    /// Gives the file `from` the name `to`; a file of that name is replaced.
    pub fn rename(&self, from: &OsStr, to: &OsStr) -> io::Result<()> {
        Ok(renameat(self, from, self, to)?)
    }

    /// Gives the file `from` the name `to` unless that is taken, in one step. Not every file system can do it.
    #[cfg(all(target_os = "linux", target_env = "gnu"))]
    pub fn rename_to_free(&self, from: &OsStr, to: &OsStr) -> io::Result<()> {
        use nix::fcntl::{RenameFlags, renameat2};
        Ok(renameat2(self, from, self, to, RenameFlags::RENAME_NOREPLACE)?)
    }

    /// This system cannot.
    #[cfg(not(all(target_os = "linux", target_env = "gnu")))]
    pub fn rename_to_free(&self, _: &OsStr, _: &OsStr) -> io::Result<()> {
        Err(io::ErrorKind::Unsupported.into())
    }

    /// Gives the file `from` the further name `to`, unless that is taken. Not every file system can do it.
    pub fn link(&self, from: &OsStr, to: &OsStr) -> io::Result<()> {
        Ok(linkat(self, from, self, to, AtFlags::empty())?)
    }

    /// All names in it, sorted, each with whether it is a directory itself.
    pub fn entries(&self) -> io::Result<Vec<(OsString, bool)>> {
        let mut entries = Vec::new();
        for entry in Dir::from_fd(self.readable()?)?.iter() {
            let entry = entry?;
            let name = OsStr::from_bytes(entry.file_name().to_bytes());
            if name == "." || name == ".." {
                continue;
            }
            let is_directory = match entry.file_type() {
                Some(kind) => kind == Type::Directory,
                // Some file systems do not say it here. A file that is gone by now is reported when its turn comes.
                None => self.stat(name, false).is_ok_and(|stat| stat.is_directory()),
            };
            entries.push((name.to_owned(), is_directory));
        }
        entries.sort();
        Ok(entries)
    }

    /// The same directory, opened for more than to be held.
    pub fn readable(&self) -> io::Result<OwnedFd> {
        self.open_at(".".as_ref(), OFlag::O_RDONLY | OFlag::O_DIRECTORY, 0)
    }

    /// Returns when the names in it are on the disk.
    pub fn sync(&self) -> io::Result<()> {
        match self.readable() {
            Ok(readable) => sync_file(&readable),
            Err(error) => sync_everything(error),
        }
    }
}

impl AsFd for Folder {
    fn as_fd(&self) -> BorrowedFd<'_> {
        self.dir.as_ref().map_or(AT_FDCWD, AsFd::as_fd)
    }
}

#[cfg(test)]
mod tests {
    use std::{fs, os::unix::fs::symlink};

    use super::*;

    #[test]
    fn the_way_down_follows_no_link() {
        let folder = tempfile::TempDir::new().unwrap();
        let d = folder.path();
        fs::create_dir_all(d.join("a/b")).unwrap();
        symlink("a", d.join("link")).unwrap();
        symlink("b", d.join("a/link")).unwrap();
        let top = Folder::open(d).unwrap();
        assert!(top.below("a/b".as_ref()).is_ok());
        for path in ["link", "link/b", "a/link"] {
            assert!(top.below(path.as_ref()).is_err(), "{path}");
        }
        assert_eq!(top.entries().unwrap(), [("a".into(), true), ("link".into(), false)]);
    }
}
