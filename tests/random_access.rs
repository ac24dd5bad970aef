//! Content from anywhere in a file: right, and without decoding what is not needed.

mod common;

use std::{
    io::{Cursor, ErrorKind::InvalidInput, Read, Seek, SeekFrom},
    sync::Arc,
};

use common::{Part, Random, frame_of, text};
use foretell::{IndexedReader, Level, Method, Options, Progress, inspect, inspect_file};

const BLOCK: usize = 1 << 16;

fn options(method: Method) -> Options {
    Options::new().level(Level::FASTEST).method(method).block_len(BLOCK).unwrap()
}

/// A file of several frames with and without index, with zeros between them, and its content.
fn mixed() -> (Vec<u8>, Vec<u8>) {
    let mut random = Random(1);
    let noise = random.bytes(3 * BLOCK + 77);
    let text = text().repeat(80);
    let parts = [Part::Stored(b"abc"), Part::Copied(b"bcbc", 2), Part::Stored(b"d"), Part::Copied(b"bcbcdbcbc", 5)];
    let frames = [
        common::compress(&noise, &options(Method::Store)),
        common::compress(b"", &options(Method::Store)),
        common::compress(&text, &options(Method::Huffman)),
        frame_of(&parts),
        vec![0; 5000],
        common::compress(&text[..2 * BLOCK], &options(Method::Neural)),
        vec![0; 3],
    ];
    (frames.concat(), [&noise[..], &text, b"abcbcbcdbcbcdbcbc", &text[..2 * BLOCK]].concat())
}

#[test]
fn any_range_is_what_the_whole_has_there() {
    let (file, content) = mixed();
    let mut reader = IndexedReader::new(Cursor::new(&file)).unwrap();
    assert_eq!(reader.content_len(), content.len() as u64);
    let mut random = Random(2);
    for _ in 0..60 {
        let at = random.below(content.len());
        let len = random.below(content.len() - at).min(random.below(2 * BLOCK) + 1);
        let mut out = vec![0; len];
        assert_eq!(reader.seek(SeekFrom::Start(at as u64)).unwrap(), at as u64);
        reader.read_exact(&mut out).unwrap();
        assert!(out == content[at..at + len], "{len} bytes from {at}");
    }
    let mut all = vec![];
    reader.rewind().unwrap();
    reader.read_to_end(&mut all).unwrap();
    assert!(all == content);
}

#[test]
fn seeking_is_as_in_a_file() {
    let (file, content) = mixed();
    let mut reader = IndexedReader::new(Cursor::new(&file)).unwrap();
    let len = content.len() as u64;
    assert_eq!(reader.seek(SeekFrom::End(-3)).unwrap(), len - 3);
    let mut tail = vec![];
    reader.read_to_end(&mut tail).unwrap();
    assert_eq!(tail, content[content.len() - 3..]);
    assert_eq!(reader.seek(SeekFrom::Current(5)).unwrap(), len + 5);
    assert_eq!(reader.read(&mut [0; 9]).unwrap(), 0);
    assert_eq!(reader.seek(SeekFrom::End(-1 - len as i64)).unwrap_err().kind(), InvalidInput);
    assert_eq!(reader.stream_position().unwrap(), len + 5);
}

/// Bytes that were decoded to read so many from there on.
fn decoded(file: &[u8], at: u64, len: usize) -> u64 {
    let progress = Arc::new(Progress::default());
    let mut reader = IndexedReader::new(Cursor::new(file)).unwrap().with_progress(progress.clone());
    reader.seek(SeekFrom::Start(at)).unwrap();
    reader.read_exact(&mut vec![0; len]).unwrap();
    progress.raw()
}

#[test]
fn only_blocks_that_are_needed_are_decoded_and_each_once() {
    let content = Random(3).bytes(9 * BLOCK);
    let file = common::compress(&content, &options(Method::Store));
    let block = BLOCK as u64;
    assert_eq!(decoded(&file, 5 * block + 1, 10), block);
    assert_eq!(decoded(&file, 5 * block - 1, 2), 2 * block);
    assert_eq!(decoded(&file, 0, 9 * BLOCK), 9 * block);
    // Copies need their sources, and those of their sources, but not what lies between.
    let parts = [
        Part::Stored(&[1; 100]),
        Part::Stored(&[2; 1000]),
        Part::Copied(&[1; 50], 1080),
        Part::Stored(&[3; 5000]),
        Part::Copied(&[1; 40], 5045),
        Part::Copied(&[1; 7], 10),
    ];
    let file = frame_of(&parts);
    assert_eq!(decoded(&file, 6155, 1), 100 + 50 + 40);
    assert_eq!(decoded(&file, 1200, 1), 5000);
    let whole: u64 = parts
        .iter()
        .map(|part| match part {
            Part::Stored(raw) | Part::Copied(raw, _) => raw.len() as u64,
        })
        .sum();
    assert_eq!(decoded(&file, 0, whole as usize), whole);
}

