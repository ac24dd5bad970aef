//! JSON, and JSON lines → the path of each value. Indices of arrays are folded to `[]`.
//!
//! A value has its own bytes, and the one by which it is known to have ended: the closing quote, or what follows a number.

use std::collections::HashMap;

use super::{
    ledger::{Id, Ledger, cut},
    scanner::Scanner,
};
use crate::toolbox::explain::run::Run;

/// Containers within each other that are told apart.
const MOST_DEPTH: usize = 100;
/// Paths that are told apart.
const MOST_PATHS: usize = 4096;
/// Bytes of a key that are kept, and of a path.
const MOST_KEY: usize = 100;
const MOST_NAME: usize = 200;

/// The place of a path among all; the first one is the whole.
type Path = usize;

#[derive(Debug, Default)]
struct Node {
    name: String,
    field: Option<Id>,
    children: HashMap<Vec<u8>, Path>,
}

/// What the next byte is in.
#[derive(Clone, Copy, Debug, PartialEq)]
enum State {
    /// A value is to begin.
    Value,
    /// A key is to begin, or the object ends.
    Key,
    InKey,
    /// A colon is to come.
    Colon,
    InString,
    InScalar,
    /// A comma or an end is to come.
    After,
}

/// A container that is open.
#[derive(Clone, Copy, Debug)]
struct Open {
    path: Path,
    is_object: bool,
}

/// The scanner.
#[derive(Debug)]
pub struct Json {
    nodes: Vec<Node>,
    open: Vec<Open>,
    /// How many containers are open beyond those.
    deeper: u64,
    state: State,
    is_escaped: bool,
    key: Vec<u8>,
    /// The path of the value that is read or comes.
    path: Path,
    structure: Id,
    faults: u64,
}

impl Json {
    pub fn new(ledger: &mut Ledger) -> Self {
        Self {
            nodes: vec![Node { name: String::new(), ..Node::default() }],
            open: Vec::new(),
            deeper: 0,
            state: State::Value,
            is_escaped: false,
            key: Vec::new(),
            path: 0,
            structure: ledger.field("(keys and punctuation)"),
            faults: 0,
        }
    }

    /// The path of what stands in `parent` under `key`; of an array without one.
    fn child(&mut self, parent: Path, key: Option<&[u8]>) -> Path {
        let known = key.unwrap_or(b"[]");
        if let Some(&path) = self.nodes[parent].children.get(known) {
            return path;
        }
        if self.nodes.len() >= MOST_PATHS {
            return parent;
        }
        let name = match key {
            Some(key) => format!("{}.{}", self.nodes[parent].name, String::from_utf8_lossy(key)),
            None => format!("{}[]", self.nodes[parent].name),
        };
        let path = self.nodes.len();
        // As many names as there are can be as deep as that: they must not be long too.
        let name = cut(&name, MOST_NAME).to_owned();
        self.nodes.push(Node { name, ..Node::default() });
        self.nodes[parent].children.insert(known.to_vec(), path);
        path
    }

    /// The field of the value at the path.
    fn field(&mut self, ledger: &mut Ledger) -> Id {
        let node = &mut self.nodes[self.path];
        *node.field.get_or_insert_with(|| ledger.field(if node.name.is_empty() { "(top)" } else { &node.name }))
    }

    /// The field of a value that begins.
    fn begin(&mut self, state: State, ledger: &mut Ledger) -> Id {
        self.state = state;
        let field = self.field(ledger);
        ledger.count(field, 1);
        field
    }

