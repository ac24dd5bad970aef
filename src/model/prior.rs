//! What a network knows before the first byte, learnt from samples.

pub mod counts;

pub use counts::{Counts, Span, Symbol};
use super::Level;
use std::sync::Arc;

/// What was learnt. Shared by all networks that start from it.
#[derive(Debug)]
pub struct Prior {
    pub counts: Counts,
    /// A row that was made of counts has seen no more than so many: it is soon overruled.
    pub memory: u32,
    /// Weights of mixers and matcher, for some levels.
    pub weights: Vec<(Level, Arc<[f32]>)>,
}

/// What a block's network starts from.
#[derive(Clone, Debug)]
pub struct Start {
    pub level: Level,
    pub prior: Option<Arc<Prior>>,
}

impl From<Level> for Start {
    fn from(level: Level) -> Self {
        Self { level, prior: None }
    }
}

impl Prior {
    /// The weights that were learnt for `level`.
    pub fn weights_of(&self, level: Level) -> Option<&Arc<[f32]>> {
        self.weights.iter().find(|(of, _)| *of == level).map(|(_, weights)| weights)
    }
}
