//! The control groups of a process → the memory that they leave it: its own group, and each that this lies in.
//!
//! `/proc/self/cgroup` names the process's groups, and `/proc/self/mountinfo` the folders of their files: containers
//! see a part of the tree, mounted anywhere. A missing file sets no limit.

use std::{
    fs,
    path::{Path, PathBuf},
};

/// The two kinds of control groups; on some systems there are both.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Version {
    One,
    Two,
}

/// The folder of one group.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Group {
    version: Version,
    folder: PathBuf,
}

/// Bytes of memory that are left.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Room {
    /// Before the kernel takes pages back from the group or slows it.
    pub free: u64,
    /// Before the kernel ends processes of the group. Memory that can be swapped out does not count.
    pub hard: u64,
}

impl Room {
    /// No limit.
    pub const ENDLESS: Self = Self { free: u64::MAX, hard: u64::MAX };

    fn and(self, other: Self) -> Self {
        Self { free: self.free.min(other.free), hard: self.hard.min(other.hard) }
    }
}

/// The least that any of the process's groups leaves. The system has `swap` bytes to swap to.
pub fn room(swap: u64) -> Room {
    let read = |path: &str| fs::read_to_string(path).unwrap_or_default();
    let groups = groups(&read("/proc/self/cgroup"), &read("/proc/self/mountinfo"));
    let left = |group: &Group| room_in(group.version, swap, |name| fs::read_to_string(group.folder.join(name)).ok());
    groups.iter().map(left).fold(Room::ENDLESS, Room::and)
}

/// The groups that may limit memory, from the texts of `/proc/self/cgroup` and `/proc/self/mountinfo`.
fn groups(cgroup: &str, mountinfo: &str) -> Vec<Group> {
    let mut groups = Vec::new();
    for line in cgroup.lines() {
        // hierarchy : controllers : path
        let mut fields = line.splitn(3, ':');
        let (Some(number), Some(controllers), Some(path)) = (fields.next(), fields.next(), fields.next()) else {
            continue;
        };
        let version = match controllers {
            "" if number == "0" => Version::Two,
            _ if controllers.split(',').any(|name| name == "memory") => Version::One,
            _ => continue,
        };
        let mounts = mountinfo.lines().filter_map(|line| mount(line, version));
        // Of several mounts, the one that shows the group itself.
        let Some((root, point)) = mounts.max_by_key(|(root, _)| (Path::new(path).starts_with(root), root.len())) else {
            continue;
        };
        // A path outside of the mounted part belongs to another namespace. Then only the mount's top is known.
        let within = Path::new(path).strip_prefix(&root).unwrap_or(Path::new(""));
        let own: PathBuf = Path::new(&point).components().chain(within.components()).collect();
        let folders = own.ancestors().take_while(|folder| folder.starts_with(&point));
        groups.extend(folders.map(|folder| Group { version, folder: folder.into() }));
    }
    groups
}

/// Of a line of `mountinfo`: which part of the tree of memory groups is mounted, and where; `None` for other mounts.
fn mount(line: &str, version: Version) -> Option<(String, String)> {
    // number, parent, device, root, mount point, options, any number of fields, "-", type, source, options
    let (left, right) = line.split_once(" - ")?;
    let mut left = left.split(' ').skip(3);
    let (root, point) = (left.next()?, left.next()?);
    let mut right = right.split(' ');
    let kind = right.next()?;
    let is_memory = right.nth(1).is_some_and(|options| options.split(',').any(|option| option == "memory"));
    let fits = match version {
        Version::One => kind == "cgroup" && is_memory,
        Version::Two => kind == "cgroup2",
    };
    fits.then(|| (unescaped(root), unescaped(point)))
}

