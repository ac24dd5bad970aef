//! Content → its very long repeats: stretches that equal the bytes some distance before them.
//!
//! Every aligned chunk of 32 KiB is remembered by its fingerprint, a polynomial hash, and the same hash rolls over
//! every position (Karp & Rabin 1987; rsync: Tridgell & Mackerras 1996). Where the two agree, bytes are compared, and
//! the match is extended both ways. A repeat of [`MIN_REPEAT`] bytes has some thirty aligned chunks in its source, so
//! it is found although the table forgets: of two chunks with one slot, only the later is kept.
//!
//! Time is linear in the length of any content: after a comparison that finds no repeat, a number of positions in
//! proportion to it is passed over.

use crate::container::MAX_DISTANCE;

/// The shortest repeat worth a block of its own.
///
/// The block after a copy starts with a network that knows nothing: after a MiB of source code that costs 9 KB at level
/// 6 and 5 KB at level 1, and more after longer learning. A copy must save more than that. Shorter repeats are left to
/// the network, so that content full of them does not restart it all the time.
pub const MIN_REPEAT: usize = 1 << 20;
/// The shortest stretch that continues a copy which ended at the end of the content so far. The next block starts with
/// a new network in any case, so this must only pay for a header of 19 bytes.
const MIN_CONTINUED: usize = 256;
/// Bytes of a chunk. Shorter chunks would find no more, and be misled by shorter repeats.
pub const CHUNK: usize = 1 << 15;
/// log2 of the slots: two for each chunk of a window and a block, and few enough to stay in a cache.
const SLOT_BITS: u32 = 12;
/// Bytes that are compared in the time in which the hash rolls over one position, or fewer.
const COMPARED_PER_POSITION: usize = 8;
/// The base of the hash: odd, so that no byte is ever shifted out, and with bits everywhere (2^64 / golden ratio).
const BASE: u64 = 0x9e37_79b9_7f4a_7c15;
/// The factor of a byte when it leaves the chunk: `BASE`^`CHUNK`.
const LEAVING: u64 = BASE.wrapping_pow(CHUNK as u32);

/// `bytes[start..start + len]` equals the `len` bytes that begin `distance` before; the two may overlap.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Repeat {
    pub start: usize,
    pub len: usize,
    pub distance: usize,
}

impl Repeat {
    pub fn end(self) -> usize {
        self.start + self.len
    }
}

/// A remembered chunk. An empty slot claims a chunk of hash 0 at position 0: like any claim, it counts only after its
/// bytes were compared.
#[derive(Clone, Copy, Debug, Default)]
struct Slot {
    hash: u64,
    position: usize,
}

/// Finds repeats in content that grows at its end and is dropped from its front.
#[derive(Debug, Default)]
pub struct Finder {
    /// By the top bits of the hash; no slots before the first search, so that short content needs none.
    slots: Vec<Slot>,
    /// The first position that has not been looked at.
    next: usize,
    /// Where the last repeat of the last call ended, and its distance, if that was where the content ended.
    open: Option<(usize, usize)>,
}

impl Finder {
    /// The repeats in `bytes[from..]`, in order and apart from each other; each within [`MAX_DISTANCE`].
    ///
    /// `bytes` must begin with those of the last call, less the [dropped](Self::drop_front) ones.
    pub fn find(&mut self, bytes: &[u8], from: usize) -> Vec<Repeat> {
        let mut found = Vec::new();
        let mut floor = from;
        if let Some(repeat) = self.continued(bytes, from) {
            floor = repeat.end();
            found.push(repeat);
        }
        // Content shorter than two repeats can only hold a run, which is short.
        if bytes.len() - from >= MIN_REPEAT && bytes.len() >= 2 * MIN_REPEAT {
            self.slots.resize(1 << SLOT_BITS, Slot::default());
            self.remember(bytes, floor);
            while let Some(repeat) = self.search(bytes, floor) {
                floor = repeat.end();
                found.push(repeat);
                self.remember(bytes, floor);
            }
        }
        let last = found.last().filter(|repeat| repeat.end() == bytes.len());
        self.open = last.map(|repeat| (repeat.end(), repeat.distance));
        found
    }

    /// Forgets the first `len` bytes of the content, a multiple of [`CHUNK`]: they were dropped.
    pub fn drop_front(&mut self, len: usize) {
        for slot in &mut self.slots {
            *slot = match slot.position.checked_sub(len) {
                Some(position) => Slot { position, ..*slot },
                None => Slot::default(),
            };
        }
        self.next = self.next.saturating_sub(len);
        self.open = self.open.map(|(end, distance)| (end.saturating_sub(len), distance));
    }

