//! Logs → templates of their lines, and what varies in them.
//!
//! A line is cut into tokens. Those with a digit vary; of the others, those that differ between lines alike. Lines are
//! alike if they have as many tokens and most of them are the same (Drain: He et al., *Drain: an online log parsing
//! approach with fixed depth tree*, 2017). What a line begins with that looks like a time is one field of all. A token has
//! the delimiters behind it, by which it is known to have ended.

mod tokens;

use std::collections::HashMap;

use super::{ledger::Ledger, scanner::Scanner};
use crate::toolbox::explain::run::Run;
use tokens::{Token, is_time, tokens};

/// Bytes of a line that are looked at. What follows is one field.
const MOST_LINE: usize = 4096;
/// Templates that are told apart.
const MOST_TEMPLATES: usize = 1024;
/// Templates of as many tokens and the same first word, with which a line is compared.
const MOST_ALIKE: usize = 64;
/// Characters of a template that its name has.
const NAME: usize = 60;
/// The name of what varies, in templates.
const VARIES: &str = "<*>";

/// What a place in a template has taken.
#[derive(Debug)]
struct Place {
    /// The text, if it was always the same.
    text: Option<Vec<u8>>,
    bytes: u64,
    bits: f64,
}

#[derive(Debug)]
struct Template {
    places: Vec<Place>,
    lines: u64,
}

/// The scanner.
#[derive(Debug)]
pub struct Log {
    line: Vec<u8>,
    bits: Vec<f64>,
    templates: Vec<Template>,
    /// By number of tokens and the first one that does not vary.
    groups: HashMap<(usize, Vec<u8>), Vec<usize>>,
}

impl Log {
    pub fn new() -> Self {
        Self { line: Vec::new(), bits: Vec::new(), templates: Vec::new(), groups: HashMap::new() }
    }

    /// Whether `sample` is a log: many of its lines are alike, and vary in places.
    pub fn recognise(sample: &[u8]) -> bool {
        let mut log = Self::new();
        let mut ledger = Ledger::default();
        let end = sample.iter().rposition(|&byte| byte == b'\n').map_or(0, |at| at + 1);
        let lines: Vec<&[u8]> = sample[..end].split_inclusive(|&byte| byte == b'\n').collect();
        for line in &lines {
            log.line.extend_from_slice(&line[..line.len().min(MOST_LINE)]);
            log.bits.resize(log.line.len(), 0.0);
            log.end_line(&mut ledger);
        }
        let with_digits = lines.iter().filter(|line| line.iter().any(u8::is_ascii_digit)).count();
        let templates = log.templates.len();
        lines.len() >= 5 && with_digits * 10 >= lines.len() * 6 && templates * 2 <= lines.len()
    }

    /// Charges the line that was read.
    fn end_line(&mut self, ledger: &mut Ledger) {
        let (line, bits) = (std::mem::take(&mut self.line), std::mem::take(&mut self.bits));
        let all = tokens(&line);
        let time = all.iter().take(4).take_while(|token| is_time(token.core(&line))).count();
        let time_end = all[..time].last().map_or(0, |token| token.end);
        if time > 0 {
            let field = ledger.field("(time)");
            ledger.charge(field, time_end as u64, bits[..time_end].iter().sum());
            ledger.count(field, 1);
        }
        let rest = &all[time..];
        match self.template(&line, rest) {
            Some(template) => self.templates[template].add(&line, &bits, rest),
            None => {
                let field = ledger.field("(other lines)");
                ledger.charge(field, (line.len() - time_end) as u64, bits[time_end..].iter().sum());
                ledger.count(field, 1);
            }
        }
        (self.line, self.bits) = (line, bits);
        self.line.clear();
        self.bits.clear();
    }

    /// The template of a line, which may be new.
    fn template(&mut self, line: &[u8], tokens: &[Token]) -> Option<usize> {
        let first = tokens.iter().map(|token| token.core(line)).find(|core| !varies(core)).unwrap_or_default();
        let group = self.groups.entry((tokens.len(), first.to_vec())).or_default();
        let best = group.iter().map(|&template| (self.templates[template].likeness(line, tokens), template));
        let best = best.max_by(|a, b| a.0.total_cmp(&b.0).then(b.1.cmp(&a.1)));
        match best {
            Some((likeness, template)) if likeness >= 0.5 => return Some(template),
            Some((_, template)) if group.len() >= MOST_ALIKE => return Some(template),
            _ if self.templates.len() >= MOST_TEMPLATES => {}
            _ => {
                group.push(self.templates.len());
                self.templates.push(Template::new(line, tokens));
                return Some(self.templates.len() - 1);
            }
        }
        if group.is_empty() {
            self.groups.remove(&(tokens.len(), first.to_vec()));
        }
        None
    }
}

/// Whether a token is taken for one that varies, at first sight.
fn varies(core: &[u8]) -> bool {
    core.iter().any(u8::is_ascii_digit)
}

impl Template {
    fn new(line: &[u8], tokens: &[Token]) -> Self {
        let place = |token: &Token| {
            let core = token.core(line);
            Place { text: (!varies(core)).then(|| line[token.start..token.end].to_vec()), bytes: 0, bits: 0.0 }
        };
        Self { places: tokens.iter().map(place).collect(), lines: 0 }
    }

