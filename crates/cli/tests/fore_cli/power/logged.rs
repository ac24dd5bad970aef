//! A run of `fore` with the preloaded library → a log of its calls, replayed on a disk.

use std::{
    fs,
    os::unix::fs::MetadataExt,
    path::{Path, PathBuf},
    process::Command,
};

use super::disk::{Call, Disk, Name, lost};
use crate::sandbox::{Expect, Printed, Sandbox};

/// Builds the library.
fn library(s: &Sandbox) -> PathBuf {
    let library = s.path("..calls.so");
    let source = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fore_cli/power/calls.c");
    // The compiler that Rust links with.
    let built = Command::new("cc").args(["-shared", "-fPIC", "-O1", "-o"]).arg(&library).arg(source).status();
    assert!(built.unwrap().success());
    library
}

/// A run of `fore` that was logged.
pub struct Logged {
    pub printed: Printed,
    pub before: Disk,
    pub calls: Vec<Call>,
    pub lines: String,
    pub files: Vec<(Name, Name)>,
}

/// Runs `fore args`, which turns each input in `files` into its output; calls fail as `fail` says.
#[track_caller]
pub fn run(s: &Sandbox, args: &str, files: &[(&str, &str)], fail: &str, code: i32) -> Logged {
    let library = library(s);
    let log = s.path("..log");
    let _ = fs::remove_file(&log);
    let folder_of = |name: &str| s.path(name).parent().unwrap().to_owned();
    let mut folders: Vec<PathBuf> = files.iter().map(|(input, _)| folder_of(input)).collect();
    folders.sort();
    folders.dedup();
    let name = |name: &str| {
        let folder = folder_of(name).metadata().unwrap().ino();
        (folder, name.rsplit('/').next().unwrap().to_owned())
    };
    let names = files.iter().map(|(input, output)| (name(input), name(output))).collect();
    let before = Disk::of(&folders);
    let mut command = s.fore(args);
    command.env("LD_PRELOAD", &library).env("CALLS_LOG", &log).env("CALLS_FAIL", fail);
    let printed = command.expect_code(code);
    let lines = fs::read_to_string(&log).expect("the library logs");
    for file in [library, log] {
        let _ = fs::remove_file(file);
    }
    Logged { printed, before, calls: lines.lines().map(Call::parse).collect(), lines, files: names }
}

impl Logged {
    /// The first call after which a power cut loses content.
    pub fn lost(&self) -> Option<String> {
        lost(self.before.clone(), &self.calls, &self.files)
    }

    /// The same if the disk does not get calls like these.
    pub fn lost_without(&self, is_left_out: impl Fn(&Call) -> bool) -> Option<String> {
        let calls: Vec<Call> = self.calls.iter().filter(|call| !is_left_out(call)).cloned().collect();
        assert!(calls.len() < self.calls.len(), "{}", self.lines);
        lost(self.before.clone(), &calls, &self.files)
    }

    /// Nothing is lost, but would be if one sync were left out.
    #[track_caller]
    pub fn is_safe(&self) {
        assert_eq!(self.lost(), None, "{}", self.lines);
        assert!(self.calls.iter().any(|call| matches!(call, Call::Sync { .. })), "{}", self.lines);
        for call in &self.calls {
            if matches!(call, Call::Sync { .. } | Call::SyncFolder { .. }) {
                assert!(self.lost_without(|other| other == call).is_some(), "{call:?} is idle in {}", self.lines);
            }
        }
    }
}
