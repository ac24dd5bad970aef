//! What goes in comes out: every method and level, every kind of content, and no worse than stored. The corpus at every
//! level is in `sizes.rs`.

use foretell::{EncodeOptions, Level, Method};
use foretell_testkit::{Random, compress, corpus_files, round_trip, text};
use proptest::prelude::*;

fn every_level_and_method() -> impl Iterator<Item = EncodeOptions> {
    let neural = Level::all().map(|level| EncodeOptions::new().level(level));
    neural.chain([Method::Huffman, Method::Store].map(|method| EncodeOptions::new().method(method)))
}

#[test]
fn every_corpus_file_by_huffman_and_stored() {
    for path in corpus_files() {
        let content = std::fs::read(&path).unwrap();
        for method in [Method::Huffman, Method::Store] {
            round_trip(&content, &EncodeOptions::new().method(method));
        }
    }
}

#[test]
fn small_and_odd_contents() {
    let all_values: Vec<u8> = (0..=255).collect();
    let contents = [vec![], vec![0], vec![255], all_values, vec![0; 20_000], vec![b'a'; 300], text(), b"\n".repeat(99)];
    for options in every_level_and_method() {
        for content in &contents {
            round_trip(content, &options);
        }
    }
}

#[test]
fn every_length_up_to_40() {
    let content = Random(1).bytes(40);
    for options in every_level_and_method() {
        for len in 0..=content.len() {
            round_trip(&content[..len], &options);
            round_trip(&vec![7; len], &options);
        }
    }
}

#[test]
fn incompressible_content_is_stored() {
    let content = Random(2).bytes(100_000);
    for options in every_level_and_method() {
        assert!(round_trip(&content, &options) <= content.len() + content.len() / 1000 + 64);
    }
}

#[test]
fn adversarial_content_round_trips() {
    // Periods that fight the contexts, jumps between certainty and noise, the coder's carries.
    let mut contents = vec![];
    for period in [1, 2, 3, 15, 16, 17, 255, 256, 257] {
        contents.push((0..9000).map(|i| (i % period) as u8 ^ if i % 1000 < 3 { 0xff } else { 0 }).collect::<Vec<u8>>());
    }
    let mut random = Random(3);
    for _ in 0..4 {
        let mut jumps = vec![];
        while jumps.len() < 9000 {
            let run = random.below(600);
            if random.below(2) == 0 {
                jumps.extend(random.bytes(run));
            } else {
                jumps.extend(vec![[0x00, 0xff, 0x0f, 0xf0][random.below(4)]; run]);
            }
        }
        contents.push(jumps);
    }
    for level in [1, 6, 9] {
        for content in &contents {
            round_trip(content, &EncodeOptions::new().level(Level::new(level).unwrap()));
        }
    }
}

#[test]
fn tiny_contents_take_less_than_32_bytes() {
    for options in every_level_and_method() {
        assert!(compress(b"", &options).len() < 32);
        assert!(compress(b"x", &options).len() < 32);
    }
}

#[test]
fn the_same_content_gives_the_same_bytes() {
    for options in every_level_and_method() {
        assert_eq!(compress(&text(), &options), compress(&text(), &options));
    }
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(60) })]

    #[test]
    fn any_bytes_at_any_level(content in prop::collection::vec(any::<u8>(), 0..600), level in 1u8..=9) {
        round_trip(&content, &EncodeOptions::new().level(Level::new(level).unwrap()));
    }

    #[test]
    fn any_words_by_any_method(
        words in prop::collection::vec("[a-e]{1,6}[ ,.\n]", 0..200),
        method in prop::sample::select(Vec::from_iter(Method::all())),
    ) {
        round_trip(words.concat().as_bytes(), &EncodeOptions::new().method(method).level(Level::FASTEST));
    }
}
