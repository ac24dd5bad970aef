//! Values of options: text → numbers.

use foretell::Level;

/// A part of a content: `len` bytes from `offset` on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Range {
    pub offset: u64,
    pub len: u64,
}

/// A level.
pub fn parse_level(text: &str) -> Result<Level, &'static str> {
    text.trim().parse().ok().and_then(Level::new).ok_or("levels are 1 to 9")
}

/// A number of threads; 0 means one a core.
pub fn parse_threads(text: &str) -> Result<u16, &'static str> {
    text.parse().map_err(|_| "threads are 0 to 65535")
}

/// A number of bytes: `1000`, `64K`, `64KiB`, `64KB`, all powers of 1024.
pub fn parse_size(text: &str) -> Result<u64, String> {
    let digits = text.find(|c: char| !c.is_ascii_digit()).unwrap_or(text.len());
    let (number, unit) = text.split_at(digits);
    let shift = match unit.to_ascii_lowercase().as_str() {
        "" | "b" => 0,
        "k" | "kb" | "kib" => 10,
        "m" | "mb" | "mib" => 20,
        "g" | "gb" | "gib" => 30,
        _ => return Err("a size is a number with K, M, G or no unit".into()),
    };
    let number: u64 = number.parse().map_err(|_| "a size starts with a number that fits 64 bits")?;
    number.checked_mul(1 << shift).ok_or_else(|| "the size does not fit 64 bits".into())
}

/// The number of bytes of a record.
pub fn parse_record(text: &str) -> Result<usize, String> {
    let bytes = usize::try_from(parse_size(text)?).map_err(|_| "a record of that size fits no memory")?;
    if bytes == 0 { Err("a record has at least one byte".into()) } else { Ok(bytes) }
}

/// Two numbers of bytes: `1M:64K`.
pub fn parse_range(text: &str) -> Result<Range, String> {
    let (offset, len) = text.split_once(':').ok_or("a range is OFFSET:LENGTH, both in bytes")?;
    Ok(Range { offset: parse_size(offset)?, len: parse_size(len)? })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sizes_take_binary_suffixes_and_nothing_else() {
        for (text, bytes) in [("0", 0), ("77", 77), ("2K", 2048), ("2KiB", 2048), ("3MB", 3 << 20), ("1g", 1 << 30)] {
            assert_eq!(parse_size(text), Ok(bytes), "{text}");
        }
        for text in ["", "K", "32LB", "hello", "-1", "1.5G", "KI", "99999999999G", "99999999999999999999"] {
            assert!(parse_size(text).is_err(), "{text}");
        }
    }
}
