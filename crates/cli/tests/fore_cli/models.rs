//! Trained models: named by `-D`, found in folders, absent or wrong. contract T47

use std::{fs, io::Write, sync::LazyLock};

use foretell::{EncodeOptions, Encoder, Level, Model, Trainer, compress};

use crate::sandbox::{Expect, Sandbox, text};

/// A model and its file.
pub struct Trained {
    model: Model,
    pub file: Vec<u8>,
}

/// The model that files here need.
pub static RIGHT: LazyLock<Trained> = LazyLock::new(|| Trained::on(record));
/// Another one.
pub static WRONG: LazyLock<Trained> = LazyLock::new(|| Trained::on(|i| format!("{i} is {}\n", i * i).into()));

impl Trained {
    /// For the fastest level, on short records.
    fn on(record: impl Fn(u32) -> Vec<u8>) -> Self {
        let samples: Vec<Vec<u8>> = (0..200).map(record).collect();
        let trained = Trainer::new().level(Level::FASTEST).train(&samples, |_| {}).unwrap();
        Self { model: trained.model, file: trained.file }
    }

    pub fn id(&self) -> String {
        self.model.id().to_string()
    }

    /// `content` compressed with the model.
    pub fn compressed(&self, content: &[u8]) -> Vec<u8> {
        compress(content, &EncodeOptions::new().level(self.model.level()).model(self.model.clone())).unwrap()
    }
}

/// A short record. All have words and punctuation in common.
pub fn record(i: u32) -> Vec<u8> {
    let (minute, state) = (i * 7 % 60, ["open", "closed", "waiting"][i as usize * 5 % 3]);
    let when = format!("2026-11-{:02}T{:02}:{minute:02}:00Z", i % 30 + 1, i * 11 % 24);
    let text = format!("request {} from the gateway was answered in {} milliseconds", i * 37 % 1000, i * 13 % 90);
    format!("{{\"time\": \"{when}\", \"service\": \"orders\", \"state\": \"{state}\", \"message\": \"{text}\"}}\n")
        .into()
}

/// With both models, a `record`, and `record.fore`, which needs the right one.
fn sandbox() -> Sandbox {
    let s = Sandbox::new();
    s.write("right", &RIGHT.file);
    s.write("wrong", &WRONG.file);
    s.write("record", &record(777));
    s.run("-k -D right record", 0).is_silent();
    s
}

/// The only frame of `coded`, as `-l --json` has it. No model is at hand.
fn listed(coded: &[u8]) -> serde_json::Value {
    let json = Sandbox::new().pipe("-l --json", coded, 0).stdout;
    serde_json::from_slice::<serde_json::Value>(&json).unwrap()[0]["frames"][0].take()
}

#[test]
fn the_right_model_gives_the_record_back() {
    let s = sandbox();
    for args in ["-D right", "-Dright", "--model right", "--model=right", "-T2 -D right", "-D wrong -D right"] {
        assert_eq!(s.run(&format!("-dc {args} record.fore"), 0).stdout, record(777), "{args}");
        s.run(&format!("-t {args} record.fore"), 0).is_silent();
    }
    for args in ["-dcf", "-dc --recover", "-dc --range 0:20"] {
        let content = s.run(&format!("{args} -D right record.fore"), 0).stdout;
        assert!(!content.is_empty() && record(777).starts_with(&content), "{args}");
    }
    s.run("-df -D right record.fore", 0).is_silent();
    assert_eq!((s.names().as_str(), s.read("record")), ("record right wrong", record(777)));
}

#[test]
fn without_it_or_with_another_nothing_is_written() {
    let s = sandbox();
    fs::remove_file(s.path("record")).unwrap();
    let (right, wrong) = (RIGHT.id(), WRONG.id());
    for (args, named) in [("", vec![&right]), ("-D wrong", vec![&right, &wrong])] {
        for what in ["-d", "-df", "-d --recover", "-t", "-dc --range 0:5", "-dc", "-dcf"] {
            let printed = s.run(&format!("{what} {args} record.fore"), 1);
            printed.complains(&["record.fore: ", "name it with -D, or its folder with --models"]);
            named.iter().for_each(|id| printed.complains(&[id]));
            assert!(printed.stdout.is_empty(), "{what} {args}");
        }
    }
    assert_eq!(s.names(), "record.fore right wrong");
}

