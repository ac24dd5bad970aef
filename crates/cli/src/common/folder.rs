//! A path → a name in an open directory, wherever the path leads later.
//!
//! Anybody who may write to a directory can put a link in its place between two calls that name a file by its path, and
//! the second call then works elsewhere. So a path is followed once, to open the directory that the file is in, and
//! each further call names the file relative to that. Paths as typed are kept for messages only.

use std::{
    ffi::{OsStr, OsString},
    fmt,
    fs::File,
    io,
    path::{Path, PathBuf},
    sync::Arc,
};

use super::platform::{Folder, Open, Stat, os_str};

/// A name in an open directory. The directory is closed when its last entry goes.
#[derive(Clone, Debug)]
pub struct Entry {
    folder: Arc<Folder>,
    name: OsString,
    /// As typed or found, for messages. Ends in `name`.
    path: PathBuf,
}

impl Entry {
    /// The name that `path` ends in, in its directory, which is opened.
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

    /// The file `name` in `folder`; messages call it by `path`, which ends in `name`.
    pub fn within(folder: &Arc<Folder>, name: OsString, path: PathBuf) -> Self {
        Self { folder: Arc::clone(folder), name, path }
    }

    /// Another name in the same directory, whose path differs in the name only.
    pub fn renamed(&self, path: PathBuf) -> Self {
        let parent = self.path.as_os_str().len() - self.name.len();
        let name = os_str(&path.as_os_str().as_encoded_bytes()[parent..]).to_owned();
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

    /// Whether `other` is in the same directory, as far as that is certain without asking the system.
    pub fn is_beside(&self, other: &Self) -> bool {
        Arc::ptr_eq(&self.folder, &other.folder) || self.folder.is_current() && other.folder.is_current()
    }

    /// Whether `other` may be in the same directory.
    pub fn may_share_folder(&self, other: &Self) -> bool {
        let folder = |entry: &Self| entry.folder.stat(".".as_ref(), true).ok();
        let is_same = || Some(folder(self)?.is_same_file(&folder(other)?));
        self.is_beside(other) || is_same().unwrap_or(true)
    }

    /// Opens it.
    pub fn open(&self, how: Open) -> io::Result<File> {
        self.folder.open_file(&self.name, how)
    }

    /// Opens it as a directory; if it is a link, what it points to, should `follow` allow it.
    pub fn open_folder(&self, follow: bool) -> io::Result<Folder> {
        self.folder.open_folder(&self.name, follow)
    }

    /// What the system says about it: about a link itself, or about what it points to.
    pub fn stat(&self, follow: bool) -> io::Result<Stat> {
        self.folder.stat(&self.name, follow)
    }

    /// Whether it is the file that `file` describes.
    pub fn is(&self, file: &Stat) -> bool {
        self.stat(true).is_ok_and(|stat| stat.is_same_file(file))
    }

    /// Removes the name.
    pub fn remove(&self) -> io::Result<()> {
        self.folder.remove_file(&self.name)
    }

    /// Makes a file where there is nothing, readable by its owner only.
    pub fn create(&self) -> io::Result<File> {
        self.folder.create_file(&self.name)
    }
}

impl fmt::Display for Entry {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.path.display().fmt(f)
    }
}

/// The directory's part of `path` and the name in it. A path that ends in no name, such as `..` or `d/`, is all name.
fn split(path: &Path) -> (&Path, &OsStr) {
    let bytes = path.as_os_str().as_encoded_bytes();
    let at = bytes.iter().rposition(|&byte| byte == b'/').map_or(0, |slash| slash + 1);
    let (parent, name) = match bytes.split_at(at) {
        (_, b"" | b"." | b"..") => (&b""[..], bytes),
        split => split,
    };
    (Path::new(os_str(parent)), os_str(name))
}

#[cfg(test)]
mod tests {
    use super::*;

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
