//! `foretell bench --block-sizes`: what it costs that each block starts with a new network.
//!
//! ```text
//! files, joined × block length → bytes of neural blocks, without headers → a row for each length
//! ```

use super::neural_sizes::{Job, measure};
use crate::toolbox::{
    inputs::{self, Input},
    notes::Notes,
    table::Table,
};
use foretell::{Level, unstable::container::MAX_BLOCK_LEN};

/// The shortest block that is measured.
const LEAST: usize = 1 << 20;

/// Measures blocks of 1, 2, 4 … MiB, up to the first that holds all files or the longest that the format has.
///
/// # Errors
/// No memory for a network. A file that cannot be read is reported and left out.
pub fn report(inputs: &[Input], levels: &[Level], notes: &mut Notes) -> anyhow::Result<String> {
    let content = inputs::read_all(inputs, notes).concat();
    let doubled = |&len: &usize| (len < content.len() && len < MAX_BLOCK_LEN).then_some(2 * len);
    let lens: Vec<_> = std::iter::successors(Some(LEAST), doubled).collect();
    // The longest first, so that in the end no processor works alone on a long block.
    let jobs: Vec<_> = (lens.iter().enumerate().rev())
        .flat_map(|(row, &len)| content.chunks(len).map(move |block| Job { row, block, without: None }))
        .collect();
    let mut columns = Vec::new();
    for &level in levels {
        columns.push((level, measure(&jobs, lens.len(), level, notes)?));
    }
    Ok(table(&lens, &columns))
}

/// A row for each block length; for each level the bytes, and how much more they are than with the longest blocks.
fn table(lens: &[usize], columns: &[(Level, Vec<u64>)]) -> String {
    let mut table = Table::default();
    let heads = columns.iter().flat_map(|(level, _)| [format!("bytes at -{}", level.get()), "change in %".to_owned()]);
    table.row(std::iter::once("block".to_owned()).chain(heads));
    for (row, len) in lens.iter().enumerate() {
        let mut cells = vec![format!("{} MiB", len >> 20)];
        for (_, sizes) in columns {
            let whole = sizes[lens.len() - 1].max(1) as f64;
            cells.extend([sizes[row].to_string(), format!("{:+.2}", 100.0 * (sizes[row] as f64 / whole - 1.0))]);
        }
        table.row(cells);
    }
    table.render()
}
