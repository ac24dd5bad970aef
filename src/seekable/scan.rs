//! A file that may be damaged → its frames and the places of their blocks, as far as headers and indexes give them.

use std::io::{BufReader, Read, Seek, SeekFrom};

use super::frames::{Counting, Frame, GLANCE, indexed_frames};
use crate::{
    Error, ErrorKind, Result,
    container::{
        FrameHeader, Index, Item, SegmentHeader, Window,
        header::{self, MAGIC, Start, find_frame},
        index::{Entry, Room},
        read::{read_vec, truncated},
        segment::END_LEN,
    },
    error::reserve,
    model::Level,
};

/// Bytes that are searched at once for a frame; and how many of them are searched again with the next: a header less
/// one.
const STRIDE: u64 = 1 << 16;
const OVERLAP: u64 = header::MAX_LEN as u64 - 1;

/// A block's segments, as far as they are whole.
#[derive(Debug)]
pub struct ScannedBlock {
    pub segments: Vec<ScannedSegment>,
    /// The segment behind them whose header is good, and whose coded bytes the file does not hold to their end.
    pub cut: Option<ScannedSegment>,
    /// Whether it is its frame's first one.
    pub is_first: bool,
    /// Bytes of content, those of lost segments included.
    pub raw_len: u64,
    /// Whether all its bytes are in the file, good or not.
    pub is_there: bool,
    /// What is wrong behind the segments, if anything is.
    pub fault: Option<Error>,
}

/// A segment with a good header.
#[derive(Clone, Copy, Debug)]
pub struct ScannedSegment {
    pub header: SegmentHeader,
    /// Where its coded bytes begin.
    pub at: u64,
}

/// The parts of a frame that were found.
#[derive(Debug)]
pub struct ScannedFrame {
    /// Its header, and its index or the one that it should have.
    pub index: Index,
    /// Its blocks, without gaps.
    pub blocks: Vec<ScannedBlock>,
    /// Whether there are no more blocks than these.
    pub is_complete: bool,
    /// XXH3-64 of the content, if the end marker was found.
    pub content_hash: Option<u64>,
    /// Damage that is not in blocks.
    pub faults: Vec<Error>,
}

impl ScannedFrame {
    /// Bytes of memory that the list of its blocks takes.
    pub fn memory(&self) -> usize {
        let segments: usize = self.blocks.iter().map(|block| block.segments.capacity()).sum();
        self.blocks.capacity() * size_of::<ScannedBlock>()
            + segments * size_of::<ScannedSegment>()
            + self.index.blocks.capacity() * size_of::<Entry>()
    }
}

impl ScannedFrame {
    /// Notes the end marker.
    fn end(&mut self, content_hash: u64) {
        self.content_hash = Some(content_hash);
        self.is_complete = true;
    }

    fn new(header: FrameHeader, faults: Vec<Error>) -> Self {
        let index = Index { header, blocks: Vec::new() };
        Self { index, blocks: Vec::new(), is_complete: false, content_hash: None, faults }
    }
}

/// Goes through a file, frame by frame.
#[derive(Debug)]
pub struct Scan {
    len: u64,
    /// The first byte that was not scanned.
    at: u64,
    /// Frames known by their indexes, the last one first.
    indexed: Vec<Frame>,
    /// Bytes of memory that their lists take.
    listed: usize,
    frames: u64,
    /// Where the block that is being scanned ends, as an index has it.
    block_end: u64,
    /// Whether a frame broke off, so that `at` is somewhere in it.
    is_lost: bool,
    garbage: bool,
}

impl Scan {
    /// Looks for indexes, from the end on.
    ///
    /// # Errors
    /// What the reader reports, or `room`.
    pub fn new(input: &mut (impl Read + Seek), room: Room) -> Result<Self> {
        let len = input.seek(SeekFrom::End(0))?;
        let indexed = indexed_frames(input, len, true, room)?;
        let listed = indexed.iter().map(Frame::memory).sum();
        Ok(Self { len, at: 0, indexed, listed, frames: 0, block_end: 0, is_lost: false, garbage: false })
    }

    /// Whether something that is no frame follows the last one.
    pub fn trailing_garbage(&self) -> bool {
        self.garbage
    }

