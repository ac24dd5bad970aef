//! `foretell train`: samples in, a model's file out, and figures about what it earns.

use std::{
    collections::HashSet,
    fs::File,
    io::{self, IsTerminal},
    path::{Path, PathBuf},
};

use anyhow::ensure;

use super::{
    dictionary,
    inputs::printable,
    levels::{Levels, parse_level, parse_levels},
    notes::Notes,
    output::Target,
    peers, print,
    samples::{self, Unit, parse_record},
    table::{Table, figure},
};
use crate::fore::values::parse_size;
use foretell::{
    ErrorKind, Level, Loss, Model, ModelId, Pass, RecordCompressor, Trainer, TrainingReport, unstable::priors::read_id,
};

/// With fewer samples, or fewer bytes of them, a model is hardly worth its file.
const FEW_SAMPLES: usize = 100;
const FEW_BYTES: usize = 10_000;
/// A model that saves less than this part of what is held out does not pay.
const LEAST_SAVED: f64 = 0.02;
/// If so many of the samples held out are among the others, they tell nothing.
const MOSTLY: f64 = 0.9;
/// A zstd file holds a checksum of so many bytes unless told otherwise.
const ZSTD_CHECKSUM: u64 = 4;

/// Train a model on samples of what is to be compressed: records, messages, small files
///
/// Writes the model's file, and tells what it earns on a tenth of the samples that is held out of training until the
/// end (every tenth file, or the last tenth of lines or records): bits per byte with and without the model, and bytes
/// of records; beside them, if zstd is on PATH, what it makes of them with a dictionary that it trained on the same
/// samples.
///
/// Folders are taken with all that is below them, but for files and folders whose names start with a dot, and README*,
/// MANIFEST* and SHA256SUMS* at a folder's top. Empty samples are passed over. The same samples give the same model.
#[derive(clap::Args)]
pub struct Args {
    /// Files, folders of files, and - for standard input [default: -]
    #[arg(value_name = "SAMPLES")]
    samples: Vec<PathBuf>,
    /// The model's file; what is there is replaced only if it is the same model; - is standard output
    #[arg(short, long, value_name = "MODEL")]
    output: PathBuf,
    /// Each line is a sample, without its newline, rather than each file
    #[arg(long, conflicts_with = "records")]
    lines: bool,
    /// Each so many bytes are a sample, rather than each file
    #[arg(long, value_name = "BYTES", value_parser = parse_record)]
    records: Option<usize>,
    /// The level whose network the model is for, 1 (fastest) to 9 (smallest)
    #[arg(short, long, value_name = "N", default_value = "3", value_parser = parse_level)]
    level: Level,
    /// The most bytes of the model's file, 16K to 64M
    #[arg(long, value_name = "SIZE", default_value = "1M", value_parser = parse_size)]
    size: u64,
    /// Also hold weights for these levels: numbers and ranges, such as 1,3 or 1-6
    #[arg(long, value_name = "LEVELS", value_parser = parse_levels)]
    also: Option<Levels>,
    /// Keep the last so many percent of the samples out of training, and compress these for the report
    ///
    /// Training holds out a tenth besides, to see when to stop.
    #[arg(long, value_name = "PERCENT", default_value_t = 0, value_parser = clap::value_parser!(u8).range(0..=90))]
    tail: u8,
    /// Replace what is there, be it another model, which files may need, or no model at all
    #[arg(short, long)]
    force: bool,
}

