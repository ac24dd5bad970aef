//! A file → the places of its frames and blocks, from indexes where there are any, else from the headers of blocks.

use std::io::{BufReader, Read, Seek, SeekFrom};

use crate::{
    Error, Result,
    container::{
        FrameHeader, Index, Item,
        header::{MAGIC, Start, find_frame},
        index::{Entry, Room},
        read::{self, read_array},
        segment::END_LEN,
    },
    error::reserve,
};

/// A frame and its place.
#[derive(Clone, Debug)]
pub struct Frame {
    /// Its first byte in the file.
    pub start: u64,
    /// The byte after its last.
    pub end: u64,
    /// Its index, or the one that it would have.
    pub index: Index,
    /// XXH3-64 of its content.
    pub content_hash: u64,
}

impl Frame {
    /// Bytes of memory that its list of blocks takes.
    pub fn memory(&self) -> usize {
        self.index.blocks.len() * Index::PER_BLOCK
    }
}

/// What to do about a damaged index, where the headers say the same.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Indexes {
    /// It is an error.
    Check,
    /// It is ignored.
    Pass,
}

/// The most frames that are found by their indexes. Frames before them are found by headers, so that a file of very
/// many frames takes little memory.
const MOST_INDEXED: usize = 1 << 16;
/// The blocks of a frame whose headers are compared with its index at once. The others are compared when they are read.
const COMPARED: usize = 1 << 20;
/// Bytes that are read at once for a header.
pub const GLANCE: usize = 64;

/// Gives all frames of a file to `each`, if there is `room` for the lists of their blocks. Bytes after the last frame,
/// zero or not, are no error.
///
/// # Errors
/// Headers or indexes show no frame, damage or a cut end. Errors of the reader, `room` and `each` are passed on.
pub fn locate(
    input: &mut (impl Read + Seek),
    indexes: Indexes,
    room: Room,
    each: &mut impl FnMut(Frame) -> Result<()>,
) -> Result<()> {
    let len = input.seek(SeekFrom::End(0))?;
    let indexed = indexed_frames(input, len, false, room)?;
    let held = indexed.iter().map(Frame::memory).sum::<usize>();
    let rest = indexed.last().map_or(len, |frame| frame.start);
    input.seek(SeekFrom::Start(0))?;
    // Frames before those that indexes describe, such as frames of one block, are found by headers. After something
    // that is no frame there are no more frames, as for a decoder.
    if (rest == 0 && !indexed.is_empty())
        || walk(BufReader::new(input.take(rest)), indexes, &|bytes| room(held + bytes), each)?
    {
        indexed.into_iter().rev().try_for_each(each)?;
    }
    Ok(())
}

/// The frames that have indexes, from the end of the file back to the first that has none, or one that does not fit;
/// the last frame comes first. `damaged` says whether to accept a frame whose own header is damaged.
pub fn indexed_frames(input: &mut (impl Read + Seek), len: u64, damaged: bool, room: Room) -> Result<Vec<Frame>> {
    let mut frames = Vec::new();
    let (mut end, mut held) = (len, 0);
    while frames.len() < MOST_INDEXED {
        end = without_zeros(input, end)?;
        let Some((index, start)) = Index::read_back(input, end, &|bytes| room(held + bytes))? else { break };
        let marker = start + index.blocks_end();
        input.seek(SeekFrom::Start(marker))?;
        let marker: [u8; END_LEN as usize] = read_array(input)?;
        let Ok(Item::IndexedEnd(content_hash)) = Item::read(&mut marker.as_slice()) else { break };
        let frame = Frame { start, end, index, content_hash };
        if !fits(input, &frame, damaged)? {
            break;
        }
        held += frame.memory();
        frames.push(frame);
        end = start;
    }
    Ok(frames)
}

