//! What a stranger's input may cost: limits on output, and work that is stopped.

use std::{
    io::{self, Cursor, Read, Seek, SeekFrom, Write},
    sync::Arc,
    thread,
    time::{Duration, Instant},
};

use foretell::{
    BlockKind, DecodeOptions, Decoder, EncodeOptions, Encoder, Error, ErrorKind, IndexedReader, Level, Method, Model,
    Models, Progress, RecordCompressor, RecordDecompressor, Stop, Trainer, decompress, decompress_with,
    pack::{Cut, Pack, PackOptions, pack},
    recover,
    unstable::container::{FrameHeader, Index, Item, SegmentHeader, Window, index::Entry},
};
use foretell_testkit::{Part, Random, compress, frame_of, gzip, text};

fn fast() -> EncodeOptions {
    EncodeOptions::new().level(Level::FASTEST)
}

/// A frame that begins with a zero and then claims `copies` times 64 MiB of it, without an end.
fn zeros_bomb(copies: usize, content_size: Option<u64>) -> Vec<u8> {
    let mut frame = FrameHeader { level: Level::FASTEST, content_size, window: Window::LEAST, model: None }.to_bytes();
    let mut block = |kind, raw_len, coded: &[u8], check| {
        let coded_len = coded.len();
        Item::Segment(SegmentHeader { check, ..SegmentHeader::first(kind, raw_len, coded_len) }).write(&mut frame);
        frame.extend_from_slice(coded);
    };
    block(BlockKind::Stored, 1, &[0], crc32fast::hash(&[0]));
    let crc = crc32fast::hash(&vec![0; 1 << 26]);
    (0..copies).for_each(|_| block(BlockKind::Copy, 1 << 26, &[1], crc));
    frame
}

#[test]
fn few_bytes_do_not_become_more_than_the_default_bound() {
    // 1 MiB of input could say 4.5 TB.
    let bomb = zeros_bomb(70_000, None);
    assert!(bomb.len() > 1 << 20);
    for coded in [&bomb[..bomb.len() / 9], &zeros_bomb(1, Some(1 << 40))] {
        let error = decompress(coded).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::OutputLimit);
        let text = error.to_string();
        assert!(text.contains("268435456") && text.contains("DecodeOptions::output_limit"), "{text}");
    }
}

#[test]
fn long_input_may_become_a_thousand_times_longer() {
    // The bound is 1,024 times the input where that is over 256 MiB.
    let content = vec![0; (256 << 20) + 1];
    let coded = compress(&content, &fast().method(Method::Copy));
    assert_eq!(decompress(&coded).unwrap_err().kind(), ErrorKind::OutputLimit);
    let mut long = compress(&Random(1).bytes(1 << 19), &fast().method(Method::Store));
    long.extend(&coded);
    assert_eq!(decompress(&long).unwrap().len(), (1 << 19) + content.len());
}

#[test]
fn a_limit_is_exact_and_what_stays_within_it_comes_first() {
    let parts: Vec<Vec<u8>> = [100, 50, 7].map(|len| Random(len as u64).bytes(len)).into();
    let frame = frame_of(&parts.iter().map(|part| Part::Stored(part)).collect::<Vec<_>>());
    let coded = [&frame[..], &frame].concat();
    let content = parts.concat().repeat(2);
    for threads in [1, 3] {
        for (limit, given) in [(0, 0), (99, 0), (100, 100), (156, 150), (157, 157), (256, 157), (300, 257), (313, 307)]
        {
            let options = DecodeOptions::new().threads(threads).output_limit(limit);
            let mut decoder = Decoder::new(coded.as_slice(), &options);
            let mut found = vec![];
            for _ in 0..3 {
                let error = decoder.read_to_end(&mut found).unwrap_err();
                assert_eq!(error.kind(), io::ErrorKind::FileTooLarge);
                assert_eq!(Error::from(error).kind(), ErrorKind::OutputLimit);
            }
            assert!(found == content[..given], "limit {limit}: {}", found.len());
            let error = decompress_with(&coded, &options).unwrap_err();
            assert_eq!(error.to_string(), format!("the content is longer than the {limit} bytes that are allowed"));

            let mut saved = vec![];
            let error = recover(Cursor::new(&coded), &mut saved, &options).unwrap_err();
            assert_eq!(error.kind(), ErrorKind::OutputLimit);
            assert!(saved == content[..given]);
        }
        for limit in [314, u64::MAX] {
            let options = DecodeOptions::new().threads(threads).output_limit(limit);
            let mut decoder = Decoder::new(coded.as_slice(), &options);
            let mut found = vec![];
            decoder.read_to_end(&mut found).unwrap();
            assert!(found == content);
            assert!(recover(Cursor::new(&coded), io::sink(), &options).unwrap().damages.is_empty());
        }
    }
}

