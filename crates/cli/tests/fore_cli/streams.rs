//! Full disks, closed pipes, and signals.

use std::{
    io::{Read, Write},
    os::unix::process::ExitStatusExt,
    process::{Child, Stdio},
};

use foretell::{EncodeOptions, Encoder, Method};
use foretell_testkit::noise;
use nix::{
    sys::signal::{Signal, kill},
    unistd::Pid,
};

use crate::sandbox::{Expect, FORE, Sandbox, full_device, wait, wait_until};

#[test]
fn a_full_disk_is_an_error_even_for_tiny_output() {
    // contract T31
    let s = Sandbox::with_f();
    s.write("tiny", b"x");
    s.run("-k f tiny", 0);
    for args in ["-c f", "-c tiny", "-dc f.fore", "-dc tiny.fore", "-l tiny.fore", "", "-cdf tiny"] {
        let Some(full) = full_device() else { return };
        s.fore(args).stdout(full).expect_code(1).complains(&["stdout: No space left on device"]);
    }
}

#[test]
fn messages_that_cannot_be_printed_harm_nothing() {
    let s = Sandbox::with_f();
    let Some(full) = full_device() else { return };
    s.fore("-v f missing").stderr(full).expect_code(1);
    assert_eq!(s.names(), "f.fore");
}

#[test]
fn a_reader_who_goes_away_ends_it_quietly_by_sigpipe() {
    // contract T33
    let s = Sandbox::new();
    s.write("big", &noise(1, 3 << 20));
    s.run("-k --method store big", 0);
    for args in ["-dc big.fore", "-c --method store big"] {
        let mut child = s.fore(args).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
        let mut stdout = child.stdout.take().unwrap();
        stdout.read_exact(&mut [0]).unwrap();
        drop(stdout);
        let output = child.wait_with_output().unwrap();
        assert_eq!(output.status.signal(), Some(Signal::SIGPIPE as i32));
        assert!(output.stderr.is_empty(), "{}", String::from_utf8_lossy(&output.stderr));
    }
}

#[test]
fn what_came_down_a_pipe_is_given_out_before_more_is_waited_for() {
    let s = Sandbox::new();
    let content = noise(3, 200_000);
    let mut encoder = Encoder::new(Vec::new(), &EncodeOptions::new().method(Method::Store).block_len(1 << 16).unwrap());
    encoder.write_all(&content[..2 << 16]).unwrap();
    let begun = encoder.get_ref().clone();
    encoder.write_all(&content[2 << 16..]).unwrap();
    let coded = encoder.finish().unwrap();
    for args in ["-dc", "-dc -T1", "-dc -T3"] {
        let mut child = s.fore(args).stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().unwrap();
        let (mut stdin, mut stdout) = (child.stdin.take().unwrap(), child.stdout.take().unwrap());
        stdin.write_all(&begun).unwrap();
        let mut first = vec![0; 2 << 16];
        // Would wait for ever for a block that waits for the next one.
        stdout.read_exact(&mut first).unwrap();
        stdin.write_all(&coded[begun.len()..]).unwrap();
        drop(stdin);
        stdout.read_to_end(&mut first).unwrap();
        assert!(first == content && wait(&mut child).success(), "{args}");
    }
}

#[test]
fn a_limit_on_file_sizes_is_an_error_and_leaves_no_partial_output() {
    let s = Sandbox::new();
    s.write("f", &noise(2, 100_000));
    let script = format!("ulimit -f 1; '{FORE}' --method store f");
    s.command("/bin/sh").args(["-c", &script]).expect_code(1).complains(&["f.fore: File too large"]);
    assert_eq!(s.names(), "f");
}

fn send(child: &Child, signal: Signal) {
    kill(Pid::from_raw(child.id() as i32), signal).unwrap();
}

fn wait_for_temporary_file(s: &Sandbox) {
    wait_until(|| s.names().contains(".fore-").then_some(()));
}

#[test]
fn signals_leave_no_partial_output_and_the_input() {
    // contract T32
    for signal in [Signal::SIGINT, Signal::SIGTERM, Signal::SIGHUP, Signal::SIGQUIT, Signal::SIGXCPU] {
        let s = Sandbox::new();
        s.zeros("f", 1 << 26);
        // The process that runs the tests may ignore signals, as nohup and a shell's `&` do; then `fore` would as well.
        let mut child = s.command("env").args(["--default-signal", FORE, "-9", "f"]).spawn().unwrap();
        wait_for_temporary_file(&s);
        send(&child, signal);
        assert_eq!(wait(&mut child).signal(), Some(signal as i32));
        assert_eq!(s.names(), "f");
    }
}

#[test]
fn signals_while_it_waits_for_input() {
    // contract T32: the frame is finished, of what came until then.
    let s = Sandbox::new();
    let mut child = s.fore("-o out").stdin(Stdio::piped()).spawn().unwrap();
    wait_for_temporary_file(&s);
    send(&child, Signal::SIGTERM);
    assert_eq!(wait(&mut child).signal(), Some(Signal::SIGTERM as i32));
    assert_eq!(s.names(), "out");
    assert_eq!(s.run("-dc out", 0).stdout, b"");
}

#[test]
fn signals_that_were_ignored_from_the_start_stay_ignored() {
    let s = Sandbox::new();
    let script = format!("trap '' HUP; exec '{FORE}' -o out");
    let mut child = s.command("/bin/sh").args(["-c", &script]).stdin(Stdio::piped()).spawn().unwrap();
    wait_for_temporary_file(&s);
    send(&child, Signal::SIGHUP);
    child.stdin.take().unwrap().write_all(b"as nohup does").unwrap();
    assert!(wait(&mut child).success());
    assert_eq!(s.run("-dc out", 0).stdout, b"as nohup does");
}
