//! Bytes → the same bytes with something wrong: what the tests of damage share.

use crate::Random;

/// One mutation in this many is cut short.
const CUT_EVERY: usize = 8;
/// Bytes that mean something: tags, the least and the most of a byte, of a signed one, and of a length's digit.
const TELLING: [u8; 8] = [0, 1, 4, 5, 0x7f, 0x80, 0xfe, 0xff];

/// `bytes`, changed in one to four places, or cut short anywhere, half of the time with changes besides.
pub fn mutate(bytes: &[u8], random: &mut Random) -> Vec<u8> {
    let mut out = bytes.to_vec();
    let is_cut = random.below(CUT_EVERY) == 0;
    if is_cut {
        out.truncate(random.below(bytes.len()));
    }
    if !is_cut || random.below(2) == 0 {
        for _ in 0..1 + random.below(4) {
            change(&mut out, random);
        }
    }
    out
}

/// Changes one place, more often near the beginning, where headers and tables are.
fn change(out: &mut Vec<u8>, random: &mut Random) {
    if out.is_empty() {
        out.push(0);
    }
    let reach = if random.below(2) == 0 { out.len().min(40) } else { out.len() };
    let at = random.below(reach);
    let end = out.len().min(at + 1 + random.below(9));
    match random.below(7) {
        0 | 1 => out[at] ^= 1 << random.below(8),
        2 => out[at] = random.bits() as u8,
        3 => out[at] = TELLING[random.below(TELLING.len())],
        4 => drop(out.drain(at..end)),
        5 => drop(out.splice(at..at, random.bytes(3))),
        _ => {
            let from = random.below(out.len() - (end - at) + 1);
            out.copy_within(from..from + end - at, at);
        }
    }
}
