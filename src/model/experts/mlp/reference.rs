//! The MLP in f64 and plain loops, to check the fast one against: the forward pass by value, the gradients and the
//! steps of every weight against finite differences. Mixers and bias are checked in their own tests.

use super::{
    FAR_BELOW, Mlp,
    heads::{BIAS_RATE as HEAD_BIAS_RATE, WEIGHT_RATE as HEAD_RATE},
    hidden::{BIAS_RATE, LEAK},
    rms::{DECAY, Rms},
};
use crate::math::{F32x16, LANES};
use crate::model::{
    features::{
        contexts::{MAX_CONTEXTS, compute},
        expected::Expected,
        history::History,
    },
    level::{HEADS, MlpParams},
};

/// A snapshot of an MLP between two bytes.
struct Reference {
    x: Vec<f64>,
    /// (hidden, inputs)
    w: Vec<Vec<f64>>,
    b: Vec<f64>,
    /// (HEADS · 16, hidden)
    v: Vec<Vec<f64>>,
    /// (HEADS · 16)
    c: Vec<f64>,
}

impl Reference {
    fn of(network: &Mlp) -> Self {
        let inputs = network.pass.x.len() * LANES;
        let hidden = network.pass.h.len() * LANES;
        Self {
            x: flat(&network.pass.x),
            w: flat(&network.hidden.weights).chunks(inputs).map(<[f64]>::to_vec).collect(),
            b: flat(&network.hidden.bias),
            v: flat(&network.heads.weights).chunks(hidden).map(<[f64]>::to_vec).collect(),
            c: flat(&network.heads.bias),
        }
    }

    fn features(&self) -> Vec<f64> {
        let z = self.w.iter().zip(&self.b).map(|(row, b)| b + dot(row, &self.x));
        z.map(|z| if z > 0.0 { z } else { f64::from(LEAK) * z }).collect()
    }

    fn logits(&self, head: usize) -> Vec<f64> {
        let h = self.features();
        (head * LANES..(head + 1) * LANES).map(|row| self.c[row] + dot(&self.v[row], &h)).collect()
    }

    fn distribution(&self, head: usize) -> Vec<f64> {
        let e: Vec<f64> = self.logits(head).into_iter().map(f64::exp).collect();
        let sum: f64 = e.iter().sum();
        e.iter().map(|e| e / sum).collect()
    }

    /// ln p(byte), which learning increases.
    fn log_probability(&self, byte: u8) -> f64 {
        let (high, low) = (usize::from(byte >> 4), usize::from(byte & 15));
        self.distribution(0)[high].ln() + self.distribution(1 + high)[low].ln()
    }

    /// The derivative of ln p(byte) by the parameter that `parameter` picks.
    fn slope(&mut self, byte: u8, parameter: impl Fn(&mut Self) -> &mut f64) -> f64 {
        const STEP: f64 = 1e-5;
        let mut at = |step: f64| {
            *parameter(self) += step;
            let value = self.log_probability(byte);
            *parameter(self) -= step;
            value
        };
        (at(STEP) - at(-STEP)) / (2.0 * STEP)
    }
}

fn flat(vectors: &[F32x16]) -> Vec<f64> {
    vectors.iter().flat_map(|v| v.0).map(f64::from).collect()
}

fn dot(a: &[f64], b: &[f64]) -> f64 {
    a.iter().zip(b).map(|(a, b)| a * b).sum()
}

/// An MLP and the history that makes its contexts.
struct Fed {
    network: Mlp,
    history: History,
}

/// An MLP that has read some text.
fn trained() -> Fed {
    let params = MlpParams { contexts: 8, height: 1, row_bits: 16, rate: 0.004, trained: false };
    let mut fed = Fed { network: Mlp::new(params).unwrap(), history: History::new(false, Some(16)) };
    fed.begin_byte();
    fed.read(&TEXT.repeat(9));
    fed
}

const TEXT: &[u8] = b"The quick brown fox jumps over the lazy dog, 1234567890 times; then it rests.\n";

impl Fed {
    fn read(&mut self, bytes: &[u8]) {
        for &byte in bytes {
            let (high, low) = (usize::from(byte >> 4), usize::from(byte & 15));
            self.network.forward(0);
            self.network.learn(high);
            self.network.forward(1 + high);
            self.network.learn(low);
            self.network.end_byte();
            self.history.push(byte);
            self.begin_byte();
        }
    }

    fn begin_byte(&mut self) {
        let mut hashes = [0; MAX_CONTEXTS];
        compute(&self.history, &Expected::default(), &mut hashes);
        self.network.begin_byte(&hashes);
    }
}

#[track_caller]
fn assert_close(got: f64, want: f64, what: &str) {
    assert!((got - want).abs() <= 1e-5 + 1e-3 * want.abs(), "{what}: got {got}, want {want}");
}

