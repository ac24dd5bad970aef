//! SIGINT, SIGTERM, SIGHUP and others that end a process, and SIGPIPE.

use std::{io, sync::Arc};

use signal_hook::{
    consts::{SIGHUP, SIGINT, SIGPIPE, SIGQUIT, SIGTERM, SIGXCPU, SIGXFSZ},
    flag,
    iterator::Signals,
    low_level::emulate_default_handler,
};

use super::birth;
use foretell::unstable::parallel::memory;

/// Starts to watch for signals. On one, `prepare` runs, and the process then dies by the signal, so that a calling
/// shell sees what happened; `prepare` may return a lock to be held until then. Signals that were ignored from the
/// start (as by `nohup`) stay so.
///
/// SIGXFSZ is caught so that a write beyond the limit on file sizes fails as on a full disk, instead of ending the
/// process.
pub fn watch_signals<Lock>(prepare: impl Fn() -> Lock + Send + 'static) -> io::Result<()> {
    let wanted = [SIGINT, SIGTERM, SIGHUP, SIGQUIT, SIGXCPU];
    let mut signals = Signals::new(wanted.into_iter().filter(|&signal| !birth::ignored(signal)))?;
    flag::register(SIGXFSZ, Arc::default())?;
    memory::spawn("signals", move || {
        for signal in signals.forever() {
            let _lock = prepare();
            let _ = emulate_default_handler(signal);
        }
    })?;
    Ok(())
}

/// Ends the process as the kernel ends one that writes to a pipe without a reader: quietly, by SIGPIPE. (Rust's runtime
/// ignores that signal and reports an error instead.) Returns where the parent had SIGPIPE ignored: then the error is
/// to be reported.
pub fn die_of_broken_pipe() {
    if !birth::ignored(SIGPIPE) {
        let _ = emulate_default_handler(SIGPIPE);
    }
}
