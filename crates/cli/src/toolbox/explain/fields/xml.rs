//! XML and HTML → the path of each text and attribute. Markup is one field.
//!
//! A text has the `<` behind it, and an attribute's value its closing quote: by these they are known to have ended.

use std::collections::HashMap;

use super::{
    ledger::{Id, Ledger},
    scanner::Scanner,
};
use crate::toolbox::explain::run::Run;

/// Elements within each other that are told apart.
const MOST_DEPTH: usize = 100;
/// Bytes of a name that are kept.
const MOST_NAME: usize = 60;
/// Fields that are kept at hand by their paths.
const MOST_PATHS: usize = 4096;

/// What the next byte is in.
#[derive(Clone, Copy, Debug, PartialEq)]
enum State {
    /// Between tags, where only white space came.
    Space,
    Text,
    /// A `<` came.
    Open,
    /// The name of an opening tag.
    Name,
    /// The name of a closing tag.
    EndName,
    /// In a tag, behind its name.
    Tag,
    Attribute,
    /// Behind the name of an attribute.
    Equals,
    Value(u8),
    /// A declaration or an instruction.
    Declaration,
    Comment,
    Data,
}

/// The scanner.
#[derive(Debug)]
pub struct Xml {
    state: State,
    /// Names of the elements that are open.
    open: Vec<Vec<u8>>,
    /// How many are open beyond those.
    deeper: u64,
    name: Vec<u8>,
    attribute: Vec<u8>,
    /// The last bytes, the last one lowest.
    last: u32,
    /// The field of the text or value that is read.
    current: Id,
    fields: HashMap<String, Id>,
    markup: Id,
}

impl Xml {
    pub fn new(ledger: &mut Ledger) -> Self {
        let markup = ledger.field("(markup)");
        Self {
            state: State::Space,
            open: Vec::new(),
            deeper: 0,
            name: Vec::new(),
            attribute: Vec::new(),
            last: 0,
            current: markup,
            fields: HashMap::new(),
            markup,
        }
    }

    /// The field of the text of the element that is open, or of one of its attributes.
    fn field(&mut self, attribute: bool, ledger: &mut Ledger) -> Id {
        let names = self.open.iter().chain(attribute.then_some(&self.name));
        let mut path: String = names.map(|name| format!("/{}", String::from_utf8_lossy(name))).collect();
        if attribute {
            path += &format!("/@{}", String::from_utf8_lossy(&self.attribute));
        }
        let path = if path.is_empty() { "(outside)".to_owned() } else { path };
        if let Some(&id) = self.fields.get(&path) {
            return id;
        }
        let id = ledger.field(&path);
        if self.fields.len() < MOST_PATHS {
            self.fields.insert(path, id);
        }
        id
    }

    fn byte(&mut self, byte: u8, ledger: &mut Ledger) -> Id {
        self.last = self.last << 8 | u32::from(byte);
        match self.state {
            State::Space | State::Text => return self.text(byte, ledger),
            State::Open => self.state = self.after_open(byte),
            State::Name | State::EndName | State::Tag | State::Attribute | State::Equals => {
                return self.tag(byte, ledger);
            }
            State::Value(quote) => {
                let ends = byte == quote || (quote == b' ' && (byte.is_ascii_whitespace() || byte == b'>'));
                if ends && byte == b'>' {
                    self.end_tag(false);
                } else if ends {
                    self.state = State::Tag;
                }
                return self.current;
            }
            State::Declaration => match byte {
                b'-' if self.last & 0x00ff_ffff == u32::from_be_bytes(*b"\0!--") => self.state = State::Comment,
                b'[' if self.last & 0x00ff_ffff == u32::from_be_bytes(*b"\0TA[") => {
                    self.current = self.field(false, ledger);
                    ledger.count(self.current, 1);
                    self.state = State::Data;
                }
                b'>' => self.state = State::Space,
                _ => {}
            },
            State::Comment if self.last & 0x00ff_ffff == u32::from_be_bytes(*b"\0-->") => self.state = State::Space,
            State::Comment => {}
            State::Data => {
                if self.last & 0x00ff_ffff == u32::from_be_bytes(*b"\0]]>") {
                    self.state = State::Space;
                }
                return self.current;
            }
        }
        self.markup
    }

