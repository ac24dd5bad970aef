//! The command line: flags and operands as typed. `plan` decides what they mean together.

use std::{ffi::OsString, path::PathBuf, process::ExitCode, sync::LazyLock};

use clap::{ArgAction, Parser, builder::PossibleValuesParser, error::ErrorKind};

use crate::common::{
    platform::os_str,
    report::{plain, say},
    stdio,
    values::{Range, parse_level, parse_range, parse_size, parse_threads},
};
use foretell::{FORMAT_VERSION, Level, MODEL_VERSION, Method};

const OPERATION: &str = "Operation";
const OUTPUT: &str = "Output";
const COMPRESSION: &str = "Compression";
const SAFETY: &str = "Safety and resources";
const MESSAGES: &str = "Messages";

const AFTER_HELP: &str = "\
With no FILE, or when FILE is -, fore reads standard input and writes standard output.
Each FILE becomes FILE.fore (or back), and is removed once that is complete and on the disk.
A FILE that another program writes to in the meantime is kept, with a warning.
Environment: FORE_LEVEL and FORE_THREADS are the defaults of --level and -T;
FORETELL_MODELS is one more folder of --models.
The output gets the mode, times, access control list and user attributes of FILE, and its owner if
that is permitted.
Exit code: 0 all well, 1 an error, 2 a warning (a file was skipped or kept).";

/// Compress files with a neural network that learns while it reads
#[derive(Debug, Parser)]
#[command(name = "fore", version = version(), after_help = AFTER_HELP, max_term_width = 100)]
#[command(disable_help_flag = true, disable_version_flag = true, args_override_self = true)]
pub struct Args {
    /// Files to work on
    #[arg(value_name = "FILE")]
    pub files: Vec<PathBuf>,

    /// Decompress
    #[arg(short, long, help_heading = OPERATION, overrides_with = "compress")]
    pub decompress: bool,
    /// Compress (the default)
    #[arg(short = 'z', long, help_heading = OPERATION, overrides_with = "decompress")]
    pub compress: bool,
    /// Check compressed files to the end, and name damaged blocks
    #[arg(short, long, help_heading = OPERATION)]
    pub test: bool,
    /// With -d: write the good blocks of damaged files, zeros for the others
    #[arg(long, help_heading = OPERATION)]
    pub recover: bool,
    /// With --recover: also write what damaged parts decode to, unchecked
    #[arg(long, help_heading = OPERATION, requires = "recover")]
    pub unverified: bool,
    /// With -dc: read on while FILE grows, up to the end of its frame
    #[arg(long, help_heading = OPERATION)]
    pub follow: bool,
    /// With -dc: decompress only this part of the content (bytes, K, M or G)
    #[arg(long, value_name = "OFFSET:LENGTH", help_heading = OPERATION, value_parser = parse_range)]
    pub range: Option<Range>,
    /// List sizes of compressed files; with -v, also methods and levels
    #[arg(short, long, help_heading = OPERATION)]
    pub list: bool,
    /// List as JSON
    #[arg(long, help_heading = OPERATION, requires = "list")]
    pub json: bool,
    /// Work on all files in directories and their subdirectories
    #[arg(short, long, help_heading = OPERATION)]
    pub recursive: bool,

    /// Write to standard output, keep the input
    #[arg(short = 'c', long, help_heading = OUTPUT, conflicts_with = "output")]
    pub stdout: bool,
    /// Write to FILE, keep the input
    #[arg(short, long, value_name = "FILE", help_heading = OUTPUT, conflicts_with_all = ["test", "list"])]
    pub output: Option<PathBuf>,
    /// Use this suffix instead of .fore
    #[arg(short = 'S', long, value_name = "SUFFIX", help_heading = OUTPUT)]
    pub suffix: Option<OsString>,
    /// Keep the input
    #[arg(short, long, help_heading = OUTPUT, overrides_with = "rm")]
    pub keep: bool,
    /// Remove the input (the default), also with -o
    #[arg(long, help_heading = OUTPUT, overrides_with = "keep")]
    pub rm: bool,
    /// Overwrite, follow links, use terminals; with -dc, copy plain data
    #[arg(short, long, help_heading = OUTPUT)]
    pub force: bool,

