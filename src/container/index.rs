//! The index after a frame of several blocks, which says where each block lies ↔ bytes.
//!
//! ```text
//! the frame's header without its magic | number of blocks | (kind, raw length, bytes in the file) of each |
//! CRC-32 of all before | number of all bytes before (8) | 78
//! ```
//! Streaming decoders read it forwards; seekable readers find it backwards from the end of the file. With the length of
//! the end marker before it, it gives the place where the frame begins.

use std::io::{Read, Seek, SeekFrom};

use super::{
    BlockKind, FrameHeader, MAX_BLOCK_LEN, SegmentHeader,
    header::MAGIC,
    read::read_array,
    segment::{END_LEN, MOST_GROWTH},
    varint,
};
use crate::{Error, Result, error::reserve, parallel::memory::ensure};

/// The last byte: not zero, so that it differs from zeros that may follow.
const LAST: u8 = b'x';
/// Bytes after the check: the length, and the last byte.
const TAIL: u64 = 9;
/// The most bytes of a block's entry.
const MAX_ENTRY: usize = 10;

/// Fails if the given bytes of memory are too many for a list of blocks.
pub(crate) type Room<'a> = &'a dyn Fn(usize) -> Result<()>;

/// A block's entry in the index.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Entry {
    /// How it is coded.
    pub kind: BlockKind,
    /// Bytes of content.
    pub raw_len: u32,
    /// Bytes of the block, its header included.
    pub size: u32,
}

/// The index of a frame.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Index {
    /// The frame's header.
    pub header: FrameHeader,
    /// The frame's blocks, in order.
    pub blocks: Vec<Entry>,
}

impl Entry {
    /// The entry of a block whose first segment has this header.
    pub fn of(header: &SegmentHeader) -> Self {
        // Neither is more than some bytes over 2^26.
        Self { kind: header.kind, raw_len: header.raw_len as u32, size: (header.byte_len() + header.coded_len) as u32 }
    }

    /// Adds a segment to the blocks of a frame: a new one, or to the last one, if it goes on with that.
    ///
    /// # Errors
    /// There is none, or it would have more content than any may.
    pub fn add_to(blocks: &mut Vec<Self>, header: &SegmentHeader) -> Result<()> {
        match blocks.last_mut() {
            _ if !header.goes_on => blocks.push(Self::of(header)),
            Some(block) => block.add(header)?,
            None => return Err(Error::corrupt("a frame begins with a segment that goes on")),
        }
        Ok(())
    }

    /// Adds a segment that goes on. A block with any expanded segment counts as expanded.
    ///
    /// # Errors
    /// The block cannot go on, or would have more content than any may.
    pub fn add(&mut self, header: &SegmentHeader) -> Result<()> {
        if !self.kind.is_neural() {
            return Err(Error::corrupt("a segment goes on with a block that cannot go on"));
        }
        let raw_len = self.raw_len as usize + header.raw_len;
        if raw_len > MAX_BLOCK_LEN {
            return Err(Error::corrupt("a block has too much content"));
        }
        if header.kind == BlockKind::Expanded {
            self.kind = BlockKind::Expanded;
        }
        let size = self.size.checked_add((header.byte_len() + header.coded_len) as u32);
        self.raw_len = raw_len as u32;
        self.size = size.ok_or_else(|| Error::corrupt("a block is too long"))?;
        Ok(())
    }

    /// Whether such a block can exist. For example, none has fewer bytes than its header.
    fn can_be(&self) -> bool {
        let [raw_len, size] = [self.raw_len, self.size].map(u64::from);
        // Tag, raw length, two checks; then what the kind adds. Several segments take more than one does, at least.
        let head = |first: u64| 1 + varint::len(first) + 8;
        let rest = match self.kind {
            BlockKind::Stored => head(raw_len) + raw_len..=head(raw_len) + raw_len,
            BlockKind::Copy => head(raw_len) + 2..=head(raw_len) + (1 + varint::MAX_LEN as u64).min(raw_len),
            BlockKind::Huffman => head(raw_len) + 2..=head(raw_len) + varint::len(raw_len) + raw_len - 1,
            BlockKind::Neural => head(raw_len) + 2..=head(raw_len) + 16 * raw_len + MOST_GROWTH as u64,
            BlockKind::Expanded => head(raw_len) + 3..=u64::MAX,
        };
        (1..=MAX_BLOCK_LEN as u64).contains(&raw_len) && rest.contains(&size)
    }
}

impl Index {
    /// Bytes of memory for each block while an index is made or read, and compared with the expected one.
    pub(crate) const PER_BLOCK: usize = 2 * (size_of::<Entry>() + MAX_ENTRY);

