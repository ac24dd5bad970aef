//! What a trained model saves on samples that were held out, beside zstd with a dictionary.

use std::collections::HashSet;

use super::zstd_dictionary;
use crate::toolbox::{
    bench::peers,
    notes::Notes,
    table::{Table, figure},
};
use foretell::{Loss, Model, RecordCompressor, TrainingReport};

/// A model that saves less than this share of the samples held out does not pay.
const LEAST_SAVED: f64 = 0.02;
/// If this share of the samples held out is among the others, they say nothing about new samples.
const MOSTLY: f64 = 0.9;
/// The bytes of the checksum that a zstd file has by default.
const ZSTD_CHECKSUM: u64 = 4;

/// Why the model may be worth less than it seems, or nothing at all.
pub fn doubts(trained: &TrainingReport, (held_out, kept): &(Vec<&[u8]>, Vec<&[u8]>)) -> Vec<String> {
    let mut doubts = Vec::new();
    let saved = 1.0 - trained.held_out.bits / trained.held_out_without.bits.max(1.0);
    if saved < LEAST_SAVED {
        let less = if saved > 0.0 { format!("only {:.1} % less", 100.0 * saved) } else { "no less".to_owned() };
        let file = trained.file.len();
        doubts.push(format!(
            "warning: the model does not pay: the samples held out take {less} with it than without, and its file \
             takes {file} bytes"
        ));
    }
    let kept: HashSet<&[u8]> = kept.iter().copied().collect();
    let known = held_out.iter().filter(|sample| kept.contains(*sample)).count();
    if known as f64 >= MOSTLY * held_out.len() as f64 {
        doubts.push(format!(
            "warning: {known} of the {} samples held out are among the others, byte for byte: their size says \
             nothing about new samples",
            held_out.len()
        ));
    }
    doubts
}

/// The size of all samples held out, each compressed alone.
pub struct Size {
    label: String,
    bytes: u64,
}

impl Size {
    /// A row of the report.
    pub fn new(label: impl Into<String>, bytes: u64) -> Self {
        Self { label: label.into(), bytes }
    }
}

/// Bytes of all `samples`.
pub fn len(samples: &[&[u8]]) -> u64 {
    samples.iter().map(|sample| sample.len() as u64).sum()
}

/// The samples as records of their own.
pub fn record_sizes(model: &Model, held_out: &[&[u8]], notes: &Notes) -> anyhow::Result<Vec<Size>> {
    notes.doing("compressing the samples held out");
    let mut compressor = RecordCompressor::new(model)?;
    let (mut raw, mut whole) = (0, 0);
    for sample in held_out {
        raw += compressor.compress_raw(sample)?.len() as u64;
        whole += compressor.compress(sample)?.len() as u64;
    }
    notes.clear();
    Ok(vec![Size::new("records, raw", raw), Size::new("records, with headers", whole)])
}

/// zstd's sizes, if it is on PATH. If zstd fails, that says nothing about the model, so it is no failure.
pub fn zstd_sizes(size: u64, kept: &[&[u8]], held_out: &[&[u8]], notes: &Notes) -> Vec<Size> {
    let Some(program) = peers::find_program("zstd") else { return Vec::new() };
    let size = zstd_dictionary::size_against(size);
    notes.doing("zstd");
    match zstd_dictionary::coded_len(&program, size, kept, held_out) {
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

/// The tables about the model and about what it saves.
pub fn report(trained: &TrainingReport, sizes: &[Size]) -> String {
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
    let mut saves = Table::default();
    saves.row(["held out", "bytes", "bits per byte"]);
    let bits = |what: &str, loss: &Loss| [what.to_owned(), String::new(), format!("{:.4}", loss.per_byte())];
    saves.row(bits("network without the model", &trained.held_out_without));
    saves.row(bits("network with it", &trained.held_out));
    saves.row(bits("  before quantisation", &trained.held_out_exact));
    for size in sizes {
        let per_byte = (all > 0).then(|| 8.0 * size.bytes as f64 / all as f64);
        saves.row([size.label.clone(), size.bytes.to_string(), figure(per_byte, 4)]);
    }
    format!("{}\n{}\n{}", about.render(), saves.render(), quantisation(trained))
}

/// How much larger the output is because the file holds rounded numbers, and only the contexts that fit its size.
fn quantisation(trained: &TrainingReport) -> String {
    let exact = trained.held_out_exact.bits;
    let cost = (exact > 0.0).then(|| 100.0 * (trained.held_out.bits / exact - 1.0));
    format!("quantisation costs {} %\n", figure(cost, 2))
}
