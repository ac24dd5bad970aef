//! Files that somebody else writes to while `fore` works on them: nothing that anybody wrote is lost, and no output is
//! of two states of its input.

use std::{
    fs::{self, File, FileTimes, Permissions},
    io::{Read, Seek, Write},
    os::unix::fs::{FileExt, PermissionsExt},
    process::{Child, Output, Stdio},
    thread::{scope, sleep},
    time::{Duration, Instant},
};

use foretell::{EncodeOptions, Level, Method, compress, decompress};
use foretell_testkit::noise;

use crate::sandbox::{Expect, Sandbox, text, wait, wait_until};

/// Starts to compress 8 MiB onto a pipe that is not read yet, so that it must stop on its way.
fn stopped(s: &Sandbox, args: &str) -> Child {
    s.write("f", &noise(5, 8 << 20));
    let mut child =
        s.fore(&format!("-c --method store {args}")).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    // The frame's header comes before anything is read, a block's only after all of the block was.
    child.stdout.as_mut().unwrap().read_exact(&mut [0; 30]).unwrap();
    child
}

/// The rest of the output after the 30 bytes that [`stopped`] took, and the messages.
#[track_caller]
fn ended(child: Child, code: i32) -> (Vec<u8>, String) {
    let output = child.wait_with_output().unwrap();
    assert_eq!(output.status.code(), Some(code));
    (output.stdout, String::from_utf8(output.stderr).unwrap())
}

#[test]
fn a_file_that_grows_gives_a_whole_frame_of_what_it_was_and_a_warning() {
    for args in ["f", "f --block-size 64K"] {
        let s = Sandbox::new();
        let child = stopped(&s, args);
        File::options().append(true).open(s.path("f")).unwrap().write_all(b"more").unwrap();
        let (rest, told) = ended(child, 2);
        assert_eq!(told, "fore: f: grew by 4 bytes meanwhile; only its first 8388608 were read\n");
        let mut options = EncodeOptions::new().method(Method::Store).content_size(8 << 20);
        if args != "f" {
            options = options.block_len(1 << 16).unwrap();
        }
        let whole = compress(&noise(5, 8 << 20), &options).unwrap();
        assert!(rest == whole[30..], "{args}");
    }
}

#[test]
fn standard_input_that_grows_is_told_too() {
    let s = Sandbox::new();
    s.write("f", &noise(5, 8 << 20));
    let mut child = s.fore("--method store");
    let child = child.stdin(File::open(s.path("f")).unwrap()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut child = child.spawn().unwrap();
    child.stdout.as_mut().unwrap().read_exact(&mut [0; 30]).unwrap();
    File::options().append(true).open(s.path("f")).unwrap().write_all(b"more").unwrap();
    let (_, told) = ended(child, 2);
    assert_eq!(told, "fore: stdin: grew by 4 bytes meanwhile; only its first 8388608 were read\n");
}

#[test]
fn a_file_that_is_rewritten_or_shrinks_while_it_is_read_is_an_error() {
    let s = Sandbox::new();
    let child = stopped(&s, "f --block-size 64K");
    File::options().write(true).open(s.path("f")).unwrap().write_all_at(b"x", 0).unwrap();
    let (_, told) = ended(child, 1);
    assert_eq!(told, "fore: f: file changed while it was read; try again when nobody writes to it\n");
    let child = stopped(&s, "f --block-size 64K");
    File::options().write(true).open(s.path("f")).unwrap().set_len(1000).unwrap();
    let (_, told) = ended(child, 1);
    let expected =
        "fore: f: file changed while it was read, from 8388608 bytes to 1000; try again when nobody writes to it\n";
    assert_eq!(told, expected);
}

#[test]
fn a_file_whose_name_or_mode_changes_is_read_all_the_same() {
    let s = Sandbox::new();
    let child = stopped(&s, "f --block-size 64K");
    fs::rename(s.path("f"), s.path("g")).unwrap();
    assert_eq!(ended(child, 0).1, "");
}

/// What another process does to a file.
#[derive(Clone, Copy, Debug)]
enum Deed {
    Append,
    Rewrite,
    RewriteAndSetTheTimeBack,
    Truncate,
    Replace,
}

const DEEDS: [Deed; 5] = [Deed::Append, Deed::Rewrite, Deed::RewriteAndSetTheTimeBack, Deed::Truncate, Deed::Replace];

impl Deed {
    /// Does it to the file `name`, which is open as `file`; returns its content then.
    fn to(self, s: &Sandbox, name: &str, mut file: &File) -> Vec<u8> {
        let at = file.metadata().unwrap().len();
        match self {
            Self::Append => {
                file.seek(std::io::SeekFrom::End(0)).unwrap();
                file.write_all(&later()).unwrap();
            }
            Self::Rewrite => file.write_all_at(b"ONE", at / 3).unwrap(),
            Self::RewriteAndSetTheTimeBack => {
                let modified = file.metadata().unwrap().modified().unwrap();
                file.write_all_at(b"TWO", at / 3).unwrap();
                file.set_times(FileTimes::new().set_modified(modified)).unwrap();
            }
            Self::Truncate => file.set_len(at / 2).unwrap(),
            Self::Replace => {
                s.write("other", b"another file");
                fs::rename(s.path("other"), s.path(name)).unwrap();
                return b"another file".into();
            }
        }
        let mut now = Vec::new();
        let mut file = file.try_clone().unwrap();
        file.rewind().unwrap();
        file.read_to_end(&mut now).unwrap();
        now
    }
}

/// The bytes that are appended: as compressed data they are a frame of their own.
fn later() -> Vec<u8> {
    compress(b"late lines", &EncodeOptions::new().level(Level::FASTEST)).unwrap()
}

/// A run of `fore` in which something is done to its input.
struct Case<'a> {
    args: &'a str,
    input: &'a str,
    output: &'a str,
    /// The content of the input at first.
    before: &'a [u8],
    deed: Deed,
    at: Duration,
}