    /// How many bytes the index has.
    pub(crate) fn byte_len(&self) -> u64 {
        let digits = |n: u32| varint::len(n.into());
        let blocks: u64 = self.blocks.iter().map(|block| 1 + digits(block.raw_len) + digits(block.size)).sum();
        let header = (self.header.to_bytes().len() - MAGIC.len()) as u64;
        header + varint::len(self.blocks.len() as u64) + blocks + 4 + TAIL
    }

    /// The index's bytes.
    pub fn to_bytes(&self) -> Vec<u8> {
        let mut out = Vec::with_capacity(self.byte_len() as usize);
        out.extend_from_slice(&self.header.to_bytes()[MAGIC.len()..]);
        varint::write(&mut out, self.blocks.len() as u64);
        for block in &self.blocks {
            out.push(block.kind.tag());
            varint::write(&mut out, block.raw_len.into());
            varint::write(&mut out, block.size.into());
        }
        let check = crc32fast::hash(&out);
        out.extend(check.to_le_bytes());
        let len = out.len() as u64;
        out.extend(len.to_le_bytes());
        out.push(LAST);
        out
    }

    /// Where the frame's end marker begins, counted from the frame's first byte.
    pub fn blocks_end(&self) -> u64 {
        self.header.to_bytes().len() as u64 + self.blocks.iter().map(|block| u64::from(block.size)).sum::<u64>()
    }

    /// Bytes of the frame's content.
    pub fn raw_size(&self) -> u64 {
        self.blocks.iter().map(|block| u64::from(block.raw_len)).sum()
    }

    /// Compares the index that was `found` in a file with this one, which is expected.
    ///
    /// # Errors
    /// [`Corrupt`](crate::ErrorKind::Corrupt) if they differ.
    pub fn check(&self, found: &Self) -> Result<()> {
        if self == found { Ok(()) } else { Err(Self::misfit()) }
    }

    /// Reads an index and compares it with this one. An index of more blocks takes no more memory.
    ///
    /// # Errors
    /// As of [`read`](Self::read); or it is another index.
    pub(crate) fn check_next(&self, input: &mut impl Read) -> Result<()> {
        let most = self.blocks.len() * Self::PER_BLOCK;
        self.check(&Self::read_within(input, &|bytes| if bytes > most { Err(Self::misfit()) } else { Ok(()) })?)
    }

    /// The error for an index that is not the one of its frame.
    pub fn misfit() -> Error {
        Error::corrupt("the index does not fit its frame")
    }

    /// Reads an index. Memory grows with the bytes that really arrive.
    ///
    /// # Errors
    /// Truncated or damaged data, or a version that this crate does not know.
    pub fn read(input: &mut impl Read) -> Result<Self> {
        Self::read_within(input, &|_| Ok(()))
    }

    /// As [`read`](Self::read), if there is `room` for it.
    ///
    /// # Errors
    /// Those of `room` too.
    pub(crate) fn read_within(input: &mut impl Read, room: Room) -> Result<Self> {
        let header = FrameHeader::read_after_magic(input)?;
        let count = varint::read(input)?;
        let mut blocks = Vec::new();
        for _ in 0..count {
            let [tag] = read_array(input)?;
            let raw_len = u32::try_from(varint::read(input)?).ok().filter(|&len| len <= MAX_BLOCK_LEN as u32);
            let size = u32::try_from(varint::read(input)?).ok();
            let (Some(kind), Some(raw_len), Some(size)) = (BlockKind::from_tag(tag), raw_len, size) else {
                return Err(damaged_index());
            };
            let entry = Entry { kind, raw_len, size };
            if !entry.can_be() {
                return Err(damaged_index());
            }
            room((blocks.len() + 1) * Self::PER_BLOCK)?;
            reserve(&mut blocks, 1)?;
            blocks.push(entry);
        }
        let index = Self { header, blocks };
        // Equal indexes have equal bytes, so the bytes need not be checked one by one.
        ensure(index.byte_len())?;
        let bytes = index.to_bytes();
        let rest: [u8; 4 + TAIL as usize] = read_array(input)?;
        if bytes.ends_with(&rest) { Ok(index) } else { Err(damaged_index()) }
    }

    /// The index that ends at byte `end` of `input`, and the byte at which its frame begins; `None` if there is none.
    ///
    /// # Errors
    /// Those of the reader and of `room`.
    pub(crate) fn read_back(input: &mut (impl Read + Seek), end: u64, room: Room) -> Result<Option<(Self, u64)>> {
        let Some(at) = end.checked_sub(TAIL) else { return Ok(None) };
        input.seek(SeekFrom::Start(at))?;
        let [len @ .., last]: [u8; TAIL as usize] = read_array(input)?;
        let Some(at) = at.checked_sub(u64::from_le_bytes(len)).filter(|_| last == LAST) else { return Ok(None) };
        input.seek(SeekFrom::Start(at))?;
        let index = match Self::read_within(&mut std::io::BufReader::new(input.by_ref().take(end - at)), room) {
            Ok(index) => index,
            Err(error) if error.ends_work() => return Err(error),
            Err(_) => return Ok(None),
        };
        let start = at.checked_sub(END_LEN + index.blocks_end());
        let whole = index.byte_len() == end - at;
        Ok(start.filter(|_| whole).map(|start| (index, start)))
    }
}

