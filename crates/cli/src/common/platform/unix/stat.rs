//! The system's two forms of what it knows about a file → [`Stat`].

use std::{fs::Metadata, os::unix::fs::MetadataExt};

use nix::{
    libc::{S_IFDIR, S_IFLNK, S_IFMT, S_IFREG},
    sys::stat::FileStat,
};

use crate::common::platform::file::{Kind, Stat};

/// Setuid, setgid and sticky.
const SPECIAL_BITS: u32 = 0o7000;

impl From<&Metadata> for Stat {
    fn from(meta: &Metadata) -> Self {
        Self {
            kind: kind(meta.mode()),
            id: (meta.dev(), meta.ino()),
            len: meta.len(),
            links: meta.nlink(),
            has_special_bits: meta.mode() & SPECIAL_BITS != 0,
            written: (meta.mtime(), meta.mtime_nsec()),
            changed: (meta.ctime(), meta.ctime_nsec()),
        }
    }
}

// The system's types for these fields are not the same everywhere.
#[allow(clippy::unnecessary_cast)]
impl From<&FileStat> for Stat {
    fn from(stat: &FileStat) -> Self {
        Self {
            kind: kind(stat.st_mode as u32),
            id: (stat.st_dev as u64, stat.st_ino as u64),
            len: stat.st_size as u64,
            links: stat.st_nlink as u64,
            has_special_bits: stat.st_mode as u32 & SPECIAL_BITS != 0,
            written: (stat.st_mtime as i64, stat.st_mtime_nsec as i64),
            changed: (stat.st_ctime as i64, stat.st_ctime_nsec as i64),
        }
    }
}

#[allow(clippy::unnecessary_cast)]
fn kind(mode: u32) -> Kind {
    match mode & S_IFMT as u32 {
        bits if bits == S_IFREG as u32 => Kind::File,
        bits if bits == S_IFDIR as u32 => Kind::Directory,
        bits if bits == S_IFLNK as u32 => Kind::Link,
        _ => Kind::Other,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_forms_say_the_same() {
        let folder = tempfile::TempDir::new().unwrap();
        let path = folder.path().join("f");
        std::fs::write(&path, [7; 100]).unwrap();
        for path in [&path, folder.path(), "/dev/null".as_ref()] {
            let stat = nix::sys::stat::stat(path).unwrap();
            assert_eq!(Stat::from(&path.metadata().unwrap()), Stat::from(&stat), "{path:?}");
        }
    }
}
