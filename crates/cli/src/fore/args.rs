//! What was typed: flags and operands. Nothing is decided here; that is `plan`'s affair.

use std::{
    ffi::OsString,
    os::unix::ffi::{OsStrExt, OsStringExt},
    path::PathBuf,
    process::ExitCode,
    sync::LazyLock,
};

use clap::{ArgAction, Parser, builder::PossibleValuesParser, error::ErrorKind};

use super::{
    range::Range,
    report::{plain, say},
    values::{parse_level, parse_range, parse_size, parse_threads},
};
use crate::common::stdio;
use foretell::{
    Method,
    unstable::{container::header::FORMAT_VERSION, model},
};

const DO: &str = "What to do";
const WHERE: &str = "Where it goes";
const HOW: &str = "How to compress";
const CARE: &str = "With what care";
const SAY: &str = "What to say";

const AFTER_HELP: &str = "\
With no FILE, or when FILE is -, standard input is read and standard output written.
Each FILE becomes FILE.fore (or back), and is removed once that is complete and on the disk.
A FILE that somebody writes to meanwhile is kept, with a warning.
FORE_LEVEL and FORE_THREADS in the environment stand for a level and a -T that are not given,
and FORETELL_MODELS is one more folder of --models.
Mode, time, access control list and user attributes go along, and the owner as far as one may.
Exit code: 0 all well, 1 an error, 2 a warning (a file was skipped or kept).";

/// Compress files by a neural network that learns as it goes
#[derive(Debug, Parser)]
#[command(name = "fore", version = version(), after_help = AFTER_HELP, max_term_width = 100)]
#[command(disable_help_flag = true, disable_version_flag = true, args_override_self = true)]
pub struct Args {
    /// Files to work on
    #[arg(value_name = "FILE")]
    pub files: Vec<PathBuf>,

    /// Decompress
    #[arg(short, long, help_heading = DO, overrides_with = "compress")]
    pub decompress: bool,
    /// Compress (the default)
    #[arg(short = 'z', long, help_heading = DO, overrides_with = "decompress")]
    pub compress: bool,
    /// Check that compressed files are whole, and name bad blocks
    #[arg(short, long, help_heading = DO)]
    pub test: bool,
    /// With -d: write what is good of damaged files, zeros for bad blocks
    #[arg(long, help_heading = DO)]
    pub recover: bool,
    /// With -dc: only this part of the content, in bytes, K, M or G
    #[arg(long, value_name = "OFFSET:LENGTH", help_heading = DO, value_parser = parse_range)]
    pub range: Option<Range>,
    /// Tell the sizes of compressed files; with -v, also how they were made
    #[arg(short, long, help_heading = DO)]
    pub list: bool,
    /// List as JSON
    #[arg(long, help_heading = DO, requires = "list")]
    pub json: bool,
    /// Work on all files in directories, and in those within
    #[arg(short, long, help_heading = DO)]
    pub recursive: bool,

    /// Write to standard output, keep the input
    #[arg(short = 'c', long, help_heading = WHERE, conflicts_with = "output")]
    pub stdout: bool,
    /// Write to FILE, keep the input
    #[arg(short, long, value_name = "FILE", help_heading = WHERE, conflicts_with_all = ["test", "list"])]
    pub output: Option<PathBuf>,
    /// Use this suffix instead of .fore
    #[arg(short = 'S', long, value_name = "SUFFIX", help_heading = WHERE)]
    pub suffix: Option<OsString>,
    /// Keep the input
    #[arg(short, long, help_heading = WHERE, overrides_with = "rm")]
    pub keep: bool,
    /// Remove the input (the default), also with -o
    #[arg(long, help_heading = WHERE, overrides_with = "keep")]
    pub rm: bool,
    /// Overwrite, take links, use terminals; with -dc, copy plain data as it is
    #[arg(short, long, help_heading = WHERE)]
    pub force: bool,

    /// From 1 (fastest) to 9 (smallest), by default 6; in short, -1 … -9
    #[arg(long, value_name = "N", help_heading = HOW, value_parser = parse_level)]
    #[arg(overrides_with_all = ["fast", "best"])]
    pub level: Option<u8>,
    /// Same as -1
    #[arg(long, help_heading = HOW, overrides_with_all = ["level", "best"])]
    pub fast: bool,
    /// Same as -9
    #[arg(long, help_heading = HOW, overrides_with_all = ["level", "fast"])]
    pub best: bool,
    /// How to code blocks: neural (the default), huffman, copy or store
    #[arg(long, value_name = "METHOD", help_heading = HOW, default_value = "neural", value_parser = methods(), hide_default_value = true, hide_possible_values = true)]
    pub method: String,
    /// Start from the file MODEL where that pays; decompressing needs it too
    #[arg(short = 'D', long, value_name = "MODEL", help_heading = HOW)]
    pub model: Option<PathBuf>,
    /// Decompressing: look in DIR for models that files name
    #[arg(long, value_name = "DIR", help_heading = HOW)]
    pub models: Vec<PathBuf>,
    /// Start from nothing: do not use the built-in model for short files
    #[arg(long, help_heading = HOW)]
    pub no_prior: bool,
    /// New block every SIZE bytes, 64K to 32M: less memory, larger output
    #[arg(long, value_name = "SIZE", help_heading = HOW, value_parser = parse_size)]
    pub block_size: Option<u64>,

