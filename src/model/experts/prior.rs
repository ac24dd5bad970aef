//! What a network knows before the first byte, learnt from samples.

mod counts;

use std::sync::Arc;

pub use counts::{Counts, Span, Symbol};

/// What was learnt. Shared by all networks that start from it.
#[derive(Clone, Debug)]
pub struct Prior {
    /// What followed which contexts.
    pub counts: Arc<Counts>,
    /// Weights of mixers and matches, as [`Network::weights`](crate::model::Network::weights) has them, if they were learnt.
    pub weights: Option<Arc<[f32]>>,
}
