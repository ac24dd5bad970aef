//! `fore`: files → `.fore` files and back, with the manners of gzip.
//!
//! ```text
//! argv → args (options) → plan (what to do) → run (files in their order) → exit code
//!                                              │
//!      walk: operands → files,  job: file → name of its output,  guard: may it be read, may that be written
//!      input ─► work ─► output,  outcome: what happens to the input,  report: problems
//! ```
//! Two rules come before all others: an input is removed only when its output is complete, in its place and on the
//! disk, and only if the input is still as it was read; and one bad file never stops the others.

mod args;
mod batch;
mod change;
mod copy;
mod crew;
mod decoding;
mod environment;
mod guard;
mod input;
mod job;
mod list;
mod live;
mod means;
mod mixed;
mod names;
mod newcomer;
mod outcome;
mod plan;
mod progress;
mod queue;
mod range;
mod recover;
mod run;
mod source;
mod walk;
mod work;

use std::{env, process::ExitCode, sync::Arc};

use clap::{CommandFactory, Parser};

use crate::common::report::Report;
use environment::Environment;
use plan::Plan;

/// The definition of the command's options.
pub fn command() -> clap::Command {
    args::Args::command()
}

/// Runs `fore` with the process's arguments. Exit codes: 0 all well, 1 an error, 2 a warning.
pub fn main() -> ExitCode {
    let args = match args::Args::try_parse_from(args::spell_levels(env::args_os())) {
        Ok(args) => args,
        Err(answer) => return args::print(&answer),
    };
    let mut report = Report::new(args.quiet);
    match Plan::new(args, &Environment::of_this_process(), &mut report) {
        Ok(plan) => run::run(&Arc::new(plan), &mut report),
        Err(problem) => report.add(problem),
    }
    report.exit_code()
}