/// A path of `mountinfo`, where a space, for example, is a backslash and three octal digits.
fn unescaped(text: &str) -> String {
    let mut parts = text.split('\\');
    let mut out: String = parts.next().unwrap_or_default().into();
    for part in parts {
        match part.get(..3).and_then(|digits| u8::from_str_radix(digits, 8).ok()) {
            Some(byte) => out.extend([char::from(byte)]),
            None => out.push('\\'),
        }
        out += part.get(3..).unwrap_or_default();
    }
    out
}

/// The memory that one group leaves, by its files.
///
/// File pages that were not used for a while count as used memory, but the kernel takes them back first when memory
/// runs short. So they count as free here, as in the system's own `MemAvailable`.
fn room_in(version: Version, swap: u64, read: impl Fn(&str) -> Option<String>) -> Room {
    // "max" is no number, and so no limit.
    let number = |name: &str| read(name)?.trim().parse::<u64>().ok();
    let stat = read("memory.stat").unwrap_or_default();
    let stat = |name: &str| {
        let line = stat.lines().find_map(|line| line.strip_prefix(name)?.strip_prefix(' '));
        line.and_then(|value| value.trim().parse::<u64>().ok())
    };
    match version {
        Version::One => {
            let Some(used) = number("memory.usage_in_bytes") else { return Room::ENDLESS };
            let idle = stat("total_inactive_file").or(stat("inactive_file")).unwrap_or(0);
            let limits = [number("memory.limit_in_bytes"), stat("hierarchical_memory_limit")];
            let limit = limits.into_iter().flatten().min().unwrap_or(u64::MAX);
            let free = left(limit, used, idle);
            let both = number("memory.memsw.limit_in_bytes").zip(number("memory.memsw.usage_in_bytes"));
            let with_swap = both.map_or(u64::MAX, |(limit, used)| left(limit, used, idle));
            Room { free: free.min(with_swap), hard: free.saturating_add(swap).min(with_swap) }
        }
        Version::Two => {
            let Some(used) = number("memory.current") else { return Room::ENDLESS };
            let idle = stat("inactive_file").unwrap_or(0);
            let max = left(number("memory.max").unwrap_or(u64::MAX), used, idle);
            let high = left(number("memory.high").unwrap_or(u64::MAX), used, idle);
            let swapped = number("memory.swap.current").unwrap_or(0);
            let swap = swap.min(number("memory.swap.max").unwrap_or(u64::MAX).saturating_sub(swapped));
            Room { free: max.min(high), hard: max.saturating_add(swap) }
        }
    }
}

