//! A segment's header, or the end marker in its place ↔ bytes.
//!
//! ```text
//! first segment of a block
//!         tag: kind 1–5, and 64 if the block starts from a prior, 8 if from the lead, 16 if a capacity follows, and 128
//!         if the lead ends with the segment
//!         | raw length | [coded length, not if stored] | [expanded length, if expanded] | [capacity]
//!         | CRC-32 of the raw bytes | CRC-32 of all before | coded bytes
//! segment that goes on
//!         tag: kind 1, 3 or 5, plus 32, and 16 if the raw length is 2^16, and 128 if the lead ends with the segment
//!         | [raw length, if not 2^16] | [coded length, not if stored] | [expanded length, if expanded]
//!         | CRC-32 of the block's raw bytes up to here, or its low half if the raw length is below 2^12 | coded bytes
//! end     tag 0, or 6 if the frame's index follows | XXH3-64 of the frame's whole content
//! ```
//! The first header has a check of its own because readers skip blocks by it, and size tables. The others are short,
//! because there are many: what they say is checked with the content.

use std::{io::Read, ops::RangeInclusive};

use super::{BlockKind, MAX_BLOCK_LEN, capacity::Capacity, read::read_array, varint};
use crate::{Error, ErrorKind, Result};

/// The raw length that a header need not give.
pub const USUAL_LEN: usize = 1 << 16;
/// Shorter segments that go on have half a check.
const LEAST_WITH_WHOLE_CHECK: usize = 1 << 12;

/// Tags of the end marker: none of a kind.
const END: u8 = 0;
const INDEXED_END: u8 = 6;
/// The bit of a tag that says: the network starts from a prior.
const FROM_PRIOR: u8 = 0x40;
/// The bit of a tag that says: the segment goes on with the block before it.
const GOES_ON: u8 = 0x20;
/// The bit of a tag that says, if the segment goes on: the raw length is [`USUAL_LEN`]; else: a capacity follows.
const USUAL_OR_CAPACITY: u8 = 0x10;
/// How much longer than its content the first segment of a block may be, so that a stream that is flushed after a few
/// bytes keeps its network.
pub const MOST_GROWTH: usize = 64;
/// The fewest bytes of an item: tag, raw length, half a check.
pub const LEAST_LEN: usize = 4;
/// The bit of a tag that says: the network starts as the lead.
const FROM_LEAD: u8 = 0x08;
/// The bit of a tag that says: the network as it is after this segment is the lead.
const ENDS_LEAD: u8 = 0x80;
/// Bytes of the end marker.
pub const END_LEN: u64 = 9;

/// The header before a segment's coded bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SegmentHeader {
    /// How the segment is coded.
    pub kind: BlockKind,
    /// Bytes of content, 1 to [`MAX_BLOCK_LEN`].
    pub raw_len: usize,
    /// Bytes that follow this header: less than `raw_len` unless stored, expanded or the first of a neural block, and of a copy at most
    /// [`varint::MAX_LEN`].
    pub coded_len: usize,
    /// Bytes that are coded: `raw_len`, or what that is expanded to, 1 to [`MAX_BLOCK_LEN`].
    pub expanded_len: usize,
    /// [`check_of`](Self::check_of) the CRC-32 of the block's content up to the segment's end.
    pub check: u32,
    /// Whether the network starts from a prior: the trained model that the frame's header names, else the built-in one.
    /// Never of a segment that goes on.
    pub from_prior: bool,
    /// Whether the network starts as the frame's lead, and so from no prior. Never of a segment that goes on.
    pub from_lead: bool,
    /// Whether the network as it is after this segment is the frame's lead. Only in the frame's first block.
    pub ends_lead: bool,
    /// Whether the segment goes on with the block, and so the network, of the segment before it.
    pub goes_on: bool,
    /// How much content the network's tables are made for, if not for the bytes of this segment alone. Only of the first
    /// segment of a block with a network.
    pub capacity: Option<Capacity>,
}

