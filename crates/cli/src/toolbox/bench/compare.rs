//! `foretell compare`: all figures of the network on a few files.

use std::path::PathBuf;

use super::{
    export::{self, speed},
    matrix::{Matrix, Measured, Request, measure},
};
use crate::{
    common::values::parse_level,
    toolbox::{
        inputs,
        notes::Notes,
        output::print,
        table::{Table, figure, megabytes, short_names},
    },
};
use foretell::Level;

/// Compare the network on each file with Huffman coding and with other compressors
///
/// Prints for each file its size and its order-0 entropy (the bits per byte that an ideal code of single bytes needs).
/// For each codec, among them the network without the built-in prior: the compressed size with all headers, the bits
/// per byte, how many per cent smaller that is than by Huffman coding, and the speed of compression and decompression.
/// Every result is decompressed and compared with the file; a difference is an error.
///
/// Speeds are those of one thread and of wall-clock time: they compare with each other only within one run, on an idle
/// machine. Those of other programs include starting them and their reading and writing of files.
#[derive(clap::Args)]
#[command(after_long_help = export::FIELDS)]
pub struct Args {
    /// Files to compress
    #[arg(required = true, value_name = "FILE")]
    files: Vec<PathBuf>,
    /// Level of the neural codec, 1 (fastest) to 9 (smallest)
    #[arg(short, long, value_name = "N", default_value = "6", value_parser = parse_level)]
    level: Level,
    /// Also run gzip, bzip2, xz, zstd, brotli, bzip3, 7z (PPMd) and zpaq, as far as they are on PATH
    #[arg(short, long)]
    peers: bool,
    /// Print JSON instead of tables
    #[arg(long)]
    json: bool,
}

/// Measures the files and prints the report.
pub fn run(args: &Args, notes: &mut Notes) -> anyhow::Result<()> {
    let request = Request { levels: &[args.level], peers: args.peers, curves: false };
    let matrix = measure(&inputs::files(&args.files), &request, notes);
    print(&match (args.json, args.peers) {
        (true, _) => export::json(&matrix)?,
        (false, false) => one_table(&matrix),
        (false, true) => table_for_each_file(&matrix),
    })
}

/// A row for each file.
fn one_table(matrix: &Matrix) -> String {
    let mut table = Table::default();
    table
        .row(["", "", "order-0", "Huffman", "", "neural", "", "gain", "no-prior", "Huffman", "MB/s", "neural", "MB/s"]);
    table.row([
        "file", "bytes", "bpb", "bytes", "bpb", "bytes", "bpb", "%", "bytes", "comp", "decomp", "comp", "decomp",
    ]);
    let total = matrix.total();
    let mut names = short_names(matrix.files.iter().map(|file| file.name.as_str()), 32);
    names.push("total".to_owned());
    for (name, file) in names.into_iter().zip(matrix.files.iter().chain([&total])) {
        let mut row = vec![name, file.size.to_string(), figure(file.per_byte(file.order0_bits), 3)];
        let [huffman, neural, no_prior] = [0, 1, 2].map(|codec| cells(matrix, file, codec));
        row.extend([&huffman[..2], &neural[..3], &no_prior[..1], &huffman[3..], &neural[3..]].concat());
        table.row(row);
    }
    table.render() + LEGEND
}

const LEGEND: &str = "\nbpb: bits per byte; gain: how much smaller than by Huffman coding; no-prior: neural without the built-in prior;\nMB/s: 10^6 bytes of content a second, one thread\n";

/// A table for each file, with a row for each codec.
fn table_for_each_file(matrix: &Matrix) -> String {
    let total = matrix.total();
    let alone = matrix.files.len() == 1;
    let mut text = String::new();
    for file in matrix.files.iter().chain((!alone).then_some(&total)) {
        let order0 = figure(file.per_byte(file.order0_bits), 3);
        text += &format!("{}: {} bytes, order-0 entropy {order0} bits per byte\n", file.name, file.size);
        let mut table = Table::default();
        table.row(["codec", "bytes", "bpb", "gain %", "comp MB/s", "decomp MB/s"]);
        for (i, codec) in matrix.codecs.iter().enumerate() {
            let mut row = vec![format!("{} {}", codec.name(), codec.settings())];
            row.extend(cells(matrix, file, i));
            table.row(row);
        }
        text += &table.render();
        text.push('\n');
    }
    text + LEGEND.trim_start()
}

/// Size, bits per byte, gain over Huffman coding, speed of compression and of decompression.
fn cells(matrix: &Matrix, file: &Measured, codec: usize) -> [String; 5] {
    let Some(sample) = file.samples[codec] else { return std::array::from_fn(|_| "-".to_owned()) };
    [
        sample.size.to_string(),
        figure(file.per_byte(8.0 * sample.size as f64), 3),
        figure(matrix.gain_over_huffman(file, codec), 1),
        megabytes(speed(file.size, sample.compress)),
        megabytes(speed(file.size, sample.decompress)),
    ]
}
