//! The figures of work that a caller can read meanwhile.

use super::counter::Counter;

/// How far an encoder or decoder has come, to be read from another thread. All figures only grow, and
/// agree with the whole stream's when the work is done.
///
/// ```
/// use std::sync::Arc;
/// use foretell::{EncodeOptions, Progress, compress};
/// let progress = Arc::<Progress>::default();
/// compress(&[7; 1000], &EncodeOptions::new().progress(Arc::clone(&progress)))?;
/// assert_eq!(progress.raw(), 1000);
/// # Ok::<(), foretell::Error>(())
/// ```
#[derive(Debug, Default)]
pub struct Progress {
    raw: Counter,
    coded: Counter,
    memory: Counter,
}

impl Progress {
    /// Bytes of content dealt with.
    pub fn raw(&self) -> u64 {
        self.raw.get()
    }

    /// Compressed bytes of that content, without headers.
    pub fn coded(&self) -> u64 {
        self.coded.get()
    }

    /// The most bytes of memory that were taken at a time so far: content and coded bytes held, and models. Of a
    /// decoder with one thread this is the least [limit](crate::DecodeOptions::memory_limit) under which it decodes the
    /// same.
    pub fn memory(&self) -> u64 {
        self.memory.get()
    }

    pub(crate) fn add(&self, raw: usize, coded: usize) {
        self.raw.add(raw as u64);
        self.coded.add(coded as u64);
    }

    pub(crate) fn takes_memory(&self, bytes: u64) {
        self.memory.raise_to(bytes);
    }
}
