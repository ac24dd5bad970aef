//! Content and what another program says of each of its nibbles → what that would gain as one more input of the mixers.
//!
//! A side file has 32 bytes for each nibble of the content, high before low, in the form of the dump's probabilities:
//! −4096 · ln p of each of the sixteen values (u16, little-endian). So any new model can be tried in any language before
//! a line of it is in the network.

use std::{fs, path::Path};

use anyhow::{Context, bail};
use foretell::{Level, unstable::model::Probe};

use crate::{
    content::Content,
    dump::read_logs,
    nibbles,
    table::{Table, change, whole},
};

/// What a side file says of each nibble, in log-probabilities.
///
/// # Errors
/// It cannot be read, or its length does not fit `content_len` bytes of content.
pub fn read(path: &Path, content_len: usize) -> anyhow::Result<Vec<[f32; 16]>> {
    let bytes = fs::read(path).with_context(|| path.display().to_string())?;
    if bytes.len() != 64 * content_len {
        let wanted = 64 * content_len;
        bail!("{}: has {} bytes; {content_len} bytes of content need {wanted}", path.display(), bytes.len());
    }
    Ok(bytes.as_chunks::<32>().0.iter().map(read_logs).collect())
}

/// The bits that `content` costs with one more input.
///
/// # Errors
/// No memory for the network.
pub fn cost(content: &[u8], level: Level, side: &[[f32; 16]]) -> anyhow::Result<f64> {
    let mut probe = Probe::new(level, content.len(), side.first().copied())?;
    let mut bits = 0.0;
    let nexts = side.iter().skip(1).map(Some).chain([None]);
    for (nibble, next) in content.iter().flat_map(|&byte| nibbles(byte)).zip(nexts) {
        bits -= f64::from(probe.probability(nibble)).log2().max(-20.0);
        // After the last nibble nothing is predicted that counts.
        probe.update(nibble, Some(next.copied().unwrap_or_default()));
    }
    Ok(bits)
}

/// A row for each content, without and with the input of its side file.
///
/// # Errors
/// As of [`read`] and [`cost`].
pub fn report(content: &Content, side: &Path, level: Level) -> anyhow::Result<String> {
    let side = read(side, content.bytes.len())?;
    let before = Probe::new(level, content.bytes.len(), None)?.cost(&content.bytes) / 8.0;
    let with = cost(&content.bytes, level, &side)? / 8.0;
    let alone: f64 = content
        .bytes
        .iter()
        .flat_map(|&byte| nibbles(byte))
        .zip(&side)
        .map(|(nibble, logs)| {
            let total: f64 = logs.iter().map(|&log| f64::from(log).exp()).sum();
            (total.ln() - f64::from(logs[usize::from(nibble)])) / std::f64::consts::LN_2
        })
        .sum();
    let mut table = Table::new(["file", "bytes", "input alone", "before", "with the input", "change"]);
    let figure = |bytes: f64| whole(bytes.ceil() as u64);
    table.row([
        content.name(),
        whole(content.bytes.len() as u64),
        figure(alone / 8.0),
        figure(before),
        figure(with),
        change(with, before),
    ]);
    Ok(table.render())
}
