//! A file → where its frames and blocks lie, from indexes where there are any, else from the headers of blocks.

use std::io::{BufReader, Read, Seek, SeekFrom};

use crate::{
    Error, Result,
    container::{
        FrameHeader, Index, Item,
        block::END_LEN,
        header::{MAGIC, Start, find_frame},
        index::Entry,
        read::{self, read_array},
    },
};

/// A frame and its place.
#[derive(Clone, Debug)]
pub struct Frame {
    /// Its first byte in the file.
    pub start: u64,
    /// The byte behind its last.
    pub end: u64,
    /// What its index says, or would say if it had one.
    pub index: Index,
    /// XXH3-64 of its content.
    pub content_hash: u64,
}

/// What to do about an index that is damaged, where headers tell all that it would.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Indexes {
    /// It is an error.
    Check,
    /// It is passed over.
    Pass,
}

/// All frames of a file. What stands behind the last one, zero or not, is no error.
///
/// # Errors
/// As far as headers or indexes tell: not a frame, damaged, truncated. Or what the reader reports.
pub fn locate(input: &mut (impl Read + Seek), indexes: Indexes) -> Result<Vec<Frame>> {
    let len = input.seek(SeekFrom::End(0))?;
    let indexed = indexed_frames(input, len)?;
    let rest = indexed.last().map_or(len, |frame| frame.start);
    input.seek(SeekFrom::Start(0))?;
    // What indexes do not tell of, such as frames of one block, is walked over.
    if rest == 0 && !indexed.is_empty() {
        return Ok(in_order(indexed));
    }
    let Walk { mut frames, ended } = walk(BufReader::new(input.take(rest)), indexes)?;
    // Behind something that is no frame there are none, as for a decoder.
    if ended {
        frames.extend(in_order(indexed));
    }
    Ok(frames)
}

fn in_order(mut indexed: Vec<Frame>) -> Vec<Frame> {
    indexed.reverse();
    indexed
}

/// The frames that have indexes, from the file's end on, up to the first that has none; the last one first.
pub fn indexed_frames(input: &mut (impl Read + Seek), len: u64) -> Result<Vec<Frame>> {
    let mut frames = Vec::new();
    let mut end = len;
    loop {
        end = without_zeros(input, end)?;
        let Some((index, start)) = Index::read_back(input, end)? else { return Ok(frames) };
        let marker = start + index.blocks_end();
        input.seek(SeekFrom::Start(marker))?;
        let marker: [u8; END_LEN as usize] = read_array(input)?;
        let Ok(Item::IndexedEnd(content_hash)) = Item::read(&mut marker.as_slice()) else { return Ok(frames) };
        frames.push(Frame { start, end, index, content_hash });
        end = start;
    }
}

/// `end`, without the zero bytes before it: padding that tapes and disks add.
fn without_zeros(input: &mut (impl Read + Seek), mut end: u64) -> Result<u64> {
    let mut bytes = [0; 1 << 12];
    loop {
        let len = bytes.len().min(usize::try_from(end).unwrap_or(usize::MAX));
        input.seek(SeekFrom::Start(end - len as u64))?;
        input.read_exact(&mut bytes[..len])?;
        if let Some(last) = bytes[..len].iter().rposition(|&byte| byte != 0) {
            return Ok(end - (len - 1 - last) as u64);
        }
        end -= len as u64;
        if end == 0 {
            return Ok(0);
        }
    }
}

/// What was found by going from block to block.
pub struct Walk {
    pub frames: Vec<Frame>,
    /// Whether nothing but zeros follows the frames.
    pub ended: bool,
}

/// All frames of `input`, by the headers of their blocks.
///
/// # Errors
/// As [`locate`].
pub fn walk(input: impl Read, indexes: Indexes) -> Result<Walk> {
    let mut input = Counting::new(input);
    let mut frames = Vec::new();
    let mut is_passed = false;
    loop {
        match find_frame(&mut input, frames.is_empty())? {
            Start::Frame => {
                let (frame, passed) = walk_frame(&mut input, indexes)?;
                frames.push(frame);
                is_passed = passed;
            }
            // Behind an index that is not as long as it should be may be frames.
            Start::Other if is_passed => return Err(Error::corrupt("the index is damaged")),
            start => return Ok(Walk { frames, ended: start == Start::End }),
        }
    }
}

/// The frame whose magic was just read, and whether its index was passed over.
fn walk_frame<R: Read>(input: &mut Counting<R>, indexes: Indexes) -> Result<(Frame, bool)> {
    let start = input.count - MAGIC.len() as u64;
    let mut index = Index { header: FrameHeader::read_after_magic(input)?, blocks: Vec::new() };
    loop {
        let item = Item::read(input)?;
        let mut is_passed = false;
        let content_hash = match item {
            Item::Block(block) => {
                read::skip(input, block.coded_len as u64)?;
                index.blocks.push(Entry::of(&block));
                continue;
            }
            Item::IndexedEnd(hash) => {
                match indexes {
                    Indexes::Check => index.check(&Index::read(input)?)?,
                    Indexes::Pass => read::skip(input, index.to_bytes().len() as u64)?,
                }
                is_passed = indexes == Indexes::Pass;
                hash
            }
            Item::End(hash) => hash,
        };
        index.header.check_content_size(index.raw_size())?;
        return Ok((Frame { start, end: input.count, index, content_hash }, is_passed));
    }
}

/// Counts what is read through it.
pub struct Counting<R> {
    inner: R,
    count: u64,
}

impl<R> Counting<R> {
    pub fn new(inner: R) -> Self {
        Self { inner, count: 0 }
    }

    /// Bytes that were read.
    pub fn count(&self) -> u64 {
        self.count
    }
}

impl<R: Read> Read for Counting<R> {
    fn read(&mut self, out: &mut [u8]) -> std::io::Result<usize> {
        let n = self.inner.read(out)?;
        self.count += n as u64;
        Ok(n)
    }
}
