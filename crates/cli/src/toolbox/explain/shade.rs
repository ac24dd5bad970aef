//! The content for a terminal: each byte on the colour of its cost, each row with its bits; as it comes.

use std::io::{self, Write};

use foretell::insight::Place;

use super::{
    fields::is_text,
    run::{Run, Watcher},
    scale::{self, Depth},
};

/// Bytes in a row of text without an end of line, and in a row of hexadecimal numbers.
const MOST_TEXT: usize = 160;
const HEX: usize = 16;

/// How the content is shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Look {
    /// By what the first bytes are.
    Auto,
    Text,
    Hex,
}

/// Shows a content.
pub struct Shade<W> {
    out: W,
    depth: Depth,
    look: Look,
    /// The bytes to show, among all.
    from: u64,
    until: u64,
    /// The row that is not whole, and where its first byte stands.
    row: Vec<(u8, f32)>,
    row_start: u64,
    /// Where the last byte stood in the content.
    place: Option<Place>,
}

impl<W: Write> Shade<W> {
    /// Shows the bytes of `from..until`.
    pub fn new(out: W, depth: Depth, look: Look, (from, until): (u64, u64)) -> Self {
        Self { out, depth, look, from, until, row: Vec::new(), row_start: 0, place: None }
    }

    /// Shows the last row, and gives the writer back.
    ///
    /// # Errors
    /// Those of the writer.
    pub fn finish(mut self) -> io::Result<W> {
        self.end_row()?;
        self.out.flush()?;
        Ok(self.out)
    }

    /// A line on where the bytes come from, where that is not what comes next in the content.
    fn note_place(&mut self, run: &Run) -> io::Result<()> {
        let before = self.place.replace(run.place);
        let text = match run.place {
            Place::Inflated { start, len } if before != Some(run.place) => {
                format!("deflate stream at {start}, {len} bytes, as what it holds")
            }
            Place::At(at) if matches!(before, Some(Place::Inflated { .. } | Place::Recipe)) => format!("at {at}"),
            _ => return Ok(()),
        };
        self.end_row()?;
        writeln!(self.out, "── {text}")
    }

    fn end_row(&mut self) -> io::Result<()> {
        if self.row.is_empty() {
            return Ok(());
        }
        let sum: f64 = self.row.iter().map(|&(_, bits)| f64::from(bits)).sum();
        let mut line = String::new();
        if self.look == Look::Hex {
            line += &format!("{:>10x} ", self.row_start);
        }
        line += &format!("{sum:>8.1} ");
        if self.look == Look::Hex {
            self.hex(&mut line)
        } else {
            self.text(&mut line)
        }
        line.push('\n');
        self.row.clear();
        self.out.write_all(line.as_bytes())
    }

    /// Appends `text` on the colour of `step`, which the terminal may have already.
    fn paint(&self, line: &mut String, last: &mut Option<usize>, step: usize, text: &str) {
        if *last != Some(step) {
            *line += &self.depth.start(step);
            *last = Some(step);
        }
        *line += text;
    }

    fn hex(&self, line: &mut String) {
        let mut last = None;
        for &(byte, bits) in &self.row {
            self.paint(line, &mut last, scale::step(f64::from(bits)), &format!(" {byte:02x}"));
        }
        *line += self.depth.end();
        *line += &"   ".repeat(HEX - self.row.len().min(HEX));
        line.push_str("  ");
        last = None;
        for &(byte, bits) in &self.row {
            let shown = if (0x20..0x7f).contains(&byte) { char::from(byte) } else { '.' };
            self.paint(line, &mut last, scale::step(f64::from(bits)), shown.encode_utf8(&mut [0; 4]));
        }
        *line += self.depth.end();
    }

    fn text(&self, line: &mut String) {
        let bytes: Vec<u8> = self.row.iter().map(|&(byte, _)| byte).collect();
        let (mut at, mut last) = (0, None);
        for chunk in bytes.utf8_chunks() {
            for shown in chunk.valid().chars() {
                let len = shown.len_utf8();
                self.paint(line, &mut last, self.mean_step(at, len), &spelled(shown));
                at += len;
            }
            for &byte in chunk.invalid() {
                self.paint(line, &mut last, self.mean_step(at, 1), &format!("\\x{byte:02x}"));
                at += 1;
            }
        }
        *line += self.depth.end();
    }

