//! What the headers of compressed files say → a table like gzip's, or JSON.

use std::{
    collections::{BTreeMap, BTreeSet},
    io::BufReader,
};

use serde::Serialize;

use super::{
    input::Input,
    plan::Plan,
    report::{Problem, one_line, plain, saved},
};
use crate::{FrameInfo, Method, cli::stdio, inspect, inspect_file};

/// What `-l` prints in the end.
#[derive(Debug, Default)]
pub struct List {
    rows: Vec<Row>,
}

/// One compressed file.
#[derive(Debug, Serialize)]
struct Row {
    name: String,
    compressed: u64,
    uncompressed: u64,
    frames: Vec<Frame>,
}

/// One of its frames.
#[derive(Debug, Serialize)]
struct Frame {
    level: u8,
    /// The trained model that decoding needs.
    model: Option<String>,
    compressed: u64,
    uncompressed: u64,
    /// How many blocks each method coded.
    blocks: BTreeMap<&'static str, u64>,
    /// XXH3-64 of the content.
    check: String,
}

impl From<FrameInfo> for Frame {
    fn from(info: FrameInfo) -> Self {
        let blocks = Method::ALL.into_iter().map(Method::name).zip(info.blocks);
        Self {
            level: info.level.get(),
            model: info.model.map(|id| id.to_string()),
            compressed: info.coded_size,
            uncompressed: info.raw_size,
            blocks: blocks.filter(|&(_, count)| count > 0).collect(),
            check: format!("{:016x}", info.content_hash),
        }
    }
}

impl List {
    /// Reads the headers of `input`.
    pub fn add(&mut self, plan: &Plan, input: &mut Input) -> Result<(), Problem> {
        let name = match input.path() {
            Some(path) => plan.names.decompressed(path).as_deref().unwrap_or(path).display().to_string(),
            None => "-".into(),
        };
        let infos = if input.can_seek() { inspect_file(&mut *input) } else { inspect(BufReader::new(&mut *input)) };
        let infos = infos.map_err(|e| Problem::error(&*input, plain(&e.into())))?;
        let frames: Vec<Frame> = infos.into_iter().map(Frame::from).collect();
        let compressed = frames.iter().map(|frame| frame.compressed).sum();
        let uncompressed = frames.iter().map(|frame| frame.uncompressed).sum();
        self.rows.push(Row { name, compressed, uncompressed, frames });
        Ok(())
    }

    /// Prints all that was added on standard output.
    pub fn print(&self, json: bool, verbose: bool) -> Result<(), Problem> {
        let text = if json { self.json() } else { self.table(verbose) };
        stdio::print(text.as_bytes()).map_err(|error| Problem::error("stdout", plain(&error)))
    }

    fn json(&self) -> String {
        let text = serde_json::to_string_pretty(&self.rows);
        text.expect("strings, numbers and maps with string keys have a JSON form") + "\n"
    }

    /// One row a file, and a row of totals if there are several.
    fn table(&self, verbose: bool) -> String {
        let mut out = String::new();
        if self.rows.is_empty() {
            return out;
        }
        if verbose {
            out += "method            level blocks check            model            ";
        }
        out += "         compressed        uncompressed  ratio uncompressed_name\n";
        for row in &self.rows {
            let details = if verbose { row.details() } else { String::new() };
            out += &line(&details, row.compressed, row.uncompressed, &row.name);
        }
        if self.rows.len() > 1 {
            let compressed = self.rows.iter().map(|row| row.compressed).sum();
            let uncompressed = self.rows.iter().map(|row| row.uncompressed).sum();
            let details = " ".repeat(if verbose { DETAILS_WIDTH } else { 0 });
            out += &line(&details, compressed, uncompressed, "(totals)");
        }
        out
    }
}

/// Columns that [`Row::details`] takes.
const DETAILS_WIDTH: usize = 65;

impl Row {
    /// Methods, levels, number of blocks, check (of a single frame: several have no common one), and the models needed.
    fn details(&self) -> String {
        let methods: BTreeSet<&str> = self.frames.iter().flat_map(|frame| frame.blocks.keys().copied()).collect();
        let models: BTreeSet<&str> = self.frames.iter().filter_map(|frame| frame.model.as_deref()).collect();
        let levels: BTreeSet<u8> = self.frames.iter().map(|frame| frame.level).collect();
        let levels = match (levels.first(), levels.last()) {
            (Some(first), Some(last)) if first < last => format!("{first}-{last}"),
            (Some(only), _) => only.to_string(),
            _ => "-".into(),
        };
        let blocks: u64 = self.frames.iter().flat_map(|frame| frame.blocks.values()).sum();
        let check = match self.frames.as_slice() {
            [frame] => &frame.check,
            _ => "-",
        };
        format!("{:<17} {levels:>5} {blocks:>6} {check:<16} {:<16} ", joined(methods), joined(models))
    }
}

/// All of `names`, or a dash for none.
fn joined(names: BTreeSet<&str>) -> String {
    if names.is_empty() { "-".into() } else { Vec::from_iter(names).join("+") }
}

fn line(details: &str, compressed: u64, uncompressed: u64, name: &str) -> String {
    let ratio = format!("{:.1}%", saved(uncompressed, compressed));
    format!("{details}{compressed:>19} {uncompressed:>19} {ratio:>6} {}\n", one_line(name))
}
