//! A part of a file's content, without decoding what stands before it.

use std::{
    cell::Cell,
    collections::{BTreeSet, HashMap},
    io::{self, BufReader, Read, Seek, SeekFrom},
    sync::Arc,
};

use super::{
    copy_sources::{self, Plan},
    frames::{Frame, Indexes, locate},
};
use crate::{
    Error, Models, Result,
    codec::{
        block,
        copy::{self, Window},
        priming::Base,
    },
    container::{BlockHeader, FrameHeader, Index, Item, MAX_DISTANCE, Method, index::Entry, read::read_vec, varint},
    parallel::{memory::promise, progress::Progress, stop::Stop, watch::Watch},
};

/// Bytes that are read at once to look at a header.
const GLANCE: usize = 64;
/// Distances of copies that are kept in mind.
const MOST_DISTANCES: usize = 1 << 16;

/// Reads content from anywhere in a file: of all its frames, one behind the other, as one content.
///
/// Only blocks are decoded that hold what is read, and those that really hold what they copy. Each is checked; the
/// checksums of whole frames are not looked at. The list of blocks takes some 40 bytes of memory a block.
///
/// ```
/// use std::io::{Cursor, Read, Seek, SeekFrom};
/// use foretell::{IndexedReader, Options, compress};
/// let content: Vec<u8> = (0..200_000u32).flat_map(u32::to_le_bytes).collect();
/// let coded = compress(&content, &Options::new().method(foretell::Method::Huffman))?;
/// let mut reader = IndexedReader::new(Cursor::new(coded))?;
/// let mut four = [0; 4];
/// reader.seek(SeekFrom::Start(4 * 123_456))?;
/// reader.read_exact(&mut four)?;
/// assert_eq!(u32::from_le_bytes(four), 123_456);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub struct IndexedReader<R> {
    inner: R,
    frames: Vec<Head>,
    places: Vec<Place>,
    content_len: u64,
    memory_limit: u64,
    models: Models,
    watch: Watch,
    /// Where the next byte is read from.
    at: u64,
    /// The block decoded last, by its number, and its content.
    block: Option<(usize, Vec<u8>)>,
    /// What is at hand of the content before block `next`. It is real from `real` on; zeros may stand for what lies
    /// before.
    window: Window,
    next: usize,
    real: u64,
    /// How far back copies reach, by their numbers.
    distances: HashMap<usize, u64>,
}

/// What a frame's blocks have in common.
#[derive(Clone, Copy, Debug)]
struct Head {
    header: FrameHeader,
    /// Where its content starts: no copy reaches before.
    start: u64,
}

/// Where a block is to be found.
#[derive(Clone, Copy, Debug)]
struct Place {
    entry: Entry,
    /// In the file.
    at: u64,
    /// In the content.
    start: u64,
    /// The number of its frame.
    frame: usize,
}

impl Place {
    fn end(&self) -> u64 {
        self.start + u64::from(self.entry.raw_len)
    }
}

impl<R: Read + Seek> IndexedReader<R> {
    /// Finds the blocks of all frames in `inner`: by indexes, and where one is missing or damaged, by headers. What
    /// stands behind the last frame is no error.
    ///
    /// # Errors
    /// As far as headers and indexes tell: not a frame, damaged, truncated.
    pub fn new(inner: R) -> Result<Self> {
        Self::new_within(inner, u64::MAX, Stop::default())
    }

    /// As [`new`](Self::new), with a limit on memory and a way to stop from the beginning: where somebody else wrote the
    /// file, it can hold very many blocks. [`with_memory_limit`](Self::with_memory_limit) and
    /// [`with_stop`](Self::with_stop) need not be called then.
    ///
    /// # Errors
    /// As of [`new`](Self::new); [`ErrorKind::MemoryLimit`](crate::ErrorKind::MemoryLimit) if the list of blocks would
    /// take more than `memory_limit` bytes; [`ErrorKind::Cancelled`](crate::ErrorKind::Cancelled).
    pub fn new_within(mut inner: R, memory_limit: u64, stop: Stop) -> Result<Self> {
        let (mut frames, mut places) = (Vec::new(), Vec::new());
        let (mut start, taken) = (0, Cell::new(0));
        // What is listed gets places, before the list goes.
        let most = |bytes: usize| taken.get() + bytes + bytes / Index::PER_BLOCK * size_of::<Place>();
        let room = |bytes| block::check_list(most(bytes), memory_limit);
        locate(&mut stop.watching(&mut inner), Indexes::Pass, &room, &mut |frame| {
            taken.set(taken.get() + size_of::<Head>());
            room(frame.memory())?;
            taken.set(taken.get() + frame.index.blocks.len() * size_of::<Place>());
            frames.push(Head { header: frame.index.header, start });
            start = add_places(&mut places, frames.len() - 1, &frame, start)?;
            Ok(())
        })?;
        let watch = Watch { progress: None, cancel: stop, stop: Stop::default() };
        Ok(Self {
            inner,
            frames,
            places,
            content_len: start,
            memory_limit,
            models: Models::new(),
            watch,
            at: 0,
            block: None,
            window: Window::default(),
            next: 0,
            real: 0,
            distances: HashMap::new(),
        })
    }

