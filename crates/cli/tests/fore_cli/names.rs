//! How names change, and what the name of the command means.

use std::os::unix::fs::symlink;

use crate::sandbox::{Expect, FORE, Sandbox, text};

#[test]
fn a_suffix_of_ones_own() {
    // contract T21
    for suffix in [".foo", "z", "T"] {
        let s = Sandbox::with_f();
        s.run(&format!("-S {suffix} f"), 0).is_silent();
        assert_eq!(s.names(), format!("f{suffix}"));
        s.run(&format!("-d -S {suffix} f{suffix}"), 0).is_silent();
        assert_eq!(s.names(), "f");
    }
}

#[test]
fn an_unknown_suffix_is_skipped_but_can_be_read() {
    // contract T22
    let s = Sandbox::with_f();
    s.run("f -o odd.bin", 0);
    s.run("-d odd.bin", 2).complains(&["odd.bin: unknown suffix, skipped"]);
    assert_eq!(s.names(), "f odd.bin");
    assert_eq!(s.run("-dc odd.bin", 0).stdout, text(3000));
    s.run("-d odd.bin -o g", 0).is_silent();
    assert_eq!(s.read("g"), text(3000));
}

#[test]
fn a_compressed_file_is_not_compressed_again() {
    // contract T23
    let s = Sandbox::with_f();
    s.run("f", 0);
    s.run("f.fore", 0).complains(&["f.fore: already has suffix .fore, unchanged"]);
    s.run("-q f.fore", 0).is_silent();
    s.run("-r .", 0).is_silent();
    assert_eq!(s.names(), "f.fore");
}

#[test]
fn tar_files_have_a_short_suffix() {
    // contract T45
    let s = Sandbox::new();
    s.write("x.tar", b"archive");
    s.run("x.tar", 0);
    assert_eq!(s.names(), "x.tar.fore");
    std::fs::rename(s.path("x.tar.fore"), s.path("x.tfore")).unwrap();
    s.run("x.tfore", 0).complains(&["already has suffix .tfore"]);
    s.run("-d x.tfore", 0);
    assert_eq!(s.names(), "x.tar");
}

#[test]
fn called_as_unfore_it_decompresses() {
    // contract T40
    let s = Sandbox::with_f();
    s.run("f", 0);
    let bin = Sandbox::new();
    symlink(FORE, bin.path("unfore")).unwrap();
    s.command(bin.path("unfore")).arg("f.fore").expect_code(0).is_silent();
    assert_eq!(s.names(), "f");
    s.command(bin.path("unfore")).args(["-z", "f"]).expect_code(0).is_silent();
    assert_eq!(s.names(), "f.fore");
}

#[test]
fn called_as_forecat_it_shows_compressed_and_plain_files() {
    // contract T40
    let s = Sandbox::with_f();
    s.run("f", 0);
    s.write("plain", b"plain\n");
    let bin = Sandbox::new();
    symlink(FORE, bin.path("forecat")).unwrap();
    let shown = s.command(bin.path("forecat")).args(["plain", "f.fore", "plain"]).expect_code(0).stdout;
    assert_eq!(shown, [b"plain\n".as_slice(), &text(3000), b"plain\n"].concat());
    assert_eq!(s.names(), "f.fore plain");
}

#[test]
fn forced_to_standard_output_plain_data_pass_and_members_are_decoded() {
    // contract T41
    let s = Sandbox::new();
    let yyy = s.pipe("", b"yyy\n", 0).stdout;
    assert_eq!(s.pipe("-cdf", &[b"xxx\n".as_slice(), &yyy].concat(), 0).stdout, b"xxx\nyyy\n");
    assert_eq!(s.pipe("-df", &[yyy.as_slice(), b"xxx\n", &yyy].concat(), 0).stdout, b"yyy\nxxx\nyyy\n");
    for len in (0..=64).chain(32831..=32833).chain(131071..=131073) {
        let plain = text(len);
        assert_eq!(s.pipe("-cdf", &plain, 0).stdout, plain, "{len} bytes");
    }
    s.pipe("-cdf", &yyy[..yyy.len() - 1], 1).complains(&["unexpected end"]);
    s.pipe("-cd", b"xxx\n", 1).complains(&["not in foretell format"]);
}

#[test]
fn names_that_look_like_options_or_are_not_utf8() {
    // contract T39
    use std::os::unix::ffi::OsStrExt;
    let s = Sandbox::new();
    s.write("-x", b"dash");
    s.write("-d", b"dash");
    s.run("-- -x", 0).is_silent();
    s.run("./-d", 0).is_silent();
    assert_eq!(s.names(), "-d.fore -x.fore");
    let name = std::ffi::OsStr::from_bytes(b"\xff\xfe");
    std::fs::write(s.path("").join(name), b"x").unwrap();
    s.fore("").arg(name).expect_code(0).is_silent();
    assert!(s.path("").join(std::ffi::OsStr::from_bytes(b"\xff\xfe.fore")).exists());
}

#[test]
fn an_empty_suffix_is_refused() {
    // contract T19
    let s = Sandbox::with_f();
    s.fore("f").args(["-S", ""]).expect_code(1).complains(&["suffix"]);
    s.fore("f").args(["-S", "/x"]).expect_code(1).complains(&["suffix"]);
    assert_eq!(s.read("f"), text(3000));
}
