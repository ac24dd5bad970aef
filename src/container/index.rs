//! The index behind a frame of several blocks: where each of them lies, and what the frame's header said.
//!
//! ```text
//! the frame's header without its magic | number of blocks | (method, raw length, bytes in the file) of each |
//! CRC-32 of all before | number of all bytes before (8) | 78
//! ```
//! It is read forward by who comes from the frame's blocks, and backward by who comes from the file's end. Together
//! with the end marker before it, it tells where the frame begins.

use std::io::{Read, Seek, SeekFrom};

use super::{
    BlockHeader, FrameHeader, Item, MAX_BLOCK_LEN, Method, block::END_LEN, header::MAGIC, read::read_array, varint,
};
use crate::{Error, Result, parallel::memory::ensure};

/// The last byte: not zero, so that zeros behind it can be told from it.
const LAST: u8 = b'x';
/// Bytes behind the check: the length, and the last byte.
const TAIL: u64 = 9;
/// The most bytes that stand for a block.
const MAX_ENTRY: usize = 9;

/// Fails if so many bytes of memory are too many for a list of blocks.
pub(crate) type Room<'a> = &'a dyn Fn(usize) -> Result<()>;

/// What the index tells of a block.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Entry {
    /// How it is coded.
    pub method: Method,
    /// Bytes of content.
    pub raw_len: u32,
    /// Bytes of the block, its header included.
    pub size: u32,
}

/// What stands in an index.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Index {
    /// The frame's header.
    pub header: FrameHeader,
    /// The frame's blocks, in order.
    pub blocks: Vec<Entry>,
}

impl Entry {
    /// What an index tells of a block with this header.
    pub fn of(header: &BlockHeader) -> Self {
        let mut bytes = Vec::new();
        Item::Block(*header).write(&mut bytes);
        let size = bytes.len() + header.coded_len;
        // Neither is more than some bytes over 2^26.
        Self { method: header.method, raw_len: header.raw_len as u32, size: size as u32 }
    }

    /// Whether there can be such a block: not, for one, if it has fewer bytes than its header.
    fn can_be(&self) -> bool {
        let [raw_len, size] = [self.raw_len, self.size].map(u64::from);
        // Tag, raw length, two checks; and behind that, what the method adds.
        let head = 1 + varint::len(raw_len) + 8;
        let coded = 2..=varint::len(raw_len) + raw_len.saturating_sub(1);
        let rest = match self.method {
            Method::Store => raw_len..=raw_len,
            Method::Copy => 2..=(1 + varint::MAX_LEN as u64).min(*coded.end()),
            Method::Huffman | Method::Neural => coded,
            Method::Unpacked => 3..=coded.end() + varint::len(MAX_BLOCK_LEN as u64),
        };
        (1..=MAX_BLOCK_LEN as u64).contains(&raw_len) && size.checked_sub(head).is_some_and(|size| rest.contains(&size))
    }
}

impl Index {
    /// Bytes of memory that a block takes while an index is made or read, and compared with what it should be.
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
            out.push(block.method.tag());
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

    /// Bytes of the frame before its end marker.
    pub fn blocks_end(&self) -> u64 {
        self.header.to_bytes().len() as u64 + self.blocks.iter().map(|block| u64::from(block.size)).sum::<u64>()
    }

    /// Bytes of the frame's content.
    pub fn raw_size(&self) -> u64 {
        self.blocks.iter().map(|block| u64::from(block.raw_len)).sum()
    }

    /// Compares what was `found` in a file with what should be there.
    ///
    /// # Errors
    /// [`ErrorKind::Corrupt`] if they differ.
    pub fn check(&self, found: &Self) -> Result<()> {
        if self == found { Ok(()) } else { Err(Self::misfit()) }
    }

