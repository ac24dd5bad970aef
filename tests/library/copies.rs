//! Very long repeats: coded as copies, whatever pieces they come in, and never from where there is nothing.

use std::io::{Cursor, Read, Seek, SeekFrom, Write};

use foretell::{
    BlockKind, DecodeOptions, Decoder, EncodeOptions, Encoder, ErrorKind, IndexedReader, Level, Method, decompress,
    inspect, recover,
};
use foretell_testkit::{Part, Random, compress, frame_of, text};

const MIB: usize = 1 << 20;

fn copying() -> EncodeOptions {
    EncodeOptions::new().method(Method::Copy)
}

/// Compresses `content`, checks that it comes back, and gives the size and the number of copies.
#[track_caller]
fn round_trip(content: &[u8], options: &EncodeOptions) -> (usize, u64) {
    let coded = compress(content, options);
    assert!(decompress(&coded).unwrap() == content, "{} bytes, {options:?}", content.len());
    let copies = inspect(coded.as_slice()).unwrap()[0].blocks(BlockKind::Copy);
    (coded.len(), copies)
}

#[test]
fn runs_over_several_blocks_take_next_to_nothing() {
    // The first byte is stored. The copies are the longest there is, and the rest of the content.
    assert_eq!(round_trip(&vec![0; 65 * MIB], &copying()), (104, 2));
    let (size, copies) = round_trip(&vec![0; 65 * MIB], &EncodeOptions::new());
    assert!(size < 150 && copies == 2, "{size}, {copies}");
}

#[test]
fn content_repeated_over_several_blocks_is_coded_once() {
    let million = Random(1).bytes(1_000_000);
    let (size, copies) = round_trip(&million.repeat(40), &copying());
    assert!(size < million.len() + 150 && copies == 1, "{size}, {copies}");
}

#[test]
fn the_window_says_how_far_back_copies_reach() {
    let part = Random(3).bytes(MIB);
    let content = [&part[..], &vec![0; 40 * MIB], &part].concat();
    let (known, long) = (copying().content_size(content.len() as u64), copying().window(41 * MIB as u64).unwrap());
    for options in [&known, &long] {
        let (size, copies) = round_trip(&content, options);
        assert!(size < part.len() + 200 && copies == 2, "{size}, {copies}");
    }
    // A quarter of so little memory is not more than the least window.
    for options in [copying().memory_limit(200 << 20), copying().window(5).unwrap()] {
        assert_eq!(round_trip(&content, &options).1, 1, "{options:?}");
    }
    assert_eq!(copying().window((2 << 30) + 1).unwrap_err().kind(), ErrorKind::InvalidInput);

    let coded = compress(&content, &known);
    let mut reader = IndexedReader::new(Cursor::new(&coded), &DecodeOptions::new()).unwrap();
    let mut last = vec![0; 1000];
    reader.seek(SeekFrom::Start(41 * MIB as u64 + 5)).unwrap();
    reader.read_exact(&mut last).unwrap();
    assert!(last == part[5..1005]);
    let mut recovered = Vec::new();
    recover(Cursor::new(&coded[..coded.len() - 40]), &mut recovered, &DecodeOptions::new()).unwrap();
    assert!(recovered.starts_with(&content[..41 * MIB]));
    let read = |limit: usize| {
        let options = DecodeOptions::new().memory_limit(limit as u64);
        Decoder::new(coded.as_slice(), &options).read_to_end(&mut vec![])
    };
    assert!(read(150 * MIB).is_ok());
    assert_eq!(foretell::Error::from(read(30 * MIB).unwrap_err()).kind(), ErrorKind::MemoryLimit);
}

#[test]
fn the_network_codes_what_is_new_and_copies_the_rest() {
    let fast = EncodeOptions::new().level(Level::FASTEST);
    let letter = text();
    let (once, _) = round_trip(&letter, &fast);
    let (size, copies) = round_trip(&letter.repeat(3 * MIB / letter.len()), &fast);
    assert!(size < once + 100 && copies == 1, "{once}, {size}, {copies}");
}

#[test]
fn content_between_and_after_repeats_stays() {
    let mut random = Random(2);
    let (a, b) = (random.bytes(MIB + 5), random.bytes(20 * MIB));
    let content = [&a[..], b"x", &a, b"y", &b, b"z", &b[MIB..], b"the end"].concat();
    let (size, copies) = round_trip(&content, &copying());
    assert_eq!(copies, 2);
    assert!(size < a.len() + b.len() + 200, "{size}");
}

#[test]
fn a_repeat_that_begins_at_the_end_of_a_block_waits_for_the_rest() {
    let part = Random(3).bytes(2 * MIB);
    // Half a MiB of the second `part` comes with the first block, which has a copy: of zeros.
    let content = [&part[..], &vec![0; 29 * MIB + MIB / 2], &part].concat();
    let (size, copies) = round_trip(&content, &copying());
    assert!(size < part.len() + 150 && copies == 2, "{size}, {copies}");
}

#[test]
fn short_content_is_not_searched() {
    assert_eq!(round_trip(&vec![7; MIB], &copying()).1, 0);
    assert_eq!(round_trip(&vec![7; 2 * MIB], &copying()).1, 1);
}

#[test]
fn other_methods_make_no_copies() {
    for method in [Method::Huffman, Method::Store] {
        assert_eq!(round_trip(&vec![7; 3 * MIB], &EncodeOptions::new().method(method)).1, 0);
    }
}

