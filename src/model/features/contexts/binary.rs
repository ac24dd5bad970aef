//! The contexts of binary data: bytes, and their neighbours in a table with rows and elements of fixed widths.

use super::list::{Expected, contexts, last};
use crate::model::features::history::History;

/// The bytes around the one to come in a table: north is one row before it, west is one element before it.
struct Around {
    north: u64,
    west: u64,
    north_west: u64,
    north_east: u64,
    /// What a plane through north, west and north-west has here (LOCO-I), in ten bits.
    plane: u64,
    /// The place within the element.
    phase: u64,
    second_north: u64,
    second_west: u64,
    /// What followed the last byte, the last two and the last three before.
    followed: [u64; 3],
}

#[inline(always)]
fn around(h: &History, _: &Expected) -> Around {
    let (element, row) = (h.strides.element, h.strides.row);
    let at = |distance| u64::from(h.at(distance));
    let (north, west, north_west) = (at(row), at(element), at(row + element));
    Around {
        north,
        west,
        north_west,
        north_east: if row > element { at(row - element) } else { 0 },
        plane: north.wrapping_add(west).wrapping_sub(north_west) & 0x3ff,
        phase: u64::from(h.phase),
        second_north: at(2 * row),
        second_west: at(2 * element),
        followed: h.indirect.after.map(u64::from),
    }
}

/// North, west and north-east without their two low bits.
#[inline(always)]
fn rounded(a: &Around) -> u64 {
    a.north >> 2 | a.west >> 2 << 8 | a.north_east >> 2 << 16
}

contexts! { around(h, e) as a:
    first {
        "last 2" => (last(h, 2), 0),
        "plane, last 1" => (a.plane, last(h, 1)),
        "north, phase" => (a.north, a.phase),
        "last 4" => (last(h, 4), 0),
    }
    second {
        "byte 2" => (h.last8 & 0xff00, 0),
        "last 6" => (last(h, 6), 0),
        "last 1" => (last(h, 1), 0),
        "last 3" => (last(h, 3), 0),
    }
    third {
        "high nibbles of last 4" => (h.last8 & 0xf0f0_f0f0, 0),
        "bytes 2 to 3" => (h.last8 & 0xff_ff00, 0),
        "north, west" => (a.north << 8 | a.west, 0),
        "bytes 1 and 3" => (h.last8 & 0xff_00ff, 0),
    }
    fourth {
        "short match" => (u64::from(e.short), e.short_step()),
        "short match, last 1" => (u64::from(e.short), last(h, 1)),
        "long match" => (u64::from(e.long), e.long_step()),
        "north, west, north-east rounded, phase" => (rounded(&a), a.phase),
    }
    fifth {
        "followed last 2" => (a.followed[1], 0),
        "followed last 3" => (a.followed[2], 0),
        "bytes 1 and 4" => (h.last8 & 0xff00_00ff, 0),
        "north, north-west, north-east" => (a.north | a.north_west << 8 | a.north_east << 16, 0),
    }
    sixth {
        "plane, north, west" => (a.plane, a.north | a.west << 8),
        "short match, last 2" => (u64::from(e.short), last(h, 2)),
        "shape of last 10, last 1" => (h.shape & 0x3fff_ffff, last(h, 1)),
        "west, second west, phase" => (a.west | a.second_west << 8, a.phase),
    }
    seventh {
        "bytes 3 to 4" => (h.last8 & 0xffff_0000, 0),
        "north, second north, last 1" => (a.north | a.second_north << 8, last(h, 1)),
        "north, west, north-west, last 1" => (a.north | a.west << 8 | a.north_west << 16, last(h, 1)),
        "byte 4, phase" => (h.last8 & 0xff00_0000, a.phase),
    }
    eighth {
        "bytes 1, 2 and 5" => (h.last8 & 0xff_ff00_00ff, 0),
        "followed last 1 thrice, last 1" => (a.followed[0] & 0xff_ffff, last(h, 1)),
        "last 1, place in four" => (last(h, 1), h.position() as u64 & 3),
        "word, last 1" => (u64::from(h.words.words[0]), last(h, 1)),
    }
}
