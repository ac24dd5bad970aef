//! The expert in f64 and plain loops, to check the fast one against: the features by value, the gradients and the step
//! of every kind of weight against finite differences of ln p of sixteen bytes. The heads' own steps are checked with
//! the MLP's, which are the same code.

use super::{
    HORIZON, Recurrent,
    cells::{GATES, SQUARE_FLOOR},
    through_time::{B_RATE, E_DECAY, E_FLOOR, E_RATE, U_DECAY, U_FLOOR, U_RATE},
};
use crate::{
    math::{F32x16, LANES},
    model::level::RecurrentParams,
};

const HEIGHT: usize = 2;
const CELLS: usize = HEIGHT * LANES;
const WIDE: usize = GATES * CELLS;
const TEXT: &[u8] = b"The quick brown fox jumps over the lazy dog, 1234567890 times; then it rests.\n";

fn flat(vectors: &[F32x16]) -> Vec<f64> {
    vectors.iter().flat_map(|v| v.0).map(f64::from).collect()
}

fn read(expert: &mut Recurrent, bytes: &[u8]) {
    for &byte in bytes {
        let (high, low) = (usize::from(byte >> 4), usize::from(byte & 15));
        expert.forward(0);
        expert.learn(high);
        expert.forward(1 + high);
        expert.learn(low);
        expert.end_byte();
        expert.begin_byte(byte);
    }
}

/// An expert that has read some text, with one byte of its next trace taken in and not yet learnt.
fn trained() -> Recurrent {
    let mut expert = Recurrent::new(RecurrentParams { height: HEIGHT, trained: false });
    expert.begin_byte(0);
    read(&mut expert, &TEXT.repeat(9)[..40 * HORIZON]);
    assert_eq!(expert.trace.t, 0);
    expert
}

/// The cells' weights and state between two traces. The heads' weights of each byte are fixed: they learn nibble by
/// nibble, and the gradient is that of the weights in use.
struct Reference {
    /// (WIDE, CELLS)
    u: Vec<Vec<f64>>,
    /// (256, WIDE)
    e: Vec<f64>,
    b: Vec<f64>,
    h: Vec<f64>,
    c: Vec<f64>,
}

impl Reference {
    fn of(expert: &Recurrent) -> Self {
        let weights = flat(&expert.weights.u);
        let trace = &expert.trace;
        // The trace's first byte is taken in already; what was before it is in place 0.
        Self {
            u: (0..WIDE).map(|row| (0..CELLS).map(|column| weights[place_of(row, column)]).collect()).collect(),
            e: flat(&expert.weights.e),
            b: flat(&expert.weights.b),
            h: flat(&trace.h[..HEIGHT]),
            c: flat(&trace.c[..HEIGHT]),
        }
    }

    /// The features after each of `bytes`. (bytes, CELLS)
    fn features(&self, bytes: &[u8]) -> Vec<Vec<f64>> {
        let (mut h, mut c) = (self.h.clone(), self.c.clone());
        let step = |&byte: &u8| {
            let e = &self.e[usize::from(byte) * WIDE..][..WIDE];
            let z: Vec<f64> = self.u.iter().zip(e).map(|(row, e)| e + dot(row, &h)).collect();
            let gates: Vec<f64> = (0..GATES).flat_map(|gate| self.gate(gate, &z)).collect();
            for i in 0..CELLS {
                let (f, g, o) = (gates[i], gates[CELLS + i], gates[2 * CELLS + i]);
                c[i] = f * c[i] + (1.0 - f) * g;
                h[i] = o * c[i].tanh();
            }
            h.clone()
        };
        bytes.iter().map(step).collect()
    }

    fn gate(&self, gate: usize, z: &[f64]) -> Vec<f64> {
        let z = &z[gate * CELLS..][..CELLS];
        let root = (dot(z, z) / CELLS as f64 + f64::from(SQUARE_FLOOR)).sqrt();
        let sums = z.iter().zip(&self.b[gate * CELLS..]).map(|(z, b)| z / root + b);
        sums.map(|x| if gate == 1 { x.tanh() } else { 1.0 / (1.0 + (-x).exp()) }).collect()
    }

    /// The derivative of Σ_t h_t · `dh`_t by the parameter that `parameter` picks: of ln p to first order, as `dh` is
    /// its gradient at the features.
    fn slope(&mut self, bytes: &[u8], dh: &[f64], parameter: impl Fn(&mut Self) -> &mut f64) -> f64 {
        const STEP: f64 = 1e-5;
        let mut at = |step: f64| {
            *parameter(self) += step;
            let value: f64 = self.features(bytes).iter().zip(dh.chunks(CELLS)).map(|(h, dh)| dot(h, dh)).sum();
            *parameter(self) -= step;
            value
        };
        (at(STEP) - at(-STEP)) / (2.0 * STEP)
    }
}

/// Where a weight of U is: blocks of rows, then columns.
fn place_of(row: usize, column: usize) -> usize {
    let block = super::matrix::BLOCK * LANES;
    row / block * block * CELLS + column * block + row % block
}

