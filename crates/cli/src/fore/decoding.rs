//! How frames are decoded: the part of the plan that the library's decoders take.

use std::{
    io::{Read, Seek},
    sync::Arc,
};

use super::plan::Plan;
use foretell::{Decoder, IndexedReader, Models, Progress, Recovery};

/// Threads, memory, models and progress of decoding.
#[derive(Clone, Debug)]
pub struct Decoding {
    threads: usize,
    memory_limit: u64,
    models: Models,
    progress: Arc<Progress>,
}

impl Decoding {
    /// As `plan` says; `progress` follows the work.
    pub fn new(plan: &Plan, progress: &Arc<Progress>) -> Self {
        Self {
            threads: plan.threads,
            memory_limit: plan.memory_limit,
            models: plan.models.clone(),
            progress: Arc::clone(progress),
        }
    }

    /// The library's defaults.
    #[cfg(test)]
    pub fn plain() -> Self {
        Self { threads: 1, memory_limit: u64::MAX, models: Models::new(), progress: Arc::default() }
    }

    /// A decoder of `reader`.
    pub fn decoder<R: Read>(&self, reader: R) -> Decoder<R> {
        let decoder = Decoder::new(reader).with_threads(self.threads).with_memory_limit(self.memory_limit);
        decoder.with_models(self.models.clone()).with_progress(Arc::clone(&self.progress))
    }

    /// Saves all that is good of `file`.
    pub fn recovery<R: Read + Seek>(&self, file: R) -> Recovery<R> {
        let recovery = Recovery::new(file).with_threads(self.threads).with_memory_limit(self.memory_limit);
        recovery.with_models(self.models.clone()).with_progress(Arc::clone(&self.progress))
    }

    /// Reads anywhere in `file`.
    pub fn indexed<R: Read + Seek>(&self, file: R) -> foretell::Result<IndexedReader<R>> {
        let reader = IndexedReader::new(file)?.with_memory_limit(self.memory_limit);
        Ok(reader.with_models(self.models.clone()).with_progress(Arc::clone(&self.progress)))
    }
}