#[test]
fn nothing_is_decoded_of_a_frame_that_promises_too_much() {
    let coded = compress(&text(), &fast());
    let progress = Arc::new(Progress::default());
    let limit = text().len() as u64 - 1;
    let mut decoder =
        Decoder::new(coded.as_slice(), &DecodeOptions::new().output_limit(limit).progress(Arc::clone(&progress)));
    assert!(decoder.read(&mut [0]).is_err());
    assert_eq!((progress.raw(), progress.memory()), (0, 0));
}

#[test]
fn a_block_over_the_limit_costs_nothing() {
    let bomb = zeros_bomb(9, None);
    let progress = Arc::new(Progress::default());
    let mut decoder =
        Decoder::new(bomb.as_slice(), &DecodeOptions::new().output_limit(1 << 20).progress(Arc::clone(&progress)));
    let mut found = vec![];
    assert!(decoder.read_to_end(&mut found).is_err());
    assert_eq!((found, progress.raw()), (vec![0], 1));
    assert!(progress.memory() < 100, "{}", progress.memory());
}

fn model() -> Model {
    let samples: Vec<String> = (0..200).map(|i| format!("unit {} is up", i % 17)).collect();
    Trainer::new().train(&samples, |_| {}).unwrap().model
}

#[test]
fn a_record_over_the_limit_is_refused() {
    let model = model();
    let record = b"unit 5 is up";
    let coded = RecordCompressor::new(&model).unwrap().compress(record).unwrap();
    let raw = RecordCompressor::new(&model).unwrap().compress_raw(record).unwrap();
    let mut decompressor = RecordDecompressor::new(&model).unwrap().output_limit(record.len() as u64);
    assert_eq!(decompressor.decompress(&coded).unwrap(), record);
    let mut decompressor = RecordDecompressor::new(&model).unwrap().output_limit(record.len() as u64 - 1);
    let error = decompressor.decompress(&coded).unwrap_err();
    assert_eq!(
        (error.kind(), error.to_string().as_str()),
        (ErrorKind::OutputLimit, "a record has 12 bytes, 11 are allowed")
    );
    assert_eq!(decompressor.decompress_raw(&raw, record.len()).unwrap_err().kind(), ErrorKind::OutputLimit);
}

/// Runs `work`, and stops it once some content is done; gives back how much was done after that, and its error.
fn done_after_stop<T>(progress: &Progress, stop: &Stop, work: impl FnOnce() -> io::Result<T>) -> (u64, Error) {
    thread::scope(|scope| {
        let stopper = scope.spawn(|| {
            let begun = Instant::now();
            while progress.raw() < 1000 && begun.elapsed() < Duration::from_secs(100) {
                thread::sleep(Duration::from_micros(100));
            }
            stop.ask();
            progress.raw()
        });
        let error = work().err().expect("it was stopped");
        (progress.raw() - stopper.join().unwrap(), Error::from(error))
    })
}

/// Content that keeps the network busy.
fn busy(len: usize) -> Vec<u8> {
    Random(7).bytes(len).iter().map(|byte| b'a' + (byte & 7)).collect()
}

