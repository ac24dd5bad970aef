//! Repeats at every distance and length at the match model's bounds.

use super::*;
use foretell_testkit::noise;

/// A match model and the bytes that it saw last.
struct Fed {
    match_model: MatchModel,
    last8: u64,
}

impl Fed {
    fn new(window_bits: u32) -> Self {
        Self { match_model: MatchModel::new(window_bits, true, true), last8: 0 }
    }

    fn push(&mut self, bytes: &[u8]) -> &mut Self {
        for &byte in bytes {
            self.last8 = self.last8 << 8 | u64::from(byte);
            self.match_model.push(byte, self.last8);
        }
        self
    }

    /// The distance of the match that is followed.
    fn distance(&self) -> Option<usize> {
        (self.match_model.length > 0).then(|| self.match_model.position - self.match_model.next)
    }
}

#[test]
fn a_repeat_is_found_after_the_shortest_and_followed_to_its_end() {
    let content = noise(1, 100);
    let mut fed = Fed::new(12);
    fed.push(&content).push(b"-");
    for (seen, &byte) in content.iter().enumerate() {
        let expected = (seen >= SHORTEST).then_some(byte);
        assert_eq!((fed.match_model.length > 0).then_some(fed.match_model.expected), expected, "after {seen}");
        fed.push(&[byte]);
        assert_eq!(fed.match_model.length, if seen + 1 < SHORTEST { 0 } else { seen + 1 });
    }
    assert_eq!((fed.distance(), fed.match_model.expected), (Some(101), b'-'));
}

#[test]
fn the_logits_are_the_expected_nibbles_as_long_as_they_can_be() {
    let content = noise(2, 50);
    let mut fed = Fed::new(12);
    let match_model = &mut fed.push(&content).push(&content[..20]).match_model;
    let (high, low) = (usize::from(content[20] >> 4), usize::from(content[20] & 15));
    match_model.logits = std::array::from_fn(|i| 1.0 + i as f32);
    match_model.forward(None);
    assert_eq!((match_model.symbol as usize, match_model.confidence()), (high, 2));
    let logits = match_model.forward(Some(high)).0;
    assert!((0..16).all(|i| (logits[i] > 0.0) == (i == low)), "{logits:?}");
    assert_eq!(match_model.forward(Some(high ^ 1)), F32x16::ZERO);
    assert_eq!(match_model.confidence(), 0);
}

#[test]
fn a_miss_ends_the_match() {
    let content = noise(3, 100);
    let mut fed = Fed::new(12);
    fed.push(&content).push(&content[..50]);
    assert_eq!(fed.distance(), Some(100));
    fed.push(&[content[50] ^ 0x10]);
    assert_eq!(fed.distance(), None);
    assert_eq!(fed.match_model.forward(None), F32x16::ZERO);
    assert!(!fed.match_model.is_long());
}

#[test]
fn one_that_is_off_follows_nothing() {
    let mut fed = Fed { match_model: MatchModel::new(12, false, true), last8: 0 };
    for _ in 0..200 {
        assert_eq!(fed.push(b"abcdefgh").distance(), None);
    }
}

#[test]
fn matches_reach_to_the_windows_edge_and_no_farther() {
    // Zeros between the repeats: they all use the same slot of the table.
    const WINDOW: usize = 1 << 10;
    let content = noise(4, 40);
    for distance in
        [40, 41, 500, WINDOW - VERIFIED.get() - 1, WINDOW - VERIFIED.get(), WINDOW - 1, WINDOW, WINDOW + 1, 5 * WINDOW]
    {
        let mut fed = Fed::new(10);
        fed.push(&content).push(&vec![0; distance - 40]).push(&content);
        let in_reach = distance < WINDOW - VERIFIED.get();
        assert_eq!(fed.distance(), in_reach.then_some(distance), "{distance}");
    }
}

#[test]
fn nothing_is_looked_for_before_the_beginning() {
    let mut fed = Fed::new(10);
    for (seen, byte) in noise(5, 3000).into_iter().enumerate() {
        for high in [None, Some(3)] {
            fed.match_model.forward(high);
            fed.match_model.forward_long(high);
        }
        fed.push(&[byte]);
        assert!(fed.match_model.next <= fed.match_model.position && fed.match_model.position == seen + 1);
        assert!(fed.distance().is_none_or(|distance| (1..=seen).contains(&distance)));
    }
}

#[test]
fn positions_may_wrap_in_the_table() {
    let content = noise(6, 60);
    let mut fed = Fed::new(12);
    fed.match_model.position = POSITION_MASK - 30;
    fed.push(&content).push(&content);
    assert_eq!((fed.distance(), fed.match_model.length), (Some(60), 60));
}

#[test]
fn a_match_is_long_from_its_length_on_until_it_breaks() {
    let content = noise(7, LONG + 20);
    let mut fed = Fed::new(14);
    fed.push(&content).push(b"-").push(&content[..LONG - 1]);
    assert!(!fed.match_model.is_long());
    fed.push(&content[LONG - 1..LONG]);
    assert!(fed.match_model.is_long());
    fed.push(&content[LONG..]);
    assert!(fed.match_model.is_long());
    fed.push(b"+");
    assert!(!fed.match_model.is_long());
}

#[test]
fn logits_learn_how_sure_matches_of_a_length_are() {
    let mut fed = Fed::new(12);
    let content = noise(8, 50);
    let match_model = &mut fed.push(&content).push(&content[..20]).match_model;
    let expected = match_model.expected_high();
    let before = match_model.logits;
    for _ in 0..10 {
        match_model.forward(None);
        match_model.learn(&one_hot(expected as u32, 0.5));
    }
    assert!(match_model.forward(None).0[expected] > before[match_model.bucket]);
    assert_eq!(match_model.logits.iter().zip(before).filter(|(logit, before)| **logit != *before).count(), 1);
    assert_eq!(match_model.long_logit, LONG_LOGIT.get());
}

#[test]
fn a_short_match_goes_on_after_a_byte_that_it_did_not_expect() {
    let content = noise(7, 40);
    let mut fed = Fed::new(12);
    fed.push(&content).push(b"-").push(&content[..8]);
    let expected = |fed: &Fed| (fed.match_model.expected().short, fed.match_model.expected().missed);
    assert_eq!(expected(&fed), (1 + u32::from(content[8]), 0));
    fed.push(&[content[8] ^ 1]);
    assert_eq!(expected(&fed), (1 + u32::from(content[9]), 1));
    fed.match_model.restart(12);
    assert_eq!(expected(&fed), (0, 0));
}
