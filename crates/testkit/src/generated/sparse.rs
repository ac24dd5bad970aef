//! A sparse image, as of a disk or of a core dump: pages of 4,096 bytes that are mostly zero, a few with a table of
//! numbers, pointers or text at their start, in clusters.

use super::{Rng, words::LAST_NAMES};

const PAGE: usize = 4096;

pub(super) fn image(rng: &mut Rng, size: usize) -> Vec<u8> {
    let mut image = vec![0; size];
    let mut busy = false;
    let mut heap = 0x7f3a_4c00_0000u64;
    for page in image.chunks_mut(PAGE) {
        // Used pages come together: whether this one is depends on the one before.
        busy = if busy { rng.chance(65) } else { rng.chance(18) };
        if !busy {
            continue;
        }
        let used = 64 + rng.below(page.len() as u64 / 3) as usize;
        let content = match rng.below(3) {
            0 => (0..used as u32 / 4).flat_map(|i| (i * 3 + rng.below(4) as u32).to_le_bytes()).collect(),
            1 => pointers(rng, &mut heap, used),
            _ => names(rng, used),
        };
        let length = content.len().min(page.len());
        page[..length].copy_from_slice(&content[..length]);
    }
    image
}

/// Heads of blocks on a heap: address, length, count.
fn pointers(rng: &mut Rng, heap: &mut u64, used: usize) -> Vec<u8> {
    let mut out = Vec::new();
    while out.len() < used {
        let length = 16 << rng.zipf(7);
        out.extend(heap.to_le_bytes());
        out.extend((length as u32).to_le_bytes());
        out.extend((1 + rng.zipf(5) as u32).to_le_bytes());
        *heap += length + 16;
    }
    out
}

/// A column of names, each in 24 bytes filled with zeros.
fn names(rng: &mut Rng, used: usize) -> Vec<u8> {
    let mut out = Vec::new();
    while out.len() < used {
        let mut cell = rng.often(LAST_NAMES).as_bytes().to_vec();
        cell.resize(24, 0);
        out.extend(cell);
    }
    out
}
