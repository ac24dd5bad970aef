//! SIGINT, SIGTERM, SIGHUP and others that end a process, SIGUSR1, and SIGPIPE.

use std::{io, sync::Arc};

use signal_hook::{
    consts::{SIGHUP, SIGINT, SIGPIPE, SIGQUIT, SIGTERM, SIGUSR1, SIGXCPU, SIGXFSZ},
    flag,
    iterator::Signals,
    low_level::emulate_default_handler,
};

use super::birth;
use foretell::unstable::parallel::memory;

/// A signal, by its number.
pub type Signal = i32;

/// Starts to watch for signals. Of each, `prepare` is told, and whether it politely asks the process to end (SIGINT,
/// SIGTERM). Unless it returns `None`, the process then dies by the signal, so that a calling shell sees what happened;
/// what it returns is held until then. On SIGUSR1, `tell` is called instead. Signals that were ignored from the start
/// (as by `nohup`) stay so.
///
/// SIGXFSZ is caught so that a write beyond the limit on file sizes fails as on a full disk, instead of ending the
/// process.
pub fn watch_signals<Lock>(
    prepare: impl Fn(Signal, bool) -> Option<Lock> + Send + 'static,
    tell: impl Fn() + Send + 'static,
) -> io::Result<()> {
    let wanted = [SIGINT, SIGTERM, SIGHUP, SIGQUIT, SIGXCPU, SIGUSR1];
    let mut signals = Signals::new(wanted.into_iter().filter(|&signal| !birth::ignored(signal)))?;
    flag::register(SIGXFSZ, Arc::default())?;
    memory::spawn("signals", move || {
        for signal in signals.forever() {
            if signal == SIGUSR1 {
                tell();
                continue;
            }
            let _lock = match prepare(signal, matches!(signal, SIGINT | SIGTERM)) {
                Some(lock) => lock,
                None => continue,
            };
            let _ = emulate_default_handler(signal);
        }
    })?;
    Ok(())
}

/// Ends the process by `signal`.
pub fn die_by(signal: Signal) {
    let _ = emulate_default_handler(signal);
}

/// Ends the process as the kernel ends one that writes to a pipe without a reader: quietly, by SIGPIPE. (Rust's runtime
/// ignores that signal and reports an error instead.) Returns where the parent had SIGPIPE ignored: then the error is
/// to be reported.
pub fn die_of_broken_pipe() {
    if !birth::ignored(SIGPIPE) {
        let _ = emulate_default_handler(SIGPIPE);
    }
}
