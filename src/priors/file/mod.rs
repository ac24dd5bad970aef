//! Counts and weights ↔ the bytes of a model's file.

mod byte_column;
pub mod counts;
pub mod weights;
