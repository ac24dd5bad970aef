//! What a network knows before the first byte, learnt from samples.

mod counts;

use std::sync::Arc;

pub use counts::{Counts, Span, Symbol};

use super::Level;

/// What was learnt. Shared by all networks that start from it.
#[derive(Clone, Debug)]
pub struct Prior {
    /// What followed which contexts.
    pub counts: Arc<Counts>,
    /// Weights of mixers and matches, as [`Network::weights`](super::Network::weights) has them, if they were learnt.
    pub weights: Option<Arc<[f32]>>,
}

/// What a block's network starts from.
#[derive(Clone, Debug)]
pub struct Start {
    /// Its sizes.
    pub level: Level,
    /// What it knows, if it knows anything.
    pub prior: Option<Arc<Prior>>,
}

impl From<Level> for Start {
    fn from(level: Level) -> Self {
        Self { level, prior: None }
    }
}
