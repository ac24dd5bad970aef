//! The content of a block, as it comes → coded segments.
//!
//! A block has one network, which goes on from segment to segment. Where segments end depends on the content and on
//! where it was flushed, not on the lengths in which it came.

use super::{
    lead::Making,
    memory::{self, Allowed},
    neural::Coding,
    priming::{Begun, Priming},
    seen::Seen,
    witness::Wanted,
};
use crate::{
    Error, ErrorKind, Level, Result,
    container::{
        BlockKind, Method, SegmentHeader,
        capacity::Capacity,
        segment::{MOST_GROWTH, USUAL_LEN},
        varint,
    },
    huffman,
    math::isa::Isa,
    parallel::{
        memory::{Promise, promise},
        watch::Watch,
    },
    transform::deflate::{Expanded, Expander, Part},
};

/// A segment ends when it has so many coded bytes or so many bytes of content: docs/BLOCKS.md. A header of eight bytes
/// is then at most 0.05 % of it, but where content shrinks to a sixteenth and less.
const LEAST_CODED: usize = 1 << 14;
const MOST_CONTENT: usize = 1 << 18;
/// The first segment of a piece of content that is longer than [`USUAL_LEN`] ends here, so that a reader has its first
/// bytes soon.
const FIRST_LEN: usize = 1 << 14;

/// Less content than this may not shrink though it is no noise.
const LEAST_NOISE: usize = 1 << 12;

/// A segment ready to be written.
#[derive(Debug)]
pub struct CodedSegment {
    pub header: SegmentHeader,
    /// The `header.coded_len` bytes that follow the header.
    pub payload: Vec<u8>,
    /// Whether the frame's header must name the model that was given, if one was.
    pub is_named: bool,
    /// Bytes of memory that coding took: by the method that was tried, even if the segment is stored in the end.
    pub memory: u64,
    /// What each byte cost, if that was asked for.
    pub seen: Option<Seen>,
}

/// Codes one block after the other.
pub struct BlockEncoder {
    method: Method,
    priming: Priming,
    watch: Watch,
    /// The block's network, once it has one.
    network: Option<Coding>,
    from_prior: bool,
    from_lead: bool,
    is_named: bool,
    /// If this is the frame's first block, and is to make the lead: after how many bytes.
    making: Option<(usize, Making)>,
    /// Whether a segment of the block was given out.
    is_begun: bool,
    /// Of the content of the segments that were given out.
    crc: crc32fast::Hasher,
    /// Content of the segment that is being coded.
    held: Vec<u8>,
    /// How many bytes of content the block is expected to have.
    expected: usize,
    /// How many bytes the network's tables are made for; before there is a network, those expected.
    capacity: usize,
    expander: Expander,
    /// Of memory beyond that of a network for the content that is expected.
    _more: Option<Promise>,
    /// Whether no segment of any block was given out.
    is_first: bool,
    /// Whether the segment before this block was stored, so that this one may be noise as well.
    after_noise: bool,
    /// The content must have so many bytes before it is looked at again.
    wanted: usize,
    /// Segments that were not taken yet.
    pub segments: Vec<CodedSegment>,
}

impl BlockEncoder {
    /// Nothing is coded yet. The block is `expected` to have so many bytes of content. With `lead_len` it is the frame's
    /// first one, and makes the lead of so many bytes.
    pub fn new(method: Method, priming: Priming, expected: usize, lead_len: Option<usize>, watch: Watch) -> Self {
        Self {
            method,
            is_named: priming.is_named_without_prior(),
            making: lead_len.map(|len| (len, Making::begin(&priming.lead))),
            priming,
            watch,
            network: None,
            from_prior: false,
            from_lead: false,
            is_begun: false,
            crc: crc32fast::Hasher::new(),
            held: Vec::new(),
            expected,
            capacity: expected,
            expander: Expander::default(),
            _more: None,
            is_first: true,
            after_noise: false,
            wanted: 0,
            segments: Vec::new(),
        }
    }

