//! Parts of files: those that are good of damaged ones, and those that are asked for.

use std::{fs::File, process::Stdio};

use foretell::{EncodeOptions, Method, compress};
use foretell_testkit::noise;

use crate::sandbox::{Expect, Sandbox};

const BLOCK: usize = 1 << 16;

/// `f.fore` of four stored blocks, the last one short, and its content.
fn blocks(s: &Sandbox) -> Vec<u8> {
    let content = noise(1, 3 * BLOCK + 1000);
    let options = EncodeOptions::new().method(Method::Store).block_len(BLOCK).unwrap();
    s.write("f.fore", &compress(&content, &options).unwrap());
    content
}

/// Damages `f.fore` in each of these blocks.
fn damage(s: &Sandbox, blocks: &[usize]) {
    let mut bytes = s.read("f.fore");
    blocks.iter().for_each(|block| bytes[block * (BLOCK + 12) + 500] ^= 1);
    s.write("f.fore", &bytes);
}

#[test]
fn testing_names_every_bad_block() {
    let s = Sandbox::new();
    blocks(&s);
    s.run("-t f.fore", 0).is_silent();
    damage(&s, &[1, 2]);
    let said = s.run("-t f.fore", 1).stderr;
    assert_eq!(
        said.lines().collect::<Vec<_>>(),
        [
            "fore: f.fore: block 2, bytes 65536 to 131071 of the content: a block's content does not match its checksum; use another copy, or -d --recover",
            "fore: f.fore: block 3, bytes 131072 to 196607 of the content: a block's content does not match its checksum; use another copy, or -d --recover",
        ]
    );
    assert_eq!(s.fore("-t").stdin(File::open(s.path("f.fore")).unwrap()).expect_code(1).stderr.lines().count(), 2);
    // Of a pipe, which cannot be read twice, the first damage is reported.
    let mut cat = s.command("/bin/cat").arg("f.fore").stdout(Stdio::piped()).spawn().unwrap();
    s.fore("-t").stdin(cat.stdout.take().unwrap()).expect_code(1).complains(&["stdin: ", "checksum"]);
    cat.wait().unwrap();
}

#[test]
fn recovering_writes_what_is_good_and_zeros_and_keeps_the_file() {
    let s = Sandbox::new();
    let mut content = blocks(&s);
    damage(&s, &[1]);
    content[BLOCK..2 * BLOCK].fill(0);
    s.run("-d f.fore", 1).complains(&["checksum"]);
    assert_eq!(s.names(), "f.fore");
    s.run("-d --recover f.fore", 1).complains(&["f.fore: block 2, bytes 65536 to 131071"]);
    assert!(s.read("f") == content);
    let printed = s.run("-dc --recover f.fore", 1);
    assert!(printed.stdout == content);
    assert_eq!(s.names(), "f f.fore");
}

#[test]
fn recovering_a_whole_file_is_decompressing() {
    let s = Sandbox::new();
    let content = blocks(&s);
    s.run("-d --recover f.fore", 0).is_silent();
    assert_eq!(s.names(), "f");
    assert!(s.read("f") == content);
}

#[test]
fn recovering_is_for_files() {
    let s = Sandbox::with_f();
    let mut pipe = s.command("/bin/cat").arg("f").stdout(Stdio::piped()).spawn().unwrap();
    s.fore("-d --recover")
        .stdin(pipe.stdout.take().unwrap())
        .expect_code(1)
        .complains(&["stdin: --recover takes a file"]);
    pipe.wait().unwrap();
    for args in ["--recover f", "-t --recover f", "-l --recover f"] {
        s.run(args, 1).complains(&["--recover is for decompressing"]);
    }
}

#[test]
fn a_range_is_that_part_of_the_content() {
    let s = Sandbox::new();
    let content = blocks(&s);
    for (range, expected) in [
        ("0:10", 0..10),
        ("65530:20", 65530..65550),
        ("64K:128K", 65536..65536 * 3),
        ("197608:0", 197_608..197_608),
        ("1:197607", 1..197_608),
    ] {
        assert!(s.run(&format!("-dc --range {range} f.fore"), 0).stdout == content[expected], "{range}");
    }
    s.run("-d --range 5:7 f.fore -o part", 0).is_silent();
    assert_eq!(s.read("part"), content[5..12]);
    let input = File::open(s.path("f.fore")).unwrap();
    assert_eq!(s.fore("-dc --range 5:7").stdin(input).expect_code(0).stdout, content[5..12]);
    // Damage elsewhere is not looked at.
    damage(&s, &[0, 2]);
    assert_eq!(s.run("-dc --range 70000:9 f.fore", 0).stdout, content[70_000..70_009]);
    s.run("-dc --range 7:9 f.fore", 1).complains(&["f.fore: ", "checksum"]);
}

#[test]
fn ranges_that_cannot_be_had_are_refused() {
    let s = Sandbox::new();
    blocks(&s);
    for range in ["197608:1", "0:197609", "300000:0", "18446744073709551615:18446744073709551615"] {
        s.run(&format!("-dc --range {range} f.fore"), 1).complains(&["f.fore: the range of", "197608 bytes"]);
    }
    for range in ["5", "5:", ":5", "a:b", "-1:5", "1:2:3"] {
        assert!(s.run(&format!("-dc --range={range} f.fore"), 1).stderr.contains("--range"), "{range}");
    }
    for args in
        ["--range 1:2 f.fore", "-d --range 1:2 f.fore", "-t --range 1:2 f.fore", "-dc --recover --range 1:2 f.fore"]
    {
        s.run(args, 1).complains(&["--range is for -dc"]);
    }
    let mut pipe = s.command("/bin/cat").arg("f.fore").stdout(Stdio::piped()).spawn().unwrap();
    s.fore("-dc --range 0:9")
        .stdin(pipe.stdout.take().unwrap())
        .expect_code(1)
        .complains(&["stdin: --range takes a file"]);
    drop(pipe.kill());
    pipe.wait().unwrap();
    assert_eq!(s.names(), "f.fore");
}

#[test]
fn listing_looks_at_the_index_not_at_the_blocks() {
    let s = Sandbox::new();
    blocks(&s);
    let list = s.run("-lv f.fore", 0).stdout;
    damage(&s, &[0, 1, 2]);
    assert_eq!(s.run("-lv f.fore", 0).stdout, list);
}
