//! Counts and weights ↔ the bytes of a model's file.

pub mod counts;
pub mod weights;

use crate::{Error, ErrorKind};

/// The error for a model that needs more memory than is allowed.
pub fn too_large(needed: u64, allowed: u64) -> Error {
    let text = format!("the model needs {needed} bytes of memory or more, {allowed} are allowed");
    Error::new(ErrorKind::MemoryLimit, text)
}
