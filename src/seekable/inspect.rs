//! A file → what its headers say, without decoding anything.

use std::io::{Read, Seek};

use super::frames::{self, Frame, Indexes};
use crate::{ModelId, Result, container::BlockKind, model::Level};

/// What the headers of one frame say.
///
/// ```
/// use foretell::{BlockKind, EncodeOptions, Method, compress, inspect};
/// let coded = compress(&[7; 1000], &EncodeOptions::new().method(Method::Huffman))?;
/// let frame = &inspect(coded.as_slice())?[0];
/// assert_eq!((frame.raw_size, frame.coded_size), (1000, coded.len() as u64));
/// assert_eq!((frame.block_count(), frame.blocks(BlockKind::Huffman)), (1, 1));
/// # Ok::<(), foretell::Error>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct FrameInfo {
    /// The level it was compressed at.
    pub level: Level,
    /// The trained model that decoding needs, if it is not the built-in one.
    pub model: Option<ModelId>,
    /// Bytes of content.
    pub raw_size: u64,
    /// Bytes of the frame, header and end included.
    pub coded_size: u64,
    /// XXH3-64 of the content.
    pub content_hash: u64,
    /// How far back copies may reach, in bytes: a decoder keeps that much content, as far as there is so much.
    pub window: u64,
    /// How many blocks there are of each kind, by their order.
    blocks: [u64; BlockKind::COUNT],
}

impl FrameInfo {
    /// How many blocks of this kind the frame has.
    pub fn blocks(&self, kind: BlockKind) -> u64 {
        self.blocks[kind as usize]
    }

    /// How many blocks the frame has, of all kinds.
    pub fn block_count(&self) -> u64 {
        self.blocks.iter().sum()
    }
}

/// Reads the headers of all frames in `input`, passing over the blocks between them.
///
/// # Errors
/// The errors that decoding finds in headers: not a frame, damaged, truncated. Bytes after the last frame, zero or not,
/// are no error. Errors of `input` are passed on, so a reader that fails ends the work.
pub fn inspect(input: impl Read) -> Result<Vec<FrameInfo>> {
    let mut frames = Vec::new();
    inspect_each(input, |frame| frames.push(frame))?;
    Ok(frames)
}

/// As [`inspect`], but reads the index of a frame of several blocks. It compares the index with the frame's header and
/// the headers of its first 1,048,576 blocks, and skips the rest.
///
/// # Errors
/// As [`inspect`].
pub fn inspect_file(input: impl Read + Seek) -> Result<Vec<FrameInfo>> {
    let mut frames = Vec::new();
    inspect_file_each(input, |frame| frames.push(frame))?;
    Ok(frames)
}

/// As [`inspect`], but gives the frames to `each`, one after the other: a file can have millions.
///
/// # Errors
/// As [`inspect`].
pub fn inspect_each(input: impl Read, mut each: impl FnMut(FrameInfo)) -> Result<()> {
    frames::walk(input, Indexes::Check, &|_| Ok(()), &mut |frame| {
        each(frame.into());
        Ok(())
    })?;
    Ok(())
}

/// As [`inspect_each`], from a file as [`inspect_file`] reads it.
///
/// # Errors
/// As [`inspect`].
pub fn inspect_file_each(mut input: impl Read + Seek, mut each: impl FnMut(FrameInfo)) -> Result<()> {
    frames::locate(&mut input, Indexes::Check, &|_| Ok(()), &mut |frame| {
        each(frame.into());
        Ok(())
    })
}

impl From<Frame> for FrameInfo {
    fn from(frame: Frame) -> Self {
        let mut blocks = [0; BlockKind::COUNT];
        frame.index.blocks.iter().for_each(|block| blocks[block.kind as usize] += 1);
        Self {
            level: frame.index.header.level,
            model: frame.index.header.model,
            raw_size: frame.index.raw_size(),
            coded_size: frame.end - frame.start,
            blocks,
            content_hash: frame.content_hash,
            window: frame.index.header.window.bytes() as u64,
        }
    }
}
