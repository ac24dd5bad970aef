//! Rows of cells → a Markdown table, that docs/EXPERIMENTS.md can take as it is.

/// A table: the first column is aligned left, the others right.
pub struct Table {
    rows: Vec<Vec<String>>,
}

impl Table {
    /// A table with these names of its columns.
    pub fn new<S: Into<String>>(columns: impl IntoIterator<Item = S>) -> Self {
        let mut table = Self { rows: vec![] };
        table.row(columns);
        table
    }

    /// Adds a row.
    pub fn row<S: Into<String>>(&mut self, cells: impl IntoIterator<Item = S>) {
        // A bar within a cell would end it.
        self.rows.push(cells.into_iter().map(|cell| cell.into().replace('|', "\\|")).collect());
    }

    /// The table as Markdown, with columns of even width.
    pub fn render(&self) -> String {
        let columns = self.rows[0].len();
        let width = |column: usize| self.rows.iter().map(|row| row[column].chars().count()).max().unwrap_or(0).max(2);
        let widths: Vec<usize> = (0..columns).map(width).collect();
        let mut text = String::new();
        for (i, row) in self.rows.iter().enumerate() {
            let cell = |(column, cell): (usize, &String)| match column {
                0 => format!("| {cell:<0$} |", widths[0]),
                _ => format!(" {cell:>0$} |", widths[column]),
            };
            text.extend(row.iter().enumerate().map(cell));
            text.push('\n');
            if i == 0 {
                let rule = |(column, &width)| {
                    if column == 0 {
                        format!("|{}|", "-".repeat(width + 2))
                    } else {
                        format!("{}:|", "-".repeat(width + 1))
                    }
                };
                text.extend(widths.iter().enumerate().map(rule));
                text.push('\n');
            }
        }
        text
    }
}

/// A whole number with commas: 1,234,567.
pub fn whole(number: u64) -> String {
    let digits = number.to_string();
    let mut text = String::new();
    for (i, digit) in digits.chars().enumerate() {
        if i > 0 && (digits.len() - i).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

/// How much more `now` is than `before`, in per cent: +1.25 %.
pub fn change(now: f64, before: f64) -> String {
    if before == 0.0 { "–".to_owned() } else { format!("{:+.2} %", 100.0 * (now / before - 1.0)) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_have_commas_and_changes_a_sign() {
        assert_eq!([0, 999, 1000, 1_234_567].map(whole), ["0", "999", "1,000", "1,234,567"]);
        assert_eq!(change(101.0, 100.0), "+1.00 %");
        assert_eq!(change(1.0, 0.0), "–");
    }

    #[test]
    fn tables_are_markdown_of_even_width() {
        let mut table = Table::new(["file", "bytes"]);
        table.row(["a|b", "12,345"]);
        assert_eq!(table.render(), "| file |  bytes |\n|------|-------:|\n| a\\|b | 12,345 |\n");
    }
}
