//! Content ↔ a pack: many records in one file, each of which can be read without the others.
//!
//! ```text
//! pack    magic F0 'r' 'p' | version | model's version | trained model (8) | coded groups | index
//! index   bytes of a record, 0 for lines | number of groups | (records, bytes, coded bytes, CRC-32 of the bytes) of each |
//!         CRC-32 of the head and all before in the index | number of bytes before (8)
//! ```
//! Some records together make a group, which is coded as one record from a trained model. To get a record, its group is
//! decoded. The groups hold every byte of the content that was packed, so its last line may lack its end.

mod cut;
mod index;
mod read;

use std::io::{BufRead, Write};

pub use cut::Cut;
use index::{Entry, Index};
pub use read::Pack;

use crate::{Model, Result, Stop, record::Codec};

/// Records in a group, unless asked for otherwise.
pub const GROUP: usize = 16;
/// A group of at least this many bytes takes in no more records.
const FULL: usize = 1 << 20;

/// The result of packing.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Packed {
    /// Records.
    pub records: u64,
    /// Their bytes.
    pub bytes: u64,
    /// Bytes of the pack.
    pub coded: u64,
}

/// Packs the records that `input` is `cut` into onto `out`, `group` of them (at least one) in a group.
///
/// # Errors
/// A record of more than 64 MiB, too little memory, or those of the reader and the writer.
pub fn pack(input: impl BufRead, out: impl Write, model: &Model, cut: Cut, group: usize) -> Result<Packed> {
    pack_with_stop(input, out, model, cut, group, &Stop::default())
}

/// As [`pack`], but fails when `stop` is asked for. The pack then has no end.
///
/// # Errors
/// As of [`pack`], and [`ErrorKind::Cancelled`](crate::ErrorKind::Cancelled).
pub fn pack_with_stop(
    input: impl BufRead,
    mut out: impl Write,
    model: &Model,
    cut: Cut,
    group: usize,
    stop: &Stop,
) -> Result<Packed> {
    let mut index = Index::new(model.id(), cut);
    let mut packed = Packed::default();
    let mut codec = Codec::new(model)?;
    codec.stop = stop.clone();
    let mut input = input;
    out.write_all(&index.head())?;
    packed.coded = index.head().len() as u64;
    loop {
        let (mut raw, mut records) = (Vec::new(), 0);
        while records < group.max(1) && raw.len() < FULL && cut.read(&mut input, &mut raw)? {
            records += 1;
        }
        if records == 0 {
            break;
        }
        let mut coded = Vec::new();
        codec.encode(&raw, &mut coded)?;
        out.write_all(&coded)?;
        index.groups.push(Entry::of(records as u64, &raw, &coded));
        packed.records += records as u64;
        packed.bytes += raw.len() as u64;
        packed.coded += coded.len() as u64;
    }
    let tail = index.to_bytes();
    out.write_all(&tail)?;
    out.flush()?;
    packed.coded += tail.len() as u64;
    Ok(packed)
}

#[cfg(test)]
mod tests;