#[test]
fn models_are_looked_for_in_folders() {
    let s = sandbox();
    for folder in ["empty", "all"] {
        fs::create_dir(s.path(folder)).unwrap();
    }
    s.write("all/a", b"no model");
    s.write("all/b", &WRONG.file);
    s.write("all/c", &RIGHT.file);
    for args in ["--models all", "--models empty --models all", "--models=all --models none", "-D wrong --models all"] {
        assert_eq!(s.run(&format!("-dc {args} record.fore"), 0).stdout, record(777), "{args}");
    }
    let with = |args: &str, folder: &str, code| {
        s.fore(&format!("{args} record.fore")).env("FORETELL_MODELS", folder).expect_code(code)
    };
    for args in ["-dc", "-dc --models empty"] {
        assert_eq!(with(args, "all", 0).stdout, record(777), "{args}");
    }
    for folder in ["", "empty", "none"] {
        with("-dc", folder, 1).complains(&[&RIGHT.id()]);
        assert_eq!(with("-dc --models all", folder, 0).stdout, record(777), "{folder}");
    }
}

#[test]
fn a_cut_off_an_unreadable_or_a_renamed_file_does_not_hide_a_good_model() {
    let s = sandbox();
    fs::create_dir(s.path("models")).unwrap();
    s.write("models/m.model", &RIGHT.file);
    // Before and after it, in any order: the rest of an interrupted copy, and damage.
    let mut damaged = RIGHT.file.clone();
    *damaged.last_mut().unwrap() ^= 1;
    for name in ["a", "b.model", "l", "trunc.model", "z1"] {
        for bad in [&RIGHT.file[..13], &RIGHT.file[..100], &damaged, &WRONG.file] {
            s.write(&format!("models/{name}"), bad);
            assert_eq!(s.run("-dc --models models record.fore", 0).stdout, record(777), "{name}");
        }
    }
    fs::create_dir(s.path("models/folder")).unwrap();
    std::os::unix::fs::symlink("nowhere", s.path("models/0")).unwrap();
    fs::rename(s.path("models/m.model"), s.path("models/notes.txt")).unwrap();
    assert_eq!(s.run("-dc --models models record.fore", 0).stdout, record(777));
    // Without the right model they are reported, in the order of their names.
    fs::remove_file(s.path("models/notes.txt")).unwrap();
    s.write("models/b.model", &RIGHT.file[..100]);
    s.write("models/a", &damaged);
    let checksum = "the model does not match its checksum";
    let words = format!("; models/a: {checksum}; models/b.model: {checksum}; models/0: No such file or directory;");
    s.run("-dc --models models record.fore", 1).complains(&[&RIGHT.id(), &words]);
}

#[test]
fn a_stream_that_is_flushed_names_its_model_from_the_beginning() {
    let options = EncodeOptions::new().level(Level::FASTEST).model(RIGHT.model.clone());
    for before in [&b""[..], b"x"] {
        let mut encoder = Encoder::new(Vec::new(), &options);
        encoder.write_all(before).unwrap();
        encoder.flush().unwrap();
        assert!(encoder.get_ref().len() >= 18, "the header must be there");
        encoder.write_all(&record(7)).unwrap();
        let coded = encoder.finish().unwrap();
        assert_eq!(listed(&coded)["model"], RIGHT.id());
        assert_eq!(sandbox().pipe("-d -D right", &coded, 0).stdout, [before, &record(7)].concat());
    }
}