#[test]
fn at_the_highest_level_work_stops_within_64_kib_of_content() {
    let content = busy(300_000);
    let (progress, stop) = (Arc::new(Progress::default()), Stop::default());
    let options = EncodeOptions::new().level(Level::BEST).progress(Arc::clone(&progress)).stop(stop.clone());
    let mut encoder = Encoder::new(Vec::new(), &options);
    let (done, error) =
        done_after_stop(&progress, &stop, || encoder.write_all(&content).and_then(|()| encoder.try_finish()));
    assert_eq!(error.kind(), ErrorKind::Cancelled);
    assert!(done <= 1 << 16, "{done}");
    // For good.
    assert_eq!(Error::from(encoder.flush().unwrap_err()).kind(), ErrorKind::Cancelled);

    // With one block, and with several at once.
    for (level, len, threads) in [(Level::BEST, 100_000, 1), (Level::FASTEST, 2_000_000, 3)] {
        let coded = compress(&busy(len), &EncodeOptions::new().level(level).block_len(1 << 18).unwrap());
        let (progress, stop) = (Arc::new(Progress::default()), Stop::default());
        let mut decoder = Decoder::new(
            coded.as_slice(),
            &DecodeOptions::new().threads(threads).progress(Arc::clone(&progress)).stop(stop.clone()),
        );
        let (done, error) = done_after_stop(&progress, &stop, || decoder.read_to_end(&mut vec![]));
        assert_eq!(error.kind(), ErrorKind::Cancelled);
        assert!(done <= 1 << 16, "{done}");
        let again = decoder.read(&mut [0]).unwrap_err();
        assert_ne!(again.kind(), io::ErrorKind::Interrupted, "callers would try again");
        assert_eq!(Error::from(again).kind(), ErrorKind::Cancelled);
    }
}

#[test]
fn every_way_of_working_looks_whether_it_is_to_stop() {
    let stop = Stop::default();
    stop.ask();
    let is_cancelled = |error: Error| assert_eq!(error.kind(), ErrorKind::Cancelled);
    let repeats = Random(1).bytes(1 << 20).repeat(2);
    let contents = Method::all().map(|method| (method, if method == Method::Copy { repeats.clone() } else { text() }));
    for (method, content) in contents.chain([(Method::Neural, gzip(&text(), 6))]) {
        for threads in [1, 3] {
            let progress = Arc::new(Progress::default());
            let options = fast().method(method).threads(threads);
            let stopped = options.clone().progress(Arc::clone(&progress)).stop(stop.clone());
            is_cancelled(foretell::compress(&content, &stopped).unwrap_err());

            let coded = compress(&content, &options);
            let decoding = DecodeOptions::new().threads(threads).progress(Arc::clone(&progress)).stop(stop.clone());
            is_cancelled(Decoder::new(coded.as_slice(), &decoding).read(&mut [0]).unwrap_err().into());
            is_cancelled(recover(Cursor::new(&coded), io::sink(), &decoding).unwrap_err());
            let read = IndexedReader::new(Cursor::new(&coded), &decoding).and_then(|mut r| Ok(r.read(&mut [0])?));
            is_cancelled(read.unwrap_err());
            assert_eq!(progress.raw(), 0, "{method:?}, {threads} threads");
        }
    }
}

#[test]
fn training_can_be_stopped_between_samples() {
    let samples: Vec<String> = (0..300).map(|i| format!("unit {} is up", i % 17)).collect();
    let stop = Stop::default();
    let mut passes = 0;
    let trained = Trainer::new().stop(stop.clone()).train(&samples, |_| {
        passes += 1;
        stop.ask();
    });
    assert_eq!(trained.unwrap_err().kind(), ErrorKind::Cancelled);
    assert_eq!(passes, 1);
}

#[test]
fn zeros_in_place_of_a_lost_block_can_be_stopped() {
    struct Stops(Stop, usize);
    impl Write for Stops {
        fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
            self.1 += bytes.len();
            self.0.ask();
            Ok(bytes.len())
        }
        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }
    let mut coded = compress(&vec![7; 1 << 20], &fast().method(Method::Store));
    coded[1000] ^= 1;
    let stop = Stop::default();
    let mut out = Stops(stop.clone(), 0);
    let error = recover(Cursor::new(coded), &mut out, &DecodeOptions::new().stop(stop)).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Cancelled);
    assert!(out.1 <= 1 << 16);
}

/// Asks `stop` to stop at a number of reads.
struct StopsAt<R>(R, Stop, usize);

impl<R: Read> Read for StopsAt<R> {
    fn read(&mut self, out: &mut [u8]) -> io::Result<usize> {
        assert!(self.2 > 0, "it was to stop before");
        self.2 -= 1;
        if self.2 == 0 {
            self.1.ask();
        }
        self.0.read(out)
    }
}

impl<R: Seek> Seek for StopsAt<R> {
    fn seek(&mut self, to: SeekFrom) -> io::Result<u64> {
        self.0.seek(to)
    }
}