    /// Refuses blocks that need more than `bytes` of memory to decode, what copies may reach back to included.
    pub fn with_memory_limit(mut self, bytes: u64) -> Self {
        self.memory_limit = bytes;
        self
    }

    /// Looks among `models` for those that frames name.
    pub fn with_models(mut self, models: Models) -> Self {
        self.models = models;
        self
    }

    /// Counts into `progress` while working.
    pub fn with_progress(mut self, progress: Arc<Progress>) -> Self {
        self.watch.progress = Some(progress);
        self
    }

    /// Ends the work when `stop` is asked for: reading fails then.
    pub fn with_stop(mut self, stop: Stop) -> Self {
        self.watch.cancel = stop;
        self
    }

    /// Bytes of content.
    pub fn content_len(&self) -> u64 {
        self.content_len
    }

    /// Decodes block `i`, and before it what it copies from, unless that is at hand.
    fn load(&mut self, i: usize) -> Result<()> {
        self.watch.check()?;
        self.block = None;
        if i != self.next {
            self.forget(i);
        }
        let mut wanted = BTreeSet::new();
        if let Some((from, _)) = self.source(i)?
            && from < self.real
        {
            let plan = copy_sources::plan(self.block(i)?, |at| self.block(self.block_at(at)))?;
            if let Some(plan) = plan {
                return self.assemble(i, &plan);
            }
            wanted = self.all_sources(i)?;
        }
        if let Some(&first) = wanted.first() {
            self.forget(first);
        }
        for j in self.next..i {
            let place = self.places[j];
            if wanted.contains(&j) {
                let content = self.decode(place, 0)?;
                self.window.push(&content)?;
            } else {
                self.window.push_zeros(place.entry.raw_len.into())?;
                self.real = place.end();
            }
        }
        let content = self.decode(self.places[i], 0)?;
        self.set(i, content)
    }

    /// Takes note of the content of block `i`, before which all is at hand that is to be.
    fn set(&mut self, i: usize, content: Vec<u8>) -> Result<()> {
        self.window.push(&content)?;
        self.next = i + 1;
        self.block = Some((i, content));
        Ok(())
    }

    /// Makes the content of block `i`, a copy, by `plan`: nothing of what stands before it is at hand then.
    fn assemble(&mut self, i: usize, plan: &Plan) -> Result<()> {
        self.forget(i);
        let (header, coded) = self.read(self.places[i], 0)?;
        let len = header.raw_len;
        let _promise = promise(len as u64)?;
        let mut content = vec![0; len];
        for parts in plan.parts.chunk_by(|a, b| a.number == b.number) {
            let block = self.decode(self.places[parts[0].number], len)?;
            for part in parts {
                content[part.at..][..part.len].copy_from_slice(&block[part.from..][..part.len]);
            }
        }
        plan.repeats.iter().for_each(|repeat| repeat.fill(&mut content));
        self.set(i, block::check_copy(&header, &coded, content, &self.watch)?)
    }

    /// Block `i`, as [`sources`] has it.
    fn block(&mut self, i: usize) -> Result<copy_sources::Block> {
        let (start, end) = (self.places[i].start, self.places[i].end());
        let distance = self.source(i)?.map(|(from, _)| start - from);
        Ok(copy_sources::Block { number: i, start, end, distance })
    }

    /// Goes on at block `i` with nothing at hand.
    fn forget(&mut self, i: usize) {
        self.window = Window::default();
        self.next = i;
        self.real = self.places[i].start;
    }

    /// The content that block `i` copies, before itself; `None` if it is no copy.
    fn source(&mut self, i: usize) -> Result<Option<(u64, u64)>> {
        let place = self.places[i];
        if place.entry.method != Method::Copy {
            return Ok(None);
        }
        let distance = match self.distances.get(&i) {
            Some(&distance) => distance,
            None => self.read_distance(i)?,
        };
        let from = place.start - distance;
        Ok(Some((from, place.start.min(from + u64::from(place.entry.raw_len)))))
    }

