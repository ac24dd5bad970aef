//! `foretell explain`: numbers that add up, fields that cost what leaving them out saves, and errors that name their cause.

mod confirmed;
mod page;

use std::fs;

use foretell::{EncodeOptions, Level, compress};
use foretell_testkit::{gzip, noise};
use predicates::{
    prelude::PredicateBooleanExt,
    str::{contains, starts_with},
};
use serde_json::Value;
use tempfile::TempDir;

use crate::{foretell, json, stdout};

/// The sum of a number over a list.
pub fn sum(list: &Value, name: &str) -> f64 {
    list.as_array().unwrap().iter().map(|row| row[name].as_f64().unwrap()).sum()
}

/// A folder with one file.
pub fn folder(name: &str, content: &[u8]) -> TempDir {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join(name), content).unwrap();
    folder
}

fn orders(count: usize) -> String {
    let cities = ["Oslo", "Porto", "Lyon", "Graz"];
    (0..count).map(|i| format!("{{\"id\":{},\"city\":\"{}\"}}\n", i * 37 % 9973, cities[i * 7 % 4])).collect()
}

/// The report on a file, after checking that it adds up: its fields and overhead are the compressed file.
#[track_caller]
fn checked(folder: &TempDir, args: &[&str], coded: usize) -> Value {
    let report = json(foretell(folder).args(["explain", "--json"]).args(args));
    assert_eq!(report["coded_bytes"], coded);
    let bits = sum(&report["fields"], "bits") + sum(&report["overhead"], "bits");
    assert!((bits - 8.0 * coded as f64).abs() < 1.0, "{bits} of {} bits", 8 * coded);
    let shares = sum(&report["fields"], "share") + sum(&report["overhead"], "share");
    assert!(coded == 0 || (shares - 1.0).abs() < 1e-3, "{shares}");
    assert_eq!(sum(&report["fields"], "bytes"), report["shown_bytes"].as_f64().unwrap());
    report
}

#[test]
fn tables_add_up_to_the_file_that_fore_makes_whatever_it_is() {
    let table: String = (0..300).map(|i| format!("{i};{};x\n", i * i % 101)).collect();
    let zipped = gzip(orders(500).as_bytes(), 6);
    for (content, kind) in [
        (orders(400).into_bytes(), "JSON"),
        (table.into_bytes(), "table of text, between `;`"),
        (zipped, "JSON"),
        (b"<a><b>1</b><b>2</b></a>".to_vec(), "XML"),
        (noise(1, 20_000), "bytes by kind"),
        (vec![7], "bytes by kind"),
        (vec![], "bytes by kind"),
    ] {
        let folder = folder("file", &content);
        for level in [1, 4] {
            let options = EncodeOptions::new().level(Level::new(level).unwrap());
            let coded = compress(&content, &options).unwrap();
            let report = checked(&folder, &["-l", &level.to_string(), "file"], coded.len());
            assert_eq!(report["kind"], kind);
            // The same of the file that was written.
            fs::write(folder.path().join("file.fore"), &coded).unwrap();
            let of_frame = checked(&folder, &["file.fore"], coded.len());
            assert_eq!((&of_frame["fields"], &of_frame["curve"]), (&report["fields"], &report["curve"]));
        }
    }
}

#[test]
fn options_of_compression_count() {
    let content = orders(200);
    let folder = folder("file", content.as_bytes());
    let options = EncodeOptions::new().level(Level::FASTEST).built_in_prior(false);
    let coded = compress(content.as_bytes(), &options).unwrap();
    checked(&folder, &["-l1", "--no-prior", "file"], coded.len());
    fs::write(folder.path().join("file.fore"), coded).unwrap();
    let mut refused = foretell(&folder);
    let refused = refused.args(["explain", "-l2", "file.fore"]).assert().code(1).stdout("");
    refused.stderr("foretell: file.fore: is compressed, and explained as it is: without --level and --no-prior\n");
}

#[test]
fn a_model_is_used_and_missed() {
    let folder = crate::pack::folder();
    let log = fs::read(folder.path().join("log")).unwrap();
    let model = foretell::Model::load(folder.path().join("a.model")).unwrap();
    let coded = compress(&log, &EncodeOptions::new().level(Level::FASTEST).model(model)).unwrap();
    let report = checked(&folder, &["-D", "a.model", "log"], coded.len());
    assert!(report["model"].is_string() && report["level"] == 1);
    fs::write(folder.path().join("log.fore"), coded).unwrap();
    let mut found = foretell(&folder);
    found.env_remove("FORETELL_MODELS").args(["explain", "--tables", "--models", ".", "log.fore"]).assert().success();
    let mut missing = foretell(&folder);
    let missing = missing.env_remove("FORETELL_MODELS").args(["explain", "log.fore"]).assert().code(1);
    missing.stderr(starts_with("foretell: log.fore: ").and(contains("model")));
}

