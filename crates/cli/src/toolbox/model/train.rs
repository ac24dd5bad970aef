//! `foretell train`: samples → the file of a model, and figures about what it saves.

use std::{
    fs::File,
    io::{self, IsTerminal},
    path::{Path, PathBuf},
};

use anyhow::ensure;

use super::{
    report::{Size, doubts, len, record_sizes, report, zstd_sizes},
    samples::{self, Unit},
};
use crate::{
    common::{
        report::one_line,
        values::{parse_level, parse_record, parse_size},
    },
    toolbox::{
        levels::{Levels, parse_levels},
        notes::Notes,
        output::{Target, print},
    },
};
use foretell::{ErrorKind, Level, Model, ModelId, Pass, Trainer};

/// With fewer samples, or fewer bytes of them, a model is hardly worth its file.
const FEW_SAMPLES: usize = 100;
const FEW_BYTES: usize = 10_000;

/// Train a model on samples of the data to compress: records, messages, small files
///
/// Writes the model's file, and reports what it saves on a tenth of the samples, which is held out of training until
/// the end (every tenth file, or the last tenth of lines or records): bits per byte with and without the model, and
/// bytes of records. If zstd is on PATH, the report has its sizes too, with a dictionary that zstd trained on the same
/// samples.
///
/// A folder means all files below it, except files and folders whose names start with a dot, and README*, MANIFEST* and
/// SHA256SUMS* at a folder's top. Empty samples are left out. The same samples give the same model.
#[derive(clap::Args)]
pub struct Args {
    /// Files, folders of files, and - for standard input [default: -]
    #[arg(value_name = "SAMPLES")]
    samples: Vec<PathBuf>,
    /// The model's file; an existing file is replaced only if it is the same model; - is standard output
    #[arg(short, long, value_name = "MODEL")]
    output: PathBuf,
    /// Each line is a sample, without its newline, rather than each file
    #[arg(long, conflicts_with = "records")]
    lines: bool,
    /// Each BYTES bytes are a sample, rather than each file
    #[arg(long, value_name = "BYTES", value_parser = parse_record)]
    records: Option<usize>,
    /// The level that the model is for, 1 (fastest) to 9 (smallest)
    #[arg(short, long, value_name = "N", default_value = "3", value_parser = parse_level)]
    level: Level,
    /// The most bytes of the model's file, 16K to 64M
    #[arg(long, value_name = "SIZE", default_value = "1M", value_parser = parse_size)]
    size: u64,
    /// Also hold weights for these levels: numbers and ranges, such as 1,3 or 1-6
    #[arg(long, value_name = "LEVELS", value_parser = parse_levels)]
    also: Option<Levels>,
    /// Keep the last PERCENT percent of the samples out of training, and compress these for the report
    ///
    /// Training holds out another tenth, to see when to stop.
    #[arg(long, value_name = "PERCENT", default_value_t = 0, value_parser = clap::value_parser!(u8).range(0..=90))]
    tail: u8,
    /// Replace an existing file even if it is another model, which files may need, or no model
    #[arg(short, long)]
    force: bool,
}