/// Whether the index of `frame` says the same as the frame itself. A damaged header of a block does not contradict it.
fn fits(input: &mut (impl Read + Seek), frame: &Frame, damaged: bool) -> Result<bool> {
    let Frame { start, index, .. } = frame;
    let header = index.header.to_bytes();
    input.seek(SeekFrom::Start(*start))?;
    let mut found = Vec::new();
    read::read_vec(input, header.len() as u64, &mut found)?;
    let is_good = found.strip_prefix(&MAGIC).is_some_and(|mut rest| FrameHeader::read_after_magic(&mut rest).is_ok());
    let is_right = found == header || (damaged && !is_good);
    if !is_right || index.header.check_content_size(index.raw_size()).is_err() {
        return Ok(false);
    }
    let mut at = start + header.len() as u64;
    let mut left = COMPARED;
    for entry in &index.blocks {
        if !fits_block(input, at, entry, damaged, &mut left)? {
            return Ok(false);
        }
        at += u64::from(entry.size);
    }
    Ok(true)
}

/// Whether the block at `at` is as `entry` says. Of `left` segments that may still be looked at, takes its own.
fn fits_block(input: &mut (impl Read + Seek), at: u64, entry: &Entry, damaged: bool, left: &mut usize) -> Result<bool> {
    let (mut at, end) = (at, at + u64::from(entry.size));
    let (mut found, mut segments): (Option<Entry>, u64) = (None, 0);
    while at < end && *left > 0 {
        *left -= 1;
        input.seek(SeekFrom::Start(at))?;
        let header = match Item::read(&mut BufReader::with_capacity(GLANCE, &mut *input)) {
            Ok(Item::Segment(header)) => header,
            // The end marker may be damage, or the index may be wrong.
            Ok(Item::End(_) | Item::IndexedEnd(_)) if !damaged => {
                return Err(Error::corrupt("the index does not fit its frame"));
            }
            Err(error) if error.ends_work() => return Err(error),
            _ => return Ok(true),
        };
        // Only first headers have a check of their own. What others say against the index may be damage.
        if header.goes_on == found.is_none() {
            return Ok(header.goes_on);
        }
        if found.iter_mut().any(|block| block.add(&header).is_err()) {
            return Ok(true);
        }
        found.get_or_insert(Entry::of(&header));
        segments += 1;
        at += (header.byte_len() + header.coded_len) as u64;
    }
    Ok(at < end || segments > 1 || found.is_none_or(|found| found == *entry))
}

/// `end`, moved back over zero bytes, which tapes and disks add as padding.
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

/// Gives all frames of `input` to `each`, by the headers of their blocks. Returns whether nothing but zeros follows
/// them.
///
/// # Errors
/// As [`locate`].
pub fn walk(
    input: impl Read,
    indexes: Indexes,
    room: Room,
    each: &mut impl FnMut(Frame) -> Result<()>,
) -> Result<bool> {
    let mut input = Counting::new(input);
    let mut is_first = true;
    let mut is_passed = false;
    loop {
        match find_frame(&mut input, is_first)? {
            Start::Frame => {
                let (frame, passed) = walk_frame(&mut input, indexes, room)?;
                each(frame)?;
                (is_first, is_passed) = (false, passed);
            }
            // After an index that is not as long as expected there may be frames.
            Start::Other if is_passed => return Err(Error::corrupt("the index is damaged")),
            start => return Ok(start == Start::End),
        }
    }
}

/// The frame whose magic was just read, and whether its index was ignored.
fn walk_frame<R: Read>(input: &mut Counting<R>, indexes: Indexes, room: Room) -> Result<(Frame, bool)> {
    let start = input.count - MAGIC.len() as u64;
    let mut index = Index { header: FrameHeader::read_after_magic(input)?, blocks: Vec::new() };
    loop {
        let item = Item::read(input)?;
        let mut is_passed = false;
        let content_hash = match item {
            Item::Segment(header) => {
                read::skip(input, header.coded_len as u64)?;
                let blocks = &mut index.blocks;
                room((blocks.len() + 1) * Index::PER_BLOCK)?;
                reserve(blocks, 1)?;
                Entry::add_to(blocks, &header)?;
                continue;
            }
            Item::IndexedEnd(hash) => {
                match indexes {
                    Indexes::Check => index.check_next(input)?,
                    Indexes::Pass => read::skip(input, index.byte_len())?,
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

/// Counts the bytes that are read through it.
pub struct Counting<R> {
    inner: R,
    count: u64,
}

impl<R> Counting<R> {
    pub fn new(inner: R) -> Self {
        Self { inner, count: 0 }
    }

    /// Bytes read so far.
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
