//! A part of a file's content, without decoding all that comes before it.

use std::{
    fmt,
    io::{self, Read, Seek, SeekFrom},
};

use super::block_reader::BlockReader;
use crate::{DecodeOptions, Error, Result};

/// Reads content from anywhere in a file: the content of all its frames, one after the other, as one.
///
/// It decodes only the blocks that hold what is read, and those that really hold what these copy. Each block is
/// checked; the checksums of whole frames are not. The list of blocks takes some 40 bytes of memory a block.
///
/// ```
/// use std::io::{Cursor, Read, Seek, SeekFrom};
/// use foretell::{DecodeOptions, EncodeOptions, IndexedReader, Method, compress};
/// let content: Vec<u8> = (0..200_000u32).flat_map(u32::to_le_bytes).collect();
/// let coded = compress(&content, &EncodeOptions::new().method(Method::Huffman))?;
/// let mut reader = IndexedReader::new(Cursor::new(coded), &DecodeOptions::new())?;
/// let mut four = [0; 4];
/// reader.seek(SeekFrom::Start(4 * 123_456))?;
/// reader.read_exact(&mut four)?;
/// assert_eq!(u32::from_le_bytes(four), 123_456);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub struct IndexedReader<R> {
    blocks: BlockReader<R>,
    /// The byte of content that is read next.
    at: u64,
    /// The segment that was decoded last.
    segment: Option<Segment>,
}

/// The content of a segment, and where it begins in that of the file.
struct Segment {
    block: usize,
    start: u64,
    content: Vec<u8>,
}

impl<R: Read + Seek> IndexedReader<R> {
    /// Finds the blocks of all frames in `inner`: by indexes, and where one is missing or damaged, by headers. Anything
    /// after the last frame is no error.
    ///
    /// Of `options` it heeds the memory limit, models, progress and stop. It decodes on the calling thread, as much as
    /// is read, from all frames.
    ///
    /// # Errors
    /// As far as headers and indexes show: not a frame, damaged, truncated.
    pub fn new(inner: R, options: &DecodeOptions) -> Result<Self> {
        Ok(Self { blocks: BlockReader::new(inner, options)?, at: 0, segment: None })
    }

    /// Bytes of content.
    pub fn content_len(&self) -> u64 {
        self.blocks.list.content_len()
    }

    /// The content from `at` on, as far as it is in one segment.
    fn content(&mut self) -> Result<&[u8]> {
        let block = self.blocks.list.number_at(self.at);
        let last = self.segment.take_if(|segment| segment.block == block && segment.start <= self.at);
        let mut segment = match last {
            Some(segment) => segment,
            None => {
                self.blocks.open(block)?;
                Segment { block, start: self.blocks.list.place(block).start, content: Vec::new() }
            }
        };
        while self.at >= segment.start + segment.content.len() as u64 {
            segment.start += segment.content.len() as u64;
            let next = self.blocks.next_segment()?;
            segment.content = next.ok_or_else(|| Error::corrupt("a block ends before its content does"))?;
        }
        let segment = self.segment.insert(segment);
        Ok(&segment.content[(self.at - segment.start) as usize..])
    }
}

impl<R: Read + Seek> Read for IndexedReader<R> {
    fn read(&mut self, out: &mut [u8]) -> io::Result<usize> {
        if out.is_empty() || self.at >= self.blocks.list.content_len() {
            return Ok(0);
        }
        let rest = self.content()?;
        let n = rest.len().min(out.len());
        out[..n].copy_from_slice(&rest[..n]);
        self.at += n as u64;
        Ok(n)
    }
}

impl<R> Seek for IndexedReader<R> {
    /// Moves in the content, also beyond its end; decodes nothing yet.
    fn seek(&mut self, to: SeekFrom) -> io::Result<u64> {
        let at = match to {
            SeekFrom::Start(at) => Some(at),
            SeekFrom::End(by) => self.blocks.list.content_len().checked_add_signed(by),
            SeekFrom::Current(by) => self.at.checked_add_signed(by),
        };
        self.at = at.ok_or(io::ErrorKind::InvalidInput)?;
        Ok(self.at)
    }
}

impl<R> fmt::Debug for IndexedReader<R> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let list = &self.blocks.list;
        let mut debug = f.debug_struct("IndexedReader");
        debug.field("content_len", &list.content_len()).field("frames", &list.frames()).field("blocks", &list.blocks());
        debug.field("at", &self.at).finish_non_exhaustive()
    }
}
