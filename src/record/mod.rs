//! Records ↔ coded bytes: short content, each record compressed alone, from a trained model.
//!
//! ```text
//! record      model (4) | length | check (1) | coded      made by `compress`
//! raw record  coded                                       the application keeps model and length
//! coded       [stored or not] nibbles, as of a block; or, if stored, bytes
//! ```
//! Each record starts from the model as if nothing had been coded before. Its time is in proportion to its length: its
//! own rows are counted in a small table beside the model's, and the weights that it used are reset afterwards.

pub(crate) use crate::codec::record::Codec;

use crate::{Error, ErrorKind, Model, Result, Stop, container::varint};

/// The most bytes of a record: 2 MiB − 1, which a length of three bytes can hold.
pub const MAX_LEN: usize = (1 << 21) - 1;

/// Bytes of a model's name in a record.
const ID_LEN: usize = 4;

/// Compresses records, one after the other, each alone. For several threads make one each, of clones of one model.
///
/// ```
/// use foretell::{RecordCompressor, RecordDecompressor, Trainer};
/// let samples: Vec<String> = (0..400).map(|i| format!("user={i} action=login result=ok")).collect();
/// let model = Trainer::new().train(&samples, |_| {})?.model;
/// let coded = RecordCompressor::new(&model)?.compress(b"user=512 action=login result=ok")?;
/// assert!(coded.len() < 16);
/// assert_eq!(RecordDecompressor::new(&model)?.decompress(&coded)?, b"user=512 action=login result=ok");
/// # Ok::<(), foretell::Error>(())
/// ```
#[derive(Debug)]
pub struct RecordCompressor {
    codec: Codec,
    id: [u8; ID_LEN],
}

impl RecordCompressor {
    /// A compressor that starts each record from `model`.
    ///
    /// # Errors
    /// Damaged weights in the model, or too little memory.
    pub fn new(model: &Model) -> Result<Self> {
        Ok(Self { codec: Codec::new(model)?, id: id_bytes(model) })
    }

    /// Ends the work when `stop` is asked for: compressing fails then, for good.
    pub fn stop(mut self, stop: Stop) -> Self {
        self.codec.stop = stop;
        self
    }

    /// Compresses a record. Beside the coded bytes, up to 8 bytes name the model, give the length, and hold a check
    /// that finds damage in 255 of 256 cases.
    ///
    /// # Errors
    /// [`ErrorKind::InvalidInput`] if it is longer than [`MAX_RECORD_LEN`](crate::MAX_RECORD_LEN), too little memory,
    /// or [`ErrorKind::Cancelled`].
    pub fn compress(&mut self, record: &[u8]) -> Result<Vec<u8>> {
        check_len(record.len())?;
        let mut out = self.id.to_vec();
        varint::write(&mut out, record.len() as u64);
        out.push(check(record));
        self.codec.encode(record, &mut out)?;
        Ok(out)
    }

    /// Compresses a record to its coded bytes alone, which are at most two bytes longer than the ideal code. To decode
    /// them the caller must know the model and the length; damage is not detected.
    ///
    /// # Errors
    /// As of [`compress`](Self::compress).
    pub fn compress_raw(&mut self, record: &[u8]) -> Result<Vec<u8>> {
        check_len(record.len())?;
        let mut out = Vec::new();
        self.codec.encode(record, &mut out)?;
        Ok(out)
    }
}

/// Decompresses records, in any order. For several threads make one each, of clones of one model.
///
/// A few bytes can claim to be a record of 2 MiB, which costs a second and 100 MB or more. If records come from
/// elsewhere, limit their length by [`output_limit`](Self::output_limit), or their memory by
/// [`memory_limit`](Self::memory_limit).
///
/// ```
/// use foretell::{ErrorKind, RecordCompressor, RecordDecompressor, Trainer};
/// let samples: Vec<String> = (0..300).map(|i| format!("unit {} is up", i % 17)).collect();
/// let model = Trainer::new().train(&samples, |_| {})?.model;
/// let coded = RecordCompressor::new(&model)?.compress(b"unit 5 is up")?;
/// let mut decompressor = RecordDecompressor::new(&model)?.output_limit(11);
/// assert_eq!(decompressor.decompress(&coded).unwrap_err().kind(), ErrorKind::OutputLimit);
/// # Ok::<(), foretell::Error>(())
/// ```
#[derive(Debug)]
pub struct RecordDecompressor {
    codec: Codec,
    model: Model,
    output_limit: u64,
    memory_limit: u64,
}

