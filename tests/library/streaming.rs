//! Encoder and decoder as streams: pieces of any size, awkward readers and writers, errors that are never lost.

use std::{
    io::{self, Read, Write},
    sync::Arc,
};

use foretell::{
    BlockKind, DecodeOptions, Decoder, EncodeOptions, Encoder, ErrorKind, Level, Method, Progress, decompress, inspect,
};
use foretell_testkit::{HostileReader, HostileWriter, Random, compress, noise, text};

fn fast() -> EncodeOptions {
    EncodeOptions::new().level(Level::FASTEST)
}

#[test]
fn pieces_of_any_size_give_the_same_bytes() {
    let content = text();
    let whole = compress(&content, &fast());
    for size in [1, 2, 7, 1000, content.len()] {
        let mut encoder = Encoder::new(Vec::new(), &fast().content_size(content.len() as u64));
        content.chunks(size).for_each(|piece| encoder.write_all(piece).unwrap());
        assert_eq!(encoder.total_in(), content.len() as u64);
        assert!(encoder.finish().unwrap() == whole, "pieces of {size}");
    }
}

#[test]
fn hostile_writers_and_readers_lose_nothing() {
    let content = text();
    for method in Method::all() {
        for seed in 0..5 {
            let writer = HostileWriter { taken: vec![], room: usize::MAX, random: Random(seed) };
            let mut encoder = Encoder::new(writer, &fast().method(method));
            encoder.write_all(&content).unwrap();
            let coded = encoder.finish().unwrap().taken;
            let reader = HostileReader { data: &coded, random: Random(seed) };
            let mut out = vec![];
            let mut decoder = Decoder::new(reader, &DecodeOptions::new());
            let mut piece = vec![0; 1 + seed as usize * 100];
            loop {
                match decoder.read(&mut piece) {
                    Ok(0) => break,
                    Ok(n) => out.extend_from_slice(&piece[..n]),
                    Err(error) => assert_eq!(error.kind(), io::ErrorKind::Interrupted, "{error}"),
                }
            }
            assert!(out == content, "{method:?}, seed {seed}");
        }
    }
}

#[test]
fn a_full_disk_is_an_error_at_whatever_byte_it_comes() {
    let content = text();
    let len = compress(&content, &fast()).len();
    for room in (0..len).step_by(17).chain([len - 1]) {
        let writer = HostileWriter { taken: vec![], room, random: Random(room as u64) };
        let mut encoder = Encoder::new(writer, &fast().content_size(content.len() as u64));
        let done = encoder.write_all(&content).and_then(|()| encoder.finish().map(|_| ()));
        assert_eq!(done.unwrap_err().kind(), io::ErrorKind::StorageFull, "room {room}");
    }
}

#[test]
fn a_writer_that_takes_nothing_is_an_error() {
    let mut room = [0u8; 5];
    let mut encoder = Encoder::new(room.as_mut_slice(), &fast());
    let done = encoder.write_all(b"more than five bytes").and_then(|()| encoder.finish().map(|_| ()));
    assert_eq!(done.unwrap_err().kind(), io::ErrorKind::WriteZero);
}

#[test]
fn flush_makes_what_was_written_readable() {
    let mut encoder = Encoder::new(Vec::new(), &fast());
    encoder.write_all(b"first half, ").unwrap();
    encoder.flush().unwrap();
    let so_far = encoder.get_ref().clone();
    let mut out = [0; 12];
    Decoder::new(so_far.as_slice(), &DecodeOptions::new()).read_exact(&mut out).unwrap();
    assert_eq!(&out, b"first half, ");
    encoder.write_all(b"second half").unwrap();
    assert_eq!(decompress(&encoder.finish().unwrap()).unwrap(), b"first half, second half");
}

#[test]
fn a_broken_promise_of_size_is_an_error() {
    for promised in [0, 4, 6] {
        let mut encoder = Encoder::new(Vec::new(), &fast().content_size(promised));
        encoder.write_all(b"12345").unwrap();
        assert!(encoder.finish().is_err(), "{promised}");
    }
}

