//! Segments as the coder saw them → events, with places in all that came before.

use super::event::{Account, Detail, Event, Overhead, Piece, Place, Segment};
use crate::{
    BlockKind, Level, Result,
    codec::{seen::Seen, witness::Noted},
    container::{FrameHeader, SegmentHeader},
};

/// Takes an event. An error ends the work.
pub type See<'a> = dyn FnMut(Event<'_>) -> Result<()> + 'a;

/// Tells events, and counts.
pub struct Ledger<'a> {
    see: &'a mut See<'a>,
    account: Account,
    /// Where the frame and the block begin among all bytes of all pieces.
    frame: u64,
    block: u64,
}

impl<'a> Ledger<'a> {
    pub fn new(level: Level, see: &'a mut See<'a>) -> Self {
        let account = Account { content: 0, shown: 0, coded: 0, level, model: None, frames: 0 };
        Self { see, account, frame: 0, block: 0 }
    }

    pub fn account(&self) -> Account {
        self.account
    }

    /// A frame begins.
    pub fn begin_frame(&mut self, header: FrameHeader) -> Result<()> {
        self.frame = self.account.shown;
        (self.account.level, self.account.model) = (header.level, header.model);
        self.account.frames += 1;
        self.overhead(Overhead::FrameHeader, header.to_bytes().len() as u64)
    }

    /// So many bytes that are no content's.
    pub fn overhead(&mut self, kind: Overhead, bytes: u64) -> Result<()> {
        self.account.coded += bytes;
        (self.see)(Event::Overhead(kind, 8.0 * bytes as f64))
    }

    /// A segment.
    pub fn segment(&mut self, header: &SegmentHeader, seen: Seen) -> Result<()> {
        let SegmentHeader { kind, raw_len, coded_len, goes_on, .. } = *header;
        if !goes_on {
            self.block = self.account.shown;
        }
        let (content, coded) = (raw_len as u64, coded_len as u64);
        (self.see)(Event::Segment(Segment { kind, content, coded, begins_block: !goes_on }))?;
        self.overhead(Overhead::SegmentHeader, header.byte_len() as u64)?;
        let bits: f64 = seen.bits.iter().map(|&bits| f64::from(bits)).sum();
        self.account.coded += coded;
        (self.see)(Event::Overhead(Overhead::CoderEnd, 8.0 * coded as f64 - bits))?;
        self.pieces(kind, seen)?;
        self.account.content += content;
        Ok(())
    }

    fn pieces(&mut self, kind: BlockKind, seen: Seen) -> Result<()> {
        let start = self.account.shown;
        let details = seen.details.into_iter().map(|noted| self.detail(noted, seen.origin)).collect();
        let mut cut = Cut { kind, start, bytes: &seen.bytes, bits: &seen.bits, details, done: 0, told: 0 };
        let mut raw = self.account.content;
        for place in &seen.streams {
            cut.until(place.content.start, Place::At(raw), &mut self.see)?;
            let [start, end] = [place.stream.start, place.stream.end].map(|at| self.account.content + at as u64);
            cut.until(place.content.end, Place::Inflated { start, len: end - start }, &mut self.see)?;
            raw = end;
        }
        cut.until(seen.bytes.len() - seen.recipe_len, Place::At(raw), &mut self.see)?;
        cut.until(seen.bytes.len(), Place::Recipe, &mut self.see)?;
        self.account.shown += seen.bytes.len() as u64;
        Ok(())
    }

    /// A detail with its places among all bytes. The network had taken in `origin` bytes when its block began: those
    /// that the lead saw, at the start of the frame.
    fn detail(&self, Noted { at, evidence }: Noted, origin: usize) -> Detail {
        let source = evidence.source.map(|source| match source.checked_sub(origin) {
            Some(source) => self.block + source as u64,
            None => self.frame + source as u64,
        });
        let at = self.account.shown + at as u64;
        Detail { at, expected: evidence.expected, rank: evidence.rank, shares: evidence.shares, source }
    }
}

/// Cuts a segment into pieces.
struct Cut<'a> {
    kind: BlockKind,
    start: u64,
    bytes: &'a [u8],
    bits: &'a [f32],
    details: Vec<Detail>,
    /// How many bytes and how many details were told.
    done: usize,
    told: usize,
}

impl Cut<'_> {
    /// Tells what is left before `end`, if anything is.
    fn until(&mut self, end: usize, place: Place, see: &mut &mut See<'_>) -> Result<()> {
        let from = std::mem::replace(&mut self.done, end);
        if from == end {
            return Ok(());
        }
        let before = self.start + end as u64;
        let many = self.details[self.told..].partition_point(|detail| detail.at < before);
        let details = &self.details[self.told..][..many];
        self.told += many;
        let (bytes, bits) = (&self.bytes[from..end], &self.bits[from..end]);
        see(Event::Piece(Piece { start: self.start + from as u64, place, kind: self.kind, bytes, bits, details }))
    }
}
