//! Items of a frame → its segments, read ahead as far as there is room, and given out in order.
//!
//! This thread decodes one block segment by segment, so that its first content is there at once. Where there are more
//! threads, the blocks behind it are read ahead and decoded whole. Each step can be made again if the reader breaks
//! off: the decoder's fields keep the bytes that were read until then.

use std::io::Read;

use super::{
    Begun, Decompressor, State,
    frame::{Decoded, Frame},
};
use crate::{
    Error, ErrorKind, Result,
    codec::{block_decoder::Segment, copy, memory, priming::Priming},
    container::{BlockKind, Item, SegmentHeader, header::Start},
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
                    // What was read comes first: a reader that is not ready will say so again.
                    if !frame.has_content()
                        && let Err(error) = read
                    {
                        self.frame = Some(frame);
                        return Err(error);
                    }
                    self.frame = self.next_content(frame)?;
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

    /// Reads segments, as far as there is room, and begins to decode blocks. An error waits for its turn, because what
    /// comes before it is good; a transient one is returned at once.
    fn read_ahead(&mut self, frame: &mut Frame, input: &mut dyn Read) -> Result<()> {
        while !frame.is_read && !frame.is_ready() {
            match self.read_item(frame, input) {
                Ok(true) => {}
                Ok(false) => break,
                Err(error) if error.is_transient() => {
                    frame.is_dry = true;
                    return Err(error);
                }
                Err(error) => {
                    frame.end_block(self.options.progress.clone());
                    frame.blocks.put(Err(error));
                    frame.is_read = true;
                }
            }
        }
        Ok(())
    }

    /// Reads one item; returns whether there was room. If reading fails, the bytes so far are kept.
    fn read_item(&mut self, frame: &mut Frame, input: &mut dyn Read) -> Result<bool> {
        let item = frame.next.map_or_else(|| self.source.item(input), Ok)?;
        frame.next = Some(item);
        let header = match item {
            Item::Segment(header) => header,
            Item::End(hash) | Item::IndexedEnd(hash) => {
                if let Item::IndexedEnd(_) = item {
                    frame.blocks.make_sure(frame.index_memory())?;
                    self.source.check_index(input, &frame.index)?;
                }
                frame.end_block(self.options.progress.clone());
                frame.is_read = true;
                frame.blocks.put(Ok(Decoded::End(hash)));
                return Ok(true);
            }
        };
        self.check_output(frame.begun + header.raw_len as u64)?;
        // All of it was given out. Its memory is freed before more is taken.
        self.keep_last(frame)?;
        if !self.has_room(frame, &header)? {
            return Ok(false);
        }
        let coded = self.source.coded(input, header.coded_len)?;
        frame.next = None;
        frame.add(Segment { header, coded }, self.options.progress.clone())?;
        Ok(true)
    }

    /// Whether a segment may be read: the memory limit allows it now.
    ///
    /// # Errors
    /// The limit never allows it.
    fn has_room(&self, frame: &mut Frame, header: &SegmentHeader) -> Result<bool> {
        if !header.goes_on {
            frame.end_block(self.options.progress.clone());
        }
        let needed = frame.needed(header);
        let beside = frame.held() + frame.own_memory(header);
        let taken = needed + beside + frame.blocks.memory();
        if frame.has_content() && (taken > self.options.memory_limit || !frame.blocks.has_room(needed, beside)) {
            return Ok(false);
        }
        memory::take(taken, self.options.memory_limit, self.options.progress.as_deref())?;
        Ok(true)
    }

    /// Moves the last segment, all of which was given out, to the window of `frame`.
    fn keep_last(&mut self, frame: &mut Frame) -> Result<()> {
        let last = std::mem::take(&mut self.block);
        self.given = 0;
        frame.keep(&last)
    }

    /// Takes the next segment into `self.block`; at the end of `frame` returns `None` in place of the frame.
    fn next_content(&mut self, mut frame: Frame) -> Result<Option<Frame>> {
        self.keep_last(&mut frame)?;
        if let Some(error) = frame.failure.take() {
            return Err(error);
        }
        if let Some(segment) = frame.next_here() {
            if frame.is_later(&segment.header) {
                frame.end_first_block();
            }
            self.block = self.decode(&mut frame, &segment)?;
            frame.note(&self.block);
            return Ok(Some(frame));
        }
        frame.end_first_block();
        let nothing = || Err(Error::new(ErrorKind::Internal, "a frame that is not at its end has no next block"));
        match frame.blocks.take_next().unwrap_or_else(nothing)? {
            Decoded::Content(content, failure) => (self.block, frame.failure) = (content, failure),
            Decoded::Copy(segment) => self.block = self.decode(&mut frame, &segment)?,
            Decoded::End(hash) => {
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
        }
        frame.note(&self.block);
        Ok(Some(frame))
    }

    /// Decodes a segment by this thread.
    fn decode(&self, frame: &mut Frame, segment: &Segment) -> Result<Vec<u8>> {
        let Segment { header, coded } = segment;
        let watch = frame.watch(self.options.progress.clone());
        if header.kind == BlockKind::Copy {
            frame.blocks.make_sure((header.raw_len + header.coded_len) as u64)?;
            return copy::decode(header, coded, &frame.window, &watch);
        }
        frame.promise(frame.decoder.memory(header, &frame.priming))?;
        frame.decoder.decode(header, coded, &frame.priming, &watch)
    }
}
