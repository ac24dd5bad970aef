use super::*;
use crate::model::rng::Rng;

const SIZES: Sizes = Sizes { sets: [3; SELECTORS], finals: [2; FINALS] };
const INPUTS: usize = 5;
/// Inputs, filled up.
const WIDTH: usize = 8;
const CODED: usize = 11;

/// A mixer of three selectors that has learnt something, and its next choice.
fn any() -> (LogisticMixer, Choice) {
    let mut mixer = LogisticMixer::new(vec![0.1, 0.0, 0.2, 0.0, 0.7], 3, &SIZES);
    let choice = Choice { sets: [2, 0, 1, 0, 0, 0, 0], finals: [1, 0] };
    for coded in [CODED, 3, 8, 0] {
        mixer.x[..INPUTS].copy_from_slice(&Rng::new().vectors(INPUTS, 2.0));
        mixer.forward(&choice);
        mixer.learn(coded);
    }
    mixer.x[..INPUTS].copy_from_slice(&Rng::new().vectors(INPUTS, 1.5));
    (mixer, choice)
}

/// ln of the probability that a node's decision is that of the way to [`CODED`], for each node in `p`.
fn log_probability(p: &F32x16, node: usize) -> f64 {
    let p = f64::from(p.0[node]);
    if bits(CODED).0[node] == 1.0 { p.ln() } else { (1.0 - p).ln() }
}

#[test]
fn steps_of_selectors_go_up_the_gradient_of_their_own_log_probability() {
    let (before, choice) = any();
    let mut after = before.clone();
    after.forward(&choice);
    after.learn(CODED);
    let passed: Vec<usize> = (0..16).filter(|&node| path(CODED).0[node] == 1.0).collect();
    for (s, set) in choice.sets[..3].iter().enumerate() {
        for (k, node) in (0..INPUTS).flat_map(|k| (0..16).map(move |node| (k, node))) {
            let at = set * (WIDTH + 1) + k;
            let step = f64::from(after.selectors[s].sets[at].0[node] - before.selectors[s].sets[at].0[node]);
            if !passed.contains(&node) {
                assert_eq!(step, 0.0);
                continue;
            }
            let cost = |more: f32| {
                let mut moved = before.clone();
                moved.selectors[s].sets[at].0[node] += more;
                moved.forward(&choice);
                log_probability(&probability(moved.said[s]), node)
            };
            let slope = (cost(5e-3) - cost(-5e-3)) / 1e-2;
            let visits = f64::from(before.selectors[s].sets[set * (WIDTH + 1) + WIDTH].0[node]);
            let rate = f64::from(RATE.get())
                + f64::from(BOOST.get()) / (1.0 + f64::from(before.steps) / f64::from(BOOST_STEPS.get()))
                + f64::from(NEW_BOOST.get()) / (1.0 + visits / f64::from(NEW_VISITS.get()));
            assert!(
                (step / rate - slope).abs() < 2e-3,
                "selector {s}, input {k}, node {node}: {} {slope}",
                step / rate
            );
        }
    }
}

#[test]
fn the_second_layer_learns_from_its_own_error() {
    let (mut mixer, choice) = any();
    mixer.forward(&choice);
    let before = mixer.clone();
    mixer.learn(CODED);
    for (after, before) in mixer.finals.iter().zip(&before.finals) {
        for (node, s) in (0..16).flat_map(|node| (0..mixer.selectors.len()).map(move |s| (node, s))) {
            let step = after.weights[after.at + s].0[node] - before.weights[before.at + s].0[node];
            let error = bits(CODED).0[node] - probability(before.odds).0[node];
            let up = error * mixer.said[s].0[node] * path(CODED).0[node];
            assert!(step * up >= 0.0 && (step == 0.0) == (up == 0.0), "node {node}: {step} {up}");
        }
    }
}

#[test]
fn what_is_always_said_is_believed_more_and_more() {
    let mut mixer = LogisticMixer::new(vec![0.0, 0.7], 2, &SIZES);
    let mut last = 0.0;
    for _ in 0..200 {
        mixer.x[0] = bits(CODED) * 2.0 - path(CODED);
        let p = mixer.forward(&Choice::default());
        assert!((p.0.iter().sum::<f32>() - 1.0).abs() < 1e-5);
        assert!(p.0[CODED] > last - 0.02);
        last = p.0[CODED];
        mixer.learn(CODED);
    }
    assert!(last > 0.75, "{last}");
}

#[test]
fn restarting_forgets_all() {
    let (mut mixer, choice) = any();
    let mut new = LogisticMixer::new(mixer.first.clone(), 3, &SIZES);
    mixer.restart();
    mixer.set_steps(0.0);
    for coded in [1, 7, 7] {
        new.x.clone_from(&mixer.x);
        assert_eq!(mixer.forward(&choice).0.map(f32::to_bits), new.forward(&choice).0.map(f32::to_bits));
        mixer.learn(coded);
        new.learn(coded);
    }
}

#[test]
fn extreme_odds_give_probabilities_that_are_neither_zero_nor_infinite() {
    let (mut mixer, choice) = any();
    for round in 0..2000 {
        let side = if round % 3 == 0 { 16.0 } else { -16.0 };
        mixer.x.fill(F32x16::splat(side));
        let p = mixer.forward(&choice);
        assert!(p.0.iter().all(|&p| p.is_normal() && p > 0.0), "round {round}: {p:?}");
        mixer.learn(round % 16);
    }
}