#[test]
fn a_model_that_takes_more_memory_than_is_allowed_is_refused() {
    let s = sandbox();
    fs::create_dir(s.path("models")).unwrap();
    s.write("models/m", &RIGHT.file);
    let limit = RIGHT.file.len() * 3 / 2;
    for args in ["-c -D right record", "-dc -D right record.fore", "-dc --models models record.fore"] {
        let words = ["the model needs ", &format!("{limit} are allowed")];
        let printed = s.run(&format!("-M {limit} {args}"), 1);
        assert!(words.iter().all(|words| printed.stderr.contains(words)), "{args}: {printed:?}");
    }
}

#[test]
fn a_model_is_not_used_where_the_file_is_smaller_without_it() {
    let s = sandbox();
    let manual =
        b"NAME\n  tool - does a thing\nSYNOPSIS\n  tool [-a] [-b FILE]\nDESCRIPTION\n  The tool reads its input \
        and writes what it found to standard output.\n";
    let long = manual.repeat(3).iter().copied().chain((0..).flat_map(record).take(30_000)).collect::<Vec<_>>();
    let noise = foretell_testkit::noise(1, 20_000);
    for content in [&manual[..], &record(3), b"", b"x", &manual.repeat(20), &long, &noise] {
        let [with, plain, none] = ["-1c -D right", "-1c", "-1c --no-prior"].map(|args| s.pipe(args, content, 0).stdout);
        if content.len() <= 1 << 14 {
            let least = plain.len().min(none.len());
            assert!(with.len() <= least, "{} of {least}", with.len());
        }
        if listed(&with)["model"].is_null() {
            assert_eq!(s.pipe("-d", &with, 0).stdout, content);
        }
        assert_eq!(s.pipe("-d -D right", &with, 0).stdout, content);
        // The same from a file, and for any number of threads.
        s.write("g", content);
        assert_eq!(s.run("-1c -T2 -D right g", 0).stdout, with);
    }
    let model = |content: &[u8]| listed(&s.pipe("-1c -D right", content, 0).stdout)["model"].take();
    assert!(model(manual).is_null() && model(b"").is_null() && model(&noise).is_null());
    assert_eq!(model(&record(3)), RIGHT.id());
    // In several blocks, each is coded as suits it, and the frame names the model.
    let blocks = [(0..).flat_map(record).take(1 << 16).collect::<Vec<_>>(), noise].concat();
    let coded = s.pipe("-1c -D right --block-size 64K", &blocks, 0).stdout;
    assert_eq!(listed(&coded)["model"], RIGHT.id());
    assert_eq!(s.pipe("-d -D right", &coded, 0).stdout, blocks);
}

#[test]
fn a_folder_that_is_not_there_matters_only_when_a_model_is_missing() {
    let s = Sandbox::with_f();
    let coded = s.run("-1c --no-prior --models none f", 0).stdout;
    assert_eq!(s.pipe("-d --models none", &coded, 0).stdout, text(3000));
}

#[test]
fn a_record_gets_much_smaller() {
    let s = sandbox();
    let without = s.run("-1c record", 0).stdout;
    let with = s.read("record.fore");
    assert!(with.len() * 10 < without.len() * 7, "{} and {}", with.len(), without.len());
}

#[test]
fn the_level_is_the_models_unless_one_is_asked_for() {
    let s = sandbox();
    for (args, level) in [("", 1), ("-3", 3), ("--level 2", 2), ("--fast", 1)] {
        let coded = s.run(&format!("-c {args} -D right record"), 0).stdout;
        assert_eq!(listed(&coded)["level"], level, "{args}");
        assert_eq!(s.pipe("-d -D right", &coded, 0).stdout, record(777), "{args}");
    }
    for (variable, level) in [("4", 4), ("many", 1)] {
        let coded = s.fore("-c -D right record").env("FORE_LEVEL", variable).expect_code(0).stdout;
        assert_eq!(listed(&coded)["level"], level, "{variable}");
    }
}

#[test]
fn listing_names_the_model_and_needs_none() {
    let s = sandbox();
    let id = RIGHT.id();
    assert_eq!(listed(&s.read("record.fore"))["model"], id.as_str());
    s.run("-l record.fore", 0);
    let table = String::from_utf8(s.run("-lv record.fore", 0).stdout).unwrap();
    let rows: Vec<Vec<&str>> = table.lines().map(|line| line.split_whitespace().collect()).collect();
    assert_eq!((rows[0][4], rows[1][4]), ("model", id.as_str()));
    let without = s.run("-1c --no-prior record", 0).stdout;
    assert!(listed(&without)["model"].is_null());
}

