//! The same network in f64 and plain loops, to check the fast one against: its forward pass by value, its backward pass
//! by finite differences.

use super::{Level, Network, dense::LEAK, direct::Direct, heads::HEADS};
use crate::math::{F32x16, LANES};

/// A snapshot of a network between two bytes.
struct Reference {
    x: Vec<f64>,
    /// (hidden, inputs)
    w: Vec<Vec<f64>>,
    b: Vec<f64>,
    /// (HEADS · 16, hidden)
    v: Vec<Vec<f64>>,
    /// Biases and direct connections. (HEADS · 16)
    c: Vec<f64>,
}

impl Reference {
    fn of(network: &Network) -> Self {
        let inputs = network.pass.x.len() * LANES;
        let hidden = network.pass.h.len() * LANES;
        let c = (0..HEADS).flat_map(|head| {
            let rows = Direct::select(head, network.history.last8);
            (network.heads.bias[head] + network.direct.logits(&rows)).0
        });
        Self {
            x: flat(&network.pass.x),
            w: flat(&network.dense.weights).chunks(inputs).map(<[f64]>::to_vec).collect(),
            b: flat(&network.dense.bias),
            v: flat(&network.heads.weights).chunks(hidden).map(<[f64]>::to_vec).collect(),
            c: c.map(f64::from).collect(),
        }
    }

    fn features(&self) -> Vec<f64> {
        let z = self.w.iter().zip(&self.b).map(|(row, b)| b + dot(row, &self.x));
        z.map(|z| if z > 0.0 { z } else { f64::from(LEAK) * z }).collect()
    }

    fn distribution(&self, head: usize) -> Vec<f64> {
        let h = self.features();
        let e: Vec<f64> =
            (head * LANES..(head + 1) * LANES).map(|row| (self.c[row] + dot(&self.v[row], &h)).exp()).collect();
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

/// A network that has read some text.
fn trained() -> Network {
    let mut network = Network::new(Level::FASTEST, 4000).unwrap();
    let text = "The quick brown fox jumps over the lazy dog, 1234567890 times; then it rests.\n".repeat(9);
    feed(&mut network, text.as_bytes());
    network
}

fn feed(network: &mut Network, bytes: &[u8]) {
    for byte in bytes {
        network.update(byte >> 4);
        network.update(byte & 15);
    }
}

#[track_caller]
fn assert_close(got: f64, want: f64, what: &str) {
    assert!((got - want).abs() <= 1e-5 + 1e-3 * want.abs(), "{what}: got {got}, want {want}");
}

#[test]
fn forward_pass_agrees_with_f64() {
    let network = trained();
    let reference = Reference::of(&network);
    let bytes = network.byte_distribution();
    for byte in 0..=255u8 {
        assert_close(f64::from(bytes[usize::from(byte)]), reference.log_probability(byte).exp(), "p(byte)");
    }
    assert_close(bytes.iter().copied().map(f64::from).sum(), 1.0, "sum of p");
}

#[test]
fn backward_pass_agrees_with_finite_differences() {
    for byte in [b'T', b'z', 0xf0] {
        let mut network = trained();
        let mut reference = Reference::of(&network);
        let h = reference.features();
        // The byte's gradients are still in `pass` when `end_byte` has used them; `begin_byte` leaves `dx` alone.
        let (w0, v0) = (flat(&network.dense.weights), flat(&network.heads.weights));
        feed(&mut network, &[byte]);
        let (w1, v1) = (flat(&network.dense.weights), flat(&network.heads.weights));
        let dx = flat(&network.pass.dx);
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
    let mut network = trained();
    let before = Reference::of(&network).log_probability(b'#');
    let mut again = trained();
    feed(&mut again, b"#");
    // The same context comes back: the row of zeros that '#' met first has learnt.
    let text = "The quick brown fox jumps over the lazy dog, 1234567890 times; then it rests.\n";
    feed(&mut network, text.as_bytes());
    feed(&mut again, text.as_bytes());
    assert!(Reference::of(&again).log_probability(b'#') > before);
}
