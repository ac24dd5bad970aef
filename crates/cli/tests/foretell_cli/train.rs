//! `foretell train` and `foretell show`: the models made, the reports about them, and refusals.

use std::fs;

use foretell::{Model, RecordCompressor, RecordDecompressor};
use predicates::prelude::{PredicateBooleanExt, predicate::str::contains};
use tempfile::TempDir;

use crate::{foretell, stdout};

/// Arguments that make training take no longer than a test may.
const TRAIN: [&str; 5] = ["train", "-l1", "--size=64K", "-o", "a.model"];

/// The line of a log.
fn line(i: u32) -> String {
    let (user, ms) = (i.wrapping_mul(2654435761) % 977, i.wrapping_mul(40503) % 311);
    let action = ["login", "logout", "search", "checkout"][ms as usize % 4];
    format!("{{\"user\": {user}, \"action\": \"{action}\", \"milliseconds\": {ms}, \"result\": \"ok\"}}")
}

fn lines(count: u32) -> String {
    (0..count).map(|i| line(i) + "\n").collect()
}

/// A folder with 400 lines in a file, and fifteen records of 30 bytes in another.
fn folder() -> TempDir {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("log"), lines(400)).unwrap();
    fs::write(folder.path().join("fixed"), "0123456789abcdefghijABCDEFGHIJ".repeat(15)).unwrap();
    folder
}

/// Takes away `zstd`, which takes time.
fn train(folder: &TempDir, args: &[&str]) -> assert_cmd::Command {
    let mut command = foretell(folder);
    command.env("PATH", "").args(TRAIN).args(args);
    command
}

fn model(folder: &TempDir) -> Vec<u8> {
    fs::read(folder.path().join("a.model")).unwrap()
}

#[test]
fn a_model_of_lines_shrinks_such_lines_and_the_log_and_the_report_tell_how_it_came_to_be() {
    let folder = folder();
    let done = train(&folder, &["--lines", "log"]).assert().success();
    let log = String::from_utf8(done.get_output().stderr.clone()).unwrap();
    let bytes = lines(400).len() - 400;
    let starts = [
        format!("foretell: 400 samples, {bytes} bytes"),
        "foretell: level 1, before the first pass: held out ".to_owned(),
        "foretell: level 1, pass 1: training ".to_owned(),
    ];
    assert!(log.lines().count() > starts.len(), "{log}");
    assert!(log.lines().zip(&starts).all(|(line, start)| line.starts_with(start)), "{log}");
    assert!(log.lines().last().unwrap().starts_with("foretell: held out: 40 samples, "), "{log}");

    let model = Model::load(folder.path().join("a.model")).unwrap();
    let report = String::from_utf8(done.get_output().stdout.clone()).unwrap();
    for told in [&model.id().to_string(), "quantisation costs ", "records, raw", "without the model"] {
        assert!(report.contains(told), "{told} is not in {report}");
    }
    assert!(!report.contains("zstd"), "{report}");
    assert!(self::model(&folder).len() <= 65536);
    assert_eq!((model.level().get(), model.trained_on().samples), (1, 400));

    let record = line(5000);
    let coded = RecordCompressor::new(&model).unwrap().compress(record.as_bytes()).unwrap();
    assert!(coded.len() * 3 < record.len(), "{} of {}", coded.len(), record.len());
    assert_eq!(RecordDecompressor::new(&model).unwrap().decompress(&coded).unwrap(), record.as_bytes());
}

#[test]
fn the_same_samples_give_the_same_file_and_a_model_may_be_replaced_by_itself() {
    let folder = folder();
    train(&folder, &["--lines", "log"]).assert().success();
    let first = model(&folder);
    train(&folder, &["--lines"]).write_stdin(lines(400)).assert().success();
    assert!(model(&folder) == first);
    // A damaged copy of the same is mended.
    fs::write(folder.path().join("a.model"), &first[..first.len() / 2]).unwrap();
    train(&folder, &["--lines", "log"]).assert().success();
    assert!(model(&folder) == first);
    let left = fs::read_dir(folder.path()).unwrap().count();
    assert_eq!(left, 3, "nothing temporary stays");
}

#[test]
fn a_model_of_another_name_is_replaced_only_by_force_and_it_is_said_which_would_be_lost() {
    let folder = folder();
    train(&folder, &["--lines", "log"]).assert().success();
    let first = model(&folder);
    let id = Model::load(folder.path().join("a.model")).unwrap().id().to_string();
    let refused = train(&folder, &["--records=30", "fixed"]).assert().code(1).stdout("");
    let would_be_lost = format!("as it would replace the model {id}");
    refused.stderr(contains(format!("foretell: a.model: the model {id} is there")).and(contains(would_be_lost)));
    assert!(model(&folder) == first);
    // Nor one that this version does not read, or that is damaged.
    for (at, words) in [(3, "another version"), (5, "as it would replace the model")] {
        let mut other = first.clone();
        other[at] ^= 1;
        fs::write(folder.path().join("a.model"), &other).unwrap();
        let refused = train(&folder, &["--records=30", "fixed"]).assert().code(1).stdout("");
        refused.stderr(contains(words).and(contains("-f replaces it")));
        assert!(model(&folder) == other);
    }
    train(&folder, &["--records=30", "-f", "fixed"]).assert().success().stderr(contains("is there").not());
    assert!(model(&folder) != first);
}