#[test]
fn verifying_uses_the_model() {
    let s = sandbox();
    s.run("-f --verify -D right record", 0).is_silent();
    assert_eq!(s.run("-dc -D right record.fore", 0).stdout, record(777));
}

#[test]
fn the_model_that_is_used_neither_goes_nor_is_replaced() {
    let s = sandbox();
    for args in ["-D right right", "-f -D right record -o right", "-df -D right record.fore -o right", "-rfD right ."] {
        s.run(args, 1).complains(&["fore: ", "right: is the model that decoding "]);
        assert!(s.read("right") == RIGHT.file, "{args}");
    }
    // A model that stays can be compressed.
    s.run("-k -D right right", 0).is_silent();
}

#[test]
fn a_file_that_is_no_model_stops_everything() {
    let s = sandbox();
    s.write("bad", &RIGHT.file[..RIGHT.file.len() - 1]);
    for (model, what) in [("none", "No such file"), ("record", "not a trained model"), ("bad", "checksum")] {
        for args in ["-f", "-d", "-t"] {
            s.run(&format!("{args} -D {model} record"), 1).complains(&[&format!("fore: {model}: "), what]);
        }
    }
    assert_eq!(s.names(), "bad record record.fore right wrong");
}

#[test]
fn the_built_in_model_can_be_left_out() {
    let s = Sandbox::new();
    let prose = b"The keeper of the lighthouse wrote down what he had seen, and then he went to bed.\n";
    let with = s.pipe("-1", prose, 0).stdout;
    let without = s.pipe("-1 --no-prior", prose, 0).stdout;
    assert_ne!(with, without);
    for coded in [with, without] {
        assert_eq!(s.pipe("-d", &coded, 0).stdout, prose);
    }
}

#[test]
fn what_is_good_of_a_damaged_file_is_saved_with_its_model() {
    let s = sandbox();
    let content: Vec<u8> = (0..).flat_map(record).take(3 << 16).collect();
    s.write("f", &content);
    s.run("-D right --block-size 64K f", 0);
    let mut coded = s.read("f.fore");
    let middle = coded.len() / 2;
    coded[middle] ^= 1;
    s.write("f.fore", &coded);
    s.run("-t -D right f.fore", 1).complains(&["block 2"]);
    s.run("-d --recover f.fore", 1).complains(&[&RIGHT.id()]);
    assert!(!s.path("f").exists());
    s.run("-d --recover -D right f.fore", 1).complains(&["block 2"]);
    let saved = s.read("f");
    assert!(saved.len() == content.len() && s.path("f.fore").exists());
    for block in [0..1 << 16, 2 << 16..3 << 16] {
        assert!(saved[block.clone()] == content[block]);
    }
}

#[test]
fn any_number_of_threads_names_the_same_model() {
    let s = sandbox();
    // The first block is unlike the model, the others are not; and at the length from which on copies are looked for.
    let unlike: Vec<u8> = (0..20_000_u64).flat_map(|i| format!("{} ", i * i * i).into_bytes()).take(1 << 16).collect();
    let records: Vec<u8> = (0..9000).flat_map(record).collect();
    for (name, len) in [("short", 200_000), ("long", 1 << 20)] {
        let content = [&unlike[..], &records].concat();
        s.write(name, &content[..len]);
        for options in ["--block-size 64K", "--block-size 1M", ""] {
            let coded = |threads: u8| s.run(&format!("-1 -D right -T{threads} {options} -kc {name}"), 0).stdout;
            let one = coded(1);
            assert!(coded(2) == one, "{name} {options}");
            s.write("f.fore", &one);
            assert!(s.run("-dc -D right f.fore", 0).stdout == content[..len], "{name} {options}");
        }
    }
}
