//! Coded segments, one after the other → their content.

use std::mem::take;

use super::{
    block_encoder::scaled, copy, lead::Making, memory, neural::Decoding, priming::Priming, seen::Seen, witness::Wanted,
};
use crate::{
    Error, ErrorKind, Result,
    container::{BlockKind, SegmentHeader, capacity::Capacity, varint},
    error::room_for,
    huffman,
    math::isa::Isa,
    parallel::watch::Watch,
    transform::deflate::{self, Expanded},
};

/// Decodes the segments of one block after the other.
#[derive(Debug, Default)]
pub struct BlockDecoder {
    /// The network of the block, if it has one.
    network: Option<Decoding>,
    /// Of the block's content so far.
    crc: crc32fast::Hasher,
    /// The block's first header.
    first: Option<SegmentHeader>,
    /// Whether the block is its frame's first one.
    pub may_lead: bool,
    /// What the last segment decoded to, if it is damaged or cut; nothing vouches for it.
    unverified: Vec<u8>,
    /// What each byte of the last segment cost, if the priming says that this is wanted.
    pub seen: Option<Seen>,
}

impl BlockDecoder {
    /// Of a block that may make the lead, as its frame's first one, or not.
    pub fn new(may_lead: bool) -> Self {
        Self { may_lead, ..Self::default() }
    }

    /// Bytes of memory that a segment with this header takes.
    pub fn memory(&self, header: &SegmentHeader, priming: &Priming) -> u64 {
        memory::in_block(header, self.first, priming)
    }

    /// Decodes and checks the next segment, which is no copy. The caller has been promised its
    /// [`memory`](Self::memory).
    ///
    /// # Errors
    /// Damage, in the coded bytes or because the content does not match its checksum: then no segment that goes on can
    /// be decoded. Or `watch` ends the work.
    pub fn decode(
        &mut self,
        header: &SegmentHeader,
        coded: &[u8],
        priming: &Priming,
        watch: &Watch,
    ) -> Result<Vec<u8>> {
        watch.check()?;
        let mut before = take(self);
        if !header.goes_on {
            before = Self { first: Some(*header), ..Self::new(before.may_lead) };
            if header.kind.is_neural() {
                before.network = Some(begin(header, priming, watch)?);
            }
        } else if before.network.is_none() {
            return Err(Error::corrupt("a segment goes on with a block that cannot go on"));
        }
        let decoded = before.raw(header, coded, watch);
        let (raw, expanded) = decoded.inspect_err(|_| self.unverified = take(&mut before.unverified))?;
        before.crc.update(&raw);
        if let Err(error) = header.verify(before.crc.clone().finalize()) {
            self.unverified = raw;
            return Err(error);
        }
        if header.ends_lead {
            before.make_lead(priming)?;
        }
        if priming.wanted != Wanted::Nothing {
            let notes = before.network.as_mut().and_then(Decoding::take_notes);
            before.seen = Some(Seen::of(header.kind, &raw, expanded, coded, notes)?);
        }
        *self = before;
        Ok(raw)
    }

    /// Makes the network as it is now the frame's lead.
    fn make_lead(&self, priming: &Priming) -> Result<()> {
        match (self.may_lead, &self.network, self.first) {
            (true, Some(network), Some(first)) => priming.lead.set(network.network(), priming.level, first.capacity()),
            _ => Err(Error::corrupt("a lead is not in its frame's first block")),
        }
    }

    /// The content of a segment, and what it was expanded to, if it was.
    fn raw(&mut self, header: &SegmentHeader, coded: &[u8], watch: &Watch) -> Result<(Vec<u8>, Option<Expanded>)> {
        let mut report = |raw, coded| watch.report(raw, coded);
        match (header.kind, &mut self.network) {
            (BlockKind::Stored, network) => {
                match network {
                    Some(network) => network.learn(coded, &mut report)?,
                    None => report(coded.len(), coded.len())?,
                }
                Ok((coded.to_vec(), None))
            }
            (BlockKind::Huffman, _) => {
                let raw = huffman::decode_while(coded, header.raw_len, || watch.check())?;
                report(raw.len(), coded.len()).map(|()| (raw, None))
            }
            (BlockKind::Neural, Some(network)) => {
                let mut raw = Vec::new();
                let decoded = network.decode(coded, header.raw_len, &mut raw, &mut report);
                decoded.inspect_err(|_| self.unverified = take(&mut raw)).map(|()| (raw, None))
            }
            (BlockKind::Expanded, Some(network)) => {
                reconstruct(network, header, coded, watch).map(|(raw, expanded)| (raw, Some(expanded)))
            }
            // Without the content before it there is nothing to copy.
            _ => Err(copy::bad_distance()),
        }
    }
}

/// The network of a block that begins with this header.
fn begin(header: &SegmentHeader, priming: &Priming, watch: &Watch) -> Result<Decoding> {
    Ok(begin_unseen(header, priming, watch)?.seen(priming.wanted))
}

