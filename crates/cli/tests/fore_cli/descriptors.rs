//! Standard input, output and error that other programs closed, made non-blocking, or do not read: the output is
//! complete or the exit code shows it, and nothing is harmed.

use std::{
    fs::{self, File},
    io::{Read, Write, pipe},
    os::{fd::AsFd, unix::process::ExitStatusExt},
    process::{Command, Output, Stdio},
    thread::{sleep, spawn},
    time::Duration,
};

use foretell_testkit::noise;
use nix::{
    fcntl::{FcntlArg, OFlag, fcntl},
    sys::signal::Signal,
};

use crate::sandbox::{Expect, FORE, Sandbox, text};

/// With `f`, and `g.fore` which holds the same.
fn sandbox() -> Sandbox {
    let s = Sandbox::with_f();
    s.run("-1k f", 0);
    fs::rename(s.path("f.fore"), s.path("g.fore")).unwrap();
    s
}

/// `fore` with `args`, as a shell starts it after `before` and with these redirections.
fn shell(s: &Sandbox, before: &str, args: &str) -> Command {
    let mut shell = s.command("/bin/sh");
    shell.args(["-c", &format!("{before} exec '{FORE}' {args}")]);
    shell
}

/// Commands that write to standard output.
const PRINTING: [&str; 9] = [
    "-1c f",
    "-1 <f",
    "-dc g.fore",
    "-d <g.fore",
    "-dc --range 5:3 g.fore",
    "-dc --recover g.fore",
    "-l g.fore",
    "--help",
    "--version",
];

#[test]
fn a_closed_standard_output_is_an_error_of_whatever_writes_there() {
    let s = sandbox();
    for args in PRINTING {
        shell(&s, "", &format!("{args} >&-")).expect_code(1).complains(&["stdout: Bad file descriptor"]);
    }
    for args in ["-1k f -o /dev/stdout", "-1kf f -o /dev/fd/1"] {
        shell(&s, "", &format!("{args} >&-")).expect_code(1).complains(&["is a directory, no place for a file"]);
    }
    assert_eq!((s.names().as_str(), s.read("f")), ("f g.fore", text(3000)));
    // A command that writes elsewhere needs no standard output.
    for args in ["-t g.fore", "-1 f", "-d f.fore"] {
        shell(&s, "", &format!("{args} >&-")).expect_code(0).is_silent();
    }
    assert_eq!(s.read("f"), text(3000));
}

#[test]
fn a_closed_standard_input_is_an_error_of_whatever_reads_there() {
    let s = sandbox();
    for args in ["-1", "-d", "-1c -", "-dc - g.fore", "-t", "-l", "-1 -o out"] {
        let printed = shell(&s, "", &format!("{args} <&-")).expect_code(1);
        printed.complains(&["stdin: Bad file descriptor"]);
        assert_eq!(printed.stdout, if args.contains('g') { text(3000) } else { vec![] }, "{args}");
    }
    shell(&s, "", "-1kc /dev/stdin <&-").expect_code(2).complains(&["/dev/stdin"]);
    assert_eq!(s.names(), "f g.fore");
    shell(&s, "", "-1 f <&-").expect_code(0).is_silent();
}

#[test]
fn with_standard_error_closed_messages_vanish_and_go_into_no_file() {
    let s = sandbox();
    for (args, code) in [("-1kv f", 0), ("-1k missing f", 1), ("-tv g.fore", 0), ("-dkv g.fore -o h", 0)] {
        let _ = fs::remove_file(s.path("f.fore"));
        for closed in ["2>&-", "<&- >&- 2>&-"] {
            let _ = fs::remove_file(s.path("h"));
            shell(&s, "", &format!("-f {args} {closed}")).expect_code(code).is_silent();
        }
    }
    assert_eq!((s.read("f"), s.read("h")), (text(3000), text(3000)));
    assert_eq!(s.run("-dc g.fore", 0).stdout, text(3000));
}

#[test]
fn a_null_device_opened_both_ways_is_not_a_closed_descriptor() {
    let s = sandbox();
    for args in PRINTING {
        shell(&s, "", &format!("{args} 1<>/dev/null")).expect_code(0).is_silent();
    }
    shell(&s, "", "-1 -o empty 0<>/dev/null").expect_code(0).is_silent();
    assert_eq!(s.run("-dc empty.fore", 1).stdout, b"");
    assert_eq!(s.run("-dc empty", 0).stdout, b"");
}

