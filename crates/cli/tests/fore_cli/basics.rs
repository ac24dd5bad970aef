//! Files and streams, there and back.

use std::fs::File;

use foretell::Level;
use foretell_testkit::{noise, skip};

use crate::sandbox::{Sandbox, text};

#[test]
fn a_file_becomes_its_compressed_file_in_silence() {
    // contract T01
    let s = Sandbox::with_f();
    s.run("f", 0).is_silent();
    assert_eq!(s.names(), "f.fore");
    assert!(s.read("f.fore").len() < 3000);
    s.run("-d f.fore", 0).is_silent();
    assert_eq!(s.names(), "f");
    assert_eq!(s.read("f"), text(3000));
}

#[test]
fn keep_keeps_in_both_directions() {
    // contract T02
    let s = Sandbox::with_f();
    s.run("-k f", 0).is_silent();
    assert_eq!(s.names(), "f f.fore");
    s.run("-dkf f.fore", 0).is_silent();
    assert_eq!(s.names(), "f f.fore");
    assert_eq!(s.read("f"), text(3000));
}

#[test]
fn verbose_tells_ratio_bits_and_new_name() {
    // contract T03
    let s = Sandbox::with_f();
    s.run("-kv f", 0).says(&["f: ", "% saved", "bits/byte", "-- made f.fore"]);
    s.run("-fv f", 0).says(&["replaced with f.fore"]);
    s.run("-tv f.fore", 0).says(&["f.fore: OK"]);
    s.run("-dv f.fore", 0).says(&["bits/byte", "replaced with f"]);
}

#[test]
fn verbose_tells_the_memory_of_both_directions() {
    let s = Sandbox::new();
    let content = text(300_000);
    s.write("f", &content);
    let compressing = s.run("-1v --no-prior f", 0).stderr;
    let (raw, coded) = (content.len(), s.read("f.fore").len());
    let memory = (Level::FASTEST.memory(raw) + raw + coded) as f64 / f64::from(1 << 20);
    let saved = 100.0 - 100.0 * coded as f64 / raw as f64;
    let bits = 8.0 * coded as f64 / raw as f64;
    let told = |memory: f64| format!("{saved:.1}% saved, {bits:.3} bits/byte, {memory:.1} MiB memory -- replaced with");
    let expected = told(memory);
    // The encoder has the content of a segment twice.
    let nearly = [0.0, 0.1, 0.2, 0.3].map(|more| format!("f: {} f.fore\n", told(memory + more)));
    assert!(nearly.contains(&compressing), "{compressing}");
    assert_eq!(s.run("-dv f.fore", 0).stderr, format!("f.fore: {expected} f\n"));
    // Without a network there is only the content, which the encoder has three times.
    s.run("-v --method store f", 0).says(&["0.9 MiB memory"]);
    s.run("-dv f.fore", 0).says(&["0.6 MiB memory"]);
    s.write("empty", b"");
    s.run("-v empty", 0).says(&["0.0 MiB memory"]);
}

#[test]
fn stdout_keeps_the_input_and_makes_no_file() {
    // contract T04
    let s = Sandbox::with_f();
    for args in ["-c f", "--stdout f", "f -c"] {
        let coded = s.run(args, 0).stdout;
        assert_eq!(s.names(), "f");
        s.write("o", &coded);
        assert_eq!(s.run("-dc o", 0).stdout, text(3000));
        std::fs::remove_file(s.path("o")).unwrap();
    }
}

#[test]
fn standard_input_implies_standard_output() {
    // contract T05
    let s = Sandbox::new();
    let coded = s.pipe("", b"streams", 0).stdout;
    for args in ["-d", "-dc", "-dc -", "-d -"] {
        assert_eq!(s.pipe(args, &coded, 0).stdout, b"streams", "{args}");
    }
}

#[test]
fn standard_input_stands_among_files_where_it_is_named() {
    // contract T06
    let s = Sandbox::new();
    let coded = s.pipe("", b"a", 0).stdout;
    s.write("in", &coded);
    let printed = s.pipe("-dc in - in", &coded, 0);
    assert_eq!((printed.stdout.as_slice(), printed.stderr.as_str()), (b"aaa".as_slice(), ""));
}

