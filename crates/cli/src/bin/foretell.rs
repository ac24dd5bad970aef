//! `foretell`, the toolbox: benchmarks, trained models, packs of records.

foretell_cli::look_before_main!();

fn main() -> std::process::ExitCode {
    foretell_cli::toolbox::main(&foretell_cli::fore::command())
}
