//! What was typed, and called as what → what to do.

use std::{
    env,
    ffi::OsString,
    io::{self, IsTerminal},
    path::{Path, PathBuf},
};

use super::{
    args::Args,
    models,
    names::Names,
    progress::When,
    range::Range,
    report::{Problem, Report},
};
use foretell::{EncodeOptions, Level, Method, Model, Models};

/// What to do with every input.
#[derive(Debug)]
pub enum Action {
    /// Compress it so.
    Compress(EncodeOptions),
    /// Decompress it.
    Decompress,
    /// Decompress what is good of it.
    Recover,
    /// Decompress this part of its content.
    Range(Range),
    /// Decompress it to see whether that works.
    Test,
    /// Tell what its headers say.
    List { json: bool },
}

/// Where results go.
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
    /// To what, as typed; never empty; `-` is standard input.
    pub operands: Vec<PathBuf>,
    /// Whether directories stand for all files in them.
    pub recursive: bool,
    /// Where to.
    pub destination: Destination,
    /// How names change.
    pub names: Names,
    /// Whether inputs go when their outputs are complete.
    pub remove: bool,
    /// Whether to overwrite files, follow links, and have compressed data on a terminal.
    pub force: bool,
    /// Whether somebody is there to be asked.
    pub can_ask: bool,
    /// Whether plain data are copied where compressed ones were expected.
    pub pass_plain: bool,
    /// Whether to decode and compare what was written.
    pub verify: bool,
    /// Whether outputs must be on the disk: before inputs go, and in the end.
    pub sync: bool,
    /// Where to leave holes.
    pub sparse: Sparse,
    /// Threads asked for; 0 is one a core.
    pub threads: usize,
    /// Bytes of memory that the work on one input may take.
    pub memory_limit: u64,
    /// Trained models that decoding may use.
    pub models: Models,
    /// The file of the one that was named.
    pub model: Option<PathBuf>,
    /// Whether to tell what became of each input.
    pub verbose: bool,
    /// Whether to show progress.
    pub progress: When,
}

/// What the process was born with, apart from its arguments.
#[derive(Debug, Default)]
pub struct Environment {
    /// The name it was called by, without directories.
    pub name: String,
    /// The variable FORE_LEVEL.
    pub level: Option<OsString>,
    /// The variable FORE_THREADS.
    pub threads: Option<OsString>,
    /// The variable FORETELL_MODELS.
    pub models: Option<OsString>,
    /// Whether standard input is a terminal.
    pub stdin_is_terminal: bool,
}

impl Environment {
    /// Looks around.
    pub fn of_this_process() -> Self {
        // A variable set to nothing is as good as none.
        let variable = |name| env::var_os(name).filter(|value| !value.is_empty());
        let program = env::args_os().next().map(PathBuf::from).unwrap_or_default();
        Self {
            name: program.file_name().unwrap_or_default().to_string_lossy().into_owned(),
            level: variable("FORE_LEVEL"),
            threads: variable("FORE_THREADS"),
            models: variable("FORETELL_MODELS"),
            stdin_is_terminal: io::stdin().is_terminal(),
        }
    }
}

