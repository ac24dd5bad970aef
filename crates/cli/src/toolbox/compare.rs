//! `foretell compare`: what the network makes of a few files, in full.

use std::path::PathBuf;

use super::{
    export::{self, speed},
    inputs,
    levels::parse_level,
    notes::Notes,
    print,
    survey::{Measured, Plan, Survey, survey},
    table::{Table, figure, megabytes, short_names},
};
use foretell::Level;

/// Compare the network's result on each file with Huffman coding and with other compressors
///
/// Tells of each file its size, its order-0 entropy (bits per byte that an ideal code of single bytes needs), and of
/// each codec (among them the network without the built-in model) the compressed size with all headers, the bits per
/// byte, how many per cent smaller it is than by Huffman coding, and the speed of compression and decompression. Every
/// result is decompressed and compared with the file; a difference is an error.
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
    let plan = Plan { levels: &[args.level], peers: args.peers, curves: false };
    let survey = survey(&inputs::files(&args.files), &plan, notes);
    print(&match (args.json, args.peers) {
        (true, _) => export::json(&survey)?,
        (false, false) => one_table(&survey),
        (false, true) => table_for_each_file(&survey),
    })
}

/// A row for each file.
fn one_table(survey: &Survey) -> String {
    let mut table = Table::default();
    table
        .row(["", "", "order-0", "Huffman", "", "neural", "", "gain", "no-prior", "Huffman", "MB/s", "neural", "MB/s"]);
    table.row([
        "file", "bytes", "bpb", "bytes", "bpb", "bytes", "bpb", "%", "bytes", "comp", "decomp", "comp", "decomp",
    ]);
    let total = survey.total();
    let mut names = short_names(survey.files.iter().map(|file| file.name.as_str()), 32);
    names.push("total".to_owned());
    for (name, file) in names.into_iter().zip(survey.files.iter().chain([&total])) {
        let mut row = vec![name, file.size.to_string(), figure(file.per_byte(file.order0_bits), 3)];
        let [huffman, neural, no_prior] = [0, 1, 2].map(|codec| cells(survey, file, codec));
        row.extend([&huffman[..2], &neural[..3], &no_prior[..1], &huffman[3..], &neural[3..]].concat());
        table.row(row);
    }
    table.render() + LEGEND
}

const LEGEND: &str = "\nbpb: bits per byte; gain: how much smaller than by Huffman coding; no-prior: neural without the built-in model;\nMB/s: 10^6 bytes of content a second, one thread\n";

/// A table for each file, with a row for each codec.
fn table_for_each_file(survey: &Survey) -> String {
    let total = survey.total();
    let alone = survey.files.len() == 1;
    let mut text = String::new();
    for file in survey.files.iter().chain((!alone).then_some(&total)) {
        let order0 = figure(file.per_byte(file.order0_bits), 3);
        text += &format!("{}: {} bytes, order-0 entropy {order0} bits per byte\n", file.name, file.size);
        let mut table = Table::default();
        table.row(["codec", "bytes", "bpb", "gain %", "comp MB/s", "decomp MB/s"]);
        for (i, codec) in survey.codecs.iter().enumerate() {
            let mut row = vec![format!("{} {}", codec.name(), codec.settings())];
            row.extend(cells(survey, file, i));
            table.row(row);
        }
        text += &table.render();
        text.push('\n');
    }
    text + LEGEND.trim_start()
}

/// Size, bits per byte, gain over Huffman coding, speed of compression and of decompression.
fn cells(survey: &Survey, file: &Measured, codec: usize) -> [String; 5] {
    let Some(sample) = file.samples[codec] else { return std::array::from_fn(|_| "-".to_owned()) };
    [
        sample.size.to_string(),
        figure(file.per_byte(8.0 * sample.size as f64), 3),
        figure(survey.gain_over_huffman(file, codec), 1),
        megabytes(speed(file.size, sample.compress)),
        megabytes(speed(file.size, sample.decompress)),
    ]
}
