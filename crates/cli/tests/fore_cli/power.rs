//! The power fails: at every moment each input's content is on the disk, in the input or in the complete output.
//!
//! A library preloaded into `fore` logs what it does to files ([`calls.c`](calls.c)). The log is replayed on a model of a
//! disk that keeps as little as it may: content and attributes of a file survive once it was synced after they changed,
//! names once their directory was synced, but names that were removed are gone at once. As the system may also write
//! earlier than it must, names may be there that were not synced; so both is looked at after each call.

use std::{
    collections::BTreeMap,
    fs,
    os::unix::fs::MetadataExt,
    path::{Path, PathBuf},
    process::Command,
};

use crate::sandbox::{Expect, Printed, Sandbox, text};

/// A name in the directory of this inode number.
type Name = (u64, String);

/// What was done to a file or directory.
#[derive(Clone, Debug, PartialEq)]
enum Call {
    Create {
        name: Name,
        file: u64,
    },
    /// Content or attributes.
    Change {
        file: u64,
    },
    Sync {
        file: u64,
    },
    SyncFolder {
        folder: u64,
    },
    Rename {
        from: Name,
        to: Name,
    },
    Link {
        from: Name,
        to: Name,
    },
    Unlink {
        name: Name,
    },
}

impl Call {
    fn parse(line: &str) -> Self {
        let words: Vec<&str> = line.split(' ').collect();
        let number = |at: usize| words[at].parse::<u64>().unwrap();
        let name = |at: usize| (number(1), words[at].to_owned());
        match words[0] {
            "create" => Self::Create { name: name(2), file: number(3) },
            "write" | "dress" => Self::Change { file: number(1) },
            "sync" => Self::Sync { file: number(1) },
            "syncdir" => Self::SyncFolder { folder: number(1) },
            "rename" => Self::Rename { from: name(2), to: name(3) },
            "link" => Self::Link { from: name(2), to: name(3) },
            "unlink" => Self::Unlink { name: name(2) },
            other => panic!("{other}"),
        }
    }
}

/// What is on the disk, and what only the running system knows.
#[derive(Clone, Default)]
struct Disk {
    /// How often each file changed, and after how many changes it was last synced.
    files: BTreeMap<u64, (u32, u32)>,
    /// Names as the running system has them.
    names: BTreeMap<Name, u64>,
    /// Names that survive for certain.
    durable: BTreeMap<Name, u64>,
}

impl Disk {
    /// All that is in `folders`, on the disk for long.
    fn of(folders: &[PathBuf]) -> Self {
        let mut disk = Self::default();
        for folder in folders {
            let number = folder.metadata().unwrap().ino();
            for entry in fs::read_dir(folder).unwrap().map(Result::unwrap) {
                let (name, file) = (entry.file_name().into_string().unwrap(), entry.metadata().unwrap().ino());
                disk.files.insert(file, (0, 0));
                disk.names.insert((number, name), file);
            }
        }
        disk.durable = disk.names.clone();
        disk
    }

    fn call(&mut self, call: &Call) {
        match call {
            Call::Create { name, file } => {
                self.files.insert(*file, (0, 0));
                self.names.insert(name.clone(), *file);
            }
            Call::Change { file } => self.files.entry(*file).or_default().0 += 1,
            Call::Sync { file } => {
                let (changes, synced) = self.files.get_mut(file).unwrap();
                *synced = *changes;
            }
            Call::SyncFolder { folder } => {
                self.durable.retain(|(other, _), _| other != folder);
                let names = self.names.iter().filter(|((other, _), _)| other == folder);
                self.durable.extend(names.map(|(name, file)| (name.clone(), *file)));
            }
            Call::Rename { from, to } => {
                let file = self.names.remove(from).unwrap();
                self.names.insert(to.clone(), file);
            }
            Call::Link { from, to } => {
                self.names.insert(to.clone(), self.names[from]);
            }
            Call::Unlink { name } => {
                self.names.remove(name);
                self.durable.remove(name);
            }
        }
    }

    /// What each name stands for if the power fails now: with as few names as can be, and with as many.
    fn after_a_cut(&self) -> [&BTreeMap<Name, u64>; 2] {
        [&self.durable, &self.names]
    }

    /// Whether all of the changes that this file is to have, and as many as in `end`, survive.
    fn is_whole(&self, file: u64, end: &Self) -> bool {
        self.files[&file].1 == end.files[&file].0
    }
}

