//! Frames, Huffman blocks, deflate streams and recipes, mutated at random: whatever comes of it, what must hold for any
//! bytes does, within a bounded time, and no mutation of a frame decodes to anything but the frame's content.
//!
//! A case is its number: the same mutation each time. `FORETELL_MUTATIONS=1000000` tries that many instead of those
//! that every run of the tests has time for; `FORETELL_MUTATIONS=700..701` tries one again.

use std::{
    env, fs,
    io::Write,
    ops::Range,
    panic::{AssertUnwindSafe, catch_unwind},
    path::Path,
    time::{Duration, Instant},
};

use foretell::{
    BlockKind, EncodeOptions, Encoder, Level, Method, RecordCompressor, Trainer, TrainingReport, decompress, pack,
    unstable::{
        container::{FrameHeader, Index, Item, MAX_BLOCK_LEN, SegmentHeader, Window, index::Entry},
        deflate, huffman,
    },
};
use foretell_testkit::{
    Part, Random, compress, frame_of, gzip, in_own_process, mutate, peak_memory, properties, skip, text,
};

/// Cases of each of the seven tests in a usual run.
const CASES: u64 = 30_000;
/// What takes longer hangs.
const LIMIT: Duration = Duration::from_secs(5);
/// What reading and saving mutated files may take of memory.
const MOST_MEMORY: u64 = 1 << 30;
/// One frame in this many is a golden file: most of them are longer than the other frames.
const GOLDEN_EVERY: usize = 100;

#[test]
fn some_mutations_are_cuts_and_most_are_not() {
    let good: Vec<u8> = (0..200).collect();
    let mutations: Vec<_> = (0..10_000).map(|case| mutate(&good, &mut Random(case << 32))).collect();
    let percent = |is: &dyn Fn(&[u8]) -> bool| mutations.iter().filter(|mutated| is(mutated)).count() / 100;
    // One in eight is cut, and half of these are cut only.
    assert_eq!(percent(&|mutated| mutated.len() < 200 && good.starts_with(mutated)), 6);
    // Some dozens of bytes less are a cut; most others are as long as before, or nearly so.
    assert!((8..=12).contains(&percent(&|mutated| mutated.len() < 200 - 4 * 9)));
    assert!(percent(&|mutated| mutated.len() == 200) >= 40);
    assert_eq!(percent(&|mutated| mutated == good), 0);
}

#[test]
fn what_is_mutated_is_good_before_and_sealing_makes_its_headers_good_again() {
    for (content, frame) in short_frames() {
        let decoded = properties::decode(&frame);
        // Two frames that are joined have their content twice.
        assert!(decoded == Some(content.repeat(2)) || decoded == Some(content));
        // Another level: that is an error by the header's check, until that is made right.
        let mut changed = frame;
        changed[5] ^= 3;
        assert!(FrameHeader::read_after_magic(&mut &changed[3..]).is_err());
        properties::seal(&mut changed);
        assert!(FrameHeader::read_after_magic(&mut &changed[3..]).is_ok());
    }
    for content in packed_contents() {
        let expanded = deflate::expand(&content).expect("there is a stream");
        assert_eq!(deflate::reconstruct(&expanded, content.len()).unwrap(), content);
    }
}

#[test]
fn a_mutated_frame_decodes_to_its_content_or_not_at_all() {
    let short = short_frames();
    let golden = golden_files();
    for_each_case(|random| {
        let frames = if random.below(GOLDEN_EVERY) == 0 { &golden } else { &short };
        let (content, frame) = &frames[random.below(frames.len())];
        let mutated = mutate_file(frame, random);
        if let Some(decoded) = properties::decode(&mutated) {
            // Several frames, whole, may be left of more, and be more than there were.
            let whole = !decoded.is_empty() && decoded.chunks(content.len()).all(|chunk| chunk == content);
            assert!(whole || decoded == *content, "decoded to something else");
        }
        properties::headers(&mutated[3.min(mutated.len())..]);
    });
}

#[test]
fn of_a_mutated_file_all_is_read_and_saved_or_its_damage_is_told() {
    in_own_process("mutations::of_a_mutated_file_all_is_read_and_saved_or_its_damage_is_told", || {
        files_are_mutated();
        match peak_memory() {
            Some(peak) => assert!(peak < MOST_MEMORY, "{peak} bytes of memory"),
            None => skip("the system does not tell the most memory that a process had"),
        }
    });
}

