//! The contexts of text: bytes, words, lines.

use super::list::{contexts, last};
use crate::model::features::history::History;

/// Words as they are spelt so far, and the byte above.
struct View {
    /// 0 between words.
    word: u64,
    word_before: u64,
    word_before_that: u64,
    above: u64,
}

#[inline(always)]
fn view(h: &History) -> View {
    let [word, word_before, word_before_that] = h.words.map(u64::from);
    View { word, word_before, word_before_that, above: u64::from(h.above()) }
}

contexts! { view(h) as v:
    first {
        "last 4" => (last(h, 4), 0),
        "last 6" => (last(h, 6), 0),
        "word, last 1" => (v.word, last(h, 1)),
        "classes" => (u64::from(h.classes), 0),
        "above, column" => (v.above, h.column.min(255) as u64),
        "last 2" => (last(h, 2), 0),
        "word, word before" => (v.word, v.word_before + 1),
        "last 3" => (last(h, 3), 0),
    }
    second {
        "last 5" => (last(h, 5), 0),
        "four classes, word" => (u64::from(h.classes) & 0xffff, v.word),
        "last 8" => (last(h, 8), 0),
        "word, second word before" => (v.word + 1, v.word_before_that + 1),
        "last 1" => (last(h, 1), 0),
        "above, last 3" => (v.above, last(h, 3)),
        "bytes 2 to 3" => (h.last8 & 0xff_ff00, 0),
        "word, two words before" => (v.word + 7 * v.word_before, v.word_before_that + 1),
    }
    third {
        "byte 2" => (h.last8 & 0xff00, 0),
        "punctuation, word, last 1" => (u64::from(h.punctuation) << 8 | last(h, 1), v.word),
        "high nibbles of last 5" => (h.last8 & 0xf0_f0f0_f0f0, 0),
        "above, last 1" => (v.above << 8 | last(h, 1), 0),
        "field, last 1" => (h.field, last(h, 1)),
        "bytes 2 to 4" => (h.last8 & 0xffff_ff00, 0),
        "last 7" => (last(h, 7), 0),
        "bytes 1 and 3" => (h.last8 & 0xff_00ff, 0),
    }
}