impl Plan {
    /// Decides; `report` hears of what is strange but can be done.
    pub fn new(args: Args, environment: &Environment, report: &mut Report) -> Result<Self, Problem> {
        let is_cat = environment.name.ends_with("cat");
        let decompress = args.decompress || (!args.compress && (is_cat || environment.name.starts_with("un")));
        if args.name {
            report.add(Problem::notice("-N", "names and times are never stored"));
        }
        let threads = threads(args.threads, environment, report);
        let memory_limit = args.memlimit.unwrap_or(u64::MAX);
        let model = args.model.as_deref().map(|path| models::load(path, memory_limit)).transpose()?;
        let action = if args.list {
            Action::List { json: args.json }
        } else if args.test {
            Action::Test
        } else if args.recover {
            Action::Recover
        } else if let Some(range) = args.range {
            Action::Range(range)
        } else if decompress {
            Action::Decompress
        } else {
            let options = options(&args, model.as_ref(), environment, report)?;
            Action::Compress(options.threads(threads).memory_limit(memory_limit))
        };
        let mut operands = args.files;
        if operands.is_empty() {
            operands.push("-".into());
        }
        let to_stdout = args.stdout || (decompress && is_cat && args.output.is_none());
        let destination = match args.output {
            Some(file) if file.as_os_str() == "-" => Destination::Stdout,
            Some(file) => Destination::File(file),
            None if to_stdout => Destination::Stdout,
            None => Destination::Beside,
        };
        if matches!(destination, Destination::File(_)) && (operands.len() > 1 || args.recursive) {
            return Err(Problem::usage("-o takes one input"));
        }
        let decodes = decompress && !args.test && !args.list;
        if args.recover && !decodes {
            return Err(Problem::usage("--recover is for decompressing: -d --recover"));
        }
        if args.range.is_some() && !(decodes && !args.recover && !matches!(destination, Destination::Beside)) {
            return Err(Problem::usage("--range is for -dc, or -d with -o"));
        }
        if args.range.is_some() && args.rm {
            return Err(Problem::usage("--range is not for --rm: the rest of the content would be lost"));
        }
        if args.verify && (matches!(destination, Destination::Stdout) || !matches!(action, Action::Compress(_))) {
            return Err(Problem::usage("--verify is for compressing to files"));
        }
        let remove = match (&action, &destination) {
            (Action::Test | Action::List { .. }, _) | (_, Destination::Stdout) => false,
            (_, Destination::Beside) => !args.keep,
            (_, Destination::File(_)) => args.rm,
        };
        Ok(Self {
            action,
            recursive: args.recursive,
            names: Names::new(args.suffix).map_err(Problem::usage)?,
            remove,
            force: args.force,
            can_ask: environment.stdin_is_terminal && !operands.iter().any(|operand| is_stdin(operand)),
            pass_plain: args.force || is_cat,
            verify: args.verify,
            sync: args.synchronous || (remove && !args.no_sync),
            sparse: match (args.sparse, args.no_sparse) {
                (true, _) => Sparse::Always,
                (_, true) => Sparse::Never,
                _ => Sparse::Files,
            },
            threads,
            memory_limit,
            models: models::at_hand(model.as_ref(), args.models, environment.models.as_deref())
                .memory_limit(memory_limit),
            model: args.model,
            verbose: args.verbose > 0 && args.quiet == 0,
            progress: match (args.no_progress || args.quiet > 0, args.progress) {
                (true, _) => When::Never,
                (_, true) => When::Always,
                _ => When::Auto,
            },
            operands,
            destination,
        })
    }
}

/// Whether `operand` means standard input.
pub fn is_stdin(operand: &Path) -> bool {
    operand.as_os_str() == "-"
}

/// How to compress, from what `model` knows if there is one.
fn options(
    args: &Args,
    model: Option<&Model>,
    environment: &Environment,
    report: &mut Report,
) -> Result<EncodeOptions, Problem> {
    let level = level(args, environment, report).unwrap_or(model.map_or(Level::DEFAULT, Model::level));
    let mut options = EncodeOptions::new().level(level).method(method(&args.method)?).built_in_prior(!args.no_prior);
    if let Some(model) = model {
        options = options.model(model.clone());
    }
    let Some(bytes) = args.block_size else { return Ok(options) };
    let bytes = usize::try_from(bytes).unwrap_or(usize::MAX);
    options.block_len(bytes).map_err(|error| Problem::usage(format_args!("--block-size: {error}")))
}

/// The level that was asked for: by the command line, else by the environment.
fn level(args: &Args, environment: &Environment, report: &mut Report) -> Option<Level> {
    if args.fast || args.best {
        return Some(if args.fast { Level::FASTEST } else { Level::BEST });
    }
    if let Some(level) = args.level.and_then(Level::new) {
        return Some(level);
    }
    let text = environment.level.as_ref()?;
    let level = text.to_str().and_then(|text| text.parse().ok()).and_then(Level::new);
    if level.is_none() {
        report.add(Problem::notice("FORE_LEVEL", format_args!("{text:?} is not a level from 1 to 9, ignored")));
    }
    level
}

/// How many threads were asked for: by the command line, else the environment, else 0.
fn threads(typed: Option<u16>, environment: &Environment, report: &mut Report) -> usize {
    let (None, Some(text)) = (typed, &environment.threads) else { return typed.unwrap_or(0).into() };
    let threads: Option<u16> = text.to_str().and_then(|text| text.parse().ok());
    if threads.is_none() {
        report.add(Problem::notice("FORE_THREADS", format_args!("{text:?} is not a number of threads, ignored")));
    }
    threads.unwrap_or(0).into()
}

fn method(name: &str) -> Result<Method, Problem> {
    Method::from_name(name).ok_or_else(|| Problem::usage(format_args!("no method is called {name}")))
}
