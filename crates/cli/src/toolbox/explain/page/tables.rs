//! The tables of a report, as rows of a page.

use crate::toolbox::explain::{
    fields::ledger::Field,
    lines::Line,
    report::{Report, line_text, short, whole},
};

/// Characters of a line or a name in a table.
const MOST_TEXT: usize = 160;
/// Rows of fields; all others are one.
const MOST_ROWS: usize = 400;

/// Text for a page: nothing in it is markup.
pub fn escaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => out += "&amp;",
            '<' => out += "&lt;",
            '>' => out += "&gt;",
            '"' => out += "&quot;",
            c => out.push(c),
        }
    }
    out
}

fn row(cells: &[String], class: &str) -> String {
    let cells: String = cells
        .iter()
        .enumerate()
        .map(|(i, cell)| if i == 0 { format!("<th scope=\"row\">{cell}</th>") } else { format!("<td>{cell}</td>") })
        .collect();
    format!("<tr{class}>{cells}</tr>\n")
}

/// The rows of the table of fields.
pub fn fields(report: &Report) -> String {
    let share = |bits: f64| {
        let meter = format!("<meter min=\"0\" max=\"100\" value=\"{:.2}\"></meter>", report.share(bits).max(0.0));
        format!("{} {meter}", report.percent(bits))
    };
    let per = |bits: f64, count: u64| if count == 0 { String::new() } else { format!("{:.2}", bits / count as f64) };
    let mut out = String::new();
    let (shown, rest) = report.fields.split_at(report.fields.len().min(MOST_ROWS));
    for field in shown.iter().chain(&Field::joined(rest)) {
        let mut cells = report.cells(field, MOST_TEXT);
        cells[0] = escaped(&cells[0]);
        cells[4] = share(field.bits);
        out += &row(&cells, "");
    }
    let empty = String::new;
    for &(name, bits) in &report.overhead {
        out +=
            &row(&[escaped(name), empty(), empty(), whole(bits), share(bits), empty(), empty()], " class=\"overhead\"");
    }
    let total = report.total();
    let bytes = whole(report.account.shown as f64);
    let rate = per(total, report.account.shown);
    let cells = ["total".to_owned(), bytes, empty(), whole(total), share(total), empty(), rate];
    out + &row(&cells, " class=\"total\"")
}

/// The rows of a table of lines; the script makes buttons of the places.
pub fn lines(lines: &[Line]) -> String {
    let line = |line: &Line| {
        format!(
            "<tr><td><a href=\"#at-{}\" data-at=\"{}\">{}</a></td><td>{:.1}</td><td>{:.2}</td><td class=\"line\">{}</td></tr>\n",
            line.at,
            line.at,
            whole(line.at as f64),
            line.bits,
            line.bits / line.bytes as f64,
            escaped(&short(&line_text(line), MOST_TEXT))
        )
    };
    lines.iter().map(line).collect()
}
