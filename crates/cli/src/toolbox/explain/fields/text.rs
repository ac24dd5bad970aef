//! Content without a structure that is known → kinds of its bytes.

use super::{
    ledger::{Id, Ledger},
    scanner::Scanner,
};
use crate::toolbox::explain::run::Run;

/// The scanner.
#[derive(Debug)]
pub struct Text {
    kinds: [Id; KINDS.len()],
    last: usize,
}

const KINDS: [&str; 8] =
    ["words", "numbers", "spaces", "ends of lines", "punctuation", "characters beyond ASCII", "zeros", "other bytes"];

impl Text {
    pub fn new(ledger: &mut Ledger) -> Self {
        Self { kinds: KINDS.map(|name| ledger.field(name)), last: KINDS.len() }
    }
}

fn kind(byte: u8) -> usize {
    match byte {
        b'a'..=b'z' | b'A'..=b'Z' => 0,
        b'0'..=b'9' => 1,
        b' ' | b'\t' => 2,
        b'\n' | b'\r' => 3,
        0x21..=0x7e => 4,
        0x80.. => 5,
        0 => 6,
        _ => 7,
    }
}

impl Scanner for Text {
    fn run(&mut self, run: &Run, ledger: &mut Ledger) {
        for (byte, bits) in run.costs() {
            let kind = kind(byte);
            let field = self.kinds[kind];
            ledger.charge(field, 1, bits);
            // A run of a kind is one value.
            ledger.count(field, u64::from(kind != self.last));
            self.last = kind;
        }
    }
}
