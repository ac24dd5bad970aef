//! Buffered content → segments, coded here or by blocks at work → their bytes in the output, in order.

use super::{Compressor, Current, End};
use crate::{
    Error, Method, Result,
    codec::{
        block_encoder::{BlockEncoder, CodedSegment},
        copy,
        memory::{self, Allowed},
        priming::Priming,
        seen::Seen,
        witness::Wanted,
    },
    container::{BlockKind, Index, Item, index::Entry},
    parallel::{memory::promise, watch::Watch},
    stream::{
        EncodeOptions,
        fitting::{self, ENOUGH},
        long_repeats::MIN_REPEAT,
        pieces::Next,
    },
};

/// Content of unknown length that is flushed before counts as so much.
const LIVE: usize = 1 << 22;
/// Blocks of at most this length start from the lead. Longer ones learn enough by themselves.
const MOST_LED: usize = 1 << 24;
/// Bytes of content that the lead has seen: docs/BLOCKS.md.
const LEAD_LEN: usize = 1 << 20;

impl Compressor {
    /// Codes the buffered content. Unless `end` says that it ends here, a tail that may still grow stays buffered, and
    /// some blocks may still be at work afterwards; else all of it is in the output.
    pub(super) fn code_buffered(&mut self, end: End) -> Result<()> {
        self.check_failure()?;
        let coded = self.try_code_buffered(end);
        coded.inspect_err(|error| self.failure = Some(error.again()))
    }

    fn try_code_buffered(&mut self, end: End) -> Result<()> {
        self.watch().check()?;
        let is_end = end != End::None;
        loop {
            let left = self.options.block_bytes() - self.current.as_ref().map_or(0, |current| current.raw_len);
            let (len, ends) = match self.content.next(is_end) {
                Next::Fresh { content, ends } => (content.len().min(left), ends || content.len() >= left),
                Next::Copy { len, distance, crc } => {
                    self.end_block()?;
                    let coded = copy::encode(len, crc, distance, &self.watch());
                    let coded = coded.and_then(|coded| self.with_copied(coded, len, distance));
                    self.put(coded.map(|coded| vec![coded]))?;
                    continue;
                }
                Next::Nothing => break,
            };
            let is_whole = len == left;
            let went_on = if self.current.is_some() {
                self.code_here(len, ends, end)?
            } else if let Some(expected) = self.expected(len, ends, end) {
                let lead_len = self.lead_len(len, expected, end);
                if !self.blocks.has_threads() || (is_end && !is_whole) {
                    self.begin_block(expected, lead_len, end)?;
                    self.code_here(len, ends, end)?
                } else {
                    ends && self.code_elsewhere(len, expected, lead_len)?
                }
            } else {
                false
            };
            if !went_on {
                break;
            }
        }
        if is_end {
            self.flush_segment(end == End::Flush)?;
            while self.collect()? {}
        }
        Ok(())
    }

    /// `coded`, with what its bytes cost, if that was asked for.
    fn with_copied(&self, coded: CodedSegment, len: usize, distance: usize) -> Result<CodedSegment> {
        if self.options.priming.wanted == Wanted::Nothing {
            return Ok(coded);
        }
        let seen = Seen::coded(BlockKind::Copy, self.content.copied(len, distance), &coded.payload)?;
        Ok(CodedSegment { seen: Some(seen), ..coded })
    }

    /// The progress and the stops of the work on blocks.
    fn watch(&self) -> Watch {
        let EncodeOptions { progress, stop, .. } = &self.options;
        Watch { progress: progress.clone(), cancel: stop.clone(), stop: self.blocks.stop() }
    }

    /// How the next block may start. It does not depend on the number of threads.
    fn priming(&self, end: End) -> Priming {
        let mut priming = self.options.priming.clone();
        if self.begun {
            // What the header does not name cannot be used any more.
            priming.model = priming.model.filter(|_| self.index.header.model.is_some());
        } else {
            // Content that fits one block, and is too short for copies.
            let most = self.options.block_bytes().min(MIN_REPEAT - 1) as u64;
            priming.only = match self.options.content_size {
                Some(size) => size <= most,
                None => end == End::Frame && self.content.uncoded() as u64 == self.total_in && self.total_in <= most,
            };
        }
        priming
    }

