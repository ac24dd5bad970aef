//! Content that holds deflate streams → each stream by its place, and what is around them.

use std::collections::HashMap;

use foretell::insight::Place;

use super::{
    ledger::{Id, Ledger},
    scanner::Scanner,
};
use crate::toolbox::explain::run::Run;

/// Streams that are told apart.
const MOST_STREAMS: usize = 2000;

/// The scanner.
pub struct Streams {
    around: Id,
    streams: HashMap<u64, Id>,
}

impl Streams {
    pub fn new(ledger: &mut Ledger) -> Self {
        Self { around: ledger.field("(around the streams)"), streams: HashMap::new() }
    }
}

impl Scanner for Streams {
    fn run(&mut self, run: &Run, ledger: &mut Ledger) {
        let field = match run.place {
            Place::Inflated { start, .. } => match self.streams.get(&start) {
                Some(&id) => id,
                None => {
                    let is_room = self.streams.len() < MOST_STREAMS;
                    let name = if is_room { format!("stream at {start}") } else { "(other streams)".to_owned() };
                    let id = ledger.field(&name);
                    ledger.count(id, 1);
                    if is_room {
                        self.streams.insert(start, id);
                    }
                    id
                }
            },
            _ => self.around,
        };
        ledger.charge(field, run.bytes.len() as u64, run.sum());
    }
}

/// What the deflate streams of a content hold, read by another scanner; what is around them is one field.
pub struct Inside {
    around: Id,
    inner: Box<dyn Scanner>,
}

impl Inside {
    pub fn new(inner: Box<dyn Scanner>, ledger: &mut Ledger) -> Self {
        Self { around: ledger.field("(around the streams)"), inner }
    }
}

impl Scanner for Inside {
    fn run(&mut self, run: &Run, ledger: &mut Ledger) {
        match run.place {
            Place::Inflated { .. } => self.inner.run(run, ledger),
            _ => ledger.charge(self.around, run.bytes.len() as u64, run.sum()),
        }
    }

    fn end(&mut self, ledger: &mut Ledger) {
        self.inner.end(ledger);
    }
}
