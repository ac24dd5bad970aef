//! The output gets mode, time and owner; zeros become holes.

use std::{
    fs::{self, File, FileTimes, OpenOptions, Permissions},
    io::{Seek, Write},
    os::unix::fs::{MetadataExt, PermissionsExt, chown},
    time::{Duration, SystemTime},
};

use crate::sandbox::{Expect, FORE, Sandbox, text};
use foretell_testkit::{noise, skip_without};

fn mode(s: &Sandbox, name: &str) -> u32 {
    fs::metadata(s.path(name)).unwrap().mode() & 0o7777
}

#[test]
fn mode_and_time_are_kept_in_both_directions() {
    // contract T28
    let s = Sandbox::with_f();
    let then = SystemTime::UNIX_EPOCH + Duration::new(1_577_836_800, 123_456_789);
    File::options().write(true).open(s.path("f")).unwrap().set_times(FileTimes::new().set_modified(then)).unwrap();
    fs::set_permissions(s.path("f"), Permissions::from_mode(0o640)).unwrap();
    for (args, result) in [("f", "f.fore"), ("-d f.fore", "f")] {
        s.run(args, 0).is_silent();
        assert_eq!(mode(&s, result), 0o640);
        assert_eq!(fs::metadata(s.path(result)).unwrap().modified().unwrap(), then);
    }
}

#[test]
fn a_read_only_file_stays_read_only_and_can_be_overwritten_by_force() {
    // contract T29
    let s = Sandbox::with_f();
    fs::set_permissions(s.path("f"), Permissions::from_mode(0o400)).unwrap();
    s.run("-k f", 0).is_silent();
    assert_eq!(mode(&s, "f.fore"), 0o400);
    s.run("-f f", 0).is_silent();
    assert_eq!(mode(&s, "f.fore"), 0o400);
}

#[test]
fn without_a_file_to_copy_from_the_umask_counts() {
    // contract T29
    let s = Sandbox::new();
    for (mask, expected) in [("077", 0o600), ("022", 0o644), ("002", 0o664)] {
        let script = format!("umask {mask}; echo x | '{FORE}' -fo out");
        s.command("/bin/sh").args(["-c", &script]).expect_code(0).is_silent();
        assert_eq!(mode(&s, "out"), expected, "umask {mask}");
    }
}

#[test]
fn the_owner_is_kept_as_root() {
    if !nix::unistd::geteuid().is_root() {
        return skip_without("root", "only root may give files away");
    }
    let s = Sandbox::with_f();
    chown(s.path("f"), Some(12345), Some(23456)).unwrap();
    s.run("f", 0).is_silent();
    let meta = fs::metadata(s.path("f.fore")).unwrap();
    assert_eq!((meta.uid(), meta.gid()), (12345, 23456));
}

#[test]
fn a_group_that_cannot_be_kept_gets_no_more_than_others() {
    if !nix::unistd::geteuid().is_root() {
        return skip_without("root", "only root may give files away");
    }
    let s = Sandbox::with_f();
    chown(s.path("f"), Some(65534), Some(23456)).unwrap();
    fs::set_permissions(s.path("f"), Permissions::from_mode(0o640)).unwrap();
    s.fore_unprivileged("f").expect_code(0).is_silent();
    assert_eq!(mode(&s, "f.fore"), 0o600);
}

#[test]
fn zeros_become_holes_in_files() {
    // contract T43
    let s = Sandbox::new();
    s.zeros("f", 4 << 20);
    File::options().append(true).open(s.path("f")).unwrap().write_all(b"end").unwrap();
    let blocks = |name: &str| fs::metadata(s.path(name)).unwrap().blocks();
    if blocks("f") > 64 {
        return skip_without("holes", "the file system of the temporary files makes no holes");
    }
    let content = s.read("f");
    s.run("--method store f", 0);
    s.run("-dk f.fore", 0);
    assert!(s.read("f") == content && blocks("f") <= 64);
    s.run("-dkf --no-sparse f.fore", 0);
    assert!(s.read("f") == content && blocks("f") >= 4 << 11);
    let out = File::create(s.path("out")).unwrap();
    s.fore("-dc --sparse f.fore").stdout(out).expect_code(0);
    assert!(s.read("out") == content && blocks("out") <= 64);
}

#[test]
fn holes_never_harm_a_file_that_is_appended_to() {
    // contract T43
    let s = Sandbox::new();
    s.zeros("f", 100_000);
    s.run("--method store f", 0);
    s.write("log", b"before");
    let appending = OpenOptions::new().append(true).open(s.path("log")).unwrap();
    s.fore("-dc --sparse f.fore").stdout(appending).expect_code(0);
    assert_eq!(s.read("log"), [b"before".as_slice(), &[0; 100_000]].concat());
    let mut inside = File::options().write(true).open(s.path("log")).unwrap();
    inside.write_all(&noise(3, 200_000)).unwrap();
    inside.rewind().unwrap();
    s.fore("-dc --sparse f.fore").stdout(inside).expect_code(0);
    assert!(s.read("log")[..100_000].iter().all(|&byte| byte == 0));
}

#[test]
fn synchronous_output_is_the_same_output() {
    let s = Sandbox::with_f();
    let coded = s.run("-c f", 0).stdout;
    for option in ["--synchronous", "--no-sync"] {
        s.run(&format!("{option} f"), 0).is_silent();
        assert_eq!(s.read("f.fore"), coded, "{option}");
        s.run(&format!("{option} -d f.fore"), 0).is_silent();
        assert_eq!((s.names().as_str(), s.read("f")), ("f", text(3000)));
    }
    s.run("-k --synchronous f", 0).is_silent();
    assert_eq!(s.run("-dc --synchronous f.fore", 0).stdout, text(3000));
}
