//! Directories that change during a run, file systems that can do less than others, many directories and few
//! descriptors.

use std::{
    ffi::OsStr,
    fs::{self, File},
    os::unix::fs::symlink,
    path::PathBuf,
    process::{Child, Command, Stdio},
};

use crate::sandbox::{Expect, FORE, Printed, Sandbox, text, wait_until};
use foretell_testkit::noise;

/// Long enough to work on that a test can do something meanwhile.
const LONG: usize = 60_000;

/// A tree with a long file `a` and a short one, and another user's directory with a file of the same name.
fn two_directories() -> Sandbox {
    let s = Sandbox::new();
    for folder in ["tree/dir", "victim"] {
        fs::create_dir_all(s.path(folder)).unwrap();
        s.write(&format!("{folder}/shadow"), format!("of {folder}").as_bytes());
    }
    s.write("tree/dir/a", &noise(1, LONG));
    s
}

fn start(s: &Sandbox, args: &str) -> Child {
    s.fore(args).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap()
}

#[track_caller]
fn finish(child: Child, code: i32) -> Printed {
    let output = child.wait_with_output().unwrap();
    let printed = Printed { stdout: output.stdout, stderr: String::from_utf8(output.stderr).unwrap() };
    assert_eq!(output.status.code(), Some(code), "{printed:?}");
    printed
}

/// Waits for the temporary file that shows that a file in `folder` is being worked on.
#[track_caller]
fn wait_for_work(s: &Sandbox, folder: &str) {
    wait_until(|| names(s, folder).iter().any(|name| name.starts_with(".fore-")).then_some(()));
}

fn names(s: &Sandbox, folder: &str) -> Vec<String> {
    let entries = fs::read_dir(s.path(folder)).unwrap();
    let mut names: Vec<_> = entries.map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
    names.sort();
    names
}

/// Puts a link to the victim's directory in the place of `path`, which is moved away.
fn swap(s: &Sandbox, path: &str) {
    fs::rename(s.path(path), s.path("moved")).unwrap();
    symlink(s.path("victim"), s.path(path)).unwrap();
}

#[track_caller]
fn victim_is_untouched(s: &Sandbox) {
    assert_eq!((names(s, "victim"), s.read("victim/shadow")), (vec!["shadow".to_owned()], b"of victim".to_vec()));
}

#[test]
fn a_directory_replaced_by_a_link_while_it_is_worked_in_leads_nowhere_else() {
    for args in ["-6r tree", "-6 tree/dir/a tree/dir/shadow"] {
        let s = two_directories();
        let child = start(&s, args);
        wait_for_work(&s, "tree/dir");
        swap(&s, "tree/dir");
        finish(child, 0).is_silent();
        victim_is_untouched(&s);
        assert_eq!(names(&s, "moved"), ["a.fore", "shadow.fore"], "{args}");
    }
}

#[test]
fn a_directory_replaced_by_a_link_before_its_turn_is_not_entered() {
    let s = two_directories();
    fs::create_dir(s.path("tree/dir/sub")).unwrap();
    s.write("tree/dir/sub/shadow", b"of sub");
    // With one thread: several would have opened it already.
    let child = start(&s, "-6r -T1 tree/dir");
    wait_for_work(&s, "tree/dir");
    swap(&s, "tree/dir/sub");
    finish(child, 1).complains(&["tree/dir/sub: Not a directory"]);
    victim_is_untouched(&s);
    assert_eq!(names(&s, "moved"), ["shadow"]);
    assert_eq!(names(&s, "tree/dir"), ["a.fore", "shadow.fore", "sub"]);
}

#[test]
fn few_descriptors_suffice_for_many_files_and_for_deep_trees() {
    let s = Sandbox::with_f();
    let deep: PathBuf = ["d"; 40].iter().collect();
    fs::create_dir_all(s.path("t").join(&deep)).unwrap();
    s.write("t/g", &text(100));
    fs::write(s.path("t").join(&deep).join("f"), text(100)).unwrap();
    for (limit, args) in
        [(7, "-1k f"), (7, "-t f.fore"), (8, "-1k t/g"), (8, "-1kf f -o t/h"), (16, "-1rf t"), (16, "-dr t")]
    {
        let script = format!("ulimit -n {limit}; exec '{FORE}' {args}");
        s.command("/bin/sh").args(["-c", &script]).expect_code(0).is_silent();
    }
    assert_eq!(fs::read(s.path("t").join(&deep).join("f")).unwrap(), text(100));
}

/// A library that makes calls fail as `errors` says, each with the error's name.
fn library(s: &Sandbox, errors: &[(&str, &str)]) -> PathBuf {
    let parameters = |call: &str| match call {
        "renameat2" => "int a, const char *b, int c, const char *d, unsigned e",
        "renameat" => "int a, const char *b, int c, const char *d",
        "linkat" => "int a, const char *b, int c, const char *d, int e",
        _ => panic!("{call}"),
    };
    let function =
        |(call, error): &(&str, &str)| format!("int {call}({}) {{ errno = {error}; return -1; }}\n", parameters(call));
    let functions: String = errors.iter().map(function).collect();
    let (source, library) = (s.path("..odd.c"), s.path("..odd.so"));
    fs::write(&source, format!("#include <errno.h>\n{functions}")).unwrap();
    // The compiler that Rust links with.
    let built = Command::new("cc").args(["-shared", "-fPIC", "-o"]).arg(&library).arg(&source).status();
    assert!(built.unwrap().success());
    fs::remove_file(source).unwrap();
    library
}

