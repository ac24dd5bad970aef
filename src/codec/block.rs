//! One block of content ↔ one coded block, whatever its kind.

use std::borrow::Cow;

use super::{
    copy::{self, CopyWindow},
    expanded,
    memory::{self, Allowed},
    neural,
    priming::Priming,
};
use crate::{
    Error, ErrorKind, Result,
    container::{BlockHeader, BlockKind, Method, varint},
    huffman,
    math::isa::Isa,
    parallel::{memory::promise, watch::Watch},
    transform::deflate::{self, Expanded},
};

/// A block ready to be written.
pub struct CodedBlock {
    pub header: BlockHeader,
    /// The `header.coded_len` bytes that follow the header.
    pub payload: Vec<u8>,
    /// Whether the frame's header must name the model that was given, if one was.
    pub is_named: bool,
    /// Bytes of memory that coding took: by the method that was tried, even if the block is stored in the end.
    pub memory: u64,
}

/// What a method made of a block's content, shorter than that or not.
struct Trial {
    kind: BlockKind,
    coded: Vec<u8>,
    /// Bytes that the kind codes, as in [`BlockHeader::expanded_len`].
    expanded_len: usize,
    from_prior: bool,
    is_named: bool,
}

/// Codes `raw` by `method`, or stores it where that would not shrink it. The caller has been promised the
/// [`expected`](memory::expected) memory; `allowed` is all that coding may take.
///
/// # Errors
/// Coding would take more memory than is allowed or the system has, or `watch` ends the work.
pub fn encode(
    raw: Cow<[u8]>,
    method: Method,
    priming: &Priming,
    allowed: Allowed,
    watch: &Watch,
) -> Result<CodedBlock> {
    watch.check()?;
    let trial = match method {
        // Repeats were cut out before: what is left of the content cannot be copied.
        Method::Store | Method::Copy => None,
        Method::Huffman => Some(encode_huffman(&raw, priming, watch)?),
        Method::Neural => Some(encode_neural(&raw, priming, allowed, watch)?),
    };
    let stored = stored_header(&raw);
    let tried = trial.as_ref().map_or(stored, |trial| BlockHeader {
        kind: trial.kind,
        coded_len: trial.coded.len().min(raw.len()),
        expanded_len: trial.expanded_len,
        from_prior: trial.from_prior,
        ..stored
    });
    // The network has reported already, while it was at work.
    if !tried.kind.is_neural() {
        watch.report(raw.len(), tried.coded_len)?;
    }
    let memory = memory::of_block(&tried, priming);
    Ok(match trial.filter(|trial| trial.coded.len() < raw.len()) {
        Some(Trial { coded, is_named, .. }) => CodedBlock { header: tried, payload: coded, is_named, memory },
        None => {
            CodedBlock { header: stored, payload: raw.into_owned(), is_named: priming.is_named_without_prior(), memory }
        }
    })
}

/// The header of `raw` as a stored block.
fn stored_header(raw: &[u8]) -> BlockHeader {
    BlockHeader {
        kind: BlockKind::Stored,
        raw_len: raw.len(),
        coded_len: raw.len(),
        expanded_len: raw.len(),
        raw_crc: crc32fast::hash(raw),
        from_prior: false,
    }
}

fn encode_huffman(raw: &[u8], priming: &Priming, watch: &Watch) -> Result<Trial> {
    let coded = huffman::encode_while(raw, || watch.check())?;
    let is_named = priming.is_named_without_prior();
    Ok(Trial { kind: BlockKind::Huffman, coded, expanded_len: raw.len(), from_prior: false, is_named })
}

