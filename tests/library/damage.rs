//! Damaged data: always an error, never wrong content, a panic, much time or much memory.

use std::time::{Duration, Instant};

use foretell::{EncodeOptions, ErrorKind, Level, Method, decompress};
use foretell_testkit::{Part, Random, compress, frame_of, in_own_process, mutate, peak_memory, skip, text};

/// A small frame by each method, and two of them joined. At the fastest level, as each damage costs a network.
fn frames() -> Vec<(Vec<u8>, Vec<u8>)> {
    let content = text()[..600].to_vec();
    let mut frames: Vec<_> = [Method::Store, Method::Huffman, Method::Neural]
        .iter()
        .map(|&method| {
            (content.clone(), compress(&content, &EncodeOptions::new().level(Level::FASTEST).method(method)))
        })
        .collect();
    let thrice = content[..200].repeat(3);
    frames.push((thrice.clone(), frame_of(&[Part::Stored(&thrice[..200]), Part::Copied(&thrice[200..], 200)])));
    let joined = [&frames[1].1[..], &frames[2].1].concat();
    frames.push((content.repeat(2), joined));
    frames
}

#[track_caller]
fn must_fail(damaged: &[u8], what: impl std::fmt::Debug) {
    let start = Instant::now();
    let result = decompress(damaged);
    assert!(result.is_err(), "{what:?} went unnoticed");
    // Far more than it takes on a machine that does much else.
    assert!(start.elapsed() < Duration::from_secs(10), "{what:?} took {:?}", start.elapsed());
}

#[test]
fn truncation_at_every_length_is_an_error() {
    for (_, coded) in &frames()[..4] {
        for len in 0..coded.len() {
            // A part of the magic bytes could begin any file.
            let kind = if [1, 2].contains(&len) { ErrorKind::NotForetell } else { ErrorKind::Truncated };
            assert_eq!(decompress(&coded[..len]).unwrap_err().kind(), kind, "{len} bytes");
        }
    }
}

#[test]
fn a_file_cut_between_two_frames_is_whole_and_elsewhere_an_error() {
    let frames = frames();
    let (first, joined) = (&frames[1].1, &frames[4].1);
    for len in 0..joined.len() {
        match decompress(&joined[..len]) {
            Ok(content) => assert!(len == first.len() && content == frames[1].0, "{len} bytes"),
            Err(error) => assert!(len != first.len(), "{len} bytes: {error}"),
        }
    }
}

#[test]
fn a_flip_of_any_bit_is_an_error() {
    for (_, coded) in &frames()[..4] {
        for bit in 0..coded.len() * 8 {
            let mut damaged = coded.clone();
            damaged[bit / 8] ^= 1 << (bit % 8);
            must_fail(&damaged, bit);
        }
    }
}

#[test]
fn any_other_value_of_any_header_byte_is_an_error() {
    for (_, coded) in &frames()[..4] {
        for at in (0..40.min(coded.len())).chain(coded.len() - 9..coded.len()) {
            for change in [1, 2, 3, 7, 16, 128, 255] {
                let mut damaged = coded.clone();
                damaged[at] ^= change;
                must_fail(&damaged, (at, change));
            }
        }
    }
}

#[test]
fn random_damage_of_golden_files_is_an_error_and_takes_little_memory() {
    in_own_process("damage::random_damage_of_golden_files_is_an_error_and_takes_little_memory", || {
        golden_files_are_damaged();
        match peak_memory() {
            Some(peak) => assert!(peak < 64 << 20, "{peak} bytes"),
            None => skip("the system does not tell the most memory that a process had"),
        }
    });
}

fn golden_files_are_damaged() {
    let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/golden");
    let mut random = Random(20);
    let mut files = 0;
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.extension().is_none_or(|e| e != "fore") {
            continue;
        }
        files += 1;
        let good = std::fs::read(&path).unwrap();
        for round in 0..50 {
            let damaged = mutate(&good, &mut random);
            if damaged != good {
                must_fail(&damaged, (&path, round));
            }
        }
    }
    assert!(files >= 3);
}

#[test]
fn random_bytes_after_a_good_header_are_an_error() {
    let mut random = Random(21);
    let header_len = compress(b"", &EncodeOptions::new()).len() - 9;
    for round in 0..2000 {
        let len = random.below(200);
        let mut damaged = compress(b"", &EncodeOptions::new())[..header_len].to_vec();
        damaged.extend(random.bytes(len));
        must_fail(&damaged, round);
    }
}
