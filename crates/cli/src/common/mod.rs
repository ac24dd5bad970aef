//! What both commands use.

pub mod born;
pub mod stdio;
