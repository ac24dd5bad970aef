//! Two or more builds of `fore` → their sizes and CPU seconds over the same files, by file, kind and set.
//!
//! The builds take turns at each file, so that what else the machine does harms all alike.

use std::{
    path::{Path, PathBuf},
    process::{Command, Stdio},
};

use anyhow::{Context, bail};
use foretell::Level;
use nix::sys::{
    resource::{UsageWho, getrusage},
    time::TimeValLike,
};

use crate::{
    content::{Content, groups},
    table::{Table, change, whole},
};

/// What a build made of one file or of several.
#[derive(Clone, Copy, Debug, Default)]
struct Cost {
    bytes: u64,
    seconds: f64,
}

/// The table: a row for each file (unless only `kinds` are asked for), kind and set, and for all. Builds are compared to
/// the first. Then a line for each of the others: which kind and which file grow most.
///
/// # Errors
/// A build cannot be run, or fails.
pub fn report(
    contents: &[Content],
    level: Level,
    prior: bool,
    builds: &[PathBuf],
    kinds: bool,
) -> anyhow::Result<String> {
    let of_file = |content: &Content| builds.iter().map(|build| compress(build, level, prior, &content.path)).collect();
    let costs: anyhow::Result<Vec<Vec<Cost>>> = contents.iter().map(of_file).collect();
    let comparison = Comparison { contents, builds, costs: costs? };
    let mut text = comparison.table(kinds);
    for build in 1..builds.len() {
        text += &comparison.worst(build);
    }
    Ok(text)
}

/// What builds made of files.
struct Comparison<'a> {
    contents: &'a [Content],
    builds: &'a [PathBuf],
    /// (files, builds)
    costs: Vec<Vec<Cost>>,
}

impl Comparison<'_> {
    fn table(&self, kinds: bool) -> String {
        let name = |build: &PathBuf| build.display().to_string();
        let mut columns = vec!["files".to_owned(), "bytes".to_owned(), name(&self.builds[0]), "CPU s".to_owned()];
        for build in &self.builds[1..] {
            columns.extend([name(build), "size".to_owned(), "CPU s".to_owned(), "time".to_owned()]);
        }
        let mut table = Table::new(columns);
        for content in self.contents.iter().filter(|_| !kinds) {
            table.row(self.row(&content.name(), &|other| std::ptr::eq(other, content)));
        }
        for kind in groups(self.contents, |content| &content.kind) {
            table.row(self.row(&format!("**{kind}**"), &|content| content.kind == kind));
        }
        for set in groups(self.contents, |content| &content.set) {
            table.row(self.row(&format!("**set {set}**"), &|content| content.set == set));
        }
        table.row(self.row("**all**", &|_| true));
        table.render()
    }

    /// What a build made of the files that are `of` a group.
    fn sum(&self, build: usize, of: &dyn Fn(&Content) -> bool) -> Cost {
        let chosen = self.contents.iter().zip(&self.costs).filter(|(content, _)| of(content));
        chosen.map(|(_, costs)| costs[build]).fold(Cost::default(), |sum, cost| Cost {
            bytes: sum.bytes + cost.bytes,
            seconds: sum.seconds + cost.seconds,
        })
    }

    fn row(&self, name: &str, of: &dyn Fn(&Content) -> bool) -> Vec<String> {
        let bytes = self.contents.iter().filter(|content| of(content)).map(|content| content.bytes.len() as u64).sum();
        let base = self.sum(0, of);
        let mut cells = vec![name.to_owned(), whole(bytes), whole(base.bytes), format!("{:.2}", base.seconds)];
        for build in 1..self.builds.len() {
            let cost = self.sum(build, of);
            let size = change(cost.bytes as f64, base.bytes as f64);
            let time = change(cost.seconds, base.seconds);
            cells.extend([whole(cost.bytes), size, format!("{:.2}", cost.seconds), time]);
        }
        cells
    }

    /// The kind and the file that a build makes larger, or less smaller, than the others, and how many files are more
    /// than half a per cent larger.
    fn worst(&self, build: usize) -> String {
        let growth =
            |of: &dyn Fn(&Content) -> bool| self.sum(build, of).bytes as f64 / self.sum(0, of).bytes.max(1) as f64;
        let kinds = groups(self.contents, |content| &content.kind).into_iter();
        let kinds = kinds.map(|kind| (growth(&|content: &Content| content.kind == kind), kind));
        let files = self.contents.iter();
        let files: Vec<_> = files.map(|file| (growth(&|other| std::ptr::eq(other, file)), file.name())).collect();
        let largest = |a: &(f64, String), b: &(f64, String)| a.0.total_cmp(&b.0);
        let [kind, file] =
            [kinds.max_by(largest), files.iter().cloned().max_by(largest)].map(Option::unwrap_or_default);
        let larger = files.iter().filter(|(growth, _)| *growth > 1.005).count();
        let path = self.builds[build].display();
        let ([of_kind, of_file], [kind, file]) = ([kind.0, file.0].map(|growth| change(growth, 1.0)), [kind.1, file.1]);
        format!(
            "\n{path}: at most {of_kind} of a kind ({kind}), {of_file} of a file ({file}); {larger} files are more than 0.5 % larger.\n"
        )
    }
}

/// Compresses a file by one thread, and counts what comes out.
fn compress(build: &Path, level: Level, prior: bool, file: &Path) -> anyhow::Result<Cost> {
    let before = children_seconds()?;
    let mut command = Command::new(build);
    command.args([format!("-{}", level.get()).as_str(), "-T1", "-c"]);
    if !prior {
        command.arg("--no-prior");
    }
    let output = command.arg(file).stdin(Stdio::null()).output().with_context(|| build.display().to_string())?;
    if !output.status.success() {
        bail!("{}: {}", build.display(), String::from_utf8_lossy(&output.stderr).trim());
    }
    Ok(Cost { bytes: output.stdout.len() as u64, seconds: children_seconds()? - before })
}

/// The CPU seconds of all processes that this one has waited for.
fn children_seconds() -> anyhow::Result<f64> {
    let usage = getrusage(UsageWho::RUSAGE_CHILDREN)?;
    Ok((usage.user_time() + usage.system_time()).num_microseconds() as f64 / 1e6)
}
