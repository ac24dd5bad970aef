//! Many neural blocks → the bytes they take, measured on all processors.

use std::{
    iter,
    panic::resume_unwind,
    sync::atomic::{AtomicUsize, Ordering::Relaxed},
    thread,
};

use crate::toolbox::notes::Notes;
use foretell::{
    Level,
    unstable::{ablated_len, model::Component},
};

/// A block whose size is added to a row of a table.
pub struct Job<'a> {
    /// The row.
    pub row: usize,
    /// The content.
    pub block: &'a [u8],
    /// The component that the network does without.
    pub without: Option<Component>,
}

/// The total bytes of each of `rows`, of neural blocks without headers.
///
/// # Errors
/// No memory for a network.
pub fn measure(jobs: &[Job], rows: usize, level: Level, notes: &Notes) -> foretell::Result<Vec<u64>> {
    let sizes: Vec<_> = iter::repeat_with(AtomicUsize::default).take(rows).collect();
    let taken = AtomicUsize::new(0);
    let next_job = || {
        let job = taken.fetch_add(1, Relaxed);
        (job + 1, jobs.get(job))
    };
    let work = || -> foretell::Result<()> {
        while let (number, Some(job)) = next_job() {
            notes.doing(&format!("{number} of {}", jobs.len()));
            let len = ablated_len(job.block, level, job.without)?;
            sizes[job.row].fetch_add(len, Relaxed);
        }
        Ok(())
    };
    let processors = thread::available_parallelism().map_or(1, usize::from);
    thread::scope(|scope| {
        let workers: Vec<_> = iter::repeat_n(&work, processors).map(|work| scope.spawn(work)).collect();
        workers.into_iter().try_for_each(|worker| worker.join().unwrap_or_else(|panic| resume_unwind(panic)))
    })?;
    notes.clear();
    Ok(sizes.into_iter().map(|size| size.into_inner() as u64).collect())
}
