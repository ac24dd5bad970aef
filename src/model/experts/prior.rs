//! Samples → what a network knows before the first byte.

mod counts;

use std::sync::Arc;

use super::match_model::MatchModel;
use crate::model::{
    features::{
        contexts::{MAX_CONTEXTS, compute},
        expected::Expected,
        history::History,
    },
    level::SHALLOW,
};

pub use counts::{Counts, Span, Symbol};

/// How much a learnt weight differs from its initial value.
#[derive(Clone, Copy, Debug)]
pub struct Change {
    /// The weight's place among [`Network::weights`](crate::model::Network::weights).
    pub at: u32,
    /// What learning added to it.
    pub by: f32,
}

/// Counts and weights, shared by all networks that start from them.
#[derive(Clone, Debug)]
pub struct Prior {
    /// The bytes that followed contexts in the samples.
    pub counts: Arc<Counts>,
    /// What mixers and match model have learnt, in ascending order of places, if they have. Most weights never change,
    /// and the pages of those that are zero are never touched.
    pub changes: Option<Arc<[Change]>>,
}

/// Calls `event` with the hash of each of the first `count` contexts of each byte of `sample`, and the byte.
pub fn events(count: usize, sample: &[u8], mut event: impl FnMut(u64, u8)) {
    let window_bits = (usize::BITS - sample.len().leading_zeros()).clamp(10, 25);
    let deep = count > SHALLOW;
    let mut history = History::new(true, deep.then_some(window_bits));
    let mut match_model = deep.then(|| MatchModel::new(window_bits, true, true));
    let mut hashes = [0; MAX_CONTEXTS];
    let hashes = &mut hashes[..count];
    for &byte in sample {
        let expected = match_model.as_ref().map_or_else(Expected::default, MatchModel::expected);
        compute(&history, &expected, hashes);
        hashes.iter().for_each(|&hash| event(hash, byte));
        history.push(byte);
        if let Some(match_model) = &mut match_model {
            match_model.push(byte, history.last8);
        }
    }
}
