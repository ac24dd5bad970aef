//! Content from any place of a file: right, and without decoding blocks that it does not need.

use std::{
    io::{Cursor, ErrorKind::InvalidInput, Read, Seek, SeekFrom, Write},
    sync::Arc,
};

use foretell::{
    BlockKind, DecodeOptions, EncodeOptions, Encoder, IndexedReader, Level, Method, Progress, inspect, inspect_file,
    unstable::container::Index,
};
use foretell_testkit::{Part, Random, frame_of, text};

const BLOCK: usize = 1 << 16;

fn options(method: Method) -> EncodeOptions {
    EncodeOptions::new().level(Level::FASTEST).method(method).block_len(BLOCK).unwrap()
}

/// A file of several frames with and without index, with zeros between them, and its content.
fn mixed() -> (Vec<u8>, Vec<u8>) {
    let mut random = Random(1);
    let noise = random.bytes(3 * BLOCK + 77);
    let text = text().repeat(80);
    let parts = [Part::Stored(b"abc"), Part::Copied(b"bcbc", 2), Part::Stored(b"d"), Part::Copied(b"bcbcdbcbc", 5)];
    let frames = [
        foretell_testkit::compress(&noise, &options(Method::Store)),
        foretell_testkit::compress(b"", &options(Method::Store)),
        foretell_testkit::compress(&text, &options(Method::Huffman)),
        frame_of(&parts),
        vec![0; 5000],
        foretell_testkit::compress(&text[..2 * BLOCK], &options(Method::Neural)),
        vec![0; 3],
    ];
    (frames.concat(), [&noise[..], &text, b"abcbcbcdbcbcdbcbc", &text[..2 * BLOCK]].concat())
}

