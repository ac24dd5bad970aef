//! Programs and libraries in the format ELF → their sections. Bytes go by their place in the content.
//!
//! The table of sections stands at the end, so it is read before all else.

use std::io::{self, Read, Seek, SeekFrom};

use foretell::insight::Place;

use super::{
    ledger::{Id, Ledger},
    scanner::Scanner,
};
use crate::toolbox::explain::run::Run;

/// Sections that are told apart.
const MOST_SECTIONS: usize = 4096;
/// Bytes of the table of names that are read.
const MOST_NAMES: u64 = 1 << 20;

/// A section: where it begins and ends in the file, and its name.
pub type Section = (u64, u64, String);

/// Whether `sample` begins as such a file does.
pub fn recognise(sample: &[u8]) -> bool {
    sample.starts_with(b"\x7fELF") && sample.len() >= 52
}

/// The sections of a file, in the order of their places; none overlap. What cannot be right is left out.
///
/// # Errors
/// Those of reading.
pub fn sections(file: &mut (impl Read + Seek)) -> io::Result<Vec<Section>> {
    let mut header = [0; 64];
    if read_at(file, 0, &mut header)? < 52 || !recognise(&header) {
        return Ok(Vec::new());
    }
    let layout = Layout { is_64: header[4] == 2, is_big: header[5] == 2 };
    let (at, entry, count, names) = if layout.is_64 {
        (layout.number(&header[40..48]), 58, 60, 62)
    } else {
        (layout.number(&header[32..36]), 46, 48, 50)
    };
    let short = |at: usize| layout.number(&header[at..at + 2]);
    let (entry, count, names) = (short(entry) as usize, short(count) as usize, short(names) as usize);
    if !(40..=256).contains(&entry) {
        return Ok(Vec::new());
    }
    let mut table = vec![0; entry * count.min(MOST_SECTIONS)];
    let len = read_at(file, at, &mut table)?;
    let entries: Vec<Entry> = table[..len].chunks_exact(entry).map(|entry| layout.entry(entry)).collect();
    let mut strings = Vec::new();
    if let Some(names) = entries.get(names) {
        file.seek(SeekFrom::Start(names.start))?;
        file.take(names.len.min(MOST_NAMES)).read_to_end(&mut strings)?;
    }
    let mut sections: Vec<Section> = entries.iter().filter_map(|entry| entry.section(&strings)).collect();
    sections.sort();
    let mut end = 0;
    sections.retain(|&(start, until, _)| {
        let is_behind = start >= end;
        end = if is_behind { until } else { end };
        is_behind
    });
    Ok(sections)
}

fn read_at(file: &mut (impl Read + Seek), at: u64, out: &mut [u8]) -> io::Result<usize> {
    file.seek(SeekFrom::Start(at))?;
    let mut len = 0;
    while len < out.len() {
        match file.read(&mut out[len..])? {
            0 => break,
            read => len += read,
        }
    }
    Ok(len)
}

/// How numbers are written in a file.
#[derive(Clone, Copy)]
struct Layout {
    is_64: bool,
    is_big: bool,
}

/// What the table says of a section.
struct Entry {
    name: u64,
    kind: u64,
    start: u64,
    len: u64,
}

impl Layout {
    fn number(self, bytes: &[u8]) -> u64 {
        let add = |sum: u64, byte: &u8| sum << 8 | u64::from(*byte);
        if self.is_big { bytes.iter().fold(0, add) } else { bytes.iter().rev().fold(0, add) }
    }

    fn entry(self, bytes: &[u8]) -> Entry {
        let number = |at: usize, len: usize| bytes.get(at..at + len).map_or(0, |bytes| self.number(bytes));
        let (start, len) = if self.is_64 { (number(24, 8), number(32, 8)) } else { (number(16, 4), number(20, 4)) };
        Entry { name: number(0, 4), kind: number(4, 4), start, len }
    }
}

impl Entry {
    /// The section, if it has bytes in the file.
    fn section(&self, strings: &[u8]) -> Option<Section> {
        const NULL: u64 = 0;
        const NO_BITS: u64 = 8;
        let end = self.start.checked_add(self.len)?;
        if self.len == 0 || self.kind == NULL || self.kind == NO_BITS {
            return None;
        }
        let name = strings.get(usize::try_from(self.name).ok()?..).unwrap_or_default();
        let name = name.split(|&byte| byte == 0).next().unwrap_or_default();
        let name = String::from_utf8_lossy(&name[..name.len().min(100)]).into_owned();
        Some((self.start, end, if name.is_empty() { format!("section at {}", self.start) } else { name }))
    }
}

