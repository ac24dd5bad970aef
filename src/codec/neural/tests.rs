use std::{
    fs,
    path::{Path, PathBuf},
    thread,
};

use super::*;
use foretell_testkit::{corpus_files, familiar_content, mixed_content, noise};

use crate::{
    math::isa::Isa,
    model::{VERSION, experts::match_model::LONG},
    priors::built_in,
};

/// Bytes of each file of the corpus that every instruction set codes: few enough for every test run.
const CORPUS_CUT: usize = 1 << 15;

/// Codes `raw` by a network that starts from `start`.
fn encode(raw: &[u8], start: &Start, isa: Isa, report: &mut Report) -> Result<Vec<u8>> {
    let mut coding = Coding::new(start, raw.len(), isa)?;
    coding.code(raw, report)?;
    Ok(coding.end_segment())
}

fn decode(coded: &[u8], len: usize, start: &Start, isa: Isa) -> Result<Vec<u8>> {
    let mut bytes = Vec::new();
    Decoding::new(start, len, isa)?.decode(coded, len, &mut bytes, &mut |_, _| Ok(()))?;
    Ok(bytes)
}

fn code(content: &[u8], level: Level, isa: Isa) -> Vec<u8> {
    encode(content, &level.into(), isa, &mut |_, _| Ok(())).unwrap()
}

/// All files of the corpus, cut short, on each instruction set in a thread of its own.
#[test]
fn every_instruction_set_codes_the_corpus_to_the_same_bytes() {
    let levels = [1, 3, 6, 9].map(|n| Level::new(n).unwrap());
    let files = corpus_files();
    let jobs: Vec<_> = files.iter().flat_map(|path| levels.map(|level| (path, level))).collect();
    let code_job = |&(path, level): &(&PathBuf, Level), isa| {
        let content = fs::read(path).unwrap();
        code(&content[..content.len().min(CORPUS_CUT)], level, isa)
    };
    let code_all = |isa| jobs.iter().map(|job| code_job(job, isa)).collect::<Vec<_>>();
    thread::scope(|scope| {
        let start = |isa| (isa, scope.spawn(move || code_all(isa)));
        let others: Vec<_> = Isa::available().into_iter().filter(|&isa| isa != Isa::Baseline).map(start).collect();
        let baseline = code_all(Isa::Baseline);
        for (isa, thread) in others {
            for ((job, coded), expected) in jobs.iter().zip(thread.join().unwrap()).zip(&baseline) {
                assert!(coded == *expected, "{isa:?} at {job:?}");
            }
        }
    });
}

/// The model's version is these bytes, of each level and on each instruction set: a change here is a new version, see
/// docs/FORMAT.md. Whoever means it writes them again: `FORETELL_WRITE_GOLDEN=1 cargo test --lib digests`.
#[test]
fn the_models_bits_are_those_of_the_digests_of_its_version() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join(format!("tests/golden/v{VERSION}-digests"));
    if foretell_testkit::writes_golden() {
        fs::write(&path, digests(Isa::detect())).unwrap();
    }
    let expected = fs::read_to_string(&path).unwrap_or_default();
    for isa in Isa::available() {
        assert_eq!(digests(isa), expected, "{isa:?}: a change in bits needs a new version");
    }
}

/// The digests of what each level makes of some content, from nothing and from the built-in prior, which must also
/// decode; a line each, as `digests` prints them.
fn digests(isa: Isa) -> String {
    let line = |name: String, content: Vec<u8>, start: Start| {
        let coded = encode(&content, &start, isa, &mut |_, _| Ok(())).unwrap();
        assert!(decode(&coded, content.len(), &start, isa).unwrap() == content, "{isa:?}, {name}");
        format!("{name} {:08x}\n", crc32fast::hash(&coded))
    };
    let digests = |level: Level| {
        let number = level.get();
        let alone = line(number.to_string(), mixed_content(), level.into());
        alone + &line(format!("{number} primed"), familiar_content(), built_in::start(level).unwrap())
    };
    Level::all().map(digests).collect()
}

#[track_caller]
fn round_trip(content: &[u8], level: Level) -> usize {
    let coded = code(content, level, Isa::detect());
    let back = decode(&coded, content.len(), &level.into(), Isa::detect()).unwrap();
    assert!(back == content, "{} bytes at {level:?}", content.len());
    coded.len()
}

