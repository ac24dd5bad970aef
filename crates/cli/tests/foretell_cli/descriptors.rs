//! Standard input and output that other programs closed, filled or stopped reading: the exit code shows it, and nothing
//! is harmed.

use std::{
    fs,
    io::pipe,
    os::unix::process::ExitStatusExt,
    process::{Command, Output, Stdio},
};

use tempfile::TempDir;

use crate::pack;

/// Commands that write to standard output.
const PRINTING: [&str; 14] = [
    "compare -l1 log",
    "compare -l1 --json log",
    "bench -l1 log",
    "show a.model",
    "explain -l1 log",
    "explain -l1 --tables log",
    "explain -l1 --json log",
    "pack --lines -D a.model log -",
    "get -D a.model pack 1 2",
    "unpack -D a.model pack -",
    "corpus verify .",
    "--help",
    "compare --help",
    "--version",
];

/// `foretell` with `args`, as a shell starts it after `before` and with these redirections.
fn shell(folder: &TempDir, before: &str, args: &str) -> Command {
    let mut shell = Command::new("/bin/sh");
    shell.args(["-c", &format!("{before} exec '{}' {args}", env!("CARGO_BIN_EXE_foretell"))]);
    shell.current_dir(folder.path()).stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
    shell
}

#[track_caller]
fn fails(output: &Output, words: &str) {
    let printed = String::from_utf8_lossy(&output.stderr);
    assert_eq!(output.status.code(), Some(1), "{printed}");
    assert!(printed.contains(words), "no {words:?} in {printed}");
}

/// With a pack of 100 lines, and a file that the corpus has by name.
fn folder() -> TempDir {
    let folder = pack::folder();
    fs::create_dir(folder.path().join("written")).unwrap();
    let lighthouse = concat!(env!("CARGO_MANIFEST_DIR"), "/../../corpus/written/lighthouse.txt");
    fs::copy(lighthouse, folder.path().join("written/lighthouse.txt")).unwrap();
    folder
}

#[test]
fn a_standard_output_that_takes_nothing_is_an_error_of_whatever_writes_there() {
    let folder = folder();
    for args in PRINTING {
        fails(&shell(&folder, "", &format!("{args} >&-")).output().unwrap(), "Bad file descriptor");
        fails(&shell(&folder, "", &format!("{args} >/dev/full")).output().unwrap(), "No space left on device");
        let (reader, writer) = pipe().unwrap();
        drop(reader);
        let unread = |before| shell(&folder, before, args).stdout(writer.try_clone().unwrap()).spawn().unwrap();
        fails(&unread("trap '' PIPE;").wait_with_output().unwrap(), "Broken pipe");
        let ended = unread("").wait_with_output().unwrap();
        assert_eq!(ended.status.signal(), Some(nix::sys::signal::Signal::SIGPIPE as i32), "{args}: {ended:?}");
    }
}

#[test]
fn a_closed_standard_input_is_an_error_of_whatever_reads_there() {
    let folder = folder();
    fails(&shell(&folder, "", "pack --lines -D a.model - out <&-").output().unwrap(), "stdin: Bad file descriptor");
    assert!(!folder.path().join("out").exists());
}

#[test]
fn with_all_three_closed_files_are_made_as_ever() {
    let folder = folder();
    let packed = shell(&folder, "", "pack --lines -D a.model log again <&- >&- 2>&-").output().unwrap();
    assert!(packed.status.success());
    let read = |name| fs::read(folder.path().join(name)).unwrap();
    assert!(read("again") == read("pack"));
    assert_eq!(shell(&folder, "", "show missing >&- 2>&-").output().unwrap().status.code(), Some(1));
}

#[test]
fn models_set_to_nothing_are_not_set() {
    let folder = folder();
    let output = shell(&folder, "FORETELL_MODELS= ", "get -D a.model pack 1").output().unwrap();
    assert!(output.status.success() && output.stderr.is_empty(), "{output:?}");
}
