//! Files that must not be touched: existing files, links, special files, directories.

use std::{
    fs::{self, File, Permissions},
    os::unix::fs::{PermissionsExt, symlink},
};

use nix::sys::stat::Mode;

use crate::sandbox::{Expect, Sandbox, text};

#[test]
fn an_existing_target_stays_unless_forced() {
    // contract T17
    let s = Sandbox::with_f();
    s.write("f.fore", b"old");
    s.run("f", 2).complains(&["f.fore: already exists"]);
    assert_eq!((s.read("f"), s.read("f.fore").as_slice()), (text(3000), b"old".as_slice()));
    s.run("-f f", 0).is_silent();
    assert_eq!(s.names(), "f.fore");
    s.write("f", b"old");
    s.run("-d f.fore", 2).complains(&["f: already exists"]);
    assert_eq!(s.read("f"), b"old");
    s.run("-df f.fore", 0).is_silent();
    assert_eq!((s.names().as_str(), s.read("f")), ("f", text(3000)));
}

#[test]
fn data_on_standard_input_answer_no_question() {
    // contract T18
    let s = Sandbox::with_f();
    s.write("f.fore", b"old");
    s.pipe("f", b"y\ny\ny\n", 2).complains(&["f.fore: already exists"]);
    s.pipe("-o f.fore", b"yes, this is data", 2).complains(&["f.fore: already exists"]);
    assert_eq!(s.read("f.fore"), b"old");
    s.pipe("-f -o f.fore", b"yes, this is data", 0).is_silent();
    assert_eq!(s.run("-dc f.fore", 0).stdout, b"yes, this is data");
}

#[test]
fn an_input_is_never_its_own_output() {
    // contract T19
    let s = Sandbox::with_f();
    s.run("f -o f", 1).complains(&["f: is the input itself"]);
    s.run("-f f -o ./f", 1).complains(&["is the input itself"]);
    s.run("-k f", 0);
    s.run("-df f.fore -o f.fore", 1).complains(&["f.fore: is the input itself"]);
    symlink("f", s.path("link")).unwrap();
    s.run("-f f -o link", 1).complains(&["is the input itself"]);
    fs::hard_link(s.path("f"), s.path("same")).unwrap();
    s.run("-f f -o same", 1).complains(&["is the input itself"]);
    s.fore("-f -o f").stdin(File::open(s.path("f")).unwrap()).expect_code(1).complains(&["is the input itself"]);
    assert_eq!(s.read("f"), text(3000));
    s.run("-t f.fore", 0);
}

#[test]
fn a_missing_input_costs_no_target() {
    // contract T20
    let s = Sandbox::new();
    s.write("missing.fore", b"old");
    s.run("-f missing", 1).complains(&["missing: No such file"]);
    fs::rename(s.path("missing.fore"), s.path("missing")).unwrap();
    s.run("-df missing.fore", 1).complains(&["missing.fore: No such file"]);
    assert_eq!(s.read("missing"), b"old");
}

#[test]
fn a_bad_input_costs_no_target() {
    let s = Sandbox::with_f();
    s.write("f.fore", b"\xf0re nothing that decodes");
    s.run("-df f.fore", 1).complains(&["f.fore: "]);
    assert_eq!((s.names().as_str(), s.read("f")), ("f f.fore", text(3000)));
}

#[test]
fn a_symbolic_link_is_refused_unless_forced_or_kept() {
    // contract T25
    let s = Sandbox::with_f();
    symlink("f", s.path("l")).unwrap();
    s.run("l", 2).complains(&["l: is a symbolic link, skipped"]);
    assert_eq!(s.names(), "f l");
    assert_eq!(s.run("-c l", 0).stdout, s.run("-c f", 0).stdout);
    s.run("-f l", 0).is_silent();
    assert_eq!(s.names(), "f l.fore");
    assert_eq!(s.run("-dc l.fore", 0).stdout, s.read("f"));
}

#[test]
fn a_target_that_is_a_link_is_replaced_and_what_it_points_to_stays() {
    let s = Sandbox::with_f();
    s.write("precious", b"precious");
    symlink("precious", s.path("f.fore")).unwrap();
    s.run("f", 2).complains(&["f.fore: already exists"]);
    s.run("-f f", 0).is_silent();
    assert!(!s.path("f.fore").is_symlink());
    assert_eq!(s.read("precious"), b"precious");
}

