//! `lab`: see docs/LAB.md.

use std::{path::PathBuf, process::ExitCode, time::Duration};

use anyhow::{anyhow, bail};
use clap::{Parser, Subcommand};
use foretell::Level;
use foretell_lab::{compare, content::Choice, dump, price, side, tune};

/// The laboratory of foretell's model. Tables are Markdown, for docs/EXPERIMENTS.md.
#[derive(Parser)]
#[command(name = "lab")]
struct Arguments {
    #[command(subcommand)]
    work: Work,
    /// The level, 1 to 9
    #[arg(long, short, global = true, default_value_t = 6)]
    level: u8,
    /// Start from the built-in prior, as `fore` does
    #[arg(long, global = true)]
    prior: bool,
    /// Give a constant another value first; can be given again
    #[arg(long, global = true, value_name = "NAME=VALUE")]
    with: Vec<String>,
}

#[derive(Subcommand)]
enum Work {
    /// What files cost, as coded and by each expert alone
    Price {
        #[command(flatten)]
        choice: Choice,
        #[command(flatten)]
        detail: price::Detail,
    },
    /// Write what the mixers see of each nibble
    Dump {
        /// The content
        file: PathBuf,
        /// Where to write it; crates/lab/src/dump.rs says in which form
        out: PathBuf,
    },
    /// What another program's input would gain
    Side {
        /// The content
        file: PathBuf,
        /// What the input says of each nibble; crates/lab/src/side.rs says in which form
        side: PathBuf,
    },
    /// Sizes and CPU seconds of builds of `fore`, side by side
    Compare {
        /// A build; given again, another one, which is compared to the first
        #[arg(long, required = true)]
        build: Vec<PathBuf>,
        /// No rows of single files
        #[arg(long)]
        kinds: bool,
        #[command(flatten)]
        choice: Choice,
    },
    /// Search for better constants
    Tune {
        /// Only constants whose names begin like this; can be given again
        #[arg(long, value_name = "NAME")]
        only: Vec<String>,
        /// List the constants, and search nothing
        #[arg(long)]
        names: bool,
        /// How long to search
        #[arg(long, default_value_t = 600)]
        seconds: u64,
        #[command(flatten)]
        choice: Choice,
    },
}

fn main() -> ExitCode {
    match run(Arguments::parse()) {
        Ok(text) => {
            print!("{text}");
            ExitCode::SUCCESS
        }
        Err(error) => {
            eprintln!("lab: {error:#}");
            ExitCode::FAILURE
        }
    }
}

fn run(Arguments { work, level, prior, with }: Arguments) -> anyhow::Result<String> {
    let level = Level::new(level).ok_or_else(|| anyhow!("{level} is no level"))?;
    for assignment in &with {
        tune::assign(level, prior, assignment)?;
    }
    let one = |file: PathBuf| Choice { files: vec![file], ..Choice::default() }.read();
    match work {
        Work::Price { choice, detail } => price::report(&choice.read()?, level, prior, &detail),
        Work::Dump { file, out } => {
            let record = dump::write(&one(file)?[0].bytes, level, prior, &out)?;
            Ok(format!("{}: {record} bytes a nibble\n", out.display()))
        }
        Work::Side { .. } if prior => bail!("the built-in prior has no weights for another input"),
        Work::Side { file, side } => side::report(&one(file)?[0], &side, level),
        Work::Compare { choice, .. } if choice.first.is_some() => {
            bail!("`fore` compresses whole files: leave out --first")
        }
        Work::Compare { build, kinds, choice } => compare::report(&choice.read()?, level, prior, &build, kinds),
        Work::Tune { only, names: true, .. } => tune::names(level, prior, &only),
        Work::Tune { only, seconds, choice, .. } => {
            let budget = Duration::from_secs(seconds);
            tune::report(&choice.read()?, &tune::Search { level, prior, prefixes: only, budget })
        }
    }
}