#[test]
fn pieces_of_any_size_give_the_same_bytes() {
    let mut random = Random(5);
    let part = random.bytes(3 * MIB);
    let content = [&part[..], b"+", &vec![0; 28 * MIB], &part, &random.bytes(999_999), &part[5..]].concat();
    let whole = compress(&content, &copying());
    assert!(whole.len() < 4 * MIB, "{}", whole.len());
    for size in [1009, 65_536, 40 * MIB] {
        let mut encoder = Encoder::new(Vec::new(), &copying().content_size(content.len() as u64));
        content.chunks(size).for_each(|piece| encoder.write_all(piece).unwrap());
        assert!(encoder.finish().unwrap() == whole, "pieces of {size}");
    }
}

#[test]
fn flushing_keeps_copies_going() {
    let million = Random(4).bytes(1_000_000);
    let mut encoder = Encoder::new(Vec::new(), &copying());
    for _ in 0..70 {
        encoder.write_all(&million).unwrap();
        encoder.write_all(&million[..300_000]).unwrap();
        encoder.flush().unwrap();
    }
    let coded = encoder.finish().unwrap();
    assert!(coded.len() < 2_700_000, "{}", coded.len());
    let content = [&million[..], &million[..300_000]].concat().repeat(70);
    assert!(decompress(&coded).unwrap() == content);
}

#[test]
fn copies_are_read_in_small_steps_as_well() {
    let content = vec![b"0123456".as_slice(); 3 * MIB / 7].concat();
    let coded = compress(&content, &copying());
    let mut decoder = Decoder::new(coded.as_slice(), &DecodeOptions::new());
    let mut out = Vec::new();
    let mut step = [0; 997];
    loop {
        match decoder.read(&mut step).unwrap() {
            0 => break,
            n => out.extend_from_slice(&step[..n]),
        }
    }
    assert!(out == content);
}

#[test]
fn copies_of_copies_and_of_several_blocks() {
    let frame = frame_of(&[
        Part::Stored(b"ab"),
        Part::Stored(b"c"),
        Part::Copied(b"bcbc", 2),
        Part::Copied(b"abcbcbc", 7),
        Part::Stored(b"!"),
        Part::Copied(b"!!", 1),
    ]);
    assert_eq!(decompress(&frame).unwrap(), b"abcbcbcabcbcbc!!!");
    let info = &inspect(frame.as_slice()).unwrap()[0];
    assert_eq!([BlockKind::Stored, BlockKind::Copy].map(|kind| info.blocks(kind)), [3, 3]);
    assert_eq!(info.block_count(), 6);
}

#[test]
fn a_distance_out_of_bounds_is_corrupt() {
    for distance in [0, 4, 127, 1 << 25, (1 << 25) + 1, 1 << 26] {
        let frame = frame_of(&[Part::Stored(b"abc"), Part::Copied(b"abcabcabc", distance)]);
        assert_eq!(decompress(&frame).unwrap_err().kind(), ErrorKind::Corrupt, "{distance}");
    }
    let (long, reach) = (vec![0; (1 << 25) + 1], 1 << 25);
    for (distance, corrupt) in [(reach, false), (reach + 1, true)] {
        let frame = frame_of(&[Part::Stored(&long), Part::Copied(&long[..20], distance)]);
        assert_eq!(decompress(&frame).err().map(|error| error.kind()), corrupt.then_some(ErrorKind::Corrupt));
    }
    // Ten bytes, as much as a number can take.
    let frame = frame_of(&[Part::Stored(b"abc"), Part::Copied(&[b'c'; 40], u64::MAX)]);
    assert_eq!(decompress(&frame).unwrap_err().kind(), ErrorKind::Corrupt);
    assert_eq!(decompress(&frame_of(&[Part::Copied(b"abc", 1)])).unwrap_err().kind(), ErrorKind::Corrupt);
}

#[test]
fn a_wrong_distance_is_found_by_the_blocks_checksum() {
    let frame = frame_of(&[Part::Stored(b"abcabd"), Part::Copied(b"abcab", 5)]);
    assert_eq!(decompress(&frame).unwrap_err().kind(), ErrorKind::ChecksumMismatch);
}

#[test]
fn no_copy_reaches_into_another_frame() {
    let first = frame_of(&[Part::Stored(b"abc")]);
    for second in [frame_of(&[Part::Copied(b"abc", 3)]), frame_of(&[Part::Stored(b"d"), Part::Copied(b"cdc", 2)])] {
        let error = decompress(&[&first[..], &second].concat()).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Corrupt);
    }
    let twice = compress(&vec![0; 3 * MIB], &copying()).repeat(2);
    assert!(decompress(&twice).unwrap() == vec![0; 6 * MIB]);
}

#[test]
fn a_memory_limit_counts_what_copies_reach_back_to() {
    let frame = frame_of(&[Part::Stored(&[7; 1000]), Part::Copied(&[7; 10], 1)]);
    let read =
        |limit| Decoder::new(frame.as_slice(), &DecodeOptions::new().memory_limit(limit)).read_to_end(&mut vec![]);
    assert!(read(2300).is_ok());
    let frame = frame_of(&[Part::Stored(&[7; 1000]), Part::Stored(&[7; 1000]), Part::Copied(&[7; 10], 1)]);
    let read =
        |limit| Decoder::new(frame.as_slice(), &DecodeOptions::new().memory_limit(limit)).read_to_end(&mut vec![]);
    // Besides, the list of blocks counts.
    assert!(read(3400).is_ok());
    assert_eq!(foretell::Error::from(read(2010).unwrap_err()).kind(), ErrorKind::MemoryLimit);
}
