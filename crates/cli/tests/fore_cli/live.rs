//! Streams that are not at their ends: content that flows, pipes that are flushed, files that grow, signals that end a
//! stream.

use std::{
    fs::OpenOptions,
    io::{Read, Write},
    os::unix::process::ExitStatusExt,
    process::{Child, ChildStdin, ChildStdout, Stdio},
};

use foretell_testkit::{Random, noise};
use nix::{
    sys::signal::{Signal, kill},
    unistd::Pid,
};

use crate::sandbox::{FORE, Sandbox, text, wait};

fn send(child: &Child, signal: Signal) {
    kill(Pid::from_raw(child.id() as i32), signal).unwrap();
}

/// `fore` with `args` between two pipes.
fn between_pipes(s: &Sandbox, args: &str) -> (Child, ChildStdin, ChildStdout) {
    // The process that runs the tests may ignore signals, as a shell's `&` does.
    let mut command = s.command("env");
    command.args(["--default-signal", FORE]).args(args.split(' '));
    let mut child = command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    let (stdin, stdout) = (child.stdin.take().unwrap(), child.stdout.take().unwrap());
    (child, stdin, stdout)
}

/// Lines of words in no order: they shrink to a fifth, so that there are several segments.
fn words(len: usize) -> Vec<u8> {
    let words = ["flow", "segment", "network", "of", "the", "reader", "cut", "pipe", "line", "and"];
    let mut random = Random(9);
    let mut text = Vec::new();
    while text.len() < len {
        text.extend_from_slice(words[random.below(words.len())].as_bytes());
        text.push(if random.below(9) == 0 { b'\n' } else { b' ' });
    }
    text.truncate(len);
    text
}

/// What `coded`, which has no end yet, decodes to.
fn readable(s: &Sandbox, coded: &[u8]) -> Vec<u8> {
    s.pipe("-dc", coded, 1).stdout
}

#[test]
fn a_reader_gets_the_first_content_before_the_rest_is_there() {
    let s = Sandbox::new();
    let content = words(600_000);
    let coded = s.pipe("-1", &content, 0).stdout;
    let (mut child, mut stdin, mut stdout) = between_pipes(&s, "-dc");
    // Without its last byte nothing of a block could be checked as a whole.
    stdin.write_all(&coded[..coded.len() - 20]).unwrap();
    let mut first = vec![0; 100];
    stdout.read_exact(&mut first).unwrap();
    assert_eq!(first, content[..100]);
    drop(stdout);
    drop(stdin);
    wait(&mut child);
}

#[test]
fn a_cut_file_gives_all_whole_segments_and_unverified_what_follows() {
    let s = Sandbox::new();
    let content = [words(200_000), noise(5, 30_000), words(300_000)].concat();
    let coded = s.pipe("-1", &content, 0).stdout;
    let cut = coded.len() * 9 / 10;
    s.write("f.fore", &coded[..cut]);
    let whole = s.run("-dc f.fore", 1);
    assert!(!whole.stdout.is_empty() && content.starts_with(&whole.stdout));
    let recovered = s.run("-dc --recover f.fore", 1);
    assert!(recovered.stdout == whole.stdout);
    let lines = recovered.stderr.lines().count();
    assert!(recovered.stderr.contains(&format!("block 1, bytes {} to", whole.stdout.len())), "{}", recovered.stderr);
    let unverified = s.run("-dc --recover --unverified f.fore", 1);
    assert!(unverified.stdout.len() > whole.stdout.len() && content.starts_with(&unverified.stdout));
    let more = unverified.stdout.len() - whole.stdout.len();
    assert!(unverified.stderr.contains(&format!("of which {more} are written unverified")), "{}", unverified.stderr);
    assert_eq!(unverified.stderr.lines().count(), lines);
    s.run("-dc --unverified f.fore", 1).complains(&["--recover"]);
}

#[test]
fn a_damaged_segment_is_written_only_if_that_is_asked_for() {
    let s = Sandbox::new();
    let content = words(500_000);
    let mut coded = s.pipe("-1", &content, 0).stdout;
    let at = coded.len() / 2;
    coded[at] ^= 0x10;
    s.write("f.fore", &coded);
    let good = s.run("-dc f.fore", 1).stdout;
    assert!(!good.is_empty() && content.starts_with(&good));
    let zeros = s.run("-dc --recover f.fore", 1).stdout;
    assert!(zeros.len() == content.len() && zeros.starts_with(&good));
    assert!(zeros[good.len()..].iter().all(|&byte| byte == 0));
    let unverified = s.run("-dc --recover --unverified f.fore", 1).stdout;
    assert!(unverified.len() == content.len() && unverified.starts_with(&good));
    let same = unverified.iter().zip(&content).take_while(|(a, b)| a == b).count();
    assert!(same > good.len(), "up to the flipped bit it is right");
}

#[test]
fn a_flush_timeout_writes_what_came() {
    let s = Sandbox::new();
    let (mut child, mut stdin, mut stdout) = between_pipes(&s, "-1 --flush-timeout 20");
    let mut coded = Vec::new();
    let mut written = Vec::new();
    for line in text(3000).chunks(50).take(4) {
        stdin.write_all(line).unwrap();
        written.extend_from_slice(line);
        // The pipe stays open, so that only the timeout can end the wait.
        while readable(&s, &coded) != written {
            let mut some = [0; 4096];
            let n = stdout.read(&mut some).unwrap();
            coded.extend_from_slice(&some[..n]);
        }
    }
    drop(stdin);
    stdout.read_to_end(&mut coded).unwrap();
    assert!(wait(&mut child).success());
    assert_eq!(s.pipe("-dc", &coded, 0).stdout, written);
    s.run("-d --flush-timeout 20", 1).complains(&["--flush-timeout is for compressing"]);
}