    /// Finds the next frame.
    ///
    /// # Errors
    /// The file has no frame; a frame has another version; or the reader or `room` fails.
    pub fn next_frame(&mut self, input: &mut (impl Read + Seek), room: Room) -> Result<Option<ScannedFrame>> {
        let mut faults = Vec::new();
        let (start, header) = match self.header(input) {
            Ok(None) => return Ok(None),
            Ok(Some(found)) => found,
            Err(error) if error.ends_work() => return Err(error),
            Err(error) => match self.search(input, &error)? {
                Some(found) => {
                    faults.extend((!self.is_lost).then_some(error));
                    found
                }
                None => return self.without_frame(error),
            },
        };
        self.frames += 1;
        self.is_lost = false;
        let index = self.indexed.pop_if(|frame| frame.start == start);
        let mut frame = ScannedFrame::new(header, faults);
        self.at = start + header.to_bytes().len() as u64;
        self.block_end = 0;
        let mut segments = 0;
        while self.next_item(input, &mut frame, index.as_ref())? {
            segments += 1;
            let lists = frame.blocks.len() * (size_of::<ScannedBlock>() + Index::PER_BLOCK);
            room(self.listed + lists + segments * 2 * size_of::<ScannedSegment>())?;
        }
        self.listed -= index.as_ref().map_or(0, Frame::memory);
        Ok(Some(frame))
    }

    /// The frame that begins at `at`, and its place; `None` at the end.
    fn header(&self, input: &mut (impl Read + Seek)) -> Result<Option<(u64, FrameHeader)>> {
        input.seek(SeekFrom::Start(self.at))?;
        let mut reader = Counting::new(BufReader::with_capacity(GLANCE, input));
        match find_frame(&mut reader, self.at == 0)? {
            Start::End => Ok(None),
            Start::Other => Err(Error::new(ErrorKind::NotForetell, "not in foretell format")),
            Start::Frame => {
                let start = self.at + reader.count() - MAGIC.len() as u64;
                Ok(Some((start, FrameHeader::read_after_magic(&mut reader)?)))
            }
        }
    }

    /// The next frame after one whose header has this `error`: by an index, or by a whole header.
    fn search(&self, input: &mut (impl Read + Seek), error: &Error) -> Result<Option<(u64, FrameHeader)>> {
        let known = self.indexed.last().map(|frame| (frame.start, frame.index.header));
        if error.kind() == ErrorKind::Unsupported {
            return Ok(known);
        }
        let until = known.map_or(self.len, |(start, _)| start);
        let mut at = self.at;
        let mut bytes = Vec::new();
        while at < until {
            input.seek(SeekFrom::Start(at))?;
            read_vec(input, STRIDE.min(until - at), &mut bytes)?;
            let is_frame = |&i: &usize| bytes[i..].starts_with(&MAGIC);
            for i in (0..bytes.len()).filter(is_frame) {
                if let Ok(header) = FrameHeader::read_after_magic(&mut &bytes[i + MAGIC.len()..]) {
                    return Ok(Some((at + i as u64, header)));
                }
            }
            at = if bytes.len() as u64 == STRIDE { at + STRIDE - OVERLAP } else { until };
        }
        Ok(known)
    }

    /// The result where `error` says that there are no more frames.
    fn without_frame(&mut self, error: Error) -> Result<Option<ScannedFrame>> {
        if self.frames == 0 || error.kind() == ErrorKind::Unsupported {
            return Err(error);
        }
        self.at = self.len;
        if self.is_lost || error.kind() == ErrorKind::NotForetell {
            self.garbage = !self.is_lost;
            return Ok(None);
        }
        // Of this frame only the magic is left.
        Ok(Some(ScannedFrame::new(
            FrameHeader { level: Level::DEFAULT, content_size: None, window: Window::LEAST, model: None },
            vec![error],
        )))
    }

    /// Finds the next item of `frame`. Returns whether more may follow. `known` is the frame by its index.
    fn next_item(
        &mut self,
        input: &mut (impl Read + Seek),
        frame: &mut ScannedFrame,
        known: Option<&Frame>,
    ) -> Result<bool> {
        reserve(&mut frame.blocks, 1)?;
        reserve(&mut frame.index.blocks, 1)?;
        input.seek(SeekFrom::Start(self.at))?;
        let mut reader = Counting::new(BufReader::with_capacity(GLANCE, input));
        let item = Item::read(&mut reader);
        // Whether the index says that the last block goes on here; if not, which block begins here.
        let is_open = known.is_some() && self.at < self.block_end;
        let next = known.filter(|_| !is_open).and_then(|known| known.index.blocks.get(frame.blocks.len()));
        let damaged = || Error::corrupt("a block's header is damaged");
        match item {
            Err(error) if error.ends_work() => return Err(error),
            Ok(Item::Segment(header)) if self.may_follow(frame, &header, known, is_open, next) => {
                return self.good_header(frame, header, reader.count(), known);
            }
            item if is_open => self.lose_rest(frame, known, item.err().unwrap_or_else(damaged)),
            item if next.is_some() => self.damaged_header(frame, next, item.err().unwrap_or_else(damaged)),
            Ok(Item::End(hash)) => {
                frame.end(hash);
                self.at += END_LEN;
                return Ok(false);
            }
            Ok(Item::IndexedEnd(hash)) => {
                frame.end(hash);
                match frame.index.check_next(&mut reader) {
                    Err(error) if error.ends_work() => return Err(error),
                    checked => frame.faults.extend(checked.err()),
                }
                self.at += END_LEN + frame.index.byte_len();
                return Ok(false);
            }
            item => {
                frame.faults.push(item.err().unwrap_or_else(damaged));
                frame.is_complete = known.is_some();
                self.is_lost = known.is_none();
                self.at = known.map_or(self.at + 1, |known| known.end);
                return Ok(false);
            }
        }
        Ok(true)
    }

