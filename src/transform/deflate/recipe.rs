//! The recipe for reconstructing streams ↔ its bytes: one entry a stream.
//!
//! ```text
//! entry = gap | length of the content | kind
//! ```
//! `gap` is the number of bytes between the stream before and this one; it and the length are LEB128. `kind` is one
//! byte: the number of the trailer, times the number of dialects, plus the number of the dialect.

use super::{Dialect, Trailer};
use crate::{Error, Result, container::varint};

/// One stream of deflate data.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Entry {
    /// Bytes between the stream before, its trailer included, and this one.
    pub gap: usize,
    /// Bytes of its content.
    pub len: usize,
    /// The program that wrote it.
    pub dialect: Dialect,
    /// What follows it and is computed from its content.
    pub trailer: Trailer,
}

impl Entry {
    /// Appends the entry's bytes to `out`.
    pub fn write(self, out: &mut Vec<u8>) {
        varint::write(out, self.gap as u64);
        varint::write(out, self.len as u64);
        out.push(self.trailer as u8 * Dialect::COUNT + self.dialect.number());
    }

    /// Takes an entry from the front of `bytes`.
    ///
    /// # Errors
    /// The bytes are no entry.
    pub fn read(bytes: &mut &[u8]) -> Result<Self> {
        let mut length = || varint::read(bytes).ok().and_then(|n| usize::try_from(n).ok()).ok_or_else(bad_recipe);
        let (gap, len) = (length()?, length()?);
        let (&kind, rest) = bytes.split_first().ok_or_else(bad_recipe)?;
        *bytes = rest;
        let trailer = Trailer::ALL.get(usize::from(kind / Dialect::COUNT));
        match (Dialect::from_number(kind % Dialect::COUNT), trailer) {
            (Some(dialect), Some(&trailer)) => Ok(Self { gap, len, dialect, trailer }),
            _ => Err(bad_recipe()),
        }
    }
}

/// The error for a recipe that cannot be followed.
pub fn bad_recipe() -> Error {
    Error::corrupt("a recipe for reconstructing deflate streams is damaged")
}
