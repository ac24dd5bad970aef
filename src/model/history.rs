//! Bytes → what the contexts look at: the last bytes, words, lines.

/// Bytes kept for looking back; a power of two.
const WINDOW: usize = 1 << 16;

/// What has been seen, as far as contexts look back.
#[derive(Debug)]
pub struct History {
    window: Box<[u8]>,
    /// Bytes seen in all.
    pub position: usize,
    /// The last eight bytes, the latest lowest.
    pub last8: u64,
    /// Hashes of the word being spelt (0 between words) and the three before it, latest first.
    pub words: [u32; 4],
    /// Letters of the word being spelt.
    pub word_len: u32,
    /// Bytes since the last line break.
    pub column: usize,
    /// The same of the line before.
    pub above_len: usize,
    /// Classes of the last bytes, four bits each, runs of letters and of digits collapsed to one.
    pub classes: u32,
    /// The last byte that is neither letter, digit nor space.
    pub punctuation: u8,
    pub masks: u64,
    pub line_hash: u32,
    pub first_word: u32,
}

impl Default for History {
    fn default() -> Self {
        Self {
            window: vec![0; WINDOW].into(),
            position: 0,
            last8: 0,
            words: [0; 4],
            word_len: 0,
            column: 0,
            above_len: 0,
            classes: 0,
            punctuation: 0,
            masks: 0, line_hash: 0, first_word: 0,
        }
    }
}

impl History {
    /// The byte `distance` back, 1 being the last; 0 before the beginning.
    #[inline(always)]
    pub fn back(&self, distance: usize) -> u8 {
        if distance > WINDOW { 0 } else { self.window[self.position.wrapping_sub(distance) & (WINDOW - 1)] }
    }

    /// The byte of the line before in the column that comes next.
    #[inline(always)]
    pub fn above(&self) -> u8 {
        if self.column < self.above_len { self.back(self.above_len + 1) } else { 0 }
    }

    /// Takes in one byte.
    #[inline(always)]
    pub fn push(&mut self, byte: u8) {
        self.window[self.position & (WINDOW - 1)] = byte;
        self.position += 1;
        self.last8 = self.last8 << 8 | u64::from(byte);
        self.push_word(byte);
        self.push_class(byte);
        if byte == b'\n' {
            self.above_len = self.column;
            self.column = 0;
        } else {
            self.column += 1;
        }
    }

    /// Words are runs of ASCII letters (case folded) and bytes ≥ 128, so that every script has them.
    fn push_word(&mut self, byte: u8) {
        let lower = byte.to_ascii_lowercase();
        if lower.is_ascii_lowercase() || byte >= 128 {
            self.words[0] = (self.words[0] ^ u32::from(lower)).wrapping_add(1).wrapping_mul(0x2c9f_5c1b);
            self.words[0] ^= self.words[0] >> 15;
            self.word_len += 1;
        } else if self.word_len > 0 {
            self.words = [0, self.words[0], self.words[1], self.words[2]];
            self.word_len = 0;
        }
        if !(lower.is_ascii_alphanumeric() || byte >= 128 || byte == b' ') {
            self.punctuation = byte;
        }
    }

    fn push_class(&mut self, byte: u8) {
        let class = class(byte);
        let runs = class <= 2 && self.classes & 15 == class;
        if !runs {
            self.classes = self.classes << 4 | class;
        }
    }
}

/// The class of a byte, 1 to 15: letters, digits, then kinds of punctuation.
fn class(byte: u8) -> u32 {
    match byte {
        b'a'..=b'z' | b'A'..=b'Z' | 128.. => 1,
        b'0'..=b'9' => 2,
        b' ' => 3,
        b'\n' | b'\r' => 4,
        b'\t' | 0 => 5,
        b'.' | b'!' | b'?' => 6,
        b',' | b';' | b':' => 7,
        b'"' | b'\'' | b'`' => 8,
        b'(' | b'[' | b'{' => 9,
        b')' | b']' | b'}' => 10,
        b'<' | b'>' => 11,
        b'=' | b'&' | b'|' | b'%' => 12,
        b'-' | b'+' | b'*' | b'/' | b'\\' | b'_' => 13,
        33..=127 => 14,
        _ => 15,
    }
}
