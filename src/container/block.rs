//! A block's header, or the end marker in its place ↔ bytes.
//!
//! ```text
//! block   tag 1–5, and 64 if it starts from a prior | raw length | [coded length, not if stored] | [expanded length, if expanded] | CRC-32 of the raw bytes | CRC-32 of all before | coded bytes
//! end     tag 0, or 6 if the frame's index follows | XXH3-64 of the frame's whole content
//! ```
//! The header has a check of its own because decoding costs time in proportion to the raw length: a
//! damaged length is found before any work is done for it.

use std::io::Read;

use super::{BlockKind, read::read_array, varint};
use crate::{Error, Result};

/// The most bytes of content in one block: 64 MiB. Bounds what a decoder must hold.
pub const MAX_BLOCK_LEN: usize = 1 << 26;

/// The farthest that a copy may reach back: 32 MiB, a neural block of any level. A decoder must keep that much.
pub const MAX_DISTANCE: usize = 1 << 25;

/// Tags of the end marker: none of a kind.
const END: u8 = 0;
const INDEXED_END: u8 = 6;
/// The bit of a tag that says: the network starts from a prior.
const FROM_PRIOR: u8 = 0x40;
/// Bytes of the end marker.
pub const END_LEN: u64 = 9;

/// The header before a block's coded bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct BlockHeader {
    /// How the block is coded.
    pub kind: BlockKind,
    /// Bytes of content, 1 to [`MAX_BLOCK_LEN`].
    pub raw_len: usize,
    /// Bytes that follow this header; less than `raw_len` unless stored, and of a copy at most [`varint::MAX_LEN`].
    pub coded_len: usize,
    /// Bytes that are coded: `raw_len`, or what that is expanded to, 1 to [`MAX_BLOCK_LEN`].
    pub expanded_len: usize,
    /// CRC-32 of the content.
    pub raw_crc: u32,
    /// Whether the network starts from a prior: the trained model that the frame's header names, else the built-in one.
    pub from_prior: bool,
}

/// A block or the end of the frame.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Item {
    /// A block's header; its coded bytes follow.
    Block(BlockHeader),
    /// The end of the frame, with the XXH3-64 of its content.
    End(u64),
    /// The end of the frame, which its [`Index`](super::Index) follows, with the XXH3-64 of its content.
    IndexedEnd(u64),
}

impl Item {
    /// Appends the item's bytes to `out`.
    pub fn write(self, out: &mut Vec<u8>) {
        let start = out.len();
        match self {
            Self::End(hash) | Self::IndexedEnd(hash) => {
                out.push(if matches!(self, Self::End(_)) { END } else { INDEXED_END });
                out.extend(hash.to_le_bytes());
            }
            Self::Block(block) => {
                out.push(block.kind.tag() | if block.from_prior { FROM_PRIOR } else { 0 });
                varint::write(out, block.raw_len as u64);
                if block.kind != BlockKind::Stored {
                    varint::write(out, block.coded_len as u64);
                }
                if block.kind == BlockKind::Expanded {
                    varint::write(out, block.expanded_len as u64);
                }
                out.extend(block.raw_crc.to_le_bytes());
                let check = crc32fast::hash(&out[start..]);
                out.extend(check.to_le_bytes());
            }
        }
    }

    /// Reads the next item of a frame.
    ///
    /// # Errors
    /// Truncated or damaged data.
    pub fn read(input: &mut impl Read) -> Result<Self> {
        let [tag] = read_array(input)?;
        match tag {
            END => return Ok(Self::End(u64::from_le_bytes(read_array(input)?))),
            INDEXED_END => return Ok(Self::IndexedEnd(u64::from_le_bytes(read_array(input)?))),
            _ => {}
        }
        let from_prior = tag & FROM_PRIOR != 0;
        let kind = BlockKind::from_tag(tag & !FROM_PRIOR)
            .filter(|kind| kind.is_neural() || !from_prior)
            .ok_or_else(damaged_header)?;
        let raw_len = varint::read(input)?;
        let coded_len = if kind == BlockKind::Stored { raw_len } else { varint::read(input)? };
        let expanded_len = if kind == BlockKind::Expanded { varint::read(input)? } else { raw_len };
        let raw_crc = u32::from_le_bytes(read_array(input)?);
        let bounds = 1..=MAX_BLOCK_LEN as u64;
        let in_bounds = bounds.contains(&raw_len)
            && bounds.contains(&expanded_len)
            && (kind == BlockKind::Stored || (1..raw_len).contains(&coded_len))
            && (kind != BlockKind::Copy || coded_len <= varint::MAX_LEN as u64);
        if !in_bounds {
            return Err(damaged_header());
        }
        let [raw_len, coded_len, expanded_len] = [raw_len, coded_len, expanded_len].map(|len| len as usize);
        let block = BlockHeader { kind, raw_len, coded_len, expanded_len, raw_crc, from_prior };
        let mut bytes = Vec::with_capacity(24);
        Self::Block(block).write(&mut bytes);
        let check: [u8; 4] = read_array(input)?;
        if bytes.ends_with(&check) { Ok(Self::Block(block)) } else { Err(damaged_header()) }
    }
}