/// A segment or the end of the frame.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Item {
    /// A segment's header; its coded bytes follow.
    Segment(SegmentHeader),
    /// The end of the frame, with the XXH3-64 of its content.
    End(u64),
    /// The end of the frame, which its [`Index`](super::Index) follows, with the XXH3-64 of its content.
    IndexedEnd(u64),
}

impl SegmentHeader {
    /// The header of the first segment of a block that starts without a prior; its check is 0.
    pub fn first(kind: BlockKind, raw_len: usize, coded_len: usize) -> Self {
        Self {
            kind,
            raw_len,
            coded_len,
            expanded_len: raw_len,
            check: 0,
            from_prior: false,
            from_lead: false,
            ends_lead: false,
            goes_on: false,
            capacity: None,
        }
    }

    /// How many bytes the tables of the network that starts with this segment are made for.
    pub fn capacity(&self) -> usize {
        self.capacity.map_or(self.expanded_len, Capacity::bytes)
    }

    /// What of the CRC-32 `crc` a header like this has: inverted if the lead ends here, so that the check is of that too.
    pub fn check_of(&self, crc: u32) -> u32 {
        let crc = if self.ends_lead { !crc } else { crc };
        if self.has_whole_check() { crc } else { crc & 0xffff }
    }

    /// Makes sure that the CRC-32 `crc` of the block's content up to the segment's end is right.
    ///
    /// # Errors
    /// It is not.
    pub fn verify(&self, crc: u32) -> Result<()> {
        if self.check_of(crc) == self.check {
            return Ok(());
        }
        Err(Error::new(ErrorKind::ChecksumMismatch, "a block's content does not match its checksum"))
    }

    fn has_whole_check(&self) -> bool {
        !self.goes_on || self.raw_len >= LEAST_WITH_WHOLE_CHECK
    }

    /// Bytes of the header.
    pub fn byte_len(&self) -> usize {
        let mut bytes = Vec::with_capacity(32);
        self.write(&mut bytes);
        bytes.len()
    }

    fn write(&self, out: &mut Vec<u8>) {
        let start = out.len();
        let is_usual = self.goes_on && self.raw_len == USUAL_LEN;
        let has_capacity = self.capacity.is_some();
        let flags = [
            (self.from_prior, FROM_PRIOR),
            (self.from_lead, FROM_LEAD),
            (self.ends_lead, ENDS_LEAD),
            (self.goes_on, GOES_ON),
            (is_usual || has_capacity, USUAL_OR_CAPACITY),
        ];
        out.push(flags.iter().filter(|flag| flag.0).fold(self.kind.tag(), |tag, flag| tag | flag.1));
        if !is_usual {
            varint::write(out, self.raw_len as u64);
        }
        if self.kind != BlockKind::Stored {
            varint::write(out, self.coded_len as u64);
        }
        if self.kind == BlockKind::Expanded {
            varint::write(out, self.expanded_len as u64);
        }
        out.extend(self.capacity.map(Capacity::code));
        let check = self.check.to_le_bytes();
        out.extend(&check[..if self.has_whole_check() { 4 } else { 2 }]);
        if !self.goes_on {
            let check = crc32fast::hash(&out[start..]);
            out.extend(check.to_le_bytes());
        }
    }

