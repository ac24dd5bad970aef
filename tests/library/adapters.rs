//! The adapters of readers and writers in both directions, and the slices that they are made of: all give the same
//! bytes, whatever the steps, and none loses anything where a reader or writer breaks off.

use std::io::{self, BufReader, ErrorKind::*, Read, Write};

use foretell::{
    DecodeOptions, EncodeOptions, Error, ErrorKind, Method, Result, bufread, decompress,
    raw::{Compressor, Decompressor, Operation, Status},
    read, write,
};
use foretell_testkit::{Random, compress, mutate, text};

use crate::partial_io::{FailsAt, Grudging, Stutters, TRANSIENT, fast, indexed, insist, read_stubbornly, streams};

/// Runs `call` on `input` until it is done, with at most `step` bytes of input and room for as many of output in each
/// call; gives the output.
fn in_steps(
    input: &[u8],
    step: usize,
    mut call: impl FnMut(&[u8], &mut [u8], Operation) -> Result<Status>,
) -> Result<Vec<u8>> {
    let (mut rest, mut out, mut room) = (input, vec![], vec![0; step]);
    loop {
        let now = &rest[..step.min(rest.len())];
        let operation = if now.len() == rest.len() { Operation::Finish } else { Operation::Continue };
        let status = call(now, &mut room, operation)?;
        rest = &rest[status.read..];
        out.extend_from_slice(&room[..status.written]);
        if status.is_done && (operation == Operation::Finish || rest.is_empty() || status.read == 0) {
            return Ok(out);
        }
    }
}

fn pushed(coded: &[u8], step: usize, options: &DecodeOptions) -> Result<Vec<u8>> {
    let mut decompressor = Decompressor::new(options);
    let content = in_steps(coded, step, |input, output, operation| decompressor.run(input, output, operation))?;
    if decompressor.trailing_garbage() { Err(Error::new(ErrorKind::Corrupt, "something follows")) } else { Ok(content) }
}

#[test]
fn slices_of_any_size_compress_to_the_same_bytes() {
    let content = text().repeat(3);
    for (method, threads) in [(Method::Neural, 1), (Method::Huffman, 3), (Method::Store, 1)] {
        let options = fast().method(method).block_len(1 << 16).unwrap().threads(threads);
        let whole = compress(&content, &options);
        for step in [1, 7, 1000, 1 << 20] {
            let mut compressor = Compressor::new(&options.clone().content_size(content.len() as u64));
            let coded = in_steps(&content, step, |input, output, operation| compressor.run(input, output, operation));
            assert!(coded.unwrap() == whole, "{method:?}, steps of {step}");
            assert_eq!((compressor.total_in(), compressor.total_out()), (content.len() as u64, whole.len() as u64));
        }
    }
}

#[test]
fn slices_of_any_size_decompress_to_the_content() {
    for (i, coded) in streams().iter().enumerate() {
        let content = decompress(coded).unwrap();
        for step in [1, 2, 7, 100, 1 << 20] {
            for threads in [1, 3] {
                let found = pushed(coded, step, &DecodeOptions::new().threads(threads)).unwrap();
                assert!(found == content, "stream {i}, steps of {step}, {threads} threads");
            }
        }
    }
}

#[test]
fn damage_is_the_same_to_slices_as_to_a_reader() {
    let streams = streams();
    let options = DecodeOptions::new().memory_limit(16 << 20);
    for case in 0..1000 {
        let mut random = Random(case);
        let bad = mutate(&streams[random.below(streams.len())], &mut random);
        let (mut reader, mut content) = (read::Decoder::new(bad.as_slice(), &options), vec![]);
        let is_good = reader.read_to_end(&mut content).map_err(Error::from);
        let found = pushed(&bad, 1 + random.below(50), &options);
        match is_good {
            Ok(_) if reader.trailing_garbage() => assert!(found.is_err(), "case {case}"),
            Ok(_) => assert!(found.unwrap() == content, "case {case}"),
            Err(error) => {
                let found = found.expect_err("damage is an error");
                assert_eq!((found.kind(), found.to_string()), (error.kind(), error.to_string()), "case {case}");
            }
        }
    }
}

