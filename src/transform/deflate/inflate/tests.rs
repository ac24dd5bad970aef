use proptest::prelude::*;

use super::*;

fn content(coded: &[u8]) -> Option<Vec<u8>> {
    inflate(coded, 1 << 20).ok().map(|inflated| inflated.content)
}

/// What zlib makes of "to be, or not to be, that is the question" at level 9.
const QUESTION: &[u8] = &[
    0x2b, 0xc9, 0x57, 0x48, 0x4a, 0xd5, 0x51, 0xc8, 0x2f, 0x52, 0xc8, 0xcb, 0x2f, 0x51, 0x28, 0x81, 0xf0, 0x4a, 0x32,
    0x12, 0x4b, 0x14, 0x32, 0x8b, 0x81, 0x74, 0xaa, 0x42, 0x61, 0x69, 0x6a, 0x71, 0x49, 0x66, 0x7e, 0x1e, 0x00,
];

#[test]
fn blocks_of_all_kinds() {
    assert_eq!(content(&[3, 0]).unwrap(), b"");
    assert_eq!(content(b"\x01\x03\x00\xfc\xffabc").unwrap(), b"abc");
    // A stored block of nothing, then the fixed code.
    assert_eq!(content(b"\x00\x00\x00\xff\xff\x4b\x04\x00").unwrap(), b"a");
    assert_eq!(content(QUESTION).unwrap(), b"to be, or not to be, that is the question");
}

#[test]
fn what_follows_a_stream_is_not_touched() {
    let coded = [QUESTION, &[0xff; 20]].concat();
    assert_eq!(inflate(&coded, 41).unwrap().consumed, QUESTION.len());
}

#[test]
fn the_limit_is_kept() {
    assert!(inflate(QUESTION, 41).is_ok());
    assert!(inflate(QUESTION, 40).unwrap_err().too_long);
    // 100,000 zeros by zlib, level 9, up to where they go on for ever.
    let bomb =
        [&[0xed, 0xc1, 0x31, 1, 0, 0, 0, 0xc2, 0xa0, 0xf5, 0x4f, 0x6d, 0x0d, 0x0f, 0xa0][..], &[0; 1000]].concat();
    let error = inflate(&bomb, 1000).unwrap_err();
    assert!(error.too_long && error.steps <= STEPS_PER_BYTE * 1000 + STEPS_PER_BLOCK);
}

#[test]
fn streams_cut_short_are_none() {
    for len in 0..QUESTION.len() {
        assert_eq!(inflate(&QUESTION[..len], 100).map_err(|error| error.too_long), Err(false), "{len}");
    }
    assert_eq!(content(b"\x01\x03\x00\xfc\xffab"), None);
}

#[test]
fn what_breaks_the_rules_is_no_stream() {
    for (damaged, what) in [
        (&b"\x07"[..], "a block of the fourth kind"),
        (b"\x01\x03\x00\xfc\xfeabc", "a stored length that does not match its complement"),
        (b"\x03\x02\x00", "a distance before the start"),
        (b"\xf5\xff\xff\xff\xff\xff", "too many symbols"),
        (b"\x05\x00\x00\x00\x00\x00\x00\x00\x00", "a code of no codewords"),
    ] {
        assert_eq!(content(damaged), None, "{what}");
    }
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(2000) })]

    #[test]
    fn any_bytes_inflate_to_no_more_than_the_limit(bytes in prop::collection::vec(any::<u8>(), 0..300)) {
        if let Ok(inflated) = inflate(&bytes, 500) {
            prop_assert!(inflated.content.len() <= 500 && inflated.consumed <= bytes.len());
        }
    }

    #[test]
    fn damaged_streams_do_no_harm(at in 0..QUESTION.len(), value in any::<u8>(), limit in 0usize..200) {
        let mut damaged = QUESTION.to_vec();
        damaged[at] = value;
        if let Ok(inflated) = inflate(&damaged, limit) {
            prop_assert!(inflated.content.len() <= limit && inflated.consumed <= damaged.len());
        }
    }
}
