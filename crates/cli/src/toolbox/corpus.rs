//! `foretell corpus`: checks folders against the manifest.

pub mod manifest;

use std::{
    fs,
    path::{Path, PathBuf},
};

use anyhow::{Context, Result, bail};
use clap::Subcommand;

use super::output::print;
use manifest::{Entry, Verdict};

/// The commands of `foretell corpus`.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Check the files of a folder against the manifest (size and SHA-256)
    ///
    /// Prints a line for each file: `ok`, `size ok` where the manifest has no SHA-256, `absent`, or `DIFFERS`. Fails if
    /// a file differs, or if all are absent.
    Verify {
        /// The manifest to check against, instead of the project's
        #[arg(long, value_name = "FILE")]
        manifest: Option<PathBuf>,
        /// The folder that holds written/, calgary/, silesia/ and so on
        dir: PathBuf,
    },
}

/// Carries out the command; reports on standard output.
pub fn run(command: Command) -> Result<()> {
    match command {
        Command::Verify { manifest, dir } => verify(manifest.as_deref(), &dir),
    }
}

fn verify(manifest: Option<&Path>, dir: &Path) -> Result<()> {
    if !dir.is_dir() {
        bail!("{}: not a folder", dir.display());
    }
    let text = match manifest {
        Some(path) => fs::read_to_string(path).with_context(|| format!("cannot read {}", path.display()))?,
        None => manifest::PROJECT.into(),
    };
    let (mut present, mut different) = (0, 0);
    for entry in Entry::parse_all(&text)? {
        let verdict = entry.check(dir).with_context(|| format!("cannot read {}", dir.join(&entry.path).display()))?;
        present += u32::from(verdict != Verdict::Absent);
        different += u32::from(verdict == Verdict::Differs);
        print(&format!("{verdict:<8} {}\n", entry.path))?;
    }
    match (present, different) {
        (0, _) => bail!("{}: all files of the manifest are absent", dir.display()),
        (_, 0) => Ok(()),
        (_, 1) => bail!("1 file differs from the manifest"),
        (_, n) => bail!("{n} files differ from the manifest"),
    }
}
