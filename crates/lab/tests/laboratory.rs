//! The laboratory's figures are those of the codec, and its hooks do what they say.

use std::{fs, path::Path};

use foretell::{
    EncodeOptions, Level, compress,
    unstable::{ablated_len, math::ln, model::Probe},
};
use foretell_lab::{
    compare,
    content::Choice,
    dump, nibbles,
    price::{Detail, Prices, report},
    side,
};
use foretell_testkit::noise;

const LEVELS: [u8; 3] = [1, 4, 6];

/// Text, a long run that the match model predicts alone, and noise.
fn content() -> Vec<u8> {
    let text = fs::read(Path::new(env!("CARGO_MANIFEST_DIR")).join("../../corpus/written/guessing.txt")).unwrap();
    [text, vec![b' '; 9000], noise(1, 2000)].concat()
}

fn levels() -> impl Iterator<Item = Level> {
    LEVELS.into_iter().filter_map(Level::new)
}

#[track_caller]
fn assert_about(bits: f64, bytes: usize) {
    let (coded, bytes) = (bits / 8.0, bytes as f64);
    assert!((coded - bytes).abs() <= bytes / 1000.0 + 8.0, "{coded} {bytes}");
}

#[test]
fn costs_of_bytes_add_up_to_the_coded_length() {
    let content = content();
    for level in levels() {
        let prices = Prices::of(&content, level, false).unwrap();
        let sums = prices.sums();
        assert_eq!(sums.len(), prices.columns.len());
        assert_about(sums[0], ablated_len(&content, level, None).unwrap());
        assert_about(Probe::new(level, content.len(), None).unwrap().cost(&content), (sums[0] / 8.0) as usize);
        // Mixed they are better than the best of them.
        let best = sums[1..].iter().copied().fold(f64::INFINITY, f64::min);
        assert!(sums[0] < best, "{level:?}: {} {best}", sums[0]);
    }
}

/// `corpus/SIZES` has what a normal build makes of the corpus.
#[test]
fn with_no_input_and_no_constant_set_the_network_computes_what_a_normal_build_does() {
    let corpus = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../corpus");
    let sizes = fs::read_to_string(corpus.join("SIZES")).unwrap();
    for name in ["written/letter.txt", "written/dialogue.txt"] {
        let line = sizes.lines().find(|line| line.starts_with(&format!("{name} "))).unwrap();
        let wanted: Vec<usize> = line.split_whitespace().skip(2).map(|size| size.parse().unwrap()).collect();
        let content = fs::read(corpus.join(name)).unwrap();
        let options = |level| EncodeOptions::new().level(level).built_in_prior(false);
        let sizes: Vec<usize> = Level::all().map(|l| compress(&content, &options(l)).unwrap().len()).collect();
        assert_eq!(sizes, wanted, "{name}");
    }
}

#[test]
fn with_the_built_in_prior_it_has_an_opinion_too_and_text_costs_less() {
    let content = content();
    let [with, without] = [true, false].map(|prior| Prices::of(&content[..9000], Level::FASTEST, prior).unwrap());
    assert_eq!(with.columns.last().unwrap(), "prior");
    assert_eq!(with.columns.len(), without.columns.len() + 1);
    assert!(with.sums()[0] < without.sums()[0], "{} {}", with.sums()[0], without.sums()[0]);
    // What the prior alone says is worth something, and not all.
    let alone = *with.sums().last().unwrap();
    assert!((with.sums()[0]..8.0 * 9000.0).contains(&alone), "{alone}");
}

#[test]
fn reports_have_files_kinds_experts_and_regions_and_csv_has_a_line_for_each_byte() {
    let folder = tempfile::tempdir().unwrap();
    let list = folder.path().join("list");
    let files = ["one", "two"].map(|name| folder.path().join(name));
    files.iter().for_each(|file| fs::write(file, &content()[..3000]).unwrap());
    let lines = format!("text\ttune\t{}\nprose\tcheck\t{}\n", files[0].display(), files[1].display());
    fs::write(&list, lines).unwrap();
    let choice = Choice { list: Some(list), ..Choice::default() };
    let detail = Detail { kinds: false, regions: Some(1000), bytes: Some(folder.path().into()) };
    let text = report(&choice.read().unwrap(), Level::FASTEST, false, &detail).unwrap();
    for wanted in ["| one ", "**text**", "**prose**", "| **all**", "| match model", "| two at 2,000"] {
        assert!(text.contains(wanted), "no {wanted} in\n{text}");
    }
    assert!(text.contains("| expert, on all"), "{text}");
    let by_kind = Detail { kinds: true, ..Detail::default() };
    let by_kind = report(&choice.read().unwrap(), Level::FASTEST, false, &by_kind).unwrap();
    assert!(by_kind.contains("| expert, on text") && by_kind.contains("| expert, on prose"), "{by_kind}");
    let csv = fs::read_to_string(folder.path().join("one.csv")).unwrap();
    assert_eq!(csv.lines().count(), 3001);
    let only = Choice { set: Some("check".into()), first: Some(10), ..choice }.read().unwrap();
    assert_eq!((only.len(), only[0].bytes.len(), only[0].kind.as_str()), (1, 10, "prose"));
}