#[test]
fn what_is_flushed_can_be_decoded_before_more_comes() {
    let (mut compressor, mut decompressor) =
        (Compressor::new(&fast()), Decompressor::new(&DecodeOptions::new().threads(3)));
    let mut room = [0; 1000];
    for piece in text()[..1000].chunks(300) {
        let flushed = compressor.run(piece, &mut room, Operation::Flush).unwrap();
        assert!(flushed.is_done && flushed.read == piece.len());
        let mut content = [0; 1000];
        let decoded = decompressor.run(&room[..flushed.written], &mut content, Operation::Continue).unwrap();
        assert!((decoded.read, &content[..decoded.written]) == (flushed.written, piece));
        assert!(!decoded.is_done);
    }
}

#[test]
fn an_error_says_that_nothing_was_taken_and_is_repeated() {
    let mut compressor = Compressor::new(&fast().content_size(5));
    let mut room = [0; 1000];
    let first = compressor.run(b"123", &mut room, Operation::Finish).unwrap();
    assert!(first.read == 3 && !first.is_done);
    assert_eq!(compressor.run(b"", &mut room, Operation::Finish).unwrap_err().kind(), ErrorKind::Io);
    let rest = compressor.run(b"45", &mut room[first.written..], Operation::Finish).unwrap();
    assert!(rest.is_done);
    assert_eq!(decompress(&room[..first.written + rest.written]).unwrap(), b"12345");
    assert_eq!(compressor.run(b"6", &mut room, Operation::Finish).unwrap_err().kind(), ErrorKind::InvalidInput);

    let mut decompressor = Decompressor::new(&DecodeOptions::new());
    for _ in 0..3 {
        let error = decompressor.run(b"no frame", &mut room, Operation::Continue).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::NotForetell);
    }
    let coded = indexed();
    let mut decompressor = Decompressor::new(&DecodeOptions::new());
    let status = decompressor.run(&coded[..coded.len() - 1], &mut room, Operation::Finish).unwrap();
    assert!(status.written == 400 && !status.is_done);
    assert_eq!(decompressor.run(b"", &mut room, Operation::Finish).unwrap_err().kind(), ErrorKind::Truncated);
}

#[test]
fn nothing_after_a_single_frame_is_taken() {
    for coded in &streams()[..6] {
        let stream = [coded, &b"NEXT PART"[..]].concat();
        let options = DecodeOptions::new().single_frame(true);
        let mut decompressor = Decompressor::new(&options);
        let mut content = vec![0; 10_000];
        let status = decompressor.run(&stream, &mut content, Operation::Continue).unwrap();
        let status = if status.is_done { status } else { panic!("{status:?}") };
        assert_eq!(status.read, coded.len());

        let mut writer = write::Decoder::new(vec![], &options);
        let mut taken = 0;
        loop {
            match writer.write(&stream[taken..]).unwrap() {
                0 => break,
                n => taken += n,
            }
        }
        assert_eq!(taken, coded.len());
        assert!(writer.finish().unwrap() == content[..status.written]);
    }
}

#[test]
fn a_decoder_that_is_written_to_gives_the_content_whatever_its_writer_does() {
    for coded in streams() {
        let content = decompress(&coded).unwrap();
        for (step, threads) in [(1, 1), (7, 3), (1000, 1)] {
            let mut decoder = write::Decoder::new(Grudging::new(step), &DecodeOptions::new().threads(threads));
            let mut errors = 0;
            for mut piece in coded.chunks(step) {
                while !piece.is_empty() {
                    piece = &piece[insist(&mut errors, || decoder.write(piece))..];
                }
            }
            insist(&mut errors, || decoder.flush());
            insist(&mut errors, || decoder.try_finish());
            assert!(decoder.get_ref().taken == content, "steps of {step}");
            assert!(errors > 1 && !decoder.trailing_garbage());
            assert_eq!(decoder.write(b"more").unwrap_err().kind(), InvalidInput);
        }
    }
}

