//! A file that may be damaged → all of its content that is good, and a list of what is not.
//!
//! Where the header of a block is damaged, the frame's index tells where the next one begins; where the index is,
//! headers do. Zeros take the place of a lost block whose bytes are in the file, good or not, so that all the rest of its
//! frame stays in its own. What is not in the file at all is counted and told, not written: a header may promise more than
//! any disk holds.

use std::{
    collections::VecDeque,
    hash::Hasher,
    io::{Read, Seek, SeekFrom, Write},
    sync::Arc,
};

use twox_hash::XxHash3_64;

use super::scan::{Part, Survey, Surveyed};
use crate::{
    Error, Models, Result,
    container::{BlockHeader, FrameHeader, Method, read::read_vec},
};
use crate::{
    codec::{
        block::{self, content_mismatch},
        copy::Window,
        priming::Base,
    },
    parallel::{budget::Budget, pool::Pool, progress::Progress, stop::Stop, watch::Watch},
};

/// What is written at once in place of lost content.
static ZEROS: [u8; 1 << 16] = [0; 1 << 16];

/// Something that is not as it was written.
#[derive(Debug)]
#[non_exhaustive]
pub struct Damage {
    /// The number of the block in the file, from 1, if it is in a block.
    pub block: Option<u64>,
    /// The first byte of content that is lost.
    pub start: u64,
    /// The byte behind the last one that is lost, if that is known; `start` if none is.
    pub end: Option<u64>,
    /// What is wrong.
    pub error: Error,
}

/// What came of a recovery.
#[derive(Debug)]
#[non_exhaustive]
pub struct Recovered {
    /// All that is wrong, in the order of the file; empty if the file is whole.
    pub damages: Vec<Damage>,
    /// Bytes of content written, zeros for lost ones included.
    pub content: u64,
    /// Whether something that is no frame follows the last one.
    pub trailing_garbage: bool,
}

/// Saves what is good in a file; a builder.
///
/// ```
/// use foretell::{Options, Recovery, compress};
/// let content = [7; 200_000];
/// let mut coded = compress(&content, &Options::new().method(foretell::Method::Store).block_len(1 << 16)?)?;
/// coded[100_000] ^= 1; // in the second of four blocks
/// let mut saved = Vec::new();
/// let recovered = Recovery::new(std::io::Cursor::new(coded)).write_to(&mut saved)?;
/// assert_eq!((recovered.damages[0].start, recovered.damages[0].end), (1 << 16, Some(2 << 16)));
/// assert_eq!((saved[65_535], saved[65_536], saved[131_072]), (7, 0, 7));
/// # Ok::<(), foretell::Error>(())
/// ```
pub struct Recovery<R> {
    inner: R,
    threads: usize,
    memory_limit: u64,
    models: Models,
    progress: Option<Arc<Progress>>,
    stop: Stop,
    output_limit: u64,
}

impl<R: Read + Seek> Recovery<R> {
    /// A recovery of all frames in `inner`, from its start; reads nothing yet.
    pub fn new(inner: R) -> Self {
        Self {
            inner,
            threads: 1,
            memory_limit: u64::MAX,
            models: Models::new(),
            progress: None,
            stop: Stop::default(),
            output_limit: u64::MAX,
        }
    }

    /// As [`Decoder::with_threads`](crate::stream::Decoder::with_threads).
    pub fn with_threads(mut self, threads: usize) -> Self {
        self.threads = threads;
        self
    }

