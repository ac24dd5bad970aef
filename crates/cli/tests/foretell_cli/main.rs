//! `foretell compare` and `foretell bench` from outside: their output, pictures and exit codes.

mod ablate;
mod block_sizes;
mod corpus;
#[cfg(unix)]
mod descriptors;
mod explain;
mod install_files;
mod pack;
#[cfg(unix)]
mod scripted_peers;
mod train;

use std::{fs, path::Path};

use assert_cmd::{Command, cargo::cargo_bin_cmd};
use predicates::prelude::{PredicateBooleanExt, predicate::str::contains};
use serde_json::Value;
use tempfile::TempDir;

/// A folder with a text of 3,000 bytes, and below it zeros, an empty file and files that `bench` leaves out.
fn corpus() -> TempDir {
    let folder = tempfile::tempdir().unwrap();
    let text: Vec<u8> = b"the cat sat on the mat and the dog ate it; ".iter().copied().cycle().take(3000).collect();
    fs::create_dir(folder.path().join("more")).unwrap();
    for (name, content) in [
        ("a text.txt", text.as_slice()),
        ("more/zeros", &[0; 1000]),
        ("more/empty", &[]),
        (".hidden", b"hidden"),
        ("README.md", b"about the others"),
    ] {
        fs::write(folder.path().join(name), content).unwrap();
    }
    folder
}

fn foretell(folder: &TempDir) -> Command {
    let mut command = cargo_bin_cmd!("foretell");
    command.current_dir(folder.path());
    command
}

fn stdout(command: &mut Command) -> String {
    String::from_utf8(command.assert().success().get_output().stdout.clone()).unwrap()
}

fn json(command: &mut Command) -> Value {
    serde_json::from_str(&stdout(command)).unwrap()
}

/// The result of `codec` at `settings` in a file's (or the total's) report.
fn result<'a>(file: &'a Value, codec: &str, settings: &str) -> &'a Value {
    let results = file["results"].as_array().unwrap();
    results.iter().find(|result| result["codec"] == codec && result["settings"] == settings).unwrap()
}

/// The size of the file compressed by the library.
fn coded_size(path: &Path, method: foretell::Method, level: u8) -> u64 {
    let options = foretell::EncodeOptions::new().method(method).level(foretell::Level::new(level).unwrap());
    foretell::compress(&fs::read(path).unwrap(), &options).unwrap().len() as u64
}

#[test]
fn compare_tells_the_true_sizes_and_their_total() {
    let folder = corpus();
    let report = json(foretell(&folder).args(["compare", "--json", "--level", "2", "a text.txt", "more/zeros"]));
    let text = &report["files"][0];
    let path = folder.path().join("a text.txt");
    assert_eq!(text["file"], "a text.txt");
    assert_eq!(text["size"], 3000);
    let neural = result(text, "neural", "-2");
    assert_eq!(neural["size"], coded_size(&path, foretell::Method::Neural, 2));
    assert_eq!(result(text, "huffman", "")["size"], coded_size(&path, foretell::Method::Huffman, 2));
    let bits_per_byte = 8.0 * neural["size"].as_f64().unwrap() / 3000.0;
    assert!((neural["bits_per_byte"].as_f64().unwrap() - bits_per_byte).abs() < 1e-5);
    assert!(neural["decompress_bytes_per_second"].as_u64().unwrap() > 0);

    let no_prior = foretell::EncodeOptions::new().level(foretell::Level::new(2).unwrap()).built_in_prior(false);
    let no_prior = foretell::compress(&fs::read(&path).unwrap(), &no_prior).unwrap().len();
    assert_eq!(result(text, "no-prior", "-2 --no-prior")["size"], no_prior);
    assert!(no_prior > neural["size"].as_u64().unwrap() as usize, "the built-in prior helps a short text");

    let total = &report["total"];
    assert_eq!(total["size"], 4000);
    for (codec, settings) in [("huffman", ""), ("neural", "-2"), ("no-prior", "-2 --no-prior")] {
        let sizes = [0, 1].map(|i| result(&report["files"][i], codec, settings)["size"].as_u64().unwrap());
        assert_eq!(result(total, codec, settings)["size"], sizes[0] + sizes[1]);
    }
    let sizes = ["huffman", "neural"].map(|codec| {
        let settings = if codec == "neural" { "-2" } else { "" };
        result(total, codec, settings)["size"].as_f64().unwrap()
    });
    let gain = result(total, "neural", "-2")["gain_over_huffman_percent"].as_f64().unwrap();
    assert!((gain - 100.0 * (1.0 - sizes[1] / sizes[0])).abs() < 0.01);
}

