//! The models at hand, by their names.

use std::{
    fs,
    path::{Path, PathBuf},
    sync::{Arc, Mutex, PoisonError},
};

use super::{Model, read_id};
use crate::{Error, ErrorKind, Result, container::ModelId};

/// Models that decoding may need: some that are loaded, and folders in which others are looked for when they are
/// needed. Clones share what was loaded.
#[derive(Clone, Debug, Default)]
pub struct Models {
    loaded: Arc<Mutex<Vec<Model>>>,
    folders: Vec<PathBuf>,
}

impl Models {
    /// None.
    pub fn new() -> Self {
        Self::default()
    }

    /// One more that is loaded.
    pub fn with(self, model: Model) -> Self {
        self.remember(model);
        self
    }

    /// One more folder to look in: at the files in it, whatever their names, not at those in folders within.
    pub fn folder(mut self, path: impl Into<PathBuf>) -> Self {
        self.folders.push(path.into());
        self
    }

    /// The model of this name.
    ///
    /// # Errors
    /// [`ErrorKind::MissingModel`] if it is not at hand, or the error of loading it.
    pub fn find(&self, id: ModelId) -> Result<Model> {
        let loaded = self.loaded.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(model) = loaded.iter().find(|model| model.id() == id) {
            return Ok(model.clone());
        }
        let others: Vec<_> = loaded.iter().map(|model| model.id().to_string()).collect();
        drop(loaded);
        let mut files = self.folders.iter().filter_map(|folder| fs::read_dir(folder).ok()).flatten().flatten();
        match files.find(|file| has_id(&file.path(), id)) {
            Some(file) => {
                let load = Model::load(file.path());
                let model = load.map_err(|error| {
                    missing(format!("needs the trained model {id}; {}: {error}", file.path().display()))
                })?;
                self.remember(model.clone());
                Ok(model)
            }
            None if others.is_empty() => Err(missing(format!("needs the trained model {id}, which is not at hand"))),
            None => Err(missing(format!("needs the trained model {id}, not {}", others.join(" or ")))),
        }
    }

    fn remember(&self, model: Model) {
        self.loaded.lock().unwrap_or_else(PoisonError::into_inner).push(model);
    }
}

/// Whether the file at `path` is the model of this name.
fn has_id(path: &Path, id: ModelId) -> bool {
    path.is_file() && fs::File::open(path).is_ok_and(|mut file| read_id(&mut file).is_ok_and(|found| found == id))
}

fn missing(text: String) -> Error {
    Error::new(ErrorKind::MissingModel, text)
}
