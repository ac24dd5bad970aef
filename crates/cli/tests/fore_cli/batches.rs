//! Many small files, whose outputs take their places together.

use std::{fs, process::Stdio};

use nix::{
    sys::signal::{Signal, kill},
    unistd::Pid,
};

use crate::sandbox::{Expect, FORE, Sandbox, text, wait};

/// With the files `names`, of some text each.
fn with(names: &[&str]) -> Sandbox {
    let s = Sandbox::new();
    for name in names {
        s.write(name, &[name.as_bytes(), &text(500)].concat());
    }
    s
}

#[test]
fn many_files_come_back_and_each_is_told_of_in_its_order() {
    let names: Vec<String> = (10..60).map(|i| format!("f{i}")).collect();
    let s = with(&names.iter().map(String::as_str).collect::<Vec<_>>());
    let told = s.run(&format!("-1v {}", names.join(" ")), 0).stderr;
    let coded: Vec<String> = names.iter().map(|name| format!("{name}.fore")).collect();
    assert_eq!(s.names(), coded.join(" "));
    assert_eq!(told.lines().count(), names.len(), "{told}");
    for ((line, name), coded) in told.lines().zip(&names).zip(&coded) {
        assert!(
            line.starts_with(&format!("{name}: ")) && line.ends_with(&format!("-- replaced with {coded}")),
            "{line}"
        );
    }
    s.run("-dr .", 0).is_silent();
    assert_eq!(s.names(), names.join(" "));
    for name in names {
        assert_eq!(s.read(&name), [name.as_bytes(), &text(500)].concat());
    }
}

#[test]
fn operands_that_lie_in_each_other_are_done_once() {
    let s = Sandbox::new();
    fs::create_dir_all(s.path("d/e")).unwrap();
    for name in ["d/a", "d/b", "d/e/c"] {
        s.write(name, &text(500));
    }
    s.run("-1r d d/e d", 0).is_silent();
    s.run("-dr d/e d d", 0).is_silent();
    assert_eq!(s.read("d/e/c"), text(500));
}

#[test]
fn an_output_is_not_lost_to_the_next_one_of_its_name() {
    let s = Sandbox::new();
    s.write("x.tar", b"first");
    s.run("-1 x.tar", 0);
    fs::rename(s.path("x.tar.fore"), s.path("x.tfore")).unwrap();
    s.write("x.tar", b"second");
    s.run("-1 x.tar", 0);
    s.run("-df x.tfore x.tar.fore", 1).complains(&["fore: x.tar: was made of another input just now"]);
    assert_eq!((s.read("x.tar"), s.names()), (b"first".to_vec(), "x.tar x.tar.fore".into()));
    s.run("-df x.tar.fore", 0).is_silent();
    assert_eq!(s.read("x.tar"), b"second");
}

#[test]
fn files_that_have_to_do_with_each_other_are_dealt_with_in_their_order() {
    let s = with(&["a", "b"]);
    s.run("-1 a b a", 1).complains(&["a: No such file or directory"]);
    // The file there is the output of the input before.
    s.run("-d a.fore a b.fore", 2).complains(&["a: unknown suffix"]);
    assert_eq!(s.names(), "a b");
    fs::hard_link(s.path("a"), s.path("c")).unwrap();
    s.run("-1f a c b", 0).is_silent();
    assert_eq!(s.names(), "a.fore b.fore c.fore");
    // The output of one input has the name of another input.
    s.run("-1k b.fore -o x", 0);
    fs::rename(s.path("x"), s.path("a.fore.fore")).unwrap();
    s.run("-df a.fore a.fore.fore", 0).is_silent();
    assert_eq!(s.names(), "a a.fore b.fore c.fore");
    fs::remove_file(s.path("a")).unwrap();
    // Two that become one.
    s.run("-d c.fore", 0);
    fs::rename(s.path("a.fore"), s.path("c.fore")).unwrap();
    fs::rename(s.path("c"), s.path("c.x")).unwrap();
    s.run("-1k c.x -o c.x.fore", 0);
    fs::rename(s.path("c.x.fore"), s.path("c.for")).unwrap();
    s.run("-dS .for c.fore c.for", 2).complains(&["c: already exists, not overwritten"]);
    assert_eq!(s.names(), "b.fore c c.for c.x");
}

#[test]
fn a_file_that_fails_does_not_concern_the_others() {
    let s = with(&["a", "b", "c"]);
    fs::create_dir(s.path("b.fore")).unwrap();
    s.run("-1 a b c missing", 1);
    assert_eq!(s.names(), "a.fore b b.fore c.fore");
}

#[test]
fn seven_descriptors_are_enough() {
    let names: Vec<String> = (10..40).map(|i| format!("f{i}")).collect();
    let s = with(&names.iter().map(String::as_str).collect::<Vec<_>>());
    for args in ["-1", "-d"] {
        let script = format!("ulimit -n 7; exec '{FORE}' {args} *");
        s.command("/bin/sh").args(["-c", &script]).expect_code(0).is_silent();
    }
    assert_eq!(s.names(), names.join(" "));
}

#[test]
fn a_signal_removes_all_that_has_not_taken_its_place() {
    let mut most = 0;
    for _ in 0..20 {
        let s = with(&["a", "b"]);
        // Short enough for the others to wait for it.
        s.write("c", &text(1_000_000));
        // The process that runs the tests may ignore signals; then `fore` would as well.
        let mut command = s.command("env");
        let mut child =
            command.args(["--default-signal", FORE, "-1", "a", "b", "c"]).stderr(Stdio::null()).spawn().unwrap();
        let temporary = || s.names().matches(".fore-").count();
        let mut waiting = 0;
        while waiting < 3 && child.try_wait().unwrap().is_none() {
            waiting = temporary();
        }
        if child.try_wait().unwrap().is_none() {
            kill(Pid::from_raw(child.id() as i32), Signal::SIGTERM).unwrap();
        }
        wait(&mut child);
        assert_eq!(temporary(), 0, "{}", s.names());
        for name in ["a", "b", "c"] {
            assert!(s.path(name).exists() || s.path(&format!("{name}.fore")).exists(), "{}", s.names());
        }
        most = most.max(waiting);
        if most == 3 {
            return;
        }
    }
    assert!(most > 1, "no two files ever waited for each other");
}
