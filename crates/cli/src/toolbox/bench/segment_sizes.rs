//! `foretell bench --segment-sizes`: what it costs that content can be given out before its block ends.
//!
//! ```text
//! each file, flushed every so many bytes → bytes of its frame → a row for each number of bytes
//! ```

use std::io::Write;

use crate::toolbox::{
    inputs::{self, Input},
    notes::Notes,
    table::Table,
};
use foretell::{EncodeOptions, Encoder, Level};

/// Bytes of content between flushes, which end segments; the last row has the segments that are usual.
const LENS: [(usize, &str); 7] = [
    (1 << 12, "4 KiB"),
    (1 << 14, "16 KiB"),
    (1 << 15, "32 KiB"),
    (1 << 16, "64 KiB"),
    (1 << 17, "128 KiB"),
    (1 << 18, "256 KiB"),
    (usize::MAX, "as usual"),
];

/// Measures the files, each in segments of at most these lengths.
///
/// # Errors
/// No memory for a network. A file that cannot be read is reported and left out.
pub fn report(inputs: &[Input], levels: &[Level], notes: &mut Notes) -> anyhow::Result<String> {
    let files = inputs::read_all(inputs, notes);
    let mut columns = Vec::new();
    for &level in levels {
        let mut sizes = [0; LENS.len()];
        for (number, file) in (1..).zip(&files) {
            notes.doing(&format!("{number} of {} at -{}", files.len(), level.get()));
            for (size, (len, _)) in sizes.iter_mut().zip(LENS) {
                *size += flushed(file, len, level)?;
            }
        }
        columns.push((level, sizes));
    }
    notes.clear();
    Ok(table(&columns))
}

/// Bytes of the frame of `content`, flushed every `len` bytes.
fn flushed(content: &[u8], len: usize, level: Level) -> foretell::Result<usize> {
    let options = EncodeOptions::new().level(level).content_size(content.len() as u64);
    let mut encoder = Encoder::new(Vec::new(), &options);
    for part in content.chunks(len) {
        encoder.write_all(part)?;
        if part.len() == len {
            encoder.flush()?;
        }
    }
    Ok(encoder.finish()?.len())
}

/// A row for each length; for each level the bytes, and how much more they are than as usual.
fn table(columns: &[(Level, [usize; LENS.len()])]) -> String {
    let mut table = Table::default();
    let heads = columns.iter().flat_map(|(level, _)| [format!("bytes at -{}", level.get()), "change in %".to_owned()]);
    table.row(std::iter::once("segment".to_owned()).chain(heads));
    for (row, (_, name)) in LENS.iter().enumerate() {
        let mut cells = vec![(*name).to_owned()];
        for (_, sizes) in columns {
            let usual = sizes[LENS.len() - 1].max(1) as f64;
            cells.extend([sizes[row].to_string(), format!("{:+.2}", 100.0 * (sizes[row] as f64 / usual - 1.0))]);
        }
        table.row(cells);
    }
    table.render()
}
