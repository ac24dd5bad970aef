//! A calculator with variables.
//!
//! ```
//! assert_eq!(calc::eval_str("1 + 2 * 3"), Ok(7.0));
//! ```

#![allow(dead_code)]

use std::collections::{BTreeMap, HashMap};
use std::env;
use std::error::Error;
use std::fmt::{self, Display};
use std::fs::File;
use std::io::{self, BufRead, BufReader, Read, Write};
use std::iter::Peekable;
use std::rc::Rc;
use std::str::{Chars, FromStr};
use std::sync::{mpsc, Arc, Mutex};
use std::thread;

use serde::{Deserialize, Serialize};

mod config;
pub mod util;

#[derive(Debug, Clone, PartialEq)]
pub enum Token {
    Num(f64),
    Ident(String),
    Op(char),
    LParen,
    RParen,
    Eof,
}

#[derive(Debug)]
pub enum CalcError {
    UnexpectedChar { ch: char, pos: usize },
    UnexpectedToken(Token),
    Undefined(String),
    Io(io::Error),
}

impl Display for CalcError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            CalcError::UnexpectedChar { ch, pos } => write!(f, "unexpected {:?} at {}", ch, pos),
            CalcError::UnexpectedToken(t) => write!(f, "unexpected token {:?}", t),
            CalcError::Undefined(name) => write!(f, "undefined variable `{}`", name),
            CalcError::Io(e) => e.fmt(f),
        }
    }
}

impl Error for CalcError {}

impl From<io::Error> for CalcError {
    fn from(e: io::Error) -> Self {
        CalcError::Io(e)
    }
}

pub type Result<T> = std::result::Result<T, CalcError>;

/// Turns text into tokens.
pub struct Lexer<'a> {
    chars: Peekable<Chars<'a>>,
    pos: usize,
}

impl<'a> Lexer<'a> {
    pub fn new(src: &'a str) -> Self {
        Lexer { chars: src.chars().peekable(), pos: 0 }
    }

    fn bump(&mut self) -> Option<char> {
        self.pos += 1;
        self.chars.next()
    }

    fn take_while<F: Fn(char) -> bool>(&mut self, pred: F) -> String {
        let mut s = String::new();
        while let Some(&c) = self.chars.peek() {
            if !pred(c) {
                break;
            }
            s.push(c);
            self.bump();
        }
        s
    }

    pub fn next_token(&mut self) -> Result<Token> {
        self.take_while(char::is_whitespace);
        let c = match self.chars.peek() {
            Some(c) => *c,
            None => return Ok(Token::Eof),
        };
        let tok = match c {
            '0'..='9' | '.' => {
                let s = self.take_while(|c| c.is_ascii_digit() || c == '.');
                Token::Num(s.parse().unwrap_or(0.0))
            }
            'a'..='z' | 'A'..='Z' | '_' => Token::Ident(self.take_while(|c| c.is_alphanumeric())),
            '+' | '-' | '*' | '/' | '^' | '=' => {
                self.bump();
                Token::Op(c)
            }
            '(' => { self.bump(); Token::LParen }
            ')' => { self.bump(); Token::RParen }
            ch => return Err(CalcError::UnexpectedChar { ch, pos: self.pos }),
        };
        Ok(tok)
    }
}

trait Visitor {
    type Output;
    fn visit(&mut self, expr: &Expr) -> Self::Output;
}

#[derive(Serialize, Deserialize, Default)]
pub struct Settings {
    #[serde(default)]
    pub precision: Option<usize>,
    pub aliases: BTreeMap<String, Vec<u8>>,
}

pub enum Expr {
    Lit(f64),
    Var(Rc<str>),
    Bin(Box<Expr>, char, Box<Expr>),
}

struct Evaluator {
    vars: HashMap<String, f64>,
}

impl Visitor for Evaluator {
    type Output = Result<f64>;

    fn visit(&mut self, expr: &Expr) -> Self::Output {
        match *expr {
            Expr::Lit(v) => Ok(v),
            Expr::Var(ref name) => self
                .vars
                .get(&**name)
                .copied()
                .ok_or_else(|| CalcError::Undefined(name.to_string())),
            Expr::Bin(ref a, op, ref b) => {
                let (x, y) = (self.visit(a)?, self.visit(b)?);
                Ok(match op {
                    '+' => x + y,
                    '-' => x - y,
                    '*' => x * y,
                    '/' => x / y,
                    '^' => x.powf(y),
                    _ => unreachable!("bad operator"),
                })
            }
        }
    }
}

fn parallel_sum(data: Arc<Vec<u64>>, n: usize) -> u64 {
    let total = Arc::new(Mutex::new(0u64));
    let handles: Vec<_> = (0..n)
        .map(|i| {
            let (data, total) = (Arc::clone(&data), total.clone());
            thread::spawn(move || {
                let part: u64 = data.iter().skip(i).step_by(n).sum();
                *total.lock().unwrap() += part;
            })
        })
        .collect();
    for h in handles {
        h.join().expect("thread panicked");
    }
    let result = *total.lock().unwrap();
    result
}

fn main() -> std::result::Result<(), Box<dyn Error>> {
    let args: Vec<String> = env::args().collect();
    if args.len() < 2 {
        eprintln!("usage: {} FILE", args[0]);
        std::process::exit(1);
    }
    let file = File::open(&args[1])?;
    for (i, line) in BufReader::new(file).lines().enumerate() {
        let line = line?;
        let mut lexer = Lexer::new(&line);
        loop {
            match lexer.next_token() {
                Ok(Token::Eof) => break,
                Ok(tok) => println!("{}: {:?}", i + 1, tok),
                Err(e) => return Err(e.into()),
            }
        }
    }
    io::stdout().flush()?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lexes_numbers() {
        let mut lx = Lexer::new("42 x");
        assert_eq!(lx.next_token().unwrap(), Token::Num(42.0));
        assert!(matches!(lx.next_token(), Ok(Token::Ident(_))));
    }

    #[test]
    #[should_panic]
    fn rejects_junk() {
        Lexer::new("$").next_token().unwrap();
    }
}
