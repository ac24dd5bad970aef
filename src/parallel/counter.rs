//! A counter of 64 bits that several threads raise.

#[cfg(target_has_atomic = "64")]
use std::sync::atomic::{AtomicU64, Ordering::Relaxed};
#[cfg(not(target_has_atomic = "64"))]
use std::sync::{Mutex, MutexGuard, PoisonError};

/// Starts at 0. An atomic where the processor has atomics of 64 bits, else a number behind a lock: 32 bits would
/// overflow at 4 GiB.
#[derive(Debug, Default)]
pub struct Counter(#[cfg(target_has_atomic = "64")] AtomicU64, #[cfg(not(target_has_atomic = "64"))] Mutex<u64>);

#[cfg(target_has_atomic = "64")]
impl Counter {
    /// The number.
    pub fn get(&self) -> u64 {
        self.0.load(Relaxed)
    }

    /// Adds to it.
    pub fn add(&self, more: u64) {
        self.0.fetch_add(more, Relaxed);
    }

    /// Makes it `least`, if it is less.
    pub fn raise_to(&self, least: u64) {
        self.0.fetch_max(least, Relaxed);
    }
}

#[cfg(not(target_has_atomic = "64"))]
impl Counter {
    fn number(&self) -> MutexGuard<'_, u64> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The number.
    pub fn get(&self) -> u64 {
        *self.number()
    }

    /// Adds to it.
    pub fn add(&self, more: u64) {
        let mut number = self.number();
        *number = number.wrapping_add(more);
    }

    /// Makes it `least`, if it is less.
    pub fn raise_to(&self, least: u64) {
        let mut number = self.number();
        *number = least.max(*number);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn several_threads_raise_it_beyond_32_bits_and_nothing_is_lost() {
        let counter = Counter::default();
        std::thread::scope(|scope| {
            for _ in 0..4 {
                scope.spawn(|| (0..1000).for_each(|_| counter.add(u64::from(u32::MAX))));
            }
        });
        assert_eq!(counter.get(), 4000 * u64::from(u32::MAX));
        counter.raise_to(7);
        assert_eq!(counter.get(), 4000 * u64::from(u32::MAX));
        counter.raise_to(1 << 60);
        assert_eq!(counter.get(), 1 << 60);
    }
}
