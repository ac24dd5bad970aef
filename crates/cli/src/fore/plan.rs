//! Arguments, environment and the command's name → the plan.

use std::{
    ffi::OsString,
    fs,
    path::{Path, PathBuf},
    time::Duration,
};

use super::{args::Args, environment::Environment, means::Block, names::Names, progress::When};
use crate::common::{
    models,
    platform::Stat,
    report::{Problem, Report},
    values::{Range, parse_level, parse_threads},
};
use foretell::{EncodeOptions, Level, Method, Model, Models};

/// What to do with every input.
#[derive(Debug)]
pub enum Action {
    /// Compress it, with these options, into blocks like this one.
    Compress(EncodeOptions, Block),
    /// Decompress it.
    Decompress,
    /// Decompress what is good of it; or what there is, good or not.
    Recover { unverified: bool },
    /// Decompress this part of its content.
    Range(Range),
    /// Decompress it to see whether that works.
    Test,
    /// Print what its headers say.
    List { json: bool },
}

impl Action {
    /// Whether it makes an output.
    pub fn writes(&self) -> bool {
        !matches!(self, Self::Test | Self::List { .. })
    }
}

/// Where outputs go.
#[derive(Debug)]
pub enum Destination {
    /// Each beside its input, under a name of its own.
    Beside,
    /// Standard output.
    Stdout,
    /// This file.
    File(PathBuf),
}

/// Where to leave holes for zeros.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Sparse {
    /// In files.
    Files,
    /// In files and on standard output.
    Always,
    /// Nowhere.
    Never,
}

/// All that the run needs to know.
#[derive(Debug)]
pub struct Plan {
    /// What to do.
    pub action: Action,
    /// The operands as typed, never none; `-` is standard input.
    pub operands: Vec<PathBuf>,
    /// Whether a directory means all files in it.
    pub recursive: bool,
    /// Where outputs go.
    pub destination: Destination,
    /// How the names of outputs follow from those of inputs.
    pub names: Names,
    /// Whether inputs are removed when their outputs are complete.
    pub remove: bool,
    /// Whether to overwrite files, follow links, and have compressed data on a terminal.
    pub force: bool,
    /// Whether a person can be asked: standard input is a terminal and no operand.
    pub can_ask: bool,
    /// Whether plain data is copied where compressed data is expected.
    pub pass_plain: bool,
    /// Whether to read on while compressed files grow, up to the ends of their frames.
    pub follow: bool,
    /// How long content that came down a pipe may wait until it is written.
    pub flush_timeout: Option<Duration>,
    /// Whether to decode each output and compare it with its input.
    pub verify: bool,
    /// Whether outputs must be on the disk: before inputs are removed, and in the end.
    pub sync: bool,
    /// Where to leave holes.
    pub sparse: Sparse,
    /// Threads asked for; 0 means one a core.
    pub threads: usize,
    /// Bytes of memory that the work on one input may take.
    pub memory_limit: u64,
    /// Trained models that decoding may use.
    pub models: Models,
    /// The file of the model that `-D` named, as it was when the model was loaded.
    pub model: Option<Stat>,
    /// Whether to print a line about each input.
    pub verbose: bool,
    /// Whether to show progress.
    pub progress: When,
}

impl Plan {
    /// Decides what to do; `report` gets notices about things that are odd but can be done.
    pub fn new(args: Args, environment: &Environment, report: &mut Report) -> Result<Self, Problem> {
        let is_cat = environment.name.ends_with("cat");
        let decompress = args.decompress || (!args.compress && (is_cat || environment.name.starts_with("un")));
        if args.name {
            report.add(Problem::notice("-N", "names and times are never stored"));
        }
        let threads = threads(args.threads, environment, report);
        let memory_limit = args.memlimit.unwrap_or(u64::MAX);
        let model = args.model.as_deref().map(|path| models::load(path, memory_limit)).transpose()?;
        let model_file = args.model.as_deref().and_then(|path| fs::metadata(path).ok());
        let action = if decompress || args.test || args.list || args.recover || args.range.is_some() {
            decoding_action(&args)
        } else {
            let (options, block) = options(&args, model.as_ref(), environment, report)?;
            Action::Compress(options, block)
        };
        let destination = destination(&args, decompress && is_cat);
        check_combination(&args, decompress, &action, &destination)?;
        let remove = match &destination {
            _ if !action.writes() => false,
            Destination::Stdout => false,
            Destination::Beside => !args.keep,
            Destination::File(_) => args.rm,
        };
        let stdin_is_input = args.files.is_empty() || args.files.iter().any(|operand| is_stdin(operand));
        let models = models::at_hand(model.as_ref(), args.models, environment.models.as_deref());
        Ok(Self {
            recursive: args.recursive,
            names: Names::new(args.suffix).map_err(Problem::usage)?,
            remove,
            force: args.force,
            can_ask: environment.stdin_is_terminal && !stdin_is_input,
            pass_plain: args.force || is_cat,
            follow: args.follow,
            flush_timeout: args.flush_timeout.map(|ms| Duration::from_millis(ms.max(1).into())),
            verify: args.verify,
            sync: args.synchronous || (remove && !args.no_sync),
            sparse: match (args.sparse, args.no_sparse) {
                (true, _) => Sparse::Always,
                (_, true) => Sparse::Never,
                _ => Sparse::Files,
            },
            threads,
            memory_limit,
            models: models.memory_limit(memory_limit),
            model: model_file.as_ref().map(Stat::from),
            verbose: args.verbose > 0 && args.quiet == 0,
            progress: match (args.no_progress || args.quiet > 0, args.progress) {
                (true, _) => When::Never,
                (_, true) => When::Always,
                _ => When::Auto,
            },
            operands: if args.files.is_empty() { vec!["-".into()] } else { args.files },
            action,
            destination,
        })
    }
}

