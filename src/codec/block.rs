//! One block of content ↔ one coded block, whatever the method.

use std::borrow::Cow;

use super::{copy::Window, expanded, neural, priming::Base};
use crate::parallel::{progress::Progress, watch::Watch};
use crate::{
    Error, ErrorKind, Level, Result,
    container::{BlockHeader, MAX_BLOCK_LEN, Method, varint},
    huffman,
    math::isa::Isa,
    parallel::memory::{ensure, promise},
    transform::deflate::{self, Unpacked},
};

/// A block ready to be written.
pub struct CodedBlock {
    pub header: BlockHeader,
    pub payload: Vec<u8>,
    /// Whether the frame's header must name the model that was given, if one was.
    pub named: bool,
    /// Bytes of memory that coding it took, by the method that was tried even if it was stored in the end.
    pub memory: u64,
}

/// The memory that coding a block may take.
#[derive(Clone, Copy, Debug)]
pub struct Allowed {
    /// Bytes in all.
    pub limit: u64,
    /// Bytes of them that are taken by others.
    pub beside: u64,
}

/// Codes `raw` by `method`, or says to store it where that would not shrink it. By the neural method, deflate streams
/// are unpacked where there are any. Its [`expected_memory`] is promised already; `allowed` is all that it may take.
///
/// # Errors
/// Only if it would take more memory than is allowed or the system has, or `watch` ends the work.
pub fn encode(raw: Cow<[u8]>, method: Method, base: &Base, allowed: Allowed, watch: &Watch) -> Result<CodedBlock> {
    let mut report = |raw, coded| watch.report(raw, coded);
    let mut header = BlockHeader {
        method,
        raw_len: raw.len(),
        coded_len: raw.len(),
        unpacked_len: raw.len(),
        raw_crc: crc32fast::hash(&raw),
        primed: base.model.is_some() && method.is_neural(),
    };
    watch.check()?;
    let promised = expected_memory(method, base, raw.len());
    let mut knows = None;
    let payload = match method {
        // What is no repeat cannot be copied.
        Method::Store | Method::Copy => None,
        Method::Huffman => Some(huffman::encode_while(&raw, || watch.check())?),
        Method::Neural | Method::Unpacked => match unpack(&raw, base, allowed, watch)? {
            Some(content) => {
                header.method = Method::Unpacked;
                header.unpacked_len = content.bytes.len();
                let most = BlockHeader { primed: base.may_prime(content.bytes.len()), ..header };
                let needed = memory(&most, base, 0);
                check_unpacked(&most, base, needed, allowed)?;
                let _unpacked = promise(needed.saturating_sub(promised))?;
                knows = base.choose(&content.bytes, Isa::detect(), &mut report)?.knows;
                let start = base.start_of(knows)?;
                Some(expanded::encode(&content, raw.len(), &start, Isa::detect(), &mut report)?)
            }
            None => {
                header.method = Method::Neural;
                let choice = base.choose(&raw, Isa::detect(), &mut report)?;
                knows = choice.knows;
                Some(match choice.coded {
                    Some(coded) => {
                        report(raw.len(), coded.len())?;
                        coded
                    }
                    None => neural::encode(&raw, &base.start_of(knows)?, Isa::detect(), &mut report)?,
                })
            }
        },
    };
    header.primed = knows.is_some();
    let payload = payload.filter(|coded| coded.len() < raw.len());
    let named = base.is_named(knows.filter(|_| payload.is_some()));
    let tried = header;
    match &payload {
        Some(coded) => header.coded_len = coded.len(),
        None => header = BlockHeader { method: Method::Store, unpacked_len: raw.len(), primed: false, ..header },
    }
    if !tried.method.is_neural() {
        report(raw.len(), header.coded_len)?;
    }
    let memory = memory(&BlockHeader { coded_len: header.coded_len, ..tried }, base, 0);
    Ok(CodedBlock { header, payload: payload.unwrap_or_else(|| raw.into_owned()), named, memory })
}

