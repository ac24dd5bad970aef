//! Damaged data: always an error, never wrong content, a panic, much time or much memory.

use std::time::{Duration, Instant};

use foretell::{EncodeOptions, Method, decompress};
use foretell_testkit::{Part, Random, compress, frame_of, mutate, text};

/// A small frame by each method, and two of them joined.
fn frames() -> Vec<(Vec<u8>, Vec<u8>)> {
    let content = text()[..600].to_vec();
    let mut frames: Vec<_> = [Method::Store, Method::Huffman, Method::Neural]
        .iter()
        .map(|&method| (content.clone(), compress(&content, &EncodeOptions::new().method(method))))
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
    assert!(start.elapsed() < Duration::from_secs(1), "{what:?} took {:?}", start.elapsed());
}

#[test]
fn truncation_at_every_length_is_an_error() {
    for (content, coded) in frames() {
        for len in 0..coded.len() {
            // Cut between two frames, the first is whole and rightly decodes to its part.
            match decompress(&coded[..len]) {
                Ok(part) => assert!(part.len() < content.len() && content.starts_with(&part) && part.len() == 600),
                Err(error) => assert!(!error.to_string().is_empty()),
            }
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
fn random_damage_of_golden_files_is_an_error() {
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
        for round in 0..200 {
            let damaged = mutate(&good, &mut random);
            if damaged != good {
                must_fail(&damaged, (&path, round));
            }
        }
    }
    assert!(files >= 3);
    if let Some(peak) = peak_memory() {
        assert!(peak < 64 << 20, "{peak} bytes");
    }
}

/// The most memory that this process has had, where the system tells.
fn peak_memory() -> Option<usize> {
    let status = std::fs::read_to_string("/proc/self/status").ok()?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"))?;
    line.trim().strip_suffix(" kB")?.parse::<usize>().ok().map(|kib| kib << 10)
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
