//! The laboratory of the model: what each byte costs and by whose fault, what the mixers see, what one more input would
//! give, one build beside another, and a search for better constants. `docs/LAB.md` says how to use it.

pub mod compare;
pub mod content;
pub mod dump;
pub mod price;
pub mod side;
pub mod table;
pub mod tune;

use foretell::{Level, unstable::model::Probe};

/// A probe of a network for content of `len` bytes, that starts from the built-in prior if `prior` says so.
///
/// # Errors
/// No memory for the network.
pub fn probe(level: Level, prior: bool, len: usize) -> foretell::Result<Probe> {
    if prior { Probe::with_built_in(level, len) } else { Probe::new(level, len, None) }
}

/// The two nibbles of a byte, in the order in which they are coded.
pub fn nibbles(byte: u8) -> [u8; 2] {
    [byte >> 4, byte & 15]
}