impl Case<'_> {
    /// Whether it was done in time, and nothing was lost: `None` for too late.
    fn is_well(&self) -> Option<bool> {
        let s = Sandbox::new();
        s.write(self.input, self.before);
        let file = File::options().read(true).write(true).open(s.path(self.input)).unwrap();
        let mut command = s.fore(self.args);
        let mut child = command.stderr(Stdio::piped()).stdout(Stdio::piped()).spawn().unwrap();
        sleep(self.at);
        // Before: by its name; the deed may be to a file that has just lost it.
        if !s.path(self.input).exists() {
            assert!(wait(&mut child).success());
            return None;
        }
        let after = self.deed.to(&s, self.input, &file);
        let was_there = s.path(self.input).exists();
        let output = child.wait_with_output().unwrap();
        let is_there = s.path(self.input).exists();
        if !was_there {
            return None;
        }
        self.check(&s, &output, &after, is_there)
    }

    fn check(&self, s: &Sandbox, output: &Output, after: &[u8], is_there: bool) -> Option<bool> {
        let (code, told) = (output.status.code().unwrap(), String::from_utf8_lossy(&output.stderr));
        let what = format!("{} {:?} at {:?}: {code} {told}", self.args, self.deed, self.at);
        let content_of = |bytes: &[u8]| if self.input == "f" { Some(bytes.to_vec()) } else { decompress(bytes).ok() };
        let made = s.path(self.output).exists().then(|| s.read(self.output));
        let made = made.map(|made| if self.input == "f" { decompress(&made).expect("whole") } else { made });
        assert!(!s.names().contains(".fore-"), "{what}: {}", s.names());
        if let Some(made) = &made {
            let states = [content_of(self.before), content_of(after)];
            let recovered = self.args.contains("--recover") && code == 1;
            assert!(states.contains(&Some(made.clone())) || recovered, "{what}: an output of no state");
        }
        if is_there {
            assert!(s.read(self.input) == after, "{what}: the input is not what was written");
            if code == 0 {
                // The name was given away when the input was gone already.
                assert!(matches!(self.deed, Deed::Replace) && made == content_of(self.before), "{what}");
                return Some(true);
            }
            assert!(code == 2 || code == 1 && self.input == "f.fore", "{what}");
            assert!(told.starts_with("fore: f"), "{what}");
            return Some(true);
        }
        assert!(code == 0 && told.is_empty(), "{what}");
        Some(made == content_of(after))
    }
}

/// Does each deed at 10, 50 and 90 % of the time that `args` take for `before` in the file `input`.
#[track_caller]
fn nothing_is_lost(args: &str, input: &str, before: &[u8]) {
    let output = if input == "f" { "f.fore" } else { "f" };
    let s = Sandbox::new();
    s.write(input, before);
    let begun = Instant::now();
    s.run(args, 0);
    let span = begun.elapsed();
    for deed in DEEDS {
        for percent in [10, 50, 90] {
            let mut case = Case { args, input, output, before, deed, at: span * percent / 100 };
            let mut is_well = case.is_well();
            // The run that was timed was a slow one.
            while is_well.is_none() && !case.at.is_zero() {
                case.at /= 2;
                is_well = case.is_well();
            }
            assert!(is_well.is_some(), "{args} {deed:?} at {percent} %: never in time");
            // Between the last check and the removal are microseconds: a change within these happens once at most.
            assert!(is_well != Some(false) || case.is_well() != Some(false), "{args} {deed:?} at {percent} %: lost");
        }
    }
}

