//! A frame that is being decoded.

use std::{collections::VecDeque, hash::Hasher, sync::Arc};

use twox_hash::XxHash3_64;

use crate::{
    Error, Result,
    codec::{
        block_decoder::{BlockDecoder, Segment, content_mismatch, decode_block, joined},
        copy::CopyWindow,
        lead::Making,
        memory,
        priming::Priming,
    },
    container::{BlockKind, FrameHeader, Index, Item, SegmentHeader, index::Entry},
    parallel::{
        budget::Budget,
        memory::{Promise, promise},
        pool::Pool,
        progress::Progress,
        stop::Stop,
        watch::Watch,
    },
};

/// A frame: the segments that were read, and the content that was given out.
pub struct Frame {
    /// Its header, and the index that the blocks read so far must have.
    pub index: Index,
    /// The start of its networks.
    pub priming: Priming,
    /// Until its first block is decoded, which this thread does.
    making: Option<Making>,
    hash: XxHash3_64,
    /// Bytes of content that were given out.
    len: u64,
    /// The content before the last segment. That of a frame with only one never gets here.
    pub window: CopyWindow,
    /// The block that this thread decodes, and those of its segments that were read.
    pub decoder: BlockDecoder,
    here: VecDeque<Segment>,
    /// Bytes of memory that those take which wait.
    waiting: usize,
    /// Bytes of memory that it takes, as far as its segments were read.
    own: u64,
    /// Memory for its network.
    promised: u64,
    _promise: Option<Promise>,
    /// The block behind it that is being read, for a worker; `None` while the first one is read.
    gathered: Option<Vec<Segment>>,
    /// The header that those segments have together.
    whole: Option<SegmentHeader>,
    /// The first header of the block that is being read.
    first: Option<SegmentHeader>,
    /// Blocks behind the first one that were read and are not given out yet.
    pub blocks: Pool<Decoded>,
    /// An error that comes after the content that was given out.
    pub failure: Option<Error>,
    /// An item that was read and waits for room.
    pub next: Option<Item>,
    /// Whether the reader was not ready: then what was read is given out before more is asked for.
    pub is_dry: bool,
    /// Whether the frame was read to its end, or to an error.
    pub is_read: bool,
    /// Bytes of content in all segments that were read.
    pub begun: u64,
    cancel: Stop,
}

/// What follows in a frame, decoded as far as that is possible without the content before it.
pub enum Decoded {
    /// The content of a block, and the error that ended it, if one did.
    Content(Vec<u8>, Option<Error>),
    /// A copy, which needs the content before it.
    Copy(Segment),
    End(u64),
}

impl Frame {
    /// A frame of which only the header was read.
    pub fn new(header: FrameHeader, priming: Priming, budget: Budget, cancel: Stop) -> Self {
        Self {
            index: Index { header, blocks: Vec::new() },
            making: Some(Making::begin(&priming.lead)),
            priming,
            hash: XxHash3_64::new(),
            len: 0,
            window: CopyWindow::new(header.window),
            decoder: BlockDecoder::new(true),
            here: VecDeque::new(),
            waiting: 0,
            own: 0,
            promised: 0,
            _promise: None,
            gathered: None,
            whole: None,
            first: None,
            blocks: Pool::new(budget),
            failure: None,
            next: None,
            is_dry: false,
            is_read: false,
            begun: 0,
            cancel,
        }
    }

    /// The progress and the stops of the work on its blocks.
    pub fn watch(&self, progress: Option<Arc<Progress>>) -> Watch {
        Watch { progress, cancel: self.cancel.clone(), stop: self.blocks.stop() }
    }

    /// Bytes of memory for content and coded bytes beside the pool and the block that is being read for it, and for the
    /// list of blocks that the index must give.
    pub fn held(&self) -> u64 {
        (self.window.len() + self.waiting) as u64 + self.index_memory() + self.priming.lead_memory()
    }

    /// Bytes of memory for the list of blocks, and to compare it with the index.
    pub fn index_memory(&self) -> u64 {
        (self.index.blocks.len() * Index::PER_BLOCK) as u64
    }

    /// Bytes of memory that the block takes once a segment with this header, the next one to be read, is added: of this
    /// thread's block only what that segment takes.
    pub fn needed(&self, header: &SegmentHeader) -> u64 {
        let (all, segments) = match (&self.gathered, self.whole) {
            (Some(segments), Some(whole)) if header.goes_on => (joined(whole, *header), segments.len()),
            _ => (*header, 0),
        };
        let list = (segments + 1) * size_of::<Segment>();
        memory::in_block(&all, self.first, &self.priming) + list as u64
    }

    /// Bytes of memory that this thread's block takes beside a segment with this header, the next one to be read: none if
    /// that is of this block, or takes its place.
    pub fn own_memory(&self, header: &SegmentHeader) -> u64 {
        let is_own = if header.goes_on { self.gathered.is_none() } else { !self.has_content() };
        if is_own { 0 } else { self.own }
    }

