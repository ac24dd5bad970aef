//! Content → which structure it has.

use std::fmt;

use foretell::insight::Place;

use super::{csv::Csv, elf, json::Json, ledger::Ledger, log::Log, records::Records, scanner::Scanner, tar::Tar};
use crate::toolbox::explain::{fields::records, run::Run};

/// Bytes around a stream that are no content of their own.
const MOST_AROUND: usize = 1 << 10;

/// A structure.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    Json,
    /// The separator, and whether the first line has names.
    Csv(u8, bool),
    Log,
    Xml,
    Text,
    /// The length of a record.
    Records(usize),
    Tar,
    Elf,
    Streams,
}

/// The start of a content, by place.
#[derive(Debug, Default)]
pub struct Sample {
    /// All that is shown.
    pub shown: Vec<u8>,
    /// What stands in the content as it is.
    pub plain: Vec<u8>,
    /// What its deflate streams hold.
    pub inflated: Vec<u8>,
}

impl Sample {
    /// Adds at most as many bytes as make it `most` long.
    pub fn add(&mut self, run: &Run, most: usize) {
        let bytes = &run.bytes[..run.bytes.len().min(most.saturating_sub(self.shown.len()))];
        match run.place {
            Place::At(_) => self.plain.extend_from_slice(bytes),
            Place::Inflated { .. } => self.inflated.extend_from_slice(bytes),
            _ => return,
        }
        self.shown.extend_from_slice(bytes);
    }
}

/// The kind of a content, and whether it is that of what its deflate streams hold.
pub fn recognise(sample: &Sample, is_whole: bool) -> (Kind, bool) {
    let Sample { shown, plain, inflated } = sample;
    if Tar::recognise(plain) {
        return (Kind::Tar, false);
    }
    if elf::recognise(plain) {
        return (Kind::Elf, false);
    }
    if inflated.is_empty() || plain.len() > inflated.len() && is_text(plain) {
        return (of_bytes(shown, is_whole), false);
    }
    if plain.len() <= MOST_AROUND && is_text(inflated) {
        return (of_bytes(inflated, is_whole), true);
    }
    (Kind::Streams, false)
}

fn of_bytes(bytes: &[u8], is_whole: bool) -> Kind {
    if !is_text(bytes) {
        return Records::recognise(bytes).map_or(Kind::Text, Kind::Records);
    }
    let start = bytes.trim_ascii_start();
    let bytes_of_mark = start.strip_prefix(b"\xef\xbb\xbf").unwrap_or(start);
    match bytes_of_mark.first() {
        Some(b'{' | b'[') if is_json(bytes) => Kind::Json,
        Some(b'<') => Kind::Xml,
        _ => match Csv::recognise(bytes, is_whole) {
            // Lines of a log may well have one comma each, as in `10:15:00,339`.
            Some(table) if table.has_names || !has_blanks(bytes, table.separator) || !Log::recognise(bytes) => {
                Kind::Csv(table.separator, table.has_names)
            }
            Some(_) => Kind::Log,
            None if Log::recognise(bytes) => Kind::Log,
            None => Kind::Text,
        },
    }
}

/// Whether there are far more blanks than separators.
fn has_blanks(bytes: &[u8], separator: u8) -> bool {
    let count = |wanted: u8| bytes.iter().filter(|&&byte| byte == wanted).count();
    separator != b'\t' && count(b' ') > 2 * count(separator)
}

fn is_json(bytes: &[u8]) -> bool {
    let mut ledger = Ledger::default();
    let mut json = Json::new(&mut ledger);
    let bits = vec![0.0; bytes.len()];
    json.run(&Run { start: 0, place: Place::At(0), bytes, bits: &bits, details: &[] }, &mut ledger);
    json.faults() == 0
}

/// Whether bytes are text: few control characters, and UTF-8 or another code of single bytes.
pub fn is_text(bytes: &[u8]) -> bool {
    let is_odd = |byte: &u8| matches!(byte, 0..=8 | 11 | 14..=26 | 28..=31 | 127);
    let odd = bytes.iter().filter(|byte| is_odd(byte)).count();
    let beyond = bytes.iter().filter(|byte| **byte >= 0x80).count();
    let is_utf8 = match std::str::from_utf8(bytes) {
        Ok(_) => true,
        Err(error) => error.error_len().is_none(),
    };
    odd * 200 <= bytes.len() && !bytes.contains(&0) && (is_utf8 || beyond * 4 <= bytes.len())
}

