//! Rows against exact counting, and how they share their table.

use std::collections::BTreeSet;

use super::{tag::state, *};
use crate::model::{inputs::STATES, level::HEADS};

/// Hashes whose rows share a pair in a table of 2^4 rows.
const A: u64 = 0x3000_0000_0000_0001;
const B: u64 = 0x3000_0000_0000_0002;
const C: u64 = 0x2000_0000_0000_0003;

/// The probabilities of the row of `hash`, and the inputs that they become.
fn predict(rows: &mut Rows, hash: u64) -> ([f64; LANES], Inputs) {
    let mut inputs = Inputs::new();
    rows.select(&[hash], &mut inputs);
    (inputs.p[0].0.map(|p| f64::from(p) / f64::from(ONE)), inputs)
}

fn learn(rows: &mut Rows, hash: u64, symbols: &[usize]) {
    for &symbol in symbols {
        let (_, inputs) = predict(rows, hash);
        rows.learn(1, &inputs, symbol);
    }
}

#[test]
fn probabilities_are_counted_as_in_exact_arithmetic() {
    // One row for each context: those seen often and the others forget at different rates.
    let hashes: [u64; 4] = std::array::from_fn(|k| (k as u64) << 61 | 7);
    let mut rows = Rows::new(4).unwrap();
    let mut exact = [[1.0 / 16.0; LANES]; 4];
    for n in 0..700 {
        let symbol = [3, 3, 5, 3, 15, n % 16, 3, 0, n / 50][n % 9] % LANES;
        let mut inputs = Inputs::new();
        rows.select(&hashes, &mut inputs);
        for (k, exact) in exact.iter().enumerate() {
            for (got, want) in inputs.p[k].0.iter().zip(exact) {
                assert!((f64::from(*got) / f64::from(ONE) - want).abs() < 1e-4, "context {k} after {n}");
            }
        }
        rows.learn(hashes.len(), &inputs, symbol);
        for (k, exact) in exact.iter_mut().enumerate() {
            let least = 1.0 / f64::from([MEMORY_OFTEN.get(), MEMORY.get()][usize::from(k >= OFTEN)]);
            let rate = (1.0 / (n as f64 + f64::from(RATE_OFFSET.get()))).max(least);
            for (i, p) in exact.iter_mut().enumerate() {
                *p += rate * (f64::from(u8::from(i == symbol)) - *p);
            }
        }
    }
}

#[test]
fn a_run_of_one_value_comes_near_certainty_and_stays_there() {
    let hashes: [u64; 4] = std::array::from_fn(|k| (k as u64) << 61 | 7);
    let mut rows = Rows::new(4).unwrap();
    for n in 0..20_000 {
        let mut inputs = Inputs::new();
        rows.select(&hashes, &mut inputs);
        for p in inputs.p {
            // 1 would be stored as 0.
            assert!(n < 1000 || p == F32x16::ZERO || p.0[9] > 0.999 * ONE && p.0[9] < ONE, "{n}: {p:?}");
        }
        rows.learn(hashes.len(), &inputs, 9);
    }
}

#[test]
fn logarithms_are_near_enough_for_all_that_is_stored() {
    for p in (0..=1 << 23).step_by(3) {
        let exact = libm::log(f64::from(p).max(f64::from(LEAST.get())) / f64::from(ONE));
        let error = (f64::from(log(p as f32)) - exact).abs();
        assert!(error <= 0.001, "ln({p} / 2^23): off by {error}");
    }
}

#[test]
fn a_table_of_zeros_knows_nothing() {
    let mut rows = Rows::new(4).unwrap();
    for hash in [0, 1, A, u64::MAX] {
        let (p, inputs) = predict(&mut rows, hash);
        assert_eq!(p, [1.0 / 16.0; LANES]);
        assert_eq!(inputs.x[0], F32x16::splat(log(UNIFORM as f32)));
        assert_eq!(inputs.state[0], 0);
    }
}

#[test]
fn a_row_is_found_again_with_what_it_saw() {
    let mut rows = Rows::new(4).unwrap();
    learn(&mut rows, A, &[5, 7, 7]);
    let (p, inputs) = predict(&mut rows, A);
    assert_eq!(rows.tags[0], Tag::new(A as u16, 3, 2, 7, state(3, 2)));
    assert_eq!((inputs.last[0], inputs.state[0]), (7, state(3, 2) as u32));
    assert!(p[7] > p[5] && p[5] > p[0], "{p:?}");
}

#[test]
fn two_contexts_in_a_pair_do_not_disturb_each_other() {
    let mut apart = Rows::new(4).unwrap();
    let mut together = Rows::new(4).unwrap();
    learn(&mut apart, A, &[1, 2, 3, 3]);
    for (a, b) in [(1, 9), (2, 9), (3, 9), (3, 9)] {
        learn(&mut together, A, &[a]);
        learn(&mut together, B, &[b]);
    }
    assert_eq!(predict(&mut together, A).0, predict(&mut apart, A).0);
    assert_eq!(predict(&mut together, B).1.last[0], 9);
}

#[test]
fn every_head_has_a_pair_of_its_own_in_the_page() {
    let rows = Rows::new(12).unwrap();
    for byte_hash in [A, B, !A] {
        let pairs: BTreeSet<_> = (0..HEADS).map(|head| rows.table.index(rows.near(byte_hash, head)) / 2).collect();
        assert_eq!(pairs.len(), HEADS);
        assert!(pairs.iter().all(|pair| pair / 32 == rows.table.index(byte_hash) / 64));
    }
}

#[test]
fn the_row_that_saw_less_gives_way() {
    for (few, many) in [(A, B), (B, A)] {
        let mut rows = Rows::new(4).unwrap();
        learn(&mut rows, few, &[1; 3]);
        learn(&mut rows, many, &[2; 5]);
        let kept = predict(&mut rows, many).0;
        learn(&mut rows, C, &[4]);
        assert_eq!(predict(&mut rows, many).0, kept);
        assert_eq!((predict(&mut rows, C).1.last[0], rows.tags[0].count()), (4, 1));
        assert_eq!(predict(&mut rows, few).0, [1.0 / 16.0; LANES]);
    }
}

#[test]
fn states_tell_how_much_was_seen_and_how_settled_it_is() {
    assert!((0..=255).all(|count| (0..=count).all(|run| (state(count, run) as usize) < STATES)));
    assert!((0..255).all(|count| seen(count) <= seen(count + 1)));
    let determinism = |count, run| state(count, run) % 8;
    assert!(
        determinism(40, 1) < determinism(40, 3)
            && determinism(40, 3) < determinism(40, 25)
            && determinism(40, 25) < determinism(40, 40)
    );
}
