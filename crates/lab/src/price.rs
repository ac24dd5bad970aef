//! Content → what each byte costs, as it is coded and by each expert alone.

use std::{
    fs,
    io::{BufWriter, Write},
    path::Path,
};

use anyhow::Context;
use foretell::{
    Level,
    unstable::{
        coder::{Frequencies, TOTAL_BITS},
        math::F32x16,
    },
};

use crate::{
    content::{Content, groups},
    nibbles, probe,
    table::{Table, whole},
};

/// The costs of a content, in bits.
#[derive(Clone, Debug)]
pub struct Prices {
    /// `coded`, and then each expert.
    pub columns: Vec<String>,
    /// (bytes, columns)
    costs: Vec<f32>,
}

impl Prices {
    /// The costs of each byte: of its two nibbles, as coded, and as they would be by each expert alone. While a long
    /// match alone predicts, no other expert is asked, and each has the costs of the whole.
    ///
    /// # Errors
    /// No memory for the network.
    pub fn of(content: &[u8], level: Level, prior: bool) -> anyhow::Result<Self> {
        let mut probe = probe(level, prior, content.len())?;
        let columns: Vec<String> = [["coded".to_owned()].as_slice(), probe.experts()].concat();
        let mut costs = vec![0.0; content.len() * columns.len()];
        for (&byte, costs) in content.iter().zip(costs.chunks_exact_mut(columns.len())) {
            for nibble in nibbles(byte) {
                let seen = probe.seen();
                let coded = cost(&seen.p, nibble);
                costs[0] += coded;
                for (i, sum) in costs[1..].iter_mut().enumerate() {
                    *sum += seen.opinions.get(i).map_or(coded, |opinion| cost(&opinion.p, nibble));
                }
                probe.update(nibble, None);
            }
        }
        Ok(Self { columns, costs })
    }

    /// The costs of each byte. (columns)
    pub fn bytes(&self) -> impl Iterator<Item = &[f32]> {
        self.costs.chunks_exact(self.columns.len())
    }

    /// The costs of all bytes together. (columns)
    pub fn sums(&self) -> Vec<f64> {
        sums(self.bytes(), self.columns.len())
    }

    /// How many bytes each expert is the cheapest for, the first of those that are equally cheap. (columns; 0 for
    /// `coded`)
    fn wins(&self) -> Vec<usize> {
        let mut wins = vec![0; self.columns.len()];
        for costs in self.bytes() {
            let best = (1..costs.len()).min_by(|&a, &b| costs[a].total_cmp(&costs[b]));
            best.iter().for_each(|&best| wins[best] += 1);
        }
        wins
    }

    /// The costs of each byte as CSV: offset, byte, and bits by column.
    fn write_csv(&self, content: &[u8], path: &Path) -> anyhow::Result<()> {
        let mut out = BufWriter::new(fs::File::create(path).with_context(|| path.display().to_string())?);
        let quoted: Vec<String> = self.columns.iter().map(|name| format!("\"{name}\"")).collect();
        writeln!(out, "offset,byte,{}", quoted.join(","))?;
        for (offset, (byte, costs)) in content.iter().zip(self.bytes()).enumerate() {
            let costs: Vec<String> = costs.iter().map(|cost| format!("{cost:.4}")).collect();
            writeln!(out, "{offset},{byte},{}", costs.join(","))?;
        }
        Ok(out.flush()?)
    }
}

/// The bits of a nibble, as the coder rounds them.
fn cost(p: &[f32; 16], nibble: u8) -> f32 {
    let (start, end) = Frequencies::new(&F32x16(*p)).interval(nibble);
    (f64::from(TOTAL_BITS) - f64::from(end - start).log2()) as f32
}

fn sums<'a>(costs: impl Iterator<Item = &'a [f32]>, columns: usize) -> Vec<f64> {
    let mut sums = vec![0.0; columns];
    for costs in costs {
        sums.iter_mut().zip(costs).for_each(|(sum, &cost)| *sum += f64::from(cost));
    }
    sums
}

/// What the report has beside its two tables.
#[derive(clap::Args, Clone, Debug, Default)]
pub struct Detail {
    /// A table of experts for each kind, instead of one for all
    #[arg(long)]
    pub kinds: bool,
    /// Also a table of the regions of this many bytes, of each file
    #[arg(long, value_name = "BYTES")]
    pub regions: Option<usize>,
    /// Write NAME.csv there for each file: the costs in bits of each byte, as coded and by each expert alone
    #[arg(long, value_name = "FOLDER")]
    pub bytes: Option<std::path::PathBuf>,
}

