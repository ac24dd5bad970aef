//! `foretell bench`: bits per byte over a corpus.

mod ablate;
mod block_sizes;
mod codec;
pub mod compare;
mod curve;
mod export;
mod matrix;
mod neural_sizes;
pub mod peers;
mod plot;
mod sample;
mod segment_sizes;

use std::{
    fs,
    path::{Path, PathBuf},
};

use anyhow::{Context, bail, ensure};

use self::{
    ablate::Form,
    export::speed,
    matrix::{Matrix, Measured, Request, measure},
};
use super::{
    inputs::{self, Input},
    levels::{Levels, parse_levels},
    notes::Notes,
    output::print,
    table::{Table, figure, megabytes, short_names},
};
use crate::common::report::one_line;

/// Measure bits per byte over a corpus, at one or several levels
///
/// Compresses each file on its own and prints its bits per byte, with all headers: a row for each file and the total,
/// then the total bytes and speeds. Every result is decompressed and compared with the file; a difference is an error.
///
/// A folder means all files below it, in the order of names. Files and folders whose names start with a dot are left
/// out, and so are README*, MANIFEST* and SHA256SUMS* at a folder's top.
///
/// Speeds are those of one thread and of wall-clock time: they compare with each other only within one run, on an idle
/// machine. Those of other programs include starting them and their reading and writing of files.
#[derive(clap::Args)]
#[command(after_long_help = format!("{}\n{}", export::FIELDS, export::ABLATION_FIELDS))]
pub struct Args {
    /// Files, and folders of files [default: ./corpus]
    #[arg(value_name = "DIR|FILE")]
    paths: Vec<PathBuf>,
    /// Levels of the neural codec: numbers and ranges, such as 6, 1,3,6 or 1-9
    #[arg(short, long, value_name = "LEVELS", default_value = "6", value_parser = parse_levels)]
    level: Levels,
    /// Also run gzip, bzip2, xz, zstd, brotli, bzip3, 7z (PPMd) and zpaq, as far as they are on PATH
    #[arg(short, long)]
    peers: bool,
    /// Print JSON instead of a table
    #[arg(long, conflicts_with = "csv")]
    json: bool,
    /// Print CSV instead of a table: a line for each file and codec
    #[arg(long)]
    csv: bool,
    /// Draw the learning curve and a bar chart of the sizes into this file
    #[arg(long, value_name = "OUT.svg")]
    plot: Option<PathBuf>,
    /// Ablation: total size without each component of the network, at one level
    ///
    /// Bytes are those of neural blocks without headers, and nothing is decompressed. A context's row says what the
    /// context sees in text | in binary data.
    #[arg(long, conflicts_with_all = ["peers", "plot"])]
    ablate: bool,
    /// Block sizes: total size of all files, joined, in blocks of 1 to 64 MiB, at each level
    ///
    /// Bytes are those of neural blocks without headers, and nothing is decompressed.
    #[arg(long, conflicts_with_all = ["peers", "plot", "ablate", "json", "csv"])]
    block_sizes: bool,
    /// Segment sizes: total size of all files, each flushed every 4 to 256 KiB, at each level
    ///
    /// A flush ends a segment, and others end as usual. Bytes are those of whole frames, and nothing is decompressed.
    #[arg(long, conflicts_with_all = ["peers", "plot", "ablate", "json", "csv", "block_sizes"])]
    segment_sizes: bool,
}

/// Measures the files, prints the report and draws the picture.
pub fn run(args: &Args, notes: &mut Notes) -> anyhow::Result<()> {
    let default = [PathBuf::from("corpus")];
    let paths = if args.paths.is_empty() { default.as_slice() } else { &args.paths };
    if args.paths.is_empty() {
        ensure!(Path::new("corpus").is_dir(), "no folder `corpus` here: name the folders or files to measure");
    }
    let inputs = inputs::files_below(paths, notes);
    ensure!(!inputs.is_empty() || notes.any_failure(), "nothing to measure: no files in the folders named");
    if args.ablate {
        return ablate(args, &inputs, notes);
    }
    if args.block_sizes {
        return print(&block_sizes::report(&inputs, &args.level.0, notes)?);
    }
    if args.segment_sizes {
        return print(&segment_sizes::report(&inputs, &args.level.0, notes)?);
    }
    let request = Request { levels: &args.level.0, peers: args.peers, curves: args.plot.is_some() };
    let matrix = measure(&inputs, &request, notes);
    print(&match (args.json, args.csv) {
        (true, _) => export::json(&matrix)?,
        (_, true) => export::csv(&matrix),
        _ => table(&matrix),
    })?;
    if let Some(path) = &args.plot {
        let name = one_line(path.display());
        let svg = plot::svg(&matrix, &args.level.0).with_context(|| name.clone())?;
        fs::write(path, svg).context(name)?;
    }
    Ok(())
}

fn ablate(args: &Args, inputs: &[Input], notes: &mut Notes) -> anyhow::Result<()> {
    let &[level] = args.level.0.as_slice() else { bail!("--ablate measures one level at a time") };
    let form = match (args.json, args.csv) {
        (true, _) => Form::Json,
        (_, true) => Form::Csv,
        _ => Form::Table,
    };
    print(&ablate::report(inputs, level, form, notes)?)
}

/// A row for each file with the bits per byte of each codec, and the totals.
fn table(matrix: &Matrix) -> String {
    let total = matrix.total();
    let mut table = Table::default();
    let labels: Vec<String> = matrix.codecs.iter().map(|codec| codec.label()).collect();
    let labels = || labels.iter().map(|label| label.split_once(' ').unwrap_or((label, "")));
    table.row(["", "", "order-0"].into_iter().chain(labels().map(|(name, _)| name)));
    table.row(["file", "bytes", "bpb"].into_iter().chain(labels().map(|(_, setting)| setting)));
    let mut names = short_names(matrix.files.iter().map(|file| file.name.as_str()), 32);
    names.push("total".to_owned());
    for (name, file) in names.into_iter().zip(matrix.files.iter().chain([&total])) {
        let mut row = vec![name, file.size.to_string(), figure(file.per_byte(file.order0_bits), 3)];
        row.extend(file.samples.iter().map(|s| figure(s.and_then(|s| file.per_byte(8.0 * s.size as f64)), 3)));
        table.row(row);
    }
    table.row(footer("total bytes", &total, |i| figure(total.samples[i].map(|s| s.size as f64), 0)));
    let time = |i: usize| total.samples[i].map(|s| (s.compress, s.decompress));
    table.row(footer("compression MB/s", &total, |i| megabytes(time(i).and_then(|t| speed(total.size, t.0)))));
    table.row(footer("decompression MB/s", &total, |i| megabytes(time(i).and_then(|t| speed(total.size, t.1)))));
    table.render()
}

fn footer(name: &str, total: &Measured, cell: impl Fn(usize) -> String) -> Vec<String> {
    let mut row = vec![name.to_owned(), String::new(), String::new()];
    row.extend((0..total.samples.len()).map(cell));
    row
}
