//! How many threads to use, and how much memory for them.

use std::{cell::OnceCell, sync::OnceLock, thread};

use super::memory;

/// What the blocks that are in hand at the same time may take together. A single one may always take what it needs.
#[derive(Clone, Debug)]
pub struct Budget {
    /// As asked for; 0: one a core, as far as there is memory.
    asked: usize,
    memory_limit: u64,
    /// Looked up when it matters: content of one block needs no answer.
    memory: OnceCell<u64>,
}

impl Budget {
    /// As many threads and bytes as were asked for.
    pub fn new(threads: usize, memory_limit: u64) -> Self {
        Self { asked: threads, memory_limit, memory: OnceCell::new() }
    }

    /// Threads, at least one.
    pub fn threads(&self) -> usize {
        if self.asked == 0 { cores() } else { self.asked }
    }

    /// Bytes of memory.
    pub fn memory(&self) -> u64 {
        *self.memory.get_or_init(|| {
            // Where nobody chose how much to use, something is left for others. Where somebody did, nothing helps that
            // ends the process.
            let room = if self.asked == 0 { memory::free() / 2 } else { memory::hard() };
            self.memory_limit.min(room)
        })
    }
}

fn cores() -> usize {
    static CORES: OnceLock<usize> = OnceLock::new();
    *CORES.get_or_init(|| thread::available_parallelism().map_or(1, usize::from))
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