    /// Bytes of memory to be sure of for the network, its prior, and the content and coded bytes of a segment.
    pub fn promised_memory(&self) -> u64 {
        self.network_memory() + 4 * MOST_CONTENT as u64
    }

    /// Bytes of memory that the network and its prior take.
    fn network_memory(&self) -> u64 {
        match self.method {
            Method::Neural => (self.priming.level.memory(self.capacity) + self.priming.memory()) as u64,
            Method::Store | Method::Copy | Method::Huffman => 0,
        }
    }

    /// Codes bytes from the start of `content`, and returns how many: 0 if more must come first. With `is_end`, none
    /// comes: the block or what can be waited for ends there. `allowed` is the memory that coding may take.
    ///
    /// # Errors
    /// Coding would take more memory than is allowed or the system has, or the watch ends the work.
    pub fn step(&mut self, content: &[u8], is_end: bool, allowed: Allowed) -> Result<usize> {
        self.watch.check()?;
        if content.is_empty() || (!is_end && (self.method != Method::Neural || content.len() < self.wanted)) {
            return Ok(0);
        }
        match self.method {
            Method::Store | Method::Copy => self.store(content)?,
            Method::Huffman => self.huffman(content)?,
            Method::Neural => return self.step_neural(content, is_end, allowed),
        }
        Ok(content.len())
    }

    /// Ends the segment, so that all content so far is in [`segments`](Self::segments). A little content that does not
    /// shrink keeps its network `for_reader`s, as more will come.
    ///
    /// # Errors
    /// As of [`step`](Self::step).
    pub fn end_segment(&mut self, for_reader: bool) -> Result<()> {
        self.wanted = 0;
        let (Some(network), false) = (&mut self.network, self.held.is_empty()) else { return Ok(()) };
        let coded = network.end_segment();
        let content = std::mem::take(&mut self.held);
        let keeps =
            for_reader && !self.is_begun && content.len() < LEAST_NOISE && coded.len() <= content.len() + MOST_GROWTH;
        if coded.len() < content.len() || keeps {
            self.push(BlockKind::Neural, &content, None, coded)
        } else {
            self.push(BlockKind::Stored, &content, None, content.clone())
        }
    }

    fn store(&mut self, content: &[u8]) -> Result<()> {
        self.watch.report(content.len(), content.len())?;
        self.push(BlockKind::Stored, content, None, content.to_vec())
    }

    fn huffman(&mut self, content: &[u8]) -> Result<()> {
        let coded = huffman::encode_while(content, || self.watch.check())?;
        if coded.len() >= content.len() {
            return self.store(content);
        }
        self.watch.report(content.len(), coded.len())?;
        self.push(BlockKind::Huffman, content, None, coded)
    }

    fn step_neural(&mut self, content: &[u8], is_end: bool, allowed: Allowed) -> Result<usize> {
        let most = memory::most_expanded(content.len(), &self.priming, allowed);
        let watch = self.watch.clone();
        let is_short = self.is_first && self.expected > USUAL_LEN;
        let len = if is_short { FIRST_LEN } else { USUAL_LEN };
        let part = self.expander.next(content, len, is_end, most, &mut || watch.check().is_ok());
        watch.check()?;
        self.wanted = 0;
        match part.map_err(|_| too_long(allowed))? {
            Part::Open => {
                self.wanted = if content.len() > USUAL_LEN { 2 * content.len() } else { USUAL_LEN + 1 };
                Ok(0)
            }
            Part::Plain(len) if self.is_noise(&content[..len])? => {
                self.store(&content[..len])?;
                Ok(len)
            }
            Part::Plain(len) => {
                self.code(&content[..len], len, allowed)?;
                self.held.extend_from_slice(&content[..len]);
                let coded = self.network.as_ref().map_or(0, Coding::coded_len);
                if coded >= LEAST_CODED
                    || self.held.len() >= MOST_CONTENT
                    || len == self.capacity
                    || is_short
                    || self.is_lead()
                {
                    self.end_segment(false)?;
                }
                Ok(len)
            }
            Part::Expanded { len, expanded } => {
                self.end_segment(false)?;
                self.code_expanded(&content[..len], expanded, allowed)?;
                Ok(len)
            }
        }
    }

