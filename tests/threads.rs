//! Several blocks at once: the same bytes for any number of threads, within the memory allowed, and no error lost.

mod common;

use std::{
    io::{Read, Write},
    sync::Arc,
    time::{Duration, Instant},
};

use common::{Part, Random, frame_of, text};
use foretell::{Decoder, Encoder, Error, ErrorKind, Level, Method, Options, Progress};

const BLOCK: usize = 1 << 16;

fn options(threads: usize) -> Options {
    Options::new().level(Level::FASTEST).block_len(BLOCK).unwrap().threads(threads)
}

/// Text in five blocks, the third of them noise, the last one short.
fn content() -> Vec<u8> {
    let text = text().repeat(BLOCK / 500);
    [&text[..2 * BLOCK], &Random(1).bytes(BLOCK), &text[7..BLOCK + 1007]].concat()
}

fn decoded(coded: &[u8], threads: usize) -> foretell::Result<Vec<u8>> {
    let mut content = vec![];
    let mut decoder = Decoder::new(coded).with_threads(threads);
    decoder.read_to_end(&mut content)?;
    Ok(content)
}

#[test]
fn any_number_of_threads_gives_the_same_bytes_both_ways() {
    let content = content();
    for method in [Method::Neural, Method::Huffman, Method::Store] {
        let one = common::compress(&content, &options(1).method(method));
        for threads in [0, 1, 2, 3, 64] {
            assert!(common::compress(&content, &options(threads).method(method)) == one, "{threads} threads");
            assert!(decoded(&one, threads).unwrap() == content, "{threads} threads");
            assert!(decoded(&one.repeat(3), threads).unwrap() == content.repeat(3), "{threads} threads");
        }
    }
}

#[test]
fn pieces_and_flushes_are_the_same_for_any_number_of_threads() {
    let content = content();
    let coded = |threads, step| {
        let mut encoder = Encoder::new(vec![], &options(threads));
        for (i, piece) in content.chunks(step).enumerate() {
            encoder.write_all(piece).unwrap();
            if i % 3 == 2 {
                encoder.flush().unwrap();
                assert_eq!(encoder.total_out(), encoder.get_ref().len() as u64);
            }
        }
        encoder.finish().unwrap()
    };
    for step in [9_999, 50_000] {
        let one = coded(1, step);
        assert!(coded(3, step) == one);
        assert!(decoded(&one, 3).unwrap() == content);
    }
}

#[test]
fn copies_wait_for_what_they_refer_to() {
    let part = Random(2).bytes(3 << 20);
    let content = [&part[..], &text(), &part, &text(), &part[5..]].concat();
    let options = |threads| Options::new().method(Method::Copy).block_len(1 << 22).unwrap().threads(threads);
    let one = common::compress(&content, &options(1));
    assert!(one.len() < (7 << 20), "{}", one.len());
    for threads in [2, 5] {
        assert!(common::compress(&content, &options(threads)) == one);
        assert!(decoded(&one, threads).unwrap() == content);
    }
    let parts = [Part::Stored(b"ab"), Part::Copied(b"ab", 2), Part::Copied(b"babb", 3), Part::Stored(b"c")];
    assert_eq!(decoded(&frame_of(&parts), 4).unwrap(), b"ababbabbc");
}

#[test]
fn what_stands_before_an_error_is_given_out() {
    let content = content();
    let good = common::compress(&content, &options(1));
    for (cut, damaged) in [(true, good[..good.len() - 150].to_vec()), (false, flipped(&good, good.len() - 150))] {
        for threads in [1, 4] {
            let mut decoder = Decoder::new(damaged.as_slice()).with_threads(threads);
            let mut out = vec![0; 4 * BLOCK];
            decoder.read_exact(&mut out).unwrap();
            assert!(out == content[..4 * BLOCK]);
            for _ in 0..2 {
                let kind = Error::from(decoder.read(&mut out).unwrap_err()).kind();
                assert_eq!(kind == ErrorKind::Truncated, cut, "{kind:?}");
            }
        }
    }
}

fn flipped(bytes: &[u8], at: usize) -> Vec<u8> {
    let mut bytes = bytes.to_vec();
    bytes[at] ^= 4;
    bytes
}

#[test]
fn a_memory_limit_means_fewer_threads_and_less_memory() {
    let content = content();
    let coded = common::compress(&content, &options(1));
    let told = |threads, limit| {
        let progress = Arc::new(Progress::default());
        let decoder = Decoder::new(coded.as_slice()).with_threads(threads).with_memory_limit(limit);
        decoder.with_progress(progress.clone()).read_to_end(&mut vec![]).map(|_| progress.memory())
    };
    let (one, all) = (told(1, u64::MAX).unwrap(), told(4, u64::MAX).unwrap());
    assert!(all > 2 * one, "{all}, {one}");
    assert!(told(4, all - 1).unwrap() < all);
    // What is read but not begun takes nothing, so one thread's limit is enough for several.
    assert!(told(4, one).unwrap() <= one);
    assert!(told(4, one / 2).is_err());

    let told = |threads, limit| {
        let progress = Arc::new(Progress::default());
        let options = options(threads).memory_limit(limit).progress(progress.clone());
        assert!(common::compress(&content, &options) == coded);
        progress.memory()
    };
    let (one, all) = (told(1, u64::MAX), told(4, u64::MAX));
    assert!(all > 2 * one, "{all}, {one}");
    assert!(told(4, 0) < one + 3 * BLOCK as u64);
}

#[test]
fn dropping_early_stops_the_threads() {
    let long = text().repeat((1 << 23) / 1000);
    let options = Options::new().level(Level::BEST).block_len(1 << 22).unwrap().threads(2);
    let begun = Instant::now();
    let mut encoder = Encoder::new(vec![], &options);
    // Two blocks are begun, each of which takes many seconds.
    encoder.write_all(&long[..2 << 22]).unwrap();
    drop(encoder);
    assert!(begun.elapsed() < Duration::from_secs(5), "{:?}", begun.elapsed());
}

#[test]
fn progress_counts_the_work_of_all_threads() {
    let content = content();
    for threads in [1, 3] {
        let progress = Arc::new(Progress::default());
        let coded = common::compress(&content, &options(threads).progress(progress.clone()));
        assert_eq!(progress.raw(), content.len() as u64);
        let progress = Arc::new(Progress::default());
        let mut decoder = Decoder::new(coded.as_slice()).with_threads(threads).with_progress(progress.clone());
        decoder.read_to_end(&mut vec![]).unwrap();
        assert_eq!(progress.raw(), content.len() as u64);
    }
}
