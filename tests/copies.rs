//! Copy blocks: what they give, and that they never reach where there is nothing.

mod common;

use std::io::Read;

use common::{Part, frame_of};
use foretell::{Decoder, ErrorKind, decompress, inspect};

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
    assert_eq!(inspect(frame.as_slice()).unwrap()[0].blocks, [3, 0, 0, 3]);
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
}

#[test]
fn a_memory_limit_counts_what_copies_reach_back_to() {
    let frame = frame_of(&[Part::Stored(&[7; 1000]), Part::Copied(&[7; 10], 1)]);
    let read = |limit| Decoder::new(frame.as_slice()).with_memory_limit(limit).read_to_end(&mut vec![]);
    assert!(read(2000).is_ok());
    let frame = frame_of(&[Part::Stored(&[7; 1000]), Part::Stored(&[7; 1000]), Part::Copied(&[7; 10], 1)]);
    let read = |limit| Decoder::new(frame.as_slice()).with_memory_limit(limit).read_to_end(&mut vec![]);
    assert!(read(3000).is_ok());
    assert_eq!(foretell::Error::from(read(2010).unwrap_err()).kind(), ErrorKind::MemoryLimit);
}
