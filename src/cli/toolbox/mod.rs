//! The command line of `foretell`: files in, figures about how they compress out.
//!
//! ```text
//! arguments → inputs → survey (each file × each codec, round trip verified) → table, JSON, CSV or picture
//! ```
//! A file that fails is named on standard error and left out; the others go on, and the exit code is 1.

mod ablate;
mod bench;
mod block_sizes;
mod codec;
mod compare;
mod curve;
mod export;
mod inputs;
mod install_files;
mod levels;
mod neural_sizes;
mod notes;
mod peers;
mod plot;
mod sample;
mod survey;
mod table;

use std::{
    io::{self, Write},
    process::ExitCode,
};

use clap::{Parser, Subcommand};

use super::corpus;
use notes::Notes;

/// Measure what a neural network that learns as it goes earns over Huffman coding and other compressors.
#[derive(Parser)]
#[command(name = "foretell", version)]
struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    Compare(compare::Args),
    Bench(bench::Args),
    /// Regenerate the project's corpus, or check a folder of corpora against the manifest.
    #[command(subcommand)]
    Corpus(corpus::Command),
    InstallFiles(install_files::Args),
}

/// Runs `foretell` with the process's arguments: exit code 0, or 1 if anything went wrong.
pub fn main() -> ExitCode {
    let cli = match Cli::try_parse() {
        Ok(cli) => cli,
        Err(message) => {
            let failed = message.print().is_err() || message.use_stderr();
            return ExitCode::from(u8::from(failed));
        }
    };
    let mut notes = Notes::new();
    let done = match cli.command {
        Command::Compare(args) => compare::run(&args, &mut notes),
        Command::Bench(args) => bench::run(&args, &mut notes),
        Command::Corpus(command) => corpus::run(command),
        Command::InstallFiles(args) => install_files::run(&args),
    };
    if let Err(error) = done {
        notes.failure(&error);
    }
    ExitCode::from(u8::from(notes.any_failure()))
}

/// Writes a whole report to standard output. A reader that has seen enough and left is no error.
fn print(report: &str) -> anyhow::Result<()> {
    let mut out = io::stdout().lock();
    match out.write_all(report.as_bytes()).and_then(|()| out.flush()) {
        Err(error) if error.kind() != io::ErrorKind::BrokenPipe => {
            Err(anyhow::Error::new(error).context("standard output"))
        }
        _ => Ok(()),
    }
}
