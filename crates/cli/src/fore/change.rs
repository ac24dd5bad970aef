//! A file as it was when it was opened, and as it is now → what somebody else did to it meanwhile.
//!
//! The kernel's times move in ticks: two writes within one may leave no trace. So where much depends on it, the tick in
//! which a file was last written is waited out before it is read.

use std::{
    fs::Metadata,
    os::unix::fs::MetadataExt,
    thread::sleep,
    time::{Duration, SystemTime, UNIX_EPOCH},
};

use nix::sys::stat::FileStat;

use super::folder::is_regular;

/// A tick of the kernel's clock at its slowest, and a little more.
const TICK: Duration = Duration::from_millis(11);
/// As much for file systems that keep whole seconds, or even ones.
const COARSE_TICK: Duration = Duration::from_millis(2011);

/// What tells whether a file is the same, and still as it was.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Stamp {
    is_file: bool,
    /// Device and inode.
    file: (u64, u64),
    len: u64,
    /// When it was written to, in seconds and nanoseconds.
    written: (i64, i64),
    /// When anything about it changed.
    changed: (i64, i64),
}

impl From<&Metadata> for Stamp {
    fn from(meta: &Metadata) -> Self {
        Self {
            is_file: meta.is_file(),
            file: (meta.dev(), meta.ino()),
            len: meta.len(),
            written: (meta.mtime(), meta.mtime_nsec()),
            changed: (meta.ctime(), meta.ctime_nsec()),
        }
    }
}

// The system's types for these fields are not the same everywhere.
#[allow(clippy::unnecessary_cast)]
impl From<&FileStat> for Stamp {
    fn from(stat: &FileStat) -> Self {
        Self {
            is_file: is_regular(stat),
            file: (stat.st_dev as u64, stat.st_ino as u64),
            len: stat.st_size as u64,
            written: (stat.st_mtime as i64, stat.st_mtime_nsec as i64),
            changed: (stat.st_ctime as i64, stat.st_ctime_nsec as i64),
        }
    }
}

impl Stamp {
    /// Its device and inode.
    pub fn file(&self) -> (u64, u64) {
        self.file
    }

    /// Whether both are of one file, whatever became of it.
    pub fn is_of_same_file(&self, other: &Self) -> bool {
        self.file == other.file
    }

    /// Bytes of the file.
    pub fn len(&self) -> u64 {
        self.len
    }

    /// From what size to what it changed, in words, if it did.
    pub fn resized(&self, now: &Self) -> String {
        if self.len == now.len { String::new() } else { format!(", from {} bytes to {}", self.len, now.len) }
    }
}

/// What became of a file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Change {
    /// It is as it was.
    None,
    /// It is longer by so many bytes.
    Grew(u64),
    /// Its size and the time of its last writing are as they were, but something was done to it: its mode, owner or name
    /// is another, or it was written to and the time set back.
    Touched,
    /// It was written to, and is not longer; or it is shorter; or it is another file.
    Rewritten,
}

impl Change {
    /// What became of the file that was as `then` says, and is as `now` does.
    pub fn between(then: &Stamp, now: &Stamp) -> Self {
        if !then.is_file {
            return Self::None;
        }
        let is_same = now.is_file && now.is_of_same_file(then);
        match now.len.checked_sub(then.len) {
            Some(by) if is_same && by > 0 => Self::Grew(by),
            Some(_) if is_same && now.written == then.written => {
                if now.changed == then.changed {
                    Self::None
                } else {
                    Self::Touched
                }
            }
            _ => Self::Rewritten,
        }
    }
}

/// Waits until no write to the file that `meta` describes can have the time that its last one has; says whether that
/// took any time.
pub fn wait_for_next_tick(meta: &Metadata) -> bool {
    let (Ok(seconds), Ok(nanos)) = (meta.ctime().try_into(), meta.ctime_nsec().try_into()) else { return false };
    let changed = UNIX_EPOCH + Duration::from_secs(seconds) + Duration::from_nanos(nanos);
    let tick = if meta.ctime_nsec() == 0 && meta.mtime_nsec() == 0 { COARSE_TICK } else { TICK };
    // Of a time that is still to come, some other clock's, nothing better is known.
    let age = SystemTime::now().duration_since(changed).unwrap_or_default();
    let left = tick.saturating_sub(age);
    sleep(left);
    !left.is_zero()
}

#[cfg(test)]
mod tests {
    use std::{
        fs::{self, File, FileTimes, Permissions},
        os::unix::fs::{FileExt, PermissionsExt},
    };

    use super::*;

    /// What becomes of a file of 100 bytes to which this is done.
    fn after(deed: impl FnOnce(&File)) -> Change {
        let folder = tempfile::TempDir::new().unwrap();
        let path = folder.path().join("f");
        fs::write(&path, [7; 100]).unwrap();
        let file = File::options().read(true).write(true).open(&path).unwrap();
        wait_for_next_tick(&file.metadata().unwrap());
        let stamp = || Stamp::from(&file.metadata().unwrap());
        let then = stamp();
        deed(&file);
        assert_eq!(stamp(), Stamp::from(&nix::sys::stat::stat(&path).unwrap()));
        Change::between(&then, &stamp())
    }

    #[test]
    fn what_is_left_alone_or_read_has_not_changed() {
        assert_eq!(after(|_| {}), Change::None);
        assert_eq!(after(|file| file.read_exact_at(&mut [0; 100], 0).unwrap()), Change::None);
    }

    #[test]
    fn each_way_to_change_a_file_is_told_from_the_others() {
        assert_eq!(after(|file| file.write_all_at(b"more", 100).unwrap()), Change::Grew(4));
        assert_eq!(after(|file| file.write_all_at(b"x", 50).unwrap()), Change::Rewritten);
        assert_eq!(after(|file| file.set_len(99).unwrap()), Change::Rewritten);
        assert_eq!(after(|file| file.set_permissions(Permissions::from_mode(0o400)).unwrap()), Change::Touched);
    }

    #[test]
    fn a_writer_that_sets_the_time_back_is_noticed() {
        let hidden = |file: &File| {
            let modified = file.metadata().unwrap().modified().unwrap();
            file.write_all_at(b"x", 50).unwrap();
            file.set_times(FileTimes::new().set_modified(modified)).unwrap();
        };
        assert_eq!(after(hidden), Change::Touched);
    }

    #[test]
    fn a_file_written_just_now_is_waited_for_once() {
        let folder = tempfile::TempDir::new().unwrap();
        let path = folder.path().join("f");
        fs::write(&path, "x").unwrap();
        wait_for_next_tick(&path.metadata().unwrap());
        assert!(!wait_for_next_tick(&path.metadata().unwrap()));
    }
}
