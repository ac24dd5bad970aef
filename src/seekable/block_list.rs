//! A file's frames → the list of their blocks: where each lies, in the file and in the content.

use std::{
    cell::Cell,
    io::{Read, Seek},
};

use super::frames::{Frame, Indexes, locate};
use crate::{
    DecodeOptions, Result,
    codec::memory,
    container::{FrameHeader, Index, Window, index::Entry},
    error::reserve,
};

/// All blocks of a file.
pub struct BlockList {
    frames: Vec<FrameStart>,
    /// The greatest of the frames.
    window: Window,
    /// In the order of the file, so that `start` ascends.
    places: Vec<BlockPlace>,
    content_len: u64,
}

/// What the blocks of a frame have in common.
#[derive(Clone, Copy, Debug)]
pub struct FrameStart {
    pub header: FrameHeader,
    /// Where its content starts. No copy reaches before that.
    pub start: u64,
}

/// Where a block lies.
#[derive(Clone, Copy, Debug)]
pub struct BlockPlace {
    /// Its kind and lengths.
    pub entry: Entry,
    /// Its first byte in the file.
    pub at: u64,
    /// Its first byte in the content.
    pub start: u64,
    /// The number of its frame.
    frame: usize,
}

impl BlockPlace {
    /// The byte of content after its last.
    pub fn end(&self) -> u64 {
        self.start + u64::from(self.entry.raw_len)
    }
}

impl BlockList {
    /// Finds the blocks of all frames in `input`.
    ///
    /// # Errors
    /// As of [`locate`]; or the list takes more memory than `options` allow.
    pub fn find(input: &mut (impl Read + Seek), options: &DecodeOptions) -> Result<Self> {
        let mut list = Self { frames: Vec::new(), window: Window::LEAST, places: Vec::new(), content_len: 0 };
        // What `locate` holds becomes places before it is dropped, so both count.
        let taken = Cell::new(0);
        let most = |bytes: usize| taken.get() + bytes + bytes / Index::PER_BLOCK * size_of::<BlockPlace>();
        let room = |bytes| memory::check_list(most(bytes), options.memory_limit);
        locate(&mut options.stop.watching(input), Indexes::Pass, &room, &mut |frame| {
            taken.set(taken.get() + size_of::<FrameStart>());
            room(frame.memory())?;
            taken.set(taken.get() + frame.index.blocks.len() * size_of::<BlockPlace>());
            list.add(&frame)
        })?;
        Ok(list)
    }

    /// Adds the blocks of `frame`, whose content follows that of the frames before.
    fn add(&mut self, frame: &Frame) -> Result<()> {
        let header = frame.index.header;
        header.check_content_size(frame.index.raw_size())?;
        reserve(&mut self.places, frame.index.blocks.len())?;
        let mut at = frame.start + header.to_bytes().len() as u64;
        self.window = self.window.max(header.window);
        self.frames.push(FrameStart { header, start: self.content_len });
        for &entry in &frame.index.blocks {
            self.places.push(BlockPlace { entry, at, start: self.content_len, frame: self.frames.len() - 1 });
            at += u64::from(entry.size);
            self.content_len += u64::from(entry.raw_len);
        }
        Ok(())
    }

    /// Bytes of content.
    pub fn content_len(&self) -> u64 {
        self.content_len
    }

    /// How far back copies may reach in any of the frames.
    pub fn window(&self) -> Window {
        self.window
    }

    /// How many frames there are.
    pub fn frames(&self) -> usize {
        self.frames.len()
    }

    /// How many blocks there are.
    pub fn blocks(&self) -> usize {
        self.places.len()
    }

    /// Bytes of memory that the list takes.
    pub fn memory(&self) -> usize {
        self.places.len() * size_of::<BlockPlace>() + self.frames.len() * size_of::<FrameStart>()
    }

    /// The place of block `number`.
    pub fn place(&self, number: usize) -> BlockPlace {
        self.places[number]
    }

    /// The frame of a block.
    pub fn frame(&self, place: &BlockPlace) -> FrameStart {
        self.frames[place.frame]
    }

    /// The number of the block that holds the byte of content at `at`.
    pub fn number_at(&self, at: u64) -> usize {
        self.places.partition_point(|place| place.end() <= at)
    }
}
