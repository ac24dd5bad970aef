//! Bytes → what contexts are made of: the last bytes, words, lines, classes and strides.

use super::{
    indirect::Indirect,
    nest::Nest,
    strides::{PERIOD, REACH, Strides},
    tokens::Tokens,
    words::Words,
};

/// Bytes kept, a power of two: contexts look back to the line above, or twice the widest row.
const WINDOW: usize = 1 << 16;

/// The bytes seen, as far as contexts look back.
#[derive(Clone, Debug)]
pub struct History {
    /// The last bytes: position i is at i modulo [`WINDOW`]. Zeros before the first byte.
    window: Box<[u8]>,
    /// Bytes seen.
    position: usize,
    /// The last eight bytes, the latest one lowest.
    pub last8: u64,
    /// The word so far and those before it.
    pub words: Words,
    /// Bytes since the last line break.
    pub column: usize,
    /// Length of the line before this one.
    above_len: usize,
    /// Classes of the last bytes, four bits each, the latest lowest; a run of letters or of digits counts once.
    pub classes: u32,
    /// Coarser classes of the last bytes, three bits each, every byte counting.
    pub shape: u64,
    /// The last byte that was not a letter, digit or space.
    pub punctuation: u8,
    /// Separators since the last line break: the number of the field in a line of a log, a table or a list.
    pub field: u64,
    /// The place within an element, below `strides.element`.
    pub phase: u8,
    /// The kind of data, and the widths of elements and rows.
    pub strides: Strides,
    /// Whether strides are looked for; if not, they stay at their defaults.
    finds_strides: bool,
    /// What is known of words; only while `deep`, as the two that follow.
    pub tokens: Tokens,
    /// What is open, and what stood last in the same place.
    pub nest: Nest,
    /// What followed the last bytes before.
    pub indirect: Indirect,
    /// The byte that stood last in the same place, and the one after it; 0 if there is none.
    pub stood: [u8; 2],
    /// Whether what only the later contexts of a list see is computed.
    deep: bool,
}

impl History {
    /// No bytes seen. Without `finds_strides` all data are text. What only the later contexts see is computed if
    /// `deep_bits` are given: log2 of the entries of its tables, which have a limit of their own.
    pub fn new(finds_strides: bool, deep_bits: Option<u32>) -> Self {
        let bits = deep_bits.unwrap_or(1);
        Self {
            window: vec![0; WINDOW].into(),
            position: 0,
            last8: 0,
            words: Words::default(),
            column: 0,
            above_len: 0,
            classes: 0,
            shape: 0,
            punctuation: 0,
            field: 0,
            phase: 0,
            strides: Strides::default(),
            finds_strides,
            tokens: Tokens::new(bits),
            nest: Nest::new(),
            indirect: Indirect::new(bits),
            stood: [0; 2],
            deep: deep_bits.is_some(),
        }
    }

    /// Forgets all bytes; `deep_bits` as in [`new`](Self::new), if they were given there.
    pub fn restart(&mut self, deep_bits: u32) {
        let seen = self.position.min(WINDOW);
        self.window[..seen].fill(0);
        // Before the first search the strides are still their defaults, and need no new allocation.
        if self.position >= PERIOD / 4 {
            self.strides = Strides::default();
        }
        self.words = Words::default();
        (self.position, self.last8, self.column, self.above_len) = (0, 0, 0, 0);
        (self.classes, self.shape, self.punctuation, self.field, self.phase) = (0, 0, 0, 0, 0);
        if self.deep {
            self.tokens.restart(deep_bits);
            self.nest.restart();
            self.indirect.restart(deep_bits);
            self.stood = [0; 2];
        }
    }

    /// How many bytes were seen.
    #[inline(always)]
    pub fn position(&self) -> usize {
        self.position
    }

    /// The byte `distance` (≥ 1) before the next one; 0 before the first byte.
    #[inline(always)]
    pub fn at(&self, distance: usize) -> u8 {
        self.window[self.position.wrapping_sub(distance) & (WINDOW - 1)]
    }

    /// The byte at `position`; 0 if it is too far back or not there yet.
    #[inline(always)]
    fn byte_at(&self, position: usize) -> u8 {
        let distance = self.position.wrapping_sub(position);
        if distance.wrapping_sub(1) < WINDOW { self.at(distance) } else { 0 }
    }

    /// In a closing tag, one more than the byte that the open tag has here; else 0.
    #[inline(always)]
    pub fn closing(&self) -> u32 {
        self.nest.closing().map_or(0, |position| 1 + u32::from(self.byte_at(position)))
    }

    /// The byte of the line before in the next column; 0 if that line is shorter or too far back.
    #[inline(always)]
    pub fn above(&self) -> u8 {
        let distance = self.above_len + 1;
        if self.column < self.above_len && distance < WINDOW { self.at(distance) } else { 0 }
    }

