//! What a file's headers tell, without decoding anything.

use std::io::Read;

use crate::{
    Result,
    container::{
        FrameHeader, Item, Method,
        header::{Start, find_frame},
        read,
    },
    model::Level,
};

/// What the headers of one frame say.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct FrameInfo {
    /// The level it was compressed at.
    pub level: Level,
    /// Bytes of content.
    pub raw_size: u64,
    /// Bytes of the frame, header and end included.
    pub coded_size: u64,
    /// How many blocks each method coded, in the order of [`Method::ALL`].
    pub blocks: [u64; Method::ALL.len()],
    /// XXH3-64 of the content.
    pub content_hash: u64,
}

/// Reads the headers of all frames in `input`, passing over the blocks between them.
///
/// # Errors
/// As decoding would give, as far as headers can tell: not a frame, damaged, truncated. Bytes after the last
/// frame, zero or not, are no error.
pub fn inspect(input: impl Read) -> Result<Vec<FrameInfo>> {
    let mut input = Counting { inner: input, count: 0 };
    let mut frames = Vec::new();
    loop {
        match find_frame(&mut input, frames.is_empty())? {
            Start::Frame => frames.push(inspect_frame(&mut input)?),
            Start::End | Start::Other => return Ok(frames),
        }
    }
}

fn inspect_frame<R: Read>(input: &mut Counting<R>) -> Result<FrameInfo> {
    let start = input.count - crate::container::header::MAGIC.len() as u64;
    let header = FrameHeader::read_after_magic(input)?;
    let mut blocks = [0; Method::ALL.len()];
    let mut raw_size = 0;
    loop {
        match Item::read(input)? {
            Item::Block(block) => {
                read::skip(input, block.coded_len as u64)?;
                raw_size += block.raw_len as u64;
                blocks[block.method as usize] += 1;
            }
            Item::End(content_hash) => {
                header.check_content_size(raw_size)?;
                let coded_size = input.count - start;
                return Ok(FrameInfo { level: header.level, raw_size, coded_size, blocks, content_hash });
            }
        }
    }
}

/// Counts what is read through it.
struct Counting<R> {
    inner: R,
    count: u64,
}

impl<R: Read> Read for Counting<R> {
    fn read(&mut self, out: &mut [u8]) -> std::io::Result<usize> {
        let n = self.inner.read(out)?;
        self.count += n as u64;
        Ok(n)
    }
}
