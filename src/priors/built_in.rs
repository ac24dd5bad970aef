//! The model that is built in: of text, markup, source code, data and logs in general, trained on the project's own
//! corpus (`just general`). Part of the model's version: other bytes here are another version.

use std::sync::OnceLock;

use super::Model;
use crate::{Level, Result, model::Start};

pub(super) static FILE: &[u8] = include_bytes!("built_in.model");

/// What a network of `level` starts from that knows what is common everywhere.
///
/// # Errors
/// If the system does not have the memory.
pub fn start(level: Level) -> Result<Start> {
    model()?.start(level)
}

/// Bytes of memory that it takes: known before it is loaded, so that it can be asked for.
pub const MEMORY: usize = 12 << 20;

/// Loaded when it is first asked for; what failed then may succeed when there is more memory.
fn model() -> Result<&'static Model> {
    static MODEL: OnceLock<Model> = OnceLock::new();
    if let Some(model) = MODEL.get() {
        return Ok(model);
    }
    let loaded = Model::from_bytes(FILE)?;
    Ok(MODEL.get_or_init(|| loaded))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_takes_no_more_memory_than_is_asked_for() {
        let memory = model().unwrap().memory();
        assert!(memory <= MEMORY && memory > MEMORY / 2, "{memory}");
    }
}
