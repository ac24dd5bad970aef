//! All that is known of a content: its fields with the overhead, its lines, its curve → tables and JSON.

use std::collections::BTreeMap;

use foretell::insight::{Account, Overhead};
use serde_json::{Value, json};

use super::{fields::Kind, fields::ledger::Field, lines::Line};
use crate::{common::report::one_line, toolbox::table::Table};

/// Characters of a name in a table, and of a line.
const NAME: usize = 72;
const LINE: usize = 90;

/// What a content costs, and where.
#[derive(Debug)]
pub struct Report {
    pub name: String,
    pub account: Account,
    pub kind: Kind,
    /// The fields of the content, the one with the most bits first.
    pub fields: Vec<Field>,
    /// Bits that are no content's.
    pub overhead: Vec<(&'static str, f64)>,
    pub dearest: Vec<Line>,
    pub cheapest: Vec<Line>,
    /// Where each stretch ends, and its bits per byte.
    pub curve: Vec<(u64, f64)>,
}

/// The rows of overhead, by kind.
pub fn overhead_rows(sums: &BTreeMap<Overhead, f64>) -> Vec<(&'static str, f64)> {
    let name = |kind: &Overhead| match kind {
        Overhead::FrameHeader => "(header of the file)",
        Overhead::SegmentHeader => "(headers and checksums of segments)",
        Overhead::CoderEnd => "(ends of the coder)",
        _ => "(end of the file)",
    };
    sums.iter().map(|(kind, &bits)| (name(kind), bits)).collect()
}

/// A number with its thousands set apart.
pub fn whole(number: f64) -> String {
    let digits = format!("{:.0}", number.abs());
    let sign = if number <= -0.5 { "-" } else { "" };
    let mut out = String::from(sign);
    for (i, digit) in digits.chars().enumerate() {
        if i > 0 && (digits.len() - i) % 3 == 0 {
            out.push(',');
        }
        out.push(digit);
    }
    out
}

/// A name or line in a table: in one line, and not too long.
pub fn short(text: &str, most: usize) -> String {
    let text = one_line(text);
    if text.chars().count() <= most { text } else { text.chars().take(most - 1).chain(['…']).collect() }
}

/// The start of a line, as text or, if it is none, as numbers.
pub fn line_text(line: &Line) -> String {
    match std::str::from_utf8(&line.start) {
        Ok(text) => text.trim_end().to_owned(),
        Err(error) if error.valid_up_to() + 4 > line.start.len() && error.error_len().is_none() => {
            String::from_utf8_lossy(&line.start[..error.valid_up_to()]).into_owned()
        }
        Err(_) => line.start.iter().take(24).map(|byte| format!("{byte:02x} ")).collect(),
    }
}

impl Report {
    /// The bits of the whole.
    pub fn total(&self) -> f64 {
        8.0 * self.account.coded as f64
    }

    /// The part of the whole that `bits` are, in percent.
    pub fn share(&self, bits: f64) -> f64 {
        if self.account.coded == 0 { 0.0 } else { 100.0 * bits / self.total() }
    }

    /// The same in words, without the sign of a zero.
    pub fn percent(&self, bits: f64) -> String {
        let percent = format!("{:.2} %", self.share(bits));
        if percent == "-0.00 %" { percent[1..].to_owned() } else { percent }
    }

    /// What is said first.
    pub fn head(&self) -> String {
        let Account { content, shown, coded, level, frames, .. } = self.account;
        let per_byte =
            if content == 0 { String::new() } else { format!(", {:.3} bits per byte", self.total() / content as f64) };
        let taken_apart =
            if shown == content { String::new() } else { format!(" (taken apart: {})", whole(shown as f64)) };
        let frames = if frames > 1 { format!(", {frames} frames") } else { String::new() };
        format!(
            "{}: {} bytes{taken_apart} in {}{per_byte}, level {}{frames}; {}",
            self.name,
            whole(content as f64),
            whole(coded as f64),
            level.get(),
            self.kind
        )
    }

