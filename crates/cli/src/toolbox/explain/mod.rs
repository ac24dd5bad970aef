//! `foretell explain`: why a file is so large, which field costs it, and which lines are odd.
//!
//! ```text
//! file → source → runs of bytes with their costs → watchers: shade   → the content on a terminal
//!                                                            fields  ┐
//!                                                            lines   ├→ report → tables, JSON, page
//!                                                            curve   ┘
//!                                                            page    → what the page shows of each byte
//! ```

mod difference;
mod fields;
mod lines;
mod page;
mod report;
mod run;
mod scale;
mod shade;
mod source;

use std::{
    env,
    io::{IsTerminal, Write, stdout},
    path::PathBuf,
};

use anyhow::{Context, ensure};
use clap::ValueEnum;
use foretell::{EncodeOptions, Level, Model, Models, insight::Wanted};

use self::{
    fields::{Fields, Kind},
    lines::{Curve, Lines},
    page::Page,
    report::{Report, overhead_rows},
    run::Watcher,
    scale::Depth,
    shade::{Look, Shade},
    source::Source,
};
use super::{
    notes::Notes,
    output::{Target, print},
    pack::load,
};
use crate::common::{
    models::at_hand,
    stdio,
    values::{Range, parse_level, parse_range, parse_size, parse_threads},
};

/// Explain where the bits of a compressed file go: what each byte and each field costs
///
/// FILE is compressed as `fore` does it, and what the coder charges each byte is added up; of a file that `fore` wrote,
/// what is in it is explained. Deflate streams (gzip, zip, PNG) are shown as what they hold, with their place in the file.
///
/// Shown are the content, each byte on the colour of its cost (eight bits are neutral, cheaper is blue, dearer orange)
/// and each row behind its bits; then what the fields cost: columns of CSV, key paths of JSON with [] for all indices,
/// templates of logs and what varies in them, paths of XML, places in binary records, members of tar, sections of ELF.
/// A value has the byte that ends it. Headers, checksums and the ends of the coder are rows of their own, so all rows
/// add up to the compressed file.
///
/// With FILE_B, the table has the difference of both by field. With -o, a page for a browser is written, which needs no
/// network: a map of the content, and for each byte what was expected in its place and by whom.
#[derive(clap::Args)]
pub struct Args {
    /// The file to explain, compressed or not; - is standard input
    #[arg(value_name = "FILE")]
    file: PathBuf,
    /// Show the difference of FILE and this one, by field
    #[arg(value_name = "FILE_B", conflicts_with_all = ["out", "head", "range", "hex", "text", "color"])]
    other: Option<PathBuf>,
    /// Compress with a trained model; a compressed FILE may need it
    #[arg(short = 'D', long, value_name = "MODEL")]
    model: Option<PathBuf>,
    /// A folder to look for the model in that a compressed FILE names, besides that in FORETELL_MODELS
    #[arg(long, value_name = "DIR")]
    models: Vec<PathBuf>,
    /// Compress by this level, 1 to 9; 6 or that of the model unless given
    #[arg(short, long, value_name = "N", value_parser = parse_level)]
    level: Option<Level>,
    /// Compress without the built-in prior
    #[arg(long)]
    no_prior: bool,
    /// Compress by so many threads; 0 is one a core
    #[arg(short = 'T', long, value_name = "N", value_parser = parse_threads, default_value_t = 1)]
    threads: u16,
    /// Take the content for this: json, csv, tsv, log, xml, text, records:LENGTH, tar, elf, streams
    #[arg(long = "as", value_name = "KIND", value_parser = fields::parse)]
    kind: Option<Kind>,
    /// Show only the tables
    #[arg(long, conflicts_with_all = ["head", "range", "hex", "text", "color"])]
    tables: bool,
    /// Show the first so many bytes of the content
    #[arg(long, value_name = "BYTES", value_parser = parse_size, conflicts_with = "range")]
    head: Option<u64>,
    /// Show LENGTH bytes of the content from OFFSET on, such as 1M:64K
    #[arg(long, value_name = "OFFSET:LENGTH", value_parser = parse_range)]
    range: Option<Range>,
    /// Show the content as hexadecimal numbers; unless given, by what it is
    #[arg(long, conflicts_with = "text")]
    hex: bool,
    /// Show the content as text
    #[arg(long)]
    text: bool,
    /// Colours: auto is for terminals, and not if NO_COLOR is set
    #[arg(long, value_name = "WHEN", value_enum)]
    color: Option<When>,
    /// Show at most so many fields
    #[arg(long, value_name = "NUMBER", default_value_t = 40)]
    rows: usize,
    /// Print all tables as JSON (docs/INSIGHT.md) and no content
    #[arg(long, conflicts_with_all = ["head", "range", "hex", "text", "color", "tables"])]
    json: bool,
    /// Write a page for a browser there, and show only the tables
    #[arg(short, long, value_name = "REPORT.html", conflicts_with_all = ["head", "range", "hex", "text", "color"])]
    out: Option<PathBuf>,
    /// Overwrite REPORT.html
    #[arg(short, long)]
    force: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, ValueEnum)]
enum When {
    Auto,
    Always,
    Never,
}