    /// As [`Decoder::with_memory_limit`](crate::stream::Decoder::with_memory_limit).
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
        self.progress = Some(progress);
        self
    }

    /// Ends the work when `stop` is asked for.
    pub fn with_stop(mut self, stop: Stop) -> Self {
        self.stop = stop;
        self
    }

    /// As [`Decoder::with_output_limit`](crate::stream::Decoder::with_output_limit); zeros for lost blocks count too.
    pub fn with_output_limit(mut self, bytes: u64) -> Self {
        self.output_limit = bytes;
        self
    }

    /// Writes all content to `out`, and zeros for lost blocks. Nothing is written for what is missing at a frame's end:
    /// blocks of which the file has not all bytes, and those that only a header promises.
    ///
    /// # Errors
    /// What is no damage: no frame at all, another version, too little memory, failed reading or writing; more content
    /// than is allowed, of which the blocks that stay within the limit are written; [`ErrorKind::Cancelled`].
    ///
    /// [`ErrorKind::Cancelled`]: crate::ErrorKind::Cancelled
    pub fn write_to(mut self, out: &mut impl Write) -> Result<Recovered> {
        let (limit, stop) = (self.memory_limit, self.stop.clone());
        let room = move |bytes| block::check_list(bytes, limit);
        let mut survey = Survey::new(&mut stop.watching(&mut self.inner), &room)?;
        let mut recovered = Recovered { damages: Vec::new(), content: 0, trailing_garbage: false };
        let mut blocks = 0;
        while let Some(frame) = survey.next_frame(&mut stop.watching(&mut self.inner), &room)? {
            let count = frame.parts.len() as u64;
            self.save_frame(frame, blocks, out, &mut recovered)?;
            blocks += count;
        }
        recovered.trailing_garbage = survey.trailing_garbage();
        Ok(recovered)
    }
}

impl<R: Read + Seek> Recovery<R> {
    /// Writes what is good of `frame`, before which there are so many `blocks`.
    fn save_frame(
        &mut self,
        frame: Surveyed,
        blocks: u64,
        out: &mut impl Write,
        recovered: &mut Recovered,
    ) -> Result<()> {
        let base = Base::of(&frame.index.header, &self.models)?;
        let mut pool = Pool::new(Budget::new(self.threads, self.memory_limit));
        let watch = Watch { progress: self.progress.clone(), cancel: self.stop.clone(), stop: pool.stop() };
        let mut saver = Saver::new(&frame, blocks, watch, out, recovered);
        let mut waiting = VecDeque::new();
        let list = frame.memory() as u64;
        let mut end = saver.recovered.content;
        for Part { at, raw_len, is_there, header } in frame.parts {
            if is_there {
                end = end.saturating_add(raw_len);
            }
            let begin = || {
                if end > self.output_limit {
                    return Err(Error::output_limit(self.output_limit));
                }
                let header = match header {
                    Err(error) if is_there => return Ok(Waiting::Damaged(error)),
                    Err(error) => return Ok(Waiting::Missing(error)),
                    Ok(header) => header,
                };
                let needed = block::memory(&header, &base, 0);
                while !pool.has_room(needed, list + saver.window.len() as u64) {
                    saver.take(waiting.pop_front(), &mut pool)?;
                }
                let taken = needed + list + saver.window.len() as u64 + pool.memory();
                block::take_memory(taken, self.memory_limit, self.progress.as_deref())?;
                let mut coded = Vec::new();
                self.inner.seek(SeekFrom::Start(at))?;
                read_vec(&mut self.stop.watching(&mut self.inner), header.coded_len as u64, &mut coded)?;
                if header.method == Method::Copy {
                    return Ok(Waiting::Copy(header, coded));
                }
                let (base, watch) = (base.clone(), saver.watch.clone());
                pool.run(needed, move |_| block::decode(&header, &coded, &base, &watch));
                Ok(Waiting::Job)
            };
            let part = match begin() {
                Ok(part) => part,
                Err(error) => {
                    // What stands before it comes first.
                    while !waiting.is_empty() {
                        saver.take(waiting.pop_front(), &mut pool)?;
                    }
                    return Err(error);
                }
            };
            waiting.push_back((raw_len, part));
            // What is no job waits for jobs only.
            while pool.is_empty() && !waiting.is_empty() {
                saver.take(waiting.pop_front(), &mut pool)?;
            }
        }
        while !waiting.is_empty() {
            saver.take(waiting.pop_front(), &mut pool)?;
        }
        saver.end(frame.content_hash, frame.is_complete, frame.faults)
    }
}

/// A block whose turn has not come.
enum Waiting {
    /// The next one of those in the pool.
    Job,
    Copy(BlockHeader, Vec<u8>),
    Damaged(Error),
    /// Its bytes are not in the file.
    Missing(Error),
}