#[test]
fn long_chains_of_copies_are_followed() {
    let mut parts = vec![Part::Stored(b"ab")];
    parts.extend((0..5000).map(|_| Part::Copied(b"ab", 2)));
    let file = frame_of(&parts);
    let mut reader = IndexedReader::new(Cursor::new(&file)).unwrap();
    reader.seek(SeekFrom::End(-3)).unwrap();
    let mut tail = String::new();
    reader.read_to_string(&mut tail).unwrap();
    assert_eq!(tail, "bab");
}

#[test]
fn headers_and_indexes_tell_the_same() {
    let (file, _) = mixed();
    assert_eq!(inspect_file(Cursor::new(&file)).unwrap(), inspect(file.as_slice()).unwrap());
    let garbage = [&file[..], b"garbage"].concat();
    assert_eq!(inspect_file(Cursor::new(&garbage)).unwrap(), inspect(garbage.as_slice()).unwrap());
    // A frame behind what is no frame does not count.
    let behind = [&garbage[..], &file].concat();
    assert_eq!(inspect_file(Cursor::new(&behind)).unwrap(), inspect(garbage.as_slice()).unwrap());
}

#[test]
fn a_block_that_is_not_as_the_index_says_is_an_error() {
    let content = Random(4).bytes(3 * BLOCK);
    let good = common::compress(&content, &options(Method::Store));
    for (at, name) in [(14, "header"), (100, "content")] {
        let mut bad = good.clone();
        bad[at] ^= 1;
        let mut reader = IndexedReader::new(Cursor::new(&bad)).unwrap();
        assert!(reader.read(&mut [0]).is_err(), "{name}");
        // The other blocks can be read all the same.
        reader.seek(SeekFrom::Start(BLOCK as u64)).unwrap();
        let mut rest = vec![];
        reader.read_to_end(&mut rest).unwrap();
        assert!(rest == content[BLOCK..], "{name}");
    }
}

#[test]
fn with_a_damaged_index_headers_tell_where_blocks_are() {
    let content = Random(5).bytes(3 * BLOCK);
    let file = common::compress(&content, &options(Method::Store));
    let index = file.len() - 9 - usize::from(file[file.len() - 9])..file.len();
    let behind = common::compress(b"behind", &options(Method::Store));
    for (behind, content) in [(&b""[..], content.clone()), (&behind, [&content[..], b"behind"].concat())] {
        for at in index.clone() {
            let mut bad = [&file[..], behind].concat();
            bad[at] ^= 1;
            assert!(inspect_file(Cursor::new(&bad)).is_err(), "byte {at}");
            let mut reader = IndexedReader::new(Cursor::new(&bad)).unwrap();
            assert_eq!(reader.content_len(), content.len() as u64);
            reader.seek(SeekFrom::Start(2 * BLOCK as u64)).unwrap();
            let mut rest = vec![];
            reader.read_to_end(&mut rest).unwrap();
            assert!(rest == content[2 * BLOCK..], "byte {at}");
        }
    }
    // Of another length than it should have, it hides what stands behind.
    for bad in [[&file[..index.start], &[0], &file[index.clone()], &behind].concat(), file[..file.len() - 1].to_vec()] {
        assert!(IndexedReader::new(Cursor::new(&bad)).is_err());
    }
}

#[test]
fn a_decoder_refuses_an_index_that_does_not_fit() {
    let good = common::compress(&vec![7; 3 * BLOCK], &options(Method::Huffman));
    let other = common::compress(&vec![7; 3 * BLOCK - 1], &options(Method::Huffman));
    let index = |file: &[u8]| file.len() - 9 - usize::from(file[file.len() - 9]);
    let swapped = [&good[..index(&good)], &other[index(&other)..]].concat();
    assert!(foretell::decompress(&swapped).unwrap_err().to_string().contains("index"));
    for len in index(&good)..good.len() {
        assert!(foretell::decompress(&good[..len]).is_err());
    }
}