#[test]
fn any_range_is_what_the_whole_has_there() {
    let (file, content) = mixed();
    let mut reader = IndexedReader::new(Cursor::new(&file), &DecodeOptions::new()).unwrap();
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
    let mut reader = IndexedReader::new(Cursor::new(&file), &DecodeOptions::new()).unwrap();
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

/// How many bytes are decoded to read `len` bytes from `at` on.
fn decoded(file: &[u8], at: u64, len: usize) -> u64 {
    let progress = Arc::new(Progress::default());
    let mut reader = IndexedReader::new(Cursor::new(file), &DecodeOptions::new().progress(progress.clone())).unwrap();
    reader.seek(SeekFrom::Start(at)).unwrap();
    reader.read_exact(&mut vec![0; len]).unwrap();
    progress.raw()
}

#[test]
fn only_blocks_that_are_needed_are_decoded_and_each_once() {
    let content = Random(3).bytes(9 * BLOCK);
    let file = foretell_testkit::compress(&content, &options(Method::Store));
    let block = BLOCK as u64;
    assert_eq!(decoded(&file, 5 * block + 1, 10), block);
    assert_eq!(decoded(&file, 5 * block - 1, 2), 2 * block);
    assert_eq!(decoded(&file, 0, 9 * BLOCK), 9 * block);
    // Copies need what really holds their bytes, not the copies on the way to it, nor what lies between.
    let parts = [
        Part::Stored(&[1; 100]),
        Part::Stored(&[2; 1000]),
        Part::Copied(&[1; 50], 1080),
        Part::Stored(&[3; 5000]),
        Part::Copied(&[1; 40], 5045),
        Part::Copied(&[1; 7], 10),
    ];
    let file = frame_of(&parts);
    assert_eq!(decoded(&file, 6155, 1), 100 + 40);
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
    let mut reader = IndexedReader::new(Cursor::new(&file), &DecodeOptions::new()).unwrap();
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
    // A frame after garbage does not count.
    let behind = [&garbage[..], &file].concat();
    assert_eq!(inspect_file(Cursor::new(&behind)).unwrap(), inspect(garbage.as_slice()).unwrap());
}

#[test]
fn a_block_that_is_not_as_the_index_says_is_an_error() {
    let content = Random(4).bytes(3 * BLOCK);
    let good = foretell_testkit::compress(&content, &options(Method::Store));
    for (at, name) in [(14, "header"), (100, "content")] {
        let mut bad = good.clone();
        bad[at] ^= 1;
        let mut reader = IndexedReader::new(Cursor::new(&bad), &DecodeOptions::new()).unwrap();
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
    let file = foretell_testkit::compress(&content, &options(Method::Store));
    let index = file.len() - 9 - usize::from(file[file.len() - 9])..file.len();
    let behind = foretell_testkit::compress(b"behind", &options(Method::Store));
    for (behind, content) in [(&b""[..], content.clone()), (&behind, [&content[..], b"behind"].concat())] {
        for at in index.clone() {
            let mut bad = [&file[..], behind].concat();
            bad[at] ^= 1;
            assert!(inspect_file(Cursor::new(&bad)).is_err(), "byte {at}");
            let mut reader = IndexedReader::new(Cursor::new(&bad), &DecodeOptions::new()).unwrap();
            assert_eq!(reader.content_len(), content.len() as u64);
            reader.seek(SeekFrom::Start(2 * BLOCK as u64)).unwrap();
            let mut rest = vec![];
            reader.read_to_end(&mut rest).unwrap();
            assert!(rest == content[2 * BLOCK..], "byte {at}");
        }
    }
    // An index of a wrong length hides the frames after it.
    for bad in [[&file[..index.start], &[0], &file[index.clone()], &behind].concat(), file[..file.len() - 1].to_vec()] {
        assert!(IndexedReader::new(Cursor::new(&bad), &DecodeOptions::new()).is_err());
    }
}

#[test]
fn a_decoder_refuses_an_index_that_does_not_fit() {
    let good = foretell_testkit::compress(&vec![7; 3 * BLOCK], &options(Method::Huffman));
    let other = foretell_testkit::compress(&vec![7; 3 * BLOCK - 1], &options(Method::Huffman));
    let index = |file: &[u8]| file.len() - 9 - usize::from(file[file.len() - 9]);
    let swapped = [&good[..index(&good)], &other[index(&other)..]].concat();
    assert!(foretell::decompress(&swapped).unwrap_err().to_string().contains("index"));
    for len in index(&good)..good.len() {
        assert!(foretell::decompress(&good[..len]).is_err());
    }
}

/// A random frame of stored blocks and copies, the copies shorter and longer than their distance; and its content.
fn random_copies(random: &mut Random) -> (Vec<u8>, Vec<u8>) {
    let len = 1 + random.below(20);
    let mut content = random.bytes(len);
    let mut ends = vec![(content.len(), None)];
    for _ in 0..2 + random.below(25) {
        if random.below(4) == 0 {
            let len = 1 + random.below(30);
            content.extend(random.bytes(len));
            ends.push((content.len(), None));
            continue;
        }
        let distance = 1 + random.below(content.len());
        // A copy is longer than the one byte that it is coded by.
        for _ in 0..12 + random.below(60) {
            content.push(content[content.len() - distance]);
        }
        ends.push((content.len(), Some(distance as u64)));
    }
    let mut start = 0;
    let mut parts = vec![];
    for &(end, distance) in &ends {
        let raw = &content[start..end];
        parts.push(distance.map_or(Part::Stored(raw), |distance| Part::Copied(raw, distance)));
        start = end;
    }
    (frame_of(&parts), content)
}

#[test]
fn copies_of_copies_are_what_decoding_all_of_it_gives() {
    let mut random = Random(6);
    for case in 0..400 {
        let (file, content) = random_copies(&mut random);
        assert!(foretell::decompress(&file).unwrap() == content, "case {case}");
        let twice = [content.clone(), content].concat();
        let mut reader = IndexedReader::new(Cursor::new([file.clone(), file].concat()), &DecodeOptions::new()).unwrap();
        for _ in 0..10 {
            let at = random.below(twice.len());
            let mut out = vec![0; (1 + random.below(50)).min(twice.len() - at)];
            reader.seek(SeekFrom::Start(at as u64)).unwrap();
            reader.read_exact(&mut out).unwrap();
            assert!(out == twice[at..at + out.len()], "case {case}, {} bytes from {at}", out.len());
        }
    }
}

#[test]
fn a_far_place_after_a_long_run_costs_one_block() {
    const RUN: usize = 1 << 18;
    let zeros = vec![0; RUN];
    for (distance, first) in [(1, 1), (1000, 1000), (RUN as u64, RUN)] {
        let mut parts = vec![Part::Stored(&zeros[..first])];
        parts.extend((0..2000).map(|_| Part::Copied(&zeros, distance)));
        parts.push(Part::Stored(b"end"));
        let file = frame_of(&parts);
        let far = (first + 1999 * RUN + RUN / 2) as u64;
        assert_eq!(decoded(&file, far, 5), (first + RUN) as u64);
    }
}

#[test]
fn a_wrong_copy_on_the_way_is_an_error_as_it_is_for_a_decoder() {
    for distance in [0, 8, 1 << 25] {
        let parts = [Part::Stored(b"abcdefg"), Part::Copied(&[0; 40], distance), Part::Copied(&[0; 40], 40)];
        let mut reader = IndexedReader::new(Cursor::new(frame_of(&parts)), &DecodeOptions::new()).unwrap();
        reader.seek(SeekFrom::End(-1)).unwrap();
        assert!(reader.read(&mut [0]).is_err(), "{distance}");
    }
    // The distance is good, the content is another.
    let parts = [Part::Stored(b"abcdefg"), Part::Copied(b"abcdefgabcdefg", 7), Part::Copied(b"abcdefgabcdefX", 14)];
    let mut reader = IndexedReader::new(Cursor::new(frame_of(&parts)), &DecodeOptions::new()).unwrap();
    reader.seek(SeekFrom::End(-1)).unwrap();
    assert!(reader.read(&mut [0]).unwrap_err().to_string().contains("checksum"));
}

/// `file`, one frame of stored blocks, with `index` instead of its own.
fn with_index(file: &[u8], index: &Index) -> Vec<u8> {
    let own = file.len() - 9 - usize::from(file[file.len() - 9]);
    [&file[..own], &index.to_bytes()].concat()
}

#[test]
fn no_reader_believes_an_index_that_its_frame_contradicts() {
    let content = Random(7).bytes(3 * BLOCK);
    let mut encoder = Encoder::new(vec![], &options(Method::Store));
    encoder.write_all(&content).unwrap();
    let file = encoder.finish().unwrap();
    let own = file.len() - 9 - usize::from(file[file.len() - 9]);
    let good = Index::read(&mut &file[own..]).unwrap();
    assert_eq!(good.blocks.len(), 3);
    assert!(inspect_file(Cursor::new(with_index(&file, &good))).is_ok());
    // Of fewer blocks; of another header; of blocks that end elsewhere or hold more.
    let mut wrong = vec![good.clone(); 4];
    wrong[0].blocks.remove(0);
    wrong[1].header.level = Level::BEST;
    wrong[2].blocks[0].raw_len += 10;
    wrong[2].blocks[0].size += 10;
    wrong[2].blocks[1].raw_len -= 10;
    wrong[2].blocks[1].size -= 10;
    wrong[3].blocks[0].kind = BlockKind::Neural;
    wrong[3].blocks[0].raw_len *= 2;
    for (i, index) in wrong.iter().enumerate() {
        let file = with_index(&file, index);
        assert!(foretell::decompress(&file).is_err(), "index {i}");
        assert!(inspect(file.as_slice()).is_err() && inspect_file(Cursor::new(&file)).is_err(), "index {i}");
        // What is read in parts or saved is what a decoder gives before it finds out. Behind an index that is shorter
        // than it should be the file seems cut off.
        let reader = IndexedReader::new(Cursor::new(&file), &DecodeOptions::new());
        assert_eq!(reader.is_err(), i == 0, "index {i}");
        if let Ok(mut reader) = reader {
            let mut all = vec![];
            reader.read_to_end(&mut all).unwrap();
            assert!(all == content, "index {i}");
        }
        let mut saved = vec![];
        let recovered = foretell::recover(Cursor::new(&file), &mut saved, &DecodeOptions::new()).unwrap();
        assert!(saved == content && recovered.damages.len() == 1, "index {i}: {:?}", recovered.damages);
    }
}