#[test]
fn several_files_at_once() {
    // contract T07
    let s = Sandbox::new();
    let (a, b) = (noise(1, 5000), noise(2, 5000));
    s.write("a", &a);
    s.write("b", &b);
    s.run("a b", 0).is_silent();
    assert_eq!(s.names(), "a.fore b.fore");
    assert!(s.read("a.fore").len() <= 5000 + 5 + 64);
    s.run("-d a.fore b.fore", 0).is_silent();
    assert_eq!((s.read("a"), s.read("b")), (a, b));
}

#[test]
fn a_bad_file_does_not_stop_the_others() {
    // contract T08
    let s = Sandbox::with_f();
    s.write("g", b"g");
    s.run("f missing g", 1).complains(&["missing: No such file or directory"]);
    assert_eq!(s.names(), "f.fore g.fore");
}

#[test]
fn concatenated_members_decode_as_one() {
    // contract T09
    let s = Sandbox::new();
    for (name, content) in [("a", "one "), ("b", ""), ("c", "two")] {
        s.write(name, content.as_bytes());
    }
    let together = s.run("-c a b c", 0).stdout;
    s.run("a b c", 0);
    let cat = [s.read("a.fore"), s.read("b.fore"), s.read("c.fore")].concat();
    assert_eq!(together, cat);
    s.write("all.fore", &cat);
    s.run("-d all.fore", 0);
    assert_eq!(s.read("all"), b"one two");
}

#[test]
fn tiny_contents_stay_tiny() {
    // contract T12
    let s = Sandbox::new();
    for content in [b"".as_slice(), b"x"] {
        s.write("f", content);
        s.run("f", 0);
        assert!(s.read("f.fore").len() < 32);
        s.run("-d f.fore", 0);
        assert_eq!(s.read("f"), content);
        let coded = s.pipe("", content, 0).stdout;
        assert!(coded.len() < 32);
        assert_eq!(s.pipe("-d", &coded, 0).stdout, content);
    }
}

#[test]
fn output_bytes_depend_on_nothing_but_content_and_level() {
    // contract T42
    let s = Sandbox::with_f();
    s.write("other-name", &text(3000));
    let then = std::time::SystemTime::UNIX_EPOCH;
    File::options().write(true).open(s.path("other-name")).unwrap().set_modified(then).unwrap();
    s.run("-k f", 0);
    s.run("-k -T2 -o x other-name", 0);
    assert_eq!(s.read("f.fore"), s.read("x"));
    assert_eq!(s.run("-c f", 0).stdout, s.pipe("", &text(3000), 0).stdout);
}

#[test]
fn a_named_output_keeps_the_input_unless_told_otherwise() {
    let s = Sandbox::with_f();
    s.run("f -o x", 0).is_silent();
    assert_eq!(s.names(), "f x");
    s.run("-d x --rm -o g", 0).is_silent();
    assert_eq!(s.names(), "f g");
    assert_eq!(s.read("g"), text(3000));
    assert_eq!(s.run("f -o -", 0).stdout, s.run("-c f", 0).stdout);
    s.pipe("-o y", b"from a pipe", 0).is_silent();
    assert_eq!(s.run("-dc y", 0).stdout, b"from a pipe");
}

#[test]
fn a_named_output_that_is_a_device_is_written_to_and_not_replaced() {
    let s = Sandbox::with_f();
    s.run("-f f -o /dev/null", 0).is_silent();
    assert!(!std::fs::metadata("/dev/null").unwrap().is_file());
    assert_eq!(s.run("f -o /dev/stdout", 0).stdout, s.run("-c f", 0).stdout);
}

#[test]
fn a_named_output_that_is_a_link_stays_one() {
    let s = Sandbox::with_f();
    s.write("real", b"old");
    std::os::unix::fs::symlink("real", s.path("link")).unwrap();
    s.run("-f f -o link", 0).is_silent();
    assert!(s.path("link").is_symlink());
    assert_eq!(s.run("-dc real", 0).stdout, text(3000));
}

#[test]
fn decompressing_finds_the_compressed_file_of_a_plain_name() {
    let s = Sandbox::with_f();
    s.run("f", 0);
    s.run("-t f", 0).is_silent();
    s.run("-d f", 0).is_silent();
    assert_eq!(s.names(), "f");
}

#[test]
fn files_that_the_system_makes_up_are_read_although_their_size_is_a_lie() {
    let proc = "/proc/sys/kernel/ostype";
    let Ok(content) = std::fs::read(proc) else { return skip(&format!("{proc} cannot be read")) };
    let s = Sandbox::new();
    let coded = s.run(&format!("-c {proc}"), 0).stdout;
    assert_eq!(s.pipe("-d", &coded, 0).stdout, content);
}