    /// Takes in one byte.
    #[inline(always)]
    pub fn push(&mut self, byte: u8) {
        self.window[self.position & (WINDOW - 1)] = byte;
        self.position = self.position.wrapping_add(1);
        self.last8 = self.last8 << 8 | u64::from(byte);
        let class = CLASS[usize::from(byte)];
        self.words.push(byte);
        if !matches!(class, LETTER | DIGIT | SPACE) {
            self.punctuation = byte;
        }
        self.shape = self.shape << 3 | u64::from(SHAPE[usize::from(class)]);
        if self.deep {
            self.push_deep(byte);
        }
        let continues_run = matches!(class, LETTER | DIGIT) && self.classes & 15 == u32::from(class);
        if !continues_run {
            self.classes = self.classes << 4 | u32::from(class);
        }
        if byte == b'\n' {
            (self.column, self.above_len, self.field) = (0, self.column, 0);
        } else {
            self.column += 1;
            self.field += u64::from(SEPARATOR[usize::from(byte)]);
        }
        self.phase = if usize::from(self.phase) + 1 < self.strides.element { self.phase + 1 } else { 0 };
        if self.finds_strides && (self.position.is_multiple_of(PERIOD) || self.position == PERIOD / 4) {
            self.find_strides();
        }
    }

    /// Takes in one byte where the later contexts of a list see it.
    #[inline(always)]
    fn push_deep(&mut self, byte: u8) {
        self.tokens.push(byte, &self.words);
        self.nest.push(byte, self.stood[0]);
        self.indirect.push(byte, self.last8);
        self.stood = self.nest.stood().map_or([0; 2], |at| [self.byte_at(at), self.byte_at(at + 1)]);
    }

    /// Looks for the widths again. The first search is early, so that short content gains from it too.
    #[cold]
    fn find_strides(&mut self) {
        let mut bytes = [0; REACH + PERIOD];
        for (distance, byte) in (1..).zip(bytes.iter_mut().rev()) {
            *byte = self.at(distance);
        }
        self.strides.count(&bytes, self.position.min(PERIOD));
        self.phase = (self.position % self.strides.element) as u8;
    }
}

/// Whether a byte separates fields: space, tab and , : ; |
const SEPARATOR: [bool; 256] = {
    let mut table = [false; 256];
    let mut i = 0;
    while i < 6 {
        table[b" \t,:;|"[i] as usize] = true;
        i += 1;
    }
    table
};

/// The shape of each class.
const SHAPE: [u8; 16] = [0, 0, 1, 2, 3, 3, 4, 4, 5, 5, 5, 6, 6, 6, 7, 7];

const LETTER: u8 = 1;
const DIGIT: u8 = 2;
const SPACE: u8 = 3;

/// The class of each byte, 1 to 15.
const CLASS: [u8; 256] = {
    let mut table = [0; 256];
    let mut byte = 0;
    while byte < 256 {
        table[byte] = class(byte as u8);
        byte += 1;
    }
    table
};

const fn class(byte: u8) -> u8 {
    match byte {
        b'a'..=b'z' | b'A'..=b'Z' | 128.. => LETTER,
        b'0'..=b'9' => DIGIT,
        b' ' => SPACE,
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

#[cfg(test)]
mod tests {
    use super::*;

    fn after(text: &str) -> History {
        let mut history = History::new(true, None);
        text.bytes().for_each(|byte| history.push(byte));
        history
    }

    #[test]
    fn the_byte_above_is_in_the_same_column() {
        assert_eq!(after("abc\n").above(), b'a');
        assert_eq!(after("abc\nxy").above(), b'c');
        assert_eq!(after("abc\nxyz").above(), 0);
        assert_eq!(after("no line yet").above(), 0);
        let long = "x".repeat(WINDOW + 5);
        assert_eq!(after(&format!("{long}\ny")).above(), 0);
    }

    #[test]
    fn classes_count_a_run_once() {
        assert_eq!(after("abc").classes, after("Z").classes);
        assert_eq!(after("12:ab").classes, 0x0271);
        assert_eq!(after("..").classes, 0x66);
    }
    #[test]
    fn fields_are_counted_by_separators_of_the_line() {
        for (text, field) in [("", 0), ("a", 0), ("a,", 1), ("a, b", 2), ("10:30:00 x|y;\t", 6), ("a,b,c\n", 0)] {
            assert_eq!(after(text).field, field, "{text:?}");
        }
    }

    #[test]
    fn the_phase_is_the_place_within_an_element() {
        let mut history = History::new(true, None);
        for i in 0..4 * PERIOD as u32 {
            for byte in (i * 37).to_be_bytes() {
                history.push(byte);
                let element = history.strides.element;
                assert!(history.position < PERIOD || element == 4, "{element}");
                assert_eq!(usize::from(history.phase), history.position % element);
            }
        }
    }
}
