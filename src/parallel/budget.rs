//! The threads and the memory that blocks may use together.

use std::{cell::OnceCell, sync::OnceLock, thread};

use super::memory;

/// The threads and the memory of all blocks that are at work at the same time. A single block may always take what it
/// needs.
#[derive(Clone, Debug)]
pub struct Budget {
    /// Threads that were asked for; 0 means one a core, as far as there is memory.
    asked: usize,
    memory_limit: u64,
    /// Found out when it is first needed: content of one block does not need it.
    memory: OnceCell<u64>,
}

impl Budget {
    /// A budget of `threads` threads, or 0 for one a core, and at most `memory_limit` bytes.
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
            // If the number of threads was not chosen, half of the free memory is left for others. If it was, only the
            // memory counts beyond which the process is ended.
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