#[test]
fn a_dump_has_a_record_for_each_nibble_whose_probabilities_are_those_that_are_coded_with() {
    let content = &content()[10_000..];
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("dump");
    let record = dump::write(content, Level::FASTEST, false, &path).unwrap();
    let dumped = fs::read(path).unwrap();
    assert_eq!(dumped[..8], *dump::MAGIC);
    let records = dumped[dumped.len() - record * 2 * content.len()..].chunks_exact(record);
    let (mut bits, mut alone) = (0.0, 0);
    for (record, nibble) in records.zip(content.iter().flat_map(|&byte| nibbles(byte))) {
        assert_eq!(record[0], nibble);
        alone += u32::from(record[2]);
        let logs = dump::read_logs(record[4..36].try_into().unwrap());
        bits -= f64::from(logs[usize::from(nibble)]) / std::f64::consts::LN_2;
    }
    assert!(alone > 0, "no long match predicted");
    assert_about(bits, ablated_len(content, Level::FASTEST, None).unwrap());
}

#[test]
fn a_side_input_that_says_nothing_changes_little_and_one_that_knows_helps() {
    let content = &content()[..6000];
    let side = |sure: f32| -> Vec<[f32; 16]> {
        let log = |nibble, i| if i == usize::from(nibble) { ln(sure) } else { ln((1.0 - sure) / 15.0) };
        content.iter().flat_map(|&byte| nibbles(byte)).map(|n| std::array::from_fn(|i| log(n, i))).collect()
    };
    for level in levels() {
        let without = Probe::new(level, content.len(), None).unwrap().cost(content);
        let [nothing, knowing] = [1.0 / 16.0, 0.9].map(|sure| side::cost(content, level, &side(sure)).unwrap());
        assert!((nothing / without - 1.0).abs() < 0.005, "{level:?}: {without} {nothing}");
        assert!(knowing < without / 4.0, "{level:?}: {without} {knowing}");
    }
}

#[test]
fn side_files_have_the_form_of_dumps_and_another_length_is_an_error() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("side");
    let p: [f32; 16] = std::array::from_fn(|i| if i == 3 { 0.25 } else { 0.05 });
    fs::write(&path, dump::logs(&p).repeat(2)).unwrap();
    let read = side::read(&path, 1).unwrap();
    assert_eq!(read.len(), 2);
    assert!(read[1].iter().zip(p).all(|(log, p)| (log - ln(p)).abs() < 1.0 / 4096.0), "{read:?}");
    let error = side::read(&path, 2).unwrap_err().to_string();
    assert!(error.contains("has 64 bytes; 2 bytes of content need 128"), "{error}");
}

#[cfg(unix)]
#[test]
fn builds_are_compared_by_file_kind_and_set() {
    use std::os::unix::fs::PermissionsExt;
    let folder = tempfile::tempdir().unwrap();
    let script = |name: &str, text: &str| {
        let path = folder.path().join(name);
        fs::write(&path, format!("#!/bin/sh\nfor file; do :; done\n{text}\n")).unwrap();
        fs::set_permissions(&path, fs::Permissions::from_mode(0o755)).unwrap();
        path
    };
    // One keeps all of a file, the other nine tenths.
    let builds = [script("whole", "cat \"$file\""), script("less", "head -c 900 \"$file\"")];
    let file = folder.path().join("file");
    fs::write(&file, [7; 1000]).unwrap();
    let contents = Choice { files: vec![file], ..Choice::default() }.read().unwrap();
    let text = compare::report(&contents, Level::DEFAULT, false, &builds, false).unwrap();
    assert!(text.contains("at most -10.00 % of a kind (file), -10.00 % of a file (file); 0 files are"), "{text}");
    let rows: Vec<&str> = text.lines().filter(|line| line.starts_with('|') && line.contains("-10.00 %")).collect();
    assert_eq!(rows.len(), 4, "file, kind, set and all:\n{text}");
    assert!(rows.iter().all(|row| row.contains("1,000") && row.contains("900")), "{text}");
    let failing = [script("failing", "echo no >&2; exit 1")];
    assert!(compare::report(&contents, Level::DEFAULT, false, &failing, false).unwrap_err().to_string().contains("no"));
}
