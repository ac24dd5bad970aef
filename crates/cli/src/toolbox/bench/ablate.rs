//! `foretell bench --ablate`: how much larger the output is without each component of the network.
//!
//! ```text
//! files × (whole network, network without one component) → bytes of neural blocks, without headers → a row for each
//! ```

use std::iter;

use serde::Serialize;

use super::{
    export::{number, quoted, round},
    neural_sizes::{Job, measure},
};
use crate::toolbox::{
    inputs::{self, Input},
    notes::Notes,
    table::{Table, figure},
};
use foretell::{Level, unstable::model::Component};

/// The form of the report.
#[derive(Clone, Copy, Debug)]
pub enum Form {
    /// Aligned columns.
    Table,
    /// One JSON object.
    Json,
    /// A line for each component.
    Csv,
}

#[derive(Serialize)]
struct Ablation {
    version: &'static str,
    level: u8,
    size: u64,
    results: Vec<Row>,
}

#[derive(Serialize)]
struct Row {
    component: String,
    bytes: u64,
    bits_per_byte: Option<f64>,
    change_percent: Option<f64>,
}

/// The size of all files together, by the whole network and without each component that `level` has.
///
/// # Errors
/// No memory for a network. A file that cannot be read is reported and left out.
pub fn report(inputs: &[Input], level: Level, form: Form, notes: &mut Notes) -> anyhow::Result<String> {
    let contents = inputs::read_all(inputs, notes);
    let variants: Vec<_> = iter::once(None).chain(Component::of(level).map(Some)).collect();
    let blocks = || contents.iter().flat_map(|content| content.chunks(level.block_len()));
    let jobs: Vec<_> = (variants.iter().enumerate())
        .flat_map(|(row, &without)| blocks().map(move |block| Job { row, block, without }))
        .collect();
    let sizes = measure(&jobs, variants.len(), level, notes)?;
    let size = contents.iter().map(|content| content.len() as u64).sum();
    let rows = variants.iter().zip(&sizes).map(|(variant, &bytes)| row(*variant, bytes, sizes[0], size));
    let ablation = Ablation { version: env!("CARGO_PKG_VERSION"), level: level.get(), size, results: rows.collect() };
    Ok(match form {
        Form::Table => ablation.table(),
        Form::Json => serde_json::to_string_pretty(&ablation)? + "\n",
        Form::Csv => ablation.csv(),
    })
}

fn row(variant: Option<Component>, bytes: u64, whole: u64, size: u64) -> Row {
    let share = |amount: f64, of: u64| (of > 0).then(|| amount / of as f64);
    Row {
        component: variant.map_or("whole network".to_owned(), |component| component.to_string()),
        bytes,
        bits_per_byte: round(share(8.0 * bytes as f64, size), 6),
        change_percent: round(share(100.0 * (bytes as f64 - whole as f64), whole), 3),
    }
}

impl Ablation {
    fn table(&self) -> String {
        let mut table = Table::default();
        table.row(["component", "bytes", "bits per byte", "change in %"]);
        for row in &self.results {
            let change = row.change_percent.map_or("-".to_owned(), |change| format!("{change:+.2}"));
            table.row([row.component.clone(), row.bytes.to_string(), figure(row.bits_per_byte, 4), change]);
        }
        table.render()
    }

    fn csv(&self) -> String {
        let mut text = "component,bytes,bits_per_byte,change_percent\n".to_owned();
        for row in &self.results {
            let cells =
                [quoted(&row.component), row.bytes.to_string(), number(row.bits_per_byte), number(row.change_percent)];
            text += &cells.join(",");
            text.push('\n');
        }
        text
    }
}
