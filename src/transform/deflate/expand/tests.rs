use foretell_testkit::noise;

use super::*;
use crate::transform::deflate::Family;

/// Text of a kind, different for each `seed`: numbers and words.
fn text(seed: u32, len: usize) -> Vec<u8> {
    let mut state = seed.wrapping_mul(2_654_435_761).wrapping_add(1);
    let mut text = Vec::new();
    while text.len() < len {
        state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        text.extend(
            format!("{} {};", ["ab", "north", "lamp", "of", "query"][state as usize >> 8 & 3], state >> 20).bytes(),
        );
    }
    text.truncate(len);
    text
}

fn raw(content: &[u8], family: Family, level: u8) -> Vec<u8> {
    let mut out = Bounded { bytes: Vec::new(), len: usize::MAX, go_on: &mut || true };
    assert!(deflate(content, Dialect { family, level }, &mut Work::new(u64::MAX), &mut out));
    out.bytes
}

fn zlib(content: &[u8], level: u8) -> Vec<u8> {
    let hint = [1, 1, 0x5e, 0x5e, 0x5e, 0x5e, 0x9c, 0xda, 0xda, 0xda][usize::from(level)];
    [&[0x78, hint], &raw(content, Family::Zlib8, level)[..], &Trailer::Adler32.bytes(content)].concat()
}

fn gzip(content: &[u8], family: Family, level: u8) -> Vec<u8> {
    let header = b"\x1f\x8b\x08\x08\x11\x22\x33\x44\x00\x03name\0";
    [&header[..], &raw(content, family, level), &Trailer::Gzip.bytes(content)].concat()
}

fn zip(content: &[u8], level: u8) -> Vec<u8> {
    let coded = raw(content, Family::Zlib8, level);
    let mut out = b"PK\x03\x04\x14\x00\x00\x00\x08\x00____".to_vec();
    out.extend([crc32fast::hash(content), coded.len() as u32, content.len() as u32].map(u32::to_le_bytes).concat());
    out.extend(b"\x04\x00\x00\x00name");
    [out, coded].concat()
}

/// Expands `content`, checks that it packs to itself again, and says how many streams it had.
#[track_caller]
fn round_trip(content: &[u8]) -> usize {
    let Some(expanded) = expand(content) else { return 0 };
    assert!(reconstruct(&expanded, content.len()).unwrap() == content);
    entries(&expanded).len()
}

fn entries(expanded: &Expanded) -> Vec<Entry> {
    let mut recipe = &expanded.bytes[expanded.bytes.len() - expanded.recipe_len..];
    std::iter::from_fn(|| (!recipe.is_empty()).then(|| Entry::read(&mut recipe).unwrap())).collect()
}

#[test]
fn every_wrapper_is_found_whatever_the_settings() {
    let content = text(1, 3000);
    let mut all = text(2, 500);
    let mut streams = 0;
    for level in 1..=9 {
        let gzips = [Family::Gzip, Family::Zlib8, Family::Zlib9].map(|family| gzip(&content, family, level));
        for stream in [zlib(&content, level), zip(&content, level)].iter().chain(&gzips) {
            assert_eq!(round_trip(stream), 1, "level {level}");
            all.extend_from_slice(stream);
            all.extend(text(streams, streams as usize % 7));
            streams += 1;
        }
    }
    assert_eq!(round_trip(&all), streams as usize);
}

#[test]
fn the_content_stands_in_the_streams_place() {
    let content = text(3, 1000);
    let around = [&b"before"[..], &zlib(&content, 6), b"after"].concat();
    let expanded = expand(&around).unwrap();
    let expected = [&b"before\x78\x9c"[..], &content, b"after"].concat();
    assert!(expanded.bytes[..expanded.bytes.len() - expanded.recipe_len] == expected);
    assert_eq!(entries(&expanded)[0].trailer, Trailer::Adler32);
}

#[test]
fn a_wrong_trailer_stays_as_it_is() {
    for mut stream in [zlib(&text(4, 900), 6), gzip(&text(4, 900), Family::Gzip, 6)] {
        *stream.last_mut().unwrap() ^= 1;
        let expanded = expand(&stream).unwrap();
        assert_eq!(entries(&expanded)[0].trailer, Trailer::None);
        assert_eq!(round_trip(&stream), 1);
    }
}

