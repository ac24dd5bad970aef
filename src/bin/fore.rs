//! `fore`: used like gzip.

use std::process::ExitCode;

fn main() -> ExitCode {
    foretell::cli::fore::main()
}