#[test]
fn a_full_device_is_an_error_of_whatever_writes_there() {
    let s = sandbox();
    for args in PRINTING {
        shell(&s, "", &format!("{args} >/dev/full")).expect_code(1).complains(&["stdout: No space left on device"]);
    }
}

fn make_non_blocking(end: impl AsFd) {
    let flags = OFlag::from_bits_retain(fcntl(&end, FcntlArg::F_GETFL).unwrap());
    fcntl(&end, FcntlArg::F_SETFL(flags | OFlag::O_NONBLOCK)).unwrap();
}

#[test]
fn a_non_blocking_standard_input_is_waited_for() {
    let s = sandbox();
    for (args, content, expected) in [("-1", text(3000), None), ("-d", s.read("g.fore"), Some(text(3000)))] {
        let (input, mut feed) = pipe().unwrap();
        make_non_blocking(&input);
        let child = s.fore(args).stdin(input).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
        for part in content.chunks(content.len().div_ceil(3)) {
            sleep(Duration::from_millis(30));
            feed.write_all(part).unwrap();
        }
        drop(feed);
        let output = child.wait_with_output().unwrap();
        assert_eq!((output.status.code(), String::from_utf8(output.stderr).unwrap()), (Some(0), String::new()));
        let decoded = expected.is_none().then(|| s.pipe("-d", &output.stdout, 0).stdout);
        assert!(decoded.unwrap_or(output.stdout) == text(3000), "{args}");
    }
}

#[test]
fn a_non_blocking_standard_output_is_waited_for() {
    let s = sandbox();
    // More than a pipe holds.
    s.write("noise", &noise(7, 300_000));
    s.run("-k --method store noise", 0);
    for args in ["-c --method store noise", "-dc noise.fore"] {
        let (mut reader, output) = pipe().unwrap();
        make_non_blocking(&output);
        let child = s.fore(args).stdout(output).stderr(Stdio::piped()).spawn().unwrap();
        sleep(Duration::from_millis(100));
        let reading = spawn(move || {
            let mut all = Vec::new();
            reader.read_to_end(&mut all).unwrap();
            all
        });
        let output = child.wait_with_output().unwrap();
        assert_eq!(
            (output.status.code(), String::from_utf8(output.stderr).unwrap()),
            (Some(0), String::new()),
            "{args}"
        );
        let expected = if args.starts_with("-d") { "noise" } else { "noise.fore" };
        assert!(reading.join().unwrap() == s.read(expected), "{args}");
    }
}

/// Runs it with a standard output whose reader is gone.
fn unread(mut command: Command) -> Output {
    let (reader, writer) = pipe().unwrap();
    drop(reader);
    command.stdout(writer).stderr(Stdio::piped()).spawn().unwrap().wait_with_output().unwrap()
}

#[test]
fn a_reader_who_is_gone_ends_it_quietly_unless_the_parent_ignores_that() {
    let s = sandbox();
    for args in PRINTING {
        let output = unread(shell(&s, "", args));
        assert_eq!((output.status.signal(), output.stderr), (Some(Signal::SIGPIPE as i32), vec![]), "{args}");
        let output = unread(shell(&s, "trap '' PIPE;", args));
        let said = String::from_utf8(output.stderr).unwrap();
        assert_eq!((output.status.code(), said.as_str()), (Some(1), "fore: stdout: Broken pipe\n"), "{args}");
    }
    assert_eq!(s.names(), "f g.fore");
}

#[test]
fn variables_set_to_nothing_are_not_set() {
    let s = sandbox();
    let mut command = s.fore("-c f");
    for variable in ["FORE_LEVEL", "FORE_THREADS", "FORETELL_MODELS"] {
        command.env(variable, "");
    }
    let printed = command.stdin(File::open("/dev/null").unwrap()).expect_code(0);
    assert_eq!((printed.stdout, printed.stderr.as_str()), (s.run("-c f", 0).stdout, ""));
}
