//! Bytes → words, in any script: the word so far and those before it, what stands between them, their case and ends.
//!
//! Words are runs of letters, their case folded. UTF-8 is read by code points, so that words of Cyrillic or Greek fold
//! as well, and end at the quotes and dashes of their typography. Scripts without spaces have words of one character.
//! Bytes that are not UTF-8 count as letters when they are above 127: so text in older encodings has words too.

/// Words that are remembered besides the one so far.
const BEFORE: usize = 2;

/// The words and the gaps between them.
#[derive(Clone, Debug, Default)]
pub struct Words {
    /// Hashes of the word so far (0 between words) and of those before it, the latest first.
    pub words: [u32; 1 + BEFORE],
    /// Hashes of what stands before the word so far, or since the last word, and of what stands before the last word.
    pub gaps: [u32; 2],
    /// Letters of the word so far.
    pub length: u32,
    /// The last three letters of the words, the latest first; between words, the first is 0.
    pub ends: [u32; 1 + BEFORE],
    /// Hashes of the first letters, at most [`ROOT`], of the words.
    pub roots: [u32; 1 + BEFORE],
    /// The first word of the paragraph; 0 before it is whole.
    pub paragraph_first: u32,
    /// Hash of the whole code points of the word so far.
    spelt: u32,
    /// Bytes that the code point so far still lacks.
    missing: u8,
    /// The bits of the code point so far.
    bits: u32,
    /// The last code point was an ideograph or kana: a word by itself.
    alone: bool,
    /// The last code points were line breaks, and spaces, alone.
    blank: bool,
    /// No word of the paragraph is whole yet.
    begins: bool,
}

/// Letters that make a root.
const ROOT: u32 = 4;

impl Words {
    /// Takes in one byte.
    #[inline(always)]
    pub fn push(&mut self, byte: u8) {
        if byte < 128 {
            self.missing = 0;
            self.push_point(u32::from(byte), byte.is_ascii_alphabetic());
        } else {
            self.push_part(byte);
        }
    }

    /// Takes in a byte of a code point of several.
    #[inline(never)]
    fn push_part(&mut self, byte: u8) {
        let continues = byte < 0xc0 && self.missing > 0;
        if continues {
            self.missing -= 1;
            self.bits = self.bits << 6 | u32::from(byte & 63);
        } else {
            self.missing = match byte {
                0xc2..=0xdf => 1,
                0xe0..=0xef => 2,
                0xf0..=0xf4 => 3,
                _ => 0,
            };
            self.bits = u32::from(byte) & (0x7f >> (self.missing + 1));
        }
        if self.missing > 0 {
            self.words[0] = step(self.spelt, self.bits | u32::from(self.missing) << 24);
        } else {
            let point = if continues { self.bits } else { u32::from(byte) };
            self.push_point(point, !continues || is_letter(point));
        }
    }

    /// Takes in a whole code point.
    #[inline(always)]
    fn push_point(&mut self, point: u32, letter: bool) {
        if letter {
            self.push_letter(point);
        } else {
            self.push_other(point);
        }
    }

    #[inline(always)]
    fn push_letter(&mut self, point: u32) {
        self.blank = false;
        let alone = is_alone(point);
        if (alone || self.alone) && self.length > 0 {
            self.end_word();
            self.gaps = [0, self.gaps[0]];
        }
        self.alone = alone;
        let folded = fold(point);
        self.spelt = step(self.spelt, folded);
        self.words[0] = self.spelt;
        self.ends[0] = self.ends[0] << 8 & 0xff_ffff | folded & 0xff;
        if self.length < ROOT {
            self.roots[0] = self.spelt;
        }
        self.length += 1;
    }

    #[inline(always)]
    fn push_other(&mut self, point: u32) {
        if self.length > 0 {
            self.end_word();
            self.gaps = [0, self.gaps[0]];
        }
        self.words[0] = 0;
        self.gaps[0] = step(self.gaps[0], point);
        if point == u32::from(b'\n') {
            if self.blank {
                (self.paragraph_first, self.begins) = (0, true);
            }
            self.blank = true;
        } else if !matches!(point, 0x20 | 0x09 | 0x0d) {
            self.blank = false;
        }
    }

