//! Two contents → what each field costs in one and in the other.

use std::collections::HashMap;

use serde_json::{Value, json};

use super::report::{Report, short, whole};
use crate::toolbox::table::Table;

/// Characters of a name in the table.
const NAME: usize = 72;

/// A field in both contents: bits, and values or else bytes.
struct Row<'a> {
    name: &'a str,
    bits: [f64; 2],
    counts: [u64; 2],
}

impl Row<'_> {
    fn difference(&self) -> f64 {
        self.bits[1] - self.bits[0]
    }
}

/// The fields of both, by name; those that differ most come first.
fn rows<'a>(reports: [&'a Report; 2]) -> Vec<Row<'a>> {
    let mut places: HashMap<&str, usize> = HashMap::new();
    let mut rows: Vec<Row> = Vec::new();
    for (side, report) in reports.into_iter().enumerate() {
        let fields = report.fields.iter().map(|field| (field.name.as_str(), field.bits, field.values));
        let overhead = report.overhead.iter().map(|&(name, bits)| (name, bits, 0));
        for (name, bits, count) in fields.chain(overhead) {
            let next = rows.len();
            let place = *places.entry(name).or_insert(next);
            if place == next {
                rows.push(Row { name, bits: [0.0; 2], counts: [0; 2] });
            }
            rows[place].bits[side] += bits;
            rows[place].counts[side] += count;
        }
    }
    rows.sort_by(|a, b| b.difference().abs().total_cmp(&a.difference().abs()).then_with(|| a.name.cmp(b.name)));
    rows
}

/// The table of the difference, at most `most` rows; the others are one.
pub fn table(reports: [&Report; 2], most: usize) -> String {
    let mut table = Table::default();
    let of_both = ["bits of A", "bits of B", "B - A", "bits/value A", "bits/value B"];
    table.row(["field"].into_iter().chain(of_both));
    let rows = rows(reports);
    let (shown, rest) = rows.split_at(rows.len().min(most));
    for row in shown {
        let per_value = |side: usize| match row.counts[side] {
            0 => String::new(),
            count => format!("{:.2}", row.bits[side] / count as f64),
        };
        let bits = [row.bits[0], row.bits[1], row.difference()].map(whole);
        table.row([short(row.name, NAME)].into_iter().chain(bits).chain([per_value(0), per_value(1)]));
    }
    let sums = |rows: &[Row]| rows.iter().fold([0.0; 2], |sum, row| [sum[0] + row.bits[0], sum[1] + row.bits[1]]);
    let line = |name: String, [a, b]: [f64; 2]| [name, whole(a), whole(b), whole(b - a)];
    if !rest.is_empty() {
        table.row(line(format!("({} more fields)", rest.len()), sums(rest)));
    }
    table.row(line("total".to_owned(), sums(&rows)));
    table.render()
}

/// The difference, for machines.
pub fn json(reports: [&Report; 2]) -> Value {
    let row =
        |row: Row| json!({ "name": row.name, "bits": row.bits, "values": row.counts, "difference": row.difference() });
    json!({
        "files": reports.map(Report::json),
        "difference": rows(reports).into_iter().map(row).collect::<Vec<_>>(),
    })
}