/// The scanner.
pub struct Elf {
    sections: Vec<(u64, u64, Id)>,
    next: usize,
    rest: Id,
}

impl Elf {
    pub fn new(sections: Vec<Section>, ledger: &mut Ledger) -> Self {
        let mut id = |name: &str| {
            let id = ledger.field(name);
            ledger.count(id, 1);
            id
        };
        let sections = sections.into_iter().map(|(start, end, name)| (start, end, id(&name))).collect();
        Self { sections, next: 0, rest: ledger.field("(headers and gaps)") }
    }

    /// The field of the byte at `at`, and where the next field begins.
    fn at(&mut self, at: u64) -> (Id, u64) {
        while self.sections.get(self.next).is_some_and(|&(_, end, _)| end <= at) {
            self.next += 1;
        }
        match self.sections.get(self.next) {
            Some(&(start, end, id)) if start <= at => (id, end),
            Some(&(start, ..)) => (self.rest, start),
            None => (self.rest, u64::MAX),
        }
    }
}

impl Scanner for Elf {
    fn run(&mut self, run: &Run, ledger: &mut Ledger) {
        let mut raw = match run.place {
            Place::At(raw) => raw,
            Place::Inflated { start, .. } => {
                let (field, _) = self.at(start);
                ledger.charge(field, run.bytes.len() as u64, run.sum());
                return;
            }
            _ => return,
        };
        let mut bits = run.bits;
        while !bits.is_empty() {
            let (field, end) = self.at(raw);
            let len = (end - raw).min(bits.len() as u64) as usize;
            ledger.charge(field, len as u64, bits[..len].iter().map(|&bits| f64::from(bits)).sum());
            bits = &bits[len..];
            raw += len as u64;
        }
    }
}

#[cfg(test)]
mod tests {
    use std::io::Cursor;

    use super::*;
    use crate::toolbox::explain::fields::tests::{charged, names};

    /// A file of 64 bits with the sections `.text`, `.data` and the names.
    fn program() -> Vec<u8> {
        let names = b"\0.text\0.data\0.names\0";
        let mut file = b"\x7fELF\x02\x01\x01".to_vec();
        file.resize(64, 0);
        file.extend([0x90; 200]);
        file.extend([7; 100]);
        file.extend(names);
        let at = file.len() as u64;
        file[40..48].copy_from_slice(&at.to_le_bytes());
        for (place, number) in [(58, 64u16), (60, 4), (62, 3)] {
            file[place..place + 2].copy_from_slice(&number.to_le_bytes());
        }
        for (name, kind, start, len) in [(0u32, 0u32, 0u64, 0u64), (1, 1, 64, 200), (7, 1, 264, 100), (13, 3, 364, 20)]
        {
            let mut entry = [name.to_le_bytes(), kind.to_le_bytes()].concat();
            entry.resize(24, 0);
            entry.extend([start, len].map(u64::to_le_bytes).concat());
            entry.resize(64, 0);
            file.extend(entry);
        }
        file
    }

    #[test]
    fn sections_have_their_bytes() {
        let program = program();
        let sections = sections(&mut Cursor::new(&program)).unwrap();
        let (fields, _) = charged(&program, |ledger| Box::new(Elf::new(sections.clone(), ledger)));
        let mut found = names(&fields);
        found.sort();
        let expected = [("(headers and gaps)", 320, 0), (".data", 100, 1), (".names", 20, 1), (".text", 200, 1)];
        assert_eq!(found, expected);
    }

    #[test]
    fn false_and_cut_files_are_no_error() {
        let program = program();
        for len in 0..program.len() {
            sections(&mut Cursor::new(&program[..len])).unwrap();
        }
        for at in 0..program.len() {
            let mut program = program.clone();
            program[at] ^= 0xff;
            let sections = sections(&mut Cursor::new(&program)).unwrap();
            assert!(sections.windows(2).all(|pair| pair[0].1 <= pair[1].0));
        }
    }
}
