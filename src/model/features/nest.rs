//! Bytes → what is open: quotes and brackets, tags and keys; and the value that stood last in the same place.
//!
//! Tags (XML, HTML) and the keys of braces (JSON, programs) share a stack of names. The name on top, the last key and
//! the number of the field make a place; a table remembers where the value of each place began last, and that value is
//! followed beside the new one, so that contexts see what stood there.

/// Names on the stack; the oldest is dropped when it is full.
const DEPTH: usize = 16;
/// log2 of the places that are remembered.
const PLACE_BITS: u32 = 12;

/// An open tag or brace.
#[derive(Clone, Copy, Debug, Default)]
struct Open {
    name: u32,
    /// Position of the name's first byte.
    at: usize,
    brace: bool,
}

/// Where in a tag the last byte is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
enum Tag {
    #[default]
    None,
    /// After `<`.
    Begins,
    Name,
    Closing,
    Attributes,
}

/// What is open.
#[derive(Clone, Debug)]
pub struct Nest {
    stack: [Open; DEPTH],
    depth: usize,
    quotes: [u8; 8],
    quoted: usize,
    tag: Tag,
    /// Hash of the name so far, of a tag or a key.
    name: u32,
    name_at: usize,
    /// The last name before `:` or `=`.
    pub key: u32,
    /// Hash of the bytes since the last mark of structure.
    pub value: u32,
    /// Fields since the line, brace or tag began.
    pub field: u32,
    /// Where the value of each place began last, by hash; 0 if it was not seen. (2^PLACE_BITS)
    places: Vec<u32>,
    /// Position of the next byte of the value that stood here last; 0 if there is none.
    follow: usize,
    /// The bytes of this value that were the same as of that one, since the last that was not.
    pub same: u32,
    /// 0 if all bytes were the same; else 1, or 2 if the first that differed was larger.
    pub differs: u32,
    last: u8,
    position: usize,
}

impl Nest {
    /// Nothing open.
    pub fn new() -> Self {
        Self::with(vec![0; 1 << PLACE_BITS])
    }

    fn with(places: Vec<u32>) -> Self {
        Self {
            stack: [Open::default(); DEPTH],
            depth: 0,
            quotes: [0; 8],
            quoted: 0,
            tag: Tag::None,
            name: 0,
            name_at: 0,
            key: 0,
            value: 0,
            field: 0,
            places,
            follow: 0,
            same: 0,
            differs: 0,
            last: 0,
            position: 0,
        }
    }

    /// Forgets all.
    pub fn restart(&mut self) {
        let mut places = std::mem::take(&mut self.places);
        places.fill(0);
        *self = Self::with(places);
    }

    /// The innermost open tag or key.
    #[inline(always)]
    pub fn top(&self) -> u32 {
        if self.depth > 0 { self.stack[self.depth - 1].name } else { 0 }
    }

    /// The innermost open quote or bracket.
    #[inline(always)]
    pub fn quote(&self) -> u8 {
        if self.quoted > 0 { self.quotes[self.quoted - 1] } else { 0 }
    }

    /// In a closing tag, the position of the byte that the open tag has here.
    #[inline(always)]
    pub fn closing(&self) -> Option<usize> {
        if self.tag == Tag::Closing && self.depth > 0 {
            Some(self.stack[self.depth - 1].at + (self.position - self.name_at))
        } else {
            None
        }
    }

    /// The position of the byte that stood here last, if any did.
    #[inline(always)]
    pub fn stood(&self) -> Option<usize> {
        (self.follow > 0).then_some(self.follow)
    }

    /// Takes in a byte; `was` stood here last.
    #[inline(always)]
    pub fn push(&mut self, byte: u8, was: u8) {
        if self.follow > 0 {
            let same = byte == was;
            if !same && self.differs == 0 {
                self.differs = 1 + u32::from(byte > was);
            }
            self.same = if same { (self.same + 1).min(15) } else { 0 };
            let ended = is_mark(was) && !same;
            self.follow += usize::from(!ended);
        }
        self.position += 1;
        self.push_quote(byte);
        self.push_tag(byte);
        self.push_name(byte);
        if is_mark(byte) {
            self.value = 0;
            self.field += 1;
            if matches!(byte, b'\n' | b'{' | b'>') {
                self.field = 0;
            }
            self.find_place();
        } else {
            self.value = (self.value ^ u32::from(byte)).wrapping_add(1).wrapping_mul(0x2c9f_5c1b);
            self.value ^= self.value >> 15;
        }
        self.last = byte;
    }

