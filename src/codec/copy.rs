//! The content that a decoder keeps → the copies made from it.

use std::collections::VecDeque;

use super::block_encoder::CodedSegment;
use crate::{
    Error, Result,
    container::{BlockKind, SegmentHeader, Window, varint},
    parallel::watch::Watch,
};

/// The last bytes of a frame's content before the current block, as far back as copies may reach.
#[derive(Debug)]
pub struct CopyWindow {
    /// Never longer than `reach`.
    bytes: VecDeque<u8>,
    reach: usize,
}

impl CopyWindow {
    /// That of a frame whose header has `window`; no content yet.
    pub fn new(window: Window) -> Self {
        Self { bytes: VecDeque::new(), reach: window.bytes() }
    }

    /// Drops all content.
    pub fn clear(&mut self) {
        self.bytes = VecDeque::new();
    }

    /// How many bytes are kept.
    pub fn len(&self) -> usize {
        self.bytes.len()
    }

    /// Adds a block's content, and drops the bytes that no copy can reach any more.
    ///
    /// # Errors
    /// The system does not have the memory.
    pub fn push(&mut self, block: &[u8]) -> Result<()> {
        let block = &block[block.len().saturating_sub(self.reach)..];
        self.make_room(block.len())?;
        self.bytes.extend(block);
        Ok(())
    }

    /// Adds `len` zeros, in place of content that was not decoded.
    ///
    /// # Errors
    /// As of [`push`](Self::push).
    pub fn push_zeros(&mut self, len: u64) -> Result<()> {
        let len = usize::try_from(len).map_or(self.reach, |len| len.min(self.reach));
        self.make_room(len)?;
        self.bytes.resize(self.bytes.len() + len, 0);
        Ok(())
    }

    /// Bytes of memory that adding a block of `len` may ask for.
    pub fn growth(&self, len: usize) -> u64 {
        let needed = (self.bytes.len() + len.min(self.reach)).min(self.reach);
        if needed <= self.bytes.capacity() { 0 } else { grown(self.bytes.capacity(), needed).min(self.reach) as u64 }
    }

    /// Makes room for `len` more bytes, at most `reach`: drops those that come out of reach.
    fn make_room(&mut self, len: usize) -> Result<()> {
        let growth = self.growth(len) as usize;
        let excess = (self.bytes.len() + len).saturating_sub(self.reach);
        self.bytes.drain(..excess);
        let more = growth.saturating_sub(self.bytes.len());
        self.bytes.try_reserve_exact(more).map_err(|_| Error::no_memory(growth as u64))
    }

    /// Decodes a copy of `len` bytes from its `coded` distance.
    ///
    /// # Errors
    /// Corrupt if the distance is out of the window, or something follows it.
    pub fn copy(&self, mut coded: &[u8], len: usize) -> Result<Vec<u8>> {
        let distance = varint::read(&mut coded).map_err(|_| bad_distance())?;
        let distance = usize::try_from(distance).map_err(|_| bad_distance())?;
        let start = self.bytes.len().checked_sub(distance).filter(|_| distance > 0 && coded.is_empty());
        Ok(self.repeat_from(start.ok_or_else(bad_distance)?, len))
    }

    /// The bytes from `start` on, repeated until there are `len` bytes.
    fn repeat_from(&self, start: usize, len: usize) -> Vec<u8> {
        let mut out = Vec::with_capacity(len);
        let end = self.bytes.len().min(start + len);
        let (front, back) = self.bytes.as_slices();
        out.extend_from_slice(&front[start.min(front.len())..end.min(front.len())]);
        out.extend_from_slice(&back[start.saturating_sub(front.len())..end.saturating_sub(front.len())]);
        // Doubles each time: until the end is reached, `out` holds a whole number of periods.
        while out.len() < len {
            out.extend_from_within(..out.len().min(len - out.len()));
        }
        out
    }
}

/// How large a list of content is made that has room for `capacity` bytes and needs it for `needed`: at first it
/// doubles, later it does not take much more than it needs.
pub fn grown(capacity: usize, needed: usize) -> usize {
    const STEP: usize = 1 << 26;
    needed.max(capacity + capacity.min(STEP))
}

/// The error for a distance that is out of range.
pub fn bad_distance() -> Error {
    Error::corrupt("a copy does not say how far back its content lies")
}