#[test]
fn streams_that_are_cut_or_not_reproducible_stay() {
    let stream = zlib(&text(5, 5000), 6);
    for len in 0..stream.len() - 4 {
        assert_eq!(round_trip(&stream[..len]), 0, "{len}");
    }
    for cut in 1..=4 {
        assert_eq!(round_trip(&stream[..stream.len() - cut]), 1);
    }
    // Two blocks of literals by the fixed code: no program's choice.
    let mut odd = vec![0x78, 0x9c];
    let mut bits = crate::transform::deflate::bits::Writer::default();
    for last in [0, 1] {
        bits.write(last | 1 << 1, 3);
        (0..60).for_each(|_| bits.write(0x0c, 8));
        bits.write(0, 7);
    }
    bits.align();
    odd.extend(bits.take_bytes());
    assert!(inflate(&odd[2..], 1000).is_ok());
    assert_eq!(round_trip(&odd), 0);
}

#[test]
fn short_streams_are_left_alone() {
    let shortest = (1..).map(|len| zlib(&noise(1, len), 6)).find(|stream| stream.len() == 6 + MIN_STREAM).unwrap();
    assert_eq!(round_trip(&shortest), 1);
    assert_eq!(round_trip(&zlib(&noise(1, 20), 6)), 0);
    assert_eq!(round_trip(&zlib(b"", 6)), 0);
}

#[test]
fn streams_within_streams_are_expanded_once() {
    let inner = [text(6, 300), zlib(&text(7, 4000), 9), text(8, 300)].concat();
    assert_eq!(round_trip(&gzip(&inner, Family::Gzip, 6)), 1);
}

#[test]
fn thousands_of_streams() {
    let content: Vec<u8> = (0..3000).flat_map(|seed| zlib(&text(seed, 100 + seed as usize % 50), 6)).collect();
    assert_eq!(round_trip(&content), 3000);
}

#[test]
fn long_streams_where_the_window_moves() {
    let content = [text(9, 150_000), noise(2, 70_000), vec![0; 100_000], text(9, 150_000)].concat();
    for level in [1, 4, 6, 9] {
        assert_eq!(round_trip(&zlib(&content, level)), 1);
        assert_eq!(round_trip(&gzip(&content, Family::Gzip, level)), 1);
    }
}

#[test]
fn a_stream_that_would_not_fit_a_block_stays_packed() {
    let zeros = vec![0; 1 << 22];
    let stream = zlib(&zeros, 6);
    // Sixteen times 2^22 and a little are too much by one stream.
    let expanded = expand(&stream.repeat(17)).unwrap();
    assert_eq!(entries(&expanded).len(), 15);
    assert!(expanded.bytes.len() <= MAX_BLOCK_LEN);
    assert!(reconstruct(&expanded, 17 * stream.len()).unwrap() == stream.repeat(17));
}

/// However false headers overlap, and whatever they lead to: a bounded time.
#[test]
fn false_headers_cost_little() {
    let start = std::time::Instant::now();
    // At each place a stream that goes on through all the others; one that no program makes; one that is long and late
    // found to be none; noise.
    let stored: Vec<u8> = b"\x78\x9c\x00\x02\x00\xfd\xff".repeat(60_000);
    let fixed: Vec<u8> = b"\x78\x9c\x4b\x4c\x04\x00".repeat(60_000);
    let mut bomb = zlib(&vec![0; 1 << 22], 6);
    let middle = bomb.len() / 2;
    bomb[middle..].fill(0);
    let gzips = b"\x1f\x8b\x08\x08".repeat(60_000);
    for (content, what) in [(stored, "stored"), (fixed, "fixed"), (bomb.repeat(100), "bombs"), (gzips, "gzip")] {
        assert_eq!(round_trip(&content), 0, "{what}");
    }
    assert_eq!(round_trip(&noise(3, 1 << 20)), 0);
    assert!(start.elapsed() < std::time::Duration::from_secs(10), "{:?}", start.elapsed());
}

/// Content made for zlib's hash, from three random bits n at a time: each byte is the n before and this one. The hash
/// of any three bytes is the last n, so that all positions share eight chains, while matches stay short.
fn content_of_eight_hashes(len: usize) -> Vec<u8> {
    let mut before = 0;
    let byte = |random: u8| {
        let n = random >> 5;
        std::mem::replace(&mut before, n) << 5 | n
    };
    noise(5, len).into_iter().map(byte).collect()
}