/// Replays `calls` on `disk`, and cuts the power after each: the first after which the content of one of `files`, each an
/// input and its output, is lost.
fn lost(mut disk: Disk, calls: &[Call], files: &[(Name, Name)]) -> Option<String> {
    let begin = disk.clone();
    let mut end = disk.clone();
    calls.iter().for_each(|call| end.call(call));
    for (at, call) in calls.iter().enumerate() {
        disk.call(call);
        for names in disk.after_a_cut() {
            for (input, output) in files {
                let has_input = names.get(input) == begin.names.get(input);
                let made = names.get(output).filter(|&file| begin.names.get(output) != Some(file));
                let has_output = made.is_some_and(|&file| disk.is_whole(file, &end));
                let was_replaced = begin.names.contains_key(output) && !names.contains_key(output);
                let is_torn = made.is_some() && !has_output;
                let is_nowhere = !has_input && !has_output;
                if is_nowhere || is_torn || was_replaced {
                    return Some(format!("{}: {} after call {at}, {call:?}", output.1, input.1));
                }
            }
        }
    }
    None
}

/// The library, built.
fn library(s: &Sandbox) -> PathBuf {
    let library = s.path("..calls.so");
    let source = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fore_cli/calls.c");
    // The compiler that Rust links with.
    let built = Command::new("cc").args(["-shared", "-fPIC", "-O1", "-o"]).arg(&library).arg(source).status();
    assert!(built.unwrap().success());
    library
}

/// A run of `fore` that was logged.
struct Logged {
    printed: Printed,
    before: Disk,
    calls: Vec<Call>,
    lines: String,
    files: Vec<(Name, Name)>,
}

/// Runs `fore args`, which makes of each input in `files` the output beside it; calls fail as `fail` says.
#[track_caller]
fn run(s: &Sandbox, args: &str, files: &[(&str, &str)], fail: &str, code: i32) -> Logged {
    let library = library(s);
    let log = s.path("..log");
    let _ = fs::remove_file(&log);
    let folder_of = |name: &str| s.path(name).parent().unwrap().to_owned();
    let mut folders: Vec<PathBuf> = files.iter().map(|(input, _)| folder_of(input)).collect();
    folders.sort();
    folders.dedup();
    let name = |name: &str| {
        let folder = folder_of(name).metadata().unwrap().ino();
        (folder, name.rsplit('/').next().unwrap().to_owned())
    };
    let names = files.iter().map(|(input, output)| (name(input), name(output))).collect();
    let before = Disk::of(&folders);
    let mut command = s.fore(args);
    command.env("LD_PRELOAD", &library).env("CALLS_LOG", &log).env("CALLS_FAIL", fail);
    let printed = command.expect_code(code);
    let lines = fs::read_to_string(&log).unwrap_or_default();
    for file in [library, log] {
        let _ = fs::remove_file(file);
    }
    Logged { printed, before, calls: lines.lines().map(Call::parse).collect(), lines, files: names }
}

impl Logged {
    fn lost(&self) -> Option<String> {
        lost(self.before.clone(), &self.calls, &self.files)
    }

    /// What is lost if the disk does not hear of calls like these.
    fn lost_without(&self, is_left_out: impl Fn(&Call) -> bool) -> Option<String> {
        let calls: Vec<Call> = self.calls.iter().filter(|call| !is_left_out(call)).cloned().collect();
        assert!(calls.len() < self.calls.len(), "{}", self.lines);
        lost(self.before.clone(), &calls, &self.files)
    }

    /// Nothing is lost, but would be if one sync were left out.
    #[track_caller]
    fn is_safe(&self) {
        assert_eq!(self.lost(), None, "{}", self.lines);
        for call in &self.calls {
            if matches!(call, Call::Sync { .. } | Call::SyncFolder { .. }) {
                assert!(self.lost_without(|other| other == call).is_some(), "{call:?} is idle in {}", self.lines);
            }
        }
    }
}

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
fn what_cannot_be_synced_or_named_keeps_its_input_and_the_others_go_on() {
    const EIO: i32 = 5;
    let files = [("a", "a.fore"), ("b", "b.fore"), ("c", "c.fore")];
    // The second of three files; three ways to take its place.
    for (fail, kept, words) in [
        (
            "sync 2 1",
            "a.fore b c.fore",
            "b.fore: cannot be made sure to be on the disk, so the input is kept: Input/output error",
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
    let told: Vec<&str> = logged.printed.stderr.lines().collect();
    let expected = |name: &str| {
        format!("fore: {name}.fore: cannot be made sure to be on the disk, so the input is kept: Input/output error")
    };
    assert_eq!(told, [expected("a"), expected("b"), expected("c")]);
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
    let told = logged.printed.stderr.lines().filter(|line| line.contains("cannot be made sure to be on the disk"));
    assert_eq!(told.count(), 30);
    assert_eq!(s.names(), inputs.join(" "));
    // Where there is no such call, each file is synced all the same.
    run(&s, &args, &files, &format!("syncfs 1 1 {enosys}"), 0).is_safe();
}
