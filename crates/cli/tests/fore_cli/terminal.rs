//! A person at the keyboard: the differences that a terminal makes.

use std::{fs::File, io::Write, os::fd::OwnedFd, process::Stdio, thread::sleep, time::Duration};

use foretell_testkit::skip_without;
use nix::pty::openpty;

use crate::sandbox::{Expect, Sandbox, drain, text};

/// Both sides of a new terminal, or `None` on a machine without any.
fn terminal() -> Option<(OwnedFd, Stdio)> {
    match openpty(None, None) {
        Ok(pty) => Some((pty.master, pty.slave.into())),
        Err(error) => {
            skip_without("terminals", &format!("no terminal can be opened: {error}"));
            None
        }
    }
}

#[test]
fn compressed_data_never_go_to_a_terminal_unless_forced() {
    // contract T34
    let s = Sandbox::with_f();
    for (args, stdin) in [("-c f", "/dev/null"), ("", "f")] {
        let Some((master, slave)) = terminal() else { return };
        let stdin = File::open(s.path(stdin)).unwrap();
        s.fore(args).stdin(stdin).stdout(slave).expect_code(1).complains(&["not written to a terminal"]);
        assert_eq!(drain(master), "");
    }
    let Some((master, slave)) = terminal() else { return };
    s.fore("-cf f").stdout(slave).expect_code(0);
    assert!(!drain(master).is_empty());
    assert_eq!(s.names(), "f");
}

#[test]
fn compressed_data_are_never_read_from_a_terminal_unless_forced() {
    // contract T34
    let s = Sandbox::new();
    for args in ["-d", "-dc", "-t", "-l"] {
        let Some((_master, slave)) = terminal() else { return };
        s.fore(args).stdin(slave).expect_code(1).complains(&["stdin: ", "not read from a terminal"]);
    }
    let Some((master, slave)) = terminal() else { return };
    let mut keyboard = File::from(master);
    keyboard.write_all(b"typed\n").unwrap();
    s.fore("-tf").stdin(slave).expect_code(1).complains(&["stdin: not in foretell format"]);
}

#[test]
fn content_may_go_to_a_terminal() {
    let s = Sandbox::new();
    s.write("f", b"content");
    s.run("f", 0);
    let Some((master, slave)) = terminal() else { return };
    s.fore("-dc f.fore").stdout(slave).expect_code(0);
    assert_eq!(drain(master), "content");
}

#[test]
fn a_person_is_asked_before_a_file_is_overwritten() {
    // contract T17, T18
    for (answer, code) in [("y\n", 0), ("n\n", 2), ("\n", 2)] {
        let s = Sandbox::with_f();
        s.write("f.fore", b"old");
        let Some((master, slave)) = terminal() else { return };
        let mut keyboard = File::from(master);
        keyboard.write_all(answer.as_bytes()).unwrap();
        let printed = s.fore("f").stdin(slave).expect_code(code);
        assert!(printed.stderr.contains("f.fore already exists; overwrite it (y or n)? "), "{printed:?}");
        assert_eq!(s.names(), if code == 0 { "f.fore" } else { "f f.fore" });
        assert_eq!(s.read("f.fore") == b"old", code == 2);
    }
}

/// Runs for a little more than the second after which progress shows; returns the standard error, if that is a pipe.
fn slow_run(s: &Sandbox, args: &str, stderr: Stdio) -> String {
    let mut child = s.fore(args).stdin(Stdio::piped()).stdout(Stdio::null()).stderr(stderr).spawn().unwrap();
    let mut stdin = child.stdin.take().unwrap();
    stdin.write_all(&text(100)).unwrap();
    sleep(Duration::from_millis(1500));
    drop(stdin);
    let output = child.wait_with_output().unwrap();
    assert!(output.status.success());
    String::from_utf8_lossy(&output.stderr).into_owned()
}

#[test]
fn progress_shows_on_a_terminal_after_a_second() {
    // contract T35
    for (args, shows) in [("-c", true), ("-cq", false), ("-c --no-progress", false)] {
        let Some((master, slave)) = terminal() else { return };
        slow_run(&Sandbox::new(), args, slave);
        assert_eq!(drain(master).contains("bits/byte"), shows, "{args}");
    }
}

#[test]
fn progress_shows_elsewhere_only_when_forced() {
    // contract T35
    let s = Sandbox::new();
    assert_eq!(slow_run(&s, "-c", Stdio::piped()), "");
    let printed = s.pipe("-c --progress", &text(100), 0);
    printed.says(&["stdin: 100 %, 100 B, ", "bits/byte"]);
    s.write("a", &text(100));
    s.write("b", &text(300));
    let both = s.run("--progress a b", 0).stderr;
    let [a, b] = both.lines().collect::<Vec<_>>().try_into().unwrap();
    assert!(a.starts_with("a: 100 %, 100 B, ") && a.contains("; 1 of 2 files, 25 %"), "{a}");
    assert!(b.starts_with("b: 100 %, 300 B, ") && b.ends_with("; 2 of 2 files, 100 %"), "{b}");
}

#[test]
fn a_short_run_shows_nothing_on_a_terminal() {
    let s = Sandbox::with_f();
    let Some((master, slave)) = terminal() else { return };
    s.fore("f").stderr(slave).expect_code(0);
    assert_eq!(drain(master), "");
}

#[test]
fn an_empty_file_is_all_done() {
    let s = Sandbox::new();
    s.write("empty", b"");
    s.run("-1 empty", 0);
    s.run("-d --progress empty.fore", 0).says(&["empty.fore: 100 %, "]);
}