#[test]
fn a_file_with_two_names_is_refused_unless_forced_or_kept() {
    // contract T26
    let s = Sandbox::with_f();
    fs::hard_link(s.path("f"), s.path("g")).unwrap();
    s.run("f", 2).complains(&["f: has another hard link, skipped"]);
    assert_eq!(s.names(), "f g");
    s.run("-k f", 0).is_silent();
    s.run("-f f", 0).is_silent();
    assert_eq!(s.names(), "f.fore g");
}

#[test]
fn a_file_with_special_bits_is_refused_as_they_would_be_lost() {
    let s = Sandbox::with_f();
    fs::set_permissions(s.path("f"), Permissions::from_mode(0o1644)).unwrap();
    s.run("f", 2).complains(&["f: has the setuid, setgid or sticky bit, skipped"]);
    s.run("-f f", 0).is_silent();
}

#[test]
fn special_files_are_skipped_without_being_opened() {
    // contract T27
    let s = Sandbox::new();
    nix::unistd::mkfifo(&s.path("fifo"), Mode::S_IRWXU).unwrap();
    s.run("fifo", 2).complains(&["fifo: not a regular file, skipped"]);
    s.run("-r .", 2).complains(&["fifo: not a regular file, skipped"]);
    s.run("-rc .", 2).complains(&["fifo: not a regular file, skipped"]);
    s.run("/dev/zero", 2).complains(&["/dev/zero: not a regular file, skipped"]);
    assert_eq!(s.names(), "fifo");
}

#[test]
fn a_pipe_with_a_name_can_be_read_onto_standard_output() {
    // contract T27
    let s = Sandbox::new();
    nix::unistd::mkfifo(&s.path("fifo"), Mode::S_IRWXU).unwrap();
    let child = s.fore("-c fifo").stdout(std::process::Stdio::piped()).spawn().unwrap();
    s.write("fifo", b"through a pipe");
    let coded = child.wait_with_output().unwrap().stdout;
    assert_eq!(s.pipe("-d", &coded, 0).stdout, b"through a pipe");
}

#[test]
fn a_directory_is_skipped_and_is_no_target() {
    // contract T24
    let s = Sandbox::with_f();
    fs::create_dir(s.path("f.fore")).unwrap();
    s.run("f.fore", 2).complains(&["f.fore: is a directory, skipped"]);
    s.run("-d f.fore", 2).complains(&["f.fore: is a directory, skipped"]);
    s.run("-f f", 1).complains(&["f.fore: is a directory"]);
    s.run("f -o f.fore", 1).complains(&["f.fore: is a directory"]);
    s.run(".", 2).complains(&[".: is a directory, skipped"]);
    assert_eq!(s.names(), "f f.fore");
}

#[test]
fn a_directory_that_cannot_be_written_costs_nothing() {
    // contract T30
    let s = Sandbox::new();
    fs::create_dir(s.path("d")).unwrap();
    s.write("d/f", &text(100));
    fs::set_permissions(s.path("d"), Permissions::from_mode(0o555)).unwrap();
    s.fore_unprivileged("d/f").expect_code(1).complains(&["d/f.fore: cannot create it: Permission denied"]);
    s.fore_unprivileged("-f d/f").expect_code(1).complains(&["Permission denied"]);
    assert_eq!(fs::read_dir(s.path("d")).unwrap().count(), 1);
    assert_eq!(s.read("d/f"), text(100));
    fs::set_permissions(s.path("d"), Permissions::from_mode(0o755)).unwrap();
}

#[test]
fn an_input_that_cannot_be_removed_is_an_error_after_its_output_is_made() {
    let s = Sandbox::new();
    fs::create_dir(s.path("d")).unwrap();
    s.write("d/f", &text(100));
    fs::set_permissions(s.path("d"), Permissions::from_mode(0o555)).unwrap();
    s.fore_unprivileged("--rm d/f -o out").expect_code(1).complains(&["d/f: cannot remove it: Permission denied"]);
    assert_eq!((s.run("-dc out", 0).stdout, s.read("d/f")), (text(100), text(100)));
    fs::set_permissions(s.path("d"), Permissions::from_mode(0o755)).unwrap();
}

#[test]
fn an_input_that_cannot_be_read_is_an_error() {
    let s = Sandbox::with_f();
    fs::set_permissions(s.path("f"), Permissions::from_mode(0o000)).unwrap();
    s.fore_unprivileged("-k f").expect_code(1).complains(&["f: Permission denied"]);
    assert_eq!(s.names(), "f");
}