#[test]
fn a_model_that_does_not_pay_and_samples_that_tell_nothing_are_told() {
    let folder = folder();
    fs::write(folder.path().join("noise"), foretell_testkit::noise(1, 60_000)).unwrap();
    fs::write(folder.path().join("same"), "the very same line again and again\n".repeat(500)).unwrap();
    let (does_not_pay, tell_nothing) = (contains("the model does not pay"), contains("says nothing about new samples"));
    let told = train(&folder, &["--records=20", "-f", "noise"]).assert().success();
    told.stderr(does_not_pay.clone().and(tell_nothing.clone().not()));
    let told = train(&folder, &["--lines", "-f", "same"]).assert().success();
    told.stderr(does_not_pay.clone().not().and(tell_nothing.clone()));
    train(&folder, &["--lines", "-f", "log"]).assert().success().stderr(does_not_pay.not().and(tell_nothing.not()));
}

#[test]
fn what_is_no_model_is_replaced_only_by_force() {
    let folder = folder();
    fs::write(folder.path().join("a.model"), "my diary").unwrap();
    let refused = train(&folder, &["--records=30", "fixed"]).assert().code(1).stdout("");
    refused.stderr("foretell: a.model: it exists and is no model; -f replaces it\n");
    assert_eq!(model(&folder), b"my diary");
    train(&folder, &["--records=30", "-f", "fixed"]).assert().success();
    assert!(Model::load(folder.path().join("a.model")).is_ok());
    fs::create_dir(folder.path().join("b.model")).unwrap();
    for (place, why) in [("b.model", "is a directory, no place for a file"), ("nowhere/c.model", "cannot create it: ")]
    {
        let refused = foretell(&folder).args(["train", "-f", "-o", place, "fixed"]).assert().code(1);
        refused.stderr(contains(format!("foretell: {place}: {why}")));
    }
}

#[test]
fn without_samples_there_is_no_model() {
    let folder = folder();
    fs::write(folder.path().join("empty"), "").unwrap();
    let none = "foretell: no samples: the files named are empty\n";
    train(&folder, &["empty"]).assert().code(1).stdout("").stderr(none);
    train(&folder, &[]).write_stdin("").assert().code(1).stdout("").stderr(none);
    train(&folder, &["--lines", "-"]).write_stdin("\n\n").assert().code(1).stdout("").stderr(none);
    let missing = train(&folder, &["missing"]).assert().code(1).stdout("");
    missing.stderr(contains("foretell: missing: ").and(contains("\n").count(1)));
    train(&folder, &["fixed"]).assert().code(1).stderr(contains("foretell: too few samples: "));
    assert!(!folder.path().join("a.model").exists());
}

#[test]
fn more_than_a_gibibyte_is_refused_before_it_is_read() {
    let folder = folder();
    let file = fs::File::create(folder.path().join("large")).unwrap();
    file.set_len((1 << 30) + 1).unwrap();
    let refused = train(&folder, &["log", "large"]).assert().code(1);
    refused.stderr(contains("the samples have more than 1 GiB: give a part of them"));
}

#[test]
fn files_of_a_folder_are_samples_and_empty_ones_are_passed_over() {
    let folder = folder();
    let samples = folder.path().join("samples");
    fs::create_dir_all(samples.join("below")).unwrap();
    fs::write(samples.join("below/empty"), "").unwrap();
    for i in 0..20 {
        fs::write(samples.join(format!("{i}")), line(i)).unwrap();
    }
    let done = train(&folder, &["samples", "-"]).write_stdin(line(20)).assert().success();
    done.stderr(contains("foretell: 21 samples, ").and(contains("foretell: few samples: ")));
}

#[test]
fn records_are_as_long_as_they_are_said_to_be() {
    let folder = folder();
    train(&folder, &["--records", "30", "fixed"])
        .assert()
        .success()
        .stderr(contains("foretell: 15 samples, 450 bytes"));
    for (args, why) in [
        (["--records=0", "fixed"], "a record has at least one byte"),
        (["--size=1K", "fixed"], "a model has 16384 to 67108864 bytes, not 1024"),
    ] {
        foretell(&folder).args(["train", "-o", "b.model"]).args(args).assert().code(1).stderr(contains(why));
    }
}

#[test]
fn show_tells_what_models_are_and_goes_on_after_what_is_none() {
    let folder = folder();
    train(&folder, &["--also=2", "--records=30", "fixed"]).assert().success();
    let whole = Model::load(folder.path().join("a.model")).unwrap();
    let row = format!("a.model  {}      1  ", whole.id());
    assert!(stdout(foretell(&folder).args(["show", "a.model"])).contains(&row));
    let mixed = foretell(&folder).args(["show", "log", "missing", "a.model"]).assert().code(1);
    let errors = contains("foretell: log: not a trained model\n").and(contains("foretell: missing: No such file"));
    mixed.stdout(contains(row)).stderr(errors);
}

#[cfg(unix)]
#[test]
fn a_zstd_that_fails_is_named_in_one_line_and_no_error() {
    use std::os::unix::fs::PermissionsExt;
    let folder = folder();
    let zstd = folder.path().join("zstd");
    let run = |script: &str| {
        fs::write(&zstd, script).unwrap();
        fs::set_permissions(&zstd, fs::Permissions::from_mode(0o755)).unwrap();
        train(&folder, &["--lines", "log"]).env("PATH", folder.path()).assert().success()
    };
    let failed = run("#!/bin/sh\necho no idea >&2; exit 3\n").stdout(contains("zstd").not());
    failed.stderr(contains("foretell: zstd is left out of the report: training: exit status: 3: no idea\n"));
    // Makes files of nine bytes.
    let script = "#!/bin/sh
        case \"$*\" in *--train*--maxdict=65536*) exit 0;; *--train*) exit 1;; esac
        for file; do case $file in held-out/*) echo prefixed > coded/${file#held-out/}.zst;; esac; done\n";
    let told = run(script).stdout(contains("zstd -19, dictionary of up to 65536 bytes    360").and(contains("200")));
    told.stderr(contains("zstd").not());
}
