//! History → hashes: which n-grams a byte is seen in.

use super::history::History;

/// Most contexts that a level may use.
pub const MAX_CONTEXTS: usize = 32;

#[inline(always)]
fn hash(id: u64, a: u64, b: u64) -> u32 {
    let h = (a ^ (id << 56)).wrapping_mul(0x9e37_79b9_7f4a_7c15).wrapping_add(b).wrapping_mul(0xd6e8_feb8_6659_fd93);
    (h ^ h >> 32).wrapping_mul(0x9e37_79b9_7f4a_7c15).wrapping_shr(32) as u32
}

/// Fills `out` with the hashes of the contexts that come now; the first ones are worth most.
#[inline(always)]
pub fn compute(history: &History, out: &mut [u32; MAX_CONTEXTS]) {
    let h = history;
    let l = h.last8;
    let order = |n: u32| l & (u64::MAX >> (64 - 8 * n));
    let w = h.words.map(u64::from);
    let above = u64::from(h.above());
    let column = h.column.min(255) as u64;
    let list: [(u64, u64); 24] = [
        (order(1), 0),
        (order(2), 0),
        (order(3), 0),
        (order(4), 0),
        (order(5), 0),
        (order(6), 0),
        (w[0], order(1)),
        (w[0], w[1] + 1),
        (l & 0xffff00, 0),
        (l & 0xff00, 0),
        (w[0] + 7 * w[1], w[2] + 1),
        (u64::from(h.classes), 0),
        (above << 8 | order(1), 0),
        (above, column),
        (l & 0xf0f0_f0f0_f0, 0),
        (w[0] + 1, w[2] + 1),
        (u64::from(h.punctuation) << 8 | order(1), w[0]),
        (u64::from(h.classes & 0xffff), w[0]),
        (l & 0xff_ff00_00ff, 0),
        (order(8), 0),
        (l & 0xffff_ff00, 0),
        (l & 0xff00ff, 0),
        (order(7), 0),
        (l & 0xffff_0000, 0),
    ];
    for (id, (&(a, b), out)) in list.iter().zip(out).enumerate() {
        *out = hash(id as u64, a, b);
    }
}
