//! The result of a recovery: what was written, and what is damaged.

use crate::Error;

/// A part of a file that is not as it was written: one of [`Recovered::damages`]. [`recover`](crate::recover()) has an
/// example.
#[derive(Debug)]
#[non_exhaustive]
pub struct Damage {
    /// The number of the block in the file, from 1, if it is in a block.
    pub block: Option<u64>,
    /// The first byte of content that is lost.
    pub start: u64,
    /// The byte after the last one that is lost, if that is known; `start` if none is.
    pub end: Option<u64>,
    /// So many bytes from `start` on were decoded all the same, and nothing vouches for them: right ones up to where
    /// the file was cut, some right and then wrong ones in a damaged segment. 0 unless
    /// [`unverified`](crate::DecodeOptions::unverified) content is asked for.
    pub unverified: u64,
    /// What is wrong.
    pub error: Error,
}

/// The result of a recovery. [`recover`](crate::recover()) has an example.
#[derive(Debug)]
#[non_exhaustive]
pub struct Recovered {
    /// All that is wrong, in the order of the file; empty if the file is whole.
    pub damages: Vec<Damage>,
    /// Bytes of content written, zeros for lost ones included.
    pub content: u64,
    /// Whether something that is no frame follows the last one.
    pub trailing_garbage: bool,
}