    /// Reads what should be this index.
    ///
    /// # Errors
    /// As of [`read`](Self::read), or another one. One of more blocks takes no more memory.
    pub(crate) fn check_next(&self, input: &mut impl Read) -> Result<()> {
        let most = self.blocks.len() * Self::PER_BLOCK;
        self.check(&Self::read_within(input, &|bytes| if bytes > most { Err(Self::misfit()) } else { Ok(()) })?)
    }

    /// The error for an index that is not the one of its frame.
    pub fn misfit() -> Error {
        Error::corrupt("the index does not fit its frame")
    }

    /// Reads an index. Memory grows with what really arrives.
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
            let (Some(method), Some(raw_len), Some(size)) = (Method::from_tag(tag), raw_len, size) else {
                return Err(damaged());
            };
            let entry = Entry { method, raw_len, size };
            if !entry.can_be() {
                return Err(damaged());
            }
            room((blocks.len() + 1) * Self::PER_BLOCK)?;
            blocks.try_reserve(1).map_err(|_| Error::no_memory(count))?;
            blocks.push(entry);
        }
        let index = Self { header, blocks };
        // The same index has the same bytes: so these need not be looked at one by one.
        ensure(index.byte_len())?;
        let bytes = index.to_bytes();
        let rest: [u8; 4 + TAIL as usize] = read_array(input)?;
        if bytes.ends_with(&rest) { Ok(index) } else { Err(damaged()) }
    }

    /// The index that ends at byte `end` of `input`, and the byte at which its frame begins; `None` if none does.
    ///
    /// # Errors
    /// What the reader reports, or `room`.
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

fn damaged() -> Error {
    Error::corrupt("the index is damaged")
}

#[cfg(test)]
mod tests {
    use std::io::Cursor;

    use super::*;
    use crate::model::Level;

    fn index(content_size: Option<u64>) -> Index {
        let header =
            FrameHeader { level: Level::BEST, content_size, model: Some(crate::ModelId(content_size.unwrap_or(7))) };
        let entry = |(method, raw_len, size)| Entry { method, raw_len, size };
        let blocks = [(Method::Store, 1, 11), (Method::Neural, 1 << 26, 200), (Method::Copy, 128, 21)].map(entry);
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
        let can_be = |method, raw_len, size| Entry { method, raw_len, size }.can_be();
        let all = [1, 2, 3, 127, 128, 129, 5000, 16_384, 1 << 21, MAX_BLOCK_LEN];
        for (method, raw_len) in Method::ALL.into_iter().flat_map(|method| all.map(|raw_len| (method, raw_len))) {
            let coded = match method {
                Method::Store => vec![raw_len],
                Method::Copy => vec![1, 10],
                _ => vec![1, raw_len / 2, raw_len - 1],
            };
            for coded_len in coded.into_iter().filter(|&len| method == Method::Store || (1..raw_len).contains(&len)) {
                for unpacked_len in if method == Method::Unpacked { vec![1, MAX_BLOCK_LEN] } else { vec![raw_len] } {
                    let header = BlockHeader { method, raw_len, coded_len, unpacked_len, raw_crc: 0, primed: false };
                    assert!(Entry::of(&header).can_be(), "{header:?}");
                }
            }
            assert!(!can_be(method, raw_len as u32, 0) && !can_be(method, raw_len as u32, 10));
            assert!(!can_be(method, raw_len as u32, raw_len as u32 + 22));
        }
        assert!(!can_be(Method::Store, 1, 12) && !can_be(Method::Copy, 1 << 26, 26) && !can_be(Method::Neural, 0, 12));
        let index = Index { blocks: vec![Entry { method: Method::Neural, raw_len: 1 << 26, size: 0 }], ..index(None) };
        assert!(Index::read(&mut index.to_bytes().as_slice()).is_err());
    }

    #[test]
    fn a_flip_of_any_bit_is_found_from_both_sides() {
        let index =
            Index { blocks: vec![Entry { method: Method::Huffman, raw_len: 300, size: 99 }; 3], ..index(Some(900)) };
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
