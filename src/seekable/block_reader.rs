//! Any block of a file → its content, wherever the content that it copies comes from.
//!
//! Blocks that are read one after the other keep the content before the next one in a window, as a decoder does. After
//! a jump the window is empty: then [`copy_sources`] finds the few blocks that a copy really needs.

use std::{
    collections::{BTreeSet, HashMap},
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
        block,
        copy::{self, CopyWindow},
        memory,
        priming::Priming,
    },
    container::{BlockHeader, BlockKind, Item, MAX_DISTANCE, index::Entry, read::read_vec, varint},
    parallel::{memory::promise, stop::Stop, watch::Watch},
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
    /// How far back copies reach, by the number of the block.
    distances: HashMap<usize, u64>,
}

/// A block that was read, to be decoded.
struct ReadBlock {
    header: BlockHeader,
    coded: Vec<u8>,
    priming: Priming,
}

impl<R: Read + Seek> BlockReader<R> {
    /// Finds the blocks of all frames in `inner`.
    ///
    /// # Errors
    /// As of [`BlockList::find`].
    pub fn new(mut inner: R, options: &DecodeOptions) -> Result<Self> {
        let list = BlockList::find(&mut inner, options)?;
        let DecodeOptions { progress, stop, .. } = options;
        Ok(Self {
            inner,
            list,
            memory_limit: options.memory_limit,
            models: options.models.clone(),
            watch: Watch { progress: progress.clone(), cancel: stop.clone(), stop: Stop::default() },
            window: CopyWindow::default(),
            next: 0,
            real: 0,
            distances: HashMap::new(),
        })
    }

    /// Decodes block `i`, and before it whatever it copies that is not in the window.
    ///
    /// # Errors
    /// A block that is damaged or not as the index says, too little memory, or what the reader reports.
    pub fn content(&mut self, i: usize) -> Result<Vec<u8>> {
        self.watch.check()?;
        if i != self.next {
            self.restart_at(i);
        }
        let content = match self.source(i)? {
            Some((from, _)) if from < self.real => self.distant_copy(i)?,
            _ => self.decode(i, 0)?,
        };
        self.window.push(&content)?;
        self.next = i + 1;
        Ok(content)
    }

    /// Makes `i` the next block, and empties the window.
    fn restart_at(&mut self, i: usize) {
        self.window = CopyWindow::default();
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
        let ReadBlock { header, coded, .. } = self.read(i, 0)?;
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
        block::check_copy(&header, &coded, content, &self.watch)
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
        let coded = self.read(i, 0)?.coded;
        let mut rest = coded.as_slice();
        let most = (place.start - self.list.frame(&place).start).min(MAX_DISTANCE as u64);
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
        let ReadBlock { header, coded, priming } = self.read(i, held)?;
        let _promise = promise(memory::of_block(&header, &priming))?;
        match header.kind {
            BlockKind::Copy => block::decode_copy(&header, &coded, &self.window, &self.watch),
            _ => block::decode(&header, &coded, &priming, &self.watch),
        }
    }

    /// Reads block `i`, which must be as the index says. Beside window and list, `held` bytes of memory are taken.
    fn read(&mut self, i: usize, held: usize) -> Result<ReadBlock> {
        let place = self.list.place(i);
        self.inner.seek(SeekFrom::Start(place.at))?;
        let mut reader = BufReader::with_capacity(GLANCE, &mut self.inner);
        let header = match Item::read(&mut reader)? {
            Item::Block(header) if Entry::of(&header) == place.entry => header,
            _ => return Err(Error::corrupt("a block is not as the index says")),
        };
        let priming = Priming::of(&self.list.frame(&place).header, &self.models)?;
        let beside = (self.window.len() + self.list.memory() + held) as u64;
        let needed = memory::of_block(&header, &priming) + beside;
        memory::take(needed, self.memory_limit, self.watch.progress.as_deref())?;
        let mut coded = Vec::new();
        read_vec(&mut reader, header.coded_len as u64, &mut coded)?;
        Ok(ReadBlock { header, coded, priming })
    }
}
