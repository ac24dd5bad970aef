//! Names of models → models, from memory or from folders.

use std::{
    fs, io,
    path::{Path, PathBuf},
    sync::{Arc, Mutex, PoisonError},
};

use super::Model;
use crate::{Error, ErrorKind, Result, container::ModelId};

/// The most files and folders that an error names as unusable.
const MOST_NAMED: usize = 3;

/// Models that decoding may need: loaded ones, and folders that are searched when another one is needed. Clones share
/// all loaded models.
///
/// ```
/// # use foretell::{Level, Trainer};
/// # let samples: Vec<_> = (0..60).map(|i| format!("id={} state={}", i * 37 % 101, ["open", "shut"][i % 2])).collect();
/// use foretell::{DecodeOptions, EncodeOptions, Models, compress, decompress_with};
/// let model = Trainer::new().level(Level::FASTEST).train(&samples, |_| {})?.model;
/// let coded = compress(b"id=7 state=open", &EncodeOptions::new().level(Level::FASTEST).model(model.clone()))?;
/// let options = DecodeOptions::new().models(Models::new().with(model));
/// assert_eq!(decompress_with(&coded, &options)?, b"id=7 state=open");
/// # Ok::<(), foretell::Error>(())
/// ```
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
    /// No models and no folders.
    pub fn new() -> Self {
        Self { loaded: Arc::default(), folders: Vec::new(), memory_limit: u64::MAX }
    }

    /// Adds a loaded model.
    pub fn with(self, model: Model) -> Self {
        self.remember(model);
        self
    }

    /// Adds a folder to search: all files in it, whatever their names, but no folders in it.
    pub fn folder(mut self, path: impl Into<PathBuf>) -> Self {
        self.folders.push(path.into());
        self
    }

    /// Loads no model from a folder that takes more than `bytes` of memory.
    pub fn memory_limit(mut self, bytes: u64) -> Self {
        self.memory_limit = bytes;
        self
    }

    /// The model with this name. Folders are searched in the order in which they were added, their files in the order
    /// of file names. A file that has the name but does not load is skipped.
    ///
    /// # Errors
    /// [`ErrorKind::MissingModel`] if no file has it, [`ErrorKind::MemoryLimit`] if it takes more memory than is
    /// allowed or the system has. Both name the files that could not be read.
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

    /// The model in the file at `path`, or `None` if the file is not the model with this name.
    fn load(&self, path: &Path, id: ModelId) -> Result<Option<Model>> {
        // Opening a pipe would wait for its writer.
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

/// The paths in a folder, in the order of names.
fn files(folder: &Path) -> io::Result<Vec<PathBuf>> {
    let mut files = fs::read_dir(folder)?.map(|entry| Ok(entry?.path())).collect::<io::Result<Vec<_>>>()?;
    files.sort();
    Ok(files)
}

/// The error for a model that is neither loaded, as the `others` are, nor in a file that can be read.
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
    // Files that have the name come first; they say more than files that cannot be read at all.
    failures.sort_by_key(|(_, error)| error.kind() == ErrorKind::Io);
    for (path, error) in failures.iter().take(MOST_NAMED) {
        text += &format!("; {}: {}", path.display(), error.cause());
    }
    Error::new(kind, text)
}
