//! `foretell pack`, `get` and `unpack`: a packed file comes back, whole or line by line, and errors name their cause.

use std::fs;

use assert_cmd::Command;
use foretell::{Level, Trainer};
use predicates::str::contains;
use tempfile::TempDir;

use crate::foretell;

fn line(i: usize) -> String {
    format!("{} GET /item/{} {}", 1_700_000_000 + i * 3, i * 7 % 90, [200, 200, 404][i % 3])
}

/// A folder with a log of 100 lines, the last without an end, and two models.
pub fn folder() -> TempDir {
    let folder = tempfile::tempdir().unwrap();
    let lines: Vec<_> = (0..400).map(line).collect();
    fs::write(folder.path().join("log"), lines[300..].join("\n")).unwrap();
    for (name, samples) in [("a.model", &lines[..300]), ("other", &lines[..200])] {
        let trained = Trainer::new().level(Level::FASTEST).train(samples, |_| {}).unwrap();
        fs::write(folder.path().join(name), trained.file).unwrap();
    }
    foretell(&folder).args(["pack", "--lines", "-D", "a.model", "log", "pack"]).assert().success();
    folder
}

fn run(folder: &TempDir, args: &str) -> Command {
    let mut command = foretell(folder);
    command.env_remove("FORETELL_MODELS").args(args.split(' '));
    command
}

#[test]
fn what_was_packed_comes_back_whole_and_line_by_line() {
    let folder = folder();
    let len = |name| fs::metadata(folder.path().join(name)).unwrap().len();
    assert!(len("pack") * 4 < len("log"));
    run(&folder, "unpack -D a.model pack back").assert().success();
    assert_eq!(fs::read(folder.path().join("back")).unwrap(), fs::read(folder.path().join("log")).unwrap());
    let some = [line(399), line(300), line(322)].join("\n") + "\n";
    run(&folder, "get -D a.model pack 100 1 23").assert().success().stdout(some);
}

#[test]
fn records_may_be_of_so_many_bytes() {
    let folder = folder();
    let log = fs::read(folder.path().join("log")).unwrap();
    run(&folder, "pack --records 100 -D a.model log by-100").assert().success();
    let mut get = run(&folder, "get -D a.model by-100 1 3");
    get.assert().success().stdout([&log[..100], &log[200..300]].concat());
    run(&folder, "unpack -D a.model by-100").assert().success().stdout(log);
}

#[test]
fn models_are_found_by_their_names_in_folders() {
    let folder = folder();
    run(&folder, "get --models . pack 1").assert().success().stdout(line(300) + "\n");
    run(&folder, "get pack 1").env("FORETELL_MODELS", folder.path()).assert().success().stdout(line(300) + "\n");
    for args in ["get pack 1", "unpack pack back", "get -D other pack 1"] {
        run(&folder, args).assert().code(1).stdout("").stderr(contains("needs the trained model"));
    }
    assert!(!folder.path().join("back").exists());
}

#[test]
fn what_is_wrong_is_said_and_overwrites_nothing() {
    let folder = folder();
    for (args, text) in [
        ("get -D a.model pack 0", "records are counted from 1"),
        ("get -D a.model pack 101", "has no record 101, but 100"),
        ("get -D a.model log 1", "log: not a pack"),
        ("get -D log pack 1", "log: not a trained model"),
        ("pack --lines -D a.model log pack", "pack: already exists; -f overwrites it"),
        ("unpack -D a.model pack log", "log: already exists; -f overwrites it"),
        ("pack --lines -D a.model absent new", "absent: No such file"),
        ("pack --lines -f -D a.model log .", ".: is a directory, no place for a file"),
        ("pack -D a.model log new", "--lines"),
        #[cfg(target_os = "linux")]
        ("unpack -f -D a.model pack /dev/full", "/dev/full: No space left on device"),
        ("pack --records 0 -D a.model log new", "at least one byte"),
    ] {
        run(&folder, args).assert().code(1).stdout("").stderr(contains(text));
    }
    assert!(!folder.path().join("new").exists());
    run(&folder, "pack --lines -f -D a.model log pack").assert().success();
}

#[cfg(unix)]
#[test]
fn a_pack_from_a_pipe_is_refused_in_one_sentence() {
    let folder = folder();
    let pack = fs::read(folder.path().join("pack")).unwrap();
    let mut get = run(&folder, "get -D a.model /dev/stdin 1");
    let said = "foretell: /dev/stdin: a pack is read from anywhere, which a pipe is not; save it to a file\n";
    get.write_stdin(pack).assert().code(1).stderr(said);
}

#[test]
fn the_model_that_a_pack_needs_is_not_replaced_even_by_force() {
    let folder = folder();
    let before = fs::read(folder.path().join("a.model")).unwrap();
    for args in ["pack -f --lines -D a.model log ./a.model", "unpack -f -D a.model pack ./a.model"] {
        let refused = run(&folder, args).assert().code(1);
        refused.stderr("foretell: ./a.model: it is the model that the pack needs\n");
    }
    assert!(fs::read(folder.path().join("a.model")).unwrap() == before);
}
