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
    let message = message(reason);
    assert!(env::var_os("FORETELL_REQUIRE_ALL").is_none(), "{message}; FORETELL_REQUIRE_ALL forbids that");
    // Not `eprintln`, which the test harness keeps to itself where a test passes.
    let _ = writeln!(stderr(), "{message}");
}

/// As [`skip`], for something that no package gives a machine: `root`, `terminals`, `holes` (a file system that makes
/// them), `lists` (a file system with access control lists and user attributes), `mounts` (in a namespace of one's own)
/// or `groups` (control groups that limit memory).
///
/// # Panics
///
/// If `FORETELL_REQUIRE_ALL` is set, and `FORETELL_WITHOUT`, names separated by spaces, does not name it. CI names
/// there what it has found to be missing before the tests, and prints it.
#[track_caller]
pub fn skip_without(facility: &str, reason: &str) {
    let without = env::var("FORETELL_WITHOUT").unwrap_or_default();
    if without.split(' ').any(|name| name == facility) {
        let _ = writeln!(stderr(), "{}", message(reason));
    } else {
        skip(reason);
    }
}

fn message(reason: &str) -> String {
    static SKIPPED: AtomicUsize = AtomicUsize::new(0);
    let count = SKIPPED.fetch_add(1, Ordering::Relaxed) + 1;
    let test = thread::current().name().unwrap_or("a test").to_owned();
    format!("NOT TESTED, {count} in this program: {test}: {reason}")
}
