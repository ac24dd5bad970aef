use proptest::prelude::*;

use super::*;
use crate::transform::deflate::inflate;
use foretell_testkit::corpus;

fn stream(content: &[u8], dialect: Dialect) -> Vec<u8> {
    let mut stream = Vec::new();
    assert!(deflate(content, dialect, &mut Work::new(u64::MAX), &mut stream));
    stream
}

/// The noise of `digests.py`, which knows no other generator.
fn noise(len: usize) -> Vec<u8> {
    let step = |x: &u64| Some(x.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407));
    std::iter::successors(Some(1), step).skip(1).take(len).map(|x| (x >> 56) as u8).collect()
}

/// Symbols as rare as a Huffman tree can bear, in an order that leaves nothing to match.
fn fibonacci() -> Vec<u8> {
    let counts = std::iter::successors(Some((1, 1)), |&(a, b)| Some((b, a + b))).map(|(a, _)| a);
    let symbols: Vec<u8> = (0..20).zip(counts).flat_map(|(symbol, n)| std::iter::repeat_n(symbol, n)).collect();
    let mut order: Vec<usize> = (0..symbols.len()).collect();
    order.sort_by_key(|&i| (i as u32).wrapping_mul(0x9e37_79b1));
    order.into_iter().map(|i| symbols[i]).collect()
}

/// The contents of `tests/golden/deflate/digests.py`.
fn content(kind: &str, len: usize) -> Vec<u8> {
    let read = |path: &str| std::fs::read(corpus().join(path)).unwrap();
    match kind {
        "zeros" => vec![0; len],
        "noise" => noise(len),
        "period" => noise(len).repeat(5),
        "fibonacci" => fibonacci(),
        "source" => read("source/foretell-rs.txt")[..len].to_vec(),
        path => read(path),
    }
}

#[test]
fn streams_are_those_of_zlib_and_gzip() {
    let mut lines = 0;
    for line in include_str!("../../../../tests/golden/deflate/digests").lines() {
        let fields: Vec<&str> = line.split(' ').collect();
        let content = content(fields[0], fields[1].parse().unwrap());
        let family = Family::ALL.into_iter().find(|family| format!("{family:?}") == fields[2]).unwrap();
        for (level, digest) in (1..=9).zip(&fields[3..]) {
            let stream = stream(&content, Dialect { family, level });
            let ours = format!("{:08x}", crc32fast::hash(&stream));
            assert_eq!(ours, *digest, "{} {}, {family:?}, level {level}", fields[0], fields[1]);
        }
        lines += 1;
    }
    assert!(lines > 100);
}

#[test]
fn work_that_is_used_up_ends_it() {
    let content = noise(1000).repeat(20);
    for dialect in Dialect::all() {
        let mut work = Work::new(1 << 30);
        assert!(deflate(&content, dialect, &mut work, &mut Vec::new()));
        let needed = (1 << 30) - work.left();
        for steps in [0, 1, needed / 2, needed - 1] {
            assert!(!deflate(&content, dialect, &mut Work::new(steps), &mut Vec::new()), "{dialect:?}, {steps}");
        }
        assert!(deflate(&content, dialect, &mut Work::new(needed), &mut Vec::new()));
    }
}

#[test]
fn the_sink_can_stop_the_work() {
    struct Stopping(usize);
    impl Sink for Stopping {
        fn token(&mut self, _: Token) -> bool {
            self.0 = self.0.saturating_sub(1);
            self.0 > 0
        }
        fn bytes(&mut self, _: &[u8]) -> bool {
            false
        }
    }
    for tokens in [1, 100, 1000] {
        let dialect = Dialect { family: Family::Zlib8, level: 6 };
        assert!(!deflate(&noise(500), dialect, &mut Work::new(1 << 30), &mut Stopping(tokens)));
    }
}

/// Bytes with repeats of all lengths and distances, and runs.
fn repetitive() -> impl Strategy<Value = Vec<u8>> {
    let part = (prop::collection::vec(0u8..4, 1..40), 1usize..30, 0usize..2000, 0usize..400);
    prop::collection::vec(part, 0..60).prop_map(|parts| {
        let mut content: Vec<u8> = Vec::new();
        for (bytes, times, back, len) in parts {
            content.extend(bytes.repeat(times));
            let start = content.len().saturating_sub(back);
            let end = content.len().min(start + len);
            content.extend_from_within(start..end);
        }
        content
    })
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(300) })]

    #[test]
    fn what_is_deflated_inflates_to_itself(content in repetitive(), number in 0..Dialect::COUNT) {
        let stream = stream(&content, Dialect::from_number(number).unwrap());
        let inflated = inflate(&stream, content.len()).unwrap();
        prop_assert_eq!((inflated.content, inflated.consumed), (content, stream.len()));
    }
}