#[test]
fn a_signal_ends_the_stream_and_what_was_read_is_a_whole_frame() {
    for signal in [Signal::SIGTERM, Signal::SIGINT] {
        let s = Sandbox::new();
        let content = text(300_000);
        let (mut child, mut stdin, stdout) = between_pipes(&s, "-1 -o out");
        drop(stdout);
        // More than a pipe holds, so most of it is read when this returns. The other end stays open.
        stdin.write_all(&content).unwrap();
        send(&child, signal);
        assert_eq!(wait(&mut child).signal(), Some(signal as i32));
        let read = s.run("-dc out", 0).stdout;
        assert!(content.starts_with(&read) && read.len() >= content.len() - (1 << 16), "{} bytes", read.len());
    }
}

#[test]
fn a_growing_file_is_followed_to_the_end_of_its_frame() {
    let s = Sandbox::new();
    let content = text(150_000);
    let (mut writer, mut stdin, mut coded) = between_pipes(&s, "-1 --flush-timeout 10");
    s.write("log.fore", b"");
    let mut file = OpenOptions::new().append(true).open(s.path("log.fore")).unwrap();
    let mut follower = s.fore("-dc --follow log.fore").stdout(Stdio::piped()).spawn().unwrap();
    let mut followed = follower.stdout.take().unwrap();
    for part in content.chunks(50_000) {
        stdin.write_all(part).unwrap();
        let copy = std::thread::spawn({
            let mut some = vec![0; part.len()];
            move || {
                followed.read_exact(&mut some).unwrap();
                (some, followed)
            }
        });
        while !copy.is_finished() {
            let mut some = [0; 1 << 16];
            if is_readable(&coded) {
                let n = coded.read(&mut some).unwrap();
                file.write_all(&some[..n]).unwrap();
            }
        }
        let (got, back) = copy.join().unwrap();
        assert!(got == part);
        followed = back;
    }
    drop(stdin);
    let mut rest = Vec::new();
    coded.read_to_end(&mut rest).unwrap();
    file.write_all(&rest).unwrap();
    assert!(wait(&mut writer).success() && wait(&mut follower).success());
    let mut more = Vec::new();
    followed.read_to_end(&mut more).unwrap();
    assert!(more.is_empty());
    s.run("-d --follow log.fore", 1).complains(&["--follow is for -dc"]);
}

fn is_readable(pipe: &ChildStdout) -> bool {
    use nix::poll::{PollFd, PollFlags, PollTimeout, poll};
    use std::os::fd::AsFd;
    poll(&mut [PollFd::new(pipe.as_fd(), PollFlags::POLLIN)], PollTimeout::from(10_u8)).unwrap() > 0
}

#[test]
fn a_followed_file_that_becomes_shorter_is_an_error() {
    let s = Sandbox::new();
    let coded = s.pipe("-1", &text(1000), 0).stdout;
    s.write("f.fore", &coded[..coded.len() / 2]);
    let mut child = s.fore("-dc --follow f.fore").stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    std::thread::sleep(std::time::Duration::from_millis(300));
    s.write("f.fore", b"");
    assert_eq!(wait(&mut child).code(), Some(1));
    let mut words = String::new();
    child.stderr.take().unwrap().read_to_string(&mut words).unwrap();
    assert!(words.contains("f.fore: file"), "{words}");
}

#[test]
fn a_signal_asks_how_far_it_is() {
    let s = Sandbox::new();
    let (mut child, mut stdin, stdout) = between_pipes(&s, "-1 -o out");
    drop(stdout);
    stdin.write_all(&text(100_000)).unwrap();
    send(&child, Signal::SIGUSR1);
    let mut stderr = child.stderr.take().unwrap();
    let mut line = vec![0; 7];
    stderr.read_exact(&mut line).unwrap();
    assert_eq!(line, b"stdin: ");
    drop(stdin);
    assert!(wait(&mut child).success());
    assert!(s.run("-dc out", 0).stdout == text(100_000));
}

#[test]
fn a_pipe_that_pauses_is_decoded_as_far_as_it_came_by_any_number_of_threads() {
    let s = Sandbox::new();
    let content = words(500_000);
    let coded = s.pipe("-1", &content, 0).stdout;
    // Most of it, and then a pause.
    let came = coded.len() * 3 / 4;
    let readable = readable(&s, &coded[..came]);
    assert!(readable.len() > content.len() / 4);
    for args in ["-dc -T1", "-dc -T2", "-dc -T4"] {
        let (mut child, mut stdin, mut stdout) = between_pipes(&s, args);
        let (head, rest) = coded.split_at(came);
        let writer = std::thread::spawn({
            let head = head.to_vec();
            move || stdin.write_all(&head).map(|()| stdin)
        });
        let mut got = vec![0; readable.len()];
        stdout.read_exact(&mut got).unwrap();
        assert!(got == readable, "{args}");
        let mut stdin = writer.join().unwrap().unwrap();
        stdin.write_all(rest).unwrap();
        drop(stdin);
        stdout.read_to_end(&mut got).unwrap();
        assert!(got == content && wait(&mut child).success(), "{args}");
    }
}