    /// Level 1 (fastest) to 9 (smallest), default 6; short form -1 … -9
    #[arg(long, value_name = "N", help_heading = COMPRESSION, value_parser = parse_level)]
    #[arg(overrides_with_all = ["fast", "best"])]
    pub level: Option<Level>,
    /// Same as -1
    #[arg(long, help_heading = COMPRESSION, overrides_with_all = ["level", "best"])]
    pub fast: bool,
    /// Same as -9
    #[arg(long, help_heading = COMPRESSION, overrides_with_all = ["level", "fast"])]
    pub best: bool,
    /// How to code blocks: neural (the default), huffman, copy or store
    #[arg(long, value_name = "METHOD", help_heading = COMPRESSION, default_value = "neural", value_parser = methods(), hide_default_value = true, hide_possible_values = true)]
    pub method: String,
    /// Use the trained model in file MODEL as prior; decompressing needs it too
    #[arg(short = 'D', long, value_name = "MODEL", help_heading = COMPRESSION)]
    pub model: Option<PathBuf>,
    /// Decompressing: look in DIR for the models that files need
    #[arg(long, value_name = "DIR", help_heading = COMPRESSION)]
    pub models: Vec<PathBuf>,
    /// Do not use the built-in prior, which helps short files
    #[arg(long, help_heading = COMPRESSION)]
    pub no_prior: bool,
    /// New block every SIZE bytes, 64K to 32M: less memory, larger output
    #[arg(long, value_name = "SIZE", help_heading = COMPRESSION, value_parser = parse_size)]
    pub block_size: Option<u64>,
    /// Find long repeats up to SIZE back, at most 2G, not 256M
    #[arg(long, value_name = "SIZE", help_heading = COMPRESSION, value_parser = parse_size)]
    pub window: Option<u64>,

    /// Compressing a pipe: write what came within MS milliseconds
    #[arg(long, value_name = "MS", help_heading = COMPRESSION)]
    pub flush_timeout: Option<u32>,

    /// Decode the output and compare it with the input, before that is removed
    #[arg(long, help_heading = SAFETY)]
    pub verify: bool,
    /// Sync the output to the disk even if the input is kept
    #[arg(long, help_heading = SAFETY, overrides_with = "no_sync")]
    pub synchronous: bool,
    /// Do not sync the output before the input is removed
    #[arg(long, help_heading = SAFETY, overrides_with = "synchronous")]
    pub no_sync: bool,
    /// Use N threads, one block or file each; 0, the default: one per core
    #[arg(short = 'T', long, value_name = "N", help_heading = SAFETY, value_parser = parse_threads)]
    pub threads: Option<u16>,
    /// Memory limit: use fewer threads to stay within it, else refuse
    #[arg(short = 'M', long, value_name = "SIZE", help_heading = SAFETY, value_parser = parse_size)]
    pub memlimit: Option<u64>,
    /// Leave holes for zeros on standard output too, not only in files
    #[arg(long, help_heading = SAFETY, overrides_with = "no_sparse")]
    pub sparse: bool,
    /// Leave no holes for zeros
    #[arg(long, help_heading = SAFETY, overrides_with = "sparse")]
    pub no_sparse: bool,
    /// Store no name and no time (always so; accepted as in gzip)
    #[arg(short, long, help_heading = SAFETY, overrides_with = "name")]
    pub no_name: bool,
    /// Accepted with a notice: names and times are never stored
    #[arg(short = 'N', long, help_heading = SAFETY, overrides_with = "no_name")]
    pub name: bool,

    /// Print a line for each file: sizes and memory used
    #[arg(short, long, help_heading = MESSAGES, action = ArgAction::Count)]
    pub verbose: u8,
    /// No warnings; twice: no errors either
    #[arg(short, long, help_heading = MESSAGES, action = ArgAction::Count)]
    pub quiet: u8,
    /// Show progress even if standard error is no terminal
    #[arg(long, help_heading = MESSAGES, overrides_with = "no_progress")]
    pub progress: bool,
    /// Show no progress
    #[arg(long, help_heading = MESSAGES, overrides_with = "progress")]
    pub no_progress: bool,
    /// Print this help
    #[arg(short, long, help_heading = MESSAGES, action = ArgAction::Help)]
    help: Option<bool>,
    /// Print the versions of the program, the format and the model
    #[arg(short = 'V', long, help_heading = MESSAGES, action = ArgAction::Version)]
    version: Option<bool>,
}

fn version() -> &'static str {
    static TEXT: LazyLock<String> =
        LazyLock::new(|| format!("{} (format {FORMAT_VERSION}, model {MODEL_VERSION})", env!("CARGO_PKG_VERSION")));
    &TEXT
}

fn methods() -> PossibleValuesParser {
    Method::all().map(Method::name).collect::<Vec<_>>().into()
}