/// Trains, writes the model's file and prints the report.
pub fn run(args: &Args, notes: &mut Notes) -> anyhow::Result<()> {
    let trainer = Trainer::new().level(args.level).size(args.size)?;
    let trainer = trainer.also_for(args.also.iter().flat_map(|levels| levels.0.iter().copied()));
    // Files come in the order of their names, which means nothing; lines and records go on from one to the next.
    let trainer = trainer.in_order(args.lines || args.records.is_some());
    // Tried before hours of training, and made again after, as nothing unfinished is to lie there meanwhile.
    let target = |made: Option<ModelId>| {
        Target::new(&args.output, || if args.force { None } else { why_not_replaced(&args.output, made) })
    };
    drop(target(None)?);
    if let (false, Some(Ok(id))) = (args.force, model_at(&args.output)) {
        let name = printable(&args.output);
        notes.info(&format!("{name}: the model {id} is there, and will be replaced only by the same; -f replaces it"));
    }
    let contents = samples::read(&paths(args)?, notes)?;
    let samples = unit(args).split(&contents);
    if samples.is_empty() {
        ensure!(notes.any_failure(), "no samples: what was given is empty");
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

/// The name of the model that a file says it is, be that damaged, or the error if it is of another version; `None` if
/// it is no model.
fn model_at(path: &Path) -> Option<foretell::Result<ModelId>> {
    // Opening what is no file may wait for somebody else.
    let file = path.is_file().then(|| File::open(path).ok())?;
    let id = read_id(&mut file?);
    if id.as_ref().is_err_and(|error| error.kind() == ErrorKind::NotForetell) { None } else { Some(id) }
}

/// Why the file that is there must not be replaced by the model that was `made`, or that will be.
fn why_not_replaced(path: &Path, made: Option<ModelId>) -> Option<String> {
    match (model_at(path), made) {
        (None, _) => Some("it exists and is no model; -f replaces it".to_owned()),
        (Some(Err(error)), _) => Some(format!("{error}, which would be lost; -f replaces it")),
        (Some(Ok(_)), None) => None,
        (Some(Ok(there)), Some(made)) => (there != made).then(|| {
            format!(
                "the new model {made} is not written, as the model {there} would be lost, and with it all that was \
                 compressed with it; name another file, or -f replaces it"
            )
        }),
    }
}

/// Why the model may be worth less than it seems, or nothing at all.
fn doubts(trained: &TrainingReport, (held_out, kept): &(Vec<&[u8]>, Vec<&[u8]>)) -> Vec<String> {
    let mut doubts = Vec::new();
    let saved = 1.0 - trained.held_out.bits / trained.held_out_without.bits.max(1.0);
    if saved < LEAST_SAVED {
        let less = if saved > 0.0 { format!("only {:.1} % less", 100.0 * saved) } else { "no less".to_owned() };
        let file = trained.file.len();
        doubts.push(format!(
            "warning: the model does not pay: what is held out takes {less} with it than without, and its file takes \
             {file} bytes"
        ));
    }
    let kept: HashSet<&[u8]> = kept.iter().copied().collect();
    let known = held_out.iter().filter(|sample| kept.contains(*sample)).count();
    if known as f64 >= MOSTLY * held_out.len() as f64 {
        doubts.push(format!(
            "warning: {known} of the {} samples held out are among the others, byte for byte: what they cost tells \
             nothing about new ones",
            held_out.len()
        ));
    }
    doubts
}

fn paths(args: &Args) -> anyhow::Result<Vec<PathBuf>> {
    if !args.samples.is_empty() {
        return Ok(args.samples.clone());
    }
    // Nobody types samples by hand: who gave none forgot to.
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

/// What all samples held out come to, each compressed alone.
struct Size {
    label: String,
    bytes: u64,
}

impl Size {
    fn new(label: impl Into<String>, bytes: u64) -> Self {
        Self { label: label.into(), bytes }
    }
}

fn len(samples: &[&[u8]]) -> u64 {
    samples.iter().map(|sample| sample.len() as u64).sum()
}

fn record_sizes(model: &Model, held_out: &[&[u8]], notes: &Notes) -> anyhow::Result<Vec<Size>> {
    notes.doing("compressing what was held out");
    let mut compressor = RecordCompressor::new(model)?;
    let (mut raw, mut whole) = (0, 0);
    for sample in held_out {
        raw += compressor.compress_raw(sample)?.len() as u64;
        whole += compressor.compress(sample)?.len() as u64;
    }
    notes.clear();
    Ok(vec![Size::new("records, raw", raw), Size::new("records, with headers", whole)])
}

/// zstd's sizes, if it is on PATH. That it fails says nothing about the model, so it is no failure.
fn zstd_sizes(size: u64, kept: &[&[u8]], held_out: &[&[u8]], notes: &Notes) -> Vec<Size> {
    let Some(program) = peers::find_program("zstd") else { return Vec::new() };
    let size = dictionary::size_against(size);
    notes.doing("zstd");
    match dictionary::zstd(&program, size, kept, held_out) {
        Ok(bytes) => {
            notes.clear();
            let checksums = ZSTD_CHECKSUM * held_out.len() as u64;
            vec![
                Size::new(format!("zstd -19, dictionary of up to {size} bytes"), bytes),
                Size::new("  the same without checksums", bytes.saturating_sub(checksums)),
            ]
        }
        Err(error) => {
            notes.info(&format!("zstd is left out of the report: {error:#}"));
            Vec::new()
        }
    }
}

fn report(trained: &TrainingReport, sizes: &[Size]) -> String {
    let (model, on) = (&trained.model, trained.model.trained_on());
    let mut about = Table::default();
    about.row(["model".to_owned(), model.id().to_string()]);
    for (what, number) in [
        ("level", u64::from(model.level().get())),
        ("bytes of its file", trained.file.len() as u64),
        ("contexts", model.contexts() as u64),
        ("trained on samples", on.samples),
        ("trained on bytes", on.bytes),
    ] {
        about.row([what.to_owned(), number.to_string()]);
    }

    let all = sizes.first().map_or(0, |size| size.bytes);
    let mut earns = Table::default();
    earns.row(["held out", "bytes", "bits per byte"]);
    let bits = |what: &str, loss: &Loss| [what.to_owned(), String::new(), format!("{:.4}", loss.per_byte())];
    earns.row(bits("network without the model", &trained.held_out_without));
    earns.row(bits("network with it", &trained.held_out));
    earns.row(bits("  before quantisation", &trained.held_out_exact));
    for size in sizes {
        let per_byte = (all > 0).then(|| 8.0 * size.bytes as f64 / all as f64);
        earns.row([size.label.clone(), size.bytes.to_string(), figure(per_byte, 4)]);
    }
    format!("{}\n{}\n{}", about.render(), earns.render(), quantisation(trained))
}

/// What it costs that the file holds rounded numbers, and only the contexts that its size has room for.
fn quantisation(trained: &TrainingReport) -> String {
    let exact = trained.held_out_exact.bits;
    let cost = (exact > 0.0).then(|| 100.0 * (trained.held_out.bits / exact - 1.0));
    format!("quantisation costs {} %\n", figure(cost, 2))
}