    /// The table of fields and overhead, at most `most` rows of fields; the others are one.
    pub fn table(&self, most: usize) -> String {
        let mut table = Table::default();
        table.row(["field", "bytes", "values", "bits", "share", "bits/value", "bits/byte"]);
        let (shown, rest) = self.fields.split_at(self.fields.len().min(most));
        shown.iter().chain(&Field::joined(rest)).for_each(|field| table.row(self.cells(field, NAME)));
        for &(name, bits) in &self.overhead {
            table.row([name.to_owned(), String::new(), String::new(), whole(bits), self.percent(bits)]);
        }
        let bytes = whole(self.account.shown as f64);
        table.row(["total".to_owned(), bytes, String::new(), whole(self.total()), self.percent(self.total())]);
        table.render()
    }

    /// The cells of a field in a table: name, of at most `most` characters, bytes, values, bits, share, bits per value and
    /// per byte.
    pub fn cells(&self, field: &Field, most: usize) -> [String; 7] {
        let Field { name, bytes, values, bits } = field;
        let per = |count: u64| if count == 0 { String::new() } else { format!("{:.2}", bits / count as f64) };
        let values_text = if *values == 0 { String::new() } else { whole(*values as f64) };
        let share = self.percent(*bits);
        [short(name, most), whole(*bytes as f64), values_text, whole(*bits), share, per(*values), per(*bytes)]
    }

    /// The tables of the dearest and the cheapest lines, `most` of each.
    pub fn lines(&self, most: usize) -> String {
        let mut out = String::new();
        for (title, lines) in [("dearest lines", &self.dearest), ("cheapest lines", &self.cheapest)] {
            if lines.is_empty() || most == 0 {
                continue;
            }
            // The line comes last, so that it may be long.
            out += &format!("\n{title}\n{:>12}  {:>9}  {:>9}\n", "at", "bits", "bits/byte");
            for line in lines.iter().take(most) {
                let (rate, text) = (line.bits / line.bytes as f64, short(&line_text(line), LINE));
                out += &format!("{:>12}  {:>9.1}  {rate:>9.2}  {text}\n", line.at, line.bits);
            }
        }
        out
    }

    /// All of it, for machines: docs/INSIGHT.md has the names.
    pub fn json(&self) -> Value {
        let Account { content, shown, coded, level, model, frames, .. } = self.account;
        let fields = self.fields.iter().map(|field| {
            let per_value = (field.values > 0).then(|| field.bits / field.values as f64);
            json!({
                "name": field.name, "bytes": field.bytes, "values": field.values, "bits": rounded(field.bits),
                "share": self.share(field.bits) / 100.0, "bits_per_value": per_value,
            })
        });
        let overhead = self
            .overhead
            .iter()
            .map(|&(name, bits)| json!({ "name": name, "bits": rounded(bits), "share": self.share(bits) / 100.0 }));
        let lines = |lines: &[Line]| -> Vec<Value> {
            let line = |line: &Line| json!({ "at": line.at, "bytes": line.bytes, "bits": rounded(line.bits), "start": line_text(line) });
            lines.iter().map(line).collect()
        };
        json!({
            "file": self.name, "content_bytes": content, "shown_bytes": shown, "coded_bytes": coded,
            "level": level.get(), "model": model.map(|model| model.to_string()), "frames": frames,
            "kind": self.kind.to_string(),
            "fields": fields.collect::<Vec<_>>(), "overhead": overhead.collect::<Vec<_>>(),
            "dearest": lines(&self.dearest), "cheapest": lines(&self.cheapest),
            "curve": self.curve.iter().map(|&(end, rate)| json!({ "end": end, "bits_per_byte": rounded(rate) })).collect::<Vec<_>>(),
        })
    }
}

/// Bits to a thousandth.
fn rounded(bits: f64) -> f64 {
    (bits * 1000.0).round() / 1000.0
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_grouped() {
        let shown = [0.0, 12.4, 999.6, 1234567.0, -1234.0, -0.3].map(whole);
        assert_eq!(shown, ["0", "12", "1,000", "1,234,567", "-1,234", "0"]);
    }

    #[test]
    fn lines_are_shown_as_what_they_are() {
        let text = |start: &[u8]| line_text(&Line { at: 0, bits: 1.0, bytes: 1, start: start.to_vec() });
        assert_eq!(text("häh\n".as_bytes()), "häh");
        assert_eq!(text(&"häh".as_bytes()[..2]), "h");
        assert_eq!(text(b"\xff\x00"), "ff 00 ");
    }
}