    /// How many bytes of content the block is expected to have that begins with the `len` bytes of fresh content, behind
    /// which it `ends` or not: how many is known, or else the most. `None` if more must come first. It does not depend
    /// on the number of threads.
    fn expected(&self, len: usize, ends: bool, end: End) -> Option<usize> {
        let most = self.options.block_bytes();
        let before = self.total_in - self.content.uncoded() as u64;
        match self.options.content_size {
            Some(size) => Some((size.saturating_sub(before)).clamp(len as u64, most as u64) as usize),
            None if len > ENOUGH => Some(fitting::most_expected(&self.options)),
            None if end == End::Flush && len == self.content.uncoded() => Some(most.min(LIVE)),
            None => ends.then_some(len),
        }
    }

    /// After how many bytes the first block, of so many `expected` ones, makes the lead for others; `None` if none
    /// follow, or blocks are so long that it would not pay.
    fn lead_len(&self, len: usize, expected: usize, end: End) -> Option<usize> {
        let uncoded = self.content.uncoded();
        let is_first = uncoded as u64 == self.total_in;
        let is_alone = match self.options.content_size {
            Some(size) => size <= expected as u64,
            None => len <= ENOUGH && end == End::Frame && len == uncoded,
        };
        let most = self.options.block_bytes();
        let pays = self.options.method == Method::Neural && most <= MOST_LED && is_first && !is_alone;
        (pays && fitting::has_room_for_lead(&self.options, expected)).then_some(most.min(LEAD_LEN))
    }

    /// Begins a block that this thread codes, of so many `expected` bytes.
    fn begin_block(&mut self, expected: usize, lead_len: Option<usize>, end: End) -> Result<()> {
        fitting::check(&self.options, expected, self.held())?;
        let encoder = BlockEncoder::new(self.options.method, self.priming(end), expected, lead_len, self.watch());
        let _promise = promise(encoder.promised_memory())?;
        self.current = Some(Current { encoder, raw_len: 0, _promise });
        Ok(())
    }

    /// Codes from `len` bytes of fresh content, behind which the block `ends` or not; returns whether it took any.
    fn code_here(&mut self, len: usize, ends: bool, end: End) -> Result<bool> {
        let (limit, held) = (self.options.memory_limit, self.held());
        let Some(current) = &mut self.current else { return Ok(false) };
        let Next::Fresh { content, .. } = self.content.next(end != End::None) else { return Ok(false) };
        let taken = current.encoder.step(&content[..len], ends, Allowed { limit, beside: held })?;
        current.raw_len += taken;
        self.content.advance(taken);
        if current.raw_len == self.options.block_bytes() {
            self.end_block()?;
        }
        self.put_segments()?;
        Ok(taken > 0)
    }

    /// Has a block of `len` bytes coded by a worker, which was `expected` to have so many. Returns whether it does.
    fn code_elsewhere(&mut self, len: usize, expected: usize, lead_len: Option<usize>) -> Result<bool> {
        let (method, priming) = (self.options.method, self.priming(End::None));
        let needed = memory::expected(method, &priming, len, expected);
        fitting::check(&self.options, expected, self.held().max(self.will_hold()))?;
        while !self.blocks.has_room(needed, self.held()) {
            self.collect()?;
        }
        self.blocks.make_sure(len as u64)?;
        let Next::Fresh { content, .. } = self.content.next(false) else { return Ok(false) };
        let (limit, raw, watch) = (self.options.memory_limit, content[..len].to_vec(), self.watch());
        let all = Allowed { limit, beside: self.held() };
        // Beside other jobs it may take the expected memory, and more only when it is alone.
        let share = Allowed { limit: if limit == u64::MAX { limit } else { needed }, beside: 0 };
        // Blocks behind it wait for the lead, even if no worker has begun with it.
        if lead_len.is_some() {
            priming.lead.expect();
        }
        self.blocks.run(needed, move |is_alone| {
            let encoder = BlockEncoder::new(method, priming.clone(), expected, lead_len, watch.clone());
            encode_block(encoder, &raw, if is_alone { all } else { share })
        });
        self.content.advance(len);
        Ok(true)
    }

