//! The blocks of one frame, in their order → content written out, and a list of what is damaged.

use std::{collections::VecDeque, hash::Hasher, io::Write};

use twox_hash::XxHash3_64;

use crate::{
    DecodeOptions, Error, Result,
    codec::{
        block_decoder::{DecodedBlock, Segment, content_mismatch},
        copy::{self, CopyWindow},
    },
    container::FrameHeader,
    parallel::{budget::Budget, pool::Pool, watch::Watch},
    seekable::{
        damage::{Damage, Recovered},
        scan::ScannedFrame,
    },
};

/// What is written at once in place of lost content.
static ZEROS: [u8; 1 << 16] = [0; 1 << 16];

/// A block whose turn has not come.
pub enum Waiting {
    /// The next one of those in the pool.
    Job {
        fault: Option<Error>,
        is_there: bool,
    },
    Copy(Segment),
    Damaged(Error),
    /// Its bytes are not in the file.
    Missing(Error),
}

/// Saves the blocks of a frame.
pub struct Saver<'a, W> {
    out: &'a mut W,
    recovered: &'a mut Recovered,
    pub pool: Pool<DecodedBlock>,
    pub watch: Watch,
    /// Blocks that were begun, each with its bytes of content. Never empty while the pool is not.
    waiting: VecDeque<(u64, Waiting)>,
    header: FrameHeader,
    /// Bytes of content before the frame.
    begun: u64,
    /// Blocks of the file before the next one.
    blocks: u64,
    /// The content before the next block, unless the frame has but one.
    window: CopyWindow,
    is_lone: bool,
    /// Whether to write what damaged segments decode to.
    writes_unverified: bool,
    /// Bytes of memory that the list of blocks takes.
    list: u64,
    hash: XxHash3_64,
    /// Whether no damage was found so far.
    is_whole: bool,
    /// Bytes of content in blocks that are not in the file.
    missing: u64,
}

impl<'a, W: Write> Saver<'a, W> {
    /// For the blocks of `frame`, after `blocks` blocks of the frames before.
    pub fn new(
        frame: &ScannedFrame,
        blocks: u64,
        options: &DecodeOptions,
        out: &'a mut W,
        recovered: &'a mut Recovered,
    ) -> Self {
        let pool = Pool::new(Budget::new(options.threads, options.memory_limit));
        let (progress, cancel) = (options.progress.clone(), options.stop.clone());
        Self {
            watch: Watch { progress, cancel, stop: pool.stop() },
            pool,
            waiting: VecDeque::new(),
            header: frame.index.header,
            begun: recovered.content,
            blocks,
            window: CopyWindow::new(frame.index.header.window),
            is_lone: frame.blocks.len() < 2,
            writes_unverified: options.unverified,
            list: frame.memory() as u64,
            hash: XxHash3_64::new(),
            is_whole: true,
            missing: 0,
            out,
            recovered,
        }
    }

    /// Bytes of memory that are held beside the blocks in the pool.
    pub fn held(&self) -> u64 {
        self.list + self.window.len() as u64
    }

    /// Puts the next block, of `raw_len` bytes, after those that wait. Unless jobs are at work, all are saved.
    pub fn put(&mut self, raw_len: u64, block: Waiting) -> Result<()> {
        self.waiting.push_back((raw_len, block));
        while self.pool.is_empty() && !self.waiting.is_empty() {
            self.save_next()?;
        }
        Ok(())
    }

    /// Saves all blocks that wait.
    pub fn save_all(&mut self) -> Result<()> {
        while !self.waiting.is_empty() {
            self.save_next()?;
        }
        Ok(())
    }

