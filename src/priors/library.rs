//! The models at hand, by their names.

use std::{
    fs, io,
    path::{Path, PathBuf},
    sync::{Arc, Mutex, PoisonError},
};

use super::Model;
use crate::{Error, ErrorKind, Result, container::ModelId};

/// So many files and folders that could not be used are told of.
const MOST_TOLD: usize = 3;

/// Models that decoding may need: some that are loaded, and folders in which others are looked for when they are
/// needed. Clones share what was loaded.
#[derive(Clone, Debug)]
pub struct Models {
    loaded: Arc<Mutex<Vec<Model>>>,
    folders: Vec<PathBuf>,
    memory_limit: u64,
}

impl Default for Models {
    fn default() -> Self {
        Self::new()
    }
}

impl Models {
    /// None.
    pub fn new() -> Self {
        Self { loaded: Arc::default(), folders: Vec::new(), memory_limit: u64::MAX }
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

    /// Loads no model from a folder that takes more than `bytes` of memory.
    pub fn memory_limit(mut self, bytes: u64) -> Self {
        self.memory_limit = bytes;
        self
    }

    /// The model of this name. Folders are searched in the order in which they were given, and the files of each in
    /// that of their names. A file that says that it is this model and does not load is passed over for the next.
    ///
    /// # Errors
    /// [`ErrorKind::MissingModel`] if it is not at hand, [`ErrorKind::MemoryLimit`] if it takes more than is allowed or
    /// the system has. Both tell what could not be read.
    pub fn find(&self, id: ModelId) -> Result<Model> {
        let loaded = self.loaded.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(model) = loaded.iter().find(|model| model.id() == id) {
            return Ok(model.clone());
        }
        let others: Vec<_> = loaded.iter().map(|model| model.id().to_string()).collect();
        drop(loaded);
        let mut failures = Vec::new();
        for folder in &self.folders {
            let files = files(folder).unwrap_or_else(|error| {
                failures.push((folder.clone(), error.into()));
                Vec::new()
            });
            for file in files {
                match self.load(&file, id) {
                    Ok(Some(model)) => {
                        self.remember(model.clone());
                        return Ok(model);
                    }
                    Ok(None) => {}
                    Err(error) => failures.push((file, error)),
                }
            }
        }
        Err(missing(id, &others, failures))
    }

    /// The model in the file at `path`, if that says that it is the one of this name.
    fn load(&self, path: &Path, id: ModelId) -> Result<Option<Model>> {
        // Opening what is no file may wait for somebody else.
        if !fs::metadata(path)?.is_file() {
            return Ok(None);
        }
        match Model::peek_id(fs::File::open(path)?) {
            Ok(found) if found == id => {}
            Err(error) if error.kind() == ErrorKind::Io => return Err(error),
            // Another model, or none that this version reads.
            _ => return Ok(None),
        }
        let model = Model::load_within(path, self.memory_limit)?;
        // The file may have been replaced since its name was read.
        Ok(Some(model).filter(|model| model.id() == id))
    }

    fn remember(&self, model: Model) {
        self.loaded.lock().unwrap_or_else(PoisonError::into_inner).push(model);
    }
}

/// What is in a folder, in the order of names.
fn files(folder: &Path) -> io::Result<Vec<PathBuf>> {
    let mut files = fs::read_dir(folder)?.map(|entry| Ok(entry?.path())).collect::<io::Result<Vec<_>>>()?;
    files.sort();
    Ok(files)
}

/// The error for a model that is not among those that are loaded, the `others`, nor in a file that can be read.
fn missing(id: ModelId, others: &[String], mut failures: Vec<(PathBuf, Error)>) -> Error {
    let mut text = format!("needs the trained model {id}");
    match others {
        [] => text += ", which is not at hand",
        others => text += &format!(", not {}", others.join(" or ")),
    }
    let too_large = |error: &Error| error.kind() == ErrorKind::MemoryLimit;
    let kind = if failures.iter().any(|(_, error)| too_large(error)) {
        ErrorKind::MemoryLimit
    } else {
        ErrorKind::MissingModel
    };
    // What says that it is the model tells more than what cannot be read at all.
    failures.sort_by_key(|(_, error)| error.kind() == ErrorKind::Io);
    for (path, error) in failures.iter().take(MOST_TOLD) {
        text += &format!("; {}: {}", path.display(), error.cause());
    }
    Error::new(kind, text)
}
