//! What this process was born with, seen before Rust's runtime changes it.
//!
//! Before `main`, the runtime opens `/dev/null` in the place of closed standard descriptors, and ignores SIGPIPE.
//! Output meant for standard output would vanish there, and afterwards nothing shows it: many programs that start
//! others give them `/dev/null` opened for reading and writing, just as the runtime does (Python's `DEVNULL`,
//! `daemon`). So each binary has [`look`] called before the runtime starts.

use std::sync::atomic::{AtomicU32, Ordering::Relaxed};

use nix::libc;

/// Standard descriptors that were closed, number n as bit n.
static CLOSED: AtomicU32 = AtomicU32::new(0);
/// Signals that were ignored, number n as bit n; those below 32.
static IGNORED: AtomicU32 = AtomicU32::new(0);

/// Looks around. A closed descriptor gets a directory as a place holder: nothing can be written to that or read from it
/// under any name, such as `/dev/stdout`, and no file that is opened later gets the descriptor's number.
///
/// To be called once, before `main`, while there is only one thread.
pub extern "C" fn look() {
    for number in 0..3 {
        // SAFETY: asks for the flags of a descriptor, which may be closed.
        if unsafe { libc::fcntl(number, libc::F_GETFD) } != -1 {
            continue;
        }
        CLOSED.fetch_or(1 << number, Relaxed);
        // SAFETY: the path is a C string. Where this fails, the runtime opens /dev/null as always.
        unsafe { libc::open(c"/".as_ptr(), libc::O_RDONLY | libc::O_DIRECTORY) };
    }
    for signal in 1..32 {
        // SAFETY: all fields of this structure may be zero.
        let mut action: libc::sigaction = unsafe { std::mem::zeroed() };
        // SAFETY: changes nothing, as there is no new action; the pointer to the old one is good.
        let asked = unsafe { libc::sigaction(signal, std::ptr::null(), &mut action) };
        if asked == 0 && action.sa_sigaction == libc::SIG_IGN {
            IGNORED.fetch_or(1 << signal, Relaxed);
        }
    }
}

/// Whether standard descriptor `number` was closed.
pub fn closed(number: u32) -> bool {
    CLOSED.load(Relaxed) >> number & 1 == 1
}

/// Whether `signal` was ignored.
pub fn ignored(signal: i32) -> bool {
    (1..32).contains(&signal) && IGNORED.load(Relaxed) >> signal & 1 == 1
}