impl RecordDecompressor {
    /// A decompressor of records that were compressed with `model`.
    ///
    /// # Errors
    /// Damaged weights in the model, or too little memory.
    pub fn new(model: &Model) -> Result<Self> {
        Ok(Self {
            codec: Codec::new(model)?,
            model: model.clone(),
            output_limit: MAX_LEN as u64,
            memory_limit: u64::MAX,
        })
    }

    /// Refuses records of more than `bytes`, before any work is done for them; they have up to
    /// [`MAX_RECORD_LEN`](crate::MAX_RECORD_LEN) otherwise.
    pub fn output_limit(mut self, bytes: u64) -> Self {
        self.output_limit = bytes;
        self
    }

    /// Refuses records that need more than `bytes` of memory to decompress, the model included, before it is taken.
    pub fn memory_limit(mut self, bytes: u64) -> Self {
        self.memory_limit = bytes;
        self
    }

    /// Ends the work when `stop` is asked for: decompressing fails then, for good.
    pub fn stop(mut self, stop: Stop) -> Self {
        self.codec.stop = stop;
        self
    }

    /// The record that [`RecordCompressor::compress`] made `coded` of.
    ///
    /// # Errors
    /// [`ErrorKind::MissingModel`] if it was another model; [`ErrorKind::OutputLimit`] if the record is longer than
    /// [`output_limit`](Self::output_limit) allows; [`ErrorKind::MemoryLimit`] if it needs more than
    /// [`memory_limit`](Self::memory_limit) allows, or than there is; truncated or damaged data; or
    /// [`ErrorKind::Cancelled`].
    pub fn decompress(&mut self, coded: &[u8]) -> Result<Vec<u8>> {
        let Some((id, mut rest)) = coded.split_first_chunk::<ID_LEN>() else { return Err(truncated()) };
        if *id != id_bytes(&self.model) {
            let text = format!(
                "the record needs the trained model whose name begins with {}, not {}",
                hex(id),
                self.model.id()
            );
            return Err(Error::new(ErrorKind::MissingModel, text));
        }
        let len = usize::try_from(varint::read(&mut rest)?).unwrap_or(usize::MAX);
        let Some((&expected, coded)) = rest.split_first() else { return Err(truncated()) };
        self.check_limit(len)?;
        let record = self.codec.decode(coded, len)?;
        if check(&record) != expected {
            return Err(Error::new(ErrorKind::ChecksumMismatch, "a record does not match its check"));
        }
        Ok(record)
    }

    /// The record of `len` bytes that [`RecordCompressor::compress_raw`] made `coded` of.
    ///
    /// # Errors
    /// Damage or the wrong model, where it can be detected; a `len` over the limit; or as of
    /// [`decompress`](Self::decompress).
    pub fn decompress_raw(&mut self, coded: &[u8], len: usize) -> Result<Vec<u8>> {
        self.check_limit(len)?;
        self.codec.decode(coded, len)
    }

    fn check_limit(&self, len: usize) -> Result<()> {
        check_len(len)?;
        if len as u64 > self.output_limit {
            let text = format!("a record has {len} bytes, {} are allowed", self.output_limit);
            return Err(Error::new(ErrorKind::OutputLimit, text));
        }
        self.codec.check_memory(len, 0, self.memory_limit)
    }
}

/// The first bytes of the model's name, as it is written in hexadecimal digits.
fn id_bytes(model: &Model) -> [u8; ID_LEN] {
    let [a, b, c, d, ..] = model.id().0.to_be_bytes();
    [a, b, c, d]
}

fn hex(id: &[u8; ID_LEN]) -> String {
    format!("{:08x}", u32::from_be_bytes(*id))
}

fn check_len(len: usize) -> Result<()> {
    if len > MAX_LEN {
        let text = format!("a record has at most {MAX_LEN} bytes, not {len}; compress longer ones as files");
        return Err(Error::new(ErrorKind::InvalidInput, text));
    }
    Ok(())
}

/// The lowest byte of the record's CRC-32.
fn check(record: &[u8]) -> u8 {
    crc32fast::hash(record) as u8
}

fn truncated() -> Error {
    Error::new(ErrorKind::Truncated, "unexpected end of a record")
}

#[cfg(test)]
mod tests;