#[test]
fn content_is_shown_by_rows_with_their_bits() {
    let folder = folder("file", b"one line\nand one more\n");
    let shown = stdout(foretell(&folder).args(["explain", "-l1", "file"]));
    let rows: Vec<&str> = shown.lines().take(2).map(|row| &row[9..]).collect();
    assert_eq!(rows, ["one line⏎", "and one more⏎"]);
    assert!(shown.contains("\nwords ") && shown.contains("\ntotal ") && shown.contains("dearest lines"));
    let part = stdout(foretell(&folder).args(["explain", "-l1", "--range", "4:4", "file"]));
    assert_eq!(&part.lines().next().unwrap()[9..], "line");
    let hex = stdout(foretell(&folder).args(["explain", "-l1", "--hex", "--head", "3", "file"]));
    assert!(hex.lines().next().unwrap().ends_with("one") && hex.contains(" 6f 6e 65 "));
    let tables = stdout(foretell(&folder).args(["explain", "-l1", "--tables", "file"]));
    assert!(shown.ends_with(&tables) && !tables.contains('⏎'));
}

#[test]
fn colours_go_where_they_are_wanted() {
    let folder = folder("file", b"some text");
    let shown = |variables: &[(&str, &str)], color: &str| {
        let mut command = foretell(&folder);
        for name in ["NO_COLOR", "COLORTERM", "TERM"] {
            command.env_remove(name);
        }
        stdout(command.envs(variables.iter().copied()).args(["explain", "-l1", "--color", color, "file"]))
    };
    // A pipe is no terminal.
    for (variables, color) in [(&[("TERM", "xterm")][..], "auto"), (&[("COLORTERM", "truecolor")], "never")] {
        assert!(!shown(variables, color).contains('\x1b'));
    }
    assert!(shown(&[("COLORTERM", "truecolor"), ("NO_COLOR", "1")], "always").contains(";48;2;"));
    assert!(shown(&[("TERM", "xterm-256color")], "always").contains(";48;5;"));
}

#[test]
fn the_difference_of_two_files_is_by_field() {
    let folder = folder("a", orders(200).as_bytes());
    fs::write(folder.path().join("b"), orders(200).replace("Oslo", "Ålesund")).unwrap();
    let report = json(foretell(&folder).args(["explain", "-l1", "--json", "a", "b"]));
    let rows = report["difference"].as_array().unwrap();
    let row = |name: &str| rows.iter().find(|row| row["name"] == name).unwrap();
    assert_eq!(row(".city")["values"], serde_json::json!([200, 200]));
    let total = |side: usize| 8.0 * report["files"][side]["coded_bytes"].as_f64().unwrap();
    assert!((sum(&report["difference"], "difference") - (total(1) - total(0))).abs() < 1.0);
    let table = stdout(foretell(&folder).args(["explain", "-l1", "a", "b"]));
    assert!(table.contains("\nA  a: ") || table.starts_with("A  a: "));
    assert!(table.lines().any(|line| line.starts_with(".city ")) && table.contains("bits of B"));
}

#[test]
fn errors_name_the_file_and_the_cause() {
    let folder = folder("file", b"content");
    let cut = compress(b"content of a frame", &EncodeOptions::new()).unwrap();
    fs::write(folder.path().join("cut.fore"), &cut[..cut.len() - 3]).unwrap();
    for (args, error) in [
        (&["nothing"][..], "nothing: No such file"),
        (&["."], ".: "),
        (&["cut.fore"], "cut.fore: "),
        (&["-D", "file", "file"], "file: "),
        (&["-o", "nowhere/page.html", "file"], "nowhere/page.html: "),
    ] {
        let failed = foretell(&folder).arg("explain").args(args).assert().code(1);
        failed.stderr(starts_with(format!("foretell: {error}")).and(contains("\n").count(1)));
    }
    for (args, words) in [
        (&["--as", "png", "file"][..], "kinds are json"),
        (&["-l0", "file"], "levels are 1 to 9"),
        (&["--json", "--head", "3", "file"], "cannot be used with"),
        (&["-o", "x.html", "file", "file"], "cannot be used with"),
        (&["--range", "3", "file"], "OFFSET:LENGTH"),
    ] {
        foretell(&folder).arg("explain").args(args).assert().code(1).stderr(contains(words));
    }
}

#[test]
fn hostile_content_takes_neither_long_nor_much() {
    let deep = "[".repeat(200_000);
    let wide: String = (0..20_000).map(|i| format!("{{\"k{i}\":1}}\n")).collect();
    let mut program = b"\x7fELF\x02\x01\x01".to_vec();
    program.resize(64, 0xff);
    for (kind, content) in
        [("json", deep.as_bytes()), ("json", wide.as_bytes()), ("elf", &program), ("tar", &[b'x'; 9999])]
    {
        let folder = folder("file", content);
        for args in [&["explain", "-l1", "--tables", "file"][..], &["explain", "-l1", "--tables", "--as", kind, "file"]]
        {
            let begun = std::time::Instant::now();
            foretell(&folder).args(args).assert().success().stdout(contains("\ntotal "));
            assert!(begun.elapsed().as_secs() < 30);
        }
    }
}

#[test]
fn standard_input_is_explained_too() {
    let folder = folder("file", b"");
    let mut command = foretell(&folder);
    let report = json(command.args(["explain", "--json", "-l1", "-"]).write_stdin(orders(50)));
    assert_eq!((&report["file"], &report["kind"]), (&Value::from("-"), &Value::from("JSON")));
}
