//! Frames made by hand.

use foretell::{
    BlockKind, Level,
    unstable::container::{FrameHeader, Item, SegmentHeader, Window, varint},
};

/// A block of a frame made by hand.
pub enum Part<'a> {
    /// Stored bytes.
    Stored(&'a [u8]),
    /// A copy that claims to be of these bytes, and its distance.
    Copied(&'a [u8], u64),
}

/// A frame of `parts`, its checksums those of the content that they claim to have.
pub fn frame_of(parts: &[Part]) -> Vec<u8> {
    let mut frame =
        FrameHeader { level: Level::FASTEST, content_size: None, window: Window::LEAST, model: None }.to_bytes();
    let mut content = vec![];
    for part in parts {
        let (kind, raw, coded) = match *part {
            Part::Stored(raw) => (BlockKind::Stored, raw, raw.to_vec()),
            Part::Copied(raw, distance) => {
                let mut coded = vec![];
                varint::write(&mut coded, distance);
                (BlockKind::Copy, raw, coded)
            }
        };
        let raw_crc = crc32fast::hash(raw);
        let (raw_len, coded_len) = (raw.len(), coded.len());
        Item::Segment(SegmentHeader { check: raw_crc, ..SegmentHeader::first(kind, raw_len, coded_len) })
            .write(&mut frame);
        frame.extend(coded);
        content.extend_from_slice(raw);
    }
    Item::End(twox_hash::XxHash3_64::oneshot(&content)).write(&mut frame);
    frame
}