    /// Reads a header after its tag.
    fn read(tag: u8, input: &mut impl Read) -> Result<Self> {
        let flags = [FROM_PRIOR, FROM_LEAD, ENDS_LEAD, GOES_ON, USUAL_OR_CAPACITY];
        let [from_prior, from_lead, ends_lead, goes_on, is_flagged] = flags.map(|flag| tag & flag != 0);
        let kind =
            BlockKind::from_tag(tag & !flags.iter().fold(0, |all, flag| all | flag)).ok_or_else(damaged_header)?;
        let is_usual = goes_on && is_flagged;
        let raw_len = if is_usual { USUAL_LEN as u64 } else { varint::read(input)? };
        let coded_len = if kind == BlockKind::Stored { raw_len } else { varint::read(input)? };
        let expanded_len = if kind == BlockKind::Expanded { varint::read(input)? } else { raw_len };
        let capacity = if is_flagged && !goes_on { Some(read_capacity(input)?) } else { None };
        let bounds = 1..=MAX_BLOCK_LEN as u64;
        let may_go_on = kind.is_neural() || kind == BlockKind::Stored;
        let in_bounds = bounds.contains(&raw_len)
            && bounds.contains(&expanded_len)
            && coded_bounds(kind, raw_len, expanded_len, goes_on).contains(&coded_len)
            && (kind != BlockKind::Copy || coded_len <= varint::MAX_LEN as u64)
            && if goes_on {
                may_go_on && !from_prior && !from_lead
            } else {
                (kind.is_neural() || !(from_prior || from_lead || ends_lead || is_flagged))
                    && !(from_prior && from_lead)
            }
            && (is_usual || !goes_on || raw_len != USUAL_LEN as u64);
        if !in_bounds {
            return Err(damaged_header());
        }
        let [raw_len, coded_len, expanded_len] = [raw_len, coded_len, expanded_len].map(|len| len as usize);
        let mut header = Self {
            kind,
            raw_len,
            coded_len,
            expanded_len,
            check: 0,
            from_prior,
            from_lead,
            ends_lead,
            goes_on,
            capacity,
        };
        header.read_checks(input).map(|()| header)
    }

    /// Reads the check of the content, and that of the header if it has one.
    fn read_checks(&mut self, input: &mut impl Read) -> Result<()> {
        self.check = if self.has_whole_check() {
            u32::from_le_bytes(read_array(input)?)
        } else {
            u16::from_le_bytes(read_array(input)?).into()
        };
        if self.goes_on {
            return Ok(());
        }
        let mut bytes = Vec::with_capacity(24);
        self.write(&mut bytes);
        let check: [u8; 4] = read_array(input)?;
        if bytes.ends_with(&check) { Ok(()) } else { Err(damaged_header()) }
    }
}

impl Item {
    /// Appends the item's bytes to `out`.
    pub fn write(self, out: &mut Vec<u8>) {
        match self {
            Self::End(hash) | Self::IndexedEnd(hash) => {
                out.push(if matches!(self, Self::End(_)) { END } else { INDEXED_END });
                out.extend(hash.to_le_bytes());
            }
            Self::Segment(header) => header.write(out),
        }
    }

    /// Reads the next item of a frame.
    ///
    /// # Errors
    /// Truncated or damaged data.
    pub fn read(input: &mut impl Read) -> Result<Self> {
        let [tag] = read_array(input)?;
        match tag {
            END => Ok(Self::End(u64::from_le_bytes(read_array(input)?))),
            INDEXED_END => Ok(Self::IndexedEnd(u64::from_le_bytes(read_array(input)?))),
            _ => SegmentHeader::read(tag, input).map(Self::Segment),
        }
    }
}

fn read_capacity(input: &mut impl Read) -> Result<Capacity> {
    let [byte] = read_array(input)?;
    Capacity::of_code(byte).ok_or_else(damaged_header)
}

/// What the coded length may be.
fn coded_bounds(kind: BlockKind, raw_len: u64, expanded_len: u64, goes_on: bool) -> RangeInclusive<u64> {
    match kind {
        BlockKind::Stored => raw_len..=raw_len,
        BlockKind::Neural if !goes_on => 1..=raw_len + MOST_GROWTH as u64,
        // Where the network has learnt from what the segment was expanded to, it cannot be stored instead. A nibble
        // takes at most 20 bits.
        BlockKind::Expanded if goes_on => 1..=5 * expanded_len + 64,
        _ => 1..=raw_len.saturating_sub(1),
    }
}

fn damaged_header() -> Error {
    Error::corrupt("a block's header is damaged")
}

#[cfg(test)]
mod tests;
