//! A directory, opened once → the files in it by their names, wherever its own path leads by then.
//!
//! Who may write to a directory can put a link in its place between two calls that name a file by its path, and the
//! second call then works elsewhere. So a path is followed once, to open the directory that the file is in, and each
//! further call names the file relative to that. Paths as typed are kept for messages only.
//!
//! An open directory takes a descriptor for as long as an [`Entry`] in it is held; the current one takes none.

use std::{
    ffi::{OsStr, OsString},
    fmt,
    fs::File,
    io,
    os::{
        fd::{AsFd, BorrowedFd, OwnedFd},
        unix::ffi::{OsStrExt, OsStringExt},
    },
    path::{Path, PathBuf},
    sync::Arc,
};

use nix::{
    dir::{Dir, Type},
    errno::Errno,
    fcntl::{AT_FDCWD, AtFlags, OFlag, openat},
    libc,
    sys::stat::{FileStat, Mode, fstatat},
    unistd::{UnlinkatFlags, fsync, sync, unlinkat},
};

/// How a directory is opened to be held: without the right to read it, where the system can do that.
#[cfg(target_os = "linux")]
const HELD: OFlag = OFlag::O_PATH;
#[cfg(not(target_os = "linux"))]
const HELD: OFlag = OFlag::O_RDONLY;

/// An open directory.
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

    /// The directory at `path`, which may lead over links.
    pub fn open(path: &Path) -> io::Result<Self> {
        Self::current().open_in(path.as_os_str(), true)
    }

    /// The directory at `path` from here, where no part of the path may be a link. The path leads down only.
    pub fn below(&self, path: &Path) -> io::Result<Self> {
        let mut folder = self.open_in(".".as_ref(), false)?;
        for name in path {
            folder = folder.open_in(name, false)?;
        }
        Ok(folder)
    }

    fn open_in(&self, name: &OsStr, follow: bool) -> io::Result<Self> {
        let mut flags = HELD | OFlag::O_DIRECTORY;
        flags.set(OFlag::O_NOFOLLOW, !follow);
        Ok(Self { dir: Some(self.open_at(name, flags, 0)?) })
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
                // Some file systems do not tell here. A file that is gone by now is reported when its turn comes.
                None => fstatat(self, name, AtFlags::AT_SYMLINK_NOFOLLOW).is_ok_and(|stat| is_directory(&stat)),
            };
            entries.push((name.to_owned(), is_directory));
        }
        entries.sort();
        Ok(entries)
    }

    /// Itself, opened for more than to be held.
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

/// A name in an open directory.
#[derive(Clone, Debug)]
pub struct Entry {
    folder: Arc<Folder>,
    name: OsString,
    /// As typed or found, for messages. Ends in `name`.
    path: PathBuf,
}

impl Entry {
    /// What `path` names, in its directory, which is opened.
    pub fn new(path: &Path) -> io::Result<Self> {
        Self::beside(path, None)
    }

    /// As [`new`](Self::new); in the directory of `other` if that has been opened by the same path.
    pub fn beside(path: &Path, other: Option<&Self>) -> io::Result<Self> {
        let (parent, name) = split(path);
        let folder = match other {
            Some(other) if split(&other.path).0 == parent => Arc::clone(&other.folder),
            _ if parent.as_os_str().is_empty() => Arc::new(Folder::current()),
            _ => Arc::new(Folder::open(parent)?),
        };
        Ok(Self { folder, name: name.to_owned(), path: path.to_owned() })
    }

    /// What is called `name` in `folder`; `path` is what to call it in messages, and ends in `name`.
    pub fn within(folder: &Arc<Folder>, name: OsString, path: PathBuf) -> Self {
        Self { folder: Arc::clone(folder), name, path }
    }

    /// Another name in the same directory, whose path differs in the name only.
    pub fn renamed(&self, path: PathBuf) -> Self {
        let parent = self.path.as_os_str().len() - self.name.len();
        let name = OsString::from_vec(path.as_os_str().as_bytes()[parent..].to_vec());
        Self { folder: Arc::clone(&self.folder), name, path }
    }

    /// Its name.
    pub fn name(&self) -> &OsStr {
        &self.name
    }

    /// The path to show.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// The directory that it is in.
    pub fn folder(&self) -> &Arc<Folder> {
        &self.folder
    }

    /// Whether `other` is in the same directory, as far as one can tell without a look.
    pub fn is_beside(&self, other: &Self) -> bool {
        Arc::ptr_eq(&self.folder, &other.folder) || self.folder.dir.is_none() && other.folder.dir.is_none()
    }

    /// Opens it.
    pub fn open(&self, flags: OFlag) -> io::Result<File> {
        Ok(self.folder.open_at(&self.name, flags, 0)?.into())
    }

    /// Opens it as a directory; if it is a link, what it points to, should `follow` allow it.
    pub fn open_folder(&self, follow: bool) -> io::Result<Folder> {
        self.folder.open_in(&self.name, follow)
    }

    /// What the system tells about it: of a link, or of what it points to.
    pub fn stat(&self, follow: bool) -> io::Result<FileStat> {
        let flags = if follow { AtFlags::empty() } else { AtFlags::AT_SYMLINK_NOFOLLOW };
        Ok(fstatat(&self.folder, self.name.as_os_str(), flags)?)
    }

