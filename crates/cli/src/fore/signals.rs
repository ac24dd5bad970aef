//! SIGINT, SIGTERM, SIGHUP and others that end a process: remove the outputs that are not in their places, then die by
//! the signal, so that a calling shell sees what happened.
//!
//! The list of temporary files stands behind a lock that is held while one of them comes into being or moves to its place:
//! a signal waits for that moment to pass, and then finds those that are to be removed.

use std::{
    io,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use signal_hook::{
    consts::{SIGHUP, SIGINT, SIGPIPE, SIGQUIT, SIGTERM, SIGXCPU, SIGXFSZ},
    flag,
    iterator::Signals,
    low_level::emulate_default_handler,
};

use super::folder::Entry;
use crate::common::born;
use foretell::unstable::parallel::memory;

/// The temporary files to remove if a signal ends the process.
static DOOMED: Mutex<Vec<Entry>> = Mutex::new(Vec::new());

/// Holds signals off, and gives access to what they will remove.
pub fn hold() -> MutexGuard<'static, Vec<Entry>> {
    DOOMED.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Starts to watch for signals. Those that were ignored from the start (as by `nohup`) stay so.
///
/// SIGXFSZ is caught to no end but that a write beyond the limit on file sizes fails as on a full disk.
pub fn watch() -> io::Result<()> {
    let wanted = [SIGINT, SIGTERM, SIGHUP, SIGQUIT, SIGXCPU];
    let mut signals = Signals::new(wanted.into_iter().filter(|&signal| !born::ignored(signal)))?;
    flag::register(SIGXFSZ, Arc::default())?;
    memory::spawn("signals", move || {
        for signal in signals.forever() {
            let doomed = hold();
            for temporary in doomed.iter() {
                let _ = temporary.remove();
            }
            let _ = emulate_default_handler(signal);
        }
    })?;
    Ok(())
}

/// Ends the process as the kernel ends one that writes to a pipe nobody reads: quietly, by SIGPIPE. (Rust's runtime
/// ignores that signal and reports the error instead.) Where the parent had it ignored, the error is to be reported.
pub fn die_of_broken_pipe() {
    if !born::ignored(SIGPIPE) {
        let _ = emulate_default_handler(SIGPIPE);
    }
}
