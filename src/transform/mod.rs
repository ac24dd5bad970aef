//! Content ↔ content that models better.

pub mod deflate;
