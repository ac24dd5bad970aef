//! Tests of what belongs to a whole process.

use std::{env, process::Command};

/// Names the test that a process was started for.
const VARIABLE: &str = "FORETELL_OWN_PROCESS";

/// Runs `body`, the body of the test with this path, in a process of its own, where no other test takes memory.
///
/// # Panics
///
/// If the test fails there, or is not found by its path.
#[track_caller]
pub fn in_own_process(test: &str, body: impl FnOnce()) {
    if env::var_os(VARIABLE).is_some_and(|name| name == test) {
        return body();
    }
    let mut command = Command::new(env::current_exe().expect("the path of the test program"));
    let output = command.args([test, "--exact", "--nocapture"]).env(VARIABLE, test).output().expect("a process");
    let [stdout, stderr] = [output.stdout, output.stderr].map(|text| String::from_utf8_lossy(&text).into_owned());
    assert!(output.status.success() && stdout.contains("1 passed"), "{test}: {stdout}{stderr}");
}

/// The most memory that this process had so far, in bytes, where the system tells.
pub fn peak_memory() -> Option<u64> {
    let status = std::fs::read_to_string("/proc/self/status").ok()?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"))?;
    Some(line.trim().strip_suffix(" kB")?.parse::<u64>().ok()? << 10)
}