#[test]
fn order0_entropy_is_of_the_file_and_in_totals_of_all_bytes() {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("two-bits"), b"abcd".repeat(100)).unwrap();
    fs::write(folder.path().join("no-bits"), [7; 1200]).unwrap();
    let report = json(foretell(&folder).args(["bench", "--json", "-l1", "."]));
    assert_eq!(report["files"][0]["order0_bits_per_byte"], 0.0);
    assert_eq!(report["files"][1]["order0_bits_per_byte"], 2.0);
    assert_eq!(report["total"]["order0_bits_per_byte"], 0.5);
}

#[test]
fn compare_prints_aligned_rows_and_a_total() {
    let folder = corpus();
    let table = stdout(foretell(&folder).args(["compare", "-l1", "a text.txt", "more/zeros", "more/empty"]));
    let rows: Vec<&str> = table.lines().skip(1).take(5).collect();
    let starts = ["file", "a text.txt", "more/zeros", "more/empty", "total"];
    assert_eq!(rows.len(), starts.len(), "{table}");
    assert!(rows.iter().zip(starts).all(|(row, start)| row.starts_with(start)), "{table}");
    assert!(rows.iter().all(|row| row.chars().count() == rows[0].chars().count()), "{table}");
    assert!(rows[0].len() <= 120, "{table}");
    assert!(rows[3].contains(" - "), "an empty file has no bits per byte: {table}");
}

#[test]
fn bench_walks_folders_in_order_and_leaves_out_what_is_no_data() {
    let folder = corpus();
    let report = json(foretell(&folder).args(["bench", "--json", "-l1", "."]));
    let names: Vec<&str> = report["files"].as_array().unwrap().iter().map(|f| f["file"].as_str().unwrap()).collect();
    assert_eq!(names, ["a text.txt", "more/empty", "more/zeros"]);
    assert!(report["files"][1]["order0_bits_per_byte"].is_null());
    assert_eq!(report["total"]["size"], 4000);
}

#[test]
fn bench_takes_the_folder_corpus_unless_told_otherwise() {
    let folder = tempfile::tempdir().unwrap();
    foretell(&folder).arg("bench").assert().code(1).stderr(contains("no folder `corpus` here"));
    fs::create_dir(folder.path().join("corpus")).unwrap();
    foretell(&folder).arg("bench").assert().code(1).stderr(contains("nothing to measure"));
    fs::write(folder.path().join("corpus/one"), "one").unwrap();
    foretell(&folder).args(["bench", "-l1"]).assert().success().stdout(contains("\none "));
}

#[test]
fn bench_csv_has_a_line_for_each_file_level_and_total() {
    let folder = corpus();
    fs::write(folder.path().join("more/a,\"b\""), "quoted").unwrap();
    let csv = stdout(foretell(&folder).args(["bench", "--csv", "--level", "1-2,4", "."]));
    let lines: Vec<&str> = csv.lines().collect();
    assert_eq!(lines.len(), 1 + (4 + 1) * (1 + 2 * 3));
    assert!(lines[0].starts_with("file,size,order0_bits_per_byte,codec,settings,coded_size,"));
    assert!(csv.contains("\n\"more/a,\"\"b\"\"\",6,"), "{csv}");
    let sizes = |start: &str| -> Vec<u64> {
        let lines = lines.iter().filter(|line| line.starts_with(start) && line.contains(",neural,-4,"));
        lines.map(|line| line.rsplit(',').nth(4).unwrap().parse().unwrap()).collect()
    };
    let total: u64 = ["a text", "more/empty", "more/zeros", "\"more"].iter().map(|start| sizes(start)[0]).sum();
    assert_eq!(sizes("total,4006,"), [total]);
}

