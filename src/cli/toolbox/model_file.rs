//! A model → its file, complete or not there at all.
//!
//! It is written under another name beside its place, and takes that when it is complete.

use std::{
    fs::{self, File, Permissions},
    io::{self, Write},
    os::unix::fs::PermissionsExt,
    path::{Path, PathBuf},
};

use anyhow::{Context, ensure};
use tempfile::NamedTempFile;

use super::inputs::printable;
use crate::{ErrorKind, trained::read_id};

/// Where a model is to stand.
pub struct Target {
    path: PathBuf,
    /// What may be done with it, if a file is there already that may be replaced.
    replaced: Option<Permissions>,
}

impl Target {
    /// The place at `path`. A file there is replaced if it is a model; or, if `force`, whatever it is.
    ///
    /// # Errors
    /// No file can be made there, or one must not be replaced: to be known before hours of training.
    pub fn new(path: &Path, force: bool) -> anyhow::Result<Self> {
        Self::at(path, force).with_context(|| printable(path))
    }

    fn at(path: &Path, force: bool) -> anyhow::Result<Self> {
        let target = match fs::metadata(path) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => Self { path: path.to_owned(), replaced: None },
            Err(error) => return Err(error.into()),
            Ok(meta) => {
                ensure!(meta.is_file(), "it exists and is no file: a model cannot stand there");
                ensure!(force || is_model(path)?, "it exists and is no model; -f replaces it");
                // Of a link, the file that it leads to is replaced.
                Self { path: path.canonicalize()?, replaced: Some(meta.permissions()) }
            }
        };
        target.temporary()?;
        Ok(target)
    }

    /// Writes the model's file.
    ///
    /// # Errors
    /// What writing it gives; then what was there before is as it was.
    pub fn write(&self, file: &[u8]) -> anyhow::Result<()> {
        let write = || {
            let mut temporary = self.temporary()?;
            temporary.write_all(file)?;
            if let Some(permissions) = &self.replaced {
                temporary.as_file().set_permissions(permissions.clone())?;
            }
            temporary.as_file().sync_all()?;
            // What came there meanwhile is not known to be a model.
            let moved = match self.replaced {
                Some(_) => temporary.persist(&self.path),
                None => temporary.persist_noclobber(&self.path),
            };
            moved.map_err(|error| error.error)
        };
        write().map(drop).with_context(|| printable(&self.path))
    }

    fn temporary(&self) -> io::Result<NamedTempFile> {
        let folder = self.path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
        // As any new file has them: less what the umask takes away.
        let permissions = Permissions::from_mode(0o666);
        let temporary = tempfile::Builder::new().prefix(".foretell-").permissions(permissions).tempfile_in(folder);
        // The temporary name is nothing that a user knows.
        temporary.map_err(|error| io::Error::new(error.kind(), format!("cannot create it: {}", error.kind())))
    }
}

/// Whether the file begins like a model, be it of another version or damaged.
fn is_model(path: &Path) -> io::Result<bool> {
    let id = read_id(&mut File::open(path)?);
    Ok(id.map_or_else(|error| error.kind() != ErrorKind::NotForetell, |_| true))
}
