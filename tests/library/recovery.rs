//! Damaged files: all that is good is saved, all that is not is named, and nothing else is claimed to be content.

use std::io::{Cursor, Read, Seek, SeekFrom, Write};

use foretell::{
    BlockKind, Damage, DecodeOptions, EncodeOptions, Encoder, ErrorKind, IndexedReader, Level, Method, Recovered,
    Trainer, decompress,
    unstable::container::{FrameHeader, Index, Item, SegmentHeader, Window, index::Entry},
};
use foretell_testkit::{Part, Random, frame_of, mutate};

const BLOCK: usize = 1 << 16;

/// Blocks of one value each, by Huffman's method: some 20 bytes a block.
fn plain(values: &[u8]) -> Vec<u8> {
    values.iter().flat_map(|&value| vec![value; BLOCK]).collect()
}

fn coded(content: &[u8]) -> Vec<u8> {
    foretell_testkit::compress(content, &EncodeOptions::new().method(Method::Huffman).block_len(BLOCK).unwrap())
}

#[track_caller]
fn recover(coded: &[u8]) -> (Recovered, Vec<u8>) {
    let mut out = vec![];
    let recovered = foretell::recover(Cursor::new(coded), &mut out, &DecodeOptions::new().threads(2)).unwrap();
    assert_eq!(recovered.content, out.len() as u64);
    (recovered, out)
}

fn flipped(bytes: &[u8], at: usize) -> Vec<u8> {
    let mut bytes = bytes.to_vec();
    bytes[at] ^= 1;
    bytes
}

/// Block, first byte and end of each damage.
fn places(recovered: &Recovered) -> Vec<(Option<u64>, u64, Option<u64>)> {
    recovered.damages.iter().map(|&Damage { block, start, end, .. }| (block, start, end)).collect()
}

/// The three blocks' first bytes, the end marker's, and the index's.
fn bounds(coded: &[u8]) -> [usize; 5] {
    let header = 10 + 3;
    let block = (coded.len() - header - 9 - index_len(coded)) / 3;
    let end = header + 3 * block;
    [header, header + block, header + 2 * block, end, end + 9]
}

/// An index ends with its length, less the last nine bytes.
fn index_len(coded: &[u8]) -> usize {
    9 + usize::from(coded[coded.len() - 9])
}

#[test]
fn whole_files_come_back_without_a_word() {
    let mut random = Random(1);
    let content = [plain(b"ab"), random.bytes(BLOCK), foretell_testkit::text()].concat();
    for method in [Method::Neural, Method::Huffman, Method::Store] {
        let options = EncodeOptions::new().level(Level::FASTEST).method(method).block_len(BLOCK).unwrap();
        let coded = foretell_testkit::compress(&content, &options);
        for (file, content) in [
            (coded.clone(), content.clone()),
            (coded.repeat(2), content.repeat(2)),
            ([&coded[..], &[0; 700]].concat(), content.clone()),
            (foretell_testkit::compress(b"", &options), vec![]),
        ] {
            let (recovered, out) = recover(&file);
            assert!(recovered.damages.is_empty() && !recovered.trailing_garbage, "{:?}", recovered.damages);
            assert!(out == content);
        }
    }
    let (recovered, _) = recover(&[&coded(b"x")[..], b"garbage"].concat());
    assert!(recovered.trailing_garbage && recovered.damages.is_empty());
}

#[test]
fn a_flip_of_any_bit_costs_one_block_at_most_and_is_told() {
    let content = plain(b"abc");
    let good = coded(&content);
    assert!(good.len() < 200, "{}", good.len());
    let [blocks @ .., end, index] = bounds(&good);
    for bit in 0..good.len() * 8 {
        let mut bad = good.clone();
        bad[bit / 8] ^= 1 << (bit % 8);
        let (recovered, out) = recover(&bad);
        let places = places(&recovered);
        let at = bit / 8;
        let lost = if at < blocks[0] || at >= end { None } else { blocks.iter().rposition(|&start| start <= at) };
        let mut expected = content.clone();
        match lost {
            Some(lost) => {
                let range = lost * BLOCK..(lost + 1) * BLOCK;
                expected[range.clone()].fill(0);
                assert_eq!(places, [(Some(lost as u64 + 1), range.start as u64, Some(range.end as u64))], "bit {bit}");
            }
            None => {
                assert!(!places.is_empty(), "bit {bit}");
                let nothing = places.iter().all(|&(block, start, end)| block.is_none() && end == Some(start));
                // The content's own checksum covers all of it.
                assert!(nothing || (end..index).contains(&at), "bit {bit}: {places:?}");
            }
        }
        assert!(out == expected, "bit {bit}");
    }
}

#[test]
fn without_header_and_index_what_stands_before_is_saved() {
    let content = plain(b"abc");
    let good = coded(&content);
    let [_, second, _, _, index] = bounds(&good);
    let (recovered, out) = recover(&flipped(&flipped(&good, second), index + 1));
    assert_eq!(places(&recovered), [(None, BLOCK as u64, Some(3 * BLOCK as u64))]);
    assert!(out == content[..BLOCK]);
    assert!(!recovered.trailing_garbage);
}

