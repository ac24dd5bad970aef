//! The command line of `foretell`: benchmarks, trained models, packs of records, explanations.
//!
//! ```text
//! bench, compare   files → matrix (each file × each codec, round trip verified) → table, JSON, CSV or picture
//! train, show      samples → a trained model, and what it saves
//! pack, get, unpack   a file of records ↔ a pack
//! explain          a file → what each byte and each field costs
//! ```
//! A file that fails is named on standard error and left out; the others go on, and the exit code is 1.

mod bench;
pub mod corpus;
mod explain;
mod inputs;
mod install_files;
mod levels;
mod model;
mod notes;
mod output;
mod pack;
mod table;

use std::process::ExitCode;

use clap::{CommandFactory, Parser, Subcommand};

use crate::common::{signals, stdio};
use bench::compare;
use model::{show, train};
use notes::Notes;
use output::print;

/// The toolbox of foretell: measure compression, train models, pack records, explain files.
///
/// foretell compresses with a neural network that learns while it reads; `fore` is the command that does it.
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
    Explain(explain::Args),
    /// Check a folder of test files against the project's manifest
    #[command(subcommand)]
    Corpus(corpus::Command),
    Pack(pack::PackArgs),
    Get(pack::GetArgs),
    Unpack(pack::UnpackArgs),
    InstallFiles(install_files::Args),
}

/// Runs `foretell` with the process's arguments: exit code 0, or 1 if anything went wrong. `fore` is the definition of
/// that command, for its manual page.
pub fn main(fore: &clap::Command) -> ExitCode {
    let cli = match Cli::try_parse() {
        Ok(cli) => cli,
        Err(answer) => return print_answer(&answer),
    };
    let mut notes = Notes::new();
    // Unfinished files are removed when a signal ends the process.
    if let Err(error) = signals::watch(|| {}) {
        notes.failure(&anyhow::Error::new(error).context("signals"));
        return ExitCode::FAILURE;
    }
    let done = match cli.command {
        Command::Compare(args) => compare::run(&args, &mut notes),
        Command::Bench(args) => bench::run(&args, &mut notes),
        Command::Train(args) => train::run(&args, &mut notes),
        Command::Show(args) => show::run(&args, &mut notes),
        Command::Explain(args) => explain::run(&args, &notes),
        Command::Corpus(command) => corpus::run(command),
        Command::Pack(args) => pack::pack(&args, &notes),
        Command::Get(args) => pack::get(&args),
        Command::Unpack(args) => pack::unpack(&args, &notes),
        Command::InstallFiles(args) => install_files::run(&args, fore, &Cli::command()),
    };
    if let Err(error) = done {
        notes.failure(&error);
    }
    ExitCode::from(u8::from(notes.any_failure()))
}

/// Prints clap's answer when it is not arguments: help or version, or an error in the arguments.
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