    /// Codes `bytes` by the network. They count as `raw_len` bytes of content.
    fn code(&mut self, bytes: &[u8], raw_len: usize, allowed: Allowed) -> Result<()> {
        if self.network.is_none() {
            self.capacity = self.capacity_for(bytes.len(), raw_len, allowed);
        }
        let watch = &self.watch;
        let mut report = scaled(watch, bytes.len(), raw_len);
        match &mut self.network {
            Some(network) => network.code(bytes, &mut report)?,
            None => {
                let lead = if self.making.is_some() { None } else { self.priming.lead.get(watch)? };
                let Begun { coding, done, prior, is_lead } = match &lead {
                    None => self.priming.begin(bytes, self.capacity, Isa::detect(), &mut report)?,
                    Some((lead, _)) => {
                        self.priming.begin_with(lead, bytes, self.capacity, Isa::detect(), &mut report)?
                    }
                };
                if let Some((_, capacity)) = lead.filter(|_| is_lead) {
                    self.capacity = capacity;
                }
                (self.from_prior, self.from_lead) = (prior.is_some(), is_lead);
                self.is_named = self.priming.is_named(prior);
                self.network.insert(coding).code(&bytes[done..], &mut report)?;
            }
        }
        if let Some((left, _)) = &mut self.making {
            *left = left.saturating_sub(bytes.len());
        }
        Ok(())
    }

    /// Whether `content` would begin a block after noise and is noise to a small network of the fastest level. Most that
    /// follows noise is, and needs no larger one.
    fn is_noise(&self, content: &[u8]) -> Result<bool> {
        if self.network.is_some() || !self.after_noise || content.len() < LEAST_NOISE {
            return Ok(false);
        }
        let mut trial = Coding::new(&Level::FASTEST.into(), content.len(), Isa::detect())?;
        trial.code(content, &mut |_, _| self.watch.check())?;
        Ok(trial.coded_len() >= content.len())
    }

    /// How many bytes the tables are made for of a network whose first `len` bytes stand for `raw_len` bytes of content:
    /// those, if no more are expected. Else all that are expected, and where memory is not limited, as much longer as
    /// deflate streams have made the first ones.
    fn capacity_for(&self, len: usize, raw_len: usize, allowed: Allowed) -> usize {
        if raw_len >= self.expected && self.making.is_none() {
            return len;
        }
        let longer = if allowed.limit == u64::MAX { len.max(raw_len) } else { raw_len };
        Capacity::of((self.expected as u64 * longer as u64 / raw_len as u64) as usize).bytes()
    }

    /// Whether the network is the frame's lead now.
    fn is_lead(&self) -> bool {
        matches!(self.making, Some((0, _)))
    }

    /// Codes `content`, which was expanded.
    fn code_expanded(&mut self, content: &[u8], expanded: Expanded, allowed: Allowed) -> Result<()> {
        let expanded_len = expanded.bytes.len();
        let capacity = match &self.network {
            Some(_) => self.capacity,
            None => self.capacity_for(expanded_len, content.len(), allowed),
        };
        let needed = memory::check_expanded(content.len(), expanded_len, capacity, &self.priming, allowed)?;
        self._more = None;
        self._more = Some(promise(needed.saturating_sub(self.network_memory()))?);
        self.code(&expanded.bytes, content.len(), allowed)?;
        let mut coded = Vec::new();
        varint::write(&mut coded, expanded.recipe_len as u64);
        coded.extend(self.network.as_mut().map(Coding::end_segment).unwrap_or_default());
        if coded.len() < content.len() || self.is_begun {
            self.push(BlockKind::Expanded, content, Some(expanded), coded)
        } else {
            self.push(BlockKind::Stored, content, None, content.to_vec())
        }
    }

