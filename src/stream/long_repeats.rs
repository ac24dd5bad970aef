//! Content → its very long repeats: stretches that equal the bytes some distance before them.
//!
//! Every aligned chunk of 32 KiB is remembered by its fingerprint, a polynomial hash, and the same hash rolls over
//! every position (Karp & Rabin 1987; rsync: Tridgell & Mackerras 1996). Where the two agree, bytes are compared, and
//! the match is extended both ways. A repeat of [`MIN_REPEAT`] bytes has some thirty aligned chunks in its source, so
//! it is found although the table forgets: of two chunks with one slot, only the later is kept.
//!
//! Time is linear in the length of any content: after a comparison that finds no repeat, a number of positions in
//! proportion to it is passed over.

use crate::container::Window;

/// The shortest repeat worth a block of its own.
///
/// The block after a copy starts with a network that knows nothing: after a MiB of source code that costs 9 KB at level
/// 6 and 5 KB at level 1, and more after longer learning. A copy must save more than that. Shorter repeats are left to
/// the network, so that content full of them does not restart it all the time.
pub const MIN_REPEAT: usize = 1 << 20;
/// Bytes of a chunk. Shorter chunks would find no more, and be misled by shorter repeats.
pub const CHUNK: usize = 1 << 15;
/// A repeat begins less than this before the position at which it is found: with one of its first four chunks, nearly
/// always, as the table has forgotten one chunk in four. So much of the content waits until it is known to be new.
const REACH: usize = 4 * CHUNK;
/// Slots for each chunk of the window. There may be as many again, of the block.
const SLOTS_PER_CHUNK: usize = 4;
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
#[derive(Debug)]
pub struct Finder {
    /// How far back repeats may reach.
    window: Window,
    /// By the top bits of the hash; no slots before the first search, so that short content needs none.
    slots: Vec<Slot>,
    /// The first position that has not been looked at.
    next: usize,
    /// Before this position nothing is compared.
    quiet: usize,
}

/// How a search ended.
enum Outcome {
    Repeat(Repeat),
    /// From here to the end of what is there the content is a repeat, so far too short.
    Open(usize),
    Nothing,
}

/// What is known of the content to come.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Found {
    /// Up to here it is no repeat.
    pub fresh_until: usize,
    /// The repeat that begins there, as far as it is there.
    pub repeat: Option<Repeat>,
}

impl Finder {
    /// Has seen nothing yet.
    pub fn new(window: Window) -> Self {
        Self { window, slots: Vec::new(), next: 0, quiet: 0 }
    }

    /// How far back repeats may reach.
    pub fn reach(&self) -> usize {
        self.window.bytes()
    }

    /// Looks for the next repeat in `bytes[from..]`, at least [`MIN_REPEAT`] long and within the window. Unless
    /// `is_end`, more content may follow. What is found does not depend on how much of the content is there.
    ///
    /// `bytes` must begin with those of the last call, less the [dropped](Self::drop_front) ones.
    pub fn find(&mut self, bytes: &[u8], from: usize, is_end: bool) -> Found {
        self.slots.resize(self.reach() / CHUNK * SLOTS_PER_CHUNK, Slot::default());
        self.remember(bytes, from);
        match self.search(bytes, from, is_end) {
            Outcome::Repeat(repeat) => Found { fresh_until: repeat.start, repeat: Some(repeat) },
            Outcome::Open(start) => Found { fresh_until: start, repeat: None },
            Outcome::Nothing if is_end => Found { fresh_until: bytes.len(), repeat: None },
            Outcome::Nothing => Found { fresh_until: from.max(self.next.saturating_sub(REACH)), repeat: None },
        }
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
        self.quiet = self.quiet.saturating_sub(len);
    }

    /// Remembers all chunks before `until`, and goes there.
    pub fn remember(&mut self, bytes: &[u8], until: usize) {
        if self.slots.is_empty() {
            return;
        }
        let mut at = self.next.next_multiple_of(CHUNK);
        while at < until && at + CHUNK <= bytes.len() {
            self.insert(fingerprint(&bytes[at..at + CHUNK]), at);
            at += CHUNK;
        }
        self.next = self.next.max(at.min(until));
    }

    /// The next repeat, which is not to reach before `floor`.
    fn search(&mut self, bytes: &[u8], floor: usize, is_end: bool) -> Outcome {
        let mut at = self.next;
        let Some(last) = bytes.len().checked_sub(CHUNK).filter(|&last| at <= last) else { return Outcome::Nothing };
        let mut hash = fingerprint(&bytes[at..at + CHUNK]);
        loop {
            let slot = self.slots[self.slot_of(hash)];
            if slot.hash == hash && at >= self.quiet {
                let candidate = extend(bytes, slot.position, at, floor, self.reach());
                if candidate.len >= MIN_REPEAT {
                    self.next = at;
                    return Outcome::Repeat(candidate);
                }
                if candidate.distance > 0 && candidate.end() == bytes.len() && !is_end {
                    self.next = at;
                    return Outcome::Open(candidate.start);
                }
                self.quiet = at + 1 + candidate.len / COMPARED_PER_POSITION;
            }
            // Only now, so that an equal chunk before this one is found first.
            if at.is_multiple_of(CHUNK) {
                self.insert(hash, at);
            }
            if at == last {
                self.next = last + 1;
                return Outcome::Nothing;
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
            if self.slots[self.slot_of(hash)].hash == hash {
                break;
            }
        }
        (at, hash)
    }

    fn insert(&mut self, hash: u64, position: usize) {
        let slot = self.slot_of(hash);
        self.slots[slot] = Slot { hash, position };
    }

    /// By the top bits of the hash. There are slots.
    fn slot_of(&self, hash: u64) -> usize {
        (hash >> (u64::BITS - self.slots.len().ilog2())) as usize
    }
}

fn add(hash: u64, byte: u8) -> u64 {
    hash.wrapping_mul(BASE).wrapping_add(u64::from(byte))
}

/// The hash of a whole chunk: its bytes are the digits of a number to the base of [`BASE`], modulo 2^64.
fn fingerprint(chunk: &[u8]) -> u64 {
    chunk.iter().fold(0, |hash, &byte| add(hash, byte))
}

/// The repeat around `at` whose source lies around `source`; empty, with distance 0, if that is out of reach. It begins
/// less than [`REACH`] before `at`.
fn extend(bytes: &[u8], source: usize, at: usize, floor: usize, reach: usize) -> Repeat {
    let distance = at.checked_sub(source).filter(|distance| (1..=reach).contains(distance));
    let Some(distance) = distance else { return Repeat { start: at, len: 0, distance: 0 } };
    let ahead = common_prefix(&bytes[source..], &bytes[at..]);
    let floor = floor.max((at + 1).saturating_sub(REACH)).min(at);
    let back = common_suffix(&bytes[..source], &bytes[floor..at]);
    Repeat { start: at - back, len: back + ahead, distance }
}

/// Bytes that are compared at once.
const STEP: usize = 1 << 10;

/// The number of equal bytes at the starts of `a` and `b`.
pub fn common_prefix(a: &[u8], b: &[u8]) -> usize {
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
