//! `foretell`, the toolbox: measures what the network earns.

fn main() -> std::process::ExitCode {
    foretell::cli::toolbox::main()
}