fn files_are_mutated() {
    let files = files_of_several_blocks();
    for_each_case(|random| {
        let mut mutated = mutate_file(&files[random.below(files.len())], random);
        if random.below(8) == 0 {
            // Half of the time after good frames.
            if random.below(2) == 0 {
                mutated = files[random.below(files.len())].clone();
            }
            mutated.extend(extreme_frame(random));
        }
        properties::parts_and_recovery(&mutated);
    });
}

/// A frame with impossible or extreme lengths, each with the right check.
fn extreme_frame(random: &mut Random) -> Vec<u8> {
    const LENGTHS: [u64; 8] = [0, 1, 1 << 26, 1 << 32, (1 << 63) - 1, 1 << 63, u64::MAX - 1, u64::MAX];
    let content_size = (random.below(4) > 0).then(|| LENGTHS[random.below(LENGTHS.len())]);
    let header = FrameHeader { level: Level::FASTEST, content_size, window: Window::LEAST, model: None };
    let mut frame = header.to_bytes();
    let mut blocks = vec![];
    for _ in 0..random.below(4) {
        let kinds = Vec::from_iter(BlockKind::all());
        let kind = kinds[random.below(kinds.len())];
        let raw_len = [2, 300, MAX_BLOCK_LEN][random.below(3)];
        let coded_len = if kind == BlockKind::Stored { raw_len } else { 1 };
        let block = SegmentHeader::first(kind, raw_len, coded_len);
        blocks.push(Entry::of(&block));
        Item::Segment(block).write(&mut frame);
        frame.extend(random.bytes(coded_len.min(40)));
    }
    if let Some(block) = blocks.first_mut().filter(|_| random.below(2) == 0) {
        block.raw_len = [0, 1, MAX_BLOCK_LEN as u32, u32::MAX][random.below(4)];
        block.size = [0, 14, block.size, u32::MAX][random.below(4)];
    }
    match random.below(3) {
        0 => {}
        1 => Item::End(0).write(&mut frame),
        _ => {
            Item::IndexedEnd(0).write(&mut frame);
            frame.extend(Index { header, blocks }.to_bytes());
        }
    }
    frame
}

#[test]
fn a_mutated_huffman_block_decodes_to_its_length_or_not_at_all() {
    let contents = [text()[..300].to_vec(), b"abracadabra".to_vec(), vec![7; 50], (0..=255).collect()];
    let blocks = contents.map(|raw| properties::with_leading_number(raw.len(), &huffman::encode(&raw)));
    for_each_case(|random| properties::huffman_block(&mutate(&blocks[random.below(blocks.len())], random)));
}

#[test]
fn mutated_deflate_streams_come_back_whether_they_unpack_or_not() {
    let contents = packed_contents();
    for_each_case(|random| properties::deflate_streams(&mutate(&contents[random.below(contents.len())], random)));
}

#[test]
fn a_mutated_recipe_is_followed_to_its_length_or_refused() {
    let recipes: Vec<Vec<u8>> = packed_contents().iter().map(|content| recipe_of(content)).collect();
    for_each_case(|random| properties::recipe(&mutate(&recipes[random.below(recipes.len())], random)));
}

/// Where in a model's file the bytes begin whose hash is the model's name.
const NAMED_FROM: usize = 13;

#[test]
fn a_mutated_model_is_refused_or_serves() {
    let trained = trained();
    let body = &trained.file[NAMED_FROM..];
    for_each_case(|random| {
        // A whole model costs a network to try.
        if random.below(8) == 0 {
            properties::model(&mutate(body, random));
        }
    });
}

#[test]
fn a_mutated_record_or_pack_is_read_by_its_checks_or_not_at_all() {
    let model = trained().model;
    let lines = samples()[..40].join("\n");
    let mut packed = Vec::new();
    pack::pack(lines.as_bytes(), &mut packed, &model, &pack::PackOptions::new(pack::Cut::Lines)).unwrap();
    let record = RecordCompressor::new(&model).unwrap().compress(&lines.as_bytes()[..60]).unwrap();
    for_each_case(|random| {
        // Each needs a network of its own, which takes most of the time.
        if random.below(8) == 0 {
            let good = if random.below(2) == 0 { &packed } else { &record };
            properties::record_and_pack(&mutate(good, random), &model);
        }
    });
}

fn samples() -> Vec<String> {
    (0..150)
        .map(|i| format!("id={} state={} by={}", i * 37 % 101, ["open", "shut"][i % 2], ["ann", "bob"][i / 3 % 2]))
        .collect()
}

