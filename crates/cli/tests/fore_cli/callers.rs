//! Programs that call a compressor. What they do is recorded in docs/RECIPES.md; each is tested where it is installed.

use std::{
    fs::{self, File},
    os::unix::{fs::symlink, process::CommandExt},
    process::{Command, Stdio},
};

use crate::sandbox::{Expect, FORE, Sandbox, text};
use foretell_testkit::skip;

fn is_installed(program: &str) -> bool {
    let version = Command::new(program).arg("--version").stdout(Stdio::null()).stderr(Stdio::null()).status();
    version.is_ok_and(|status| status.success())
}

/// Runs `script` where `fore`, `unfore` and `forecat` are on the PATH; returns its output.
#[track_caller]
fn shell(s: &Sandbox, script: &str) -> String {
    let bin = Sandbox::new();
    for name in ["fore", "unfore", "forecat"] {
        symlink(FORE, bin.path(name)).unwrap();
    }
    let path = format!("{}:{}", bin.path("").display(), std::env::var("PATH").unwrap_or_default());
    let mut shell = s.command("/bin/sh");
    shell.args(["-e", "-c", script]).env("PATH", path).env("FORE_LEVEL", "1").process_group(0);
    let printed = shell.expect_code(0);
    assert_eq!(printed.stderr, "");
    String::from_utf8(printed.stdout).unwrap()
}

#[test]
fn tar_writes_lists_and_extracts() {
    // contract T44
    let has_tar = Command::new("tar").arg("--version").output().is_ok_and(|o| o.stdout.starts_with(b"tar (GNU tar)"));
    if !has_tar {
        return skip("GNU tar is not installed");
    }
    let s = Sandbox::with_f();
    let listed = shell(
        &s,
        "tar -I fore -cf a.tfore f
        tar -I fore -tf a.tfore
        mkdir d
        tar -I 'fore -9' -C d -xf a.tfore",
    );
    assert_eq!((listed.as_str(), s.read("d/f")), ("f\n", text(3000)));
}

#[test]
fn sort_compresses_its_temporary_files() {
    // contract T44
    let s = Sandbox::new();
    shell(
        &s,
        "printf '#!/bin/sh\necho call >>calls\nexec fore \"$@\"\n' >logged; chmod +x logged
        seq 600 -1 1 | sort -n -S 1k --compress-program=./logged >sorted
        seq 1 600 | cmp - sorted
        test -s calls",
    );
}

#[test]
fn less_shows_what_a_compressed_file_holds() {
    if !is_installed("less") {
        return skip("less is not installed");
    }
    let s = Sandbox::new();
    s.write("f", b"what it holds\n");
    s.run("-k f", 0);
    for name in ["f.fore", "f"] {
        assert_eq!(shell(&s, &format!("LESSOPEN='|forecat %s' less {name} | cat")), "what it holds\n", "{name}");
    }
}

#[test]
fn several_run_at_once() {
    let s = Sandbox::new();
    for i in 0..20 {
        s.write(&format!("a file {i}"), &text(i * 100));
    }
    shell(&s, "find . -type f -print0 | xargs -0 -P 4 -n 3 fore");
    assert!(s.names().split(".fore").count() == 21, "{}", s.names());
    shell(&s, "find . -name '*.fore' -print0 | xargs -0 -P 4 -n 3 unfore");
    (0..20).for_each(|i| assert_eq!(s.read(&format!("a file {i}")), text(i * 100)));
}

#[test]
fn logrotate_gets_a_file_from_a_file_without_a_word() {
    // logrotate's compresscmd: standard input and output are the two files, and the output exists already.
    let s = Sandbox::with_f();
    let coded = File::create(s.path("f.fore")).unwrap();
    let printed = s.fore("-9").stdin(File::open(s.path("f")).unwrap()).stdout(coded).expect_code(0);
    printed.is_silent();
    let shown = File::create(s.path("shown")).unwrap();
    s.command(unfore(&s)).stdin(File::open(s.path("f.fore")).unwrap()).stdout(shown).expect_code(0).is_silent();
    assert_eq!(s.read("shown"), text(3000));
}

fn unfore(s: &Sandbox) -> std::path::PathBuf {
    fs::create_dir(s.path("bin")).unwrap();
    symlink(FORE, s.path("bin/unfore")).unwrap();
    s.path("bin/unfore")
}
