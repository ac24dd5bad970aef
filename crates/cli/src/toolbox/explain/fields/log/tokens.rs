//! A line → its tokens.

/// Tokens of a line; the last one goes on to its end.
const MOST_TOKENS: usize = 100;

/// A token with the delimiters behind it: so the tokens of a line add up to it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Token {
    pub start: usize,
    /// Where the delimiters begin, and where they end.
    pub core_end: usize,
    pub end: usize,
}

impl Token {
    /// The token without its delimiters.
    pub fn core(self, line: &[u8]) -> &[u8] {
        &line[self.start..self.core_end]
    }
}

fn is_delimiter(byte: u8) -> bool {
    byte.is_ascii_whitespace() || b"=[](){},;\"'<>".contains(&byte)
}

/// The tokens of `line`.
pub fn tokens(line: &[u8]) -> Vec<Token> {
    let mut all = Vec::new();
    let mut start = 0;
    while start < line.len() {
        let next = |from: usize, wanted: bool| {
            line[from..].iter().position(|&byte| is_delimiter(byte) == wanted).map_or(line.len(), |at| from + at)
        };
        let core_end = next(start, true);
        let end = if all.len() + 1 == MOST_TOKENS { line.len() } else { next(core_end, false) };
        all.push(Token { start, core_end, end });
        start = end;
    }
    all
}

/// Whether a token at the start of a line looks like a part of a date or time: digits and the signs between them, or the
/// name of a month or a day; but not like an address.
pub fn is_time(core: &[u8]) -> bool {
    const NAMES: [&[u8]; 19] = [
        b"Jan", b"Feb", b"Mar", b"Apr", b"May", b"Jun", b"Jul", b"Aug", b"Sep", b"Oct", b"Nov", b"Dec", b"Mon", b"Tue",
        b"Wed", b"Thu", b"Fri", b"Sat", b"Sun",
    ];
    let is_sign = |byte: &u8| byte.is_ascii_digit() || b"-:./+TZ".contains(byte);
    let has_digit = core.iter().any(u8::is_ascii_digit);
    let dots = core.iter().filter(|&&byte| byte == b'.').count();
    NAMES.contains(&core) || core.is_empty() || (has_digit && core.iter().all(is_sign) && dots < 2)
}
