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

/// Choices for packing; a builder.
///
/// ```
/// use foretell::{Trainer, pack::{Cut, PackOptions, pack}};
/// let samples: Vec<[u8; 8]> = (0..500u64).map(|i| (i * 3).to_le_bytes()).collect();
/// let model = Trainer::new().train(&samples, |_| {})?.model;
/// let options = PackOptions::new(Cut::Bytes(8)).group(64);
/// let packed = pack(samples.concat().as_slice(), std::io::sink(), &model, &options)?;
/// assert_eq!((packed.records, packed.bytes), (500, 4000));
/// # Ok::<(), foretell::Error>(())
/// ```
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct PackOptions {
    cut: Cut,
    group: usize,
    stop: Stop,
}

impl PackOptions {
    /// Records as `cut` has them, [`GROUP`] of them in a group, nothing to stop it.
    pub fn new(cut: Cut) -> Self {
        Self { cut, group: GROUP, stop: Stop::default() }
    }

    /// Codes `records` of them (at least one) as one group: more make a smaller pack, fewer a faster
    /// [`get`](Pack::get).
    pub fn group(mut self, records: usize) -> Self {
        self.group = records.max(1);
        self
    }

    /// Ends the work when `stop` is asked for: it fails then, and the pack has no end.
    pub fn stop(mut self, stop: Stop) -> Self {
        self.stop = stop;
        self
    }
}

/// Packs the records that `input` is cut into onto `out`; reading them needs the same model. [`Pack`] reads them.
///
/// # Errors
/// A record of more than 64 MiB, too little memory, [`ErrorKind::Cancelled`](crate::ErrorKind::Cancelled), or what
/// reader and writer report.
pub fn pack(input: impl BufRead, mut out: impl Write, model: &Model, options: &PackOptions) -> Result<Packed> {
    let PackOptions { cut, group, stop } = options.clone();
    let mut index = Index::new(model.id(), cut);
    let mut packed = Packed::default();
    let mut codec = Codec::new(model)?;
    codec.stop = stop;
    let mut input = input;
    out.write_all(&index.head())?;
    packed.coded = index.head().len() as u64;
    loop {
        let (mut raw, mut records) = (Vec::new(), 0);
        while records < group && raw.len() < FULL && cut.read(&mut input, &mut raw)? {
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