/// A small model.
fn trained() -> TrainingReport {
    Trainer::new().level(Level::FASTEST).size(1 << 14).unwrap().train(&samples(), |_| {}).unwrap()
}

/// Runs `check` for the cases asked for, each with random numbers of its own. A case that is slow is tried again before
/// it counts as hanging: the machine may have had other things to do.
fn for_each_case(check: impl Fn(&mut Random)) {
    for case in cases() {
        let run = || {
            let begun = Instant::now();
            let result = catch_unwind(AssertUnwindSafe(|| check(&mut Random(case << 32))));
            assert!(result.is_ok(), "that was case {case}");
            begun.elapsed()
        };
        assert!(run() < LIMIT || run() < LIMIT, "case {case} hangs");
    }
}

fn cases() -> Range<u64> {
    let asked = env::var("FORETELL_MUTATIONS").unwrap_or_else(|_| CASES.to_string());
    let number = |text: &str| text.parse().expect("FORETELL_MUTATIONS is a number, or two with .. between");
    match asked.split_once("..") {
        Some((from, to)) => number(from)..number(to),
        None => 0..number(&asked),
    }
}

/// A mutation of `file`, half of the time with the right checks after its headers, so that the bytes that the checks
/// protect are read.
fn mutate_file(file: &[u8], random: &mut Random) -> Vec<u8> {
    let mut mutated = mutate(file, random);
    if random.below(2) == 0 {
        properties::seal(&mut mutated);
    }
    mutated
}

/// Frames by each method that take next to no time to decode, and two of them joined.
fn short_frames() -> Vec<(Vec<u8>, Vec<u8>)> {
    let fast = || EncodeOptions::new().level(Level::FASTEST);
    let short = text()[..120].to_vec();
    let mut frames: Vec<_> = [Method::Store, Method::Huffman, Method::Neural]
        .map(|method| (short.clone(), compress(&short, &fast().method(method))))
        .into();
    let thrice = short[..50].repeat(3);
    frames.push((thrice.clone(), frame_of(&[Part::Stored(&thrice[..50]), Part::Copied(&thrice[50..], 50)])));
    let packed = gzip(&short.repeat(2), 6);
    frames.push((packed.clone(), compress(&packed, &fast())));
    let joined = [&frames[1].1[..], &frames[2].1].concat();
    frames.push((short, joined));
    frames.push((b"x".to_vec(), compress(b"x", &fast())));
    frames
}

/// Frames of three blocks each, which have an index; alone, and joined.
fn files_of_several_blocks() -> Vec<Vec<u8>> {
    let frame = |method| {
        let mut encoder = Encoder::new(Vec::new(), &EncodeOptions::new().level(Level::FASTEST).method(method));
        for part in [&text()[..60], &[7; 50], &text()[30..60]] {
            encoder.write_all(part).unwrap();
            encoder.flush().unwrap();
        }
        encoder.finish().unwrap()
    };
    let frames = [Method::Store, Method::Huffman, Method::Neural].map(frame);
    let lone = compress(b"x", &EncodeOptions::new().method(Method::Store));
    let joined = [&frames[1][..], &lone, &frames[0]].concat();
    frames.into_iter().chain([joined]).collect()
}

fn golden_files() -> Vec<(Vec<u8>, Vec<u8>)> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/golden");
    let paths = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    let mut frames: Vec<_> =
        paths.filter(|path| path.extension().is_some_and(|extension| extension == "fore")).collect();
    frames.sort();
    let read = |path: &std::path::PathBuf| fs::read(path).unwrap();
    frames.iter().map(read).map(|frame| (decompress(&frame).unwrap(), frame)).collect()
}

/// Content with deflate streams that can be expanded.
fn packed_contents() -> Vec<Vec<u8>> {
    let text = text();
    let contents = [
        gzip(&text[..400], 6),
        gzip(&text[..400], 1),
        [b"before ".to_vec(), gzip(&text[..200], 9), b" between ".to_vec(), gzip(&text[200..500], 4)].concat(),
        gzip(&text[..120].repeat(20), 9),
    ];
    contents.into()
}

/// What `content` expands to, as [`properties::recipe`] takes it.
fn recipe_of(content: &[u8]) -> Vec<u8> {
    let expanded = deflate::expand(content).expect("there is a stream");
    let rest = properties::with_leading_number(expanded.recipe_len, &expanded.bytes);
    properties::with_leading_number(content.len(), &rest)
}