    /// How far back block `i`, a copy, reaches: as far as there is something.
    fn read_distance(&mut self, i: usize) -> Result<u64> {
        let place = self.places[i];
        let (_, coded) = self.read(place, 0)?;
        let mut rest = coded.as_slice();
        let most = (place.start - self.frames[place.frame].start).min(MAX_DISTANCE as u64);
        let distance = varint::read(&mut rest).ok().filter(|distance| (1..=most).contains(distance) && rest.is_empty());
        let distance = distance.ok_or_else(copy::damaged)?;
        if self.distances.len() >= MOST_DISTANCES {
            self.distances.clear();
        }
        self.distances.insert(i, distance);
        Ok(distance)
    }

    /// The blocks that block `i` copies from, and those that these copy from, and so on.
    fn all_sources(&mut self, i: usize) -> Result<BTreeSet<usize>> {
        let mut wanted = BTreeSet::new();
        let mut open = BTreeSet::from([i]);
        while let Some(j) = open.pop_last() {
            let Some((from, until)) = self.source(j)? else { continue };
            let first = self.block_at(from);
            let sources = (first..j).take_while(|&k| self.places[k].start < until);
            open.extend(sources.filter(|&k| wanted.insert(k)));
        }
        Ok(wanted)
    }

    /// The block that holds the byte of content at `at`.
    fn block_at(&self, at: u64) -> usize {
        self.places.partition_point(|place| place.end() <= at)
    }

    /// Reads a block, which must be as the index says; `held` bytes of memory are taken beside what is at hand.
    fn read(&mut self, place: Place, held: usize) -> Result<(BlockHeader, Vec<u8>)> {
        self.inner.seek(SeekFrom::Start(place.at))?;
        let mut reader = BufReader::with_capacity(GLANCE, &mut self.inner);
        let header = match Item::read(&mut reader)? {
            Item::Block(header) if Entry::of(&header) == place.entry => header,
            _ => return Err(Error::corrupt("a block is not as the index says")),
        };
        let lists = self.places.len() * size_of::<Place>() + self.frames.len() * size_of::<Head>();
        let base = Base::of(&self.frames[place.frame].header, &self.models)?;
        let needed = block::memory(&header, &base, self.window.len() + held + lists);
        block::take_memory(needed, self.memory_limit, self.watch.progress.as_deref())?;
        let mut coded = Vec::new();
        read_vec(&mut reader, header.coded_len as u64, &mut coded)?;
        Ok((header, coded))
    }

    fn decode(&mut self, place: Place, held: usize) -> Result<Vec<u8>> {
        let (header, coded) = self.read(place, held)?;
        match header.method {
            Method::Copy => block::decode_copy(&header, &coded, &self.window, &self.watch),
            _ => {
                let base = Base::of(&self.frames[place.frame].header, &self.models)?;
                let _promise = promise(block::memory(&header, &base, 0))?;
                block::decode(&header, &coded, &base, &self.watch)
            }
        }
    }
}

/// Adds the places of the blocks of `frame`, whose content starts at `start`; gives back where it ends.
fn add_places(places: &mut Vec<Place>, number: usize, frame: &Frame, start: u64) -> Result<u64> {
    let header = frame.index.header;
    header.check_content_size(frame.index.raw_size())?;
    let mut at = frame.start + header.to_bytes().len() as u64;
    let mut end = start;
    let blocks = &frame.index.blocks;
    places.try_reserve(blocks.len()).map_err(|_| Error::no_memory((blocks.len() * size_of::<Place>()) as u64))?;
    for &entry in blocks {
        places.push(Place { entry, at, start: end, frame: number });
        at += u64::from(entry.size);
        end += u64::from(entry.raw_len);
    }
    Ok(end)
}

impl<R: Read + Seek> Read for IndexedReader<R> {
    fn read(&mut self, out: &mut [u8]) -> io::Result<usize> {
        if out.is_empty() || self.at >= self.content_len {
            return Ok(0);
        }
        let i = self.block_at(self.at);
        if self.block.as_ref().is_none_or(|(loaded, _)| *loaded != i) {
            self.load(i)?;
        }
        let Some((_, content)) = &self.block else { return Ok(0) };
        let rest = &content[(self.at - self.places[i].start) as usize..];
        let n = rest.len().min(out.len());
        out[..n].copy_from_slice(&rest[..n]);
        self.at += n as u64;
        Ok(n)
    }
}

impl<R> Seek for IndexedReader<R> {
    /// Moves in the content, also behind its end; decodes nothing yet.
    fn seek(&mut self, to: SeekFrom) -> io::Result<u64> {
        let at = match to {
            SeekFrom::Start(at) => Some(at),
            SeekFrom::End(by) => self.content_len.checked_add_signed(by),
            SeekFrom::Current(by) => self.at.checked_add_signed(by),
        };
        self.at = at.ok_or(io::ErrorKind::InvalidInput)?;
        Ok(self.at)
    }
}
