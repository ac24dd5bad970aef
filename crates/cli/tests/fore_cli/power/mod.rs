//! The power fails: at every moment each input's content is on the disk, in the input or in the complete output.
//!
//! A library preloaded into `fore` logs what it does to files ([`calls.c`](calls.c)). The log is replayed on a model of
//! a disk that keeps as little as it may: content and attributes of a file survive once it was synced after they
//! changed, names once their directory was synced, but names that were removed are gone at once. The system may also
//! write earlier than it must, so names may be there that were not synced: both cases are checked after each call.

mod disk;
mod logged;

use std::fs;

use self::{
    disk::{Call, lost},
    logged::run,
};
use crate::sandbox::{Sandbox, text};

#[test]
fn a_power_cut_at_any_moment_costs_nothing() {
    let s = Sandbox::new();
    let names = ["a", "b", "c", "d"];
    names.iter().enumerate().for_each(|(i, name)| s.write(name, &text(1000 + i)));
    fs::create_dir(s.path("sub")).unwrap();
    s.write("sub/e", &text(500));
    let one = [("a", "a.fore")];
    let several = [("b", "b.fore"), ("c", "c.fore"), ("d", "d.fore")];
    let turned = |files: &[(&'static str, &'static str)]| -> Vec<(&str, &str)> {
        files.iter().map(|&(input, output)| (output, input)).collect()
    };
    run(&s, "-1 a", &one, "", 0).is_safe();
    run(&s, "-1 b c d", &several, "", 0).is_safe();
    run(&s, "-1r sub", &[("sub/e", "sub/e.fore")], "", 0).is_safe();
    run(&s, "-d a.fore", &turned(&one), "", 0).is_safe();
    run(&s, "-d b.fore c.fore d.fore", &turned(&several), "", 0).is_safe();
    run(&s, "-d sub/e.fore", &[("sub/e.fore", "sub/e")], "", 0).is_safe();
    for (i, name) in names.iter().enumerate() {
        assert_eq!(s.read(name), text(1000 + i));
    }
    // So many that the file system is asked to write all that it has, which counts for nothing here.
    let many: Vec<[String; 2]> = (10..40).map(|i| [format!("f{i}"), format!("f{i}.fore")]).collect();
    many.iter().for_each(|[input, _]| s.write(input, &text(100)));
    let many: Vec<(&str, &str)> = many.iter().map(|[input, output]| (&input[..], &output[..])).collect();
    let inputs: Vec<&str> = many.iter().map(|(input, _)| *input).collect();
    run(&s, &format!("-1 {}", inputs.join(" ")), &many, "", 0).is_safe();
    // Over files that are there, which stay until the new ones are complete.
    s.write("a.fore", b"old");
    run(&s, "-1f a", &one, "", 0).is_safe();
    s.write("a", b"old");
    run(&s, "-df a.fore", &turned(&one), "", 0).is_safe();
    run(&s, "-1 --rm a -o x", &[("a", "x")], "", 0).is_safe();
    // With syncs of the names at two places there is no telling which; nothing is removed here anyway.
    assert_eq!(run(&s, "-d -k --synchronous x -o a", &[("x", "a")], "", 0).lost(), None);
}

#[test]
fn without_syncs_a_power_cut_costs_files_and_this_is_noticed() {
    let s = Sandbox::with_f();
    let files = [("f", "f.fore")];
    for args in ["-1 --no-sync f", "-1 --synchronous --no-sync f"] {
        let logged = run(&s, args, &files, "", 0);
        assert!(logged.lost().is_some(), "{}", logged.lines);
        s.run("-d f.fore", 0);
    }
    let logged = run(&s, "-1 f", &files, "", 0);
    assert_eq!(logged.lost(), None);
    assert!(logged.lost_without(|call| matches!(call, Call::Sync { .. })).is_some());
    assert!(logged.lost_without(|call| matches!(call, Call::SyncFolder { .. })).is_some());
    // Attributes that are set after the sync.
    let mut calls = logged.calls.clone();
    let sync = calls.iter().position(|call| matches!(call, Call::Sync { .. })).unwrap();
    calls.swap(sync - 1, sync);
    assert!(lost(logged.before.clone(), &calls, &logged.files).is_some(), "{}", logged.lines);
    // An input that goes before the names are on the disk.
    let unlink = calls.len() - 1;
    assert!(matches!(calls[unlink], Call::Unlink { .. }), "{}", logged.lines);
    calls.clone_from(&logged.calls);
    calls.swap(unlink - 1, unlink);
    assert!(lost(logged.before.clone(), &calls, &logged.files).is_some(), "{}", logged.lines);
}