#[test]
fn frames_one_after_the_other_are_one_content() {
    let (a, b) = (compress(b"alpha ", &fast()), compress(b"beta", &fast().method(Method::Huffman)));
    let empty = compress(b"", &fast());
    let joined = [&a[..], &empty, &b].concat();
    assert_eq!(decompress(&joined).unwrap(), b"alpha beta");
    let mut decoder = Decoder::new(joined.as_slice(), &DecodeOptions::new());
    decoder.read_to_end(&mut vec![]).unwrap();
    assert_eq!(decoder.frames(), 3);
    let frames = inspect(joined.as_slice()).unwrap();
    assert_eq!(frames.iter().map(|f| f.raw_size).collect::<Vec<_>>(), [6, 0, 4]);
    assert_eq!(frames.iter().map(|f| f.coded_size).sum::<u64>(), joined.len() as u64);
}

#[test]
fn zeros_after_the_last_frame_are_ignored_and_garbage_is_told() {
    let coded = compress(b"content", &fast());
    for (tail, garbage) in [(&[0; 512][..], false), (b"\x01", true), (b"\0\0x", true), (b"\xf0rX", true)] {
        let with_tail = [&coded[..], tail].concat();
        let mut decoder = Decoder::new(with_tail.as_slice(), &DecodeOptions::new());
        let mut out = vec![];
        decoder.read_to_end(&mut out).unwrap();
        assert_eq!(out, b"content");
        assert_eq!(decoder.trailing_garbage(), garbage, "{tail:?}");
        assert_eq!(decompress(&with_tail).is_err(), garbage);
    }
}

#[test]
fn an_error_is_repeated_and_never_turns_into_an_end() {
    let coded = compress(&text(), &fast());
    let mut decoder = Decoder::new(&coded[..coded.len() / 2], &DecodeOptions::new());
    for _ in 0..3 {
        assert!(decoder.read(&mut [0; 100]).is_err());
    }
}

#[test]
fn what_is_not_ours_is_named_so() {
    for (bytes, kind) in [
        (&b""[..], ErrorKind::Truncated),
        (b"\x1f\x8b\x08 gzip", ErrorKind::NotForetell),
        (b"\xf0re", ErrorKind::Truncated),
        (b"\xf0re\x63\x01\x06", ErrorKind::Unsupported),
    ] {
        assert_eq!(decompress(bytes).unwrap_err().kind(), kind, "{bytes:?}");
        assert_eq!(inspect(bytes).unwrap_err().kind(), kind, "{bytes:?}");
    }
}

#[test]
fn a_memory_limit_is_kept_before_memory_is_taken() {
    let coded = compress(&text(), &EncodeOptions::new());
    let read =
        |limit| Decoder::new(coded.as_slice(), &DecodeOptions::new().memory_limit(limit)).read_to_end(&mut vec![]);
    assert!(read(1 << 30).is_ok());
    let error = foretell::Error::from(read(100_000).unwrap_err());
    assert_eq!(error.kind(), ErrorKind::MemoryLimit);
    assert!(error.to_string().contains("100000"), "{error}");
}

#[test]
fn the_memory_that_is_told_is_what_a_limit_must_allow() {
    // The second block has the first one, which is stored, beside it.
    let (noise, content) = (noise(9, 1 << 16), text());
    let progress = Arc::new(Progress::default());
    let mut encoder = Encoder::new(Vec::new(), &fast().built_in_prior(false).progress(progress.clone()));
    encoder.write_all(&noise).unwrap();
    encoder.write_all(&content).unwrap();
    let coded = encoder.finish().unwrap();
    let told = progress.memory();
    assert!(told > (noise.len() + content.len() + Level::FASTEST.memory(content.len())) as u64);

    let decode = |limit| {
        let progress = Arc::new(Progress::default());
        let mut decoder =
            Decoder::new(coded.as_slice(), &DecodeOptions::new().memory_limit(limit).progress(progress.clone()));
        decoder.read_to_end(&mut vec![]).map(|_| progress.memory())
    };
    let memory = decode(u64::MAX).unwrap();
    // The encoder keeps what it codes until it is taken, and a segment's content twice.
    assert!(memory <= told && memory + 200_000 >= told, "{memory} of {told}");
    assert_eq!(decode(memory).unwrap(), memory);
    assert!(decode(memory - 1).is_err());
}