fn damaged_index() -> Error {
    Error::corrupt("the index is damaged")
}

#[cfg(test)]
mod tests {
    use std::io::Cursor;

    use super::*;
    use crate::model::Level;

    fn index(content_size: Option<u64>) -> Index {
        let header = FrameHeader {
            level: Level::BEST,
            content_size,
            window: crate::container::Window::LEAST,
            model: Some(crate::ModelId(content_size.unwrap_or(7))),
        };
        let entry = |(kind, raw_len, size)| Entry { kind, raw_len, size };
        let blocks =
            [(BlockKind::Stored, 1, 11), (BlockKind::Neural, 1 << 26, 200), (BlockKind::Copy, 128, 21)].map(entry);
        Index { header, blocks: blocks.into() }
    }

    #[test]
    fn indexes_are_read_forward_and_backward() {
        for index in [index(None), index(Some(7)), Index { blocks: vec![], ..index(None) }] {
            let bytes = index.to_bytes();
            assert_eq!(bytes.len() as u64, index.byte_len());
            assert_eq!(Index::read(&mut bytes.as_slice()).unwrap(), index);
            let before = index.blocks_end() as usize + END_LEN as usize;
            if before < 1000 {
                let file = [vec![9; before + 3], bytes.clone()].concat();
                let found = Index::read_back(&mut Cursor::new(&file), file.len() as u64, &|_| Ok(())).unwrap();
                assert_eq!(found, Some((index, 3)));
                assert_eq!(
                    Index::read_back(&mut Cursor::new(&file[4..]), file.len() as u64 - 4, &|_| Ok(())).unwrap(),
                    None
                );
            }
        }
    }

    #[test]
    fn blocks_that_cannot_be_are_refused_and_all_others_are_not() {
        let can_be = |kind, raw_len, size| Entry { kind, raw_len, size }.can_be();
        let all = [1, 2, 3, 127, 128, 129, 5000, 16_384, 1 << 21, MAX_BLOCK_LEN];
        for (kind, raw_len) in BlockKind::all().flat_map(|kind| all.map(|raw_len| (kind, raw_len))) {
            let coded = match kind {
                BlockKind::Stored => vec![raw_len],
                BlockKind::Copy => vec![1, 10],
                _ => vec![1, raw_len / 2, raw_len - 1],
            };
            for coded_len in coded.into_iter().filter(|&len| kind == BlockKind::Stored || (1..raw_len).contains(&len)) {
                for expanded_len in if kind == BlockKind::Expanded { vec![1, MAX_BLOCK_LEN] } else { vec![raw_len] } {
                    let header = SegmentHeader { expanded_len, ..SegmentHeader::first(kind, raw_len, coded_len) };
                    assert!(Entry::of(&header).can_be(), "{header:?}");
                }
            }
            assert!(!can_be(kind, raw_len as u32, 0) && !can_be(kind, raw_len as u32, 10));
            // Segments that go on have headers of their own.
            assert!(kind.is_neural() || !can_be(kind, raw_len as u32, raw_len as u32 + 22));
        }
        assert!(
            !can_be(BlockKind::Stored, 1, 12)
                && !can_be(BlockKind::Copy, 1 << 26, 26)
                && !can_be(BlockKind::Neural, 0, 12)
        );
        let index = Index { blocks: vec![Entry { kind: BlockKind::Neural, raw_len: 1 << 26, size: 0 }], ..index(None) };
        assert!(Index::read(&mut index.to_bytes().as_slice()).is_err());
    }

    #[test]
    fn a_flip_of_any_bit_is_found_from_both_sides() {
        let index =
            Index { blocks: vec![Entry { kind: BlockKind::Huffman, raw_len: 300, size: 99 }; 3], ..index(Some(900)) };
        let good = [vec![9; index.blocks_end() as usize + END_LEN as usize], index.to_bytes()].concat();
        let len = index.to_bytes().len();
        for bit in 0..len * 8 {
            let mut bad = good.clone();
            let at = bad.len() - len + bit / 8;
            bad[at] ^= 1 << (bit % 8);
            assert!(Index::read(&mut &bad[bad.len() - len..]).is_err(), "bit {bit}");
            assert_eq!(
                Index::read_back(&mut Cursor::new(&bad), bad.len() as u64, &|_| Ok(())).unwrap(),
                None,
                "bit {bit}"
            );
        }
        for cut in 0..len {
            assert!(Index::read(&mut &good[good.len() - len..good.len() - cut - 1]).is_err());
        }
    }
}
