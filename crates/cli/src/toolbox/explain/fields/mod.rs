//! Where the bits go by the structure of a content: columns, paths, templates, members, sections.

mod csv;
mod elf;
mod json;
mod kind;
pub mod ledger;
mod log;
mod records;
mod scanner;
mod streams;
mod tar;
mod text;
mod xml;

use std::io;

pub use elf::{Section, sections};
pub use kind::{Kind, is_text, parse};

use super::run::{Run, Watcher};
use kind::{Sample, recognise};
use ledger::{Field, Ledger};
use scanner::Scanner;

/// Bytes of content by which its structure is told.
const SAMPLE: usize = 1 << 16;
/// The name of what says how to make deflate streams again.
const RECIPES: &str = "(recipes of deflate streams)";

/// A run that waits until the structure is known.
struct Waiting {
    start: u64,
    place: foretell::insight::Place,
    bytes: Vec<u8>,
    bits: Vec<f32>,
}

/// Charges each byte to a field.
pub struct Fields {
    /// The kind, if it was given or is known.
    kind: Option<Kind>,
    sections: Vec<Section>,
    sample: Sample,
    waiting: Vec<Waiting>,
    scanner: Option<Box<dyn Scanner>>,
    ledger: Ledger,
}

impl Fields {
    /// No bytes yet. The structure is told by the content, unless `kind` is given. `sections` are those of the file, if
    /// it has any.
    pub fn new(kind: Option<Kind>, sections: Vec<Section>) -> Self {
        let (sample, ledger) = (Sample::default(), Ledger::default());
        Self { kind, sections, sample, waiting: Vec::new(), scanner: None, ledger }
    }

    /// The structure of a content that has ended, and its fields, the one with the most bits first.
    pub fn finish(mut self) -> (Kind, Vec<Field>) {
        if self.scanner.is_none() {
            self.begin(true);
        }
        if let Some(scanner) = &mut self.scanner {
            scanner.end(&mut self.ledger);
        }
        (self.kind.unwrap_or(Kind::Text), self.ledger.into_fields())
    }

    /// Begins to scan, as enough of the content is there.
    fn begin(&mut self, is_whole: bool) {
        let (kind, inside) = match self.kind {
            Some(kind) => (kind, false),
            None => recognise(&self.sample, is_whole),
        };
        // Without its sections, a file is told by its bytes.
        let kind = if kind == Kind::Elf && self.sections.is_empty() { Kind::Text } else { kind };
        self.kind = Some(kind);
        let mut scanner = self.scanner_of(kind);
        if inside {
            scanner = Box::new(streams::Inside::new(scanner, &mut self.ledger));
        }
        for Waiting { start, place, bytes, bits } in std::mem::take(&mut self.waiting) {
            scanner.run(&Run { start, place, bytes: &bytes, bits: &bits, details: &[] }, &mut self.ledger);
        }
        self.scanner = Some(scanner);
        self.sample = Sample::default();
    }

    fn scanner_of(&mut self, kind: Kind) -> Box<dyn Scanner> {
        let ledger = &mut self.ledger;
        match kind {
            Kind::Json => Box::new(json::Json::new(ledger)),
            Kind::Csv(separator, has_names) => Box::new(csv::Csv::new(separator, has_names, ledger)),
            Kind::Log => Box::new(log::Log::new()),
            Kind::Xml => Box::new(xml::Xml::new(ledger)),
            Kind::Text => Box::new(text::Text::new(ledger)),
            Kind::Records(len) => Box::new(records::Records::new(len, ledger)),
            Kind::Tar => Box::new(tar::Tar::new(ledger)),
            Kind::Elf => Box::new(elf::Elf::new(std::mem::take(&mut self.sections), ledger)),
            Kind::Streams => Box::new(streams::Streams::new(ledger)),
        }
    }
}

impl Watcher for Fields {
    fn look(&mut self, run: &Run) -> io::Result<()> {
        if run.is_recipe() {
            let field = self.ledger.field(RECIPES);
            self.ledger.charge(field, run.bytes.len() as u64, run.sum());
            return Ok(());
        }
        if let Some(scanner) = &mut self.scanner {
            scanner.run(run, &mut self.ledger);
            return Ok(());
        }
        self.sample.add(run, SAMPLE);
        let (bytes, bits) = (run.bytes.to_vec(), run.bits.to_vec());
        self.waiting.push(Waiting { start: run.start, place: run.place, bytes, bits });
        if self.sample.shown.len() >= SAMPLE {
            self.begin(false);
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests;