    /// Takes a byte between tags.
    fn text(&mut self, byte: u8, ledger: &mut Ledger) -> Id {
        let was_text = self.state == State::Text;
        if byte == b'<' {
            self.state = State::Open;
            return if was_text { self.current } else { self.markup };
        }
        if was_text {
            return self.current;
        }
        if byte.is_ascii_whitespace() {
            return self.markup;
        }
        self.state = State::Text;
        self.current = self.field(false, ledger);
        ledger.count(self.current, 1);
        self.current
    }

    fn after_open(&mut self, byte: u8) -> State {
        self.name.clear();
        match byte {
            b'/' => State::EndName,
            b'!' | b'?' => State::Declaration,
            _ => {
                self.name.push(byte);
                State::Name
            }
        }
    }

    /// Takes a byte of a tag.
    fn tag(&mut self, byte: u8, ledger: &mut Ledger) -> Id {
        match (self.state, byte) {
            (State::EndName, b'>') => self.close(),
            (_, b'>') => self.end_tag(self.last >> 8 & 0xff == u32::from(b'/')),
            (State::EndName, _) if !byte.is_ascii_whitespace() => push(&mut self.name, byte),
            (State::Name, _) if !byte.is_ascii_whitespace() && byte != b'/' => push(&mut self.name, byte),
            (State::Name, _) => self.state = State::Tag,
            (State::Attribute, b'=') => self.state = State::Equals,
            (State::Attribute, _) if !byte.is_ascii_whitespace() => push(&mut self.attribute, byte),
            (State::Equals, b' ' | b'\t' | b'\r' | b'\n') => {}
            (State::Equals, _) => {
                let is_quote = byte == b'"' || byte == b'\'';
                self.state = State::Value(if is_quote { byte } else { b' ' });
                self.current = self.field(true, ledger);
                ledger.count(self.current, 1);
                if !is_quote {
                    return self.current;
                }
            }
            (State::Tag, _) if !byte.is_ascii_whitespace() && byte != b'/' => {
                self.attribute.clear();
                push(&mut self.attribute, byte);
                self.state = State::Attribute;
            }
            _ => {}
        }
        self.markup
    }

    /// An opening tag ends; the element is `empty` or open now.
    fn end_tag(&mut self, empty: bool) {
        self.state = State::Space;
        if empty {
            return;
        }
        if self.open.len() < MOST_DEPTH {
            self.open.push(std::mem::take(&mut self.name));
        } else {
            self.deeper += 1;
        }
    }

    /// A closing tag ends: of the innermost element of its name, if there is one.
    fn close(&mut self) {
        self.state = State::Space;
        if self.deeper > 0 {
            self.deeper -= 1;
        } else if let Some(at) = self.open.iter().rposition(|name| *name == self.name) {
            self.open.truncate(at);
        }
    }
}

fn push(name: &mut Vec<u8>, byte: u8) {
    if name.len() < MOST_NAME {
        name.push(byte);
    }
}

impl Scanner for Xml {
    fn run(&mut self, run: &Run, ledger: &mut Ledger) {
        for (byte, bits) in run.costs() {
            let field = self.byte(byte, ledger);
            ledger.charge(field, 1, bits);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::toolbox::explain::fields::tests::{charged, names};

    #[test]
    fn texts_and_attributes_have_the_paths_that_lead_to_them() {
        let text = br#"<?xml version="1.0"?><!-- no > text --><a x="1>2"><b y='3'/>one <b>two</b>
<c><![CDATA[<three>]]></c><d k=v>4</d></a>"#;
        let (fields, _) = charged(text, |ledger| Box::new(Xml::new(ledger)));
        let found = names(&fields);
        for expected in [
            ("/a/@x", 4, 1),
            ("/a/b/@y", 2, 1),
            ("/a", 5, 1),
            ("/a/b", 4, 1),
            ("/a/c", 10, 1),
            ("/a/d/@k", 2, 1),
            ("/a/d", 2, 1),
        ] {
            assert!(found.contains(&expected), "{expected:?}: {found:?}");
        }
        assert_eq!(found.len(), 8, "{found:?}");
    }

    #[test]
    fn hostile_markup_takes_little() {
        let deep: Vec<u8> = (0..100_000).flat_map(|i| format!("<e{i}>t").into_bytes()).collect();
        let endless = [b"<".as_slice(), &vec![b'x'; 1 << 20]].concat();
        let comment = [b"<!--".as_slice(), &vec![b'-'; 1 << 20]].concat();
        for text in [deep, endless, comment] {
            let (fields, _) = charged(&text, |ledger| Box::new(Xml::new(ledger)));
            assert_eq!(fields.iter().map(|field| field.bytes).sum::<u64>(), text.len() as u64);
        }
    }
}