    /// Decode what was written and compare, before the input is removed
    #[arg(long, help_heading = CARE)]
    pub verify: bool,
    /// Have the output on the disk also where the input is kept
    #[arg(long, help_heading = CARE, overrides_with = "no_sync")]
    pub synchronous: bool,
    /// Remove the input before the output is on the disk
    #[arg(long, help_heading = CARE, overrides_with = "synchronous")]
    pub no_sync: bool,
    /// Blocks to work on at once, both ways; 0, the default: one a core
    #[arg(short = 'T', long, value_name = "N", help_heading = CARE, value_parser = parse_threads)]
    pub threads: Option<u16>,
    /// Take no more memory than that: use fewer threads, then refuse
    #[arg(short = 'M', long, value_name = "SIZE", help_heading = CARE, value_parser = parse_size)]
    pub memlimit: Option<u64>,
    /// Leave holes for zeros on standard output too, as is done in files
    #[arg(long, help_heading = CARE, overrides_with = "no_sparse")]
    pub sparse: bool,
    /// Leave no holes
    #[arg(long, help_heading = CARE, overrides_with = "sparse")]
    pub no_sparse: bool,
    /// Store no name and no time: always so, accepted for gzip's sake
    #[arg(short, long, help_heading = CARE, overrides_with = "name")]
    pub no_name: bool,
    /// Accepted with a warning: names and times are never stored
    #[arg(short = 'N', long, help_heading = CARE, overrides_with = "no_name")]
    pub name: bool,

    /// Tell what became of each file, and what memory it took
    #[arg(short, long, help_heading = SAY, action = ArgAction::Count)]
    pub verbose: u8,
    /// No warnings; twice: no errors either
    #[arg(short, long, help_heading = SAY, action = ArgAction::Count)]
    pub quiet: u8,
    /// Show progress whatever standard error is
    #[arg(long, help_heading = SAY, overrides_with = "no_progress")]
    pub progress: bool,
    /// Show no progress
    #[arg(long, help_heading = SAY, overrides_with = "progress")]
    pub no_progress: bool,
    /// Print this help
    #[arg(short, long, help_heading = SAY, action = ArgAction::Help)]
    help: Option<bool>,
    /// Print the versions of program, format and model
    #[arg(short = 'V', long, help_heading = SAY, action = ArgAction::Version)]
    version: Option<bool>,
}

fn version() -> &'static str {
    static TEXT: LazyLock<String> =
        LazyLock::new(|| format!("{} (format {FORMAT_VERSION}, model {})", env!("CARGO_PKG_VERSION"), model::VERSION));
    &TEXT
}

fn methods() -> PossibleValuesParser {
    Method::all().map(Method::name).collect::<Vec<_>>().into()
}

/// Short options that take a value: what follows them is not more options.
const WITH_VALUE: &[u8] = b"oSDTM";

/// Spells levels out for clap: `-9kf` → `--level=9 -kf`. All digits of a run count, so that `-99` is a level
/// out of range and not -9 twice.
pub fn spell_levels(args: impl IntoIterator<Item = OsString>) -> Vec<OsString> {
    let mut args = args.into_iter();
    let mut out: Vec<OsString> = args.next().into_iter().collect();
    while let Some(arg) = args.next() {
        match arg.as_bytes() {
            b"--" => {
                out.push(arg);
                out.extend(args);
                return out;
            }
            [b'-', first, ..] if *first != b'-' => {
                if spell_cluster(&arg.as_bytes()[1..], &mut out) {
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
        out.push(OsString::from_vec([b"--level=", digits].concat()));
    }
    let letters = options.iter().copied().filter(|c| !c.is_ascii_digit());
    let rest: Vec<u8> = b"-".iter().copied().chain(letters).chain(valued.iter().copied()).collect();
    if rest.len() > 1 {
        out.push(OsString::from_vec(rest));
    }
    valued.len() == 1
}

/// Prints what clap answers instead of arguments: help or version on standard output (exit code 0), or what
/// is wrong with the arguments on standard error (exit code 1; clap's own 2 means a warning here).
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

/// What clap says is wrong, and its tip if it has one, without its own hints at usage and help.
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
    fn levels_are_spelled_out_wherever_they_stand_in_a_cluster() {
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
