//! Repeats wherever they stand, and content that is made to waste the finder's time.

use std::time::{Duration, Instant};

use foretell_testkit::noise;

use super::*;

const MAX_DISTANCE: usize = 1 << 25;

/// What a new finder finds in all of `bytes`, each of it checked.
fn find(bytes: &[u8]) -> Vec<Repeat> {
    checked(bytes, 0, find_from(&mut Finder::new(Window::LEAST), bytes, 0))
}

/// What `finder` finds in `bytes` from `from` on, after which none follow.
fn find_from(finder: &mut Finder, bytes: &[u8], mut from: usize) -> Vec<Repeat> {
    let mut all = Vec::new();
    while let Some(repeat) = finder.find(bytes, from, true).repeat {
        from = repeat.end();
        all.push(repeat);
    }
    all
}

#[track_caller]
fn checked(bytes: &[u8], from: usize, found: Vec<Repeat>) -> Vec<Repeat> {
    let mut floor = from;
    for &repeat in &found {
        assert!(repeat.start >= floor && repeat.end() <= bytes.len(), "{repeat:?}");
        assert!((1..=MAX_DISTANCE.min(repeat.start)).contains(&repeat.distance), "{repeat:?}");
        let source = repeat.start - repeat.distance;
        assert!(bytes[source..source + repeat.len] == bytes[repeat.start..repeat.end()], "{repeat:?}");
        floor = repeat.end();
    }
    found
}

#[test]
fn a_repeat_is_found_whole_at_odd_offsets() {
    for (before, between, extra) in [(0, 1, 0), (77_777, 12_345, 1), (CHUNK, CHUNK, CHUNK), (CHUNK + 1, 2, 999)] {
        let repeated = noise(1, MIN_REPEAT + extra);
        let bytes = [noise(2, before), repeated.clone(), noise(3, between), repeated.clone(), noise(4, 5)].concat();
        let start = before + repeated.len() + between;
        let expected = Repeat { start, len: repeated.len(), distance: repeated.len() + between };
        assert_eq!(find(&bytes), [expected], "{before}, {between}, {extra}");
    }
}

#[test]
fn shorter_repeats_and_noise_are_left_alone() {
    let repeated = noise(1, MIN_REPEAT - 1);
    assert_eq!(find(&[&repeated[..], b"x", &repeated, b"y"].concat()), []);
    assert_eq!(find(&noise(2, 3 << 20)), []);
}

#[test]
fn several_repeats_of_one_source_or_many() {
    let (a, b) = (noise(1, MIN_REPEAT), noise(2, 2 * MIN_REPEAT));
    let bytes = [&a[..], &b, &a, b"x", &b, b"y", &b].concat();
    let found = find(&bytes);
    assert_eq!(found.iter().map(|repeat| repeat.len).collect::<Vec<_>>(), [a.len(), b.len(), b.len()]);
}

#[test]
fn runs_and_periods_start_at_their_second_turn() {
    for period in [1, 2, 3, 4097, CHUNK - 1, CHUNK, CHUNK + 1, 1_000_000] {
        let len = 2 * MIN_REPEAT + period;
        let bytes: Vec<u8> = noise(1, period).into_iter().cycle().take(len).collect();
        assert_eq!(find(&bytes), [Repeat { start: period, len: len - period, distance: period }], "{period}");
    }
}

#[test]
fn what_may_still_become_a_repeat_is_held_back() {
    let repeated = noise(1, 2 * MIN_REPEAT);
    let bytes = [&repeated[..], b"between", &repeated, &noise(2, 999)].concat();
    let start = repeated.len() + b"between".len();
    let mut finder = Finder::new(Window::LEAST);
    // A repeat that begins within the last five chunks would not be seen yet.
    let found = finder.find(&bytes[..start], 0, false);
    let last = start - REACH - CHUNK;
    assert!(found.repeat.is_none() && (last..last + CHUNK).contains(&found.fresh_until), "{found:?}");
    let found = finder.find(&bytes[..start + MIN_REPEAT - 1], last, false);
    assert_eq!(found, Found { fresh_until: start, repeat: None });
    let found = finder.find(&bytes[..start + MIN_REPEAT], start, false);
    assert_eq!(found.repeat, Some(Repeat { start, len: MIN_REPEAT, distance: start }));
    // At an end, it is no repeat.
    let mut finder = Finder::new(Window::LEAST);
    let found = finder.find(&bytes[..start + MIN_REPEAT - 1], 0, true);
    assert_eq!(found, Found { fresh_until: start + MIN_REPEAT - 1, repeat: None });
}

#[test]
fn content_dropped_from_the_front_is_forgotten_and_the_rest_is_not() {
    let (a, b) = (noise(1, 40 * CHUNK), noise(2, 40 * CHUNK));
    let mut bytes = [&a[..], &b].concat();
    let mut finder = Finder::new(Window::LEAST);
    assert_eq!(find_from(&mut finder, &bytes, 0), []);
    finder.drop_front(a.len());
    bytes.drain(..a.len());
    bytes.extend_from_slice(&a);
    bytes.extend_from_slice(&b);
    let found = checked(&bytes, b.len(), find_from(&mut finder, &bytes, b.len()));
    assert_eq!(found, [Repeat { start: 80 * CHUNK, len: b.len(), distance: 80 * CHUNK }]);
}

#[test]
fn nothing_beyond_reach_is_copied() {
    let repeated = noise(1, MIN_REPEAT);
    for (gap, found) in [(MAX_DISTANCE - MIN_REPEAT, 1), (MAX_DISTANCE - MIN_REPEAT + 1, 0)] {
        let bytes = [&repeated[..], &noise(2, gap), &repeated].concat();
        assert_eq!(find(&bytes).len(), found, "{gap}");
    }
}

/// Searching takes some 2 ms a MiB. Comparing at every position, or every chunk again and again, would take minutes.
#[test]
fn no_content_takes_much_longer_than_its_length_calls_for() {
    let len = 16 << 20;
    let almost = [vec![0; MIN_REPEAT - 1], noise(3, 3)].concat();
    let chunk = noise(4, CHUNK);
    let contents: Vec<(&str, Vec<u8>)> = vec![
        ("zeros", vec![0; len]),
        ("period 2", [1, 2].repeat(len / 2)),
        ("period over 4 KiB", noise(1, 4099).into_iter().cycle().take(len).collect()),
        ("runs just too short", almost.iter().copied().cycle().take(len / 2).chain(noise(5, len / 2)).collect()),
        ("runs just too short, apart", (0..16).flat_map(|i| [vec![0; MIN_REPEAT - 9], noise(i, 9)].concat()).collect()),
        (
            "one chunk between noise",
            (0..256).flat_map(|i| [chunk.clone(), noise(i, 1 + i as usize)].concat()).collect(),
        ),
        ("runs of all values", (0..256).flat_map(|i| vec![i as u8; len >> 8]).collect()),
    ];
    for (name, bytes) in contents {
        let start = Instant::now();
        find(&bytes);
        assert!(start.elapsed() < Duration::from_secs(2), "{name}: {:?}", start.elapsed());
    }
}
