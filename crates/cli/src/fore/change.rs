//! A file as it was when it was opened, and as it is now → what another process did to it in the meantime.
//!
//! The kernel's times move in ticks: two writes within one tick may leave no trace. So where an input is to be removed,
//! the tick of its last change is waited out before the input is read.

use std::{
    thread::sleep,
    time::{Duration, SystemTime, UNIX_EPOCH},
};

use crate::common::platform::Stat;

/// A tick of the kernel's clock at its slowest, and a little more.
const TICK: Duration = Duration::from_millis(11);
/// The same for file systems whose times are whole seconds, or even ones.
const COARSE_TICK: Duration = Duration::from_millis(2011);

/// What happened to a file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Change {
    /// Nothing.
    None,
    /// It is longer, by this many bytes.
    Grew(u64),
    /// Its size and the time of its last write are the same, but something changed: its mode, owner or name, or its
    /// content before the time was set back.
    Touched,
    /// It was written to and is not longer, or it is shorter, or it is another file.
    Rewritten,
}

impl Change {
    /// What happened between `then` and `now`.
    pub fn between(then: &Stat, now: &Stat) -> Self {
        if !then.is_file() {
            return Self::None;
        }
        let is_same = now.is_file() && now.is_same_file(then);
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

/// How the size changed, for a message; empty if it did not.
pub fn resized(then: &Stat, now: &Stat) -> String {
    if then.len == now.len { String::new() } else { format!(", from {} bytes to {}", then.len, now.len) }
}

/// Waits until no write to the file can get the time of its last change any more; says whether that took any time.
pub fn wait_for_next_tick(stat: &Stat) -> bool {
    let (seconds, nanos) = stat.changed;
    let (Ok(seconds), Ok(nanos)) = (seconds.try_into(), nanos.try_into()) else { return false };
    let changed = UNIX_EPOCH + Duration::from_secs(seconds) + Duration::from_nanos(nanos);
    let tick = if stat.changed.1 == 0 && stat.written.1 == 0 { COARSE_TICK } else { TICK };
    // A time in the future is of another clock: it counts as now.
    let age = SystemTime::now().duration_since(changed).unwrap_or_default();
    let left = tick.saturating_sub(age);
    sleep(left);
    !left.is_zero()
}

#[cfg(test)]
mod tests {
    use std::{
        fs::{self, File, FileTimes},
        io::{Read, Seek, SeekFrom, Write},
        path::Path,
    };

    use super::*;

    fn stat(path: &Path) -> Stat {
        Stat::from(&path.metadata().unwrap())
    }

    /// What happens to a file of 100 bytes by this deed.
    fn after(deed: impl FnOnce(&mut File)) -> Change {
        let folder = tempfile::TempDir::new().unwrap();
        let path = folder.path().join("f");
        fs::write(&path, [7; 100]).unwrap();
        let mut file = File::options().read(true).write(true).open(&path).unwrap();
        wait_for_next_tick(&stat(&path));
        let then = stat(&path);
        deed(&mut file);
        Change::between(&then, &stat(&path))
    }

    fn write_at(file: &mut File, bytes: &[u8], at: u64) {
        file.seek(SeekFrom::Start(at)).unwrap();
        file.write_all(bytes).unwrap();
    }

    #[test]
    fn a_file_left_alone_or_only_read_has_not_changed() {
        assert_eq!(after(|_| {}), Change::None);
        assert_eq!(after(|file| file.read_exact(&mut [0; 100]).unwrap()), Change::None);
    }

    #[test]
    fn each_way_to_change_a_file_is_told_from_the_others() {
        assert_eq!(after(|file| write_at(file, b"more", 100)), Change::Grew(4));
        assert_eq!(after(|file| write_at(file, b"x", 50)), Change::Rewritten);
        assert_eq!(after(|file| file.set_len(99).unwrap()), Change::Rewritten);
        let protect = |file: &mut File| {
            let mut permissions = file.metadata().unwrap().permissions();
            permissions.set_readonly(true);
            file.set_permissions(permissions).unwrap();
        };
        assert_eq!(after(protect), Change::Touched);
    }

    #[test]
    fn a_writer_that_sets_the_time_back_is_noticed() {
        let hidden = |file: &mut File| {
            let modified = file.metadata().unwrap().modified().unwrap();
            write_at(file, b"x", 50);
            file.set_times(FileTimes::new().set_modified(modified)).unwrap();
        };
        assert_eq!(after(hidden), Change::Touched);
    }

    #[test]
    fn a_file_written_just_now_is_waited_for_once() {
        let folder = tempfile::TempDir::new().unwrap();
        let path = folder.path().join("f");
        fs::write(&path, "x").unwrap();
        wait_for_next_tick(&stat(&path));
        assert!(!wait_for_next_tick(&stat(&path)));
    }
}