/// Frames of one block and of many, with an index and without; damaged or not.
fn listings() -> Vec<Vec<u8>> {
    let parts: Vec<Vec<u8>> = (0..300).map(|i| Random(i).bytes(3)).collect();
    let frame = frame_of(&parts.iter().map(|part| Part::Stored(part)).collect::<Vec<_>>());
    let indexed = compress(&Random(1).bytes(1 << 20), &fast().method(Method::Store).block_len(1 << 16).unwrap());
    let mut damaged = [&frame[..frame.len() / 2], &[1; 300_000], &indexed].concat();
    damaged[frame.len() / 3] ^= 1;
    let zeros = [&compress(b"a", &fast())[..], &[0; 100_000], &frame].concat();
    vec![frame, indexed, damaged, zeros]
}

#[test]
fn looking_for_blocks_can_be_stopped_at_each_read() {
    let mut stopped = [0; 2];
    for file in listings() {
        for reads in (1..20).chain((20..2000).step_by(97)) {
            let mut count = |i: usize, stop: &Stop, error: Option<Error>| {
                // The last read may be the one that asks.
                if let Some(error) = error.filter(|_| stop.is_asked_for()) {
                    assert_eq!(error.kind(), ErrorKind::Cancelled, "{reads} reads");
                    stopped[i] += 1;
                }
            };
            let stop = Stop::default();
            let reader = StopsAt(Cursor::new(&file), stop.clone(), reads);
            count(0, &stop, IndexedReader::new(reader, &DecodeOptions::new().stop(stop.clone())).err());
            let stop = Stop::default();
            let reader = StopsAt(Cursor::new(&file), stop.clone(), reads);
            count(1, &stop, recover(reader, vec![], &DecodeOptions::new().stop(stop.clone())).err());
        }
    }
    assert!(stopped.iter().all(|&times| times > 40), "{stopped:?}");
}

/// A frame of as many blocks of one byte, its index behind it or not.
fn many_blocks(count: usize, has_index: bool) -> Vec<u8> {
    let mut frame =
        FrameHeader { level: Level::FASTEST, content_size: None, window: Window::LEAST, model: None }.to_bytes();
    let check = crc32fast::hash(b"a");
    let block = SegmentHeader { check, ..SegmentHeader::first(BlockKind::Stored, 1, 1) };
    (0..count).for_each(|_| {
        Item::Segment(block).write(&mut frame);
        frame.push(b'a');
    });
    let hash = twox_hash::XxHash3_64::oneshot(&vec![b'a'; count]);
    if has_index {
        Item::IndexedEnd(hash).write(&mut frame);
        let header = FrameHeader { level: Level::FASTEST, content_size: None, window: Window::LEAST, model: None };
        frame.extend(Index { header, blocks: vec![Entry::of(&block); count] }.to_bytes());
    } else {
        Item::End(hash).write(&mut frame);
    }
    frame
}

#[test]
fn lists_of_blocks_count_as_memory() {
    const BLOCKS: usize = 50_000;
    for has_index in [false, true] {
        let file = many_blocks(BLOCKS, has_index);
        // What they take at least: entries, and places.
        let least = 52 * BLOCKS as u64;
        let opened = |limit| IndexedReader::new(Cursor::new(&file), &DecodeOptions::new().memory_limit(limit));
        assert_eq!(opened(least).err().unwrap().kind(), ErrorKind::MemoryLimit);
        let mut content = vec![];
        opened(3 * least).unwrap().read_to_end(&mut content).unwrap();
        assert_eq!(content.len(), BLOCKS);

        let error = recover(Cursor::new(&file), &mut content, &DecodeOptions::new().memory_limit(least)).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::MemoryLimit);

        // An entry of 12 bytes; and of the index 3 that are expected, and 3 that are there.
        let progress = Arc::new(Progress::default());
        let mut decoder = Decoder::new(file.as_slice(), &DecodeOptions::new().progress(Arc::clone(&progress)));
        decoder.read_to_end(&mut content).unwrap();
        assert!(progress.memory() > 18 * BLOCKS as u64, "{}", progress.memory());
        let limited = |limit| {
            let options = DecodeOptions::new().memory_limit(limit);
            Decoder::new(file.as_slice(), &options).read_to_end(&mut vec![])
        };
        limited(progress.memory()).unwrap();
        assert!(limited(progress.memory() - 1).is_err());
    }
}

