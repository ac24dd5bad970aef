//! `foretell show`: what is in model files.

use std::{
    fs, io,
    path::{Path, PathBuf},
};

use anyhow::Context;

use crate::{
    common::report::one_line,
    toolbox::{notes::Notes, output::print, table::Table},
};
use foretell::Model;

/// Show trained models: name, level, contexts, samples they were trained on, and size
#[derive(clap::Args)]
pub struct Args {
    /// Files of models
    #[arg(required = true, value_name = "MODEL")]
    models: Vec<PathBuf>,
}

/// A row for each model; a file that cannot be read is reported, and the others go on.
pub fn run(args: &Args, notes: &mut Notes) -> anyhow::Result<()> {
    let mut table = Table::default();
    table.row(["file", "name", "level", "contexts", "samples", "sample bytes", "file bytes"]);
    let mut any = false;
    for path in &args.models {
        match row(path).with_context(|| one_line(path.display())) {
            Ok(row) => {
                table.row(row);
                any = true;
            }
            Err(error) => notes.failure(&error),
        }
    }
    if any { print(&table.render()) } else { Ok(()) }
}

fn row(path: &Path) -> io::Result<Vec<String>> {
    let model = Model::load(path)?;
    let (on, size) = (model.trained_on(), fs::metadata(path)?.len());
    let numbers = [u64::from(model.level().get()), model.contexts() as u64, on.samples, on.bytes, size];
    Ok([one_line(path.display()), model.id().to_string()].into_iter().chain(numbers.map(|n| n.to_string())).collect())
}
