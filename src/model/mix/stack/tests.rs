//! One layer is its mixer; two are the weighted mean of their mixers, and every step goes up a slope.

use super::*;
use crate::{math::LANES, model::rng::Rng};

const SETS: [Sets; MIXERS] = [Sets { state: 3, byte: 2, classes: 2 }, Sets { state: 2, byte: 3, classes: 4 }];
const GATES: [Gates; MIXERS] = [Gates { state: 2, byte: 1, classes: 0 }, Gates { state: 0, byte: 2, classes: 3 }];
const RATES: Rates = Rates { by_state: 0.002, by_byte: 0.003, by_classes: 0.001, bonus: 0.005 };
const FINAL_SETS: usize = 3;
const SET: usize = 1;
const INPUTS: usize = 5;

/// Inputs and a match's logits, of any values.
fn any_inputs() -> (Inputs, F32x16) {
    let mut rng = Rng::new();
    let mut inputs = Inputs::new();
    inputs.x[..INPUTS].copy_from_slice(&rng.vectors(INPUTS, 4.0));
    (inputs, rng.vectors(1, 1.0)[0])
}

fn stack(count: usize) -> MixerStack {
    MixerStack::new(count, INPUTS, &SETS, FINAL_SETS, 0.2, RATES)
}

/// `stack` after some nibbles, so that its layers differ.
fn taught(mut stack: MixerStack, inputs: &Inputs, matched: F32x16) -> MixerStack {
    for coded in [3, 3, 7, 3, 12, 3, 3] {
        let p = softmax(stack.forward(&GATES, SET, inputs, matched));
        stack.learn(inputs, coded, error(&p, coded));
    }
    stack
}

#[test]
fn one_mixer_is_a_layer_of_its_own() {
    let (inputs, matched) = any_inputs();
    let mut stack = taught(stack(1), &inputs, matched);
    let mut alone = Mixer::new(INPUTS, SETS[0], 0.2, RATES);
    for coded in [3, 3, 7, 3, 12, 3, 3] {
        let p = softmax(alone.forward(GATES[0], &inputs) + matched);
        alone.learn(&inputs, error(&p, coded));
    }
    let logits = stack.forward(&GATES, SET, &inputs, matched);
    assert_eq!(logits, alone.forward(GATES[0], &inputs) + matched);
}

#[test]
fn two_layers_begin_as_the_mean() {
    let (inputs, matched) = any_inputs();
    let p = softmax(stack(2).forward(&GATES, SET, &inputs, matched));
    // Both stack weigh all alike at first, so their mean is what either says.
    let one = softmax(stack(1).forward(&GATES, SET, &inputs, matched));
    assert!((0..LANES).all(|i| (p.0[i] - one.0[i]).abs() < 1e-5), "{p:?} {one:?}");
}

#[test]
fn mixers_learn_from_their_own_errors_by_their_own_gates() {
    let (inputs, matched) = any_inputs();
    let mut stack = taught(stack(2), &inputs, matched);
    // The first mixer turns to weights that learnt nothing; the second stays with those that did.
    let elsewhere = Gates { state: 0, byte: 0, classes: 1 };
    stack.forward(&[elsewhere, GATES[1]], SET, &inputs, matched);
    let mut alone = Mixer::new(INPUTS, SETS[1], 0.2, RATES);
    let untaught = softmax(alone.forward(GATES[1], &inputs) + matched);
    for coded in [3, 3, 7, 3, 12, 3, 3] {
        let p = softmax(alone.forward(GATES[1], &inputs) + matched);
        alone.learn(&inputs, error(&p, coded));
    }
    let p = softmax(alone.forward(GATES[1], &inputs) + matched);
    assert!(p.0[3] > untaught.0[3] + 0.01);
    assert!((0..LANES).all(|i| (p.0[i] - stack.p[1].0[i]).abs() < 1e-5), "{p:?} {:?}", stack.p[1]);
    assert!((0..LANES).all(|i| (untaught.0[i] - stack.p[0].0[i]).abs() < 1e-5), "{untaught:?} {:?}", stack.p[0]);
}

#[test]
fn the_second_layer_steps_up_the_slope() {
    const STEP: f32 = 1e-3;
    let (inputs, matched) = any_inputs();
    let mut stack = taught(stack(2), &inputs, matched);
    let coded = 9;
    let ln_p = |stack: &mut MixerStack| {
        let logits = stack.forward(&GATES, SET, &inputs, matched).0.map(f64::from);
        logits[coded] - logits.map(f64::exp).iter().sum::<f64>().ln()
    };
    for i in 0..MIXERS {
        let before = stack.second[SET][i];
        stack.second[SET][i] = before + STEP;
        let more = ln_p(&mut stack);
        stack.second[SET][i] = before - STEP;
        let slope = (more - ln_p(&mut stack)) / f64::from(2.0 * STEP);
        stack.second[SET][i] = before;
        let p = softmax(stack.forward(&GATES, SET, &inputs, matched));
        let gradient = (stack.logits[i] * error(&p, coded)).sum();
        assert!((f64::from(gradient) - slope).abs() < 1e-3 + 1e-2 * slope.abs(), "{gradient} {slope}");
    }
    let others = stack.second.clone();
    let p = softmax(stack.forward(&GATES, SET, &inputs, matched));
    stack.learn(&inputs, coded, error(&p, coded));
    assert!((0..FINAL_SETS).all(|set| (stack.second[set] == others[set]) == (set != SET)));
}