#[test]
fn an_error_of_a_decoders_writer_says_that_nothing_was_taken_and_comes_once() {
    let content = Random(5).bytes(200_000);
    let coded = compress(&content, &fast().method(Method::Store).block_len(1 << 16).unwrap());
    for kind in [StorageFull, WouldBlock, Interrupted] {
        for at in 0.. {
            let writer = FailsAt { taken: vec![], at, calls: 0, kind };
            let mut decoder = write::Decoder::new(writer, &DecodeOptions::new());
            let mut reported = 0;
            let mut again = |done: io::Result<usize>| {
                done.unwrap_or_else(|error| {
                    assert_eq!(error.kind(), kind);
                    reported += 1;
                    0
                })
            };
            let mut rest = coded.as_slice();
            while !rest.is_empty() {
                rest = &rest[again(decoder.write(rest))..];
            }
            while again(decoder.try_finish().map(|()| 1)) == 0 {}
            assert!(decoder.get_ref().taken == content, "{kind:?}, call {at}");
            let has_failed = decoder.get_ref().calls > at;
            assert!(reported == usize::from(has_failed) || kind != StorageFull && reported == 0, "{kind:?}, call {at}");
            if !has_failed {
                break;
            }
        }
    }
}

#[test]
fn a_decoder_that_is_written_to_finds_what_is_cut_off_or_damaged_and_tells_of_garbage() {
    let coded = compress(&text()[..500], &fast());
    for cut in 0..coded.len() {
        let mut decoder = write::Decoder::new(vec![], &DecodeOptions::new());
        decoder.write_all(&coded[..cut]).unwrap();
        let error = Error::from(decoder.finish().unwrap_err());
        // A part of the magic bytes could begin any file.
        let kind = if [1, 2].contains(&cut) { ErrorKind::NotForetell } else { ErrorKind::Truncated };
        assert_eq!(error.kind(), kind, "{cut}");
        assert_eq!(error.kind(), decompress(&coded[..cut]).unwrap_err().kind(), "{cut}");
    }
    let mut bad = coded.clone();
    bad[50] ^= 1;
    let mut decoder = write::Decoder::new(vec![], &DecodeOptions::new());
    let written = decoder.write_all(&bad);
    assert!([written, decoder.try_finish(), decoder.try_finish()].iter().skip(1).all(io::Result::is_err));
    assert!(decoder.get_ref().is_empty());

    let mut decoder = write::Decoder::new(vec![], &DecodeOptions::new());
    decoder.write_all(&[&coded, &b"\0\0garbage"[..]].concat()).unwrap();
    decoder.write_all(b"and more").unwrap();
    decoder.try_finish().unwrap();
    assert!(decoder.trailing_garbage());
    assert!(decoder.finish().unwrap() == text()[..500]);
}

#[test]
fn encoders_that_are_read_from_give_the_same_bytes_whatever_their_reader_does() {
    let content = text();
    let options = fast().block_len(1 << 16).unwrap();
    let mut encoder = write::Encoder::new(vec![], &options);
    encoder.write_all(&content).unwrap();
    let coded = encoder.finish().unwrap();
    for step in [1, 100, 1 << 20] {
        let reader = || Stutters { data: &content, step, turn: 0 };
        let mut encoder = read::Encoder::new(reader(), &options);
        let (found, errors) = read_stubbornly(&mut encoder).unwrap();
        assert!(found == coded && !errors.is_empty() && errors.iter().all(|error| TRANSIENT.contains(error)));
        assert_eq!((encoder.total_in(), encoder.total_out()), (content.len() as u64, coded.len() as u64));
        let mut encoder = bufread::Encoder::new(BufReader::with_capacity(step, reader()), &options);
        assert!(read_stubbornly(&mut encoder).unwrap().0 == coded);
    }
    // A promise of another size is an error, not a frame.
    let promised = EncodeOptions::new().content_size(3);
    assert!(read::Encoder::new(&b"four"[..], &promised).read_to_end(&mut vec![]).is_err());
}

#[test]
fn after_a_failure_nothing_is_taken_any_more() {
    let stop = foretell::Stop::default();
    let mut compressor = Compressor::new(&fast().stop(stop.clone()));
    let mut room = [0; 100];
    compressor.run(b"some content", &mut room, Operation::Continue).unwrap();
    stop.ask();
    let kinds = [Operation::Finish, Operation::Continue, Operation::Flush]
        .map(|operation| compressor.run(b"", &mut room, operation).unwrap_err().kind());
    assert_eq!(kinds, [ErrorKind::Cancelled; 3]);
    assert_eq!(compressor.run(b"more", &mut room, Operation::Continue).unwrap_err().kind(), ErrorKind::Cancelled);
}
