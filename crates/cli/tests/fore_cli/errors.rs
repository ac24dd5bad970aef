//! Every message, as in `errors.txt`: a shell command, its standard error, its exit code.
//!
//! Each command runs in a directory of its own with `f`, 3,000 bytes of text; `g.fore`, whole; and files damaged in one
//! way each, which [`damaged`] makes. `right.model` is what `needs.fore` needs, `wrong.model` another one, and other
//! models are damaged. `$TTY` is a terminal. `FORETELL_WRITE_GOLDEN=1` rewrites the file.

use std::{env, fs, os::unix::fs::symlink, process::Stdio};

use foretell::{
    BlockKind, EncodeOptions, Level, Method, compress,
    unstable::container::{FrameHeader, Item, SegmentHeader, Window, header::MAGIC, varint},
};
use foretell_testkit::writes_golden;
use nix::{pty::openpty, unistd::ttyname};

use crate::{
    models,
    sandbox::{FORE, Sandbox, text},
};

const FILE: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/fore_cli/errors.txt");

#[test]
fn every_message_is_the_one_that_was_reviewed() {
    let expected = fs::read_to_string(FILE).unwrap();
    let whole = Sandbox::new().pipe("-1 --no-prior", &text(300), 0).stdout;
    let cases = expected.trim_end().split("\n\n").map(|case| answer(case, &whole));
    let found = cases.collect::<Vec<_>>().join("\n\n") + "\n";
    if writes_golden() {
        return fs::write(FILE, &found).unwrap();
    }
    for (expected, found) in expected.split("\n\n").zip(found.split("\n\n")) {
        assert_eq!(expected, found);
    }
}

/// A case with the standard error and exit code that its command has now; a case without a command, unchanged.
fn answer(case: &str, whole: &[u8]) -> String {
    let said: Vec<&str> = case.lines().take_while(|line| line.starts_with('#')).collect();
    let Some(command) = case.lines().find_map(|line| line.strip_prefix("$ ")) else { return case.into() };
    let s = Sandbox::with_f();
    s.write("g.fore", whole);
    for (name, bytes) in damaged(whole) {
        s.write(&format!("{name}.fore"), &bytes);
    }
    for (name, bytes) in trained() {
        s.write(name, &bytes);
    }
    let bin = Sandbox::new();
    symlink(FORE, bin.path("fore")).unwrap();
    let path = format!("{}:{}", bin.path("").display(), env::var("PATH").unwrap_or_default());
    let terminal = openpty(None, None).unwrap();
    let mut shell = s.command("/bin/sh");
    shell.args(["-c", command]).env("PATH", path).env("TTY", ttyname(&terminal.slave).unwrap());
    let output = shell.stdout(Stdio::null()).output().unwrap();
    let printed = without_ids(&without_sizes(&String::from_utf8(output.stderr).unwrap()));
    let comments: String = said.iter().map(|line| format!("{line}\n")).collect();
    format!("{comments}$ {command}\n{printed}exit code {}", output.status.code().unwrap())
}

/// Figures of memory depend on the model's tables: `#` replaces them.
fn without_sizes(printed: &str) -> String {
    let words: Vec<&str> = printed.split(' ').collect();
    let is_size = |at: usize| matches!(words.get(at + 1..at + 3), Some(["bytes", "of" | "that"]));
    let shown: Vec<&str> = words.iter().enumerate().map(|(at, word)| if is_size(at) { "#" } else { word }).collect();
    shown.join(" ")
}

/// So do names of models on how they were trained.
fn without_ids(printed: &str) -> String {
    printed.replace(&models::RIGHT.id(), "RIGHT").replace(&models::WRONG.id(), "WRONG")
}

/// Trained models, whole and damaged, and a file that needs one.
fn trained() -> Vec<(&'static str, Vec<u8>)> {
    let right = &models::RIGHT.file;
    let changed = |at: usize, byte: u8| {
        let mut bytes = right.clone();
        bytes[at] = byte;
        bytes
    };
    vec![
        ("right.model", right.clone()),
        ("wrong.model", models::WRONG.file.clone()),
        ("damaged.model", changed(right.len() / 2, !right[right.len() / 2])),
        ("cut.model", right[..right.len() - 1].to_vec()),
        ("head.model", right[..4].to_vec()),
        ("newer.model", changed(3, 99)),
        ("needs.fore", models::RIGHT.compressed(&models::record(777))),
    ]
}

