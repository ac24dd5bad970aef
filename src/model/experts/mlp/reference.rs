//! The dense network in f64 and plain loops, to check the fast one against: its forward pass by value, its backward
//! pass by finite differences. The mixer and the final correction have theirs in their own tests.

use super::{FAR_BELOW, Mlp, hidden::LEAK};
use crate::math::{F32x16, LANES};
use crate::model::{
    features::{
        contexts::{MAX_CONTEXTS, compute},
        history::History,
    },
    level::{HEADS, MlpParams},
};

/// A snapshot of a network between two bytes.
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

    /// ln p(byte): what learning climbs.
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

/// A network and the contexts that it is fed.
struct Fed {
    network: Mlp,
    history: History,
}

/// A network that has read some text.
fn trained() -> Fed {
    let params = MlpParams { contexts: 8, height: 1, row_bits: 16, rate: 0.004 };
    let mut fed = Fed { network: Mlp::new(params).unwrap(), history: History::new(false) };
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
        compute(&self.history, &mut hashes);
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
            assert_close(f64::from(logits[i]), (wanted[i] - max).max(f64::from(FAR_BELOW)), "logit");
        }
    }
}

#[test]
fn backward_pass_agrees_with_finite_differences() {
    for byte in [b'T', b'z', 0xf0] {
        let mut fed = trained();
        let mut reference = Reference::of(&fed.network);
        let h = reference.features();
        // The byte's gradients are still in `pass` when `end_byte` has used them; `begin_byte` leaves `dx` alone.
        let (w0, v0) = (flat(&fed.network.hidden.weights), flat(&fed.network.heads.weights));
        fed.read(&[byte]);
        let (w1, v1) = (flat(&fed.network.hidden.weights), flat(&fed.network.heads.weights));
        let dx = flat(&fed.network.pass.dx);
        for (input, &dx) in dx.iter().enumerate() {
            assert_close(dx, reference.slope(byte, |r| &mut r.x[input]), "dx");
        }
        // Steps are gradients with each factor scaled to unit size: of the gradient's sign, zero with it.
        let inputs = dx.len();
        for (hidden, input) in [(0, 0), (3, 17), (7, 40), (15, 100)] {
            let slope = reference.slope(byte, |r| &mut r.w[hidden][input]);
            let step = w1[hidden * inputs + input] - w0[hidden * inputs + input];
            assert!(step * slope >= 0.0 && (slope.abs() < 1e-9) == (step == 0.0), "W: {slope} {step}");
        }
        for row in 0..HEADS * LANES {
            let feature = row % h.len();
            let slope = reference.slope(byte, |r| &mut r.v[row][feature]);
            let step = v1[row * h.len() + feature] - v0[row * h.len() + feature];
            assert!(step * slope >= 0.0 && (slope.abs() > 1e-6 || step.abs() < 1e-3), "V: {slope} {step}");
            let head = row / LANES;
            let used = head == 0 || head == 1 + usize::from(byte >> 4);
            let p = if used { reference.distribution(head)[row % LANES] } else { 0.0 };
            let nibble = if head == 0 { byte >> 4 } else { byte & 15 };
            let delta = if used { f64::from(u8::from(row % LANES == usize::from(nibble))) - p } else { 0.0 };
            assert_close(slope, delta * h[feature], "dV = δ hᵀ");
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