    /// Gives out a segment of `content`, or of what that was `expanded` to. Where the first one of a block is stored, or
    /// has no network, the block ends with it.
    fn push(&mut self, kind: BlockKind, content: &[u8], expanded: Option<Expanded>, payload: Vec<u8>) -> Result<()> {
        let expanded_len = expanded.as_ref().map_or(content.len(), |expanded| expanded.bytes.len());
        self.crc.update(content);
        let goes_on = self.is_begun;
        let begins_network = kind.is_neural() && !goes_on;
        let mut header = SegmentHeader {
            expanded_len,
            from_prior: self.from_prior && begins_network,
            from_lead: self.from_lead && begins_network,
            ends_lead: self.is_lead() && (begins_network || goes_on),
            goes_on,
            capacity: (begins_network && (self.from_lead || self.capacity != expanded_len))
                .then(|| Capacity::of(self.capacity)),
            ..SegmentHeader::first(kind, content.len(), payload.len())
        };
        header.check = header.check_of(self.crc.clone().finalize());
        let memory = self.memory_of(header);
        if let (true, Some(network)) = (header.ends_lead, &self.network) {
            self.priming.lead.set(network.network(), self.priming.level, self.capacity)?;
            self.making = None;
        }
        let is_named = if kind.is_neural() { self.is_named } else { self.priming.is_named_without_prior() };
        let notes = self.network.as_mut().and_then(Coding::take_notes);
        let is_wanted = self.priming.wanted != Wanted::Nothing;
        let seen = is_wanted.then(|| Seen::of(kind, content, expanded, &payload, notes)).transpose()?;
        self.segments.push(CodedSegment { header, payload, is_named, memory, seen });
        if self.priming.only && !is_named {
            // The frame's header is without the model's name now.
            self.priming.model = None;
        }
        self.priming.only = false;
        self.is_begun = goes_on || kind.is_neural();
        (self.is_first, self.after_noise) = (false, !self.is_begun);
        if !self.is_begun {
            self.end_block();
        }
        Ok(())
    }

    /// Bytes of memory that the segment took: if it is stored in the end, or starts without a prior, what was tried too.
    fn memory_of(&self, header: SegmentHeader) -> u64 {
        let has_network = self.network.is_some();
        let from_prior = has_network && self.priming.may_start_from_prior();
        let goes_on = header.goes_on || (has_network && !header.kind.is_neural());
        memory::of_segment(&SegmentHeader { from_prior, goes_on, ..header }, self.capacity, &self.priming)
    }

    /// Ends the block: what comes next starts anew. Its segment must have ended.
    pub fn end_block(&mut self) {
        (self.network, self.from_prior, self.from_lead, self.is_begun) = (None, false, false, false);
        if let Some((_, making)) = self.making.take() {
            making.end();
        }
        self.capacity = self.expected;
        self.crc = crc32fast::Hasher::new();
        self.expander = Expander::default();
        self._more = None;
    }
}

fn too_long(allowed: Allowed) -> Error {
    let text = format!(
        "compressing needs more than the {} bytes of memory that are allowed, at any level: deflate streams in a \
         block become too long; shorter blocks may fit",
        allowed.limit
    );
    Error::new(ErrorKind::MemoryLimit, text)
}

/// A report that counts each of `whole` bytes as the same fraction of `raw_len`.
pub fn scaled(watch: &Watch, whole: usize, raw_len: usize) -> impl FnMut(usize, usize) -> Result<()> {
    let mut done = 0u64;
    let part = move |done: u64| (done * raw_len as u64 / whole as u64) as usize;
    move |bytes, coded| {
        let before = part(done);
        done += bytes as u64;
        watch.report(part(done) - before, coded)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn progress_is_reported_in_raw_bytes_and_adds_up() {
        for (whole, raw_len) in [(10, 3), (3, 10), (1 << 26, (1 << 26) - 1), (7, 7)] {
            let progress = std::sync::Arc::new(crate::Progress::default());
            let watch = Watch { progress: Some(progress.clone()), ..Watch::default() };
            let mut scaled = scaled(&watch, whole, raw_len);
            (0..3).for_each(|part| scaled(whole / 3 + usize::from(part < whole % 3), 1).unwrap());
            assert_eq!((progress.raw(), progress.coded()), (raw_len as u64, 3));
        }
    }
}
