//! The index of a pack, which says where its groups lie ↔ bytes.

use std::io::{Read, Seek, SeekFrom};

use super::Cut;
use crate::{
    Error, ErrorKind, ModelId, Result,
    container::{
        MAX_BLOCK_LEN,
        read::{read_array, read_vec},
        varint,
    },
    error::reserve,
    model,
};

const MAGIC: [u8; 3] = [0xf0, b'r', b'p'];
const VERSION: u8 = 1;
/// Bytes before the first group.
const HEAD: u64 = 13;
/// Bytes at the end: check and length.
const TAIL: u64 = 12;

/// A group.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Entry {
    pub records: u64,
    /// Bytes of content, at most [`MAX_BLOCK_LEN`].
    pub raw: usize,
    pub coded: u64,
    /// CRC-32 of the content.
    pub crc: u32,
}

impl Entry {
    pub fn of(records: u64, raw: &[u8], coded: &[u8]) -> Self {
        Self { records, raw: raw.len(), coded: coded.len() as u64, crc: crc32fast::hash(raw) }
    }
}

/// All groups, the model that they need, and what a record is.
#[derive(Debug)]
pub struct Index {
    pub model: ModelId,
    pub cut: Cut,
    pub groups: Vec<Entry>,
}

impl Index {
    pub fn new(model: ModelId, cut: Cut) -> Self {
        Self { model, cut, groups: Vec::new() }
    }

    /// The bytes before the first group.
    pub fn head(&self) -> Vec<u8> {
        let mut head = MAGIC.to_vec();
        head.extend([VERSION, model::VERSION]);
        head.extend(self.model.0.to_le_bytes());
        head
    }

    /// The bytes after the last group.
    pub fn to_bytes(&self) -> Vec<u8> {
        let mut out = Vec::new();
        let record_len = if let Cut::Bytes(len) = self.cut { len as u64 } else { 0 };
        varint::write(&mut out, record_len);
        varint::write(&mut out, self.groups.len() as u64);
        for group in &self.groups {
            varint::write(&mut out, group.records);
            varint::write(&mut out, group.raw as u64);
            varint::write(&mut out, group.coded);
            out.extend(group.crc.to_le_bytes());
        }
        let check = self.check(&out);
        let len = out.len() as u64;
        out.extend(check.to_le_bytes());
        out.extend(len.to_le_bytes());
        out
    }

    /// CRC-32 of the head and of the index's bytes up to it.
    fn check(&self, groups: &[u8]) -> u32 {
        let mut crc = crc32fast::Hasher::new();
        crc.update(&self.head());
        crc.update(groups);
        crc.finalize()
    }

    /// Reads the index of a pack, and where its groups begin.
    ///
    /// # Errors
    /// No pack, another version, truncated or damaged data, or the reader's. Memory grows with the bytes that are
    /// there.
    pub fn read(input: &mut (impl Read + Seek)) -> Result<(Self, u64)> {
        input.seek(SeekFrom::Start(0))?;
        match read_array(input) {
            Ok(MAGIC) => {}
            Err(error) if error.kind() == ErrorKind::Io => return Err(error),
            _ => return Err(Error::new(ErrorKind::NotForetell, "not a pack")),
        }
        let versions: [u8; 2] = read_array(input)?;
        if versions != [VERSION, model::VERSION] {
            let [pack, model] = versions;
            let text = format!("a pack of another version (pack {pack}, model {model})");
            return Err(Error::new(ErrorKind::Unsupported, text));
        }
        let mut index = Self::new(ModelId(u64::from_le_bytes(read_array(input)?)), Cut::Lines);
        let end = input.seek(SeekFrom::End(0))?;
        let tail = end.checked_sub(TAIL).filter(|&tail| tail >= HEAD).ok_or_else(damaged_index)?;
        input.seek(SeekFrom::Start(tail))?;
        let check = u32::from_le_bytes(read_array(input)?);
        let len = u64::from_le_bytes(read_array(input)?);
        let start = tail.checked_sub(len).filter(|&start| start >= HEAD).ok_or_else(damaged_index)?;
        input.seek(SeekFrom::Start(start))?;
        let mut bytes = Vec::new();
        read_vec(input, len, &mut bytes)?;
        if index.check(&bytes) != check {
            return Err(damaged_index());
        }
        index.read_body(&bytes, start - HEAD)?;
        Ok((index, HEAD))
    }

    /// Reads how content is cut, and the groups, which must have `room` coded bytes in all.
    fn read_body(&mut self, mut bytes: &[u8], room: u64) -> Result<()> {
        match varint::read(&mut bytes)? {
            0 => self.cut = Cut::Lines,
            len if len <= MAX_BLOCK_LEN as u64 => self.cut = Cut::Bytes(len as usize),
            _ => return Err(damaged_index()),
        }
        let count = varint::read(&mut bytes)?;
        let mut left = room;
        for _ in 0..count {
            let records = varint::read(&mut bytes)?;
            let raw = usize::try_from(varint::read(&mut bytes)?).unwrap_or(usize::MAX);
            let coded = varint::read(&mut bytes)?;
            let crc = u32::from_le_bytes(read_array(&mut bytes)?);
            left = left.checked_sub(coded).ok_or_else(damaged_index)?;
            if raw > MAX_BLOCK_LEN || records == 0 || records > raw as u64 {
                return Err(damaged_index());
            }
            reserve(&mut self.groups, 1)?;
            self.groups.push(Entry { records, raw, coded, crc });
        }
        if bytes.is_empty() && left == 0 { Ok(()) } else { Err(damaged_index()) }
    }
}

fn damaged_index() -> Error {
    Error::corrupt("the pack's index is damaged or cut off")
}