#[test]
fn of_a_file_cut_short_all_whole_blocks_are_saved() {
    let content = plain(b"abc");
    let good = coded(&content);
    let [_, second, third, end, _] = bounds(&good);
    for len in 13..good.len() {
        let (recovered, out) = recover(&good[..len]);
        assert!(!recovered.damages.is_empty(), "cut at {len}");
        let whole = [second, third, end].iter().filter(|&&end| end <= len).count() * BLOCK;
        assert!(out[..whole] == content[..whole], "cut at {len}");
        assert!(out[whole..].iter().all(|&byte| byte == 0), "cut at {len}");
    }
}

#[test]
fn a_frame_is_found_wherever_its_header_lies() {
    let samples: Vec<_> =
        (0..200).map(|i| format!("id={} state={}\n", i * 37 % 101, ["open", "shut"][i % 2])).collect();
    let model = Trainer::new().level(Level::FASTEST).train(&samples, |_| {}).unwrap().model;
    let content = samples.concat().into_bytes().repeat(10);
    let options = EncodeOptions::new().level(Level::FASTEST).model(model.clone());
    let frame = foretell_testkit::compress(&content, &options);
    let options = DecodeOptions::new().models(foretell::Models::new().with(model));
    // Files are searched in steps of 64 KiB; the header has 28 bytes at most.
    for junk in (1 << 16) - 30..(1 << 16) + 2 {
        let file = [&vec![7; junk], &frame[..]].concat();
        let mut out = vec![];
        foretell::recover(Cursor::new(file), &mut out, &options).unwrap();
        assert!(out == content, "after {junk} bytes of junk");
    }
}

#[test]
fn damage_stays_in_its_frame() {
    let (a, b, c) = (plain(b"abc"), plain(b"d"), plain(b"ef"));
    let frames = [coded(&a), coded(&b), coded(&c)];
    let all = frames.concat();
    let mut random = Random(3);
    for (i, frame) in frames.iter().enumerate() {
        let start: usize = frames[..i].iter().map(Vec::len).sum();
        for _ in 0..300 {
            let at = start + random.below(frame.len());
            let (recovered, out) = recover(&flipped(&all, at));
            assert!(!recovered.damages.is_empty(), "byte {at}");
            if i > 0 {
                assert!(out.starts_with(&a), "byte {at}");
            }
            if i < 2 {
                assert!(out.ends_with(&c), "byte {at}");
            }
        }
    }
    // Frames without an index: the header of the first one's only block is damaged.
    let (recovered, out) = recover(&flipped(&[&frames[1][..], &coded(b"next")].concat(), 14));
    assert_eq!(out, b"next");
    assert_eq!(places(&recovered), [(None, 0, Some(BLOCK as u64))]);
}

#[test]
fn copies_of_what_is_lost_are_lost_and_others_are_not() {
    let frame = frame_of(&[
        Part::Stored(b"abcdef"),
        Part::Stored(b"ghijkl"),
        Part::Copied(b"abcdef", 12),
        Part::Copied(b"ghijkl", 12),
    ]);
    let at = frame.windows(6).position(|window| window == b"abcdef").unwrap();
    let (recovered, out) = recover(&flipped(&frame, at));
    assert_eq!(out, b"\0\0\0\0\0\0ghijkl\0\0\0\0\0\0ghijkl");
    assert_eq!(places(&recovered), [(Some(1), 0, Some(6)), (Some(3), 12, Some(18))]);
}

#[test]
fn what_is_no_damage_is_an_error() {
    let fails = |bytes: &[u8], limit| {
        foretell::recover(Cursor::new(bytes), std::io::sink(), &DecodeOptions::new().memory_limit(limit))
            .unwrap_err()
            .kind()
    };
    assert_eq!(fails(b"", u64::MAX), ErrorKind::Truncated);
    assert_eq!(fails(b"plain", u64::MAX), ErrorKind::NotForetell);
    assert_eq!(fails(b"\xf0re\x63\x01\x06", u64::MAX), ErrorKind::Unsupported);
    assert_eq!(fails(&coded(&plain(b"ab")), 1000), ErrorKind::MemoryLimit);
    let mut full = [0; 10];
    let error = foretell::recover(Cursor::new(coded(b"more than that")), full.as_mut_slice(), &DecodeOptions::new())
        .unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Io);
}

#[test]
fn random_damage_of_any_kind_ends_well() {
    let good = [coded(&plain(b"abc")), coded(&plain(b"de")), coded(b"f")].concat();
    let mut random = Random(4);
    let mut saved = 0;
    for _ in 0..1500 {
        let bad = mutate(&good, &mut random);
        let mut out = vec![];
        if let Ok(recovered) = foretell::recover(Cursor::new(&bad), &mut out, &DecodeOptions::new()) {
            // Cut between frames, those that are left are whole.
            let is_whole = recovered.damages.is_empty() && !recovered.trailing_garbage;
            assert_eq!(is_whole, decompress(&bad).is_ok());
            assert!(out.len() <= 20 * BLOCK);
            saved += 1;
        }
    }
    assert!(saved > 1000, "of {saved} of 1500 something was saved");
}

