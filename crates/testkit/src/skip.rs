//! Tests that need more than every machine has.

use std::{
    env,
    io::{Write, stderr},
    sync::atomic::{AtomicUsize, Ordering},
    thread,
};

/// Says on standard error that the running test, or a part of it, was not tried here, and why.
///
/// # Panics
///
/// If `FORETELL_REQUIRE_ALL` is set, as CI sets it: there, a test that tried nothing must not pass.
#[track_caller]
pub fn skip(reason: &str) {
    static SKIPPED: AtomicUsize = AtomicUsize::new(0);
    let count = SKIPPED.fetch_add(1, Ordering::Relaxed) + 1;
    let test = thread::current().name().unwrap_or("a test").to_owned();
    let message = format!("NOT TESTED, {count} in this program: {test}: {reason}");
    assert!(env::var_os("FORETELL_REQUIRE_ALL").is_none(), "{message}; FORETELL_REQUIRE_ALL forbids that");
    // Not `eprintln`, which the test harness keeps to itself where a test passes.
    let _ = writeln!(stderr(), "{message}");
}
