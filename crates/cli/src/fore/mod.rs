//! `fore`: files → `.fore` files and back, with the manners of gzip.
//!
//! ```text
//! argv → args (what was typed) → plan (what to do) → run (file after file) → exit code
//!                                                      │
//!           walk: operands → files,  input ─► work ─► output,  report: what went wrong
//! ```
//! Two rules stand above all: an input is removed only when its output is complete, in place and on the disk, and only if
//! it is still what was read; and one bad file never stops the others.

mod args;
mod attributes;
mod batch;
mod change;
pub(super) mod folder;
mod holes;
pub(super) mod input;
mod list;
mod mixed;
pub(super) mod models;
mod names;
pub(super) mod output;
mod plan;
mod progress;
mod range;
mod recover;
pub(super) mod report;
mod run;
pub(super) mod signals;
mod source;
mod temporary;
pub(super) mod values;
mod walk;
mod work;

use std::{env, process::ExitCode};

use clap::{CommandFactory, Parser};

use plan::{Environment, Plan};
use report::Report;

/// The definition of its options.
pub fn command() -> clap::Command {
    args::Args::command()
}

/// Runs the command `fore` on this process's arguments. Exit codes: 0 all well, 1 an error, 2 a warning.
pub fn main() -> ExitCode {
    let args = match args::Args::try_parse_from(args::spell_levels(env::args_os())) {
        Ok(args) => args,
        Err(answer) => return args::print(&answer),
    };
    let mut report = Report::new(args.quiet);
    match Plan::new(args, &Environment::of_this_process(), &mut report) {
        Ok(plan) => run::run(&plan, &mut report),
        Err(problem) => report.add(problem),
    }
    report.exit_code()
}