fn begin_unseen(header: &SegmentHeader, priming: &Priming, watch: &Watch) -> Result<Decoding> {
    if !header.from_lead {
        return Decoding::new(&priming.start(header.from_prior)?, header.capacity(), Isa::detect());
    }
    let missing = || Error::corrupt("the start that the block shares with others is damaged or missing");
    match priming.lead.get(watch) {
        Ok(Some((lead, capacity))) if capacity == header.capacity() => Ok(Decoding::from_lead(&lead, Isa::detect())),
        Err(error) if error.kind() == ErrorKind::Cancelled => Err(error),
        _ => watch.check().and_then(|()| Err(missing())),
    }
}

/// Decodes an expanded segment and reconstructs its streams.
fn reconstruct(
    network: &mut Decoding,
    header: &SegmentHeader,
    mut coded: &[u8],
    watch: &Watch,
) -> Result<(Vec<u8>, Expanded)> {
    let recipe_len = varint::read(&mut coded).ok().and_then(|len| usize::try_from(len).ok());
    let recipe_len = recipe_len.filter(|&len| len <= header.expanded_len);
    let recipe_len = recipe_len.ok_or_else(|| Error::corrupt("the length of a recipe is damaged"))?;
    // A segment that lacks memory is decoded again. So nothing is reported before all the memory is there.
    let room = room_for(header.raw_len)?;
    let mut bytes = Vec::new();
    network.decode(coded, header.expanded_len, &mut bytes, &mut scaled(watch, header.expanded_len, header.raw_len))?;
    watch.report(0, header.coded_len - coded.len())?;
    let expanded = Expanded { bytes, recipe_len };
    let raw = deflate::reconstruct_while(&expanded, room, header.raw_len, &mut || watch.check().is_ok());
    // If the watch has ended the work, its error says so better than that of the reconstruction.
    watch.check()?;
    raw.map(|raw| (raw, expanded))
}

/// A segment that was read.
#[derive(Debug)]
pub struct Segment {
    pub header: SegmentHeader,
    pub coded: Vec<u8>,
}

impl Segment {
    /// Bytes of memory that it takes while it waits.
    pub fn memory(&self) -> usize {
        self.coded.len() + size_of::<Self>()
    }
}

/// The header that a block of segments with these headers would have if it were one. Its capacity is rounded up.
/// Only one segment is expanded at a time, so the longest counts.
pub fn whole(headers: impl Iterator<Item = SegmentHeader>) -> Option<SegmentHeader> {
    headers.reduce(joined)
}

/// The header of `whole` with one segment more: [`whole`].
pub fn joined(whole: SegmentHeader, header: SegmentHeader) -> SegmentHeader {
    SegmentHeader {
        kind: if header.kind == BlockKind::Expanded { header.kind } else { whole.kind },
        raw_len: whole.raw_len + header.raw_len,
        coded_len: whole.coded_len + header.coded_len,
        expanded_len: whole.expanded_len.max(header.expanded_len),
        capacity: Some(Capacity::of(whole.capacity())),
        ..whole
    }
}

/// The content of a block up to its first damage.
#[derive(Debug, Default)]
pub struct DecodedBlock {
    pub content: Vec<u8>,
    /// What follows, if it is damaged or cut; nothing vouches for it.
    pub unverified: Vec<u8>,
    pub damage: Option<Error>,
}

/// Decodes the segments of a block that is no copy. `making` is there if it is its frame's first one.
///
/// # Errors
/// What is no damage.
pub fn decode_block(
    segments: &[Segment],
    priming: &Priming,
    making: Option<Making>,
    watch: &Watch,
) -> Result<DecodedBlock> {
    let len = segments.iter().map(|segment| segment.header.raw_len).sum();
    let mut content = if segments.len() == 1 { Vec::new() } else { room_for(len)? };
    // The first block cannot wait for a lead that it would make.
    let making = making.filter(|_| !segments.first().is_some_and(|first| first.header.from_lead));
    let mut decoder = BlockDecoder::new(making.is_some());
    for Segment { header, coded } in segments {
        match decoder.decode(header, coded, priming, watch) {
            // A block of one segment is not held twice.
            Ok(segment) if segments.len() == 1 => content = segment,
            Ok(segment) => content.extend(segment),
            Err(error) if error.is_damage() => {
                return Ok(DecodedBlock { content, unverified: decoder.unverified, damage: Some(error) });
            }
            Err(error) => return Err(error),
        }
    }
    if let Some(making) = making {
        making.end();
    }
    Ok(DecodedBlock { content, ..DecodedBlock::default() })
}

/// The error for a frame whose content does not match the checksum in its end marker.
pub fn content_mismatch() -> Error {
    Error::new(ErrorKind::ChecksumMismatch, "the content does not match its checksum")
}