/// Files that are wrong in one way each, which their names say.
fn damaged(whole: &[u8]) -> Vec<(&'static str, Vec<u8>)> {
    let header = |content_size| {
        FrameHeader { level: Level::FASTEST, content_size, window: Window::LEAST, model: None }.to_bytes()
    };
    let ended = |mut bytes: Vec<u8>| {
        Item::End(0).write(&mut bytes);
        bytes
    };
    // The coded bytes of the one block of `whole`.
    let mut rest = &whole[MAGIC.len()..];
    FrameHeader::read_after_magic(&mut rest).unwrap();
    let Item::Segment(neural) = Item::read(&mut rest).unwrap() else { panic!("no block") };
    let neural = &rest[..neural.coded_len];
    let stored = |check| block(BlockKind::Stored, 5, b"bytes", check);
    let mut bad_block = stored(0);
    bad_block[header(None).len() + 2] ^= 1;
    let mut distance = Vec::new();
    varint::write(&mut distance, 9);

    let mut files = vec![
        ("empty", vec![]),
        ("plain", b"plain".to_vec()),
        ("cut", whole[..whole.len() - 1].to_vec()),
        ("garbage", [whole, b"garbage"].concat()),
        ("header", patched(3, 2, false)),
        ("old-format", patched(3, 1, true)),
        ("format", patched(3, 9, true)),
        ("model", patched(4, 99, true)),
        ("old-model", patched(4, 1, true)),
        ("level", patched(5, 15, true)),
        ("long-length", [&MAGIC[..], &whole[3..5], &[0x11, 0x80, 0x00]].concat()),
        ("big-length", [&MAGIC[..], &whole[3..5], &[0x11], &[0xff; 10]].concat()),
        ("length", ended(header(Some(7)))),
        ("block-header", bad_block),
        ("block", stored(0)),
        ("content", ended(stored(crc32fast::hash(b"bytes")))),
        ("copy", block(BlockKind::Copy, 5, &distance, 0)),
        ("neural-short", block(BlockKind::Neural, 300, &neural[..neural.len() - 9], 0)),
        ("neural-long", block(BlockKind::Neural, 300, &[neural, &[1; 9]].concat(), 0)),
    ];
    // Blocks of 17 bytes after a header of 13.
    let options = EncodeOptions::new().method(Method::Huffman).block_len(1 << 16).unwrap();
    let blocks = compress(&[7; 200_000], &options).unwrap();
    let flip = |places: &[usize]| {
        let mut bytes = blocks.clone();
        places.iter().for_each(|&at| bytes[at] ^= 1);
        bytes
    };
    let index = blocks.len() - 30;
    files.extend([
        ("blocks", flip(&[13 + 17 + 13, 13 + 2 * 17])),
        ("index", flip(&[index])),
        ("index-and-header", flip(&[13 + 17, index])),
        ("frame-header", flip(&[6])),
        ("other-index", [&blocks[..index], &[1, 1, 1], &blocks[index..]].concat()),
    ]);
    // docs/FORMAT.md explains these bits by the same example: a b c d r, with codewords of 1, 3, 3, 3 and 3 bits.
    let symbols = "0000001100000000 0111100000000000 0010000000000000";
    let lengths = "0010 11 11 10 10";
    let a = "0".repeat(40);
    for (name, coded) in [
        ("huffman-no-symbol", "0000000000000000".into()),
        ("huffman-length", format!("{symbols} {} 11", "0".repeat(17))),
        ("huffman-more", format!("{symbols} 0010 010 10 10 10 {a}")),
        ("huffman-gap", format!("{symbols} 10 10 10 10 10 {a}")),
        ("huffman-short", format!("{symbols} {lengths}")),
        ("huffman-early", format!("{symbols} {lengths} {}", "100".repeat(14))),
        ("huffman-left-over", format!("{symbols} {lengths} {a} 0000 00000000")),
        ("huffman-padding", format!("{symbols} {lengths} {a} 0001")),
    ] {
        files.push((name, block(BlockKind::Huffman, 40, &bytes_of(&coded), 0)));
    }
    files
}

/// A frame as far as its only block, which claims to be of `raw_len` bytes with this checksum.
fn block(kind: BlockKind, raw_len: usize, coded: &[u8], check: u32) -> Vec<u8> {
    let mut frame =
        FrameHeader { level: Level::FASTEST, content_size: None, window: Window::LEAST, model: None }.to_bytes();
    Item::Segment(SegmentHeader { check, ..SegmentHeader::first(kind, raw_len, coded.len()) }).write(&mut frame);
    frame.extend_from_slice(coded);
    frame
}

/// A frame's header with another byte `at` this place; its check is right for the new byte if `checked`, else wrong.
fn patched(at: usize, byte: u8, checked: bool) -> Vec<u8> {
    let mut header =
        FrameHeader { level: Level::DEFAULT, content_size: None, window: Window::LEAST, model: None }.to_bytes();
    header[at] = byte;
    let check = header.len() - 4;
    if checked {
        let sum = crc32fast::hash(&header[..check]).to_le_bytes();
        header[check..].copy_from_slice(&sum);
    } else {
        header[check] ^= 1;
    }
    header
}

/// `0` and `1`, the first in the most significant bit of the first byte, filled up with zeros.
fn bytes_of(bits: &str) -> Vec<u8> {
    let bits: Vec<u8> = bits.bytes().filter(|&c| c != b' ').map(|c| c - b'0').collect();
    bits.chunks(8).map(|byte| byte.iter().enumerate().map(|(i, bit)| bit << (7 - i)).sum()).collect()
}
