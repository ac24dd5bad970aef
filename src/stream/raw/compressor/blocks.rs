//! Buffered content → blocks at work → their bytes in the output, in order.

use std::hash::Hasher;

use super::Compressor;
use crate::{
    Error, Result,
    codec::{
        block::{self, CodedBlock},
        memory::{self, Allowed},
        priming::Priming,
    },
    container::{Index, Item, index::Entry},
    parallel::watch::Watch,
    stream::{EncodeOptions, fitting, pieces::Piece},
};

impl Compressor {
    /// Codes the buffered content. Unless `is_end`, a tail that may still grow stays buffered, and some blocks may
    /// still be at work afterwards; with `is_end`, all of it is in the output.
    pub(super) fn code_buffered(&mut self, is_end: bool) -> Result<()> {
        self.check_failure()?;
        let coded = self.try_code_buffered(is_end);
        coded.inspect_err(|error| self.failure = Some(error.again()))
    }

    fn try_code_buffered(&mut self, is_end: bool) -> Result<()> {
        self.watch().check()?;
        let mut pieces = self.content.cut(is_end).into_iter().peekable();
        while let Some(piece) = pieces.next() {
            self.code(piece, is_end && pieces.peek().is_none())?;
        }
        while is_end && self.collect()? {}
        Ok(())
    }

    /// The progress and the stops of the work on blocks.
    fn watch(&self) -> Watch {
        let EncodeOptions { progress, stop, .. } = &self.options;
        Watch { progress: progress.clone(), cancel: stop.clone(), stop: self.blocks.stop() }
    }

    /// Codes the next piece as one block. The last piece is coded by this thread, in place: no other work is left.
    fn code(&mut self, piece: Piece, is_last: bool) -> Result<()> {
        let EncodeOptions { method, priming, .. } = &self.options;
        let only = is_last && !self.begun && piece.len() as u64 == self.total_in;
        let (method, priming) = (*method, Priming { only, ..priming.clone() });
        let expected = memory::expected(method, &priming, piece.len());
        while !self.blocks.has_room(expected, self.held()) {
            self.collect()?;
        }
        let (limit, held) = (self.options.memory_limit, self.held());
        // The content of a block that is coded in place counts once.
        let here = expected - piece.len() as u64;
        if let Piece::Fresh(len) = piece {
            fitting::check(&self.options, len, held.max(self.will_hold()))?;
        }
        let watch = self.watch();
        let raw = &self.content.uncoded()[..piece.len()];
        self.hash.write(raw);
        match piece {
            Piece::Copy { distance, .. } => self.blocks.put(block::encode_copy(raw, distance, &watch)),
            Piece::Fresh(len) if is_last || !self.blocks.has_threads() || expected.saturating_add(held) > limit => {
                let allowed = Allowed { limit, beside: held.saturating_sub(len as u64) };
                self.blocks.run_here(here, |_| {
                    let coded = block::encode(raw.into(), method, &priming, allowed, &watch)?;
                    Ok(CodedBlock { memory: coded.memory - len as u64, ..coded })
                });
            }
            Piece::Fresh(_) => {
                self.blocks.make_sure(raw.len() as u64)?;
                let (raw, all) = (raw.to_vec(), Allowed { limit, beside: held });
                // Beside other jobs it may take the expected memory, and more only when it is alone.
                let share = Allowed { limit: if limit == u64::MAX { limit } else { expected }, beside: 0 };
                self.blocks.run(expected, move |is_alone| {
                    let allowed = if is_alone { all } else { share };
                    block::encode(raw.as_slice().into(), method, &priming, allowed, &watch)
                });
            }
        }
        self.content.advance(piece.len());
        Ok(())
    }

    /// Bytes of memory for content, for output that is not taken yet, and for the index.
    fn held(&self) -> u64 {
        (self.content.held() + self.output.len() + self.index.blocks.len() * Index::PER_BLOCK) as u64
    }

    /// The most bytes of content that will be held, if the length of the content is known; else 0.
    fn will_hold(&self) -> u64 {
        self.options.content_size.map_or(0, |size| size.min(self.content.capacity() as u64))
    }

    /// Appends the oldest block at work to the output; returns whether there was one.
    pub(super) fn collect(&mut self) -> Result<bool> {
        let Some(coded) = self.blocks.take_next() else { return Ok(false) };
        let coded = coded?;
        if let Some(progress) = &self.options.progress {
            progress.takes_memory(coded.memory + self.held() + self.blocks.memory());
        }
        let no_memory = |_| Error::no_memory(coded.payload.len() as u64);
        self.blocks.make_sure(coded.payload.len() as u64)?;
        self.output.try_reserve(coded.payload.len()).map_err(no_memory)?;
        self.index.blocks.try_reserve(1).map_err(no_memory)?;
        self.begin(coded.is_named);
        Item::Block(coded.header).write(&mut self.output);
        self.index.blocks.push(Entry::of(&coded.header));
        self.output.extend_from_slice(&coded.payload);
        Ok(true)
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
