//! What a structure is: one who knows to which field each byte belongs.

use super::ledger::Ledger;
use crate::toolbox::explain::run::Run;

/// Reads a content run by run, and charges each byte to a field. It holds little, whatever the content is.
pub trait Scanner {
    /// Reads the next bytes.
    fn run(&mut self, run: &Run, ledger: &mut Ledger);

    /// The content has ended: charges what is held back.
    fn end(&mut self, _ledger: &mut Ledger) {}

    /// How many bytes were not as they should be in such a content, so far.
    fn faults(&self) -> u64 {
        0
    }
}