#[test]
fn a_stream_that_takes_too_much_work_stays_and_its_recipe_is_refused() {
    let content = content_of_eight_hashes(100_000);
    let deflated = |level| {
        let (mut work, mut out) =
            (Work::new(u64::MAX), Bounded { bytes: vec![], len: usize::MAX, go_on: &mut || true });
        assert!(deflate(&content, Dialect { family: Family::Zlib8, level }, &mut work, &mut out));
        (out.bytes, u64::MAX - work.left())
    };
    let reconstructed = |level, len| {
        let dialect = Dialect { family: Family::Zlib8, level };
        let mut bytes = content.clone();
        Entry { gap: 0, len: content.len(), dialect, trailer: Trailer::None }.write(&mut bytes);
        reconstruct(&Expanded { recipe_len: bytes.len() - content.len(), bytes }, len)
    };
    let (stream, steps) = deflated(9);
    assert!(steps > work_for(content.len()), "{steps}");
    assert_eq!(expand(&[b"\x78\xda", &stream[..]].concat()), None);
    assert_eq!(reconstructed(9, stream.len()).unwrap_err().kind(), crate::ErrorKind::Corrupt);
    // The work is the reason: with less of it, the same content is reconstructed.
    let (stream, steps) = deflated(1);
    assert!(steps < work_for(content.len()), "{steps}");
    assert!(reconstructed(1, stream.len()).unwrap() == stream);
}

#[test]
fn any_damage_of_a_recipe_is_an_error_or_other_content() {
    let content = [zlib(&text(1, 200), 6), b"between".to_vec(), gzip(&text(2, 400), Family::Gzip, 9)].concat();
    let good = expand(&content).unwrap();
    for recipe_len in (0..good.bytes.len() + 3).chain([usize::MAX]) {
        let damaged = Expanded { recipe_len, ..good.clone() };
        assert!(recipe_len == good.recipe_len || reconstruct(&damaged, content.len()).is_err(), "{recipe_len}");
    }
    for at in good.bytes.len() - good.recipe_len..good.bytes.len() {
        for value in 0..=255 {
            let mut damaged = good.clone();
            damaged.bytes[at] = value;
            if let Ok(other) = reconstruct(&damaged, content.len()) {
                assert_eq!(other.len(), content.len());
            }
        }
    }
    for len in [0, content.len() - 1, content.len() + 1, usize::MAX] {
        assert!(reconstruct(&good, len).is_err());
    }
}

#[test]
fn recipes_that_promise_the_impossible_are_refused() {
    let dialect = Dialect { family: Family::Zlib8, level: 6 };
    let good = Entry { gap: 0, len: 100, dialect, trailer: Trailer::None };
    let content = noise(4, 100);
    let len = raw(&content, Family::Zlib8, 6).len();
    let reconstruct_with = |entry: Entry| {
        let mut bytes = content.clone();
        entry.write(&mut bytes);
        reconstruct(&Expanded { recipe_len: bytes.len() - content.len(), bytes }, len)
    };
    assert!(reconstruct_with(good).is_ok());
    for entry in [
        Entry { gap: 1, ..good },
        Entry { len: 101, ..good },
        Entry { gap: usize::MAX, ..good },
        Entry { len: usize::MAX, ..good },
    ] {
        assert!(reconstruct_with(entry).is_err(), "{entry:?}");
    }
    // Shorter than any that is expanded.
    assert!(reconstruct_with(Entry { len: 10, ..good }).is_err());
}

/// All of `content` as one part.
fn expand_while(
    content: &[u8],
    most: usize,
    go_on: &mut dyn FnMut() -> bool,
) -> std::result::Result<Option<Expanded>, TooLong> {
    Ok(match Expander::default().next(content, content.len(), true, most, go_on)? {
        Part::Expanded { expanded, .. } => Some(expanded),
        _ => None,
    })
}

/// The parts of `content`, of which `step` bytes more are there each time.
fn parts(content: &[u8], usual: usize, step: usize) -> Vec<Part> {
    let mut expander = Expander::default();
    let (mut parts, mut at, mut there) = (Vec::new(), 0, 0);
    while at < content.len() {
        there = content.len().min(there + step);
        let is_end = there == content.len();
        while at < there {
            let part = expander.next(&content[at..there], usual, is_end, MAX_BLOCK_LEN, &mut || true).unwrap();
            at += match &part {
                Part::Plain(len) | Part::Expanded { len, .. } => *len,
                Part::Open => break,
            };
            parts.push(part);
        }
    }
    parts
}