    /// The share of the places with a text that the line has too.
    fn likeness(&self, line: &[u8], tokens: &[Token]) -> f64 {
        let pairs = || self.places.iter().zip(tokens).filter(|(place, _)| place.text.is_some());
        let same =
            pairs().filter(|(place, token)| place.text.as_deref() == Some(&line[token.start..token.end])).count();
        // A template of nothing but places that vary fits all lines of its length.
        if pairs().next().is_none() { 1.0 } else { same as f64 / pairs().count() as f64 }
    }

    /// Charges the line's tokens; those that differ vary from now on.
    fn add(&mut self, line: &[u8], bits: &[f64], tokens: &[Token]) {
        self.lines += 1;
        for (place, token) in self.places.iter_mut().zip(tokens) {
            if place.text.as_deref().is_some_and(|text| text != &line[token.start..token.end]) {
                place.text = None;
            }
            place.bytes += (token.end - token.start) as u64;
            place.bits += bits[token.start..token.end].iter().sum::<f64>();
        }
    }

    /// The template in words, with the places that vary as `<*>`.
    fn name(&self) -> String {
        let mut name = String::new();
        for place in &self.places {
            match &place.text {
                Some(text) => name += &String::from_utf8_lossy(text),
                None => {
                    name += VARIES;
                    name.push(' ');
                }
            }
            if name.chars().count() > NAME {
                break;
            }
        }
        shortened(name.trim_end(), NAME)
    }

    /// Charges what it has taken: each place that varies is a field, and all that do not are another one.
    fn charge(&self, ledger: &mut Ledger) {
        let name = self.name();
        let mut before = String::new();
        for (number, place) in self.places.iter().enumerate() {
            let field = match &place.text {
                Some(text) => {
                    before = shortened(String::from_utf8_lossy(text).trim(), 20);
                    ledger.field(&format!("template: {name}"))
                }
                None => ledger.field(&format!("{before} {VARIES} (token {} of: {name})", number + 1)),
            };
            ledger.charge(field, place.bytes, place.bits);
            if place.text.is_none() {
                ledger.count(field, self.lines);
            }
        }
        if let Some(field) =
            self.places.iter().find(|place| place.text.is_some()).map(|_| ledger.field(&format!("template: {name}")))
        {
            ledger.count(field, self.lines);
        }
    }
}

/// `text`, or as much of it as `most` characters hold.
fn shortened(text: &str, most: usize) -> String {
    if text.chars().count() <= most { text.to_owned() } else { text.chars().take(most - 1).chain(['…']).collect() }
}

impl Scanner for Log {
    fn run(&mut self, run: &Run, ledger: &mut Ledger) {
        for (byte, bits) in run.costs() {
            if self.line.len() == MOST_LINE && byte != b'\n' {
                let field = ledger.field("(rest of long lines)");
                ledger.charge(field, 1, bits);
                continue;
            }
            self.line.push(byte);
            self.bits.push(bits);
            if byte == b'\n' {
                self.end_line(ledger);
            }
        }
    }

    fn end(&mut self, ledger: &mut Ledger) {
        if !self.line.is_empty() {
            self.end_line(ledger);
        }
        self.templates.iter().for_each(|template| template.charge(ledger));
        self.templates.clear();
        self.groups.clear();
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::toolbox::explain::fields::tests::{charged, names};

    #[test]
    fn lines_alike_share_a_template_and_what_varies_is_told() {
        let users = ["ann", "bob", "cy", "dora", "eve"];
        let line = |i: usize| {
            format!("2024-05-01 10:00:{:02},123 INFO user={} logged in from 10.0.0.{i}\n", i % 60, users[i * 7 % 5])
        };
        let text: String = (0..50).map(line).collect();
        assert!(Log::recognise(text.as_bytes()));
        let (fields, _) = charged(text.as_bytes(), |_| Box::new(Log::new()));
        let found = names(&fields);
        assert!(found.contains(&("(time)", 50 * 24, 50)), "{found:?}");
        let user = found.iter().find(|(name, ..)| name.starts_with("user= <*>")).unwrap();
        assert_eq!(user.2, 50);
        assert!(found.iter().any(|(name, _, values)| name.starts_with("from <*>") && *values == 50), "{found:?}");
        assert_eq!(fields.len(), 4, "{found:?}");
    }

    #[test]
    fn prose_is_no_log() {
        let text = b"It was late in the year 1848.\nNobody came, and nobody left,\nuntil the bell rang twice.\n\
                     Then all of them rose.\nThe door was shut, as it had been before.\n";
        assert!(!Log::recognise(text));
    }

    #[test]
    fn hostile_lines_take_little() {
        let endless = vec![b'x'; 1 << 20];
        let all_different: Vec<u8> =
            (0..20_000).flat_map(|i| format!("{} w{}\n", "a ".repeat(i % 300), i).into_bytes()).collect();
        let words: Vec<u8> = (0..50_000u32)
            .flat_map(|i| {
                let word: String = i.to_string().bytes().map(|digit| char::from(digit + b'0')).collect();
                format!("{word} x y z\n").into_bytes()
            })
            .collect();
        for text in [endless, all_different, words] {
            let (fields, _) = charged(&text, |_| Box::new(Log::new()));
            assert_eq!(fields.iter().map(|field| field.bytes).sum::<u64>(), text.len() as u64);
        }
    }
}
