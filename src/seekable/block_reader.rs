//! Any block of a file → its content, wherever the content that it copies comes from.
//!
//! Blocks that are read one after the other keep the content before the next one in a window, as a decoder does. After
//! a jump the window is empty: then [`copy_sources`] finds the few blocks that a copy really needs.

use std::{
    collections::{BTreeSet, HashMap, VecDeque},
    io::{BufReader, Read, Seek, SeekFrom},
};

use super::{
    block_list::{BlockList, BlockPlace},
    copy_sources::{self, BlockSpan, CopyPlan},
    frames::GLANCE,
};
use crate::{
    DecodeOptions, Error, Models, Result,
    codec::{
        block_decoder::{BlockDecoder, DecodedBlock, Segment, decode_block, joined},
        copy::{self, CopyWindow},
        lead::{Lead, Making},
        memory,
        priming::Priming,
    },
    container::{BlockKind, Item, SegmentHeader, index::Entry, read::read_vec, varint},
    parallel::{
        memory::{Promise, promise},
        stop::Stop,
        watch::Watch,
    },
};

/// Distances of copies that are remembered.
const MOST_DISTANCES: usize = 1 << 16;

/// Reads and decodes blocks.
pub struct BlockReader<R> {
    inner: R,
    pub list: BlockList,
    memory_limit: u64,
    models: Models,
    watch: Watch,
    /// The content before block `next`, as far as it is known. Bytes from `real` on are decoded; earlier ones are
    /// zeros.
    window: CopyWindow,
    next: usize,
    real: u64,
    /// The lead of a frame, and where its content starts.
    lead: (u64, Lead),
    /// The block whose segments are being given out: it is `next`, or the one before if all were.
    open: Option<OpenBlock>,
    /// How far back copies reach, by the number of the block.
    distances: HashMap<usize, u64>,
}

/// A block that was read, to be decoded.
struct ReadBlock {
    /// The header that it would have if it were one segment.
    header: SegmentHeader,
    segments: VecDeque<Segment>,
    priming: Priming,
}

/// A block whose content is being given out.
struct OpenBlock {
    number: usize,
    /// Bytes of content that were given out.
    given: usize,
    decoder: BlockDecoder,
    rest: Rest,
}

/// What is left of an open block.
enum Rest {
    /// The content of a copy, until it was given out.
    Copied(Option<Vec<u8>>),
    /// Segments, which are decoded one after the other.
    Segments { block: ReadBlock, _promise: Promise },
}

impl<R: Read + Seek> BlockReader<R> {
    /// Finds the blocks of all frames in `inner`.
    ///
    /// # Errors
    /// As of [`BlockList::find`].
    pub fn new(mut inner: R, options: &DecodeOptions) -> Result<Self> {
        let list = BlockList::find(&mut inner, options)?;
        let window = CopyWindow::new(list.window());
        let DecodeOptions { progress, stop, .. } = options;
        Ok(Self {
            inner,
            list,
            memory_limit: options.memory_limit,
            models: options.models.clone(),
            watch: Watch { progress: progress.clone(), cancel: stop.clone(), stop: Stop::default() },
            window,
            next: 0,
            real: 0,
            lead: (u64::MAX, Lead::default()),
            open: None,
            distances: HashMap::new(),
        })
    }

    /// Opens block `i`, and decodes whatever it copies that is not in the window.
    ///
    /// # Errors
    /// A block that is damaged or not as the index says, too little memory, or what the reader reports.
    pub fn open(&mut self, i: usize) -> Result<()> {
        self.watch.check()?;
        let is_begun = self.open.take().is_some_and(|open| open.given > 0 && open.number == i);
        if i != self.next || is_begun {
            self.restart_at(i);
        }
        let rest = match self.source(i)? {
            Some((from, _)) if from < self.real => Rest::Copied(Some(self.distant_copy(i)?)),
            Some(_) => Rest::Copied(Some(self.decode(i, 0)?)),
            None => {
                let block = self.read_with_lead(i, 0)?;
                let _promise = promise(memory::in_block(&block.header, None, &block.priming))?;
                Rest::Segments { block, _promise }
            }
        };
        self.open = Some(OpenBlock { number: i, given: 0, decoder: BlockDecoder::new(self.is_first(i)), rest });
        Ok(())
    }

    /// Whether block `i` is its frame's first one.
    fn is_first(&self, i: usize) -> bool {
        let place = self.list.place(i);
        place.start == self.list.frame(&place).start
    }

