//! Levels, methods, combined options, the environment, help.

use crate::sandbox::{Expect, FORE, Sandbox, full_device, text};

#[test]
fn every_level_and_method_round_trips() {
    // contract T37
    let s = Sandbox::with_f();
    let levels = (1..=9).map(|level| format!("-{level}"));
    let others =
        ["--fast", "--best", "--level 3", "--method store", "--method huffman", "--method neural", "--method copy"];
    for args in levels.chain(others.map(String::from)) {
        let coded = s.run(&format!("{args} -c f"), 0).stdout;
        assert_eq!(s.pipe("-d", &coded, 0).stdout, text(3000), "{args}");
    }
}

fn level_of(s: &Sandbox, coded: &[u8]) -> u64 {
    let json = s.pipe("-l --json", coded, 0).stdout;
    let json: serde_json::Value = serde_json::from_slice(&json).unwrap();
    json[0]["frames"][0]["level"].as_u64().unwrap()
}

#[test]
fn the_last_level_counts() {
    let s = Sandbox::with_f();
    for (args, level) in
        [("", 6), ("-3", 3), ("-1 -9", 9), ("--best -2", 2), ("-2 --fast", 1), ("-c9k", 9), ("--fast --best", 9)]
    {
        assert_eq!(level_of(&s, &s.run(&format!("{args} -c f"), 0).stdout), level, "{args}");
    }
}

#[test]
fn levels_out_of_range_are_refused() {
    // contract T37
    let s = Sandbox::with_f();
    for args in ["-99", "-0", "-10", "-5000000000", "--level 0", "--level 10", "--level x"] {
        let printed = s.run(&format!("{args} f"), 1);
        assert!(printed.stderr.starts_with("fore: "), "{printed:?}");
    }
    assert_eq!(s.names(), "f");
}

#[test]
fn the_environment_sets_the_level_that_no_option_sets() {
    // contract T38
    let s = Sandbox::with_f();
    for value in ["3", "+3"] {
        let printed = s.fore("-c f").env("FORE_LEVEL", value).expect_code(0);
        assert_eq!((level_of(&s, &printed.stdout), printed.stderr.as_str()), (3, ""));
        let printed = s.fore("-c -8 f").env("FORE_LEVEL", value).expect_code(0);
        assert_eq!(level_of(&s, &printed.stdout), 8);
    }
    for value in ["a", "3a7", "50000000000", "0", "10", "-3"] {
        let printed = s.fore("-c f").env("FORE_LEVEL", value).expect_code(0);
        printed.complains(&["FORE_LEVEL", "ignored"]);
        assert_eq!(level_of(&s, &printed.stdout), 6, "{value}");
    }
}

#[test]
fn the_environment_sets_the_threads_that_no_option_sets() {
    // contract T38
    let s = Sandbox::with_f();
    for value in ["0", "3", "+3"] {
        s.fore("-t f.fore").env("FORE_THREADS", value).expect_code(1).complains(&["f.fore: No such file"]);
    }
    for value in ["a", "3a7", "50000000000", "-3"] {
        s.fore("-k f -o -").env("FORE_THREADS", value).expect_code(0).complains(&["FORE_THREADS", "ignored"]);
        assert_eq!(s.fore("-c -T2 f").env("FORE_THREADS", value).expect_code(0).stderr, "");
    }
}

#[test]
fn threads_change_no_byte_of_the_output() {
    // contract T42, T49
    let s = Sandbox::with_f();
    let one = s.run("-c f", 0).stdout;
    for args in ["-T1", "-T2", "-T0", "-T 7", "--threads=3", "-kT2"] {
        assert_eq!(s.run(&format!("{args} -c f"), 0).stdout, one, "{args}");
    }
    for args in ["-T", "-T x", "-T-1", "-T 65536", "--threads="] {
        s.run(&format!("{args} f"), 1);
    }
    assert_eq!(s.names(), "f");
}

#[test]
fn the_block_size_is_what_was_asked_for() {
    let s = Sandbox::new();
    let content = text(200_000);
    s.write("f", &content);
    for (size, blocks) in [("64K", 4), ("65536", 4), ("100KiB", 2), ("1M", 1), ("32MiB", 1)] {
        let coded = s.run(&format!("-1c --block-size {size} f"), 0).stdout;
        let json: serde_json::Value = serde_json::from_slice(&s.pipe("-l --json", &coded, 0).stdout).unwrap();
        assert_eq!(json[0]["frames"][0]["blocks"]["neural"], blocks, "{size}");
        assert!(s.pipe("-d", &coded, 0).stdout == content);
    }
    for size in ["0", "63K", "33M", "99999999G", "x", ""] {
        let printed = s.run(&format!("--block-size={size} f"), 1);
        assert!(printed.stderr.starts_with("fore: ") && printed.stderr.contains("--block-size"), "{printed:?}");
    }
    assert_eq!(s.names(), "f");
}