/// Trains, writes the model's file and prints the report.
pub fn run(args: &Args, notes: &mut Notes) -> anyhow::Result<()> {
    let trainer = Trainer::new().level(args.level).size(args.size)?;
    let trainer = trainer.also_for(args.also.iter().flat_map(|levels| levels.0.iter().copied()));
    // Files come in the order of their names, which means nothing. The order of lines and records has a meaning.
    let trainer = trainer.in_order(args.lines || args.records.is_some());
    // Tried before hours of training, and made again after it, so that no unfinished file is there in between.
    let target = |made: Option<ModelId>| {
        Target::new(&args.output, || if args.force { None } else { why_not_replaced(&args.output, made) })
    };
    drop(target(None)?);
    if let (false, Some(Ok(id))) = (args.force, model_at(&args.output)) {
        let name = one_line(args.output.display());
        notes
            .info(&format!("{name}: the model {id} is there, and only the same model will replace it; -f replaces it"));
    }
    let contents = samples::read(&paths(args)?, notes)?;
    let samples = unit(args).split(&contents);
    if samples.is_empty() {
        ensure!(notes.any_failure(), "no samples: the files named are empty");
        return Ok(());
    }

    let (samples, tail) = samples.split_at(samples.len() - samples.len() * usize::from(args.tail) / 100);
    let bytes: usize = samples.iter().map(|sample| sample.len()).sum();
    let few = samples.len() < FEW_SAMPLES || bytes < FEW_BYTES;
    notes.info(&format!("{} samples, {bytes} bytes", samples.len()));
    if few {
        notes.info("few samples: a model is good from hundreds of them on, with 10000 bytes and more");
    }
    let trained = trainer.train(samples, |pass| notes.info(&log_line(pass)))?;
    notes.info(&format!("held out: {} samples, {} bytes", trained.held_out_samples, trained.held_out.bytes));
    target(Some(trained.model.id()))?.write(notes, |out| Ok(out.write_all(&trained.file)?))?;
    for doubt in doubts(&trained, &trainer.hold_out(samples)) {
        notes.info(&doubt);
    }

    let (what, model, (unseen, seen)) = match tail {
        [] => ("as they are", &trained.trial, trainer.hold_out(samples)),
        tail => ("the last samples, as they are", &trained.model, (tail.to_vec(), samples.to_vec())),
    };
    let mut sizes = vec![Size::new(what, len(&unseen))];
    sizes.extend(record_sizes(model, &unseen, notes)?);
    if !few {
        sizes.extend(zstd_sizes(args.size, &seen, &unseen, notes));
    }
    let report = report(&trained, &sizes);
    if args.output.as_os_str() == "-" {
        notes.info(report.trim_end());
        return Ok(());
    }
    print(&report)
}

/// The name in the model file at `path`, even if that is damaged; an error if it is of another version; `None` if it is
/// no model.
fn model_at(path: &Path) -> Option<foretell::Result<ModelId>> {
    // Opening a pipe may wait for another process.
    let file = path.is_file().then(|| File::open(path).ok())?;
    let id = Model::peek_id(file?);
    if id.as_ref().is_err_and(|error| error.kind() == ErrorKind::NotForetell) { None } else { Some(id) }
}

/// Why the model that was `made`, or that will be, must not replace the file that exists.
fn why_not_replaced(path: &Path, made: Option<ModelId>) -> Option<String> {
    match (model_at(path), made) {
        (None, _) => Some("it exists and is no model; -f replaces it".to_owned()),
        (Some(Err(error)), _) => Some(format!("{error}, which would be lost; -f replaces it")),
        (Some(Ok(_)), None) => None,
        (Some(Ok(there)), Some(made)) => (there != made).then(|| {
            format!(
                "the new model {made} is not written, as it would replace the model {there}, which files that were \
                 compressed with it need; name another file, or -f replaces it"
            )
        }),
    }
}

fn paths(args: &Args) -> anyhow::Result<Vec<PathBuf>> {
    if !args.samples.is_empty() {
        return Ok(args.samples.clone());
    }
    // Nobody types samples by hand: the user forgot to name them.
    ensure!(!io::stdin().is_terminal(), "no samples: name files or folders, or - to type them");
    Ok(vec!["-".into()])
}

fn unit(args: &Args) -> Unit {
    match args.records {
        Some(bytes) => Unit::Bytes(bytes),
        None if args.lines => Unit::Line,
        None => Unit::File,
    }
}

fn log_line(pass: &Pass) -> String {
    let (level, held_out) = (pass.level.get(), pass.held_out.per_byte());
    match pass.number {
        0 => format!("level {level}, before the first pass: held out {held_out:.4} bits per byte"),
        number => {
            let training = pass.training.per_byte();
            format!("level {level}, pass {number}: training {training:.4}, held out {held_out:.4} bits per byte")
        }
    }
}
