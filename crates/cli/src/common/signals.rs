//! A signal that ends the process → outputs that are not in their places are removed first, or a stream is ended.
//!
//! The list of temporary files is behind a lock, held while one of them is created or moves to its place: a signal
//! waits for that moment to pass, and then finds the files that are to be removed.

use std::{
    io,
    sync::{Mutex, MutexGuard, PoisonError},
};

use super::{
    folder::Entry,
    platform::{Signal, die_by, watch_signals},
};

/// The temporary files that exist.
static IN_FLIGHT: Mutex<Vec<Entry>> = Mutex::new(Vec::new());

/// Whether SIGINT and SIGTERM end the process, or the stream that is being read.
static END: Mutex<End> = Mutex::new(End::Process);

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum End {
    Process,
    Stream,
    /// The end of the stream was asked for by this signal; the next one ends the process.
    Asked(Signal),
}

/// Holds signals off, and gives access to the list of files that they remove.
pub fn hold() -> MutexGuard<'static, Vec<Entry>> {
    IN_FLIGHT.lock().unwrap_or_else(PoisonError::into_inner)
}

fn end() -> MutexGuard<'static, End> {
    END.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Starts to watch for signals. On SIGUSR1, `tell` is called.
pub fn watch(tell: impl Fn() + Send + 'static) -> io::Result<()> {
    let prepare = |signal, is_polite| {
        let mut end = end();
        if is_polite && *end == End::Stream {
            *end = End::Asked(signal);
            return None;
        }
        let in_flight = hold();
        for temporary in in_flight.iter() {
            let _ = temporary.remove();
        }
        Some(in_flight)
    };
    watch_signals(prepare, tell)
}

/// From now on the first SIGINT or SIGTERM ends the stream that is being read, and what was read of it is completed.
pub fn end_the_stream() {
    *end() = End::Stream;
}

/// Whether the end of the stream was asked for.
pub fn is_end_asked_for() -> bool {
    matches!(*end(), End::Asked(_))
}

/// Ends the process by the signal that asked for the end of the stream, if one did. Else signals end the process again.
pub fn after_the_stream() {
    let was = std::mem::replace(&mut *end(), End::Process);
    if let End::Asked(signal) = was {
        die_by(signal);
    }
}