    /// Removes the name.
    pub fn remove(&self) -> io::Result<()> {
        Ok(unlinkat(&self.folder, self.name.as_os_str(), UnlinkatFlags::NoRemoveDir)?)
    }

    /// Makes a file where there is nothing, readable by its owner only.
    pub fn create(&self) -> io::Result<File> {
        let flags = OFlag::O_RDWR | OFlag::O_CREAT | OFlag::O_EXCL | OFlag::O_NOFOLLOW;
        Ok(self.folder.open_at(&self.name, flags, 0o600)?.into())
    }
}

impl fmt::Display for Entry {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.path.display().fmt(f)
    }
}

/// The directory's part of `path` and the name in it. What ends in no name, such as `..` or `d/`, is all name.
fn split(path: &Path) -> (&Path, &OsStr) {
    let bytes = path.as_os_str().as_bytes();
    let at = bytes.iter().rposition(|&byte| byte == b'/').map_or(0, |slash| slash + 1);
    let (parent, name) = match bytes.split_at(at) {
        (_, b"" | b"." | b"..") => (&b""[..], bytes),
        split => split,
    };
    (Path::new(OsStr::from_bytes(parent)), OsStr::from_bytes(name))
}

/// Returns when all of `file` is on the disk, if it is of a kind that can be.
pub fn sync_file(file: impl AsFd) -> io::Result<()> {
    loop {
        return match fsync(&file) {
            Err(Errno::EINTR) => continue,
            // Pipes, terminals, and file systems that have no disk, or no say in it.
            Ok(()) | Err(Errno::EINVAL | Errno::ENOTSUP) => Ok(()),
            Err(error) => Err(error.into()),
        };
    }
}

/// The way out where a file or directory cannot be opened to be synced: only who may read it can sync it alone, but
/// anybody can sync everything.
pub fn sync_everything(cannot_open: io::Error) -> io::Result<()> {
    if cannot_open.kind() != io::ErrorKind::PermissionDenied {
        return Err(cannot_open);
    }
    sync();
    Ok(())
}

/// Whether `stat` describes a directory.
pub fn is_directory(stat: &FileStat) -> bool {
    stat.st_mode & libc::S_IFMT == libc::S_IFDIR
}

/// Whether `stat` describes a regular file.
pub fn is_regular(stat: &FileStat) -> bool {
    stat.st_mode & libc::S_IFMT == libc::S_IFREG
}

#[cfg(test)]
mod tests {
    use std::{
        fs,
        io::{Read, Write},
        os::unix::fs::symlink,
    };

    use tempfile::TempDir;

    use super::{super::temporary::Temporary, *};

    fn folder() -> (TempDir, PathBuf) {
        let folder = TempDir::new().unwrap();
        let path = folder.path().join("d");
        fs::create_dir(&path).unwrap();
        (folder, path)
    }

    #[test]
    fn a_directory_replaced_by_a_link_is_still_the_one_that_was_opened() {
        let (outside, d) = folder();
        fs::write(d.join("f"), "mine").unwrap();
        let entry = Entry::new(&d.join("f")).unwrap();
        fs::create_dir(outside.path().join("other")).unwrap();
        fs::write(outside.path().join("other/f"), "another's").unwrap();
        fs::rename(&d, outside.path().join("moved")).unwrap();
        symlink("other", &d).unwrap();
        let mut content = String::new();
        entry.open(OFlag::O_RDONLY).unwrap().read_to_string(&mut content).unwrap();
        let (mut file, temporary) = Temporary::beside(&entry.renamed(d.join("g"))).unwrap();
        file.write_all(b"new").unwrap();
        temporary.rename(&entry.renamed(d.join("g")), false).unwrap();
        entry.remove().unwrap();
        assert_eq!((content.as_str(), fs::read(outside.path().join("moved/g")).unwrap()), ("mine", b"new".to_vec()));
        assert_eq!(fs::read_dir(outside.path().join("moved")).unwrap().count(), 1);
        assert_eq!(fs::read_dir(outside.path().join("other")).unwrap().count(), 1);
    }

    #[test]
    fn the_way_down_follows_no_link() {
        let (_outside, d) = folder();
        fs::create_dir_all(d.join("a/b")).unwrap();
        symlink("a", d.join("link")).unwrap();
        symlink("b", d.join("a/link")).unwrap();
        let top = Folder::open(&d).unwrap();
        assert!(top.below("a/b".as_ref()).is_ok());
        for path in ["link", "link/b", "a/link"] {
            assert!(top.below(path.as_ref()).is_err(), "{path}");
        }
        assert_eq!(top.entries().unwrap(), [("a".into(), true), ("link".into(), false)]);
    }

    #[test]
    fn only_a_last_name_is_taken_apart_from_its_directory() {
        for (path, parts) in [
            ("f", ("", "f")),
            ("d/f", ("d/", "f")),
            ("/f", ("/", "f")),
            ("d//f", ("d//", "f")),
            ("d/", ("", "d/")),
            ("d/..", ("", "d/..")),
            (".", ("", ".")),
            ("", ("", "")),
        ] {
            assert_eq!(split(path.as_ref()), (parts.0.as_ref(), parts.1.as_ref()), "{path}");
        }
    }
}