#[test]
fn parts_are_the_same_however_the_content_comes() {
    let (short, long) = (zlib(&text(1, 9_000), 6), zlib(&text(2, 400_000), 9));
    let false_header = [&b"\x78\x9c"[..], &noise(4, 3000)].concat();
    let content =
        [&text(3, 100_000)[..], &short, &false_header, &text(4, 30_000), &long, &text(5, 70_000), &short[..900]]
            .concat();
    let whole = parts(&content, 1 << 14, content.len());
    assert!(whole.iter().filter(|part| matches!(part, Part::Expanded { .. })).count() >= 2);
    for step in [1000, 33_333, 100_000] {
        assert!(parts(&content, 1 << 14, step) == whole, "{step}");
    }
    let back: Vec<u8> = whole
        .iter()
        .scan(0, |at, part| {
            let (len, raw) = match part {
                Part::Plain(len) => (*len, content[*at..*at + len].to_vec()),
                Part::Expanded { len, expanded } => (*len, reconstruct(expanded, *len).unwrap()),
                Part::Open => unreachable!(),
            };
            *at += len;
            Some(raw)
        })
        .flatten()
        .collect();
    assert!(back == content);
}

#[test]
fn content_that_would_become_too_long_is_an_error_unless_it_is_too_long_for_any_block() {
    let content = zlib(&vec![7; 1 << 20], 9);
    let expanded = expand(&content).unwrap();
    let within = |content: &[u8], most| expand_while(content, most, &mut || true);
    let len = expanded.bytes.len();
    // Until it is replaced, the stream itself counts too.
    assert!(within(&content, len + content.len() + 64) == Ok(Some(expanded)));
    assert_eq!(within(&content, len / 2), Err(TooLong));
    // Cut off, it is no stream.
    assert_eq!(within(&content[..content.len() / 2], len / 4), Ok(None));
    let bomb = zlib(&vec![7; MAX_BLOCK_LEN + 1], 9);
    assert_eq!(within(&bomb, MAX_BLOCK_LEN), Ok(None));
    assert_eq!(within(&bomb, len), Ok(None));
}

/// A deflate stream that no dialect makes: one byte, then matches of 10 bytes at distance 1, in fixed codes.
fn odd_stream(matches: usize) -> Vec<u8> {
    let mut bits = vec![true, true, false];
    let mut code = |code: u16, len: usize| bits.extend((0..len).rev().map(|bit| code >> bit & 1 == 1));
    code(0x30 + u16::from(b'x'), 8);
    for _ in 0..matches {
        code(264 - 256, 7);
        code(0, 5);
    }
    code(0, 7);
    let byte = |bits: &[bool]| bits.iter().rev().fold(0, |byte, &bit| byte << 1 | u8::from(bit));
    bits.chunks(8).map(byte).collect()
}

#[test]
fn a_stream_that_cannot_be_reconstructed_stays_whatever_is_allowed() {
    let content = [&[0x78, 0x9c][..], &odd_stream(20_000)].concat();
    assert_eq!(inflate(&content[2..], 1 << 20).unwrap().content, [b'x'; 200_001]);
    for most in [MAX_BLOCK_LEN, 150_000, 100_000] {
        assert_eq!(expand_while(&content, most, &mut || true), Ok(None), "{most}");
    }
}

#[test]
fn both_ways_end_at_once_when_they_are_not_to_go_on() {
    let content = zlib(&text(9, 300_000), 9);
    let expanded = expand(&content).unwrap();
    for most in [0, 1, 2, 1000] {
        let mut calls = 0;
        let mut go_on = || {
            calls += 1;
            calls <= most
        };
        assert!(reconstruct_while(&expanded, Vec::new(), content.len(), &mut go_on).is_err());
        assert_eq!(calls, most + 1, "a token is a few bytes, so this is asked often");
        let mut calls = 0;
        let found = expand_while(&content, MAX_BLOCK_LEN, &mut || {
            calls += 1;
            calls <= most
        });
        assert_eq!(found, Ok(None));
        // The trial that is ended, and those that follow.
        assert!((most + 1..most + 100).contains(&calls), "{calls}");
    }
}
