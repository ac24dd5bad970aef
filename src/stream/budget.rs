//! How many threads to use, and how much memory for them.

use std::{cell::OnceCell, fs, thread};

/// What the blocks that are in hand at the same time may take together. A single one may always take what it needs.
#[derive(Clone, Debug)]
pub struct Budget {
    /// As asked for; 0: one a core, as far as there is memory.
    asked: usize,
    memory_limit: u64,
    /// Looked up when it matters: content of one block needs no answer.
    found: OnceCell<(usize, u64)>,
}

impl Budget {
    pub fn new(threads: usize, memory_limit: u64) -> Self {
        Self { asked: threads, memory_limit, found: OnceCell::new() }
    }

    /// Threads, at least one.
    pub fn threads(&self) -> usize {
        self.found().0
    }

    /// Bytes of memory.
    pub fn memory(&self) -> u64 {
        self.found().1
    }

    fn found(&self) -> (usize, u64) {
        *self.found.get_or_init(|| match self.asked {
            // Nobody chose how much to use, so something is left for others.
            0 => (cores(), self.memory_limit.min(free_memory() / 2)),
            threads => (threads, self.memory_limit),
        })
    }
}

fn cores() -> usize {
    thread::available_parallelism().map_or(1, usize::from)
}

/// Bytes of memory that can be had without making others swap; where the system does not tell, no limit.
fn free_memory() -> u64 {
    let info = fs::read_to_string("/proc/meminfo").unwrap_or_default();
    let line = info.lines().find_map(|line| line.strip_prefix("MemAvailable:"));
    let kib = line.and_then(|line| line.trim().strip_suffix(" kB")?.parse::<u64>().ok());
    kib.map_or(u64::MAX, |kib| kib.saturating_mul(1024))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_number_of_threads_is_kept_and_none_means_one_a_core_within_half_of_the_free_memory() {
        let asked = Budget::new(3, 7);
        assert_eq!((asked.threads(), asked.memory()), (3, 7));
        let free = Budget::new(0, u64::MAX);
        assert_eq!(free.threads(), cores());
        assert!(free.memory() > 1 << 20);
        assert_eq!(Budget::new(0, 7).memory(), 7);
    }
}
