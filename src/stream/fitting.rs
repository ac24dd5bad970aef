//! Options → whether a block can be coded within the memory limit, and if not, which level or block length could.

use super::{EncodeOptions, encode_options::MIN_BLOCK_LEN, pieces};
use crate::codec::{memory, priming::Priming};
use crate::{Error, ErrorKind, Level, Method, Result};

/// Content of unknown length is coded once there is more than so much.
pub const ENOUGH: usize = 1 << 20;

/// Makes sure that a block of `len` bytes can be coded within the memory limit of `options`. `held` is the number of
/// bytes of content in memory: that of the block and that before it.
///
/// # Errors
/// [`ErrorKind::MemoryLimit`], with the highest level and the longest blocks that would fit.
pub fn check(options: &EncodeOptions, len: usize, held: u64) -> Result<()> {
    let (priming, limit) = (&options.priming, options.memory_limit);
    let needed = needed(options, priming, len, held);
    if needed <= limit {
        return Ok(());
    }
    let mut text = format!("compressing needs {needed} bytes of memory, {limit} are allowed");
    match (fitting_level(options, len, held), fitting_len(options, len, held)) {
        (Some(level), Some(len)) => text += &format!("; level {level} fits, and so do blocks of {len}"),
        (Some(level), None) => text += &format!("; level {level} fits"),
        (None, Some(len)) => text += &format!("; blocks of {len} fit"),
        (None, None) => {}
    }
    Err(Error::new(ErrorKind::MemoryLimit, text))
}

/// How many bytes a block of unknown length is expected to have: the most, or as many as tables fit the limit for.
pub fn most_expected(options: &EncodeOptions) -> usize {
    let (most, held) = (options.block_bytes(), most_held(options));
    let lengths = std::iter::successors(Some(most), |len| Some(len / 2).filter(|&len| len > ENOUGH));
    let mut fitting = lengths.filter(|&len| needed(options, &options.priming, len, held) <= options.memory_limit);
    fitting.next().unwrap_or(most.min(ENOUGH))
}

/// Whether the memory limit has room for the lead of blocks that are expected to have so many bytes.
pub fn has_room_for_lead(options: &EncodeOptions, expected: usize) -> bool {
    let lead = options.priming.level.memory(expected) as u64;
    options.memory_limit == u64::MAX
        || needed(options, &options.priming, expected, most_held(options)) + lead <= options.memory_limit
}

/// The most bytes of content that are held at once.
pub fn most_held(options: &EncodeOptions) -> u64 {
    let most = pieces::most_held(options.block_bytes(), options.copy_window()) as u64;
    options.content_size.map_or(most, |size| size.min(most))
}

/// Bytes of memory for a block whose content is among the `held` bytes.
fn needed(options: &EncodeOptions, priming: &Priming, len: usize, held: u64) -> u64 {
    memory::expected(options.method, priming, len, len) - len as u64 + held
}

/// The highest level below the one chosen at which the same block fits.
fn fitting_level(options: &EncodeOptions, len: usize, held: u64) -> Option<u8> {
    let lower = (1..options.priming.level.get()).rev().filter_map(Level::new);
    let fits = |&level: &Level| {
        needed(options, &Priming { level, ..options.priming.clone() }, len, held) <= options.memory_limit
    };
    lower.into_iter().find(fits).filter(|_| options.method == Method::Neural).map(Level::get)
}

/// The longest blocks, in the words of `--block-size`, that fit at the level chosen.
fn fitting_len(options: &EncodeOptions, len: usize, held: u64) -> Option<String> {
    let shorter = (0..usize::BITS).rev().map(|bits| 1 << bits).filter(|shorter| (MIN_BLOCK_LEN..len).contains(shorter));
    let fits = |&len: &usize| {
        let most = pieces::most_held(len, options.window_for(len)) as u64;
        needed(options, &options.priming, len, most.min(held)) <= options.memory_limit
    };
    let fitting = shorter.into_iter().find(fits)?;
    Some(if fitting < 1 << 20 { format!("{}K", fitting >> 10) } else { format!("{}M", fitting >> 20) })
}