#[test]
fn progress_ends_at_the_sizes_of_the_whole() {
    let content = text().repeat(5);
    for method in Method::all() {
        let progress = Arc::new(Progress::default());
        let coded = compress(&content, &fast().method(method).progress(progress.clone()));
        assert_eq!(progress.raw(), content.len() as u64);
        assert!(progress.coded() <= coded.len() as u64 && progress.coded() + 64 >= coded.len() as u64);
        let progress = Arc::new(Progress::default());
        Decoder::new(coded.as_slice(), &DecodeOptions::new().progress(progress.clone()))
            .read_to_end(&mut vec![])
            .unwrap();
        assert_eq!(progress.raw(), content.len() as u64);
    }
}

#[test]
fn blocks_have_the_length_that_was_asked_for() {
    let content = foretell_testkit::Random(7).bytes(300_000);
    for method in [Method::Neural, Method::Huffman, Method::Store] {
        let options = fast().method(method).block_len(1 << 16).unwrap();
        let coded = compress(&content, &options);
        assert_eq!(inspect(coded.as_slice()).unwrap()[0].block_count(), 5);
        assert!(decompress(&coded).unwrap() == content);
    }
    for bytes in [0, (1 << 16) - 1, (1 << 25) + 1, usize::MAX] {
        assert_eq!(fast().block_len(bytes).unwrap_err().kind(), ErrorKind::InvalidInput);
    }
}

#[test]
fn blocks_too_short_for_long_repeats_have_no_copies() {
    let content = vec![7; 5 << 20];
    for (block_len, copies) in [(1 << 16, false), (1 << 20, true)] {
        let options = EncodeOptions::new().method(Method::Copy).block_len(block_len).unwrap();
        let coded = compress(&content, &options);
        assert_eq!(inspect(coded.as_slice()).unwrap()[0].blocks(BlockKind::Copy) > 0, copies);
        assert!(decompress(&coded).unwrap() == content);
    }
}

#[test]
fn a_stream_that_is_flushed_at_each_byte_keeps_its_network() {
    let content = &text()[..600];
    let mut encoder = Encoder::new(Vec::new(), &fast());
    for byte in content {
        encoder.write_all(&[*byte]).unwrap();
        encoder.flush().unwrap();
    }
    let coded = encoder.finish().unwrap();
    assert!(decompress(&coded).unwrap() == content);
    assert_eq!(inspect(coded.as_slice()).unwrap()[0].blocks(foretell::BlockKind::Neural), 1);
    // A segment for each byte.
    assert!(coded.len() < 9 * content.len());
}

#[test]
fn flushing_costs_a_few_bytes_each_time_and_no_knowledge() {
    let lines = foretell_testkit::text();
    let lines: Vec<&[u8]> = lines.split_inclusive(|&byte| byte == b'\n').take(300).collect();
    let mut encoder = Encoder::new(Vec::new(), &fast());
    for line in &lines {
        encoder.write_all(line).unwrap();
        encoder.flush().unwrap();
    }
    let coded = encoder.finish().unwrap();
    let whole = compress(&lines.concat(), &fast());
    assert!(decompress(&coded).unwrap() == lines.concat());
    assert!(coded.len() <= whole.len() + 8 * lines.len(), "{} of {}, {} lines", coded.len(), whole.len(), lines.len());
}
