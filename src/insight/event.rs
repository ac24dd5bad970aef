//! What is told of a frame.

use crate::{BlockKind, Level, ModelId, model::Expert};

/// What comes next in a frame.
#[derive(Clone, Copy, Debug)]
#[non_exhaustive]
pub enum Event<'a> {
    /// A segment begins; its pieces follow.
    Segment(Segment),
    /// A stretch of content, or of what it was taken apart to.
    Piece(Piece<'a>),
    /// Bits that are no content's.
    Overhead(Overhead, f64),
}

/// Bits that are no content's.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum Overhead {
    /// Headers of frames.
    FrameHeader,
    /// Headers of segments, with their checksums.
    SegmentHeader,
    /// What the ends of coded segments take beyond the costs of their bytes. By luck it may be negative.
    CoderEnd,
    /// The end of a frame: its marker with the checksum of the content, the index, zeros behind it.
    FrameEnd,
}

/// A segment of a frame.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Segment {
    /// How it is coded. One of a neural block that did not shrink is stored.
    pub kind: BlockKind,
    /// Bytes of content.
    pub content: u64,
    /// Coded bytes, without the header.
    pub coded: u64,
    /// Whether a block begins here, and with it a new network.
    pub begins_block: bool,
}

/// A stretch of what was coded, in order.
#[derive(Clone, Copy, Debug)]
#[non_exhaustive]
pub struct Piece<'a> {
    /// Where it stands among all bytes of all pieces.
    pub start: u64,
    /// Where it stands in the content.
    pub place: Place,
    /// How it is coded.
    pub kind: BlockKind,
    /// The bytes.
    pub bytes: &'a [u8],
    /// The cost of each in bits, from less than 0.0001 to 40.
    pub bits: &'a [f32],
    /// Of bytes of half a bit and more, if details are wanted; in the order of their places. There are none of copies, of
    /// stored and of Huffman segments, nor after the first 262,144 of a segment.
    pub details: &'a [Detail],
}

/// Where a piece stands in the content.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Place {
    /// Its first byte is this one of the content, and so on.
    At(u64),
    /// It is what a deflate stream holds: of `len` bytes of content from `start` on.
    Inflated {
        /// The stream's first byte.
        start: u64,
        /// Bytes of the stream, with the checksum behind it that is computed again.
        len: u64,
    },
    /// It is no content: it says how to make deflate streams again, those of the segment that ends with it.
    Recipe,
}

/// What the network expected in place of a byte.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct Detail {
    /// Where the byte stands among all bytes of all pieces.
    pub at: u64,
    /// The five most expected bytes and their probabilities, the most expected first. They are those before the high nibble
    /// is known, from which the network learns before it codes the low one: so the real byte's may be a little off.
    pub expected: [(u8, f32); 5],
    /// The place of the real byte among all 256 by probability: 1 is the most expected.
    pub rank: u16,
    /// The experts that decided what was expected most, the one with the largest share first: of the positive logits of
    /// its two nibbles, less the mean over the sixteen values of each. Those below one percent are left out, so the sum
    /// is at most 1.
    pub shares: Vec<(Expert, f32)>,
    /// Where the byte stands, among all bytes of all pieces, that the match model expected here again, if it follows a
    /// match.
    pub source: Option<u64>,
}

/// What a frame, or several, amount to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Account {
    /// Bytes of content.
    pub content: u64,
    /// Bytes of all pieces: more than those of content if deflate streams were expanded.
    pub shown: u64,
    /// Bytes of the frames.
    pub coded: u64,
    /// The level, of the last frame.
    pub level: Level,
    /// The trained model that the last frame names.
    pub model: Option<ModelId>,
    /// Frames.
    pub frames: u64,
}
