//! A matrix as JSON or CSV. Scripts rely on the names of the fields; `--help` lists them.

use std::time::Duration;

use serde::Serialize;

use super::{
    codec::Codec,
    matrix::{Matrix, Measured},
    sample::Sample,
};

/// The meaning of the fields, for `--help`.
pub const FIELDS: &str = "\
JSON: {version, files: [FILE], total: FILE, absent_peers: [NAME]}, where
  FILE   = {file, size, order0_bits_per_byte, results: [RESULT]}
  RESULT = {codec, settings, size, bits_per_byte, gain_over_huffman_percent,
            compress_bytes_per_second, decompress_bytes_per_second}
codec is huffman, neural, no-prior (neural without the built-in prior) or the name of another program; \
sizes are in bytes; a figure that does not exist (bits per byte of an empty file) is null; a codec that \
failed on a file is absent from its results and from the total's.";

/// The same for the ablation of `bench`.
pub const ABLATION_FIELDS: &str = "\
With --ablate: {version, level, size, results: [{component, bytes, bits_per_byte, change_percent}]}, the first \
result of the whole network.";

#[derive(Serialize)]
struct Report<'a> {
    version: &'static str,
    files: Vec<File<'a>>,
    total: File<'a>,
    absent_peers: &'a [&'static str],
}

#[derive(Serialize)]
struct File<'a> {
    file: &'a str,
    size: u64,
    order0_bits_per_byte: Option<f64>,
    results: Vec<Outcome>,
}

#[derive(Serialize)]
struct Outcome {
    codec: &'static str,
    settings: String,
    size: u64,
    bits_per_byte: Option<f64>,
    gain_over_huffman_percent: Option<f64>,
    compress_bytes_per_second: Option<u64>,
    decompress_bytes_per_second: Option<u64>,
}

/// The matrix as one JSON object.
pub fn json(matrix: &Matrix) -> anyhow::Result<String> {
    let total = matrix.total();
    let report = Report {
        version: env!("CARGO_PKG_VERSION"),
        files: matrix.files.iter().map(|file| view(matrix, file)).collect(),
        total: view(matrix, &total),
        absent_peers: &matrix.absent,
    };
    Ok(serde_json::to_string_pretty(&report)? + "\n")
}

/// The matrix as CSV: a line for each file and codec, then one for each codec's total.
pub fn csv(matrix: &Matrix) -> String {
    let mut text = "file,size,order0_bits_per_byte,codec,settings,coded_size,bits_per_byte,gain_over_huffman_percent,\
                    compress_bytes_per_second,decompress_bytes_per_second\n"
        .to_owned();
    let total = matrix.total();
    for measured in matrix.files.iter().chain([&total]) {
        let file = view(matrix, measured);
        for result in &file.results {
            let cells = [
                quoted(file.file),
                file.size.to_string(),
                number(file.order0_bits_per_byte),
                result.codec.to_owned(),
                quoted(&result.settings),
                result.size.to_string(),
                number(result.bits_per_byte),
                number(result.gain_over_huffman_percent),
                number(result.compress_bytes_per_second),
                number(result.decompress_bytes_per_second),
            ];
            text += &cells.join(",");
            text.push('\n');
        }
    }
    text
}

fn view<'a>(matrix: &Matrix, file: &'a Measured) -> File<'a> {
    let results = matrix.codecs.iter().enumerate().filter_map(|(i, codec)| {
        let gain = matrix.gain_over_huffman(file, i);
        file.samples[i].map(|sample| outcome(file, codec, sample, gain))
    });
    File {
        file: &file.name,
        size: file.size,
        order0_bits_per_byte: round(file.per_byte(file.order0_bits), 6),
        results: results.collect(),
    }
}

fn outcome(file: &Measured, codec: &Codec, sample: Sample, gain: Option<f64>) -> Outcome {
    Outcome {
        codec: codec.name(),
        settings: codec.settings(),
        size: sample.size,
        bits_per_byte: round(file.per_byte(8.0 * sample.size as f64), 6),
        gain_over_huffman_percent: round(gain, 3),
        compress_bytes_per_second: speed(file.size, sample.compress).map(|speed| speed as u64),
        decompress_bytes_per_second: speed(file.size, sample.decompress).map(|speed| speed as u64),
    }
}

/// Bytes of content per second; `None` for no content, or for a time too short to measure.
pub fn speed(size: u64, time: Duration) -> Option<f64> {
    (size > 0 && !time.is_zero()).then(|| size as f64 / time.as_secs_f64())
}

/// `value` rounded to this many decimals.
pub fn round(value: Option<f64>, decimals: i32) -> Option<f64> {
    let unit = 10f64.powi(decimals);
    value.map(|value| (value * unit).round() / unit)
}

/// A cell of CSV; empty if the value is not known.
pub fn number(value: Option<impl ToString>) -> String {
    value.map(|value| value.to_string()).unwrap_or_default()
}

/// A cell of CSV that may contain its separators.
pub fn quoted(text: &str) -> String {
    if text.contains([',', '"']) { format!("\"{}\"", text.replace('"', "\"\"")) } else { text.to_owned() }
}
