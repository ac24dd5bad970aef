//! A frame that is being decoded.

use std::{hash::Hasher, sync::Arc};

use twox_hash::XxHash3_64;

use crate::{
    Error, Result,
    codec::{block, copy::CopyWindow, priming::Priming},
    container::{BlockHeader, BlockKind, FrameHeader, Index, Item, index::Entry},
    parallel::{budget::Budget, pool::Pool, progress::Progress, stop::Stop, watch::Watch},
};

/// A frame: the blocks that were read, and the content that was given out.
pub struct Frame {
    /// Its header, and the index that the blocks read so far must have.
    pub index: Index,
    /// The start of its networks.
    pub priming: Priming,
    hash: XxHash3_64,
    /// Bytes of content that were given out.
    len: u64,
    /// The content before the last block. The block of a frame with only one never gets here.
    pub window: CopyWindow,
    /// Blocks that were read and are not given out yet.
    pub blocks: Pool<Decoded>,
    /// An item that was read and waits for room.
    pub next: Option<Item>,
    /// Whether the frame was read to its end, or to an error.
    pub is_read: bool,
    /// Bytes of content in all blocks that were read.
    pub begun: u64,
    cancel: Stop,
}

/// An item of a frame, decoded as far as that is possible without the blocks before it.
pub enum Decoded {
    Content(Vec<u8>),
    Copy(BlockHeader, Vec<u8>),
    End(u64),
}

impl Frame {
    /// A frame of which only the header was read.
    pub fn new(header: FrameHeader, priming: Priming, budget: Budget, cancel: Stop) -> Self {
        Self {
            index: Index { header, blocks: Vec::new() },
            priming,
            hash: XxHash3_64::new(),
            len: 0,
            window: CopyWindow::default(),
            blocks: Pool::new(budget),
            next: None,
            is_read: false,
            begun: 0,
            cancel,
        }
    }

    /// The progress and the stops of the work on its blocks.
    pub fn watch(&self, progress: Option<Arc<Progress>>) -> Watch {
        Watch { progress, cancel: self.cancel.clone(), stop: self.blocks.stop() }
    }

    /// Bytes of memory for the content before the last block, and for the list of blocks that the index must give.
    pub fn held(&self) -> u64 {
        self.window.len() as u64 + self.index_memory()
    }

    /// Bytes of memory for the list of blocks, and to compare it with the index.
    pub fn index_memory(&self) -> u64 {
        (self.index.blocks.len() * Index::PER_BLOCK) as u64
    }

    /// Begins to decode a block. A block that is known to be the last is decoded by this thread: no other work is left.
    pub fn begin(&mut self, header: BlockHeader, coded: Vec<u8>, progress: Option<Arc<Progress>>, memory: u64) {
        self.begun += header.raw_len as u64;
        if self.index.blocks.try_reserve(1).is_err() {
            return self.blocks.put(Err(Error::no_memory(self.held())));
        }
        self.index.blocks.push(Entry::of(&header));
        if header.kind == BlockKind::Copy {
            return self.blocks.put(Ok(Decoded::Copy(header, coded)));
        }
        let (priming, watch) = (self.priming.clone(), self.watch(progress));
        let decode = move |_| block::decode(&header, &coded, &priming, &watch).map(Decoded::Content);
        if self.index.header.content_size == Some(self.begun) {
            self.blocks.run_here(memory, decode);
        } else {
            self.blocks.run(memory, decode);
        }
    }

    /// Keeps the content of the last block, for copies of it.
    pub fn keep(&mut self, block: &[u8]) -> Result<()> {
        self.blocks.make_sure(self.window.growth(block.len()))?;
        self.window.push(block)
    }

    /// Counts content that is given out, and adds it to the checksum.
    pub fn note(&mut self, content: &[u8]) {
        self.hash.write(content);
        self.len += content.len() as u64;
    }

    /// Checks the content against the length in the header and the checksum in the end marker.
    pub fn check_end(&self, hash: u64) -> Result<()> {
        self.index.header.check_content_size(self.len)?;
        if hash == self.hash.finish() { Ok(()) } else { Err(block::content_mismatch()) }
    }
}