/// Repeats of noise that break at each nibble around the length from which the match alone predicts, and go on.
fn repeats_that_break_around_long() -> Vec<u8> {
    let mut content = Vec::new();
    for (seed, at) in (LONG - 2..LONG + 3).enumerate() {
        for flipped in [0x80, 0x01] {
            let first = noise(2 * seed as u64 + flipped, LONG + 40);
            let mut again = first.clone();
            again[at] ^= flipped as u8;
            content.extend([&first[..], b"-", &again[..]].concat());
        }
    }
    content
}

#[test]
fn content_made_to_be_awkward_comes_back_at_every_level() {
    let half_zeros = [&[0; 3000][..], b"x", &[0; 1000], b"yz", &[0; 600], &noise(1, 50), &[0; 700]].concat();
    let contents = [
        vec![],
        vec![0],
        vec![0xff],
        b"a".to_vec(),
        noise(2, 5000),
        vec![0xff; 5000],
        [0, 0xff].repeat(2500),
        half_zeros,
        repeats_that_break_around_long(),
    ];
    for level in Level::all() {
        for content in &contents {
            let coded = round_trip(content, level);
            assert!(coded < content.len() + content.len() / 50 + 16, "{} bytes → {coded}, {level:?}", content.len());
        }
    }
}

#[test]
fn what_repeats_costs_next_to_nothing() {
    let block = noise(3, 8192);
    for level in Level::all() {
        let zeros = round_trip(&vec![0; 100_000], level);
        assert!(zeros < 100, "{zeros} at {level:?}");
        let [once, twice, often] = [1, 2, 13].map(|n| round_trip(&block.repeat(n), level));
        // The second one teaches that matches are sure, until it is long.
        assert!(twice < once + LONG && often < twice + 100, "{once}, {twice}, {often} at {level:?}");
    }
}

#[test]
fn an_ablated_network_is_measured_by_the_same_loop() {
    let content = mixed_content();
    let len = |part| ablated_len(&content, Level::FASTEST, part).unwrap();
    let whole = len(None);
    assert_eq!(whole, code(&content, Level::FASTEST, Isa::detect()).len());
    assert!(Component::of(Level::FASTEST).any(|part| len(Some(part)) > whole));
    // What the level does not have makes no difference.
    assert_eq!(len(Some(Component::Mlp)), whole);
}

#[test]
fn progress_adds_up() {
    let content = mixed_content();
    let (mut raw, mut coded) = (0, 0);
    let mut report = |r, c| {
        (raw, coded) = (raw + r, coded + c);
        Ok(())
    };
    let bytes = encode(&content, &Level::FASTEST.into(), Isa::detect(), &mut report);
    assert_eq!(raw, content.len());
    assert!(coded <= bytes.unwrap().len());
}

#[test]
fn coded_bytes_that_run_out_are_an_error() {
    let content = mixed_content();
    let coded = code(&content, Level::FASTEST, Isa::detect());
    let error = decode(&coded[..coded.len() / 2], content.len(), &Level::FASTEST.into(), Isa::detect());
    assert_eq!(error.unwrap_err().kind(), crate::ErrorKind::Corrupt);
}

#[test]
fn an_error_of_the_report_ends_the_work() {
    let content = mixed_content();
    let mut calls = 0;
    let mut report = |_, _| {
        calls += 1;
        Err(crate::Error::new(crate::ErrorKind::Internal, "stopped"))
    };
    assert!(encode(&content, &Level::FASTEST.into(), Isa::detect(), &mut report).is_err());
    assert_eq!(calls, 1);
}

#[test]
fn a_network_goes_on_from_segment_to_segment_and_learns_what_is_stored() {
    let (content, stored) = (mixed_content(), noise(1, 3000));
    for level in [1, 6, 9].map(|n| Level::new(n).unwrap()) {
        let mut coding = Coding::new(&level.into(), 1 << 20, Isa::detect()).unwrap();
        let mut segment = |raw: &[u8]| {
            coding.code(raw, &mut |_, _| Ok(())).unwrap();
            coding.end_segment()
        };
        let [first, _, again, _] = [&content, &stored, &content, &stored].map(|raw| segment(raw));
        assert!(again.len() * 3 < first.len(), "{level:?}");
        let mut decoding = Decoding::new(&level.into(), 1 << 20, Isa::detect()).unwrap();
        for coded in [&first, &again] {
            let mut back = Vec::new();
            decoding.decode(coded, content.len(), &mut back, &mut |_, _| Ok(())).unwrap();
            assert!(back == content, "{level:?}");
            decoding.learn(&stored, &mut |_, _| Ok(())).unwrap();
        }
    }
}
