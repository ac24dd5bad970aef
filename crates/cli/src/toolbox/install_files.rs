//! The definitions of both commands' options → their manual pages and shell completions.

use std::{
    fs,
    path::{Path, PathBuf},
};

use anyhow::{Context, Result};
use clap::Command;
use clap_complete::Shell;

/// The other names of `fore`.
const LINKS: [&str; 2] = ["unfore", "forecat"];

/// Write manual pages and shell completions below PREFIX/share, where packages have them
#[derive(clap::Args)]
pub struct Args {
    /// Such as /usr/local
    #[arg(value_name = "PREFIX")]
    prefix: PathBuf,
}

/// Writes all files for the commands `fore` and `foretell`.
pub fn run(args: &Args, fore: &Command, foretell: &Command) -> Result<()> {
    let share = args.prefix.join("share");
    write_manuals(&folder(&share, "man/man1")?, [fore, foretell])?;
    for (shell, place) in [
        (Shell::Bash, "bash-completion/completions"),
        (Shell::Zsh, "zsh/site-functions"),
        (Shell::Fish, "fish/vendor_completions.d"),
    ] {
        let place = folder(&share, place)?;
        let fores = ["fore"].into_iter().chain(LINKS).map(|name| (name, fore));
        for (name, command) in fores.chain([("foretell", foretell)]) {
            let path = clap_complete::generate_to(shell, &mut command.clone(), name, &place);
            path.with_context(|| format!("{}: cannot write the completions of {name}", place.display()))?;
        }
    }
    Ok(())
}

/// A page for each command and each subcommand; the page of a link refers to that of its target.
fn write_manuals(folder: &Path, commands: [&Command; 2]) -> Result<()> {
    for command in commands {
        clap_mangen::generate_to(command.clone(), folder).with_context(|| folder.display().to_string())?;
    }
    for link in LINKS {
        let path = folder.join(format!("{link}.1"));
        fs::write(&path, ".so man1/fore.1\n").with_context(|| path.display().to_string())?;
    }
    Ok(())
}

/// The folder `place` below `share`, made if it does not exist.
fn folder(share: &Path, place: &str) -> Result<PathBuf> {
    let folder = share.join(place);
    fs::create_dir_all(&folder).with_context(|| folder.display().to_string())?;
    Ok(folder)
}
