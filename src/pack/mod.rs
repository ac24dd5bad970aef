//! Lines ↔ a pack: many records in one file, each to be had without the others.
//!
//! ```text
//! pack    magic F0 'r' 'p' | version | model's version | trained model (8) | coded groups | index
//! index   number of groups | (lines, bytes, coded bytes, CRC-32 of the bytes) of each | CRC-32 of the head and all before in the
//!         index | number of bytes before (8)
//! ```
//! Some lines together make a group, coded as one record with what a trained model knows: a line is got by decoding its
//! group. What groups hold is the file that was packed, every byte of it, so its last line may lack its end.

mod index;
mod read;

use std::io::{BufRead, Read, Write};

use index::{Entry, Index};
pub use read::Pack;

use crate::{Error, ErrorKind, Model, Result, container::MAX_BLOCK_LEN, record::Codec};

/// Lines in a group, unless asked for otherwise.
pub const GROUP: usize = 16;
/// A group of so many bytes takes in no more lines.
const FULL: usize = 1 << 20;

/// What was packed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Packed {
    /// Lines.
    pub records: u64,
    /// Their bytes.
    pub bytes: u64,
    /// Bytes of the pack.
    pub coded: u64,
}

/// Packs the lines of `input` onto `out`, `group` of them (at least one) in a group.
///
/// # Errors
/// A line of more than 64 MiB, too little memory, or what reader and writer report.
pub fn pack(input: impl BufRead, mut out: impl Write, model: &Model, group: usize) -> Result<Packed> {
    let mut index = Index::new(model.id());
    let mut packed = Packed::default();
    let mut codec = Codec::new(model)?;
    let mut input = input;
    out.write_all(&index.head())?;
    packed.coded = index.head().len() as u64;
    loop {
        let (mut raw, mut lines) = (Vec::new(), 0);
        while lines < group.max(1) && raw.len() < FULL && read_line(&mut input, &mut raw)? {
            lines += 1;
        }
        if lines == 0 {
            break;
        }
        let mut coded = Vec::new();
        codec.encode(&raw, &mut coded)?;
        out.write_all(&coded)?;
        index.groups.push(Entry::of(lines as u64, &raw, &coded));
        packed.records += lines as u64;
        packed.bytes += raw.len() as u64;
        packed.coded += coded.len() as u64;
    }
    let tail = index.to_bytes();
    out.write_all(&tail)?;
    out.flush()?;
    packed.coded += tail.len() as u64;
    Ok(packed)
}

/// Appends one line with its end, if there is one; says whether there was.
fn read_line(input: &mut impl BufRead, raw: &mut Vec<u8>) -> Result<bool> {
    let room = (MAX_BLOCK_LEN - raw.len()) as u64;
    let read = input.by_ref().take(room).read_until(b'\n', raw)? as u64;
    if read == room && raw.last() != Some(&b'\n') {
        let text = format!("a line is longer than {MAX_BLOCK_LEN} bytes; compress such content as a file");
        return Err(Error::new(ErrorKind::OutOfBounds, text));
    }
    Ok(read > 0)
}

#[cfg(test)]
mod tests;
