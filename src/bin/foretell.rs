//! The toolbox: `foretell corpus`.

use clap::Parser;
use foretell::cli::corpus;

#[derive(Parser)]
#[command(version, about)]
enum Foretell {
    /// The project's own corpus, and the standard ones.
    #[command(subcommand)]
    Corpus(corpus::Command),
}

fn main() -> anyhow::Result<()> {
    let Foretell::Corpus(command) = Foretell::parse();
    corpus::run(command)
}
