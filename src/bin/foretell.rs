//! The toolbox: `foretell corpus`.

use std::process::ExitCode;

use clap::Parser;
use foretell::cli::corpus;

#[derive(Parser)]
#[command(version, about)]
enum Foretell {
    /// The project's own corpus, and the standard ones.
    #[command(subcommand)]
    Corpus(corpus::Command),
}

fn main() -> ExitCode {
    let Foretell::Corpus(command) = Foretell::parse();
    match corpus::run(command) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("foretell: {error:#}");
            ExitCode::FAILURE
        }
    }
}