/// An empty frame whose header promises `bytes` bytes.
fn promising(bytes: u64) -> Vec<u8> {
    let mut frame =
        FrameHeader { level: Level::FASTEST, content_size: Some(bytes), window: Window::LEAST, model: None }.to_bytes();
    Item::End(0).write(&mut frame);
    frame
}

#[test]
fn lengths_that_no_content_can_have_are_told_and_nothing_else_comes_of_them() {
    for promised in [1, 1 << 40, u64::MAX - 3, u64::MAX - 2, u64::MAX] {
        let (recovered, out) = recover(&[coded(b"abc"), promising(promised)].concat());
        assert_eq!(out, b"abc");
        assert_eq!(places(&recovered)[0], (None, 3, Some(3u64.saturating_add(promised))));
    }
}

#[test]
fn an_index_of_blocks_that_cannot_be_makes_no_content() {
    let header = FrameHeader { level: Level::FASTEST, content_size: None, window: Window::LEAST, model: None };
    for size in [0, 13] {
        let blocks = vec![Entry { kind: BlockKind::Neural, raw_len: 1 << 26, size }; 1000];
        let mut file = header.to_bytes();
        file.resize(file.len() + 1000 * size as usize, 7);
        Item::IndexedEnd(0).write(&mut file);
        file.extend(Index { header, blocks }.to_bytes());
        let (recovered, out) = recover(&file);
        assert!(out.is_empty() && !recovered.damages.is_empty());
    }
}

#[test]
fn a_block_that_the_file_does_not_hold_is_counted_and_not_written() {
    let mut file = coded(b"abc");
    file.extend(
        FrameHeader { level: Level::FASTEST, content_size: None, window: Window::LEAST, model: None }.to_bytes(),
    );
    let (raw_len, coded_len) = (1 << 26, 1 << 20);
    let block = SegmentHeader::first(BlockKind::Neural, raw_len, coded_len);
    Item::Segment(block).write(&mut file);
    let (recovered, out) = recover(&file);
    assert_eq!(out, b"abc");
    assert_eq!(places(&recovered)[0], (Some(2), 3, Some(3 + (1 << 26))));
}

/// A frame of blocks with these contents, each of several segments, and its index; and where the second block lies.
fn segmented(contents: &[&[u8]]) -> (Vec<u8>, std::ops::Range<usize>) {
    let header = FrameHeader { level: Level::FASTEST, content_size: None, window: Window::LEAST, model: None };
    let (mut file, mut blocks, mut starts) = (header.to_bytes(), vec![], vec![]);
    for content in contents {
        let mut encoder = Encoder::new(vec![], &EncodeOptions::new().level(Level::FASTEST).built_in_prior(false));
        for part in content.chunks(400) {
            encoder.write_all(part).unwrap();
            encoder.flush().unwrap();
        }
        let frame = encoder.finish().unwrap();
        let mut rest = &frame[header.to_bytes().len()..];
        let block = rest;
        while let Item::Segment(segment) = Item::read(&mut rest).unwrap() {
            Entry::add_to(&mut blocks, &segment).unwrap();
            rest = &rest[segment.coded_len..];
        }
        starts.push(file.len());
        file.extend_from_slice(&block[..blocks.last().unwrap().size as usize]);
    }
    Item::IndexedEnd(twox_hash::XxHash3_64::oneshot(&contents.concat())).write(&mut file);
    file.extend(Index { header, blocks }.to_bytes());
    (file, starts[1]..starts[2])
}

#[test]
fn a_flip_in_any_header_of_a_segment_leaves_other_blocks_in_their_places() {
    let text = foretell_testkit::text().repeat(2);
    let contents = [&text[..1000], &text[1000..2200], &text[2200..3000]];
    let (good, mut block) = segmented(&contents);
    assert!(decompress(&good).unwrap() == contents.concat());
    let mut flips = 0;
    while block.start < block.end {
        let Item::Segment(header) = Item::read(&mut &good[block.start..]).unwrap() else { panic!("an end") };
        for bit in 0..8 * header.byte_len() {
            let mut bad = good.clone();
            bad[block.start + bit / 8] ^= 1 << (bit % 8);
            flips += 1;
            let (recovered, out) = recover(&bad);
            assert!(!recovered.damages.is_empty(), "{header:?}, bit {bit}");
            assert_eq!(out.len(), 3000, "{header:?}, bit {bit}: {recovered:?}");
            assert!(out[..1000] == *contents[0] && out[2200..] == *contents[2], "{header:?}, bit {bit}");
            let mut reader = IndexedReader::new(Cursor::new(&bad), &DecodeOptions::new()).unwrap();
            let mut part = [0; 40];
            reader.seek(SeekFrom::Start(2500)).unwrap();
            reader.read_exact(&mut part).unwrap();
            assert_eq!(part[..], contents[2][300..340], "{header:?}, bit {bit}");
            assert!(decompress(&bad).is_err(), "{header:?}, bit {bit}");
        }
        block.start += header.byte_len() + header.coded_len;
    }
    assert!(flips > 150, "{flips}");
}
