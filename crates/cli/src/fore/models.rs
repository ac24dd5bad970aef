//! Trained models: the one that was named, and where to look for others.

use std::{
    ffi::OsStr,
    path::{Path, PathBuf},
};

use super::report::{Problem, plain};
use foretell::{ErrorKind, Model, Models};

/// The model in the file at `path`, which may take so many bytes of `memory`.
pub fn load(path: &Path, memory: u64) -> Result<Model, Problem> {
    Model::load_within(path, memory).map_err(|error| {
        // Other advice than on compressed files, which can be copied or recovered.
        let text = match error.kind() {
            ErrorKind::NotForetell | ErrorKind::MemoryLimit => error.to_string(),
            ErrorKind::Corrupt | ErrorKind::ChecksumMismatch | ErrorKind::Truncated => {
                format!("{error}; use another copy")
            }
            _ => plain(&error.into()),
        };
        Problem::error(path.display(), text)
    })
}

/// What decoding may use: the model that was `named`, and those in `folders` and in the one of the `environment`, where
/// an empty name is none.
pub fn at_hand(named: Option<&Model>, folders: Vec<PathBuf>, environment: Option<&OsStr>) -> Models {
    let from_environment = environment.filter(|folder| !folder.is_empty()).map(PathBuf::from);
    let models = folders.into_iter().chain(from_environment).fold(Models::new(), Models::folder);
    match named {
        Some(model) => models.with(model.clone()),
        None => models,
    }
}