    /// The word so far is whole.
    #[inline(always)]
    fn end_word(&mut self) {
        if self.begins {
            (self.paragraph_first, self.begins) = (self.spelt, false);
        }
        self.words = [0, self.spelt, self.words[1]];
        self.ends = [0, self.ends[0], self.ends[1]];
        self.roots = [0, self.roots[0], self.roots[1]];
        (self.spelt, self.length, self.alone) = (0, 0, false);
    }
}

/// One step of the hash of a word; never 0.
#[inline(always)]
fn step(hash: u32, point: u32) -> u32 {
    let hash = (hash ^ point).wrapping_add(1).wrapping_mul(0x2c9f_5c1b);
    (hash ^ hash >> 15) | 1 << 31
}

/// The small letter of a capital, in Latin, Greek and Cyrillic; good enough for hashes.
#[inline(always)]
fn fold(point: u32) -> u32 {
    match point {
        0x41..=0x5a | 0xc0..=0xde | 0x391..=0x3a9 | 0x410..=0x42f => point + 0x20,
        0x100..=0x17f => point | 1,
        0x400..=0x40f => point + 0x50,
        _ => point,
    }
}

/// Whether a code point above 127 is part of words: all are but for spaces, punctuation and symbols.
fn is_letter(point: u32) -> bool {
    !matches!(point, 0x80..=0xbf | 0xd7 | 0xf7 | 0x964 | 0x965 | 0x2000..=0x2bff | 0x3000..=0x303f | 0xff00..=0xff0f
        | 0xff1a..=0xff20 | 0xfe30..=0xfe4f | 0xfeff)
}

/// Whether a code point is a word by itself: ideographs and kana, which are written without spaces.
#[inline(always)]
fn is_alone(point: u32) -> bool {
    matches!(point, 0x3040..=0x30ff | 0x3400..=0x9fff | 0xf900..=0xfaff | 0x2_0000..=0x3_ffff)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn after(text: &str) -> Words {
        let mut words = Words::default();
        text.bytes().for_each(|byte| words.push(byte));
        words
    }

    #[test]
    fn words_fold_case_and_end_at_other_bytes() {
        for (first, second) in [("Hello", "hello"), ("Алиса", "алиса"), ("ΑΓΟΡΑ", "αγορα"), ("Élan", "élan")]
        {
            assert_eq!(after(first).words[0], after(second).words[0], "{first}");
        }
        assert_eq!(after("say hello,").words, [0, after("hello").words[0], after("say").words[0]]);
        assert_eq!(after("«Да» — нет").words[1], after("да").words[0]);
        assert_ne!(after("on").words[0], after("no").words[0]);
    }

    #[test]
    fn scripts_without_spaces_have_words_of_one_character() {
        let words = after("日本語");
        assert_eq!(words.words, ["語", "本", "日"].map(|text| after(text).words[0]));
        assert_ne!(after("日\u{e6}").words[0], words.words[0]);
    }

    #[test]
    fn bytes_that_are_not_utf8_are_letters() {
        let mut words = Words::default();
        b"\xd0\xcf\xcb\xc1".iter().for_each(|&byte| words.push(byte));
        assert_ne!(words.words[0], 0);
        words.push(b' ');
        assert_eq!(words.words[0], 0);
        assert_ne!(words.words[1], 0);
    }

    #[test]
    fn gaps_are_what_stands_between_words() {
        assert_eq!(after("one, two").gaps[0], after("three, ").gaps[0]);
        assert_ne!(after("one, two").gaps[0], after("one two").gaps[0]);
        assert_eq!(after("one, two three").gaps[1], after("one, two").gaps[0]);
    }

    #[test]
    fn a_paragraph_begins_after_a_blank_line() {
        let first = |text: &str| after(text).paragraph_first;
        assert_eq!(first("one\n\nTwo three\nfour five"), after("two").words[0]);
        assert_eq!(first("one\n\nTwo\n \n"), 0);
    }
}
