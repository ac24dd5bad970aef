//! Damaged, truncated and padded data: never wrong content with success, never a partial file.

use std::time::{Duration, Instant};

use crate::sandbox::{Sandbox, text};

fn compressed(len: usize) -> (Sandbox, Vec<u8>) {
    let s = Sandbox::new();
    let coded = s.pipe("-1", &text(len), 0).stdout;
    (s, coded)
}

#[test]
fn zeros_at_the_end_are_padding() {
    // contract T10
    let (s, coded) = compressed(500);
    for zeros in [1, 2, 512] {
        s.write("f.fore", &[coded.clone(), vec![0; zeros]].concat());
        let printed = s.run("-dc f.fore", 0);
        assert_eq!((printed.stdout, printed.stderr.as_str()), (text(500), ""));
        s.run("-t f.fore", 0).is_silent();
    }
}

#[test]
fn garbage_at_the_end_is_a_warning_and_keeps_the_file() {
    // contract T11
    let (s, coded) = compressed(500);
    for garbage in [b"\x01".as_slice(), b"garbage", b"\0\0x", b"\xf0r"] {
        let bytes = [&coded, garbage].concat();
        s.write("f.fore", &bytes);
        assert_eq!(s.run("-dc f.fore", 2).stdout, text(500));
        s.run("-t f.fore", 2).complains(&["f.fore: something else follows"]);
        s.run("-df f.fore", 2).complains(&["f.fore: something else follows", "kept"]);
        assert_eq!((s.read("f"), s.read("f.fore")), (text(500), bytes));
    }
}

#[test]
fn nothing_is_not_a_compressed_stream() {
    // contract T13
    let s = Sandbox::new();
    s.run("-d", 1).complains(&["stdin: empty"]);
    s.write("empty.fore", b"");
    s.run("-t empty.fore", 1).complains(&["empty.fore: empty"]);
    s.run("-d empty.fore", 1).complains(&["empty.fore: empty"]);
    assert_eq!(s.names(), "empty.fore");
}

#[test]
fn plain_data_are_not_a_compressed_stream() {
    let s = Sandbox::with_f();
    s.write("f.fore", b"plain");
    s.run("-df f.fore", 1).complains(&["f.fore: not in foretell format"]);
    assert_eq!((s.read("f"), s.read("f.fore").as_slice()), (text(3000), b"plain".as_slice()));
}

#[test]
fn data_cut_short_anywhere_fail_and_leave_no_file() {
    // contract T14
    let (s, coded) = compressed(40);
    for len in 0..coded.len() {
        s.write("f.fore", &coded[..len]);
        s.run("-t f.fore", 1).complains(&["f.fore: "]);
        s.run("-d f.fore", 1).complains(&["f.fore: "]);
        assert_eq!(s.names(), "f.fore", "cut at {len}");
    }
}

#[test]
fn a_flip_of_any_byte_never_gives_wrong_content_with_success() {
    // contract T15
    let (s, coded) = compressed(40);
    for at in 0..coded.len() {
        for flip in (0..8).map(|bit| 1 << bit).chain([0xff]) {
            let mut bad = coded.clone();
            bad[at] ^= flip;
            s.write("f.fore", &bad);
            let begun = Instant::now();
            let output = s.fore("-dc f.fore").output().unwrap();
            assert!(begun.elapsed() < Duration::from_secs(1), "byte {at}");
            assert!(output.status.code().is_some_and(|code| code < 3), "byte {at}: {output:?}");
            assert!(!output.status.success() || output.stdout == text(40), "byte {at}");
        }
    }
}

#[test]
fn testing_writes_nothing_and_removes_nothing() {
    // contract T16
    let s = Sandbox::with_f();
    s.write("g", b"g");
    s.run("f g", 0);
    for args in ["-t f.fore", "-t f.fore g.fore", "-t --rm f.fore", "-tc f.fore", "-dt f.fore"] {
        s.run(args, 0).is_silent();
        assert_eq!(s.names(), "f.fore g.fore", "{args}");
    }
}

#[test]
fn memory_limits_are_kept_and_say_what_is_needed() {
    // contract T46
    let (s, coded) = compressed(5000);
    s.write("f.fore", &coded);
    s.run("-d -M 1K f.fore", 1).complains(&["f.fore: ", "needs", "1024"]);
    assert_eq!(s.names(), "f.fore");
    s.write("g", &text(300_000));
    s.run("-9 -M 50M g", 1).complains(&["g.fore: ", "needs", "52428800 are allowed; level 1 fits"]);
    assert_eq!(s.names(), "f.fore g");
    s.run("-1 -M 50M g", 0).is_silent();
    for size in ["2G", "2000000KiB", "2000MB", "4000000000"] {
        s.run(&format!("-t -M {size} f.fore"), 0).is_silent();
        s.run(&format!("-tM{size} f.fore"), 0).is_silent();
    }
    for size in ["32LB", "hello", "", "K"] {
        let printed = s.run(&format!("-t --memlimit={size} f.fore"), 1);
        assert!(printed.stderr.contains("--memlimit"), "{printed:?}");
    }
}

#[test]
fn verification_decodes_what_was_written_before_the_input_goes() {
    let s = Sandbox::with_f();
    s.run("--verify f", 0).is_silent();
    assert_eq!(s.names(), "f.fore");
    s.run("-d f.fore", 0);
    s.run("--verify -M 1 f", 1).complains(&["f.fore: ", "memory"]);
    assert_eq!(s.names(), "f");
    s.pipe("--verify -o g", b"from a pipe", 0).is_silent();
    s.run("--verify -c f", 1).complains(&["--verify"]);
    s.run("--verify -d f", 1).complains(&["--verify"]);
}