/// Short options that take a value: the characters after them are not more options.
const WITH_VALUE: &[u8] = b"oSDTM";

/// Spells levels out for clap: `-9kf` → `--level=9 -kf`. All digits of a run count, so that `-99` is a level
/// out of range and not -9 twice.
pub fn spell_levels(args: impl IntoIterator<Item = OsString>) -> Vec<OsString> {
    let mut args = args.into_iter();
    let mut out: Vec<OsString> = args.next().into_iter().collect();
    while let Some(arg) = args.next() {
        match arg.as_encoded_bytes() {
            b"--" => {
                out.push(arg);
                out.extend(args);
                return out;
            }
            [b'-', first, ..] if *first != b'-' => {
                if spell_cluster(&arg.as_encoded_bytes()[1..], &mut out) {
                    out.extend(args.next());
                }
            }
            _ => out.push(arg),
        }
    }
    out
}

/// Appends one cluster of short options; says whether the next argument is the last one's value.
fn spell_cluster(cluster: &[u8], out: &mut Vec<OsString>) -> bool {
    let options = cluster.iter().position(|c| WITH_VALUE.contains(c)).unwrap_or(cluster.len());
    let (options, valued) = cluster.split_at(options);
    for digits in options.split(|c| !c.is_ascii_digit()).filter(|run| !run.is_empty()) {
        out.push(format!("--level={}", String::from_utf8_lossy(digits)).into());
    }
    let letters = options.iter().copied().filter(|c| !c.is_ascii_digit());
    let rest: Vec<u8> = b"-".iter().copied().chain(letters).chain(valued.iter().copied()).collect();
    if rest.len() > 1 {
        out.push(os_str(&rest).to_owned());
    }
    valued.len() == 1
}

/// Prints clap's answer when it is not arguments: help or version on standard output (exit code 0), or an error in the
/// arguments on standard error (exit code 1; clap's own 2 means a warning here).
pub fn print(answer: &clap::Error) -> ExitCode {
    let text = answer.render().to_string();
    if matches!(answer.kind(), ErrorKind::DisplayHelp | ErrorKind::DisplayVersion) {
        return match stdio::print(text.as_bytes()) {
            Ok(()) => ExitCode::SUCCESS,
            Err(error) => {
                say(&format!("fore: stdout: {}", plain(&error)));
                ExitCode::FAILURE
            }
        };
    }
    say(&format!("fore: {}; try 'fore --help'", in_one_line(&text)));
    ExitCode::FAILURE
}

/// Clap's error and its tip if it has one, without its hints at usage and help.
fn in_one_line(text: &str) -> String {
    let hint = |paragraph: &&str| !paragraph.starts_with("Usage:") && !paragraph.starts_with("For more information");
    let words = |paragraph: &str| paragraph.split_whitespace().collect::<Vec<_>>().join(" ");
    text.trim_start_matches("error: ").split("\n\n").filter(hint).map(words).collect::<Vec<_>>().join("; ")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn spelled(args: &str) -> String {
        let args = args.split(' ').map(OsString::from);
        spell_levels(args).join(" ".as_ref()).into_string().unwrap()
    }

    #[test]
    fn clap_accepts_the_definition() {
        use clap::CommandFactory;
        Args::command().debug_assert();
    }

    #[test]
    fn the_short_options_with_a_value_are_those_of_the_definition() {
        use clap::CommandFactory;
        let command = Args::command();
        let with_value = command.get_arguments().filter(|arg| arg.get_action().takes_values());
        let mut letters: Vec<char> = with_value.filter_map(clap::Arg::get_short).collect();
        let mut spelled: Vec<char> = WITH_VALUE.iter().copied().map(char::from).collect();
        letters.sort_unstable();
        spelled.sort_unstable();
        assert_eq!(letters, spelled);
    }

    #[test]
    fn levels_are_spelled_out_anywhere_in_a_cluster() {
        assert_eq!(spelled("fore -9 f"), "fore --level=9 f");
        assert_eq!(spelled("fore -9kf -kfv3"), "fore --level=9 -kf --level=3 -kfv");
        assert_eq!(spelled("fore -99 -5000000000"), "fore --level=99 --level=5000000000");
    }

    #[test]
    fn digits_that_are_not_levels_stay() {
        for args in [
            "fore -- -9",
            "fore -S9 f",
            "fore -S -9",
            "fore -D9 -D -9",
            "fore -T4 f",
            "fore -kT 4 f",
            "fore -kM64K f9",
            "fore --level=3 - 9",
        ] {
            assert_eq!(spelled(args), args);
        }
    }
}