#[test]
fn records_and_packs_can_be_stopped_and_have_a_memory_limit() {
    let model = model();
    let stop = Stop::default();
    let record = busy(1 << 17);
    let coded = RecordCompressor::new(&model).unwrap().compress(&record).unwrap();
    let lines = b"unit 5 is up\n".repeat(50);
    let mut packed = vec![];
    pack(lines.as_slice(), &mut packed, &model, &PackOptions::new(Cut::Lines)).unwrap();
    let models = Models::new().with(model.clone());
    let known = DecodeOptions::new().models(models);
    let open = |options: &DecodeOptions| Pack::open(Cursor::new(&packed), options).unwrap();

    let mut small = RecordDecompressor::new(&model).unwrap().memory_limit(1 << 20);
    let error = small.decompress(&coded).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::MemoryLimit);
    assert!(error.to_string().ends_with("1048576 are allowed"), "{error}");
    let mut large = RecordDecompressor::new(&model).unwrap().memory_limit(1 << 30);
    assert!(large.decompress(&coded).unwrap() == record);
    assert_eq!(open(&known.clone().memory_limit(1 << 20)).get(3).unwrap_err().kind(), ErrorKind::MemoryLimit);
    assert_eq!(open(&known.clone().memory_limit(1 << 30)).get(3).unwrap().unwrap(), b"unit 5 is up");

    // In the middle of a record. A machine that is busy may ask too late, so there are some tries.
    let begun = Instant::now();
    RecordCompressor::new(&model).unwrap().compress(&record).unwrap();
    let whole = begun.elapsed();
    let is_stopped = |_| {
        let stop = Stop::default();
        let mut compressor = RecordCompressor::new(&model).unwrap().stop(stop.clone());
        let asks = thread::spawn(move || {
            thread::sleep(whole / 10);
            stop.ask();
        });
        let ended = compressor.compress(&record);
        asks.join().unwrap();
        ended.is_err_and(|error| error.kind() == ErrorKind::Cancelled)
    };
    assert!((0..20).any(is_stopped));
    let mut decompressor = RecordDecompressor::new(&model).unwrap().stop(stop.clone());
    assert!(decompressor.decompress(&coded).unwrap() == record);
    stop.ask();
    assert_eq!(decompressor.decompress(&coded).unwrap_err().kind(), ErrorKind::Cancelled);
    assert_eq!(open(&known.clone().stop(stop.clone())).get(3).unwrap_err().kind(), ErrorKind::Cancelled);
    assert_eq!(open(&known.clone().stop(stop.clone())).write_to(&mut vec![]).unwrap_err().kind(), ErrorKind::Cancelled);
    let stopped = pack(lines.as_slice(), &mut vec![], &model, &PackOptions::new(Cut::Lines).stop(stop));
    assert_eq!(stopped.unwrap_err().kind(), ErrorKind::Cancelled);
}

#[test]
fn what_deflate_streams_become_is_refused_with_the_level_that_fits_before_it_takes_memory() {
    let content = gzip(&vec![b'x'; 1 << 23], 6);
    assert!(content.len() < 1 << 16);
    let refused = |level: Level, limit| {
        let error = foretell::compress(&content, &EncodeOptions::new().level(level).memory_limit(limit)).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::MemoryLimit);
        error.to_string()
    };
    let text = refused(Level::BEST, 100 << 20);
    let level = text.rsplit_once("; level ").and_then(|(_, rest)| rest.strip_suffix(" fits")).expect(&text);
    assert!(text.contains("104857600 are allowed"), "{text}");
    let level = Level::new(level.parse().unwrap()).unwrap();
    let fitting = EncodeOptions::new().level(level).memory_limit(100 << 20);
    foretell::compress(&content, &fitting.stop(soon()))
        .map_or_else(|error| assert_eq!(error.kind(), ErrorKind::Cancelled, "{error}, {text}"), |_| ());
    let text = refused(Level::FASTEST, 25 << 20);
    assert!(text.contains("at any level"), "{text}");
}

/// Is asked for when the work has begun.
fn soon() -> Stop {
    let stop = Stop::default();
    let later = stop.clone();
    thread::spawn(move || {
        thread::sleep(Duration::from_secs(1));
        later.ask();
    });
    stop
}