/// Codes `raw` by the network: expanded, if it holds deflate streams.
fn encode_neural(raw: &[u8], priming: &Priming, allowed: Allowed, watch: &Watch) -> Result<Trial> {
    let mut report = |raw, coded| watch.report(raw, coded);
    let Some(content) = expand(raw, priming, allowed, watch)? else {
        let coded = priming.encode(raw, Isa::detect(), &mut report)?;
        return Ok(Trial {
            kind: BlockKind::Neural,
            coded: coded.bytes,
            expanded_len: raw.len(),
            from_prior: coded.from_prior,
            is_named: coded.is_named,
        });
    };
    let expanded_len = content.bytes.len();
    let largest = memory::largest(BlockKind::Expanded, raw.len(), expanded_len, priming);
    let needed = memory::check_expanded(&largest, priming, allowed)?;
    let promised = memory::expected(Method::Neural, priming, raw.len());
    let _more = promise(needed.saturating_sub(promised))?;
    let coded = expanded::encode(&content, raw.len(), priming, Isa::detect(), &mut report)?;
    Ok(Trial {
        kind: BlockKind::Expanded,
        coded: coded.bytes,
        expanded_len,
        from_prior: coded.from_prior,
        is_named: coded.is_named,
    })
}

/// Expands `raw`, if there are deflate streams in it.
///
/// # Errors
/// `watch` ends the work, or the streams become so long that no level could code them within what is allowed.
fn expand(raw: &[u8], priming: &Priming, allowed: Allowed, watch: &Watch) -> Result<Option<Expanded>> {
    let most = memory::most_expanded(raw.len(), priming, allowed);
    let expanded = deflate::expand_while(raw, most, &mut || watch.check().is_ok());
    watch.check()?;
    expanded.map_err(|_| {
        let text = format!(
            "compressing needs more than the {} bytes of memory that are allowed, at any level: deflate streams in a \
             block become too long; shorter blocks may fit",
            allowed.limit
        );
        Error::new(ErrorKind::MemoryLimit, text)
    })
}

/// Codes `raw`, which equals the content `distance` bytes before it.
///
/// # Errors
/// `watch` ends the work.
pub fn encode_copy(raw: &[u8], distance: usize, watch: &Watch) -> Result<CodedBlock> {
    let mut payload = Vec::new();
    varint::write(&mut payload, distance as u64);
    watch.report(raw.len(), payload.len())?;
    let coded_len = payload.len();
    let header = BlockHeader { kind: BlockKind::Copy, coded_len, ..stored_header(raw) };
    // The encoder holds and counts the content. The frame has a block before this one, which may need the model.
    Ok(CodedBlock { header, payload, is_named: true, memory: coded_len as u64 })
}

/// Decodes and checks one block that is no copy. The caller has been promised the memory of
/// [`of_block`](memory::of_block).
///
/// # Errors
/// Damage, in the coded bytes or because the content does not match its checksum; or `watch` ends the work.
pub fn decode(header: &BlockHeader, coded: &[u8], priming: &Priming, watch: &Watch) -> Result<Vec<u8>> {
    watch.check()?;
    let start = || priming.start(header.from_prior);
    let mut report = |raw, coded| watch.report(raw, coded);
    let raw = match header.kind {
        BlockKind::Stored => coded.to_vec(),
        BlockKind::Huffman => huffman::decode_while(coded, header.raw_len, || watch.check())?,
        BlockKind::Neural => neural::decode(coded, header.raw_len, &start()?, Isa::detect(), &mut report)?,
        BlockKind::Expanded => expanded::decode(coded, header, &start()?, Isa::detect(), &mut report)?,
        // Without the content before it there is nothing to copy.
        BlockKind::Copy => return Err(copy::bad_distance()),
    };
    if !header.kind.is_neural() {
        report(raw.len(), coded.len())?;
    }
    check(header, raw)
}

/// Decodes and checks a copy; `window` holds the content before it. The caller has been promised memory for the raw and
/// the coded bytes.
///
/// # Errors
/// As of [`decode`].
pub fn decode_copy(header: &BlockHeader, coded: &[u8], window: &CopyWindow, watch: &Watch) -> Result<Vec<u8>> {
    watch.check()?;
    check_copy(header, coded, window.copy(coded, header.raw_len)?, watch)
}

/// Reports and checks the content `raw` of a copy.
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

/// The error for a frame whose content does not match the checksum in its end marker.
pub fn content_mismatch() -> Error {
    Error::new(ErrorKind::ChecksumMismatch, "the content does not match its checksum")
}
