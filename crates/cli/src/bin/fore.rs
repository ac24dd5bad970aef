//! `fore`: used like gzip.

foretell_cli::look_before_main!();

fn main() -> std::process::ExitCode {
    foretell_cli::fore::main()
}
