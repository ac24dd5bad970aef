//! Several blocks at once: the same bytes for any number of threads, within the memory allowed, and no error lost.

use std::{
    io::{Read, Write},
    sync::Arc,
    time::{Duration, Instant},
};

use foretell::{DecodeOptions, Decoder, EncodeOptions, Encoder, Error, ErrorKind, Level, Method, Progress};
use foretell_testkit::{Part, Random, frame_of, text};

const BLOCK: usize = 1 << 16;

fn options(threads: usize) -> EncodeOptions {
    EncodeOptions::new().level(Level::FASTEST).block_len(BLOCK).unwrap().threads(threads)
}

/// Text in five blocks, the third of them noise, the last one short.
fn content() -> Vec<u8> {
    let text = text().repeat(BLOCK / 500);
    [&text[..2 * BLOCK], &Random(1).bytes(BLOCK), &text[7..BLOCK + 1007]].concat()
}

fn decoded(coded: &[u8], threads: usize) -> foretell::Result<Vec<u8>> {
    let mut content = vec![];
    let mut decoder = Decoder::new(coded, &DecodeOptions::new().threads(threads));
    decoder.read_to_end(&mut content)?;
    Ok(content)
}

#[test]
fn any_number_of_threads_gives_the_same_bytes_both_ways() {
    let content = content();
    for method in [Method::Neural, Method::Huffman, Method::Store] {
        let one = foretell_testkit::compress(&content, &options(1).method(method));
        for threads in [0, 1, 2, 3, 64] {
            assert!(foretell_testkit::compress(&content, &options(threads).method(method)) == one, "{threads} threads");
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
    let options = |threads| EncodeOptions::new().method(Method::Copy).block_len(1 << 22).unwrap().threads(threads);
    let one = foretell_testkit::compress(&content, &options(1));
    assert!(one.len() < (7 << 20), "{}", one.len());
    for threads in [2, 5] {
        assert!(foretell_testkit::compress(&content, &options(threads)) == one);
        assert!(decoded(&one, threads).unwrap() == content);
    }
    let parts = [Part::Stored(b"ab"), Part::Copied(b"ab", 2), Part::Copied(b"babb", 3), Part::Stored(b"c")];
    assert_eq!(decoded(&frame_of(&parts), 4).unwrap(), b"ababbabbc");
}

#[test]
fn what_stands_before_an_error_is_given_out() {
    let content = content();
    let good = foretell_testkit::compress(&content, &options(1));
    // In the last block, which is short, as it starts from the lead; 90 bytes are end and index.
    for (cut, damaged) in [(true, good[..good.len() - 100].to_vec()), (false, flipped(&good, good.len() - 100))] {
        for threads in [1, 4] {
            let mut decoder = Decoder::new(damaged.as_slice(), &DecodeOptions::new().threads(threads));
            let mut out = vec![0; 3 * BLOCK];
            decoder.read_exact(&mut out).unwrap();
            assert!(out == content[..3 * BLOCK]);
            for _ in 0..2 {
                let kind = Error::from(decoder.read_to_end(&mut out).unwrap_err()).kind();
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
    let coded = foretell_testkit::compress(&content, &options(1));
    let told = |threads, limit| {
        let progress = Arc::new(Progress::default());
        let options = DecodeOptions::new().threads(threads).memory_limit(limit).progress(progress.clone());
        Decoder::new(coded.as_slice(), &options).read_to_end(&mut vec![]).map(|_| progress.memory())
    };
    // One holds the lead as well.
    let (one, all) = (told(1, u64::MAX).unwrap(), told(4, u64::MAX).unwrap());
    assert!(2 * all > 3 * one, "{all}, {one}");
    assert!(told(4, all - 1).unwrap() < all);
    // What is read but not begun takes nothing, so one thread's limit is enough for several.
    assert!(told(4, one).unwrap() <= one);
    assert!(told(4, one / 2).is_err());

    let told = |threads, limit| {
        let progress = Arc::new(Progress::default());
        let options = options(threads).memory_limit(limit).progress(progress.clone());
        foretell::compress(&content, &options).map(|same| {
            assert!(same == coded);
            progress.memory()
        })
    };
    let (one, all) = (told(1, u64::MAX).unwrap(), told(4, u64::MAX).unwrap());
    assert!(2 * all > 3 * one, "{all}, {one}");
    // Room for one block at a time, however little it will shrink.
    let least = one + content.len() as u64;
    assert!(told(4, least).unwrap() <= least && told(1, least).unwrap() <= least);
    for threads in [1, 4] {
        let error = told(threads, one / 2).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::MemoryLimit);
        assert!(error.to_string().contains(&format!("{} are allowed", one / 2)), "{error}");
    }
}

#[test]
fn compressing_keeps_to_a_limit_with_one_thread_too_or_says_what_would_fit() {
    let content = Random(8).bytes(1 << 20);
    for threads in [1, 2] {
        let options = |level: u8| EncodeOptions::new().level(Level::new(level).unwrap()).threads(threads);
        let refused = |options: &EncodeOptions| {
            let progress = Arc::new(Progress::default());
            let error = foretell::compress(&content, &options.clone().progress(progress.clone())).unwrap_err();
            assert_eq!((error.kind(), progress.memory(), progress.raw()), (ErrorKind::MemoryLimit, 0, 0));
            error.to_string()
        };
        let error = refused(&options(9).memory_limit(200 << 20));
        assert!(error.ends_with("209715200 are allowed; level 5 fits"), "{error}");
        let error = refused(&options(6).memory_limit(240 << 20));
        assert!(error.ends_with("are allowed; level 5 fits, and so do blocks of 128K"), "{error}");
        let error = refused(&options(1).memory_limit(46 << 20));
        assert!(error.ends_with("are allowed; blocks of 256K fit"), "{error}");
        assert!(refused(&options(1).memory_limit(1)).ends_with(", 1 are allowed"));
        // What is said to fit does.
        let progress = Arc::new(Progress::default());
        let fitting = options(1).block_len(1 << 18).unwrap().memory_limit(46 << 20).progress(progress.clone());
        foretell_testkit::compress(&content[..3 << 18], &fitting);
        assert!((1..=46 << 20).contains(&progress.memory()));
    }
}

#[test]
fn what_expanding_takes_counts_in_the_limit_before_it_is_taken() {
    let packed = foretell_testkit::gzip(&[0; 6 << 20], 9);
    let options = EncodeOptions::new().level(Level::FASTEST);
    let progress = Arc::new(Progress::default());
    let coded = foretell_testkit::compress(&packed, &options.clone().progress(progress.clone()));
    assert!(progress.memory() > 6 << 20, "it was not expanded");
    let error = foretell::compress(&packed, &options.clone().memory_limit(progress.memory() - 1)).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::MemoryLimit);
    // Before the work, the coded bytes count as much as the packed ones, and so does what is replaced at the end.
    let room = progress.memory() + 3 * packed.len() as u64;
    assert!(foretell_testkit::compress(&packed, &options.memory_limit(room)) == coded);
}

#[test]
fn lists_of_blocks_count_in_every_readers_memory_limit() {
    let parts: Vec<Part> = (0..100_000).map(|_| Part::Stored(b"x")).collect();
    let file = frame_of(&parts);
    let limit = 200_000;
    let options = DecodeOptions::new().memory_limit(limit);
    let decoder = || Decoder::new(file.as_slice(), &options).read_to_end(&mut vec![]).map(drop);
    let indexed = || {
        let mut reader = foretell::IndexedReader::new(std::io::Cursor::new(&file), &options)?;
        reader.read(&mut [0]).map(drop)
    };
    let recovery = || foretell::recover(std::io::Cursor::new(&file), std::io::sink(), &options).map(drop);
    for error in [decoder().unwrap_err().into(), indexed().unwrap_err().into(), recovery().unwrap_err()] {
        let error: Error = error;
        assert_eq!(error.kind(), ErrorKind::MemoryLimit, "{error}");
    }
    let mut all = vec![];
    Decoder::new(file.as_slice(), &DecodeOptions::new().memory_limit(5_000_000)).read_to_end(&mut all).unwrap();
    assert_eq!(all.len(), parts.len());
}

#[test]
fn dropping_early_stops_the_threads() {
    let long = text().repeat((1 << 23) / 1000);
    let options = EncodeOptions::new().level(Level::BEST).block_len(1 << 22).unwrap().threads(2);
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
        let coded = foretell_testkit::compress(&content, &options(threads).progress(progress.clone()));
        assert_eq!(progress.raw(), content.len() as u64);
        let progress = Arc::new(Progress::default());
        let mut decoder =
            Decoder::new(coded.as_slice(), &DecodeOptions::new().threads(threads).progress(progress.clone()));
        decoder.read_to_end(&mut vec![]).unwrap();
        assert_eq!(progress.raw(), content.len() as u64);
    }
}
