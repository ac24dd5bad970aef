//! Bytes → words, in any script: the word so far and those before it, what stands between them, their case and ends.
//!
//! Words are runs of letters, their case folded. UTF-8 is read by code points, so that words of Cyrillic or Greek fold
//! as well, and end at the quotes and dashes of their typography. Scripts without spaces have words of one character.
//! Bytes that are not UTF-8 count as letters when they are above 127: so text in older encodings has words too.

/// Words that are remembered besides the one so far.
const BEFORE: usize = 3;

/// The words and the gaps between them.
#[derive(Clone, Debug, Default)]
pub struct Words {
    /// Hashes of the word so far (0 between words) and of those before it, the latest first.
    pub words: [u32; 1 + BEFORE],
    /// Hashes of what stands before the word so far, or since the last word, and of what stands before the last word.
    pub gaps: [u32; 2],
    /// Letters of the word so far.
    pub length: u32,
    /// Case of the words: two bits each, the latest lowest: the first letter is a capital, another letter is.
    pub case: u32,
    /// The last three letters of the words, the latest first; between words, the first is 0.
    pub ends: [u32; 1 + BEFORE],
    /// Hashes of the first letters, at most [`ROOT`], of the words.
    pub roots: [u32; 1 + BEFORE],
    /// The last three whole code points, the latest first.
    pub points: [u32; 3],
    /// The bytes of the code point so far; 0 between code points.
    pub partial: u32,
    /// The first words of the line and of the sentence.
    pub line_first: u32,
    pub sentence_first: u32,
    /// Words since the sentence began.
    pub sentence_words: u32,
    /// Hash of the whole code points of the word so far.
    spelt: u32,
    /// Bytes that the code point so far still lacks.
    missing: u8,
    /// The bits of the code point so far.
    bits: u32,
    /// The last code point was an ideograph or kana: a word by itself.
    alone: bool,
    line_waits: bool,
    sentence_waits: bool,
}

/// Letters that make a root.
const ROOT: u32 = 4;

impl Words {
    /// Takes in one byte.
    #[inline(always)]
    pub fn push(&mut self, byte: u8) {
        if byte < 128 {
            self.missing = 0;
            self.partial = 0;
            self.push_point(u32::from(byte), byte.is_ascii_alphabetic(), byte == byte.to_ascii_lowercase());
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
            self.partial = self.partial << 8 | u32::from(byte);
        } else {
            self.missing = match byte {
                0xc2..=0xdf => 1,
                0xe0..=0xef => 2,
                0xf0..=0xf4 => 3,
                _ => 0,
            };
            self.bits = u32::from(byte) & (0x7f >> (self.missing + 1));
            self.partial = u32::from(byte);
        }
        if self.missing > 0 {
            self.words[0] = step(self.spelt, self.partial);
        } else {
            let point = if continues { self.bits } else { u32::from(byte) };
            self.partial = 0;
            self.push_point(point, !continues || is_letter(point), fold(point) == point);
        }
    }

    /// Takes in a whole code point.
    #[inline(always)]
    fn push_point(&mut self, point: u32, letter: bool, small: bool) {
        self.points = [point, self.points[0], self.points[1]];
        if letter {
            self.push_letter(point, small);
        } else {
            self.push_other(point);
        }
    }

    #[inline(always)]
    fn push_letter(&mut self, point: u32, small: bool) {
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
        if self.length == 0 {
            self.case = self.case << 2 | u32::from(!small);
        } else {
            self.case |= u32::from(!small) << 1;
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
            (self.line_first, self.line_waits) = (0, true);
        }
        if matches!(point, 0x21 | 0x2e | 0x3f | 0x3002) {
            (self.sentence_first, self.sentence_waits, self.sentence_words) = (0, true, 0);
        }
    }

    /// The word so far is whole.
    #[inline(always)]
    fn end_word(&mut self) {
        if self.line_waits {
            (self.line_first, self.line_waits) = (self.spelt, false);
        }
        if self.sentence_waits {
            (self.sentence_first, self.sentence_waits) = (self.spelt, false);
        }
        self.sentence_words += 1;
        self.words = [0, self.spelt, self.words[1], self.words[2]];
        self.ends = [0, self.ends[0], self.ends[1], self.ends[2]];
        self.roots = [0, self.roots[0], self.roots[1], self.roots[2]];
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