#[test]
fn forward_pass_agrees_with_f64() {
    let mut network = trained().network;
    let reference = Reference::of(&network);
    for head in 0..HEADS {
        let logits = network.forward(head).0;
        let p = reference.distribution(head);
        let wanted = reference.logits(head);
        let max = wanted.iter().copied().fold(f64::MIN, f64::max);
        for i in 0..LANES {
            assert_close(f64::from(network.p.0[i]), p[i], "p");
            assert_close(f64::from(logits[i]), (wanted[i] - max).max(f64::from(FAR_BELOW.get())), "logit");
        }
    }
}

/// Bytes that the text leads to, that it has not had after this, and that it has not at all.
const BYTES: [u8; 3] = [b'T', b'z', 0xf0];

#[test]
fn gradients_at_the_inputs_agree_with_finite_differences() {
    for byte in BYTES {
        let mut fed = trained();
        let mut reference = Reference::of(&fed.network);
        // The byte's gradients are still in `pass` after `end_byte` has used them; `begin_byte` leaves `dx` alone.
        fed.read(&[byte]);
        for (input, &dx) in flat(&fed.network.pass.dx).iter().enumerate() {
            assert_close(dx, reference.slope(byte, |r| &mut r.x[input]), "dx");
        }
    }
}

/// The root mean squares of `rms` once it has taken in `values`.
fn roots_after(rms: &Rms, values: &[f64]) -> Vec<f64> {
    let (floor, decay) = (f64::from(rms.floor), f64::from(DECAY));
    let mean = |(mean, value): (f64, &f64)| (mean + (value * value + floor - mean) * decay).sqrt();
    flat(&rms.mean_square).into_iter().zip(values).map(mean).collect()
}

/// Holds steps to `want`, but for the rounding of weights in f32.
#[track_caller]
fn assert_step(before: f64, after: f64, want: f64, what: &str) {
    let got = after - before;
    assert!((got - want).abs() <= 2e-7 + 2e-3 * want.abs(), "{what}: a step of {got}, want {want}");
    assert!(want != 0.0 || got.abs() < 1e-12, "{what}: a step of {got} without a gradient");
}

#[test]
fn steps_of_the_hidden_layer_are_gradients_with_both_factors_at_unit_size() {
    for byte in BYTES {
        let mut fed = trained();
        let mut reference = Reference::of(&fed.network);
        let (before, rate) = (fed.network.hidden.clone(), f64::from(fed.network.rate));
        fed.read(&[byte]);
        let after = Reference::of(&fed.network);
        let hidden = reference.b.len();
        let dz: Vec<f64> = (0..hidden).map(|i| reference.slope(byte, |r| &mut r.b[i])).collect();
        let (dz_roots, x_roots) = (roots_after(&before.error_rms, &dz), roots_after(&before.input_rms, &reference.x));
        for i in 0..hidden {
            let step = rate * dz[i] / dz_roots[i];
            assert_step(reference.b[i], after.b[i], f64::from(BIAS_RATE) * step, "b");
            for (j, x_root) in x_roots.iter().enumerate() {
                let slope = reference.slope(byte, |r| &mut r.w[i][j]);
                let step = rate * slope / (dz_roots[i] * x_root);
                assert_step(reference.w[i][j], after.w[i][j], step, "W");
            }
        }
    }
}

#[test]
fn steps_of_the_heads_are_gradients_with_both_factors_at_unit_size() {
    for byte in BYTES {
        let mut fed = trained();
        let mut reference = Reference::of(&fed.network);
        let (before, rate) = (fed.network.heads.clone(), f64::from(fed.network.rate));
        fed.read(&[byte]);
        let after = Reference::of(&fed.network);
        // The byte's features are in their means since `begin_byte`.
        let h_roots: Vec<f64> = flat(&before.feature_rms.mean_square).into_iter().map(f64::sqrt).collect();
        for head in 0..HEADS {
            let rows = head * LANES..(head + 1) * LANES;
            let delta: Vec<f64> = rows.clone().map(|row| reference.slope(byte, |r| &mut r.c[row])).collect();
            let delta_roots = roots_after(&before.error_rms[head], &delta);
            for (row, (delta, root)) in rows.zip(delta.into_iter().zip(delta_roots)) {
                assert_step(reference.c[row], after.c[row], rate * f64::from(HEAD_BIAS_RATE) * delta, "c");
                for (feature, h_root) in h_roots.iter().enumerate() {
                    let slope = reference.slope(byte, |r| &mut r.v[row][feature]);
                    let step = rate * f64::from(HEAD_RATE) * slope / (root * h_root);
                    assert_step(reference.v[row][feature], after.v[row][feature], step, "V");
                }
            }
        }
    }
}

#[test]
fn learning_lowers_the_cost_of_what_was_seen() {
    let mut fed = trained();
    let before = Reference::of(&fed.network).log_probability(b'#');
    fed.read(b"#");
    // The same context comes back: the rows of zeros that '#' met first have learnt.
    fed.read(TEXT);
    assert!(Reference::of(&fed.network).log_probability(b'#') > before);
}
