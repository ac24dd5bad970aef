//! Cells → aligned text.

use std::{collections::HashSet, path::MAIN_SEPARATOR};

/// Rows of cells: the first of each row is aligned left, the others right.
#[derive(Default)]
pub struct Table {
    rows: Vec<Vec<String>>,
}

impl Table {
    /// Adds a row.
    pub fn row<S: Into<String>>(&mut self, cells: impl IntoIterator<Item = S>) {
        self.rows.push(cells.into_iter().map(Into::into).collect());
    }

    /// The rows as lines, each column as wide as its widest cell, two spaces between columns.
    pub fn render(&self) -> String {
        let columns = self.rows.iter().map(Vec::len).max().unwrap_or(0);
        let width = |column: usize| {
            let cells = self.rows.iter().filter_map(|row| row.get(column));
            cells.map(|cell| cell.chars().count()).max().unwrap_or(0)
        };
        let widths: Vec<usize> = (0..columns).map(width).collect();
        let mut text = String::new();
        for row in &self.rows {
            let cells = row.iter().zip(&widths).enumerate().map(|(i, (cell, &width))| match i {
                0 => format!("{cell:<width$}"),
                _ => format!("{cell:>width$}"),
            });
            text += cells.collect::<Vec<_>>().join("  ").trim_end();
            text.push('\n');
        }
        text
    }
}

/// A figure with this many `decimals`, or a dash if it is not known.
pub fn figure(value: Option<f64>, decimals: usize) -> String {
    value.map_or("-".to_owned(), |value| format!("{value:.decimals$}"))
}

/// A speed in MB/s (10⁶ bytes a second), to three figures.
pub fn megabytes(speed: Option<f64>) -> String {
    let speed = speed.map(|speed| speed / 1e6);
    let decimals = match speed {
        Some(100.0..) => 0,
        Some(10.0..) => 1,
        Some(1.0..) => 2,
        _ => 3,
    };
    figure(speed, decimals)
}

/// The names without the folder that all of them share, each at most about `max` characters long and no two alike. Long
/// names keep their ends, which say most.
pub fn short_names<'a>(names: impl IntoIterator<Item = &'a str>, max: usize) -> Vec<String> {
    let names: Vec<&str> = names.into_iter().collect();
    let shared = shared_folder(&names);
    let mut used = HashSet::new();
    let mut unique = |short: String| {
        let numbered = |n: usize| if n == 1 { short.clone() } else { format!("{short} ({n})") };
        let free = (1..).map(numbered).find(|name| !used.contains(name)).unwrap_or_default();
        used.insert(free.clone());
        free
    };
    names.iter().map(|name| unique(short_name(&name[shared..], max))).collect()
}

/// The length in bytes of the folder's name that all `names` start with.
fn shared_folder(names: &[&str]) -> usize {
    let Some(first) = names.first() else { return 0 };
    let ends = first.match_indices(MAIN_SEPARATOR).map(|(at, separator)| at + separator.len());
    ends.rev().find(|&end| names.iter().all(|name| name.starts_with(&first[..end]))).unwrap_or(0)
}

fn short_name(name: &str, max: usize) -> String {
    let len = name.chars().count();
    if len <= max {
        return name.to_owned();
    }
    "…".chars().chain(name.chars().skip(len + 1 - max)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_are_aligned_whatever_the_widths() {
        let mut table = Table::default();
        table.row(["file", "bytes"]);
        table.row(["é", "1"]);
        table.row(["longer", "123456"]);
        assert_eq!(table.render(), "file     bytes\né            1\nlonger  123456\n");
    }

    #[test]
    fn speeds_have_three_figures() {
        let shown = [0.0512e6, 1.2345e6, 12.345e6, 1234.5e6].map(|speed| megabytes(Some(speed)));
        assert_eq!(shown, ["0.051", "1.23", "12.3", "1234"]);
        assert_eq!(megabytes(None), "-");
    }

    #[test]
    fn long_names_keep_their_ends_and_stay_apart() {
        let names = ["a/b", "first/long/name.txt", "other/long/name.txt"];
        assert_eq!(short_names(names, 10), ["a/b", "…/name.txt", "…/name.txt (2)"]);
        assert_eq!(short_names(["/a/b/c/d", "/a/b/cd"], 10), ["c/d", "cd"]);
        assert_eq!(short_names(["a/b"], 10), ["b"]);
    }
}