/// Codes `raw`, which equals the content `distance` bytes before it.
///
/// # Errors
/// `watch` ends the work.
pub fn encode(raw_len: usize, crc: u32, distance: usize, watch: &Watch) -> Result<CodedSegment> {
    let mut payload = Vec::new();
    varint::write(&mut payload, distance as u64);
    watch.report(raw_len, payload.len())?;
    let coded_len = payload.len();
    let header = SegmentHeader { check: crc, ..SegmentHeader::first(BlockKind::Copy, raw_len, coded_len) };
    // The encoder holds and counts the content. The frame has a block before this one, which may need the model.
    Ok(CodedSegment { header, payload, is_named: true, memory: coded_len as u64, seen: None })
}

/// Decodes and checks a copy; `window` holds the content before it. The caller has been promised memory for the raw and
/// the coded bytes.
///
/// # Errors
/// Damage, in the coded bytes or because the content does not match its checksum; or `watch` ends the work.
pub fn decode(header: &SegmentHeader, coded: &[u8], window: &CopyWindow, watch: &Watch) -> Result<Vec<u8>> {
    watch.check()?;
    check(header, coded, window.copy(coded, header.raw_len)?, watch)
}

/// Reports and checks the content `raw` of a copy.
///
/// # Errors
/// As of [`decode`].
pub fn check(header: &SegmentHeader, coded: &[u8], raw: Vec<u8>, watch: &Watch) -> Result<Vec<u8>> {
    watch.report(raw.len(), coded.len())?;
    header.verify(crc32fast::hash(&raw)).map(|()| raw)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ErrorKind;

    const MAX_DISTANCE: usize = 1 << 25;

    fn window(blocks: &[&[u8]]) -> CopyWindow {
        let mut window = CopyWindow::new(Window::LEAST);
        blocks.iter().for_each(|block| window.push(block).unwrap());
        window
    }

    fn copy(window: &CopyWindow, distance: u64, len: usize) -> Result<Vec<u8>> {
        let mut coded = Vec::new();
        varint::write(&mut coded, distance);
        window.copy(&coded, len)
    }

    #[test]
    fn copies_may_overlap_what_they_produce() {
        let window = window(&[b"ab", b"", b"cde"]);
        for (distance, len, expected) in
            [(1, 1, "e"), (1, 4, "eeee"), (2, 7, "dededed"), (4, 3, "bcd"), (5, 5, "abcde"), (5, 11, "abcdeabcdea")]
        {
            assert_eq!(copy(&window, distance, len).unwrap(), expected.as_bytes(), "{distance}, {len}");
        }
    }

    #[test]
    fn distances_out_of_the_window_are_corrupt() {
        let window = window(&[b"abcde"]);
        for distance in [0, 6, MAX_DISTANCE as u64 + 1, 1 << 40, u64::MAX] {
            assert_eq!(copy(&window, distance, 3).unwrap_err().kind(), ErrorKind::Corrupt, "{distance}");
        }
        for coded in [&b""[..], b"\x81", b"\x81\x00", b"\x01\x00", &[0xff; 10], &[0xff; 30]] {
            assert_eq!(window.copy(coded, 3).unwrap_err().kind(), ErrorKind::Corrupt, "{coded:?}");
        }
    }

    #[test]
    fn the_window_keeps_what_is_within_reach_and_no_more() {
        let block: Vec<u8> = (0..MAX_DISTANCE / 4 + 1).map(|i| (i % 251) as u8).collect();
        let mut all = Vec::new();
        let mut window = CopyWindow::new(Window::LEAST);
        for _ in 0..9 {
            all.extend_from_slice(&block);
            window.push(&block).unwrap();
            let reach = all.len().min(MAX_DISTANCE);
            assert_eq!(window.len(), reach);
            assert!(copy(&window, reach as u64, reach).unwrap() == all[all.len() - reach..]);
            assert!(copy(&window, reach as u64 + 1, 1).is_err());
            assert!(window.bytes.capacity() <= MAX_DISTANCE);
        }
        window.push(&all).unwrap();
        assert!(copy(&window, MAX_DISTANCE as u64, 100).unwrap() == all[all.len() - MAX_DISTANCE..][..100]);
    }
}
