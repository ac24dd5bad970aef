//! Samples → what a network knows before the first byte.

mod counts;

use std::sync::Arc;

pub use counts::{Counts, Span, Symbol};

/// Counts and weights, shared by all networks that start from them.
#[derive(Clone, Debug)]
pub struct Prior {
    /// The bytes that followed contexts in the samples.
    pub counts: Arc<Counts>,
    /// Weights of mixers and match model, in the order of [`Network::weights`](crate::model::Network::weights), if they
    /// were learnt.
    pub weights: Option<Arc<[f32]>>,
}
