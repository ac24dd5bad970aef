//! The memory that coding or decoding one block takes, and whether that is allowed.
//!
//! Each component reports its own memory: [`Level::memory`] the network's, [`Priming::memory`] the prior's,
//! [`deflate::MEMORY`] that of reconstructing streams. This file adds it up, and no other does. Memory held beside
//! blocks, such as the content that copies may reach, is added by its holder.

use super::priming::Priming;
use crate::{
    Error, ErrorKind, Level, Result,
    container::{BlockKind, MAX_BLOCK_LEN, Method, SegmentHeader},
    parallel::progress::Progress,
    transform::deflate,
};

/// The memory that coding a block may take.
#[derive(Clone, Copy, Debug)]
pub struct Allowed {
    /// Bytes in all.
    pub limit: u64,
    /// Bytes of them that are taken already.
    pub beside: u64,
}

/// Bytes of memory that coding or decoding a segment takes: its raw and its coded bytes, the network and its prior if
/// `header` says so, and what the segment is expanded to. The tables of the block's network are made for `capacity` bytes.
pub fn of_segment(header: &SegmentHeader, capacity: usize, priming: &Priming) -> u64 {
    let level = priming.level;
    let has_network = header.kind.is_neural() || header.goes_on;
    let prior = if header.from_prior { priming.memory() } else { 0 };
    let network = if has_network { level.memory(capacity) } else { 0 };
    let expanded = if header.kind == BlockKind::Expanded { header.expanded_len + deflate::MEMORY } else { 0 };
    (header.raw_len + header.coded_len + network + expanded + prior) as u64
}

/// Bytes of memory that a segment takes, by its header and by the `first` one of its block, if it goes on.
pub fn in_block(header: &SegmentHeader, first: Option<SegmentHeader>, priming: &Priming) -> u64 {
    let first = first.filter(|_| header.goes_on).unwrap_or(*header);
    of_segment(&SegmentHeader { from_prior: first.from_prior, ..*header }, first.capacity(), priming)
}

/// The most bytes of memory that coding `raw_len` bytes takes, if they hold no deflate streams, by a network with tables
/// for `capacity` bytes.
pub fn expected(method: Method, priming: &Priming, raw_len: usize, capacity: usize) -> u64 {
    let kind = match method {
        Method::Store | Method::Copy => BlockKind::Stored,
        Method::Huffman => BlockKind::Huffman,
        Method::Neural => BlockKind::Neural,
    };
    of_segment(&largest(kind, raw_len, raw_len, priming), capacity, priming)
}

/// The header of a block of this kind that takes the most memory: it has not shrunk, and starts from a prior if it may.
pub fn largest(kind: BlockKind, raw_len: usize, expanded_len: usize, priming: &Priming) -> SegmentHeader {
    let from_prior = kind.is_neural() && priming.may_start_from_prior();
    SegmentHeader { expanded_len, from_prior, ..SegmentHeader::first(kind, raw_len, raw_len) }
}

/// The longest that a block of `raw_len` bytes may become when it is expanded, so that the fastest level can code it
/// within what is allowed.
pub fn most_expanded(raw_len: usize, priming: &Priming, allowed: Allowed) -> usize {
    let fastest = Priming { level: Level::FASTEST, ..priming.clone() };
    let fits = |expanded_len: usize| {
        let coding = of_segment(&largest(BlockKind::Expanded, raw_len, expanded_len, &fastest), raw_len, &fastest);
        // Before there is a network: one stream in a buffer that doubled as it grew, and the content it is appended to.
        let expanding = (raw_len + 3 * expanded_len + deflate::MEMORY) as u64;
        coding.max(expanding).saturating_add(allowed.beside) <= allowed.limit
    };
    let bits = (0..=MAX_BLOCK_LEN.ilog2()).rev().map(|bit| 1 << bit);
    bits.fold(0, |most, bit| if most + bit <= MAX_BLOCK_LEN && fits(most + bit) { most + bit } else { most })
}

/// Makes sure that `raw_len` bytes that were expanded to `expanded_len` may be coded by a network with tables for
/// `capacity` bytes; returns the bytes of memory that it needs.
///
/// # Errors
/// [`ErrorKind::MemoryLimit`], with the highest level that would fit.
pub fn check_expanded(
    raw_len: usize,
    expanded_len: usize,
    capacity: usize,
    priming: &Priming,
    allowed: Allowed,
) -> Result<u64> {
    let header = largest(BlockKind::Expanded, raw_len, expanded_len, priming);
    let needed_at = |level| of_segment(&header, capacity, &Priming { level, ..priming.clone() });
    let with_others = |needed: u64| needed.saturating_add(allowed.beside);
    let needed = needed_at(priming.level);
    check("compressing", with_others(needed), allowed.limit).map(|()| needed).map_err(|error| {
        let lower = (1..priming.level.get()).rev().filter_map(Level::new);
        match lower.into_iter().find(|&level| with_others(needed_at(level)) <= allowed.limit) {
            Some(level) => Error::new(ErrorKind::MemoryLimit, format!("{error}; level {} fits", level.get())),
            None => error,
        }
    })
}

/// Makes sure that decoding may take `needed` bytes of memory, and counts them into `progress`.
///
/// # Errors
/// As of [`check`].
pub fn take(needed: u64, allowed: u64, progress: Option<&Progress>) -> Result<()> {
    check("decoding", needed, allowed)?;
    if let Some(progress) = progress {
        progress.takes_memory(needed);
    }
    Ok(())
}

/// Makes sure that a list of blocks may take `needed` bytes of memory.
///
/// # Errors
/// As of [`check`].
pub fn check_list(needed: usize, allowed: u64) -> Result<()> {
    check("the list of blocks", needed as u64, allowed)
}

/// Makes sure that `work` may take `needed` bytes of memory.
///
/// # Errors
/// [`ErrorKind::MemoryLimit`] if fewer are `allowed`.
pub fn check(work: &str, needed: u64, allowed: u64) -> Result<()> {
    if needed <= allowed { Ok(()) } else { Err(Error::memory_limit(work, needed, allowed)) }
}
