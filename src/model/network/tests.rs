//! What the whole network promises, with and without each of its components.

use super::*;
use crate::model::{ablation::Component, experts::match_model::LONG, features::hash::hash};
use foretell_testkit::noise;

fn levels() -> impl Iterator<Item = Level> {
    [1, 4, 9].into_iter().filter_map(Level::new)
}

/// Text, numbers of four bytes, and a repeat long enough for the match alone to predict, which breaks in a low nibble.
fn content() -> Vec<u8> {
    let mut content = b"the cat sat on the mat, 12 times; The Dog sat: on the cat (and the mat).\n".repeat(9);
    content.extend((0..1500u32).flat_map(|i| (i * i).to_le_bytes()));
    let long = noise(1, LONG + 60);
    content.extend([&long[..], b"-", &long[..]].concat());
    *content.last_mut().unwrap() ^= 1;
    content.extend(b"the cat sat on the mat");
    content
}

fn bits(p: &F32x16) -> [u32; LANES] {
    p.0.map(f32::to_bits)
}

#[test]
fn the_distribution_of_a_byte_is_that_of_its_nibbles_and_changes_nothing() {
    for level in levels() {
        let content = content();
        let [mut asked, mut not_asked] = [(); 2].map(|()| Network::new(level, content.len()).unwrap());
        let mut match_only = 0;
        for nibble in content.iter().flat_map(|byte| [byte >> 4, byte & 15]) {
            let (p, before) = (asked.p, asked.head);
            let bytes = asked.byte_distribution();
            let sum: f32 = bytes.iter().sum();
            assert!((sum - 1.0).abs() < 1e-4, "{level:?}: {sum}");
            for (i, p) in p.0.into_iter().enumerate() {
                let p_bytes = match before {
                    0 => bytes[i * LANES..][..LANES].iter().sum(),
                    head => bytes[(head - 1) * LANES + i],
                };
                assert!((p_bytes - p).abs() < 1e-5, "{level:?}: {p_bytes} {p}");
            }
            match_only += usize::from(asked.match_only);
            asked.update(Isa::detect(), nibble);
            not_asked.update(Isa::detect(), nibble);
            assert_eq!(bits(&asked.p), bits(&not_asked.p), "{level:?}");
        }
        assert!(match_only > 50, "{level:?}: {match_only}");
    }
}

#[test]
fn only_the_low_bits_of_a_nibble_count() {
    let [mut a, mut b] = [(); 2].map(|()| Network::new(Level::DEFAULT, 1000).unwrap());
    for nibble in noise(2, 500) {
        a.update(Isa::detect(), nibble & 15);
        b.update(Isa::detect(), nibble);
        assert_eq!(bits(&a.p), bits(&b.p));
    }
}

#[test]
fn every_component_makes_a_difference_where_the_level_has_it() {
    let content = content();
    let after = |network: Result<Network>| {
        let mut network = network.unwrap();
        let mut seen = 0u64;
        for nibble in content.iter().flat_map(|byte| [byte >> 4, byte & 15]) {
            seen = hash(seen, u64::from(network.p.0[usize::from(nibble)].to_bits()));
            network.update(Isa::detect(), nibble);
        }
        seen
    };
    // All contexts, at the least cost.
    for level in [1, 8].into_iter().filter_map(Level::new) {
        let whole = after(Network::new(level, content.len()));
        for component in Component::of(level) {
            assert_ne!(
                after(Network::without(Some(component), level, content.len())),
                whole,
                "{component:?} of {level:?}"
            );
        }
        assert_eq!(after(Network::without(None, level, content.len())), whole);
    }
}

#[test]
fn learnt_weights_that_the_level_does_not_have_are_refused() {
    use crate::model::experts::prior::{Change, Counts};
    let level = Level::FASTEST;
    let weights = Network::new(level, 0).unwrap().weights().map(|piece| piece.len()).sum::<usize>();
    let start = |at: usize| {
        let mut counts = Counts::new(0, 6, 0, 0);
        counts.finish();
        let changes = Some([Change { at: 3, by: 0.5 }, Change { at: at as u32, by: 0.25 }].into());
        Start { level, prior: Some(Arc::new(Prior { counts: counts.into(), changes })) }
    };
    let mut primed = Network::from(&start(weights - 1), 100).unwrap();
    let [now, before] = [&mut primed, &mut Network::new(level, 100).unwrap()]
        .map(|network| network.weights().flat_map(|piece| piece.to_vec()).collect::<Vec<_>>());
    let changed: Vec<_> = (0..weights).filter(|&at| now[at] != before[at]).collect();
    assert_eq!(changed, [3, weights - 1]);
    assert_eq!(now[3] - before[3], 0.5);
    assert_eq!(Network::from(&start(weights), 100).unwrap_err().kind(), crate::ErrorKind::Corrupt);
}