/// What `raw` is unpacked to, if there are deflate streams in it.
///
/// # Errors
/// Only if `watch` ends the work, or they become so long that no level could code them within what is allowed.
fn unpack(raw: &[u8], base: &Base, allowed: Allowed, watch: &Watch) -> Result<Option<Unpacked>> {
    let unpacked = deflate::unpack_while(raw, most_unpacked(raw.len(), base, allowed), &mut || watch.check().is_ok());
    watch.check()?;
    unpacked.map_err(|_| {
        let text = format!(
            "compressing needs more than the {} bytes of memory that are allowed, at any level: deflate streams in a \
             block become too long; shorter blocks may fit",
            allowed.limit
        );
        Error::new(ErrorKind::MemoryLimit, text)
    })
}

/// To how many bytes a block can be unpacked and then be coded at the fastest level.
fn most_unpacked(raw_len: usize, base: &Base, Allowed { limit, beside }: Allowed) -> usize {
    let base = Base { level: Level::FASTEST, ..base.clone() };
    let fits = |unpacked_len: usize| {
        let primed = base.may_prime(unpacked_len);
        let header =
            BlockHeader { method: Method::Unpacked, raw_len, coded_len: raw_len, unpacked_len, raw_crc: 0, primed };
        // Before there is a network: a stream in a buffer that grew, and what it is appended to.
        let unpacking = (raw_len + 3 * unpacked_len + deflate::MEMORY) as u64;
        memory(&header, &base, 0).max(unpacking).saturating_add(beside) <= limit
    };
    let bits = (0..=MAX_BLOCK_LEN.ilog2()).rev().map(|bit| 1 << bit);
    bits.fold(0, |most, bit| if most + bit <= MAX_BLOCK_LEN && fits(most + bit) { most + bit } else { most })
}

/// Makes sure that a block that was unpacked may take the `needed` bytes of memory.
///
/// # Errors
/// [`ErrorKind::MemoryLimit`], with the highest level that would fit.
fn check_unpacked(header: &BlockHeader, base: &Base, needed: u64, allowed: Allowed) -> Result<()> {
    let needed = needed.saturating_add(allowed.beside);
    if needed <= allowed.limit {
        return Ok(());
    }
    let at = |level| memory(header, &Base { level, ..base.clone() }, 0).saturating_add(allowed.beside);
    let lower = (1..base.level.get()).rev().filter_map(Level::new).find(|&level| at(level) <= allowed.limit);
    let error = Error::memory_limit("compressing", needed, allowed.limit);
    let hint = lower.map_or(String::new(), |level| format!("; level {} fits", level.get()));
    Err(Error::new(error.kind(), format!("{error}{hint}")))
}

/// Codes `raw`, which equals the content `distance` bytes before.
///
/// # Errors
/// Only if `watch` ends the work.
pub fn encode_copy(raw: &[u8], distance: usize, watch: &Watch) -> Result<CodedBlock> {
    let mut payload = Vec::new();
    varint::write(&mut payload, distance as u64);
    watch.report(raw.len(), payload.len())?;
    let raw_crc = crc32fast::hash(raw);
    let (raw_len, coded_len) = (raw.len(), payload.len());
    let header =
        BlockHeader { method: Method::Copy, raw_len, coded_len, unpacked_len: raw_len, raw_crc, primed: false };
    // The content lies where it counts already; and something stands before it.
    Ok(CodedBlock { header, payload, named: true, memory: coded_len as u64 })
}

/// The most bytes of memory that coding `raw_len` bytes takes, if they hold no deflate streams.
pub fn expected_memory(method: Method, base: &Base, raw_len: usize) -> u64 {
    let method = if method == Method::Unpacked { Method::Neural } else { method };
    let primed = method.is_neural() && base.may_prime(raw_len);
    memory(&BlockHeader { method, raw_len, coded_len: raw_len, unpacked_len: raw_len, raw_crc: 0, primed }, base, 0)
}

