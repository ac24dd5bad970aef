//! The system, control groups and resource limits → the memory that this process may have.

use std::fs;

use super::cgroups;

/// Bytes of memory that can be taken without making other processes swap; no limit where that is unknown.
pub fn free() -> u64 {
    let system = System::now();
    system.available.min(cgroups::room(system.swap).free).min(resource_limits())
}

/// Bytes of memory beyond which the system ends the process or gives it no more, whatever others use.
pub fn hard() -> u64 {
    cgroups().min(resource_limits())
}

/// The bytes of these that control groups leave.
pub fn cgroups() -> u64 {
    cgroups::room(System::now().swap).hard
}

/// The bytes that the limits on address space and data leave.
fn resource_limits() -> u64 {
    let read = |path: &str| fs::read_to_string(path).unwrap_or_default();
    below_limits(&read("/proc/self/limits"), &read("/proc/self/status"))
}

/// The whole system's memory, in bytes.
#[derive(Debug, PartialEq, Eq)]
struct System {
    available: u64,
    /// Free swap space.
    swap: u64,
}

impl System {
    fn now() -> Self {
        Self::of(&fs::read_to_string("/proc/meminfo").unwrap_or_default())
    }

    fn of(meminfo: &str) -> Self {
        Self {
            available: kib(meminfo, "MemAvailable:").unwrap_or(u64::MAX),
            swap: kib(meminfo, "SwapFree:").unwrap_or(0),
        }
    }
}

/// The figure after `name`, which the system gives in KiB, in bytes.
fn kib(text: &str, name: &str) -> Option<u64> {
    let line = text.lines().find_map(|line| line.strip_prefix(name))?;
    Some(line.trim().strip_suffix(" kB")?.parse::<u64>().ok()?.saturating_mul(1024))
}

/// The smallest of the limits on address space and data, less the bytes in use, from the texts of `/proc/self/limits`
/// and `/proc/self/status`.
fn below_limits(limits: &str, status: &str) -> u64 {
    let left = |limit: &str, used: &str| {
        // The soft limit is the first figure; "unlimited" is none.
        let line = limits.lines().find_map(|line| line.strip_prefix(limit))?;
        let limit = line.split_whitespace().next()?.parse::<u64>().ok()?;
        Some(limit.saturating_sub(kib(status, used).unwrap_or(0)))
    };
    let space = left("Max address space", "VmSize:");
    let data = left("Max data size", "VmData:");
    space.into_iter().chain(data).min().unwrap_or(u64::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_system_tells_what_is_available_and_where_to_swap_to() {
        let meminfo = "MemTotal:       24000000 kB\nMemAvailable:   20000000 kB\nSwapFree:              5 kB\n";
        assert_eq!(System::of(meminfo), System { available: 20_000_000 << 10, swap: 5 << 10 });
        assert_eq!(System::of(""), System { available: u64::MAX, swap: 0 });
        assert!(free() > 1 << 20 && hard() > 1 << 20);
    }

    #[test]
    fn resource_limits_count_less_what_is_in_use() {
        let status = "Name:\tfore\nVmSize:\t    3000 kB\nVmData:\t     100 kB\n";
        let limits = |data: &str, space: &str| {
            format!(
                "Limit                     Soft Limit           Hard Limit           Units     \n\
                 Max data size             {data:<20} unlimited            bytes     \n\
                 Max stack size            8388608              unlimited            bytes     \n\
                 Max address space         {space:<20} unlimited            bytes     \n"
            )
        };
        let left = |data, space| below_limits(&limits(data, space), status);
        assert_eq!(left("unlimited", "unlimited"), u64::MAX);
        assert_eq!(left("unlimited", "4096000"), 1000 << 10);
        assert_eq!(left("204800", "4096000"), 100 << 10);
        assert_eq!(left("1", "4096000"), 0);
        assert_eq!(below_limits("", ""), u64::MAX);
    }
}
