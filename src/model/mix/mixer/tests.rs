//! The layer in plain f64 sums, and its steps against finite differences.

use super::*;
use crate::math::{LANES, error, softmax};
use foretell_testkit::noise;

const SETS: Sets = Sets { state: 3, byte: 2, classes: 2 };
const GATES: Gates = Gates { state: 1, byte: 1, classes: 0 };
const RATES: Rates = Rates { by_state: 0.002, by_byte: 0.003, by_classes: 0.001, bonus: 0.005 };

/// Numbers in [−1, 1).
fn numbers(seed: u64) -> impl Iterator<Item = f32> {
    noise(seed, 100_000).into_iter().map(|byte| f32::from(byte) / 128.0 - 1.0)
}

/// A mixer of any weights, and inputs for it.
fn mixer_and_inputs(n: usize) -> (Mixer, Inputs) {
    let mut mixer = Mixer::new(n, SETS, 0.0, RATES);
    let rows = [&mut mixer.by_byte, &mut mixer.by_classes].into_iter().flatten().flat_map(|row| &mut row[..n]);
    let weights = mixer.by_state.iter_mut().chain(&mut mixer.bonus).chain(rows);
    weights.zip(numbers(1)).for_each(|(weight, number)| *weight = 0.3 * number);
    let mut inputs = Inputs::new();
    for (k, x) in inputs.x[..n].iter_mut().enumerate() {
        *x = F32x16(std::array::from_fn(|i| 4.0 * numbers(2 + k as u64).nth(i).unwrap()));
        inputs.state[k] = (k * 37 % STATES) as u32;
        inputs.last[k] = (k * 5 % (LANES + 1)) as u32;
    }
    (mixer, inputs)
}

/// Weights and bonuses in use.
struct Plain {
    weights: Vec<f64>,
    bonus: Vec<f64>,
}

impl Plain {
    fn of(mixer: &Mixer, inputs: &Inputs) -> Self {
        let at = |k: usize| k * STATES + inputs.state[k] as usize;
        let weight = |k: usize| {
            let by_state = mixer.by_state[GATES.state * mixer.inputs * STATES + at(k)];
            [by_state, mixer.by_byte[GATES.byte][k], mixer.by_classes[GATES.classes][k]].map(f64::from).iter().sum()
        };
        let bonus = |k: usize| f64::from(mixer.bonus[at(k)]);
        Self { weights: (0..mixer.inputs).map(weight).collect(), bonus: (0..mixer.inputs).map(bonus).collect() }
    }

    fn logits(&self, inputs: &Inputs) -> [f64; LANES] {
        let mut logits = [0.0; LANES];
        for (k, (weight, bonus)) in self.weights.iter().zip(&self.bonus).enumerate() {
            for (i, logit) in logits.iter_mut().enumerate() {
                *logit += weight * f64::from(inputs.x[k].0[i]);
                *logit += if inputs.last[k] == i as u32 { *bonus } else { 0.0 };
            }
        }
        logits
    }

    /// The derivative of ln p(coded) by the parameter that `parameter` picks.
    fn slope(&mut self, inputs: &Inputs, coded: usize, parameter: impl Fn(&mut Self) -> &mut f64) -> f64 {
        const STEP: f64 = 1e-5;
        let mut at = |step: f64| {
            *parameter(self) += step;
            let logits = self.logits(inputs);
            *parameter(self) -= step;
            logits[coded] - logits.map(f64::exp).iter().sum::<f64>().ln()
        };
        (at(STEP) - at(-STEP)) / (2.0 * STEP)
    }
}

#[track_caller]
fn assert_close(got: f64, want: f64) {
    assert!((got - want).abs() <= 1e-4 + 1e-3 * want.abs(), "got {got}, want {want}");
}

#[test]
fn logits_are_the_plain_sum() {
    for n in 1..=MAX_INPUTS {
        let (mut mixer, inputs) = mixer_and_inputs(n);
        let logits = mixer.forward(GATES, &inputs).0;
        let plain = Plain::of(&mixer, &inputs).logits(&inputs);
        for (got, want) in logits.into_iter().zip(plain) {
            assert!((f64::from(got) - want).abs() < 1e-4, "{n} inputs: {got}, {want}");
        }
    }
}

#[test]
fn steps_go_up_the_gradient_of_the_log_probability() {
    // One input less and more than a piece, several pieces, and all.
    for n in [1, 7, 8, 9, 17, 24, 25, MAX_INPUTS] {
        let (mut mixer, inputs) = mixer_and_inputs(n);
        let coded = 11;
        let delta = error(&softmax(mixer.forward(GATES, &inputs)), coded);
        let mut plain = Plain::of(&mixer, &inputs);
        let (before, boost) = (mixer_and_inputs(n).0, f64::from(BOOST.get()));
        mixer.learn(&inputs, delta);
        for k in 0..n {
            let at = k * STATES + inputs.state[k] as usize;
            let in_set = GATES.state * n * STATES + at;
            let step = |after: f32, before: f32, rate: f32, boost: f64| {
                (f64::from(after) - f64::from(before)) / (f64::from(rate) + boost)
            };
            let slope = plain.slope(&inputs, coded, |plain| &mut plain.weights[k]);
            assert_close(step(mixer.by_state[in_set], before.by_state[in_set], RATES.by_state, boost), slope);
            assert_close(step(mixer.by_byte[1][k], before.by_byte[1][k], RATES.by_byte, boost), slope);
            assert_close(step(mixer.by_classes[0][k], before.by_classes[0][k], RATES.by_classes, boost), slope);
            let slope = plain.slope(&inputs, coded, |plain| &mut plain.bonus[k]);
            assert_close(step(mixer.bonus[at], before.bonus[at], RATES.bonus, 0.0), slope);
        }
    }
}

#[test]
fn weights_that_are_not_in_use_stay() {
    let (mut mixer, inputs) = mixer_and_inputs(9);
    let before = mixer_and_inputs(9).0;
    mixer.forward(GATES, &inputs);
    mixer.learn(&inputs, F32x16(std::array::from_fn(|i| i as f32 / 10.0 - 0.7)));
    let changed = |now: &[f32], before: &[f32]| now.iter().zip(before).filter(|(now, before)| now != before).count();
    assert_eq!(changed(&mixer.by_state, &before.by_state), 9);
    assert!(changed(&mixer.bonus, &before.bonus) <= 9);
    assert_eq!(mixer.by_byte[0], before.by_byte[0]);
    assert_eq!(mixer.by_classes[1], before.by_classes[1]);
}

#[test]
fn a_rate_of_zero_switches_off() {
    let (mut mixer, inputs) = mixer_and_inputs(9);
    let before = mixer_and_inputs(9).0;
    mixer.rates = Rates { by_byte: 0.0, by_classes: 0.0, bonus: 0.0, ..RATES };
    mixer.forward(GATES, &inputs);
    mixer.learn(&inputs, F32x16::splat(0.5));
    assert!((mixer.by_byte, mixer.by_classes, mixer.bonus) == (before.by_byte, before.by_classes, before.bonus));
}
