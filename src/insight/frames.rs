//! Frames → their events, as the real decoder reads them.

use std::{
    hash::Hasher,
    io::{self, Read},
};

use twox_hash::XxHash3_64;

use super::{
    event::{Account, Event, Overhead},
    ledger::Ledger,
};
use crate::{
    DecodeOptions, Error, Level, Result,
    codec::{
        block_decoder::{BlockDecoder, content_mismatch},
        copy::{self, CopyWindow},
        lead::Making,
        memory,
        priming::Priming,
        seen::Seen,
        witness::Wanted,
    },
    container::{
        BlockKind, FrameHeader, Index, Item, SegmentHeader,
        header::{Start, find_frame},
        index::Entry,
        read::read_vec,
    },
    parallel::{memory::promise, watch::Watch},
};

/// Decodes the `frames` that a reader gives, and tells `see` what each byte cost, and with [`Wanted::Details`] what was
/// expected in its place. The content is dropped, but for what copies may reach. Threads are not used. What follows the
/// last frame is not told.
///
/// # Errors
/// Those of a [`Decoder`](crate::Decoder) and of the reader, and those of `see`.
pub fn explain_frames(
    mut frames: impl Read,
    options: &DecodeOptions,
    wanted: Wanted,
    mut see: impl FnMut(Event<'_>) -> Result<()>,
) -> Result<Account> {
    let mut input = Counted { inner: options.stop.watching(&mut frames), count: 0 };
    let mut ledger = Ledger::new(Level::DEFAULT, &mut see);
    loop {
        let before = input.count;
        if find_frame(&mut input, before == 0)? != Start::Frame {
            break;
        }
        // Zeros before the magic.
        if let Some(padding) = (input.count - before).checked_sub(3).filter(|&len| len > 0) {
            ledger.overhead(Overhead::FrameEnd, padding)?;
        }
        let header = FrameHeader::read_after_magic(&mut input)?;
        let mut priming = Priming::of(&header, &options.models)?;
        priming.wanted = wanted;
        ledger.begin_frame(header)?;
        Frame::new(header, priming, options).read(&mut input, &mut ledger)?;
    }
    Ok(ledger.account())
}

/// The frame that is read.
struct Frame<'a> {
    options: &'a DecodeOptions,
    priming: Priming,
    watch: Watch,
    decoder: BlockDecoder,
    /// Until the first block has ended.
    making: Option<Making>,
    window: CopyWindow,
    index: Index,
    hash: XxHash3_64,
    len: u64,
}

impl<'a> Frame<'a> {
    fn new(header: FrameHeader, priming: Priming, options: &'a DecodeOptions) -> Self {
        Self {
            making: Some(Making::begin(&priming.lead)),
            priming,
            watch: Watch { progress: options.progress.clone(), cancel: options.stop.clone(), ..Watch::default() },
            decoder: BlockDecoder::new(true),
            window: CopyWindow::new(header.window),
            index: Index { header, blocks: Vec::new() },
            hash: XxHash3_64::new(),
            len: 0,
            options,
        }
    }

    fn read(mut self, input: &mut Counted<impl Read>, ledger: &mut Ledger) -> Result<()> {
        loop {
            let before = input.count;
            let hash = match Item::read(input)? {
                Item::Segment(header) => {
                    self.segment(&header, input, ledger)?;
                    continue;
                }
                Item::IndexedEnd(hash) => {
                    self.index.check_next(input)?;
                    hash
                }
                Item::End(hash) => hash,
            };
            self.index.header.check_content_size(self.len)?;
            if hash != self.hash.finish() {
                return Err(content_mismatch());
            }
            return ledger.overhead(Overhead::FrameEnd, input.count - before);
        }
    }

    fn segment(&mut self, header: &SegmentHeader, input: &mut impl Read, ledger: &mut Ledger) -> Result<()> {
        let most = self.options.most_output();
        if ledger.account().content.saturating_add(header.raw_len as u64) > most {
            return Err(Error::output_limit(most));
        }
        let own = self.decoder.memory(header, &self.priming) + self.window.growth(header.raw_len);
        // For details there is a second network.
        let own = if self.priming.wanted == Wanted::Details { 2 * own } else { own };
        let needed = own + self.window.len() as u64 + self.priming.lead_memory();
        memory::take(needed, self.options.memory_limit, self.options.progress.as_deref())?;
        let _promise = promise(needed)?;
        let mut coded = Vec::new();
        read_vec(input, header.coded_len as u64, &mut coded)?;
        Entry::add_to(&mut self.index.blocks, header)?;
        // A first block that starts from the lead would wait for itself.
        if !header.goes_on && (self.len > 0 || header.from_lead) {
            self.decoder.may_lead = false;
            self.making.take().into_iter().for_each(Making::end);
        }
        let raw = match header.kind {
            BlockKind::Copy => copy::decode(header, &coded, &self.window, &self.watch)?,
            _ => self.decoder.decode(header, &coded, &self.priming, &self.watch)?,
        };
        self.hash.write(&raw);
        self.len += raw.len() as u64;
        self.window.push(&raw)?;
        let seen = match header.kind {
            BlockKind::Copy => Some(Seen::coded(header.kind, raw, &coded)?),
            _ => self.decoder.seen.take(),
        };
        seen.map_or(Ok(()), |seen| ledger.segment(header, seen))
    }
}

/// A reader that counts.
struct Counted<R> {
    inner: R,
    count: u64,
}

impl<R: Read> Read for Counted<R> {
    fn read(&mut self, out: &mut [u8]) -> io::Result<usize> {
        let read = self.inner.read(out)?;
        self.count += read as u64;
        Ok(read)
    }
}