#[test]
fn a_missing_file_is_named_and_the_others_are_still_measured() {
    let folder = corpus();
    for command in [["compare", "-l1"], ["bench", "-l1"]] {
        let mut run = foretell(&folder);
        run.args(command)
            .args(["missing", "a text.txt"])
            .assert()
            .code(1)
            .stdout(contains("a text.txt"))
            .stderr(contains("foretell: missing: ").and(contains("a text.txt").not()).and(contains("\n").count(1)));
    }
}

#[test]
fn a_bad_level_is_refused_by_name() {
    let folder = corpus();
    for (command, level) in [("compare", "0"), ("compare", "1,3"), ("bench", "10"), ("bench", "3,x")] {
        let named = level.rsplit(',').next().unwrap();
        let mut run = foretell(&folder);
        let run = run.args([command, "--level", level, "a text.txt"]).assert().code(1).stdout("");
        run.stderr(contains(named).and(contains("levels are 1 to 9")));
    }
}

#[test]
fn help_and_version_are_no_errors() {
    let folder = corpus();
    foretell(&folder).arg("--version").assert().success().stdout(contains(env!("CARGO_PKG_VERSION"))).stderr("");
    let mut help = foretell(&folder);
    let help = help.args(["bench", "--help"]).assert().success().stderr("");
    help.stdout(contains("README*").and(contains("order0_bits_per_byte")).and(contains("wall-clock")));
}

#[test]
fn absent_peers_are_named_in_one_line_and_the_rest_goes_on() {
    let folder = corpus();
    let all = "gzip, bzip2, xz, zstd, brotli, bzip3, 7z, zpaq";
    for command in ["compare", "bench"] {
        let mut run = foretell(&folder);
        let run = run.env("PATH", "").args([command, "-l1", "--peers", "a text.txt"]).assert().success();
        run.stdout(contains("neural")).stderr(format!("foretell: not found on PATH: {all}\n"));
    }
    let report = json(foretell(&folder).env("PATH", "").args(["compare", "-l1", "--peers", "--json", "a text.txt"]));
    assert_eq!(report["absent_peers"].as_array().unwrap().len(), 8);
}

#[test]
fn the_picture_is_well_formed_and_labelled() {
    let folder = corpus();
    fs::write(folder.path().join("more/<a> & \"b\""), "quoted").unwrap();
    for (paths, label) in [(["."].as_slice(), "more/&lt;a&gt; &amp; &quot;b&quot;, 6 bytes"), (&["a text.txt"], "1 KB")]
    {
        let mut run = foretell(&folder);
        run.args(["bench", "--plot", "out.svg", "--level", "1,3"]).args(paths).assert().success();
        let svg = fs::read_to_string(folder.path().join("out.svg")).unwrap();
        assert_well_formed(&svg);
        let fixed =
            ["bits per byte", "position in", "order-0 entropy", "Huffman", "neural -1", "neural -3", "no-prior -3"];
        for label in fixed.iter().chain([&label, &"a text.txt, 3000 bytes"]) {
            assert!(svg.contains(label), "{label} is not in {svg}");
        }
        fs::remove_file(folder.path().join("out.svg")).unwrap();
    }
}

#[test]
fn a_picture_that_cannot_be_made_is_an_error_after_the_table() {
    let folder = corpus();
    for (file, out, error) in
        [("more/empty", "out.svg", "nothing to draw"), ("more/zeros", "nowhere/out.svg", "No such")]
    {
        let mut run = foretell(&folder);
        let run = run.args(["bench", "-l1", "--plot", out, file]).assert().code(1).stdout(contains("total"));
        run.stderr(contains(format!("foretell: {out}: {error}")));
    }
}

/// Every tag is closed in its turn, and there is one root.
fn assert_well_formed(svg: &str) {
    let mut open: Vec<&str> = Vec::new();
    let mut roots = 0;
    for tag in svg.split('<').skip(1) {
        let (tag, text) = tag.split_once('>').expect("a tag ends");
        assert!(!text.contains('>') && !text.replace("&amp;", "").contains("& "), "unescaped text: {text}");
        let name = tag.trim_start_matches('/').split([' ', '/']).next().unwrap();
        if tag.starts_with('/') {
            assert_eq!(open.pop(), Some(name));
        } else if !tag.ends_with('/') && !tag.starts_with(['?', '!']) {
            roots += usize::from(open.is_empty());
            open.push(name);
        }
    }
    assert!(open.is_empty() && roots == 1, "left open: {open:?}, roots: {roots}");
}