    #[inline(always)]
    fn find_place(&mut self) {
        let mut place = (self.top() ^ self.key.rotate_left(11)).wrapping_add(self.field).wrapping_mul(0x9e37_79b1);
        place ^= place >> 15;
        let slot = &mut self.places[(place.wrapping_mul(0x85eb_ca6b) >> (32 - PLACE_BITS)) as usize];
        self.follow = *slot as usize;
        *slot = self.position as u32;
        (self.same, self.differs) = (0, 0);
    }

    #[inline(always)]
    fn push_quote(&mut self, byte: u8) {
        let top = self.quote();
        match byte {
            b'(' | b'[' | b'{' => self.open(byte),
            b')' | b']' | b'}' => {
                let opener = if byte == b')' { b'(' } else { byte - 2 };
                if let Some(at) = self.quotes[..self.quoted].iter().rposition(|&quote| quote == opener) {
                    self.quoted = at;
                }
            }
            b'"' if top == b'"' => self.quoted -= 1,
            b'"' => self.open(byte),
            b'\'' if !self.last.is_ascii_alphanumeric() => {
                if matches!(top, b'`' | b'\'') {
                    self.quoted -= 1;
                } else {
                    self.open(byte);
                }
            }
            b'`' => self.open(byte),
            b'\n' if self.last == b'\n' && matches!(top, b'"' | b'\'' | b'`') => self.quoted -= 1,
            _ => {}
        }
    }

    #[inline(always)]
    fn open(&mut self, byte: u8) {
        if self.quoted == self.quotes.len() {
            self.quotes.copy_within(1.., 0);
            self.quoted -= 1;
        }
        self.quotes[self.quoted] = byte;
        self.quoted += 1;
    }

    #[inline(always)]
    fn push_tag(&mut self, byte: u8) {
        match (self.tag, byte) {
            (_, b'<') => self.tag = Tag::Begins,
            (Tag::Begins, b'/') => {
                (self.tag, self.name_at) = (Tag::Closing, self.position);
            }
            (Tag::Begins, _) if byte.is_ascii_alphabetic() => {
                (self.tag, self.name_at) = (Tag::Name, self.position - 1);
                self.name = 0;
            }
            (Tag::Begins, _) => self.tag = Tag::None,
            (Tag::Closing, b'>') => {
                self.pop(false);
                self.tag = Tag::None;
            }
            (Tag::Name | Tag::Attributes, b'>') => {
                if self.last != b'/' {
                    if self.tag == Tag::Name {
                        self.push_open(self.name, false);
                    } else {
                        // Braces within the tag may have filled the stack.
                        self.depth = (self.depth + 1).min(DEPTH);
                    }
                }
                self.tag = Tag::None;
            }
            (Tag::Name, b' ' | b'\t' | b'\n' | b'\r') => {
                // The name waits above the top until the tag is closed by `>`.
                self.push_open(self.name, false);
                self.depth -= 1;
                self.tag = Tag::Attributes;
            }
            (_, b'{') => self.push_open(self.key, true),
            (_, b'}') => self.pop(true),
            _ => {}
        }
    }

    #[inline(always)]
    fn push_open(&mut self, name: u32, brace: bool) {
        if self.depth == DEPTH {
            self.stack.copy_within(1.., 0);
            self.depth -= 1;
        }
        self.stack[self.depth] = Open { name, at: self.name_at, brace };
        self.depth += 1;
    }

    /// Closes the innermost brace or tag, and all that is open in it.
    #[inline(always)]
    fn pop(&mut self, brace: bool) {
        if let Some(at) = self.stack[..self.depth].iter().rposition(|open| open.brace == brace) {
            self.depth = at;
        }
    }

    #[inline(always)]
    fn push_name(&mut self, byte: u8) {
        if byte.is_ascii_alphanumeric() || byte == b'_' || byte == b'-' {
            let begins = !(self.last.is_ascii_alphanumeric() || self.last == b'_' || self.last == b'-');
            let name = if begins { 0 } else { self.name };
            self.name = (name ^ u32::from(byte)).wrapping_add(1).wrapping_mul(0x2c9f_5c1b);
            self.name ^= self.name >> 15;
        } else if matches!(byte, b':' | b'=') {
            self.key = self.name;
        } else if byte == b'\n' {
            self.key = 0;
        }
    }
}

/// Whether a byte ends a value.
#[inline(always)]
fn is_mark(byte: u8) -> bool {
    matches!(byte, b'\n' | b' ' | b'\t' | b'"' | b'/' | b',' | b':' | b';' | b'=' | b'|')
        || matches!(byte, b'<' | b'>' | b'[' | b']' | b'{' | b'}')
}

#[cfg(test)]
mod tests;