    /// The step of the mean cost of a character's bytes.
    fn mean_step(&self, at: usize, len: usize) -> usize {
        let bits: f64 = self.row[at..at + len].iter().map(|&(_, bits)| f64::from(bits)).sum();
        scale::step(bits / len as f64)
    }

    fn push(&mut self, byte: u8, bits: f32, at: u64) -> io::Result<()> {
        if self.row.is_empty() {
            self.row_start = at;
        }
        self.row.push((byte, bits));
        let is_full = match self.look {
            Look::Hex => self.row.len() == HEX,
            // A character is not cut.
            _ => byte == b'\n' || (self.row.len() >= MOST_TEXT && byte < 0x80) || self.row.len() == MOST_TEXT + 4,
        };
        if is_full { self.end_row() } else { Ok(()) }
    }
}

/// A character that terminals do not obey.
fn spelled(shown: char) -> String {
    match shown {
        '\n' => String::from("⏎"),
        '\t' => String::from("→"),
        shown => crate::common::report::one_line(shown),
    }
}

impl<W: Write> Watcher for Shade<W> {
    fn look(&mut self, run: &Run) -> io::Result<()> {
        let end = run.start + run.bytes.len() as u64;
        let (from, until) = (self.from.max(run.start), self.until.min(end));
        if from >= until {
            return Ok(());
        }
        if self.look == Look::Auto {
            let is_text = is_text(&run.bytes[..run.bytes.len().min(4096)]);
            self.look = if is_text { Look::Text } else { Look::Hex };
        }
        self.note_place(run)?;
        if run.is_recipe() {
            self.end_row()?;
            return writeln!(self.out, "── recipe: {} bytes, {:.0} bits", run.bytes.len(), run.sum());
        }
        for at in from..until {
            let place = (at - run.start) as usize;
            self.push(run.bytes[place], run.bits[place], at)?;
        }
        self.out.flush()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(depth: Depth, look: Look, range: (u64, u64), runs: &[(Place, &[u8], f32)]) -> String {
        let mut out = Vec::new();
        let mut shade = Shade::new(&mut out, depth, look, range);
        let mut start = 0;
        for &(place, bytes, bits) in runs {
            let bits = vec![bits; bytes.len()];
            shade.look(&Run { start, place, bytes, bits: &bits, details: &[] }).unwrap();
            start += bytes.len() as u64;
        }
        shade.finish().unwrap();
        String::from_utf8(out).unwrap()
    }

    const ALL: (u64, u64) = (0, u64::MAX);

    #[test]
    fn rows_have_their_bits_and_nothing_that_a_terminal_obeys() {
        let runs = [(Place::At(0), b"one\ntw\x1b[2J".as_slice(), 0.5), (Place::At(10), b"o \xff\xc3\xa4\n", 0.5)];
        let text = shown(Depth::None, Look::Auto, ALL, &runs);
        assert_eq!(text, "     2.0 one⏎\n     6.0 tw\\u{1b}[2Jo \\xffä⏎\n");
    }

    #[test]
    fn colours_change_only_where_costs_do() {
        let runs = [(Place::At(0), b"ab".as_slice(), 8.0), (Place::At(2), b"c", 0.0)];
        let text = shown(Depth::True, Look::Text, ALL, &runs);
        assert_eq!(text, "    16.0 \x1b[30;48;2;240;240;240mab\x1b[97;48;2;8;48;107mc\x1b[0m\n");
    }

    #[test]
    fn streams_and_parts_are_shown_by_place() {
        let stream = Place::Inflated { start: 10, len: 30 };
        let runs = [
            (Place::At(0), b"0123456789".as_slice(), 1.0),
            (stream, &[0xff; 20], 1.0),
            (Place::At(40), b"rest", 1.0),
            (Place::Recipe, b"rec", 2.0),
        ];
        let text = shown(Depth::None, Look::Hex, (8, u64::MAX), &runs);
        let lines: Vec<&str> = text.lines().collect();
        assert_eq!(lines[0], format!("         8      2.0  38 39{}  89", " ".repeat(42)));
        assert_eq!(lines[1], "── deflate stream at 10, 30 bytes, as what it holds");
        assert!(lines[2].starts_with("         a     16.0  ff ff"), "{text}");
        assert_eq!(lines[4], "── at 40");
        assert_eq!(lines[6], "── recipe: 3 bytes, 6 bits");
        assert_eq!(shown(Depth::None, Look::Hex, (0, 0), &runs), "");
    }
}
