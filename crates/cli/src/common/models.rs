//! Trained models: the one named on the command line, and the folders to look for others in.

use std::{
    ffi::OsStr,
    path::{Path, PathBuf},
};

use super::report::{Problem, plain};
use foretell::{ErrorKind, Model, Models};

/// The model in the file at `path`, which may take at most `memory` bytes.
pub fn load(path: &Path, memory: u64) -> Result<Model, Problem> {
    Model::load_within(path, memory).map_err(|error| {
        // Not the advice on compressed files: a model can be neither copied as plain data nor recovered.
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

/// The models that decoding may use: the one that was `named`, those in `folders`, and those in the folder that the
/// environment names; an empty name means none.
pub fn at_hand(named: Option<&Model>, folders: Vec<PathBuf>, environment: Option<&OsStr>) -> Models {
    let from_environment = environment.filter(|folder| !folder.is_empty()).map(PathBuf::from);
    let models = folders.into_iter().chain(from_environment).fold(Models::new(), Models::folder);
    match named {
        Some(model) => models.with(model.clone()),
        None => models,
    }
}
