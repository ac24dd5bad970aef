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
pub mod corpus;
mod curve;
mod dictionary;
mod export;
mod inputs;
mod install_files;
mod levels;
mod neural_sizes;
mod notes;
mod output;
mod pack;
mod peers;
mod plot;
mod sample;
mod samples;
mod show;
mod survey;
mod table;
mod train;

use std::process::ExitCode;

use anyhow::Context;
use clap::{Parser, Subcommand};

use crate::{common::stdio, fore::signals};
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
    Train(train::Args),
    Show(show::Args),
    /// Regenerate the project's corpus, or check a folder of corpora against the manifest.
    #[command(subcommand)]
    Corpus(corpus::Command),
    Pack(pack::PackArgs),
    Get(pack::GetArgs),
    Unpack(pack::UnpackArgs),
    InstallFiles(install_files::Args),
}

/// Runs `foretell` with the process's arguments: exit code 0, or 1 if anything went wrong.
pub fn main() -> ExitCode {
    let cli = match Cli::try_parse() {
        Ok(cli) => cli,
        Err(answer) => return print_answer(&answer),
    };
    let mut notes = Notes::new();
    // Unfinished files go when a signal ends the process.
    if let Err(error) = signals::watch() {
        notes.failure(&anyhow::Error::new(error).context("signals"));
        return ExitCode::FAILURE;
    }
    let done = match cli.command {
        Command::Compare(args) => compare::run(&args, &mut notes),
        Command::Bench(args) => bench::run(&args, &mut notes),
        Command::Train(args) => train::run(&args, &mut notes),
        Command::Show(args) => show::run(&args, &mut notes),
        Command::Corpus(command) => corpus::run(command),
        Command::Pack(args) => pack::pack(&args, &notes),
        Command::Get(args) => pack::get(&args),
        Command::Unpack(args) => pack::unpack(&args, &notes),
        Command::InstallFiles(args) => install_files::run(&args),
    };
    if let Err(error) = done {
        notes.failure(&error);
    }
    ExitCode::from(u8::from(notes.any_failure()))
}

/// Prints what clap answers instead of arguments: help or version, or what is wrong with the arguments.
fn print_answer(answer: &clap::Error) -> ExitCode {
    let text = answer.render().to_string();
    if answer.use_stderr() {
        stdio::say(&text);
        return ExitCode::FAILURE;
    }
    match print(&text) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            Notes::new().failure(&error);
            ExitCode::FAILURE
        }
    }
}

/// Writes a whole report to standard output.
pub(super) fn print(report: &str) -> anyhow::Result<()> {
    print_bytes(report.as_bytes())
}

/// As [`print`], of bytes.
fn print_bytes(bytes: &[u8]) -> anyhow::Result<()> {
    stdio::print(bytes).context("standard output")
}
