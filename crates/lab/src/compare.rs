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

/// The table: a row for each file, kind and set, and for all. The first build is that which others are compared to.
///
/// # Errors
/// A build cannot be run, or fails.
pub fn report(
    contents: &[Content],
    level: Level,
    prior: bool,
    builds: &[PathBuf],
    kinds_only: bool,
) -> anyhow::Result<String> {
    let mut costs = Vec::new();
    for content in contents {
        let of_builds: anyhow::Result<Vec<Cost>> =
            builds.iter().map(|build| compress(build, level, prior, &content.path)).collect();
        costs.push(of_builds?);
    }
    let mut columns = vec!["files".to_owned(), "bytes".to_owned(), builds[0].display().to_string(), "CPU s".to_owned()];
    for build in &builds[1..] {
        columns.extend([build.display().to_string(), "size".to_owned(), "CPU s".to_owned(), "time".to_owned()]);
    }
    let mut table = Table::new(columns);
    let mut add = |name: &str, of: &dyn Fn(&Content) -> bool| {
        let chosen: Vec<usize> = (0..contents.len()).filter(|&i| of(&contents[i])).collect();
        let bytes = chosen.iter().map(|&i| contents[i].bytes.len() as u64).sum();
        let sum = |build: usize| {
            let add = |sum: Cost, &i: &usize| Cost {
                bytes: sum.bytes + costs[i][build].bytes,
                seconds: sum.seconds + costs[i][build].seconds,
            };
            chosen.iter().fold(Cost::default(), add)
        };
        let base = sum(0);
        let mut cells = vec![name.to_owned(), whole(bytes), whole(base.bytes), format!("{:.2}", base.seconds)];
        for build in 1..builds.len() {
            let cost = sum(build);
            let size = change(cost.bytes as f64, base.bytes as f64);
            let time = change(cost.seconds, base.seconds);
            cells.extend([whole(cost.bytes), size, format!("{:.2}", cost.seconds), time]);
        }
        table.row(cells);
    };
    if !kinds_only {
        for content in contents {
            add(&content.name(), &|other| std::ptr::eq(other, content));
        }
    }
    for kind in groups(contents, |content| &content.kind) {
        add(&format!("**{kind}**"), &|content| content.kind == kind);
    }
    for set in groups(contents, |content| &content.set) {
        add(&format!("**set {set}**"), &|content| content.set == set);
    }
    add("**all**", &|_| true);
    Ok(table.render())
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