#[test]
fn an_output_that_cannot_be_synced_or_named_keeps_its_input_and_the_others_go_on() {
    const EIO: i32 = 5;
    let files = [("a", "a.fore"), ("b", "b.fore"), ("c", "c.fore")];
    // The second of three files; three ways to take its place.
    for (fail, kept, words) in [
        (
            "sync 2 1",
            "a.fore b c.fore",
            "b.fore: cannot be synced to the disk, so the input is kept: Input/output error",
        ),
        ("place 2 3", "a.fore b c.fore", "b.fore: Input/output error"),
        ("unlink 2 1", "a.fore b b.fore c.fore", "b: cannot remove it: Input/output error"),
    ] {
        let s = Sandbox::new();
        files.iter().for_each(|(input, _)| s.write(input, &text(1000)));
        let logged = run(&s, "-1 a b c", &files, &format!("{fail} {EIO}"), 1);
        logged.printed.complains(&[words]);
        assert_eq!((s.names().as_str(), logged.lost()), (kept, None), "{}", logged.lines);
    }
    // The directory is that of all.
    let s = Sandbox::new();
    files.iter().for_each(|(input, _)| s.write(input, &text(1000)));
    let logged = run(&s, "-1 a b c", &files, &format!("syncdir 1 1 {EIO}"), 1);
    let messages: Vec<&str> = logged.printed.stderr.lines().collect();
    let expected = |name: &str| {
        format!("fore: {name}.fore: cannot be synced to the disk, so the input is kept: Input/output error")
    };
    assert_eq!(messages, [expected("a"), expected("b"), expected("c")]);
    assert_eq!(s.names(), "a a.fore b b.fore c c.fore");
    s.run("-t a.fore b.fore c.fore", 0);
}

#[test]
fn a_file_system_that_cannot_sync_is_worked_on_all_the_same() {
    // EINVAL and ENOTSUP.
    for (kind, errno) in [("sync", 22), ("sync", 95), ("syncdir", 22), ("syncdir", 95)] {
        let s = Sandbox::with_f();
        run(&s, "-1 f", &[("f", "f.fore")], &format!("{kind} 1 9 {errno}"), 0).printed.is_silent();
        assert_eq!(s.names(), "f.fore");
    }
}

#[test]
fn a_file_system_that_fails_to_write_all_that_it_has_keeps_the_inputs() {
    let s = Sandbox::new();
    let many: Vec<[String; 2]> = (10..40).map(|i| [format!("f{i}"), format!("f{i}.fore")]).collect();
    many.iter().for_each(|[input, _]| s.write(input, &text(100)));
    let files: Vec<(&str, &str)> = many.iter().map(|[input, output]| (&input[..], &output[..])).collect();
    let inputs: Vec<&str> = files.iter().map(|(input, _)| *input).collect();
    let args = format!("-1 {}", inputs.join(" "));
    let [eio, enosys] = [5, 38];
    let logged = run(&s, &args, &files, &format!("syncfs 1 1 {eio}"), 1);
    let messages = logged.printed.stderr.lines().filter(|line| line.contains("cannot be synced to the disk"));
    assert_eq!(messages.count(), 30);
    assert_eq!(s.names(), inputs.join(" "));
    // Where there is no such call, each file is synced all the same.
    run(&s, &args, &files, &format!("syncfs 1 1 {enosys}"), 0).is_safe();
}