fn dot(a: &[f64], b: &[f64]) -> f64 {
    a.iter().zip(b).map(|(a, b)| a * b).sum()
}

#[track_caller]
fn assert_close(got: f64, want: f64, what: &str) {
    assert!((got - want).abs() <= 2e-6 + 2e-3 * want.abs(), "{what}: got {got}, want {want}");
}

/// An expert before and after it has learnt from a trace with surprises in it, and the trace's bytes.
fn before_and_after() -> (Recurrent, Recurrent, Vec<u8>) {
    let before = trained();
    let mut after = before.clone();
    let bytes = b"fox\x00 over 1\xff# it";
    let (last, first) = bytes.split_last().unwrap();
    read(&mut after, first);
    // The last byte of the trace is learnt, and so are the weights; the next byte is not taken in.
    let (high, low) = (usize::from(last >> 4), usize::from(last & 15));
    after.forward(0);
    after.learn(high);
    after.forward(1 + high);
    after.learn(low);
    after.end_byte();
    let taken_in = after.trace.bytes.to_vec();
    (before, after, taken_in)
}

#[test]
fn features_agree_with_f64() {
    let (before, after, bytes) = before_and_after();
    let wanted = Reference::of(&before).features(&bytes).concat();
    for (got, want) in flat(&after.trace.h[HEIGHT..]).into_iter().zip(wanted) {
        assert_close(got, want, "h");
    }
}

#[test]
fn steps_follow_the_gradient_through_sixteen_bytes() {
    let (before, after, bytes) = before_and_after();
    let mut reference = Reference::of(&before);
    let dh = flat(&after.trace.dh);
    let fall = f64::from(after.learner.fall());
    let updates = f64::from(after.learner.updates);
    let decay = (1.0 / updates).max(f64::from(U_DECAY));
    let (u_before, u_after) = (flat(&before.weights.u), flat(&after.weights.u));
    let u_means = flat(&before.weights.u_means);
    for row in (0..WIDE).step_by(5) {
        let slope = reference.slope(&bytes, &dh, |r| &mut r.b[row]);
        let step = flat(&after.weights.b)[row] - flat(&before.weights.b)[row];
        assert_close(step, f64::from(B_RATE) * fall * slope, "b");
        for column in (0..CELLS).step_by(3) {
            let slope = reference.slope(&bytes, &dh, |r| &mut r.u[row][column]);
            let at = place_of(row, column);
            let mean = u_means[at] + (slope * slope - u_means[at]) * decay;
            let step = f64::from(U_RATE) * fall * slope / (mean + f64::from(U_FLOOR)).sqrt();
            assert_close(u_after[at] - u_before[at], step, "U");
        }
    }
    let (e_before, e_after) = (flat(&before.weights.e), flat(&after.weights.e));
    let e_means = flat(&before.weights.e_means);
    // Bytes that came once, and one that did not come.
    for byte in [b'f', 0xff, b'#', b'Z'] {
        for place in (usize::from(byte) * WIDE..).take(WIDE) {
            let slope = reference.slope(&bytes, &dh, |r| &mut r.e[place]);
            let mean = e_means[place] + (slope * slope - e_means[place]) * f64::from(E_DECAY);
            let step = f64::from(E_RATE) * fall * slope / (mean + f64::from(E_FLOOR)).sqrt();
            assert_close(e_after[place] - e_before[place], step, "E");
        }
    }
}

#[test]
fn a_restarted_expert_is_a_new_one() {
    for len in [3, 100] {
        let (mut new, mut restarted) =
            [(); 2].map(|()| Recurrent::new(RecurrentParams { height: HEIGHT, trained: false })).into();
        for _ in 0..2 {
            restarted.begin_byte(0);
            read(&mut restarted, &TEXT.repeat(2)[..len]);
            restarted.restart_weights();
            restarted.forget_content();
        }
        for expert in [&mut new, &mut restarted] {
            expert.begin_byte(0);
            read(expert, &TEXT.repeat(3));
        }
        let bits = |expert: &mut Recurrent| expert.forward(0).0.map(f32::to_bits);
        assert_eq!(bits(&mut new), bits(&mut restarted), "{len}");
    }
}

#[test]
fn everything_stays_finite_whatever_comes() {
    let mut expert = Recurrent::new(RecurrentParams { height: HEIGHT, trained: false });
    // Weights at the bound that rounding sets them, with signs that let gradients grow.
    expert.weights.u.iter_mut().for_each(|u| *u = F32x16::splat(f32::from_bits(0x4b00_0000)));
    expert.weights.e.iter_mut().for_each(|e| *e = F32x16::splat(-8_388_608.0));
    expert.begin_byte(0);
    read(&mut expert, &foretell_testkit::noise(1, 2000));
    let all = [&expert.weights.u, &expert.weights.u_means, &expert.weights.e, &expert.weights.e_means];
    assert!(all.into_iter().flat_map(|part| flat(part)).all(f64::is_finite));
    assert!(expert.trace.c.iter().flat_map(|c| c.0).all(|c| c.abs() <= 1.0));
    assert!(expert.forward(0).0.iter().all(|x| x.is_finite()));
}