/// Explains a file, or the difference of two.
///
/// # Errors
/// Those of reading, coding and writing.
pub fn run(args: &Args, notes: &Notes) -> anyhow::Result<()> {
    let target = args
        .out
        .as_ref()
        .map(|path| Target::new(path, || (!args.force).then(|| "already exists; -f overwrites it".to_owned())));
    let target = target.transpose()?;
    let means = Means::of(args)?;
    if let Some(other) = &args.other {
        let reports = [&args.file, other].map(|path| means.report(Source::open(path)?, args, &mut []));
        let [a, b] = reports;
        let (a, b) = (a?, b?);
        if args.json {
            return print(&format!("{:#}\n", difference::json([&a, &b])));
        }
        return print(&format!("A  {}\nB  {}\n\n{}", a.head(), b.head(), difference::table([&a, &b], args.rows)));
    }
    let source = Source::open(&args.file)?;
    let Some(target) = target else { return means.print(source, args) };
    let mut page = Page::default();
    let report = means.report(source, args, &mut [&mut page])?;
    target.write(notes, |out| page.write(&report, out).map_err(anyhow::Error::from))?;
    // A page on standard output stands alone there.
    if args.out.as_ref().is_some_and(|out| out.as_os_str() == "-") { Ok(()) } else { print(&tables(&report, args)) }
}

/// The tables of a report, as text or for machines.
fn tables(report: &Report, args: &Args) -> String {
    if args.json {
        return format!("{:#}\n", report.json());
    }
    format!("{}\n\n{}{}", report.head(), report.table(args.rows), report.lines(5))
}

/// How files are compressed or decoded.
struct Means {
    options: EncodeOptions,
    models: Models,
    wanted: Wanted,
    is_chosen: bool,
}

impl Means {
    fn of(args: &Args) -> anyhow::Result<Self> {
        let model = args.model.as_deref().map(load).transpose()?;
        let models = at_hand(model.as_ref(), args.models.clone(), env::var_os("FORETELL_MODELS").as_deref());
        let level = args.level.or(model.as_ref().map(Model::level)).unwrap_or(Level::DEFAULT);
        let options = EncodeOptions::new().level(level).threads(args.threads.into()).built_in_prior(!args.no_prior);
        let options = model.into_iter().fold(options, EncodeOptions::model);
        let wanted = if args.out.is_some() { Wanted::Details } else { Wanted::Costs };
        Ok(Self { options, models, wanted, is_chosen: args.level.is_some() || args.no_prior })
    }

    /// All that is told of a file; other `watchers` look at it as well.
    fn report(&self, mut source: Source, args: &Args, watchers: &mut [&mut dyn Watcher]) -> anyhow::Result<Report> {
        let name = source.name.clone();
        ensure!(
            !(source.is_frame() && self.is_chosen),
            "{name}: is compressed, and explained as it is: without --level and --no-prior"
        );
        let is_open = args.kind.is_none_or(|kind| kind == Kind::Elf);
        let sections = if is_open { source.sections(&self.models)? } else { Vec::new() };
        let (mut fields, mut lines, mut curve) = (Fields::new(args.kind, sections), Lines::default(), Curve::default());
        let mut all: Vec<&mut dyn Watcher> = vec![&mut fields, &mut lines, &mut curve];
        all.extend(watchers.iter_mut().map(|watcher| &mut **watcher as &mut dyn Watcher));
        let told = source.show(&self.options, &self.models, self.wanted, &mut all)?;
        let (kind, fields) = fields.finish();
        let (dearest, cheapest) = lines.finish();
        let overhead = overhead_rows(&told.overhead);
        Ok(Report { name, account: told.account, kind, fields, overhead, dearest, cheapest, curve: curve.finish() })
    }

    /// Prints the content, unless only tables are asked for, and the tables.
    fn print(&self, source: Source, args: &Args) -> anyhow::Result<()> {
        if args.tables || args.json {
            return print(&tables(&self.report(source, args, &mut [])?, args));
        }
        let out = stdio::Stream::new().context("standard output")?;
        let look = match (args.hex, args.text) {
            (true, _) => Look::Hex,
            (_, true) => Look::Text,
            _ => Look::Auto,
        };
        let range = match (args.head, args.range) {
            (Some(head), _) => (0, head),
            (_, Some(Range { offset, len })) => (offset, offset.saturating_add(len)),
            _ => (0, u64::MAX),
        };
        let mut shade = Shade::new(out, depth(args.color), look, range);
        let report = self.report(source, args, &mut [&mut shade])?;
        let mut out = shade.finish().context("standard output")?;
        out.write_all(format!("\n{}", tables(&report, args)).as_bytes()).context("standard output")?;
        out.close().context("standard output")
    }
}

/// How many colours standard output has.
fn depth(when: Option<When>) -> Depth {
    let variable = |name| env::var(name).ok();
    let (no_color, color_term, term) = (variable("NO_COLOR"), variable("COLORTERM"), variable("TERM"));
    match when.unwrap_or(When::Auto) {
        When::Never => Depth::None,
        When::Auto if !stdout().is_terminal() => Depth::None,
        When::Auto => Depth::of(no_color.as_deref(), color_term.as_deref(), term.as_deref()),
        When::Always => match Depth::of(None, color_term.as_deref(), term.as_deref()) {
            Depth::None => Depth::Palette,
            depth => depth,
        },
    }
}
