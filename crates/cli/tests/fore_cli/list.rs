//! `-l`: the figures in the headers.

use foretell::{
    BlockKind, Level,
    unstable::container::{FrameHeader, Item, SegmentHeader, Window},
};

use crate::sandbox::{Sandbox, text};

fn table(s: &Sandbox, args: &str, code: i32) -> Vec<Vec<String>> {
    let printed = s.run(args, code);
    let text = String::from_utf8(printed.stdout).unwrap();
    text.lines().map(|line| line.split_whitespace().map(String::from).collect()).collect()
}

#[test]
fn sizes_ratio_and_name_of_each_file_and_totals() {
    // contract T36
    let s = Sandbox::with_f();
    s.write("g", &text(1000));
    s.run("-k f g", 0);
    let (f, g) = (s.read("f.fore").len(), s.read("g.fore").len());
    let ratio = |raw: usize, coded: usize| format!("{:.1}%", 100.0 - 100.0 * coded as f64 / raw as f64);
    let row = |coded: usize, raw: usize, name: &str| {
        vec![coded.to_string(), raw.to_string(), ratio(raw, coded), name.to_string()]
    };
    let head: Vec<String> = ["compressed", "uncompressed", "ratio", "uncompressed_name"].map(String::from).into();
    assert_eq!(table(&s, "-l f.fore", 0), [head.clone(), row(f, 3000, "f")]);
    let both = [head, row(f, 3000, "f"), row(g, 1000, "g"), row(f + g, 4000, "(totals)")];
    assert_eq!(table(&s, "-l f.fore g.fore", 0), both);
}

#[test]
fn verbose_adds_method_level_blocks_and_check() {
    let s = Sandbox::with_f();
    s.run("-3 f", 0);
    let rows = table(&s, "-lv f.fore", 0);
    assert_eq!(rows[0][..4], ["method", "level", "blocks", "check"]);
    assert_eq!(rows[1][..3], ["neural", "3", "1"]);
    assert_eq!(rows[1][3].len(), 16);
}

#[test]
fn copies_are_a_method_of_their_own() {
    let s = Sandbox::new();
    s.write("zeros", &vec![0; 3 << 20]);
    s.run("zeros", 0);
    let rows = table(&s, "-lv zeros.fore", 0);
    assert_eq!(rows[1][..3], ["copy+stored", "6", "2"]);
    let json: serde_json::Value = serde_json::from_slice(&s.run("-l --json zeros.fore", 0).stdout).unwrap();
    assert_eq!(json[0]["frames"][0]["blocks"]["copy"], 1);
    assert_eq!(json[0]["frames"][0]["window"], 32 << 20);
    s.run("-t zeros.fore", 0);
}

#[test]
fn concatenated_frames_are_one_file() {
    // contract T36
    let s = Sandbox::with_f();
    let twice = s.run("-c f f", 0).stdout;
    let json: serde_json::Value = serde_json::from_slice(&s.pipe("-l --json -", &twice, 0).stdout).unwrap();
    assert_eq!(json[0]["name"], "-");
    assert_eq!(json[0]["uncompressed"], 6000);
    assert_eq!(json[0]["compressed"], twice.len());
    assert_eq!(json[0]["frames"].as_array().unwrap().len(), 2);
    assert_eq!(json[0]["frames"][0]["blocks"]["neural"], 1);
}

#[test]
fn truncated_and_plain_files_are_errors_and_the_rest_is_listed() {
    // contract T36
    let s = Sandbox::with_f();
    s.run("-k f", 0);
    let coded = s.read("f.fore");
    s.write("cut.fore", &coded[..coded.len() - 1]);
    s.run("-l cut.fore", 1).complains(&["cut.fore: unexpected end"]);
    s.run("-l f", 1).complains(&["f: not in foretell format"]);
    assert_eq!(table(&s, "-l cut.fore f.fore f", 1).len(), 2);
    assert_eq!(s.names(), "cut.fore f f.fore");
}

#[test]
fn sizes_beyond_32_bits() {
    // contract T36: 4 GiB and 64 MiB that are not really there: listing looks at headers only.
    let mut bytes =
        FrameHeader { level: Level::DEFAULT, content_size: None, window: Window::LEAST, model: None }.to_bytes();
    for _ in 0..65 {
        Item::Segment(SegmentHeader::first(BlockKind::Neural, 1 << 26, 1)).write(&mut bytes);
        bytes.push(0);
    }
    Item::End(0).write(&mut bytes);
    let s = Sandbox::new();
    s.write("big.fore", &bytes);
    assert_eq!(table(&s, "-l big.fore", 0)[1][1], (65u64 << 26).to_string());
}