/// What to do with compressed files.
fn decoding_action(args: &Args) -> Action {
    if args.list {
        Action::List { json: args.json }
    } else if args.test {
        Action::Test
    } else if args.recover {
        Action::Recover { unverified: args.unverified }
    } else {
        args.range.map_or(Action::Decompress, Action::Range)
    }
}

/// Where outputs go; `to_stdout` is the default of the command's name.
fn destination(args: &Args, to_stdout: bool) -> Destination {
    match &args.output {
        Some(file) if file.as_os_str() == "-" => Destination::Stdout,
        Some(file) => Destination::File(file.clone()),
        None if args.stdout || to_stdout => Destination::Stdout,
        None => Destination::Beside,
    }
}

/// Refuses options that make no sense together.
fn check_combination(args: &Args, decompress: bool, action: &Action, destination: &Destination) -> Result<(), Problem> {
    let decodes = decompress && !args.test && !args.list;
    let is_beside = matches!(destination, Destination::Beside);
    let refused = if matches!(destination, Destination::File(_)) && (args.files.len() > 1 || args.recursive) {
        "-o takes one input"
    } else if args.recover && !decodes {
        "--recover is for decompressing: -d --recover"
    } else if args.range.is_some() && (!decodes || args.recover || is_beside) {
        "--range is for -dc, or -d with -o"
    } else if args.range.is_some() && args.rm {
        "--range is not for --rm: the rest of the content would be lost"
    } else if args.follow && (!matches!(action, Action::Decompress) || !matches!(destination, Destination::Stdout)) {
        "--follow is for -dc"
    } else if args.flush_timeout.is_some() && !matches!(action, Action::Compress(..)) {
        "--flush-timeout is for compressing"
    } else if args.verify && (matches!(destination, Destination::Stdout) || !matches!(action, Action::Compress(..))) {
        "--verify is for compressing to files"
    } else {
        return Ok(());
    };
    Err(Problem::usage(refused))
}

/// Whether `operand` means standard input.
pub fn is_stdin(operand: &Path) -> bool {
    operand.as_os_str() == "-"
}

/// How to compress, from the prior that `model` is if there is one, and the blocks that this makes.
fn options(
    args: &Args,
    model: Option<&Model>,
    environment: &Environment,
    report: &mut Report,
) -> Result<(EncodeOptions, Block), Problem> {
    let level = level(args, environment, report).unwrap_or(model.map_or(Level::DEFAULT, Model::level));
    let method = method(&args.method)?;
    let mut options = EncodeOptions::new().level(level).method(method).built_in_prior(!args.no_prior);
    if let Some(model) = model {
        options = options.model(model.clone());
    }
    let mut block = Block::new(level, method, model);
    if let Some(bytes) = args.block_size {
        let bytes = usize::try_from(bytes).unwrap_or(usize::MAX);
        let refused = |error| Problem::usage(format_args!("--block-size: {error}"));
        options = options.block_len(bytes).map_err(refused)?;
        block = block.no_longer_than(bytes);
    }
    if let Some(bytes) = args.window {
        options = options.window(bytes).map_err(|error| Problem::usage(format_args!("--window: {error}")))?;
    }
    Ok((options, block))
}

/// The level asked for: by the command line, else by the environment.
fn level(args: &Args, environment: &Environment, report: &mut Report) -> Option<Level> {
    if args.fast || args.best {
        return Some(if args.fast { Level::FASTEST } else { Level::BEST });
    }
    let from_environment =
        || from_variable("FORE_LEVEL", environment.level.as_ref()?, parse_level, "a level from 1 to 9", report);
    args.level.or_else(from_environment)
}

/// The number of threads asked for: by the command line, else by the environment, else 0.
fn threads(typed: Option<u16>, environment: &Environment, report: &mut Report) -> usize {
    let from_environment =
        || from_variable("FORE_THREADS", environment.threads.as_ref()?, parse_threads, "a number of threads", report);
    typed.or_else(from_environment).unwrap_or(0).into()
}

/// The value of an environment variable, `None` with a notice if it is not `what`.
fn from_variable<T, E>(
    name: &str,
    text: &OsString,
    parse: impl Fn(&str) -> Result<T, E>,
    what: &str,
    report: &mut Report,
) -> Option<T> {
    let value = text.to_str().and_then(|text| parse(text).ok());
    if value.is_none() {
        report.add(Problem::notice(name, format_args!("{text:?} is not {what}, ignored")));
    }
    value
}

fn method(name: &str) -> Result<Method, Problem> {
    Method::from_name(name).ok_or_else(|| Problem::usage(format_args!("no method is called {name}")))
}
