//! A signal that ends the process → outputs that are not in their places are removed first.
//!
//! The list of temporary files is behind a lock, held while one of them is created or moves to its place: a signal
//! waits for that moment to pass, and then finds the files that are to be removed.

use std::{
    io,
    sync::{Mutex, MutexGuard, PoisonError},
};

use super::{folder::Entry, platform::watch_signals};

/// The temporary files that exist.
static IN_FLIGHT: Mutex<Vec<Entry>> = Mutex::new(Vec::new());

/// Holds signals off, and gives access to the list of files that they remove.
pub fn hold() -> MutexGuard<'static, Vec<Entry>> {
    IN_FLIGHT.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Starts to watch for signals.
pub fn watch() -> io::Result<()> {
    watch_signals(|| {
        let in_flight = hold();
        for temporary in in_flight.iter() {
            let _ = temporary.remove();
        }
        in_flight
    })
}