    /// Takes a byte outside of strings and scalars; returns its field.
    fn structural(&mut self, byte: u8, ledger: &mut Ledger) -> Id {
        let is_due = match (byte, self.state) {
            (b' ' | b'\t' | b'\n' | b'\r', _) => true,
            (b'"', State::Key) => {
                self.key.clear();
                self.state = State::InKey;
                true
            }
            (b':', State::Colon) => {
                self.path = self.child_of_top(true);
                self.state = State::Value;
                true
            }
            (b'{' | b'[', _) => self.open(byte == b'{'),
            (b'}' | b']', _) => self.close(byte == b'}'),
            (b',', State::After) if !self.open.is_empty() => {
                self.next_value();
                true
            }
            (b'"', State::Value) => return self.begin(State::InString, ledger),
            (b'-' | b'0'..=b'9' | b't' | b'f' | b'n', State::Value) => return self.begin(State::InScalar, ledger),
            // The next of several documents.
            (b'"' | b'-' | b'0'..=b'9' | b't' | b'f' | b'n', State::After) if self.open.is_empty() => {
                self.path = 0;
                return self.begin(if byte == b'"' { State::InString } else { State::InScalar }, ledger);
            }
            _ => false,
        };
        self.faults += u64::from(!is_due);
        self.structure
    }

    fn child_of_top(&mut self, has_key: bool) -> Path {
        let Some(&Open { path, .. }) = self.open.last() else { return 0 };
        let key = std::mem::take(&mut self.key);
        let child = self.child(path, has_key.then_some(&key[..]));
        self.key = key;
        child
    }

    /// A value or key of the container that is open comes next.
    fn next_value(&mut self) {
        match self.open.last() {
            Some(open) if open.is_object => self.state = State::Key,
            _ => {
                self.state = State::Value;
                self.path = self.child_of_top(false);
            }
        }
    }

    fn open(&mut self, is_object: bool) -> bool {
        let is_due = self.state == State::Value || (self.state == State::After && self.open.is_empty());
        if self.open.len() == MOST_DEPTH {
            self.deeper += 1;
            self.state = State::Value;
            return is_due;
        }
        if self.open.is_empty() {
            self.path = 0;
        }
        self.open.push(Open { path: self.path, is_object });
        self.next_value();
        is_due
    }

    fn close(&mut self, is_object: bool) -> bool {
        let is_due = match self.open.last() {
            _ if self.deeper > 0 => true,
            Some(open) => open.is_object == is_object && !matches!(self.state, State::Colon),
            None => false,
        };
        if self.deeper > 0 {
            self.deeper -= 1;
        } else {
            self.open.pop();
        }
        self.state = State::After;
        is_due
    }

    fn byte(&mut self, byte: u8, ledger: &mut Ledger) -> Id {
        let is_escaped = std::mem::take(&mut self.is_escaped);
        match self.state {
            State::InKey => {
                match byte {
                    b'"' if !is_escaped => self.state = State::Colon,
                    _ => {
                        self.is_escaped = byte == b'\\' && !is_escaped;
                        if self.key.len() < MOST_KEY {
                            self.key.push(byte);
                        }
                    }
                }
                self.structure
            }
            State::InString => {
                let field = self.field(ledger);
                match byte {
                    b'"' if !is_escaped => self.state = State::After,
                    _ => self.is_escaped = byte == b'\\' && !is_escaped,
                }
                field
            }
            State::InScalar => {
                let field = self.field(ledger);
                match byte {
                    b',' | b']' | b'}' | b' ' | b'\t' | b'\r' | b'\n' => {
                        self.state = State::After;
                        self.structural(byte, ledger);
                    }
                    b'0'..=b'9' | b'a'..=b'z' | b'-' | b'+' | b'.' | b'E' => {}
                    _ => self.faults += 1,
                }
                field
            }
            // Within what is too deep, only strings and brackets are told apart.
            _ if self.deeper > 0 && !matches!(byte, b'{' | b'[' | b'}' | b']') => {
                if byte == b'"' {
                    return self.begin(State::InString, ledger);
                }
                self.structure
            }
            _ => self.structural(byte, ledger),
        }
    }
}

impl Scanner for Json {
    fn run(&mut self, run: &Run, ledger: &mut Ledger) {
        for (byte, bits) in run.costs() {
            let field = self.byte(byte, ledger);
            ledger.charge(field, 1, bits);
        }
    }

    fn faults(&self) -> u64 {
        self.faults
    }
}

#[cfg(test)]
mod tests;
