//! Rust source → its tokens, without comments, without what strings say, and without code that only tests compile.

use std::iter::Peekable;

/// A name, a number, `::`, or a single sign.
#[derive(Clone, Debug)]
pub struct Token {
    pub text: String,
    /// Counted from 1.
    pub line: usize,
}

impl Token {
    pub fn is(&self, text: &str) -> bool {
        self.text == text
    }

    pub fn is_name(&self) -> bool {
        self.text.starts_with(|c: char| c.is_alphabetic() || c == '_')
    }
}

/// The tokens of `source` that the product is compiled from.
pub fn product_tokens(source: &str) -> Vec<Token> {
    without_tests(&tokens(source))
}

/// All tokens of `source`. A string or character becomes `""`; a lifetime becomes nothing.
pub fn tokens(source: &str) -> Vec<Token> {
    let mut lexer = Lexer { rest: source.chars().peekable(), line: 1 };
    let mut found = Vec::new();
    while let Some(&c) = lexer.rest.peek() {
        let line = lexer.line;
        let text = if c.is_alphanumeric() || c == '_' { lexer.word() } else { lexer.sign() };
        if !text.is_empty() {
            found.push(Token { text, line });
        }
    }
    found
}

struct Lexer<C: Iterator<Item = char>> {
    rest: Peekable<C>,
    line: usize,
}

impl<C: Iterator<Item = char>> Lexer<C> {
    fn next(&mut self) -> Option<char> {
        let c = self.rest.next();
        self.line += usize::from(c == Some('\n'));
        c
    }

    /// Takes the next character if it is `c`.
    fn take(&mut self, c: char) -> bool {
        let is_next = self.rest.peek() == Some(&c);
        if is_next {
            self.next();
        }
        is_next
    }

    /// A name or number; or a string, where the name is its prefix.
    fn word(&mut self) -> String {
        let mut word = String::new();
        while let Some(&c) = self.rest.peek().filter(|c| c.is_alphanumeric() || **c == '_') {
            word.push(c);
            self.next();
        }
        match (word.as_str(), self.rest.peek()) {
            ("r" | "br" | "cr", Some('"' | '#')) => self.raw_string(),
            ("b" | "c", Some('"')) => self.sign(),
            ("b", Some('\'')) => self.sign(),
            _ => word,
        }
    }

    fn raw_string(&mut self) -> String {
        let mut fence = 0;
        while self.take('#') {
            fence += 1;
        }
        self.next();
        loop {
            match self.next() {
                Some('"') if (0..fence).all(|_| self.take('#')) => break,
                Some(_) => {}
                None => break,
            }
        }
        "\"\"".to_owned()
    }

    /// Anything that is not a word; nothing for white space, comments and lifetimes.
    fn sign(&mut self) -> String {
        match self.next() {
            Some('/') if self.take('/') => {
                while self.rest.peek().is_some_and(|&c| c != '\n') {
                    self.next();
                }
                String::new()
            }
            Some('/') if self.take('*') => {
                self.block_comment();
                String::new()
            }
            Some('"') => self.quoted('"'),
            Some('\'') => self.character_or_lifetime(),
            Some(':') if self.take(':') => "::".to_owned(),
            Some(c) if !c.is_whitespace() => c.to_string(),
            _ => String::new(),
        }
    }

    fn block_comment(&mut self) {
        let mut depth = 1;
        while depth > 0 {
            match self.next() {
                Some('*') if self.take('/') => depth -= 1,
                Some('/') if self.take('*') => depth += 1,
                Some(_) => {}
                None => return,
            }
        }
    }

    /// The rest of a string or character that ends at `end`.
    fn quoted(&mut self, end: char) -> String {
        while let Some(c) = self.next() {
            if c == '\\' {
                self.next();
            } else if c == end {
                break;
            }
        }
        "\"\"".to_owned()
    }

    fn character_or_lifetime(&mut self) -> String {
        if self.rest.peek() == Some(&'\\') {
            return self.quoted('\'');
        }
        let first = self.next();
        if self.take('\'') {
            return "\"\"".to_owned();
        }
        if first.is_some_and(|c| c.is_alphanumeric() || c == '_') {
            while self.rest.peek().is_some_and(|&c| c.is_alphanumeric() || c == '_') {
                self.next();
            }
        }
        String::new()
    }
}

/// Leaves out each `#[cfg(test)]` with the item that follows it.
fn without_tests(tokens: &[Token]) -> Vec<Token> {
    let mut kept = Vec::new();
    let mut at = 0;
    while at < tokens.len() {
        let cfg_test = ["#", "[", "cfg", "(", "test", ")", "]"];
        if tokens[at..].iter().map(|token| token.text.as_str()).take(cfg_test.len()).eq(cfg_test) {
            at = item_end(tokens, at + cfg_test.len());
        } else {
            kept.push(tokens[at].clone());
            at += 1;
        }
    }
    kept
}

/// Where the item that begins at `start` ends: after its `;`, or after its braces.
pub fn item_end(tokens: &[Token], start: usize) -> usize {
    let kinds = ["use", "fn", "mod", "impl", "struct", "enum", "union", "trait", "const", "static", "type", "{"];
    let kind = tokens[start..].iter().find(|token| kinds.contains(&token.text.as_str()));
    let is_use = kind.is_some_and(|kind| kind.is("use"));
    let mut depth = 0;
    for (at, token) in tokens.iter().enumerate().skip(start) {
        match token.text.as_str() {
            "(" | "[" | "{" => depth += 1,
            ")" | "]" => depth -= 1,
            "}" => {
                depth -= 1;
                if depth == 0 && !is_use {
                    return at + 1;
                }
            }
            ";" if depth == 0 => return at + 1,
            _ => {}
        }
    }
    tokens.len()
}

#[test]
fn comments_strings_lifetimes_and_tests_are_left_out_and_lines_are_counted() {
    let source = "// a \"comment\"\nfn f<'a>(c: &'a str) -> char { /* b /* c */ */ r#\"un\"safe\"#; 'x' }\n\
        #[cfg(test)]\nmod t { fn g() {} }\n#[cfg(test)]\npub use a::{b, c};\nconst Q: char = '\\'';\n";
    let tokens = product_tokens(source);
    let texts: Vec<&str> = tokens.iter().map(|token| token.text.as_str()).collect();
    let expected = "fn f < > ( c : & str ) - > char { \"\" ; \"\" } const Q : char = \"\" ;";
    assert_eq!(texts.join(" "), expected);
    assert_eq!((tokens[0].line, tokens.last().unwrap().line), (2, 7));
}