    /// Writes the content of the next block that waits, or zeros, and notes why.
    pub fn save_next(&mut self) -> Result<()> {
        let Some((raw_len, block)) = self.waiting.pop_front() else { return Ok(()) };
        self.watch.check()?;
        self.blocks += 1;
        let is_there = !matches!(block, Waiting::Missing(_) | Waiting::Job { is_there: false, .. });
        let DecodedBlock { content, unverified, damage } = match block {
            Waiting::Job { fault, .. } => match self.pool.take_next() {
                Some(Ok(block)) => DecodedBlock { damage: block.damage.or(fault), ..block },
                Some(Err(error)) => nothing_by(error)?,
                None => nothing_by(Error::corrupt("a block is missing"))?,
            },
            Waiting::Copy(segment) => match self.decode_copy(&segment) {
                Ok(content) => DecodedBlock { content, ..DecodedBlock::default() },
                Err(error) => nothing_by(error)?,
            },
            Waiting::Damaged(error) | Waiting::Missing(error) => nothing_by(error)?,
        };
        self.write(&content)?;
        let Some(damage) = damage else { return Ok(()) };
        let lost = raw_len.saturating_sub(content.len() as u64);
        let guessed = unverified.len().min(usize::try_from(lost).unwrap_or(usize::MAX));
        let guessed = if self.writes_unverified { &unverified[..guessed] } else { &[] };
        self.note(Some(self.blocks), Some(lost), guessed.len() as u64, damage);
        self.write(guessed)?;
        let lost = lost - guessed.len() as u64;
        if is_there {
            return self.write_zeros(lost);
        }
        self.missing += lost;
        Ok(())
    }

    fn decode_copy(&mut self, Segment { header, coded }: &Segment) -> Result<Vec<u8>> {
        self.pool.make_sure((header.raw_len + header.coded_len) as u64)?;
        copy::decode(header, coded, &self.window, &self.watch)
    }

    fn write(&mut self, content: &[u8]) -> Result<()> {
        self.hash.write(content);
        self.out.write_all(content)?;
        self.recovered.content += content.len() as u64;
        if !self.is_lone {
            self.pool.make_sure(self.window.growth(content.len()))?;
            self.window.push(content)?;
        }
        Ok(())
    }

    /// Writes zeros in place of `len` bytes.
    fn write_zeros(&mut self, len: u64) -> Result<()> {
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

    /// Notes damage, by which `lost` bytes from here on are lost, if that is known.
    /// So many of them are written `unverified`.
    fn note(&mut self, block: Option<u64>, lost: Option<u64>, unverified: u64, error: Error) {
        self.is_whole = false;
        let start = self.recovered.content;
        let end = lost.map(|lost| start.saturating_add(lost));
        self.recovered.damages.push(Damage { block, start, end, unverified, error });
    }

    /// Saves all blocks that wait, and notes damage that is not in blocks.
    pub fn finish(mut self, content_hash: Option<u64>, is_complete: bool, faults: Vec<Error>) -> Result<()> {
        self.save_all()?;
        let len = self.recovered.content - self.begun;
        // What is missing here is not written as zeros: a header may promise more than any disk holds.
        let missing = match self.header.content_size {
            Some(size) => Some(size.saturating_sub(len + self.missing)),
            None => is_complete.then_some(0),
        };
        let mut is_to_match = self.is_whole;
        if faults.is_empty()
            && let Err(error) = self.header.check_content_size(len + self.missing)
        {
            self.note(None, missing, 0, error);
            is_to_match = false;
        }
        for fault in faults {
            self.note(None, missing, 0, fault);
        }
        if is_to_match && content_hash.is_some_and(|hash| hash != self.hash.finish()) {
            let error = content_mismatch();
            let (start, end) = (self.begun, Some(self.begun + len));
            self.recovered.damages.push(Damage { block: None, start, end, unverified: 0, error });
        }
        Ok(())
    }
}

/// The content of a block that is lost by damage.
///
/// # Errors
/// `error` itself if it is no damage.
fn nothing_by(error: Error) -> Result<DecodedBlock> {
    if error.is_damage() { Ok(DecodedBlock { damage: Some(error), ..DecodedBlock::default() }) } else { Err(error) }
}