#[test]
fn a_window_finds_repeats_from_far_before() {
    let s = Sandbox::new();
    let repeated = foretell_testkit::noise(5, 1 << 20);
    s.write("f", &[&repeated[..], &vec![0; 36 << 20], &repeated].concat());
    let content = s.read("f");
    // A pipe's length is not known.
    let of_pipe = |args| s.command("sh").args(["-c", &format!("cat f | {FORE} -1c {args}")]).expect_code(0).stdout;
    assert!(of_pipe("").len() > 2 << 20);
    for coded in [s.run("-1c f", 0).stdout, of_pipe("--window 38M")] {
        assert!(coded.len() < (1 << 20) + 2000, "{}", coded.len());
        assert!(s.pipe("-dc", &coded, 0).stdout == content);
    }
    assert!(s.run("-1c --window 1M f", 0).stdout.len() > 2 << 20);
    for size in ["3G", "x", ""] {
        let printed = s.run(&format!("--window={size} f"), 1);
        assert!(printed.stderr.starts_with("fore: ") && printed.stderr.contains("--window"), "{printed:?}");
    }
    assert_eq!(s.names(), "f");
}

#[test]
fn short_options_combine_and_repeat() {
    // contract T39
    let s = Sandbox::with_f();
    s.run("-9kf f", 0).is_silent();
    s.run("-kfv9 f", 0).says(&["f.fore"]);
    s.run("-kkff -k f", 0).is_silent();
    s.run("-z -d -k -f f.fore", 0).is_silent();
    s.run("-nk -f f", 0).is_silent();
    assert_eq!(s.names(), "f f.fore");
}

#[test]
fn unknown_options_get_a_hint_and_exit_code_1() {
    // contract T39
    let s = Sandbox::with_f();
    for args in ["--blah f", "-y f", "-k --json f", "--method zip f", "-o a f f", "-c -o a f"] {
        s.run(args, 1).complains(&["; try 'fore --help'"]);
    }
    assert_eq!(s.names(), "f");
}

#[test]
fn names_are_never_stored_and_asking_for_it_warns() {
    let s = Sandbox::with_f();
    s.run("-Nk f", 0).complains(&["never stored"]);
    assert_eq!(s.names(), "f f.fore");
}

#[test]
fn keeping_and_removing_undo_each_other() {
    let s = Sandbox::with_f();
    s.run("--rm -k f", 0);
    assert_eq!(s.names(), "f f.fore");
    s.run("-k --rm -f f", 0);
    assert_eq!(s.names(), "f.fore");
}

#[test]
fn quiet_silences_warnings_and_twice_errors() {
    let s = Sandbox::with_f();
    s.run("-q .", 2).is_silent();
    s.run("-q missing", 1).complains(&["missing"]);
    s.run("-qq missing", 1).is_silent();
}

#[test]
fn help_and_version_go_to_standard_output() {
    // contract T50
    let s = Sandbox::new();
    for args in ["-h", "--help"] {
        let printed = s.run(args, 0);
        let help = String::from_utf8(printed.stdout).unwrap();
        assert!(help.contains("Usage: fore") && help.contains("--decompress"), "{help}");
        assert_eq!(printed.stderr, "");
    }
    let version = String::from_utf8(s.run("-V", 0).stdout).unwrap();
    assert!(version.starts_with("fore ") && version.contains("(format ") && version.contains(", model "), "{version}");
}

#[test]
fn help_has_one_line_for_each_option() {
    let help = String::from_utf8(Sandbox::new().run("--help", 0).stdout).unwrap();
    let is_option = |line: &&str| line.starts_with("  -") || line.starts_with("      --");
    let options = help.lines().skip_while(|line| !is_option(line)).take_while(|line| !line.starts_with("With no"));
    let mut count = 0;
    for line in options {
        assert!(line.is_empty() || line.ends_with(':') || is_option(&line), "{line}");
        count += usize::from(is_option(&line));
    }
    assert!(count > 30, "only {count} options are in the help");
}

#[test]
fn help_and_version_that_cannot_be_printed_are_an_error() {
    // contract T50
    let s = Sandbox::new();
    for args in ["-h", "--help", "-V"] {
        let Some(full) = full_device() else { return };
        s.fore(args).stdout(full).expect_code(1).complains(&["stdout"]);
    }
}