    /// Ends the segment of the block that is coded here, because of the block's end or `for_reader`s.
    fn flush_segment(&mut self, for_reader: bool) -> Result<()> {
        if let Some(current) = &mut self.current {
            current.encoder.end_segment(for_reader)?;
        }
        self.put_segments()
    }

    /// Ends the block that is coded here, if there is one.
    fn end_block(&mut self) -> Result<()> {
        self.flush_segment(false)?;
        if let Some(mut current) = self.current.take() {
            current.encoder.end_block();
        }
        Ok(())
    }

    fn put_segments(&mut self) -> Result<()> {
        let Some(current) = &mut self.current else { return Ok(()) };
        let segments = std::mem::take(&mut current.encoder.segments);
        if segments.is_empty() { Ok(()) } else { self.put(Ok(segments)) }
    }

    /// Puts segments behind those of the blocks at work.
    fn put(&mut self, segments: Result<Vec<CodedSegment>>) -> Result<()> {
        if self.blocks.is_empty() {
            return self.write(segments?);
        }
        self.blocks.put(segments);
        Ok(())
    }

    /// Bytes of memory for content, for output that is not taken yet, and for the index.
    fn held(&self) -> u64 {
        let held = self.content.held() + self.output.len() + self.index.blocks.len() * Index::PER_BLOCK;
        held as u64 + self.options.priming.lead_memory()
    }

    /// The most bytes of content that will be held, if the length of the content is known; else 0.
    fn will_hold(&self) -> u64 {
        self.options.content_size.map_or(0, |_| fitting::most_held(&self.options))
    }

    /// Appends the oldest block at work to the output; returns whether there was one.
    pub(super) fn collect(&mut self) -> Result<bool> {
        let Some(segments) = self.blocks.take_next() else { return Ok(false) };
        self.write(segments?)?;
        Ok(true)
    }

    /// Appends segments to the output.
    fn write(&mut self, segments: Vec<CodedSegment>) -> Result<()> {
        for CodedSegment { header, payload, is_named, memory, seen } in segments {
            if let Some(progress) = &self.options.progress {
                progress.takes_memory(memory + self.held() + self.blocks.memory());
            }
            let no_memory = |_| Error::no_memory(payload.len() as u64);
            self.blocks.make_sure(payload.len() as u64)?;
            self.output.try_reserve(payload.len()).map_err(no_memory)?;
            self.index.blocks.try_reserve(1).map_err(no_memory)?;
            self.begin(is_named);
            Item::Segment(header).write(&mut self.output);
            Entry::add_to(&mut self.index.blocks, &header)?;
            self.output.extend_from_slice(&payload);
            self.seen.extend(seen.map(|seen| (header, seen)));
        }
        Ok(())
    }

    /// Moves blocks that are ready to the output, and waits for none.
    pub(super) fn collect_ready(&mut self) -> Result<()> {
        self.check_failure()?;
        while self.blocks.is_ready() {
            self.collect().inspect_err(|error| self.failure = Some(error.again()))?;
        }
        Ok(())
    }
}

/// Codes the whole of a block by a new `encoder`.
fn encode_block(mut encoder: BlockEncoder, raw: &[u8], allowed: Allowed) -> Result<Vec<CodedSegment>> {
    let mut done = 0;
    while done < raw.len() {
        done += encoder.step(&raw[done..], true, allowed)?;
    }
    encoder.end_segment(false)?;
    encoder.end_block();
    Ok(encoder.segments)
}
