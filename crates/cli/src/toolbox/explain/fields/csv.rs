//! Tables of text → their columns. A cell has its separator, by which it is known to have ended.

use super::{
    ledger::{Id, Ledger},
    scanner::Scanner,
};
use crate::toolbox::explain::run::Run;

/// Separators that are looked for, the best one first where several fit.
const SEPARATORS: [u8; 4] = [b'\t', b',', b';', b'|'];
/// Columns that are told apart.
const MOST_COLUMNS: usize = 2000;
/// Bytes of a name that are kept.
const MOST_NAME: usize = 100;

/// What is known of a table by its start.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Table {
    pub separator: u8,
    /// Whether the first line has the names of the columns.
    pub has_names: bool,
}

/// The scanner.
#[derive(Debug)]
pub struct Csv {
    separator: u8,
    /// The names in the first line, if it has names; until it has ended, those so far.
    header: Option<Vec<Vec<u8>>>,
    in_header: bool,
    columns: Vec<Id>,
    column: usize,
    in_quotes: bool,
    is_cell_begun: bool,
    names: Id,
}

impl Csv {
    /// Cells between `separator`s; with `has_header`, the first line has their names.
    pub fn new(separator: u8, has_header: bool, ledger: &mut Ledger) -> Self {
        Self {
            separator,
            header: has_header.then(Vec::new),
            in_header: has_header,
            columns: Vec::new(),
            column: 0,
            in_quotes: false,
            is_cell_begun: false,
            names: ledger.field("(names of columns)"),
        }
    }

    /// The table that `sample` begins with, if it is one.
    pub fn recognise(sample: &[u8], is_whole: bool) -> Option<Table> {
        SEPARATORS.into_iter().find_map(|separator| {
            let rows = rows(sample, separator, is_whole);
            let width = rows.first()?.len();
            let same = rows.iter().filter(|row| row.len() == width).count();
            let is_table = width > 1 && rows.len() > 2 && same * 20 >= rows.len() * 19;
            is_table.then(|| Table { separator, has_names: has_names(&rows) })
        })
    }

    /// The field of the cell.
    fn cell(&mut self, ledger: &mut Ledger) -> Id {
        while self.columns.len() <= self.column.min(MOST_COLUMNS) {
            let number = self.columns.len();
            let name = self.header.as_ref().and_then(|names| names.get(number)).filter(|name| !name.is_empty());
            let id = match name {
                _ if number == MOST_COLUMNS => ledger.field("(other columns)"),
                Some(name) => ledger.named(name),
                None => ledger.field(&format!("column {}", number + 1)),
            };
            self.columns.push(id);
        }
        self.columns[self.column.min(MOST_COLUMNS)]
    }

    fn byte(&mut self, byte: u8, ledger: &mut Ledger) -> Id {
        let field = if self.in_header { self.names } else { self.cell(ledger) };
        if !self.is_cell_begun && !self.in_header {
            ledger.count(field, 1);
        }
        self.is_cell_begun = true;
        if self.in_header {
            self.name(byte);
        }
        match byte {
            b'"' => self.in_quotes = !self.in_quotes,
            _ if self.in_quotes => {}
            b'\n' => {
                (self.column, self.is_cell_begun, self.in_header) = (0, false, false);
            }
            byte if byte == self.separator => (self.column, self.is_cell_begun) = (self.column + 1, false),
            _ => {}
        }
        field
    }

    /// Takes a byte of the names.
    fn name(&mut self, byte: u8) {
        let Some(names) = &mut self.header else { return };
        if names.len() <= self.column && names.len() < MOST_COLUMNS {
            names.push(Vec::new());
        }
        let is_part = self.in_quotes || !matches!(byte, b'\n' | b'\r') && byte != self.separator;
        if let Some(name) = names.get_mut(self.column)
            && is_part
            && byte != b'"'
            && name.len() < MOST_NAME
        {
            name.push(byte);
        }
    }
}

impl Scanner for Csv {
    fn run(&mut self, run: &Run, ledger: &mut Ledger) {
        for (byte, bits) in run.costs() {
            let field = self.byte(byte, ledger);
            ledger.charge(field, 1, bits);
        }
    }
}

/// The cells of the first lines of `sample`; a last line that may go on is left out.
fn rows(sample: &[u8], separator: u8, is_whole: bool) -> Vec<Vec<&[u8]>> {
    let (mut rows, mut row, mut start, mut in_quotes) = (Vec::new(), Vec::new(), 0, false);
    for (at, &byte) in sample.iter().enumerate() {
        match byte {
            b'"' => in_quotes = !in_quotes,
            _ if in_quotes => {}
            b'\n' => {
                row.push(&sample[start..at]);
                rows.push(std::mem::take(&mut row));
                start = at + 1;
            }
            byte if byte == separator => {
                row.push(&sample[start..at]);
                start = at + 1;
            }
            _ => {}
        }
    }
    if is_whole && start < sample.len() {
        row.push(&sample[start..]);
        rows.push(row);
    }
    rows
}

/// Whether the first row has no numbers, and each of its cells is another; and below it there are numbers.
fn has_names(rows: &[Vec<&[u8]>]) -> bool {
    let is_number = |cell: &&[u8]| {
        cell.iter().any(u8::is_ascii_digit)
            && cell.iter().all(|byte| byte.is_ascii_digit() || b".-+ eE:".contains(byte))
    };
    let (names, rest) = (&rows[0], &rows[1..]);
    let mut different = names.clone();
    different.sort_unstable();
    different.dedup();
    let is_new = |column: usize| !rest.iter().any(|row| row.get(column) == names.get(column));
    different.len() == names.len()
        && !names.iter().any(|cell| is_number(cell) || cell.trim_ascii().is_empty())
        && (rest.iter().flatten().any(is_number) || (0..names.len()).all(is_new))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::toolbox::explain::fields::tests::{charged, names};

    #[test]
    fn cells_go_to_their_columns_by_name() {
        let text = b"id,\"na,me\",n\n1,\"x, \"\"y\"\"\n\",3\n2,z,4";
        assert_eq!(Csv::recognise(text, true), Some(Table { separator: b',', has_names: true }));
        let (fields, _) = charged(text, |ledger| Box::new(Csv::new(b',', true, ledger)));
        let expected = [("(names of columns)", 13, 0), ("id", 4, 2), ("na,me", 14, 2), ("n", 3, 2)];
        let found = names(&fields);
        assert!(expected.iter().all(|row| found.contains(row)), "{found:?}");
    }

    #[test]
    fn what_is_no_table_is_not_taken_for_one() {
        for text in ["one line, and\nanother\nand a third, a fourth\n", "a\nb\nc\nd\n", "", ",\n", "a,b\n"] {
            assert_eq!(Csv::recognise(text.as_bytes(), true), None, "{text}");
        }
        let table = Table { separator: b';', has_names: false };
        assert_eq!(Csv::recognise(b"1;2\n3;4\n5;6\n7", false), Some(table));
    }

    #[test]
    fn hostile_tables_take_little() {
        let wide = b"a,".repeat(1 << 19);
        let open = [b"a,b\n\"".as_slice(), &b"x,\n".repeat(1 << 18)].concat();
        for text in [wide, open] {
            let (fields, _) = charged(&text, |ledger| Box::new(Csv::new(b',', true, ledger)));
            assert!(fields.len() <= MOST_COLUMNS + 2);
            assert_eq!(fields.iter().map(|field| field.bytes).sum::<u64>(), text.len() as u64);
        }
    }
}
