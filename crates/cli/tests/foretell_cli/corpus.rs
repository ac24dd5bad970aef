//! The corpus in the repository matches its generators and its manifest, and `foretell corpus` proves it.

use std::{
    fs,
    path::{MAIN_SEPARATOR, PathBuf},
};

use assert_cmd::Command;
use foretell_cli::toolbox::corpus::manifest::{Entry, PROJECT, Verdict};
use foretell_testkit::{corpus, corpus_files, generated::FILES};
use predicates::{prelude::*, str::contains};

const OWN: [&str; 3] = ["written", "source", "generated"];

/// The paths of the project's own files below `corpus/`, with `/`.
fn own_files() -> Vec<String> {
    let name = |path: PathBuf| path.strip_prefix(corpus()).unwrap().to_str().unwrap().replace(MAIN_SEPARATOR, "/");
    corpus_files().into_iter().map(name).collect()
}

fn foretell() -> Command {
    Command::cargo_bin("foretell").unwrap()
}

#[test]
fn the_manifest_lists_every_own_file_as_it_is() {
    let entries = Entry::parse_all(PROJECT).unwrap();
    let own: Vec<&Entry> = entries.iter().filter(|e| OWN.iter().any(|part| e.path.starts_with(part))).collect();
    let mut listed: Vec<&str> = own.iter().map(|entry| entry.path.as_str()).collect();
    listed.sort_unstable();
    assert_eq!(listed, own_files());
    for entry in own {
        assert_eq!(entry.check(&corpus()).unwrap(), Verdict::Same, "{}", entry.path);
    }
}

#[test]
fn the_manifest_lists_nothing_twice() {
    let entries = Entry::parse_all(PROJECT).unwrap();
    let mut paths: Vec<&str> = entries.iter().map(|entry| entry.path.as_str()).collect();
    paths.sort_unstable();
    paths.dedup();
    assert_eq!(paths.len(), entries.len());
}

#[test]
fn the_corpus_stays_small_enough_to_test_with() {
    let total: u64 = own_files().iter().map(|path| fs::metadata(corpus().join(path)).unwrap().len()).sum();
    assert!((2_000_000..=2_600_000).contains(&total), "{total} bytes");
}

#[test]
fn verify_accepts_what_the_generators_make() {
    let dir = tempfile::tempdir().unwrap();
    let out = dir.path().join("generated");
    fs::create_dir(&out).unwrap();
    FILES.iter().for_each(|file| fs::write(out.join(file.name), file.bytes()).unwrap());
    let expected = contains("ok       generated/syslog.log").and(contains("absent   calgary/book1"));
    foretell().args(["corpus", "verify"]).arg(dir.path()).assert().success().stdout(expected);
}

#[test]
fn verify_fails_and_names_the_file_that_differs() {
    let dir = tempfile::tempdir().unwrap();
    fs::write(dir.path().join("m"), "-  3  same\n-  3  changed\n").unwrap();
    fs::write(dir.path().join("same"), "abc").unwrap();
    fs::write(dir.path().join("changed"), "abcd").unwrap();
    let verify = || {
        let mut command = foretell();
        command.args(["corpus", "verify", "--manifest"]).arg(dir.path().join("m")).arg(dir.path());
        command.assert()
    };
    verify().failure().stdout("size ok  same\nDIFFERS  changed\n").stderr(contains("1 file differs"));
    fs::remove_file(dir.path().join("changed")).unwrap();
    verify().success().stdout("size ok  same\nabsent   changed\n");
}

#[test]
fn verify_fails_where_no_file_is_present() {
    let dir = tempfile::tempdir().unwrap();
    foretell()
        .args(["corpus", "verify"])
        .arg(dir.path())
        .assert()
        .failure()
        .stderr(contains("all files of the manifest are absent"));
    foretell()
        .args(["corpus", "verify"])
        .arg(dir.path().join("none"))
        .assert()
        .failure()
        .stderr(contains("not a folder"));
}
