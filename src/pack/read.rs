//! A pack → its records.

use std::io::{Read, Seek, SeekFrom, Write};

use super::{
    Cut,
    index::{Entry, Index},
};
use crate::{
    DecodeOptions, Error, ErrorKind, ModelId, Result, container::read::read_vec, error::room_for, record::Codec,
};

/// Reads records from a pack.
///
/// ```
/// use std::io::Cursor;
/// use foretell::{DecodeOptions, Models, Trainer, pack::{Cut, Pack, PackOptions, pack}};
/// let log: String = (0..2000).map(|i| format!("12:{:02} unit {} is up\n", i % 60, i % 7)).collect();
/// let samples: Vec<&str> = log.lines().take(500).collect();
/// let model = Trainer::new().train(&samples, |_| {})?.model;
/// let mut packed = Vec::new();
/// pack(log.as_bytes(), &mut packed, &model, &PackOptions::new(Cut::Lines))?;
/// assert!(packed.len() < log.len() / 8);
/// let options = DecodeOptions::new().models(Models::new().with(model));
/// let mut pack = Pack::open(Cursor::new(packed), &options)?;
/// assert_eq!(pack.get(1234)?.unwrap(), b"12:34 unit 2 is up");
/// # Ok::<(), foretell::Error>(())
/// ```
#[derive(Debug)]
pub struct Pack<R> {
    inner: R,
    index: Index,
    /// For each group, its first byte in the file and the number of its first record. Both ascend.
    places: Vec<(u64, u64)>,
    codec: Codec,
    memory_limit: u64,
    /// The group decoded last, by its number, and its content.
    group: Option<(usize, Vec<u8>)>,
}

impl<R: Read + Seek> Pack<R> {
    /// Reads the index of the pack in `inner`; the model that it needs must be among those of `options`.
    ///
    /// Of `options` it heeds these, the memory limit, which refuses groups that need more to decode, the model and the
    /// lists of groups included, and the stop, after which reading fails for good.
    ///
    /// # Errors
    /// No pack, another version, a damaged index, a model that is not at hand, or what the reader reports.
    pub fn open(mut inner: R, options: &DecodeOptions) -> Result<Self> {
        let (index, mut at) = Index::read(&mut inner)?;
        let mut codec = Codec::new(&options.models.find(index.model)?)?;
        let mut record = 0;
        let mut places = room_for(index.groups.len())?;
        for group in &index.groups {
            places.push((at, record));
            at += group.coded;
            record += group.records;
        }
        codec.stop = options.stop.clone();
        Ok(Self { inner, index, places, codec, memory_limit: options.memory_limit, group: None })
    }

    /// How many records it holds.
    pub fn len(&self) -> u64 {
        self.places.last().zip(self.index.groups.last()).map_or(0, |((_, record), group)| record + group.records)
    }

    /// Whether it holds none.
    pub fn is_empty(&self) -> bool {
        self.places.is_empty()
    }

    /// The model that it needs.
    pub fn model(&self) -> ModelId {
        self.index.model
    }

    /// What a record is.
    pub fn cut(&self) -> Cut {
        self.index.cut
    }

    /// Record `n`, counted from 0, a line without its end; `None` past the last record.
    ///
    /// # Errors
    /// A damaged group, too little memory, what the reader reports, or [`ErrorKind::Cancelled`].
    pub fn get(&mut self, n: u64) -> Result<Option<Vec<u8>>> {
        if n >= self.len() {
            return Ok(None);
        }
        let number = self.places.partition_point(|&(_, record)| record <= n) - 1;
        let first = self.places[number].1;
        let cut = self.index.cut;
        let record = cut.split(self.load(number)?).nth((n - first) as usize).unwrap_or_default();
        Ok(Some(cut.trim(record).to_vec()))
    }

    /// Writes all that was packed to `out`.
    ///
    /// # Errors
    /// A damaged group, too little memory, what reader and writer report, or [`ErrorKind::Cancelled`].
    pub fn write_to(&mut self, out: &mut impl Write) -> Result<()> {
        for number in 0..self.places.len() {
            out.write_all(self.load(number)?)?;
        }
        Ok(out.flush()?)
    }

    /// The content of a group.
    fn load(&mut self, number: usize) -> Result<&[u8]> {
        if self.group.as_ref().is_none_or(|(loaded, _)| *loaded != number) {
            self.group = None;
            let content = self.decode(number).map_err(|error| self.in_group(number, error))?;
            self.group = Some((number, content));
        }
        Ok(self.group.as_ref().map_or(&[], |(_, content)| content))
    }

    fn decode(&mut self, number: usize) -> Result<Vec<u8>> {
        let Entry { records, raw, coded: coded_len, crc } = self.index.groups[number];
        let lists = self.places.len() * (size_of::<(u64, u64)>() + size_of::<Entry>());
        // No longer than the file, as the index was checked.
        let coded_bytes = usize::try_from(coded_len).unwrap_or(usize::MAX);
        self.codec.check_memory(raw, lists.saturating_add(coded_bytes), self.memory_limit)?;
        self.inner.seek(SeekFrom::Start(self.places[number].0))?;
        let mut coded = Vec::new();
        read_vec(&mut self.inner, coded_len, &mut coded)?;
        let content = self.codec.decode(&coded, raw)?;
        let found = self.index.cut.split(&content).count() as u64;
        if crc32fast::hash(&content) != crc || found != records {
            return Err(Error::new(ErrorKind::ChecksumMismatch, "the content does not match its checksum"));
        }
        Ok(content)
    }

    /// The same error, with the records that it keeps from being read.
    fn in_group(&self, number: usize, error: Error) -> Error {
        let first = self.places[number].1;
        let last = first + self.index.groups[number].records - 1;
        error.of(&format!("records {} to {}", first + 1, last + 1))
    }
}
