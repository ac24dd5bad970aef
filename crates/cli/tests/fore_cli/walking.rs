//! `-r`: directories.

use std::{fs, os::unix::fs::symlink};

use crate::sandbox::{Expect, Sandbox, text};

fn tree() -> Sandbox {
    let s = Sandbox::new();
    fs::create_dir_all(s.path("d/sub/empty")).unwrap();
    for name in ["d/a", "d/.hidden", "d/sub/b", "d/sub/already.fore"] {
        s.write(name, &text(100));
    }
    s
}

#[test]
fn all_files_in_a_directory_with_the_hidden_ones() {
    // contract T24
    let s = tree();
    s.run("d", 2).complains(&["d: is a directory, skipped"]);
    s.run("-r d", 0).is_silent();
    for name in ["d/a.fore", "d/.hidden.fore", "d/sub/b.fore", "d/sub/already.fore"] {
        assert!(s.path(name).exists(), "{name}");
    }
    assert!(!s.path("d/a").exists() && !s.path("d/sub/already.fore.fore").exists());
    s.run("-r d/sub/empty", 0).is_silent();
}

#[test]
fn a_bad_file_in_a_directory_does_not_stop_the_rest() {
    // contract T24
    let s = tree();
    s.write("d/plain", b"stays");
    s.run("d/a d/.hidden d/sub/b", 0);
    s.run("-dr d", 1).complains(&["d/sub/already.fore: not in foretell format"]);
    assert_eq!((s.read("d/a"), s.read("d/.hidden"), s.read("d/sub/b")), (text(100), text(100), text(100)));
    assert_eq!(s.read("d/plain"), b"stays");
}

#[test]
fn links_are_not_followed_into_directories() {
    let s = tree();
    fs::create_dir(s.path("elsewhere")).unwrap();
    s.write("elsewhere/f", b"safe");
    symlink("../elsewhere", s.path("d/link")).unwrap();
    symlink(".", s.path("d/loop")).unwrap();
    let printed = s.run("-r d", 2);
    assert!(printed.stderr.contains("d/link: is a symbolic link, skipped"), "{printed:?}");
    assert_eq!(s.read("elsewhere/f"), b"safe");
}

#[test]
fn a_directory_that_cannot_be_read_is_one_error() {
    use std::os::unix::fs::PermissionsExt;
    let s = tree();
    fs::set_permissions(s.path("d/sub"), fs::Permissions::from_mode(0o000)).unwrap();
    let printed = s.fore_unprivileged("-rtq d").expect_code(1);
    assert!(printed.stderr.contains("d/sub: Permission denied"), "{printed:?}");
    fs::set_permissions(s.path("d/sub"), fs::Permissions::from_mode(0o755)).unwrap();
}

#[test]
fn plain_files_in_a_directory_are_neither_tested_nor_listed() {
    let s = tree();
    s.run("-rtq d", 1).complains(&["d/sub/already.fore: not in foretell format"]);
    s.write("d/sub/already.fore", &s.run("-c d/a", 0).stdout);
    s.run("-rt d", 0).is_silent();
    let listed = s.run("-rl d", 0).stdout;
    assert_eq!(String::from_utf8(listed).unwrap().lines().count(), 2);
}