fn damaged_header() -> Error {
    Error::corrupt("a block's header is damaged")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn bytes(item: Item) -> Vec<u8> {
        let mut out = Vec::new();
        item.write(&mut out);
        out
    }

    #[test]
    fn items_round_trip() {
        for end in [Item::End(0x0123_4567_89ab_cdef), Item::IndexedEnd(0x0123_4567_89ab_cdef)] {
            assert_eq!(Item::read(&mut bytes(end).as_slice()).unwrap(), end);
            assert_eq!(bytes(end).len() as u64, END_LEN);
        }
        for kind in BlockKind::all() {
            for raw_len in [2, 127, 128, 1 << 20, MAX_BLOCK_LEN] {
                let coded_len = match kind {
                    BlockKind::Stored => raw_len,
                    BlockKind::Copy => 1,
                    _ => raw_len - 1,
                };
                let expanded_len = if kind == BlockKind::Expanded { 1 + raw_len / 2 } else { raw_len };
                let block = Item::Block(BlockHeader {
                    kind,
                    raw_len,
                    coded_len,
                    expanded_len,
                    raw_crc: 0xdead_beef,
                    from_prior: kind.is_neural(),
                });
                assert_eq!(Item::read(&mut bytes(block).as_slice()).unwrap(), block);
            }
        }
    }

    #[test]
    fn a_flip_of_any_bit_is_found_before_decoding() {
        for (kind, expanded_len) in [(BlockKind::Neural, 3_000_000), (BlockKind::Expanded, 5_000_000)] {
            let raw_len = 3_000_000;
            let block =
                BlockHeader { kind, raw_len, coded_len: 70_000, expanded_len, raw_crc: 0x1234_5678, from_prior: false };
            let good = bytes(Item::Block(block));
            for bit in 0..good.len() * 8 {
                let mut bad = good.clone();
                bad[bit / 8] ^= 1 << (bit % 8);
                // A flip may turn the tag into the end marker's. Then the checksum of the content does not match.
                assert!(!matches!(Item::read(&mut bad.as_slice()), Ok(Item::Block(_))), "{kind:?}, bit {bit}");
            }
        }
    }

    #[test]
    fn lengths_out_of_bounds_are_refused() {
        for (raw_len, coded_len) in [(0, 0), (5, 5), (5, 0), (MAX_BLOCK_LEN + 1, 7)] {
            let block = BlockHeader {
                kind: BlockKind::Neural,
                raw_len,
                coded_len,
                expanded_len: raw_len,
                raw_crc: 0,
                from_prior: false,
            };
            assert!(Item::read(&mut bytes(Item::Block(block)).as_slice()).is_err());
        }
        for (coded_len, is_good) in [(10, true), (11, false)] {
            let block = BlockHeader {
                kind: BlockKind::Copy,
                raw_len: 99,
                coded_len,
                expanded_len: 99,
                raw_crc: 0,
                from_prior: false,
            };
            assert_eq!(Item::read(&mut bytes(Item::Block(block)).as_slice()).is_ok(), is_good);
        }
        for (expanded_len, is_good) in [(0, false), (1, true), (MAX_BLOCK_LEN, true), (MAX_BLOCK_LEN + 1, false)] {
            let block = BlockHeader {
                kind: BlockKind::Expanded,
                raw_len: 9,
                coded_len: 8,
                expanded_len,
                raw_crc: 0,
                from_prior: false,
            };
            assert_eq!(Item::read(&mut bytes(Item::Block(block)).as_slice()).is_ok(), is_good);
        }
    }
}
