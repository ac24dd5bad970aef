//! The contexts of text: bytes, words, lines; and, for levels with many, tags and keys, and what may come.

use super::list::{Expected, contexts, last, mix};
use crate::model::features::history::History;

/// Words as they are spelt so far, the gaps before them, and the byte above.
struct View {
    /// 0 between words.
    word: u64,
    before: u64,
    second_before: u64,
    gap: u64,
    length: u64,
    above: u64,
    /// The byte that stood last in the same place, and the byte after it.
    stood: u64,
    stood_next: u64,
    /// The byte that the short match expects.
    short: u64,
    /// What followed the token the last two times.
    followed: u64,
    key: u64,
    value: u64,
}

#[inline(always)]
fn view(h: &History, e: &Expected) -> View {
    let [word, before, second_before] = h.words.words.map(u64::from);
    let gap = u64::from(h.words.gaps[0]);
    let [stood, stood_next] = h.stood.map(u64::from);
    View {
        word,
        before,
        second_before,
        gap,
        length: u64::from(h.words.length),
        above: u64::from(h.above()),
        stood,
        stood_next,
        short: u64::from(e.short),
        followed: u64::from(h.tokens.next & 0xffff),
        key: u64::from(h.nest.key),
        value: u64::from(h.nest.value),
    }
}

contexts! { view(h, e) as v:
    first {
        "last 4" => (last(h, 4), 0),
        "last 6" => (last(h, 6), 0),
        "word, last 1" => (v.word, last(h, 1)),
        "classes" => (u64::from(h.classes), 0),
    }
    second {
        "above, column" => (v.above, h.column.min(255) as u64),
        "last 2" => (last(h, 2), 0),
        "last 1" => (last(h, 1), 0),
        "last 3" => (last(h, 3), 0),
    }
    third {
        "word, word before" => (v.word, v.before + 1),
        "last 5" => (last(h, 5), 0),
        "four classes, word" => (u64::from(h.classes) & 0xffff, v.word),
        "word, second word before" => (v.word + 1, v.second_before + 1),
    }
    fourth {
        "short match" => (v.short, e.short_step()),
        "same place" => (v.stood, u64::from(h.nest.same | h.nest.differs << 4)),
        "last 8" => (last(h, 8), 0),
        "quote, word" => (u64::from(h.nest.quote()), v.word),
    }
    fifth {
        "first word of paragraph, word" => (u64::from(h.words.paragraph_first), v.word),
        "word, two words before" => (v.word + 7 * v.before, v.second_before + 1),
        "shape of last 10, last 1" => (h.shape & 0x3fff_ffff, last(h, 1)),
        "followed token, last 1" => (v.followed, last(h, 1)),
    }
    sixth {
        "word, ends of two before" => (v.word, mix(&[u64::from(h.words.ends[1]), u64::from(h.words.ends[2])])),
        "word, roots of two before" => (v.word, mix(&[u64::from(h.words.roots[1]), u64::from(h.words.roots[2])])),
        "word, gap" => (v.word, v.gap),
        "short match, last 2" => (v.short, last(h, 2)),
    }
    seventh {
        "tag, value" => (u64::from(h.nest.top()), v.value),
        "length, whole word, last 2" => (v.length | u64::from(h.tokens.whole) << 8, last(h, 2)),
        "same place, its next, last 1" => (v.stood | v.stood_next << 8, last(h, 1)),
        "above, last 3" => (v.above, last(h, 3)),
    }
    eighth {
        "same place, field, key" => (v.stood | u64::from(h.nest.differs) << 8 | u64::from(h.nest.field) << 16, v.key),
        "long match" => (u64::from(e.long), e.long_step()),
        "closing tag, tag, last 1" => (u64::from(h.closing()), last(h, 1) | u64::from(h.nest.top()) << 8),
        "word, its age" => (v.word, u64::from(h.tokens.age)),
    }
}