    /// The repeat that was open, as it goes on from `from`.
    fn continued(&mut self, bytes: &[u8], from: usize) -> Option<Repeat> {
        let (_, distance) = self.open.take().filter(|&(end, _)| end == from)?;
        let len = common_prefix(&bytes[from.checked_sub(distance)?..], &bytes[from..]);
        (len >= MIN_CONTINUED).then_some(Repeat { start: from, len, distance })
    }

    /// Remembers all chunks before `until`, and goes there.
    fn remember(&mut self, bytes: &[u8], until: usize) {
        let mut at = self.next.next_multiple_of(CHUNK);
        while at < until && at + CHUNK <= bytes.len() {
            self.insert(fingerprint(&bytes[at..at + CHUNK]), at);
            at += CHUNK;
        }
        self.next = self.next.max(at.min(until));
    }

    /// The next repeat, which is not to reach before `floor`.
    fn search(&mut self, bytes: &[u8], floor: usize) -> Option<Repeat> {
        let mut at = self.next;
        let last = bytes.len().checked_sub(CHUNK).filter(|&last| at <= last)?;
        let mut hash = fingerprint(&bytes[at..at + CHUNK]);
        // Before this position nothing is compared.
        let mut quiet = 0;
        loop {
            let slot = self.slots[slot_of(hash)];
            if slot.hash == hash && at >= quiet {
                match extend(bytes, slot.position, at, floor) {
                    Ok(repeat) => {
                        self.next = at;
                        return Some(repeat);
                    }
                    Err(compared) => quiet = at + 1 + compared / COMPARED_PER_POSITION,
                }
            }
            // Only now, so that an equal chunk before this one is found first.
            if at.is_multiple_of(CHUNK) {
                self.insert(hash, at);
            }
            if at == last {
                self.next = last + 1;
                return None;
            }
            let end = last.min((at + 1).next_multiple_of(CHUNK));
            (at, hash) = self.roll(bytes, at, end, hash);
        }
    }

    /// Goes on from `at` to the next position whose hash is remembered, at most to `end`.
    fn roll(&self, bytes: &[u8], mut at: usize, end: usize, mut hash: u64) -> (usize, u64) {
        for (&leaving, &entering) in bytes[at..end].iter().zip(&bytes[at + CHUNK..]) {
            hash = add(hash, entering).wrapping_sub(u64::from(leaving).wrapping_mul(LEAVING));
            at += 1;
            if self.slots[slot_of(hash)].hash == hash {
                break;
            }
        }
        (at, hash)
    }

    fn insert(&mut self, hash: u64, position: usize) {
        self.slots[slot_of(hash)] = Slot { hash, position };
    }
}

fn slot_of(hash: u64) -> usize {
    (hash >> (u64::BITS - SLOT_BITS)) as usize
}

fn add(hash: u64, byte: u8) -> u64 {
    hash.wrapping_mul(BASE).wrapping_add(u64::from(byte))
}

/// The hash of a whole chunk: its bytes are the digits of a number to the base of [`BASE`], modulo 2^64.
fn fingerprint(chunk: &[u8]) -> u64 {
    chunk.iter().fold(0, |hash, &byte| add(hash, byte))
}

/// The repeat around `at` whose source lies around `source`; if there is none that is long enough and within reach, the
/// number of bytes that were compared.
fn extend(bytes: &[u8], source: usize, at: usize, floor: usize) -> Result<Repeat, usize> {
    let distance = at.checked_sub(source).filter(|distance| (1..=MAX_DISTANCE).contains(distance)).ok_or(0usize)?;
    let ahead = common_prefix(&bytes[source..], &bytes[at..]);
    let back = common_suffix(&bytes[..source], &bytes[floor..at]);
    let repeat = Repeat { start: at - back, len: back + ahead, distance };
    if repeat.len >= MIN_REPEAT { Ok(repeat) } else { Err(repeat.len) }
}

/// Bytes that are compared at once.
const STEP: usize = 1 << 10;

/// The number of equal bytes at the starts of `a` and `b`.
fn common_prefix(a: &[u8], b: &[u8]) -> usize {
    let len = a.len().min(b.len());
    let steps = a[..len].chunks(STEP).zip(b[..len].chunks(STEP)).take_while(|(a, b)| a == b).count();
    let same = (steps * STEP).min(len);
    same + a[same..].iter().zip(&b[same..]).take(STEP).take_while(|(a, b)| a == b).count()
}

/// The number of equal bytes at the ends of `a` and `b`.
fn common_suffix(a: &[u8], b: &[u8]) -> usize {
    let len = a.len().min(b.len());
    let (a, b) = (&a[a.len() - len..], &b[b.len() - len..]);
    let steps = a.rchunks(STEP).zip(b.rchunks(STEP)).take_while(|(a, b)| a == b).count();
    let left = len.saturating_sub(steps * STEP);
    let bytes = a[..left].iter().rev().zip(b[..left].iter().rev());
    len - left + bytes.take_while(|(a, b)| a == b).count()
}

#[cfg(test)]
mod tests;