    /// Decodes the next segment of the open block; `None` at its end.
    ///
    /// # Errors
    /// Damage, or too little memory.
    pub fn next_segment(&mut self) -> Result<Option<Vec<u8>>> {
        let Some(OpenBlock { rest, decoder, given, .. }) = &mut self.open else { return Ok(None) };
        let (content, is_last) = match rest {
            Rest::Copied(content) => {
                let Some(content) = content.take() else { return Ok(None) };
                (content, true)
            }
            Rest::Segments { block, .. } => {
                let Some(Segment { header, coded }) = block.segments.pop_front() else { return Ok(None) };
                let content = decoder.decode(&header, &coded, &block.priming, &self.watch)?;
                (content, block.segments.is_empty())
            }
        };
        *given += content.len();
        if is_last {
            self.next += 1;
        }
        self.window.push(&content)?;
        Ok(Some(content))
    }

    /// Makes `i` the next block, and empties the window.
    fn restart_at(&mut self, i: usize) {
        self.window.clear();
        self.next = i;
        self.real = self.list.place(i).start;
    }

    /// Decodes block `i`, a copy of content that is not in the window.
    fn distant_copy(&mut self, i: usize) -> Result<Vec<u8>> {
        let plan = copy_sources::plan(self.span(i)?, |at| self.span(self.list.number_at(at)))?;
        if let Some(plan) = plan {
            self.restart_at(i);
            return self.assemble(i, &plan);
        }
        let wanted = self.all_sources(i)?;
        if let Some(&first) = wanted.first() {
            self.restart_at(first);
        }
        for j in self.next..i {
            if wanted.contains(&j) {
                let content = self.decode(j, 0)?;
                self.window.push(&content)?;
            } else {
                let place = self.list.place(j);
                self.window.push_zeros(place.entry.raw_len.into())?;
                self.real = place.end();
            }
        }
        self.decode(i, 0)
    }

    /// Makes the content of block `i`, a copy, by `plan`. The window is empty.
    fn assemble(&mut self, i: usize, plan: &CopyPlan) -> Result<Vec<u8>> {
        let ReadBlock { header, segments, .. } = self.read(i, 0)?;
        let len = header.raw_len;
        let _promise = promise(len as u64)?;
        let mut content = vec![0; len];
        for fragments in plan.fragments.chunk_by(|a, b| a.number == b.number) {
            let block = self.decode(fragments[0].number, len)?;
            for fragment in fragments {
                content[fragment.at..][..fragment.len].copy_from_slice(&block[fragment.from..][..fragment.len]);
            }
        }
        plan.repeats.iter().for_each(|repeat| repeat.fill(&mut content));
        copy::check(&header, segments.front().map_or(&[], |segment| &segment.coded), content, &self.watch)
    }

    /// Block `i`, as [`copy_sources`] sees it.
    fn span(&mut self, i: usize) -> Result<BlockSpan> {
        let place = self.list.place(i);
        let distance = self.source(i)?.map(|(from, _)| place.start - from);
        Ok(BlockSpan { number: i, start: place.start, end: place.end(), distance })
    }

    /// The bytes of content before block `i` that it copies; `None` if it is no copy.
    fn source(&mut self, i: usize) -> Result<Option<(u64, u64)>> {
        let place = self.list.place(i);
        if place.entry.kind != BlockKind::Copy {
            return Ok(None);
        }
        let distance = match self.distances.get(&i) {
            Some(&distance) => distance,
            None => self.read_distance(i, place)?,
        };
        let from = place.start - distance;
        Ok(Some((from, place.start.min(from + u64::from(place.entry.raw_len)))))
    }

    /// How far back block `i`, a copy, reaches: at most to the start of its frame's content.
    fn read_distance(&mut self, i: usize, place: BlockPlace) -> Result<u64> {
        let segments = self.read(i, 0)?.segments;
        let mut rest = segments.front().map_or(&[][..], |segment| &segment.coded);
        let frame = self.list.frame(&place);
        let most = (place.start - frame.start).min(frame.header.window.bytes() as u64);
        let distance = varint::read(&mut rest).ok().filter(|distance| (1..=most).contains(distance) && rest.is_empty());
        let distance = distance.ok_or_else(copy::bad_distance)?;
        if self.distances.len() >= MOST_DISTANCES {
            self.distances.clear();
        }
        self.distances.insert(i, distance);
        Ok(distance)
    }