fn left(limit: u64, used: u64, idle: u64) -> u64 {
    if limit == u64::MAX { limit } else { limit.saturating_sub(used.saturating_sub(idle)) }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn folders(cgroup: &str, mountinfo: &str) -> Vec<(Version, String)> {
        let groups = groups(cgroup, mountinfo).into_iter();
        groups.map(|group| (group.version, group.folder.display().to_string())).collect()
    }

    const V1: &str = "35 31 0:32 / /sys/fs/cgroup/memory rw,relatime - cgroup cgroup rw,memory\n";
    const V2: &str = "41 31 0:38 / /sys/fs/cgroup/unified rw,relatime shared:9 - cgroup2 cgroup2 rw,nsdelegate\n";
    const OTHERS: &str =
        "22 1 8:1 / / rw - ext4 /dev/root rw\n32 31 0:29 / /sys/fs/cgroup/cpu rw - cgroup cgroup rw,cpu\n";

    #[test]
    fn a_group_and_those_that_it_lies_in_are_found_whatever_the_version() {
        use Version::{One, Two};
        let both = format!("{OTHERS}{V1}{V2}");
        assert_eq!(
            folders("9:name=systemd:/\n4:memory:/a/b c\n1:cpu:/x\n0::/u\n", &both),
            [
                (One, "/sys/fs/cgroup/memory/a/b c".into()),
                (One, "/sys/fs/cgroup/memory/a".into()),
                (One, "/sys/fs/cgroup/memory".into()),
                (Two, "/sys/fs/cgroup/unified/u".into()),
                (Two, "/sys/fs/cgroup/unified".into()),
            ]
        );
        assert_eq!(folders("3:cpu,memory:/\n", V1), [(One, "/sys/fs/cgroup/memory".into())]);
        assert_eq!(folders("0::/\n", &both).len(), 1);
        assert_eq!(folders("0::/a\n", V1), []);
        assert_eq!(folders("", &both), []);
        assert_eq!(folders("4:memory", "nonsense - \n36 35 0:1 /\n"), []);
    }

    #[test]
    fn a_container_sees_its_part_of_the_tree_wherever_it_is_mounted() {
        use Version::Two;
        let part = "40 31 0:38 /docker/abc /a\\040place rw - cgroup2 none rw\n";
        let inner = [(Two, "/a place/in".into()), (Two, "/a place".into())];
        assert_eq!(folders("0::/docker/abc/in\n", part), inner);
        // The path is another namespace's: only the top of the mount is known.
        assert_eq!(folders("0::/\n", part), [(Two, "/a place".into())]);
        assert_eq!(folders("0::/docker/abcdef\n", part), [(Two, "/a place".into())]);
        // Of two mounts, the one that shows the group.
        let two = format!("{part}41 31 0:38 / /all rw - cgroup2 none rw\n");
        assert_eq!(folders("0::/docker/abc\n", &two), [(Two, "/a place".into())]);
        assert_eq!(folders("0::/other\n", &two), [(Two, "/all/other".into()), (Two, "/all".into())]);
    }

    fn left_by(version: Version, swap: u64, files: &[(&str, &str)]) -> Room {
        let read = |name: &str| files.iter().find(|file| file.0 == name).map(|file| file.1.to_owned());
        room_in(version, swap, read)
    }

    #[test]
    fn of_version_2_the_limits_count_less_what_is_in_use_for_good() {
        let stat = ("memory.stat", "anon 500\nfile 300\nactive_file 60\ninactive_file 240\n");
        let files = [("memory.max", "1000\n"), ("memory.high", "900\n"), ("memory.current", "800\n"), stat];
        let of = |swap, files: &[_]| left_by(Version::Two, swap, files);
        assert_eq!(of(0, &files), Room { free: 340, hard: 440 });
        assert_eq!(of(70, &files), Room { free: 340, hard: 510 });
        let swap = [("memory.swap.max", "50\n"), ("memory.swap.current", "20\n")];
        assert_eq!(of(70, &[&files[..], &swap].concat()), Room { free: 340, hard: 470 });
        assert_eq!(of(70, &[("memory.max", "max\n"), ("memory.high", "max\n"), files[2]]).hard, u64::MAX);
        assert_eq!(of(0, &[("memory.max", "1000\n"), ("memory.current", "1300\n")]), Room { free: 0, hard: 0 });
        // The top of the tree has no such files.
        assert_eq!(of(9, &[stat]), Room::ENDLESS);
    }

    #[test]
    fn of_version_1_the_limits_count_with_those_above_and_of_swap() {
        let of = |swap, files: &[_]| left_by(Version::One, swap, files);
        let endless = "9223372036854771712\n";
        let used = [("memory.usage_in_bytes", "800\n"), ("memory.limit_in_bytes", "1000\n")];
        assert_eq!(of(0, &used), Room { free: 200, hard: 200 });
        assert_eq!(of(70, &used), Room { free: 200, hard: 270 });
        let stat = ("memory.stat", "inactive_file 1\nhierarchical_memory_limit 900\ntotal_inactive_file 240\n");
        assert_eq!(of(70, &[used[0], ("memory.limit_in_bytes", endless), stat]), Room { free: 340, hard: 410 });
        let both = [("memory.memsw.limit_in_bytes", "1000\n"), ("memory.memsw.usage_in_bytes", "950\n")];
        assert_eq!(of(70, &[&used[..], &both].concat()), Room { free: 50, hard: 50 });
        assert!(of(0, &[("memory.limit_in_bytes", endless), used[0]]).free > 1 << 60);
    }
}
