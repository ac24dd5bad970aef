//! SIGINT, SIGTERM, SIGHUP and others that end a process: remove the unfinished output, then die by the signal, so that
//! a calling shell sees what happened.
//!
//! At most one temporary file exists at a time. Its path stands behind a lock that is held while the file
//! comes into being or moves to its place: a signal waits for that moment to pass and then finds either a
//! file to remove or none.

use std::{
    fs, io,
    path::PathBuf,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use signal_hook::{
    consts::{SIGHUP, SIGINT, SIGPIPE, SIGQUIT, SIGTERM, SIGXCPU, SIGXFSZ},
    flag,
    iterator::Signals,
    low_level::emulate_default_handler,
};

use crate::memory;

/// The temporary file to remove if a signal ends the process.
static DOOMED: Mutex<Option<PathBuf>> = Mutex::new(None);

/// Holds signals off, and gives access to the path that they will remove.
pub fn hold() -> MutexGuard<'static, Option<PathBuf>> {
    DOOMED.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Starts to watch for signals. Those that were ignored from the start (as by `nohup`) stay so.
///
/// SIGXFSZ is caught to no end but that a write beyond the limit on file sizes fails as on a full disk.
pub fn watch() -> io::Result<()> {
    let ignored = ignored_from_start();
    let wanted = [SIGINT, SIGTERM, SIGHUP, SIGQUIT, SIGXCPU];
    let mut signals = Signals::new(wanted.into_iter().filter(|signal| ignored >> (signal - 1) & 1 == 0))?;
    flag::register(SIGXFSZ, Arc::default())?;
    memory::spawn("signals", move || {
        for signal in signals.forever() {
            let doomed = hold();
            if let Some(path) = doomed.as_ref() {
                let _ = fs::remove_file(path);
            }
            let _ = emulate_default_handler(signal);
        }
    })?;
    Ok(())
}

/// Ends the process as the kernel ends one that writes to a pipe nobody reads: quietly, by SIGPIPE. (Rust
/// ignores that signal from the start and reports the error instead.)
pub fn die_of_broken_pipe() {
    let _ = emulate_default_handler(SIGPIPE);
}

/// The signals that this process ignores, signal n as bit n−1; none where the system does not tell.
fn ignored_from_start() -> u64 {
    let status = fs::read_to_string("/proc/self/status").unwrap_or_default();
    let mask = status.lines().find_map(|line| line.strip_prefix("SigIgn:"));
    mask.and_then(|hex| u64::from_str_radix(hex.trim(), 16).ok()).unwrap_or(0)
}