    /// Whether content can be had without reading on.
    pub fn has_content(&self) -> bool {
        let is_gathering = self.gathered.as_ref().is_some_and(|segments| !segments.is_empty());
        !self.here.is_empty() || is_gathering || !self.blocks.is_empty()
    }

    /// Whether nothing is to be read before the next content is given out: there is some, and no worker to be kept busy.
    pub fn is_ready(&mut self) -> bool {
        self.is_dry &= self.has_content();
        if self.is_dry {
            return true;
        }
        if self.blocks.has_threads() && !self.here.is_empty() {
            // The first content comes at once, and the last block has no other behind it.
            return self.len == 0 || self.is_all_read() || self.blocks.is_busy();
        }
        !self.here.is_empty() || self.blocks.is_ready()
    }

    /// Whether all content was read that the header promises.
    fn is_all_read(&self) -> bool {
        self.index.header.content_size == Some(self.begun)
    }

    /// Makes sure of `needed` bytes of memory for the block that this thread decodes. If need be, waits until no other
    /// is at work.
    pub fn promise(&mut self, needed: u64) -> Result<()> {
        if needed > self.promised {
            self._promise = None;
            self.promised = 0;
            self.blocks.make_sure(needed)?;
            self._promise = Some(promise(needed)?);
            self.promised = needed;
        }
        Ok(())
    }

    /// Takes a segment that was read.
    pub fn add(&mut self, segment: Segment, progress: Option<Arc<Progress>>) -> Result<()> {
        let header = segment.header;
        self.begun += header.raw_len as u64;
        if !header.goes_on {
            self.first = Some(header);
        }
        self.index.blocks.try_reserve(1).map_err(|_| Error::no_memory(self.held()))?;
        Entry::add_to(&mut self.index.blocks, &header)?;
        if !header.goes_on {
            self.end_block(progress.clone());
            self.gathered = self.has_content().then(Vec::new);
        }
        match &mut self.gathered {
            None => {
                let needed = memory::in_block(&header, self.first, &self.priming);
                self.own = if header.goes_on { self.own.max(needed) } else { needed };
                self.waiting += segment.memory();
                self.here.push_back(segment);
            }
            Some(_) if header.kind == BlockKind::Copy => self.blocks.put(Ok(Decoded::Copy(segment))),
            Some(segments) => {
                self.whole = Some(self.whole.map_or(header, |whole| joined(whole, header)));
                segments.push(segment);
            }
        }
        // The last block has no other behind it.
        if self.is_all_read() {
            self.end_block(progress);
        }
        Ok(())
    }

    /// Begins to decode the block that was read, if it is not the one of this thread.
    pub fn end_block(&mut self, progress: Option<Arc<Progress>>) {
        let Some(segments) = self.gathered.take().filter(|segments| !segments.is_empty()) else { return };
        let Some(whole) = self.whole.take() else { return };
        let list = (segments.len() * size_of::<Segment>()) as u64;
        let needed = memory::in_block(&whole, None, &self.priming) + list;
        let (priming, watch) = (self.priming.clone(), self.watch(progress));
        self.blocks.run(needed, move |_| {
            decode_block(&segments, &priming, None, &watch).map(|block| Decoded::Content(block.content, block.damage))
        });
    }

    /// Notes that the first block was decoded, so that there is no lead if it made none.
    pub fn end_first_block(&mut self) {
        self.decoder.may_lead = false;
        if let Some(making) = self.making.take() {
            making.end();
        }
    }

    /// Whether a block with this header at its start comes after the first one. That one cannot wait for its own lead.
    pub fn is_later(&self, header: &SegmentHeader) -> bool {
        !header.goes_on && (self.len > 0 || header.from_lead)
    }

    /// The next segment for this thread. Where nothing else is left, it takes over the block that is being read.
    pub fn next_here(&mut self) -> Option<Segment> {
        if self.here.is_empty() && self.blocks.is_empty() {
            self.here = self.gathered.take().unwrap_or_default().into();
            self.whole = None;
            self.waiting = self.here.iter().map(Segment::memory).sum();
            let first = self.here.front().map(|segment| segment.header);
            self.own = first.map_or(0, |first| memory::in_block(&first, None, &self.priming));
        }
        let next = self.here.pop_front()?;
        self.waiting -= next.memory();
        Some(next)
    }

    /// Keeps the content of the last segment, for copies of it.
    pub fn keep(&mut self, content: &[u8]) -> Result<()> {
        if self.is_all_read() && self.blocks.is_empty() && self.here.is_empty() {
            // Nothing follows that could be a copy.
            return Ok(());
        }
        self.blocks.make_sure(self.window.growth(content.len()))?;
        self.window.push(content)
    }

    /// Counts content that is given out, and adds it to the checksum.
    pub fn note(&mut self, content: &[u8]) {
        self.hash.write(content);
        self.len += content.len() as u64;
    }

    /// Checks the content against the length in the header and the checksum in the end marker.
    pub fn check_end(&self, hash: u64) -> Result<()> {
        self.index.header.check_content_size(self.len)?;
        if hash == self.hash.finish() { Ok(()) } else { Err(content_mismatch()) }
    }
}
