//! One block of content ↔ one coded block, whatever the method.

use super::{Progress, neural, unpacked, window::Window};
use crate::{
    Error, ErrorKind, Result,
    container::{BlockHeader, Method, varint},
    deflate, huffman,
    math::isa::Isa,
    memory::ensure,
    model::Level,
};

/// A block ready to be written.
pub struct CodedBlock {
    pub header: BlockHeader,
    /// `None`: the raw bytes themselves.
    pub payload: Option<Vec<u8>>,
    /// Bytes of memory that coding it took, by the method that was tried even if it was stored in the end.
    pub memory: u64,
}

/// What counts (raw bytes, coded bytes) into `progress`, if anybody watches.
fn reporter(progress: Option<&Progress>) -> impl FnMut(usize, usize) {
    move |raw, coded| {
        if let Some(progress) = progress {
            progress.add(raw, coded);
        }
    }
}

/// Codes `raw` by `method`, or says to store it where that would not shrink it. By the neural method, deflate streams
/// are unpacked where there are any.
///
/// # Errors
/// Only if the system does not have the memory for the model.
pub fn encode(raw: &[u8], method: Method, level: Level, progress: Option<&Progress>) -> Result<CodedBlock> {
    let mut report = reporter(progress);
    let mut header = BlockHeader {
        method,
        raw_len: raw.len(),
        coded_len: raw.len(),
        unpacked_len: raw.len(),
        raw_crc: crc32fast::hash(raw),
    };
    ensure(memory(&header, level, 0))?;
    let payload = match method {
        // What is no repeat cannot be copied.
        Method::Store | Method::Copy => None,
        Method::Huffman => Some(huffman::encode(raw)),
        Method::Neural | Method::Unpacked => match deflate::unpack(raw) {
            Some(content) => {
                header.method = Method::Unpacked;
                header.unpacked_len = content.bytes.len();
                ensure(memory(&header, level, 0))?;
                Some(unpacked::encode(&content, raw.len(), level, Isa::detect(), &mut report)?)
            }
            None => {
                header.method = Method::Neural;
                Some(neural::encode(raw, level, Isa::detect(), &mut report)?)
            }
        },
    };
    let payload = payload.filter(|coded| coded.len() < raw.len());
    let tried = header;
    match &payload {
        Some(coded) => header.coded_len = coded.len(),
        None => header = BlockHeader { method: Method::Store, unpacked_len: raw.len(), ..header },
    }
    if !tried.method.is_neural() {
        report(raw.len(), header.coded_len);
    }
    let memory = memory(&BlockHeader { coded_len: header.coded_len, ..tried }, level, 0);
    Ok(CodedBlock { header, payload, memory })
}

/// Codes `raw`, which equals the content `distance` bytes before.
pub fn encode_copy(raw: &[u8], distance: usize, progress: Option<&Progress>) -> CodedBlock {
    let mut payload = Vec::new();
    varint::write(&mut payload, distance as u64);
    reporter(progress)(raw.len(), payload.len());
    let raw_crc = crc32fast::hash(raw);
    let (raw_len, coded_len) = (raw.len(), payload.len());
    let header = BlockHeader { method: Method::Copy, raw_len, coded_len, unpacked_len: raw_len, raw_crc };
    CodedBlock { header, payload: Some(payload), memory: (raw_len + coded_len) as u64 }
}

/// Bytes of memory that coding a block by the method of `header` takes, or decoding it: the raw and the coded block, the
/// model of a neural one, what an unpacked one is unpacked to, and `beside` it the content that is held for what copies may reach back to, or to come next.
pub fn memory(header: &BlockHeader, level: Level, beside: usize) -> u64 {
    let method = match header.method {
        Method::Neural => level.memory(header.raw_len),
        Method::Unpacked => level.memory(header.unpacked_len) + header.unpacked_len + deflate::MEMORY,
        Method::Store | Method::Huffman | Method::Copy => 0,
    };
    (beside + header.raw_len + header.coded_len + method) as u64
}

/// Decodes and checks one block; `window` is the content before it.
///
/// # Errors
/// Damaged data: of the method's own structure, or content that does not match its checksum.
pub fn decode(
    header: &BlockHeader,
    coded: Vec<u8>,
    window: &Window,
    level: Level,
    progress: Option<&Progress>,
) -> Result<Vec<u8>> {
    ensure(memory(header, level, 0))?;
    let mut report = reporter(progress);
    let coded_len = coded.len();
    let raw = match header.method {
        Method::Store => coded,
        Method::Huffman => huffman::decode(&coded, header.raw_len)?,
        Method::Neural => neural::decode(&coded, header.raw_len, level, Isa::detect(), &mut report)?,
        Method::Copy => window.copy(&coded, header.raw_len)?,
        Method::Unpacked => unpacked::decode(&coded, header, level, Isa::detect(), &mut report)?,
    };
    if !header.method.is_neural() {
        report(raw.len(), coded_len);
    }
    if crc32fast::hash(&raw) != header.raw_crc {
        return Err(Error::new(ErrorKind::ChecksumMismatch, "a block's content does not match its checksum"));
    }
    Ok(raw)
}
