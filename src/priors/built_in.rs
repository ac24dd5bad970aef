//! The built-in prior: a model of text, markup, source code, data and logs, trained on the project's own corpus
//! (`just built-in`). Its bytes are part of the model's version.

use std::sync::OnceLock;

use super::Model;
use crate::{Level, Result, model::Start};

pub(super) static FILE: &[u8] = include_bytes!("built_in.model");

/// What a network of `level` starts from with the built-in prior.
///
/// # Errors
/// If the system does not have the memory.
pub fn start(level: Level) -> Result<Start> {
    model()?.start(level)
}

/// Bytes of memory that the built-in prior takes: a constant, so that they can be reserved before it is loaded.
pub const MEMORY: usize = 2 << 20;

/// The model, loaded on first use. If that fails for lack of memory, a later call tries again.
fn model() -> Result<&'static Model> {
    static MODEL: OnceLock<Model> = OnceLock::new();
    if let Some(model) = MODEL.get() {
        return Ok(model);
    }
    let loaded = Model::from_bytes(FILE)?;
    Ok(MODEL.get_or_init(|| loaded))
}

#[cfg(feature = "lab")]
impl crate::model::Probe {
    /// A probe of a network that starts from the built-in prior, for content of `raw_len` bytes.
    ///
    /// # Errors
    /// As of [`new`](Self::new).
    pub fn with_built_in(level: Level, raw_len: usize) -> Result<Self> {
        Self::from(&start(level)?, raw_len)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_takes_no_more_memory_than_is_reserved() {
        let memory = model().unwrap().memory();
        assert!(memory <= MEMORY && memory > MEMORY / 2, "{memory}");
    }
}