#[test]
fn files_get_their_names_where_neither_exclusive_renaming_nor_links_are_known() {
    let s = Sandbox::new();
    for (rename, link) in [
        ("EINVAL", "EPERM"),
        ("ENOSYS", "EOPNOTSUPP"),
        ("EPERM", "EMLINK"),
        ("EOPNOTSUPP", "ENOSYS"),
        ("EINVAL", "EACCES"),
    ] {
        let library = library(&s, &[("renameat2", rename), ("linkat", link)]);
        s.write("f", &text(3000));
        for args in ["-1 f", "-d f.fore"] {
            s.fore(args).env("LD_PRELOAD", &library).expect_code(0).is_silent();
        }
        fs::remove_file(library).unwrap();
        assert_eq!((s.names().as_str(), s.read("f")), ("f", text(3000)), "{rename} {link}");
    }
}

#[test]
fn a_file_that_comes_into_being_meanwhile_is_not_overwritten_there_either() {
    for errors in [&[][..], &[("renameat2", "EINVAL")], &[("renameat2", "EINVAL"), ("linkat", "EPERM")]] {
        let s = Sandbox::new();
        let library = library(&s, errors);
        let mut command = s.fore("-o out");
        command.env("LD_PRELOAD", &library).stdin(Stdio::piped()).stderr(Stdio::piped());
        let mut child = command.spawn().unwrap();
        wait_until(|| names(&s, "").iter().any(|name| name.starts_with(".fore-")).then_some(()));
        s.write("out", b"another's");
        drop(child.stdin.take());
        finish(child, 1).complains(&["out: appeared in the meantime"]);
        fs::remove_file(library).unwrap();
        assert_eq!((s.names().as_str(), s.read("out")), ("out", b"another's".to_vec()));
    }
}

#[test]
fn a_name_that_was_taken_in_vain_is_given_up_again() {
    let s = Sandbox::with_f();
    let library = library(&s, &[("renameat2", "EINVAL"), ("linkat", "EPERM"), ("renameat", "EIO")]);
    s.fore("-1 f").env("LD_PRELOAD", &library).expect_code(1).complains(&["f.fore: Input/output error"]);
    fs::remove_file(library).unwrap();
    assert_eq!((s.names().as_str(), s.read("f")), ("f", text(3000)));
}

#[test]
fn unfinished_outputs_of_others_are_passed_over_and_those_left_are_told() {
    let s = Sandbox::new();
    fs::create_dir_all(s.path("d/.fore-folder")).unwrap();
    for name in ["d/f", "d/.fore-Ab3dEf", "d/.fore-longer0", "d/.fore-folder/g", "d/.fore-used00"] {
        s.write(name, &text(100));
    }
    let used = File::open(s.path("d/.fore-used00")).unwrap();
    used.lock().unwrap();
    s.run("-1r d", 0).says(&["d/.fore-Ab3dEf: skipped: its name is that of an unfinished output"]);
    assert_eq!(names(&s, "d"), [".fore-Ab3dEf", ".fore-folder", ".fore-longer0.fore", ".fore-used00", "f.fore"]);
    assert_eq!(names(&s, "d/.fore-folder"), ["g.fore"]);
    drop(used);
    // A file that is named is worked on.
    s.run("-1 d/.fore-used00", 0).is_silent();
}

#[test]
fn two_runs_in_one_tree_leave_nothing_wrong() {
    for round in 0..5 {
        let s = Sandbox::new();
        fs::create_dir(s.path("d")).unwrap();
        let content = |n: usize| text(200 + n);
        for n in 0..12 {
            s.write(&format!("d/f{n}"), &content(n));
        }
        let children: Vec<Child> = (0..2).map(|_| start(&s, "-1r d")).collect();
        for child in children {
            // The slower one finds that files are gone or made: that is for it to say.
            let code = child.wait_with_output().unwrap().status.code();
            assert!(matches!(code, Some(0..=2)), "{code:?}");
        }
        let expected: Vec<String> = (0..12).map(|n| format!("f{n}.fore")).collect();
        assert!(names(&s, "d").iter().all(|name| expected.contains(name)), "round {round}: {:?}", names(&s, "d"));
        s.run("-dr d", 0).is_silent();
        for n in 0..12 {
            assert_eq!(s.read(&format!("d/f{n}")), content(n), "round {round}");
        }
    }
}

#[test]
fn names_that_would_turn_a_line_around_are_spelled_out() {
    let s = Sandbox::new();
    let name = "a\u{202e}exe\u{2066}.b\u{200f}";
    s.write(name, &text(100));
    let printed = s.fore("-1v").arg(OsStr::new(name)).expect_code(0);
    assert!(printed.stderr.contains("a\\u{202e}exe\\u{2066}.b\\u{200f}"), "{printed:?}");
    assert!(!printed.stderr.contains('\u{202e}'));
    let listed = String::from_utf8(s.fore("-l").arg(format!("{name}.fore")).expect_code(0).stdout).unwrap();
    assert!(listed.contains("a\\u{202e}exe") && !listed.contains('\u{202e}'), "{listed}");
}
