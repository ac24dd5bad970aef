//! One block whose deflate streams are expanded ↔ the network's code of what they are expanded to.
//!
//! ```text
//! coded bytes = length of the recipe | neural block of (content with each stream's content in its place, recipe)
//! ```

use super::{
    neural::{self, Report},
    priming::{Coded, Priming},
};
use crate::{
    Error, Result,
    container::{BlockHeader, varint},
    error::room_for,
    math::isa::Isa,
    model::Start,
    transform::deflate::{self, Expanded},
};

/// Codes what `raw_len` bytes were expanded to.
///
/// # Errors
/// The system does not have the memory for the network, or `report` ends the work.
pub fn encode(content: &Expanded, raw_len: usize, priming: &Priming, isa: Isa, report: &mut Report) -> Result<Coded> {
    let mut bytes = Vec::new();
    varint::write(&mut bytes, content.recipe_len as u64);
    // A block that lacks memory is coded again. So nothing is reported before all the memory is there.
    let mut scaled = scaled(report, content.bytes.len(), raw_len);
    let coded = priming.encode(&content.bytes, isa, &mut scaled)?;
    drop(scaled);
    report(0, bytes.len())?;
    bytes.extend(coded.bytes);
    Ok(Coded { bytes, ..coded })
}

/// Decodes a block and reconstructs its streams.
///
/// # Errors
/// Corrupt if `coded` ends before the content does, or its recipe cannot be followed; no memory for the network; or
/// `report` ends the work.
pub fn decode(mut coded: &[u8], header: &BlockHeader, start: &Start, isa: Isa, report: &mut Report) -> Result<Vec<u8>> {
    let recipe_len = varint::read(&mut coded).ok().and_then(|len| usize::try_from(len).ok());
    let recipe_len = recipe_len.filter(|&len| len <= header.expanded_len);
    let recipe_len = recipe_len.ok_or_else(|| Error::corrupt("the length of a recipe is damaged"))?;
    // As above.
    let room = room_for(header.raw_len)?;
    let mut scaled = scaled(report, header.expanded_len, header.raw_len);
    let bytes = neural::decode(coded, header.expanded_len, start, isa, &mut scaled)?;
    drop(scaled);
    report(0, header.coded_len - coded.len())?;
    let expanded = Expanded { bytes, recipe_len };
    let raw = deflate::reconstruct_while(&expanded, room, header.raw_len, &mut || report(0, 0).is_ok());
    // If `report` has ended the work, its error says so better than that of the reconstruction.
    report(0, 0)?;
    raw
}

/// A report that counts each of `whole` bytes as the same fraction of `raw_len`.
fn scaled(report: &mut Report, whole: usize, raw_len: usize) -> impl FnMut(usize, usize) -> Result<()> {
    let mut done = 0u64;
    let part = move |done: u64| (done * raw_len as u64 / whole as u64) as usize;
    move |bytes, coded| {
        let before = part(done);
        done += bytes as u64;
        report(part(done) - before, coded)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_block_that_lacks_memory_reports_nothing() {
        let priming = Priming { level: crate::Level::FASTEST, model: None, built_in: false, only: false };
        let content = Expanded { bytes: b"some content".repeat(999), recipe_len: 0 };
        let coded = encode(&content, 9999, &priming, Isa::detect(), &mut |_, _| Ok(())).unwrap().bytes;
        let header = BlockHeader {
            kind: crate::BlockKind::Expanded,
            raw_len: usize::MAX,
            coded_len: coded.len(),
            expanded_len: content.bytes.len(),
            raw_crc: 0,
            from_prior: false,
        };
        let start = priming.start(false).unwrap();
        let mut reports = 0;
        let mut report = |_, _| {
            reports += 1;
            Ok(())
        };
        let error = decode(&coded, &header, &start, Isa::detect(), &mut report).unwrap_err();
        assert_eq!((error.kind(), reports), (crate::ErrorKind::MemoryLimit, 0));
    }

    #[test]
    fn progress_is_reported_in_raw_bytes_and_adds_up() {
        for (whole, raw_len) in [(10, 3), (3, 10), (1 << 26, (1 << 26) - 1), (7, 7)] {
            let (mut raw, mut coded) = (0, 0);
            let mut report = |r, c| {
                (raw, coded) = (raw + r, coded + c);
                Ok(())
            };
            let mut scaled = scaled(&mut report, whole, raw_len);
            (0..3).for_each(|part| scaled(whole / 3 + usize::from(part < whole % 3), 1).unwrap());
            drop(scaled);
            assert_eq!((raw, coded), (raw_len, 3));
        }
    }
}
