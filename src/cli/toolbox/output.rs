//! A file to write, complete or not there at all.
//!
//! It is written under another name beside its place, and takes that when it is complete.

use std::{
    fs::{self, Permissions},
    io::{self, BufWriter, Write},
    os::unix::fs::PermissionsExt,
    path::{Path, PathBuf},
};

use anyhow::{Context, ensure};
use tempfile::NamedTempFile;

use super::inputs::printable;

/// Where something is to be written.
pub enum Output {
    /// Standard output.
    Stdout,
    /// A file.
    File(Target),
}

/// A file's place.
pub struct Target {
    path: PathBuf,
    /// What may be done with it, if a file is there already that may be replaced.
    replaced: Option<Permissions>,
}

impl Output {
    /// Standard output if `path` is `-`, else the file there, as of [`Target::new`].
    pub fn new(path: &Path, may_replace: impl FnOnce() -> anyhow::Result<()>) -> anyhow::Result<Self> {
        if path.as_os_str() == "-" { Ok(Self::Stdout) } else { Ok(Self::File(Target::new(path, may_replace)?)) }
    }

    /// Has `write` write all of it.
    ///
    /// # Errors
    /// Those of `write`, and of writing; then a file that was there before is as it was.
    pub fn write<T>(&self, write: impl FnOnce(&mut dyn Write) -> anyhow::Result<T>) -> anyhow::Result<T> {
        match self {
            Self::Stdout => {
                let mut out = BufWriter::new(io::stdout().lock());
                let done = write(&mut out)?;
                out.flush().context("standard output")?;
                Ok(done)
            }
            Self::File(target) => target.write(write),
        }
    }
}

impl Target {
    /// The place at `path`. `may_replace` is asked if there is a file already.
    ///
    /// # Errors
    /// No file can be made there, or one must not be replaced: to be known before hours of work.
    pub fn new(path: &Path, may_replace: impl FnOnce() -> anyhow::Result<()>) -> anyhow::Result<Self> {
        Self::at(path, may_replace).with_context(|| printable(path))
    }

    fn at(path: &Path, may_replace: impl FnOnce() -> anyhow::Result<()>) -> anyhow::Result<Self> {
        let target = match fs::metadata(path) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => Self { path: path.to_owned(), replaced: None },
            Err(error) => return Err(error.into()),
            Ok(meta) => {
                ensure!(meta.is_file(), "it exists and is no file");
                may_replace()?;
                // Of a link, the file that it leads to is replaced.
                Self { path: path.canonicalize()?, replaced: Some(meta.permissions()) }
            }
        };
        target.temporary()?;
        Ok(target)
    }

    /// Has `write` write the file.
    ///
    /// # Errors
    /// Those of `write`, and of writing; then what was there before is as it was.
    pub fn write<T>(&self, write: impl FnOnce(&mut dyn Write) -> anyhow::Result<T>) -> anyhow::Result<T> {
        let named = || printable(&self.path);
        let mut out = BufWriter::new(self.temporary().with_context(named)?);
        let done = write(&mut out)?;
        let temporary = out.into_inner().map_err(io::IntoInnerError::into_error).with_context(named)?;
        self.keep(temporary).with_context(named)?;
        Ok(done)
    }

    /// Gives the complete file its name.
    fn keep(&self, temporary: NamedTempFile) -> io::Result<()> {
        if let Some(permissions) = &self.replaced {
            temporary.as_file().set_permissions(permissions.clone())?;
        }
        temporary.as_file().sync_all()?;
        // What came there meanwhile nobody has said to replace.
        let moved = match self.replaced {
            Some(_) => temporary.persist(&self.path),
            None => temporary.persist_noclobber(&self.path),
        };
        moved.map(drop).map_err(|error| error.error)
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