/// Bytes of memory that coding a block by the method of `header` takes, or decoding it: the raw and the coded block,
/// the network of a neural one and what it starts from, what an unpacked one is unpacked to, and `beside` it the
/// content that is held for what copies may reach back to, or to come next.
pub fn memory(header: &BlockHeader, base: &Base, beside: usize) -> u64 {
    let level = base.level;
    let model = if header.primed { base.memory() } else { 0 };
    let method = match header.method {
        Method::Neural => level.memory(header.raw_len),
        Method::Unpacked => level.memory(header.unpacked_len) + header.unpacked_len + deflate::MEMORY,
        Method::Store | Method::Huffman | Method::Copy => 0,
    };
    (beside + header.raw_len + header.coded_len + method + model) as u64
}

/// Makes sure that decoding may take `needed` bytes of memory, and tells `progress` that it does.
///
/// # Errors
/// [`ErrorKind::MemoryLimit`] if fewer are `allowed`.
pub fn take_memory(needed: u64, allowed: u64, progress: Option<&Progress>) -> Result<()> {
    check_limit("decoding", needed, allowed)?;
    if let Some(progress) = progress {
        progress.takes_memory(needed);
    }
    Ok(())
}

/// Makes sure that a list of blocks may take so many bytes of memory.
///
/// # Errors
/// As of [`take_memory`].
pub fn check_list(needed: usize, allowed: u64) -> Result<()> {
    check_limit("the list of blocks", needed as u64, allowed)
}

fn check_limit(work: &str, needed: u64, allowed: u64) -> Result<()> {
    if needed <= allowed { Ok(()) } else { Err(Error::memory_limit(work, needed, allowed)) }
}

/// The error for a frame whose content has another checksum than the end marker says.
pub fn content_mismatch() -> Error {
    Error::new(ErrorKind::ChecksumMismatch, "the content does not match its checksum")
}

/// Decodes and checks one block that is no copy. Its [`memory`] is promised already.
///
/// # Errors
/// Damaged data: of the method's own structure, or content that does not match its checksum. Or `watch` ends the work.
pub fn decode(header: &BlockHeader, coded: &[u8], base: &Base, watch: &Watch) -> Result<Vec<u8>> {
    watch.check()?;
    let start = || base.start(header.primed);
    let mut report = |raw, coded| watch.report(raw, coded);
    let raw = match header.method {
        Method::Store => coded.to_vec(),
        Method::Huffman => huffman::decode_while(coded, header.raw_len, || watch.check())?,
        Method::Neural => neural::decode(coded, header.raw_len, &start()?, Isa::detect(), &mut report)?,
        Method::Unpacked => expanded::decode(coded, header, &start()?, Isa::detect(), &mut report)?,
        // Nothing before it: that is what a copy cannot do without.
        Method::Copy => return decode_copy(header, coded, &Window::default(), watch),
    };
    if !header.method.is_neural() {
        report(raw.len(), coded.len())?;
    }
    check(header, raw)
}

/// Copies and checks one block; `window` is the content before it.
///
/// # Errors
/// As of [`decode`].
pub fn decode_copy(header: &BlockHeader, coded: &[u8], window: &Window, watch: &Watch) -> Result<Vec<u8>> {
    watch.check()?;
    ensure((header.raw_len + header.coded_len) as u64)?;
    check_copy(header, coded, window.copy(coded, header.raw_len)?, watch)
}

/// Checks what `coded` was decoded to, a copy.
///
/// # Errors
/// As of [`decode`].
pub fn check_copy(header: &BlockHeader, coded: &[u8], raw: Vec<u8>, watch: &Watch) -> Result<Vec<u8>> {
    watch.report(raw.len(), coded.len())?;
    check(header, raw)
}

fn check(header: &BlockHeader, raw: Vec<u8>) -> Result<Vec<u8>> {
    if crc32fast::hash(&raw) != header.raw_crc {
        return Err(Error::new(ErrorKind::ChecksumMismatch, "a block's content does not match its checksum"));
    }
    Ok(raw)
}