/// A kind by name: `--as`.
///
/// # Errors
/// A sentence for the user.
pub fn parse(text: &str) -> Result<Kind, String> {
    let (name, number) = text.split_once(':').map_or((text, None), |(name, number)| (name, Some(number)));
    let kind = match name {
        "json" => Kind::Json,
        "csv" => Kind::Csv(b',', true),
        "tsv" => Kind::Csv(b'\t', true),
        "log" => Kind::Log,
        "xml" => Kind::Xml,
        "text" => Kind::Text,
        "tar" => Kind::Tar,
        "elf" => Kind::Elf,
        "streams" => Kind::Streams,
        "records" => {
            let len = number.and_then(|number| number.parse().ok()).filter(|len| (1..=records::MOST_LEN).contains(len));
            return len
                .map(Kind::Records)
                .ok_or_else(|| format!("records have a length: records:LENGTH, 1 to {} bytes", records::MOST_LEN));
        }
        _ => return Err("kinds are json, csv, tsv, log, xml, text, records:LENGTH, tar, elf, streams".to_owned()),
    };
    match number {
        Some(_) => Err(format!("{name} takes no number")),
        None => Ok(kind),
    }
}

impl fmt::Display for Kind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Json => f.write_str("JSON"),
            Self::Csv(b'\t', _) => f.write_str("table of text, between tabs"),
            Self::Csv(separator, _) => write!(f, "table of text, between `{}`", char::from(*separator)),
            Self::Log => f.write_str("log"),
            Self::Xml => f.write_str("XML"),
            Self::Text => f.write_str("bytes by kind"),
            Self::Records(len) => write!(f, "records of {len} bytes"),
            Self::Tar => f.write_str("tar archive"),
            Self::Elf => f.write_str("ELF file"),
            Self::Streams => f.write_str("deflate streams"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn kind(bytes: &[u8]) -> Kind {
        recognise(&Sample { shown: bytes.to_vec(), plain: bytes.to_vec(), inflated: vec![] }, true).0
    }

    #[test]
    fn kinds_are_told_by_content() {
        assert_eq!(kind(b"{\"a\":1}\n{\"a\":2}\n"), Kind::Json);
        assert_eq!(kind(b"  [1, 2, {}]"), Kind::Json);
        assert_eq!(kind(b"[12:30:01] started\n[12:30:02] ended\n"), Kind::Text);
        assert_eq!(kind(b"<?xml version='1.0'?><a/>"), Kind::Xml);
        assert_eq!(kind(b"a,b\n1,2\n3,4\n"), Kind::Csv(b',', true));
        assert_eq!(kind(&b"10:00:01 job 1 done\n10:00:02 job 2 done\n".repeat(5)), Kind::Log);
        assert_eq!(kind(&b"10:00:01,5 job 1 done\n10:00:02,7 job 2 done\n".repeat(5)), Kind::Log);
        assert_eq!(kind(b"Some words, and no more."), Kind::Text);
        assert_eq!(kind(&foretell_testkit::noise(1, 5000)), Kind::Text);
        assert_eq!(kind(b""), Kind::Text);
    }

    #[test]
    fn what_streams_hold_counts_where_little_is_around_them() {
        let sample = |plain: &[u8], inflated: &[u8]| Sample {
            shown: [plain, inflated].concat(),
            plain: plain.to_vec(),
            inflated: inflated.to_vec(),
        };
        assert_eq!(recognise(&sample(b"\x1f\x8b\x08", b"{\"a\":[1]}"), true), (Kind::Json, true));
        assert_eq!(recognise(&sample(b"\x89PNG\0\0", &[0, 1, 2, 3, 255, 254]), true), (Kind::Streams, false));
    }

    #[test]
    fn names_of_kinds_are_checked() {
        assert_eq!(parse("records:16"), Ok(Kind::Records(16)));
        assert_eq!(parse("tsv"), Ok(Kind::Csv(b'\t', true)));
        for text in ["records", "records:0", "records:513", "json:2", "png", ""] {
            assert!(parse(text).is_err(), "{text}");
        }
    }
}
