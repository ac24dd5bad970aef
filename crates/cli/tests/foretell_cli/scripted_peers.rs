//! Peers that are shell scripts: how `foretell` deals with well-behaved and with broken programs.

use std::{fs, os::unix::fs::PermissionsExt, path::PathBuf};

use predicates::prelude::{PredicateBooleanExt, predicate::str::contains};
use serde_json::Value;
use tempfile::TempDir;

use crate::{corpus, foretell, json, result};

/// A folder for PATH with a script for each (name, commands).
fn scripts(folder: &TempDir, scripts: &[(&str, &str)]) -> PathBuf {
    let bin = folder.path().join("bin");
    fs::create_dir(&bin).unwrap();
    for (name, commands) in scripts {
        let path = bin.join(name);
        fs::write(&path, format!("#!/bin/sh\n{commands}\n")).unwrap();
        fs::set_permissions(&path, fs::Permissions::from_mode(0o755)).unwrap();
    }
    bin
}

/// "Compresses" by putting nine bytes before the content.
const PREFIXING: &str = "case \"$*\" in *-d*) read -r line; exec /bin/cat;; esac\necho prefixed; exec /bin/cat content";

#[test]
fn a_peer_is_measured_and_its_round_trip_verified() {
    let folder = corpus();
    let bin = scripts(&folder, &[("gzip", PREFIXING)]);
    let report = json(foretell(&folder).env("PATH", &bin).args(["bench", "-l1", "--json", "--peers", "a text.txt"]));
    assert_eq!(result(&report["total"], "gzip", "-9")["size"], 3009);
    assert_eq!(report["absent_peers"][0], "bzip2");
    let mut table = foretell(&folder);
    let table = table.env("PATH", &bin).args(["compare", "-l1", "--peers", "a text.txt"]).assert().success();
    table.stdout(contains("gzip -9 ").and(contains(" 3009 ")));
}

#[test]
fn a_peer_that_fails_is_reported_and_has_no_result() {
    let folder = corpus();
    let bin =
        scripts(&folder, &[("gzip", "echo other bytes"), ("xz", "echo out of ideas >&2; exit 3"), ("zstd", PREFIXING)]);
    let mut run = foretell(&folder);
    let run = run.env("PATH", &bin).args(["bench", "-l1", "--json", "--peers", "more"]).assert().code(1);
    let output = run.get_output();
    let errors = String::from_utf8_lossy(&output.stderr);
    assert!(errors.contains("foretell: more/zeros: gzip -9: the round trip gave other bytes\n"), "{errors}");
    assert!(errors.contains("more/zeros: xz -9e: compression: exit status: 3: out of ideas\n"), "{errors}");
    let report: Value = serde_json::from_slice(&output.stdout).unwrap();
    for file in [&report["files"][0], &report["files"][1], &report["total"]] {
        let codecs: Vec<&Value> = file["results"].as_array().unwrap().iter().map(|r| &r["codec"]).collect();
        assert_eq!(codecs, ["huffman", "neural", "no-prior", "zstd"]);
    }
}