/// Takes the blocks of a frame in their order.
struct Saver<'a, W> {
    out: &'a mut W,
    recovered: &'a mut Recovered,
    watch: Watch,
    header: FrameHeader,
    /// Bytes of content before the frame.
    begun: u64,
    /// Blocks of the file before the next one.
    blocks: u64,
    /// The content before the next block, unless the frame has but one.
    window: Window,
    is_lone: bool,
    hash: XxHash3_64,
    is_whole: bool,
    /// Bytes of content in blocks that are not in the file.
    missing: u64,
}

impl<'a, W: Write> Saver<'a, W> {
    fn new(frame: &Surveyed, blocks: u64, watch: Watch, out: &'a mut W, recovered: &'a mut Recovered) -> Self {
        Self {
            watch,
            header: frame.index.header,
            begun: recovered.content,
            blocks,
            window: Window::default(),
            is_lone: frame.parts.len() < 2,
            hash: XxHash3_64::new(),
            is_whole: true,
            missing: 0,
            out,
            recovered,
        }
    }

    /// Takes the next block, of `raw_len` bytes: writes its content, or zeros and remembers why.
    fn take(&mut self, part: Option<(u64, Waiting)>, pool: &mut Pool<Vec<u8>>) -> Result<()> {
        let Some((raw_len, part)) = part else { return Ok(()) };
        self.watch.check()?;
        let content = match part {
            Waiting::Job => pool.next().unwrap_or_else(|| Err(Error::corrupt("a block is missing"))),
            Waiting::Copy(header, coded) => pool
                .make_sure((header.raw_len + header.coded_len) as u64)
                .and_then(|()| block::decode_copy(&header, &coded, &self.window, &self.watch)),
            Waiting::Damaged(error) => Err(error),
            Waiting::Missing(error) => {
                self.blocks += 1;
                self.damaged(Some(self.blocks), Some(raw_len), error);
                self.missing += raw_len;
                return Ok(());
            }
        };
        self.blocks += 1;
        match content {
            Ok(content) => {
                self.hash.write(&content);
                self.out.write_all(&content)?;
                self.recovered.content += raw_len;
                if !self.is_lone {
                    pool.make_sure(self.window.growth(content.len()))?;
                    self.window.push(&content)?;
                }
                Ok(())
            }
            Err(error) if error.is_damage() => {
                self.damaged(Some(self.blocks), Some(raw_len), error);
                self.lose(raw_len)
            }
            Err(error) => Err(error),
        }
    }

    /// Remembers what is wrong, and that so many bytes from here on are lost, if that is known.
    fn damaged(&mut self, block: Option<u64>, lost: Option<u64>, error: Error) {
        self.is_whole = false;
        let start = self.recovered.content;
        self.recovered.damages.push(Damage { block, start, end: lost.map(|lost| start.saturating_add(lost)), error });
    }

    /// Zeros in place of `len` bytes.
    fn lose(&mut self, len: u64) -> Result<()> {
        let mut left = len;
        while left > 0 {
            self.watch.check()?;
            let n = left.min(ZEROS.len() as u64);
            self.out.write_all(&ZEROS[..n as usize])?;
            left -= n;
        }
        self.recovered.content += len;
        self.window.push_zeros(len)
    }

    /// What is to be said when all blocks were taken.
    fn end(mut self, content_hash: Option<u64>, is_complete: bool, faults: Vec<Error>) -> Result<()> {
        let len = self.recovered.content - self.begun;
        // No zeros stand for what is missing here: a header may promise more than any disk holds.
        let missing = match self.header.content_size {
            Some(size) => Some(size.saturating_sub(len + self.missing)),
            None => is_complete.then_some(0),
        };
        let mut is_to_match = self.is_whole;
        if faults.is_empty()
            && let Err(error) = self.header.check_content_size(len + self.missing)
        {
            self.damaged(None, missing, error);
            is_to_match = false;
        }
        for fault in faults {
            self.damaged(None, missing, fault);
        }
        if is_to_match && content_hash.is_some_and(|hash| hash != self.hash.finish()) {
            let error = content_mismatch();
            self.recovered.damages.push(Damage { block: None, start: self.begun, end: Some(self.begun + len), error });
        }
        Ok(())
    }
}
