//! Items of a frame → its blocks, read ahead as far as there is room, and given out in order.
//!
//! Each step can be made again if the reader breaks off: the decoder's fields keep the bytes that were read until then.

use std::io::Read;

use super::{
    Begun, Decompressor, State,
    frame::{Decoded, Frame},
};
use crate::{
    Error, ErrorKind, Result,
    codec::{block, memory, priming::Priming},
    container::{Item, header::Start},
    parallel::budget::Budget,
};

impl Decompressor {
    /// Decodes until there is content to give out or none is left.
    pub(super) fn advance(&mut self, input: &mut dyn Read) -> Result<()> {
        while self.given == self.block.len() && matches!(self.state, State::Reading) {
            self.options.stop.check()?;
            match self.frame.take() {
                None => self.start_frame(input)?,
                Some(mut frame) => {
                    let read = self.read_ahead(&mut frame, input);
                    // Blocks that were read come first: a reader that is not ready will say so again.
                    if frame.blocks.is_empty()
                        && let Err(error) = read
                    {
                        self.frame = Some(frame);
                        return Err(error);
                    }
                    self.frame = self.next_item(frame)?;
                }
            }
        }
        Ok(())
    }

    /// Reads the beginning of a frame, from the byte where it stopped.
    fn start_frame(&mut self, input: &mut dyn Read) -> Result<()> {
        match self.begun {
            Begun::Nothing => match self.source.find_frame(input, self.frames == 0)? {
                Start::Frame => self.begun = Begun::Magic,
                start => self.state = State::Ended { garbage: start == Start::Other },
            },
            Begun::Magic => self.begun = Begun::Header(self.source.header(input)?),
            Begun::Header(header) => {
                self.check_output(header.content_size.unwrap_or(0))?;
                let priming = Priming::of(&header, &self.options.models)?;
                let budget = Budget::new(self.options.threads, self.options.memory_limit);
                self.frame = Some(Frame::new(header, priming, budget, self.options.stop.clone()));
                self.begun = Begun::Nothing;
            }
        }
        Ok(())
    }

    /// Whether the output limit allows this number of bytes of one frame after the content of the frames before.
    fn check_output(&self, len: u64) -> Result<()> {
        let is_allowed = self.content.checked_add(len).is_some_and(|len| len <= self.options.most_output());
        if is_allowed { Ok(()) } else { Err(Error::output_limit(self.options.most_output())) }
    }

    /// Reads blocks and begins to decode them, as far as there is room, unless the next block to be given out is ready.
    /// An error waits for its turn, because the blocks before it are good; a transient one is returned at once.
    fn read_ahead(&mut self, frame: &mut Frame, input: &mut dyn Read) -> Result<()> {
        while !frame.is_read && !frame.blocks.is_ready() {
            match self.begin_item(frame, input) {
                Ok(true) => {}
                Ok(false) => break,
                Err(error) if error.is_transient() => return Err(error),
                Err(error) => {
                    frame.blocks.put(Err(error));
                    frame.is_read = true;
                }
            }
        }
        Ok(())
    }

    /// Reads one item and begins to decode it; returns whether there was room. If reading fails, the bytes so far are
    /// kept.
    fn begin_item(&mut self, frame: &mut Frame, input: &mut dyn Read) -> Result<bool> {
        if !frame.blocks.has_room(0, frame.window.len() as u64) {
            return Ok(false);
        }
        let item = frame.next.map_or_else(|| self.source.item(input), Ok)?;
        frame.next = Some(item);
        let header = match item {
            Item::Block(header) => header,
            Item::End(hash) | Item::IndexedEnd(hash) => {
                if let Item::IndexedEnd(_) = item {
                    frame.blocks.make_sure(frame.index_memory())?;
                    self.source.check_index(input, &frame.index)?;
                }
                frame.is_read = true;
                frame.blocks.put(Ok(Decoded::End(hash)));
                return Ok(true);
            }
        };
        self.check_output(frame.begun + header.raw_len as u64)?;
        // All of it was given out. Its memory is freed before more is taken.
        self.keep_last(frame)?;
        let (needed, beside) = (memory::of_block(&header, &frame.priming), frame.held());
        if !frame.blocks.has_room(needed, beside) {
            return Ok(false);
        }
        let taken = needed + beside + frame.blocks.memory();
        memory::take(taken, self.options.memory_limit, self.options.progress.as_deref())?;
        let coded = self.source.coded(input, header.coded_len)?;
        frame.next = None;
        frame.begin(header, coded, self.options.progress.clone(), needed);
        Ok(true)
    }

    /// Moves the last block, all of which was given out, to the window of `frame`.
    fn keep_last(&mut self, frame: &mut Frame) -> Result<()> {
        let last = std::mem::take(&mut self.block);
        self.given = 0;
        frame.keep(&last)
    }

    /// Takes the next block into `self.block`; at the end of `frame` returns `None` in place of the frame.
    fn next_item(&mut self, mut frame: Frame) -> Result<Option<Frame>> {
        let nothing = || Err(Error::new(ErrorKind::Internal, "a frame that is not at its end has no next block"));
        let decoded = frame.blocks.take_next().unwrap_or_else(nothing)?;
        if let Decoded::End(hash) = decoded {
            frame.check_end(hash)?;
            self.frames += 1;
            self.content += frame.begun;
            if self.options.single_frame {
                self.state = State::Ended { garbage: false };
            }
            // No copy reaches into another frame.
            self.block.clear();
            self.given = 0;
            return Ok(None);
        }
        self.keep_last(&mut frame)?;
        self.block = match decoded {
            Decoded::Copy(header, coded) => {
                frame.blocks.make_sure((header.raw_len + header.coded_len) as u64)?;
                block::decode_copy(&header, &coded, &frame.window, &frame.watch(self.options.progress.clone()))?
            }
            Decoded::Content(content) => content,
            Decoded::End(_) => Vec::new(),
        };
        frame.note(&self.block);
        Ok(Some(frame))
    }
}
