//! One block whose deflate streams are unpacked ↔ the network's codes of what they are unpacked to.
//!
//! ```text
//! coded bytes = length of the recipe | neural block of (content with the streams' content in their place, recipe)
//! ```

use super::neural::{self, Report};
use crate::{
    Error, Result,
    container::{BlockHeader, varint},
    math::isa::Isa,
    model::Start,
    transform::deflate::{self, Unpacked},
};

/// Codes what `raw_len` bytes were unpacked to.
///
/// # Errors
/// Only if the system does not have the memory for the model, or by `report`.
pub fn encode(content: &Unpacked, raw_len: usize, start: &Start, isa: Isa, report: &mut Report) -> Result<Vec<u8>> {
    let mut coded = Vec::new();
    varint::write(&mut coded, content.recipe_len as u64);
    // What lacks memory is done again: so nothing is reported before there is all that is needed.
    let mut scaled = scaled(report, content.bytes.len(), raw_len);
    let neural = neural::encode(&content.bytes, start, isa, &mut scaled)?;
    drop(scaled);
    report(0, coded.len())?;
    coded.extend(neural);
    Ok(coded)
}

/// Decodes a block and packs its streams again.
///
/// # Errors
/// Corrupt if `coded` ends before the content does, or its recipe cannot be followed; or no memory for the model.
pub fn decode(mut coded: &[u8], header: &BlockHeader, start: &Start, isa: Isa, report: &mut Report) -> Result<Vec<u8>> {
    let recipe_len = varint::read(&mut coded).ok().and_then(|len| usize::try_from(len).ok());
    let recipe_len = recipe_len.filter(|&len| len <= header.unpacked_len);
    let recipe_len = recipe_len.ok_or_else(|| Error::corrupt("the length of a recipe is damaged"))?;
    // As above.
    let room = deflate::room_for(header.raw_len)?;
    let mut scaled = scaled(report, header.unpacked_len, header.raw_len);
    let bytes = neural::decode(coded, header.unpacked_len, start, isa, &mut scaled)?;
    drop(scaled);
    report(0, header.coded_len - coded.len())?;
    let unpacked = Unpacked { bytes, recipe_len };
    let packed = deflate::pack_while(&unpacked, room, header.raw_len, &mut || report(0, 0).is_ok());
    // If it did not go on, this is why.
    report(0, 0)?;
    packed
}

/// Reports bytes of `whole` as the same part of `raw_len`.
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
    fn nothing_is_reported_of_what_lacks_memory_as_it_is_done_again() {
        let start = crate::Level::FASTEST.into();
        let content = Unpacked { bytes: b"some content".repeat(999), recipe_len: 0 };
        let coded = encode(&content, 9999, &start, Isa::detect(), &mut |_, _| Ok(())).unwrap();
        let header = BlockHeader {
            method: crate::Method::Unpacked,
            raw_len: usize::MAX,
            coded_len: coded.len(),
            unpacked_len: content.bytes.len(),
            raw_crc: 0,
            primed: false,
        };
        let mut reports = 0;
        let mut report = |_, _| {
            reports += 1;
            Ok(())
        };
        let error = decode(&coded, &header, &start, Isa::detect(), &mut report).unwrap_err();
        assert_eq!((error.kind(), reports), (crate::ErrorKind::MemoryLimit, 0));
    }

    #[test]
    fn progress_is_told_in_raw_bytes_and_adds_up() {
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
