//! Samples → what a network knows before the first byte.

mod counts;

use std::sync::Arc;

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
