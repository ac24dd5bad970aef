//! `--list`: headers of compressed files → a table like gzip's, or JSON.

use std::{
    collections::{BTreeMap, BTreeSet},
    io::BufReader,
};

use serde::Serialize;

use super::{input::Input, plan::Plan};
use crate::common::{
    report::{Problem, one_line, plain, saved},
    stdio,
};
use foretell::{BlockKind, FrameInfo, inspect_each, inspect_file_each};

/// The rows that `-l` prints in the end.
#[derive(Debug, Default)]
pub struct List {
    rows: Vec<Row>,
}

/// The most frames of one file that are listed one by one: a file can have millions.
const MOST_FRAMES: usize = 1 << 16;
/// The most trained models of one file that are named.
const MOST_MODELS: usize = 100;

/// One compressed file.
#[derive(Debug, Default, Serialize)]
struct Row {
    name: String,
    compressed: u64,
    uncompressed: u64,
    frames: Vec<Frame>,
    /// How many frames are not listed.
    #[serde(skip_serializing_if = "is_zero")]
    frames_left_out: u64,
    #[serde(skip)]
    sums: Sums,
}

fn is_zero(number: &u64) -> bool {
    *number == 0
}

/// The frames of one file taken together.
#[derive(Debug, Default)]
struct Sums {
    methods: BTreeSet<&'static str>,
    models: BTreeSet<String>,
    levels: BTreeSet<u8>,
    blocks: u64,
}

/// One of its frames.
#[derive(Debug, Serialize)]
struct Frame {
    level: u8,
    /// The trained model that decoding needs.
    model: Option<String>,
    compressed: u64,
    uncompressed: u64,
    /// How far back copies may reach, in bytes.
    window: u64,
    /// How many blocks there are of each kind.
    blocks: BTreeMap<&'static str, u64>,
    /// XXH3-64 of the content.
    check: String,
}

impl From<FrameInfo> for Frame {
    fn from(info: FrameInfo) -> Self {
        let blocks = BlockKind::all().map(|kind| (kind.name(), info.blocks(kind)));
        Self {
            level: info.level.get(),
            model: info.model.map(|id| id.to_string()),
            compressed: info.coded_size,
            uncompressed: info.raw_size,
            window: info.window,
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
        let mut row = Row { name, ..Row::default() };
        let add = |info: FrameInfo| row.add(info.into());
        let inspected = if input.can_seek() {
            inspect_file_each(&mut *input, add)
        } else {
            inspect_each(BufReader::new(&mut *input), add)
        };
        inspected.map_err(|e| Problem::error(&*input, plain(&e.into())))?;
        self.rows.push(row);
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
    /// Counts `frame`, and lists it unless there are too many.
    fn add(&mut self, frame: Frame) {
        self.compressed += frame.compressed;
        self.uncompressed += frame.uncompressed;
        self.sums.methods.extend(frame.blocks.keys());
        self.sums.levels.insert(frame.level);
        self.sums.blocks += frame.blocks.values().sum::<u64>();
        if self.sums.models.len() < MOST_MODELS {
            self.sums.models.extend(frame.model.clone());
        }
        if self.frames.len() < MOST_FRAMES {
            self.frames.push(frame);
        } else {
            self.frames_left_out += 1;
        }
    }

    /// Methods, levels, number of blocks, check (of a single frame: several have no common one), and the models needed.
    fn details(&self) -> String {
        let Sums { methods, models, levels, blocks } = &self.sums;
        let levels = match (levels.first(), levels.last()) {
            (Some(first), Some(last)) if first < last => format!("{first}-{last}"),
            (Some(only), _) => only.to_string(),
            _ => "-".into(),
        };
        let check = match self.frames.as_slice() {
            [frame] => &frame.check,
            _ => "-",
        };
        let (methods, models) = (joined(methods.iter().copied()), joined(models.iter().map(String::as_str)));
        format!("{methods:<17} {levels:>5} {blocks:>6} {check:<16} {models:<16} ")
    }
}

/// All of `names`, or a dash for none.
fn joined<'a>(names: impl Iterator<Item = &'a str>) -> String {
    let names = Vec::from_iter(names);
    if names.is_empty() { "-".into() } else { names.join("+") }
}

fn line(details: &str, compressed: u64, uncompressed: u64, name: &str) -> String {
    let ratio = format!("{:.1}%", saved(uncompressed, compressed));
    format!("{details}{compressed:>19} {uncompressed:>19} {ratio:>6} {}\n", one_line(name))
}