    /// Whether a segment with this header may be where the scan is.
    fn may_follow(
        &self,
        frame: &ScannedFrame,
        header: &SegmentHeader,
        known: Option<&Frame>,
        is_open: bool,
        next: Option<&Entry>,
    ) -> bool {
        let end = self.at + (header.byte_len() + header.coded_len) as u64;
        match (known, next) {
            (None, _) => !header.goes_on || !frame.blocks.is_empty(),
            (Some(_), None) => is_open && header.goes_on && end <= self.block_end,
            (Some(_), Some(entry)) => !header.goes_on && end <= self.at + u64::from(entry.size),
        }
    }

    /// Adds a segment by its good `header`, which has `header_len` bytes. How long the block is, the index of the `known`
    /// frame says better: headers of segments that go on have no check of their own. Returns whether the segment is
    /// whole, and so whether more may follow.
    fn good_header(
        &mut self,
        frame: &mut ScannedFrame,
        header: SegmentHeader,
        header_len: u64,
        known: Option<&Frame>,
    ) -> Result<bool> {
        let at = self.at + header_len;
        self.is_lost = at + header.coded_len as u64 > self.len;
        if !header.goes_on {
            let next = known.and_then(|known| known.index.blocks.get(frame.blocks.len()));
            self.block_end = next.map_or(0, |entry| self.at + u64::from(entry.size));
            let is_first = frame.blocks.is_empty();
            let (segments, cut, fault) = (Vec::new(), None, None);
            frame.blocks.push(ScannedBlock { segments, cut, is_first, raw_len: 0, is_there: true, fault });
        }
        self.at = at + header.coded_len as u64;
        let added = Entry::add_to(&mut frame.index.blocks, &header);
        let number = frame.blocks.len().wrapping_sub(1);
        let entry = known.and_then(|known| known.index.blocks.get(number));
        let Some(block) = frame.blocks.last_mut() else { return Ok(false) };
        block.raw_len += header.raw_len as u64;
        if let (Some(entry), Some(last), true) = (entry, frame.index.blocks.last_mut(), header.goes_on) {
            block.raw_len = entry.raw_len.into();
            *last = *entry;
        }
        if self.is_lost {
            block.cut = block.fault.is_none().then_some(ScannedSegment { header, at });
            (block.is_there, block.fault) = (false, Some(truncated()));
        } else if block.fault.is_none() {
            block.fault = added.err();
            reserve(&mut block.segments, 1)?;
            block.segments.push(ScannedSegment { header, at });
        }
        Ok(!self.is_lost)
    }

    /// Adds a block by its entry in the index, as its header has this `error`.
    fn damaged_header(&mut self, frame: &mut ScannedFrame, entry: Option<&Entry>, error: Error) {
        let Some(entry) = entry else { return };
        self.at += u64::from(entry.size);
        frame.index.blocks.push(*entry);
        let (raw_len, is_there) = (entry.raw_len.into(), self.at <= self.len);
        let is_first = frame.blocks.is_empty();
        let (segments, cut, fault) = (Vec::new(), None, Some(error));
        frame.blocks.push(ScannedBlock { segments, cut, is_first, raw_len, is_there, fault });
    }

    /// Goes to the end of the last block, as the index has it: the header of a segment in it has this `error`.
    fn lose_rest(&mut self, frame: &mut ScannedFrame, known: Option<&Frame>, error: Error) {
        self.at = self.block_end;
        let entry = known.and_then(|known| known.index.blocks.get(frame.blocks.len().wrapping_sub(1)));
        if let (Some(block), Some(entry), Some(last)) = (frame.blocks.last_mut(), entry, frame.index.blocks.last_mut())
        {
            (block.raw_len, block.is_there) = (entry.raw_len.into(), self.at <= self.len);
            block.fault.get_or_insert(error);
            *last = *entry;
        }
    }
}