#[test]
fn what_is_written_while_a_file_is_compressed_is_kept() {
    let content = text(90_000);
    scope(|threads| {
        for args in ["-1 f", "-1 --block-size 64K f", "-1 --verify f", "-1 --verify --block-size 64K f"] {
            threads.spawn(|| nothing_is_lost(args, "f", &content));
        }
    });
}

#[test]
fn what_is_written_while_a_file_is_decompressed_is_kept() {
    let options = EncodeOptions::new().level(Level::FASTEST).content_size(90_000);
    let whole = compress(&text(90_000), &options).unwrap();
    let blocks = compress(&text(90_000), &options.block_len(1 << 16).unwrap()).unwrap();
    scope(|threads| {
        for (args, coded) in [("-d f.fore", &whole), ("-d f.fore", &blocks), ("-d --recover f.fore", &blocks)] {
            threads.spawn(|| nothing_is_lost(args, "f.fore", coded));
        }
    });
}

#[test]
fn standard_output_that_is_an_input_is_refused_before_a_byte_is_written() {
    let s = Sandbox::with_f();
    s.run("-1k f -o all.fore", 0);
    let append = || File::options().append(true).open(s.path("all.fore")).unwrap();
    let words = ["fore: all.fore: is standard output too; it cannot be read while it is written"];
    s.fore("-1c f all.fore").stdout(append()).expect_code(1).complains(&words);
    let twice = [text(3000), text(3000)].concat();
    assert!(s.run("-dc all.fore", 0).stdout == twice, "the others go on");
    let len = s.read("all.fore").len();
    for args in ["-dc all.fore", "-dcf all.fore", "-l all.fore", "-dc --recover all.fore", "-dc --range 0:9 all.fore"] {
        s.fore(args).stdout(append()).expect_code(1).complains(&words);
        assert_eq!(s.read("all.fore").len(), len, "{args}");
    }
    let words = ["fore: stdin: is standard output too"];
    s.fore("-1").stdin(File::open(s.path("all.fore")).unwrap()).stdout(append()).expect_code(1).complains(&words);
    assert_eq!(s.read("all.fore").len(), len);
    // A test writes nothing.
    s.fore("-t all.fore").stdout(append()).expect_code(0).is_silent();
}

#[test]
fn an_output_within_the_folder_that_is_read_is_refused() {
    let s = Sandbox::with_f();
    fs::create_dir(s.path("d")).unwrap();
    s.write("d/a", b"first");
    s.write("d/z", b"last");
    let out = File::create(s.path("d/out.fore")).unwrap();
    s.fore("-1cr d").stdout(out).expect_code(1).complains(&["d/out.fore: is standard output too"]);
    assert_eq!(s.run("-dc d/out.fore", 0).stdout, b"firstlast");
}

#[test]
fn what_goes_to_no_file_costs_no_input() {
    let s = Sandbox::with_f();
    for output in ["/dev/null", "/dev/stdout"] {
        s.run(&format!("--rm f -o {output}"), 2)
            .complains(&["fore: f: not removed: it is not certain that what goes to"]);
        assert_eq!(s.names(), "f");
    }
    // A part of the content is no copy of all of it.
    s.run("-k f", 0);
    s.run("-d --range 0:9 --rm f.fore -o part", 1).complains(&["--range is not for --rm"]);
    assert_eq!(s.names(), "f f.fore");
}

#[test]
fn rights_that_are_taken_away_meanwhile_are_not_given_by_the_output() {
    let s = Sandbox::new();
    s.write("f", &text(300_000));
    let child = s.fore("-6 f").stderr(Stdio::piped()).spawn().unwrap();
    wait_until(|| s.names().contains(".fore-").then_some(()));
    fs::set_permissions(s.path("f"), Permissions::from_mode(0o600)).unwrap();
    let output = child.wait_with_output().unwrap();
    assert_eq!(output.status.code(), Some(2));
    assert!(String::from_utf8_lossy(&output.stderr).contains("not removed"));
    assert_eq!(fs::metadata(s.path("f.fore")).unwrap().permissions().mode() & 0o777, 0o600);
}

#[test]
fn a_name_that_no_file_can_have_is_refused_before_the_work() {
    let s = Sandbox::with_f();
    for name in ["new/", "none/new/"] {
        s.run(&format!("f -o {name}"), 1).complains(&[&format!("fore: {name}: ")]);
    }
    assert_eq!(s.names(), "f");
}