    /// The blocks that block `i` copies from, those that these copy from, and so on.
    fn all_sources(&mut self, i: usize) -> Result<BTreeSet<usize>> {
        let mut wanted = BTreeSet::new();
        let mut open = BTreeSet::from([i]);
        while let Some(j) = open.pop_last() {
            let Some((from, until)) = self.source(j)? else { continue };
            let first = self.list.number_at(from);
            let sources = (first..j).take_while(|&k| self.list.place(k).start < until);
            open.extend(sources.filter(|&k| wanted.insert(k)));
        }
        Ok(wanted)
    }

    /// Reads and decodes block `i`; what a copy needs must be in the window. As of [`read`](Self::read), `held` is
    /// taken.
    fn decode(&mut self, i: usize, held: usize) -> Result<Vec<u8>> {
        let ReadBlock { header, segments, priming } = self.read_with_lead(i, held)?;
        let _promise = promise(memory::in_block(&header, None, &priming))?;
        match (header.kind, segments.front()) {
            (BlockKind::Copy, Some(segment)) => copy::decode(&header, &segment.coded, &self.window, &self.watch),
            _ => match decode_block(segments.as_slices().0, &priming, None, &self.watch)? {
                DecodedBlock { damage: Some(damage), .. } => Err(damage),
                DecodedBlock { content, .. } => Ok(content),
            },
        }
    }

    /// As [`read`](Self::read); where the block starts from its frame's lead, that is there afterwards.
    fn read_with_lead(&mut self, i: usize, held: usize) -> Result<ReadBlock> {
        let block = self.read(i, held)?;
        let starts_from_lead = block.segments.front().is_some_and(|segment| segment.header.from_lead);
        if starts_from_lead && block.priming.lead.capacity().is_none() {
            self.make_lead(i, held)?;
        }
        Ok(block)
    }

    /// Decodes the first block of the frame of block `i`, as far as the lead.
    fn make_lead(&mut self, i: usize, held: usize) -> Result<()> {
        let first = self.list.number_at(self.list.frame(&self.list.place(i)).start);
        let ReadBlock { header, segments, priming } = self.read(first, held)?;
        let _promise = promise(memory::in_block(&header, None, &priming))?;
        let making = Making::begin(&priming.lead);
        let mut decoder = BlockDecoder::new(true);
        for Segment { header, coded } in segments {
            if header.kind == BlockKind::Copy || header.from_lead || priming.lead.capacity().is_some() {
                break;
            }
            decoder.decode(&header, &coded, &priming, &self.watch)?;
        }
        making.end();
        Ok(())
    }

    /// Reads block `i`, which must be as the index says. Beside window and list, `held` bytes of memory are taken.
    fn read(&mut self, i: usize, held: usize) -> Result<ReadBlock> {
        let place = self.list.place(i);
        let frame = self.list.frame(&place);
        let mut priming = Priming::of(&frame.header, &self.models)?;
        if self.lead.0 != frame.start {
            self.lead = (frame.start, Lead::default());
        }
        priming.lead = self.lead.1.clone();
        if self.is_first(i) && priming.lead.capacity().is_none() {
            priming.lead.expect();
        }
        let beside = (self.window.len() + self.list.memory() + held) as u64 + priming.lead_memory();
        self.inner.seek(SeekFrom::Start(place.at))?;
        let mut reader = BufReader::with_capacity(GLANCE, (&mut self.inner).take(place.entry.size.into()));
        let (mut segments, mut found): (_, Vec<Entry>) = (VecDeque::new(), Vec::new());
        let (mut size, mut whole): (_, Option<SegmentHeader>) = (0, None);
        while size < place.entry.size {
            let header = match Item::read(&mut reader)? {
                Item::Segment(header) => header,
                _ => return Err(misfit()),
            };
            Entry::add_to(&mut found, &header)?;
            let all = whole.map_or(header, |whole| joined(whole, header));
            whole = Some(all);
            let list = (segments.len() + 1) * size_of::<Segment>();
            let needed = memory::in_block(&all, None, &priming) + beside + list as u64;
            memory::take(needed, self.memory_limit, self.watch.progress.as_deref())?;
            let mut coded = Vec::new();
            read_vec(&mut reader, header.coded_len as u64, &mut coded)?;
            segments.push_back(Segment { header, coded });
            size = found[0].size;
        }
        let header = whole.filter(|_| found == [place.entry]).ok_or_else(misfit)?;
        Ok(ReadBlock { header, segments, priming })
    }
}

fn misfit() -> Error {
    Error::corrupt("a block is not as the index says")
}