/// The tables: files and kinds; experts; regions, if asked for.
///
/// # Errors
/// No memory for a network, or a CSV file cannot be written.
pub fn report(contents: &[Content], level: Level, prior: bool, detail: &Detail) -> anyhow::Result<String> {
    let mut all = Vec::new();
    let mut columns = Vec::new();
    let mut regions = table("region");
    for content in contents {
        let prices = Prices::of(&content.bytes, level, prior)?;
        if let Some(folder) = &detail.bytes {
            prices.write_csv(&content.bytes, &folder.join(format!("{}.csv", content.name())))?;
        }
        if let Some(len) = detail.regions {
            let costs: Vec<&[f32]> = prices.bytes().collect();
            for (i, region) in costs.chunks(len.max(1)).enumerate() {
                let name = format!("{} at {}", content.name(), whole((i * len) as u64));
                let sums = sums(region.iter().copied(), prices.columns.len());
                regions.row(row(&name, region.len(), &sums, &prices.columns));
            }
        }
        all.push(Priced { content, sums: prices.sums(), wins: prices.wins() });
        columns = prices.columns;
    }
    let regions = if detail.regions.is_some() { format!("\n{}", regions.render()) } else { String::new() };
    let mut experts_of = String::new();
    if detail.kinds {
        for kind in groups(contents, |content| &content.kind) {
            experts_of += &format!("\n{}", experts(&kind, &all, |content| content.kind == kind, &columns));
        }
    } else {
        experts_of = format!("\n{}", experts("all", &all, |_| true, &columns));
    }
    Ok(format!("{}{experts_of}{regions}", files(contents, &all, &columns)))
}

/// A file and the sums of its costs.
struct Priced<'a> {
    content: &'a Content,
    sums: Vec<f64>,
    wins: Vec<usize>,
}

/// The bytes and costs of several files.
fn together<'a>(chosen: impl Iterator<Item = &'a Priced<'a>>, columns: usize) -> (usize, Vec<f64>) {
    chosen.fold((0, vec![0.0; columns]), |(bytes, mut sums), file| {
        sums.iter_mut().zip(&file.sums).for_each(|(sum, more)| *sum += more);
        (bytes + file.content.bytes.len(), sums)
    })
}

/// The table of files and kinds.
fn files(contents: &[Content], all: &[Priced], columns: &[String]) -> String {
    let mut table = table("file");
    for file in all {
        table.row(row(&file.content.name(), file.content.bytes.len(), &file.sums, columns));
    }
    for kind in groups(contents, |content| &content.kind) {
        let (bytes, sums) = together(all.iter().filter(|file| file.content.kind == kind), columns.len());
        table.row(row(&format!("**{kind}**"), bytes, &sums, columns));
    }
    let (bytes, sums) = together(all.iter(), columns.len());
    table.row(row("**all**", bytes, &sums, columns));
    table.render()
}

/// The table of experts over the files that are `of` a group.
fn experts(name: &str, all: &[Priced], of: impl Fn(&Content) -> bool, columns: &[String]) -> String {
    let chosen: Vec<_> = all.iter().filter(|file| of(file.content)).collect();
    let (bytes, sums) = together(chosen.iter().copied(), columns.len());
    let mut table = Table::new([&format!("expert, on {name}"), "bytes if alone", "bits per byte", "cheapest for"]);
    for (column, name) in columns.iter().enumerate() {
        let wins: usize = chosen.iter().map(|file| file.wins[column]).sum();
        let share =
            if column == 0 { "–".to_owned() } else { format!("{:.1} %", 100.0 * wins as f64 / bytes.max(1) as f64) };
        table.row([name.clone(), coded(sums[column]), format!("{:.4}", sums[column] / bytes.max(1) as f64), share]);
    }
    table.render()
}

/// The table of files, or of regions.
fn table(what: &str) -> Table {
    Table::new([what, "bytes", "coded", "bits per byte", "cheapest alone", "bits per byte"])
}

/// Bits in whole bytes.
fn coded(bits: f64) -> String {
    whole((bits / 8.0).ceil() as u64)
}

/// A row of the tables of files and of regions.
fn row(name: &str, bytes: usize, sums: &[f64], columns: &[String]) -> [String; 6] {
    let best = (1..columns.len()).min_by(|&a, &b| sums[a].total_cmp(&sums[b])).unwrap_or(0);
    let per_byte = |column: usize| format!("{:.4}", sums[column] / bytes.max(1) as f64);
    let expert = columns[best].split(':').next().unwrap_or_default().to_owned();
    [name.to_owned(), whole(bytes as u64), coded(sums[0]), per_byte(0), expert, per_byte(best)]
}
