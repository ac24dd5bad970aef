//! Counts of the bytes that followed contexts ↔ bytes.
//!
//! ```text
//! counts  log2 of buckets | number of contexts | number of symbols | gaps, low bytes as they are | gaps, the rest | kinds |
//!         bytes | later counts | numbers that are too large for their column
//! ```
//! Contexts are in ascending order of their keys, and each key is stored as its gap to the one before. A kind holds the
//! number of symbols and the class of the first symbol's count, a nibble each; the classes of later symbols are stored
//! as how much lower they are. Columns are Huffman coded, so that a model loads fast.

use std::io::Read;

use crate::{
    Error, Result,
    container::{
        read::{read_array, read_vec},
        varint,
    },
    huffman,
    model::experts::prior::{Counts, Symbol},
    parallel::memory::ensure,
};

/// The least count of each of sixteen classes. A stored count is the least one of its class. Not tried alone.
const CLASSES: [u8; 16] = [1, 2, 3, 4, 6, 8, 12, 16, 24, 32, 48, 64, 96, 128, 192, 255];
/// A valid file has at most SYMBOLS_EACH · contexts + SYMBOLS_BESIDE symbols.
const SYMBOLS_EACH: usize = 64;
const SYMBOLS_BESIDE: usize = 1 << 16;
/// In place of a number that is too large for its column: the number is in the last column.
const ELSEWHERE: u8 = 255;

/// The highest class whose count is not above `count`.
fn class(count: u8) -> u8 {
    (CLASSES.partition_point(|&least| least <= count).max(1) - 1) as u8
}

/// A count after writing and reading it.
#[cfg(test)]
fn quantised(count: u8) -> u8 {
    CLASSES[usize::from(class(count))]
}

/// Appends the bytes of `counts`.
pub fn write(counts: &Counts, out: &mut Vec<u8>) {
    let [mut low, mut rest, mut kinds, mut bytes, mut later, mut large] = [(); 6].map(|()| Vec::new());
    let mut next = 0;
    for (key, symbols) in counts.iter() {
        let gap = key - next;
        next = key + 1;
        low.push(gap as u8);
        rest.push(small(gap >> 8, ELSEWHERE, &mut large));
        let first = class(symbols[0].count);
        kinds.push(small(symbols.len() as u64 - 1, 15, &mut large) << 4 | first);
        bytes.extend(symbols.iter().map(|symbol| symbol.byte));
        later.extend(symbols[1..].iter().map(|symbol| first - class(symbol.count).min(first)));
    }
    out.push(counts.bits() as u8);
    varint::write(out, kinds.len() as u64);
    varint::write(out, bytes.len() as u64);
    out.extend(low);
    for column in [&rest, &kinds, &bytes, &later] {
        let coded = huffman::encode(column);
        varint::write(out, coded.len() as u64);
        out.extend(coded);
    }
    varint::write(out, large.len() as u64);
    out.extend(large);
}

/// `value` if it is below `most`; else `most`, and `value` goes to `large`.
fn small(value: u64, most: u8, large: &mut Vec<u8>) -> u8 {
    if value < u64::from(most) {
        return value as u8;
    }
    varint::write(large, value);
    most
}

/// The inverse of [`small`].
fn whole(value: u8, most: u8, large: &mut impl Read) -> Result<u64> {
    if value < most { Ok(value.into()) } else { varint::read(large) }
}

/// Reads what [`write`] wrote. The caller takes another `beside` bytes of memory, and both together may take `allowed`.
///
/// # Errors
/// Truncated or damaged data; or more memory than is `allowed`, or than the system has. The memory is at most
/// proportional to the bytes that were read.
pub fn read(input: &mut impl Read, beside: u64, allowed: u64) -> Result<Counts> {
    let [bucket_bits] = read_array(input)?;
    let (contexts, symbols) = (varint::read(input)?, varint::read(input)?);
    let mut low = Vec::new();
    read_vec(input, contexts, &mut low)?;
    let (contexts, symbols) = (low.len(), usize::try_from(symbols).unwrap_or(usize::MAX));
    let most_symbols = contexts.saturating_mul(SYMBOLS_EACH).saturating_add(SYMBOLS_BESIDE);
    // Training drops contexts with equal keys after it chose the buckets, so there may be more buckets than contexts
    // need.
    let bucket_bits = u32::from(bucket_bits);
    let most_bits = Counts::bucket_bits(2 * contexts);
    if bucket_bits == 0 || bucket_bits > most_bits || symbols < contexts || symbols > most_symbols {
        return Err(damaged());
    }
    let mut string = || {
        let mut string = Vec::new();
        let len = varint::read(input)?;
        read_vec(input, len, &mut string)?;
        Result::Ok(string)
    };
    let [rest, kinds, bytes, later, large] = [string()?, string()?, string()?, string()?, string()?];
    // If a context has several symbols they differ, so the column of bytes takes a bit or more for each.
    if symbols > contexts && symbols > bytes.len().saturating_mul(8) {
        return Err(damaged());
    }
    let needed = beside + memory(bucket_bits, contexts, symbols);
    if needed > allowed {
        return Err(super::too_large(needed, allowed));
    }
    ensure(needed)?;
    let (rest, kinds) = (huffman::decode(&rest, contexts)?, huffman::decode(&kinds, contexts)?);
    let (bytes, later) = (huffman::decode(&bytes, symbols)?, huffman::decode(&later, symbols - contexts)?);
    let (mut large, mut bytes, mut later) = (large.as_slice(), bytes.as_slice(), later.as_slice());
    let mut counts = Counts::new(bucket_bits, contexts, symbols);
    let key_bits = counts.key_bits();
    let (mut next, mut list) = (0u64, Vec::with_capacity(256));
    for ((low, rest), kind) in low.into_iter().zip(rest).zip(kinds) {
        let gap = whole(rest, ELSEWHERE, &mut large)? << 8 | u64::from(low);
        let more = usize::try_from(whole(kind >> 4, 15, &mut large)?).unwrap_or(usize::MAX);
        let key = next.checked_add(gap).filter(|key| key >> key_bits == 0).ok_or_else(damaged)?;
        let first = kind & 15;
        let (Some((&byte, others)), true) = (bytes.split_first(), more < bytes.len() && more <= later.len()) else {
            return Err(damaged());
        };
        list.clear();
        list.push(Symbol { byte, count: CLASSES[usize::from(first)] });
        for (&byte, &lower) in others.iter().zip(&later[..more]) {
            let class = first.checked_sub(lower).ok_or_else(damaged)?;
            list.push(Symbol { byte, count: CLASSES[usize::from(class)] });
        }
        (bytes, later) = (&others[more..], &later[more..]);
        counts.push(key, &list);
        next = key + 1;
    }
    if !large.is_empty() || !bytes.is_empty() || !later.is_empty() {
        return Err(damaged());
    }
    counts.finish();
    Ok(counts)
}

/// Bytes of memory that reading takes beside the input: the counts, and decoded columns.
fn memory(bucket_bits: u32, contexts: usize, symbols: usize) -> u64 {
    let columns = contexts as u64 + 2 * symbols as u64;
    Counts::memory_of(bucket_bits, contexts, symbols) + columns
}

fn damaged() -> Error {
    Error::corrupt("what the model knows of contexts is damaged")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ErrorKind;
    use foretell_testkit::noise;

    /// Random counts of `contexts` contexts.
    fn some(contexts: usize) -> Counts {
        let random = noise(contexts as u64, 64 + 9 * contexts);
        let mut counts = Counts::new(Counts::bucket_bits(contexts), contexts, contexts);
        let mut keys: Vec<u64> = random
            .chunks_exact(9)
            .take(contexts)
            .map(|bytes| counts.key(u64::from_le_bytes(bytes[..8].try_into().unwrap())))
            .collect();
        keys.sort_unstable();
        keys.dedup();
        for (i, key) in keys.into_iter().enumerate() {
            let len = if i % 50 == 7 { 200 } else { 1 + i % 5 };
            let symbol = |j: usize| Symbol { byte: (j * 7 + i) as u8, count: quantised(255 / (1 + j) as u8) };
            counts.push(key, &(0..len).map(symbol).collect::<Vec<_>>());
        }
        counts.finish();
        counts
    }

    #[test]
    fn counts_round_trip() {
        for contexts in [0, 1, 2, 63, 64, 65, 1000, 70_000] {
            let counts = some(contexts);
            let mut bytes = Vec::new();
            write(&counts, &mut bytes);
            let mut input = bytes.as_slice();
            let read = read(&mut input, 0, u64::MAX).unwrap_or_else(|error| panic!("{contexts}: {error}"));
            assert!(input.is_empty() && read.iter().eq(counts.iter()), "{contexts}");
        }
    }

    /// A file of counts with these numbers of contexts and symbols, in which each column is one repeated value.
    fn of_lone_values(contexts: usize, symbols: usize) -> Vec<u8> {
        let mut bytes = vec![Counts::bucket_bits(2 * contexts) as u8];
        varint::write(&mut bytes, contexts as u64);
        varint::write(&mut bytes, symbols as u64);
        bytes.extend(vec![0; contexts]);
        let lone = |value: u8, len: usize| if len > 0 { huffman::encode(&[value]) } else { Vec::new() };
        let kind = (symbols / contexts - 1).min(15) as u8;
        for column in [lone(0, contexts), lone(kind << 4, contexts), lone(7, symbols), lone(0, symbols - contexts)] {
            varint::write(&mut bytes, column.len() as u64);
            bytes.extend(column);
        }
        bytes.push(0);
        bytes
    }

    #[test]
    fn memory_is_in_proportion_to_the_file_and_within_what_is_allowed() {
        let many_symbols = of_lone_values(10_000, 150_000);
        assert_eq!(read(&mut many_symbols.as_slice(), 0, u64::MAX).unwrap_err().kind(), ErrorKind::Corrupt);
        let one_each = of_lone_values(10_000, 10_000);
        assert_eq!(read(&mut one_each.as_slice(), 0, u64::MAX).unwrap().len(), 10_000);
        let needed = memory(Counts::bucket_bits(20_000), 10_000, 10_000);
        assert!(needed < 32 * one_each.len() as u64, "{needed}");
        assert_eq!(read(&mut one_each.as_slice(), 7, needed + 7).unwrap().len(), 10_000);
        assert_eq!(read(&mut one_each.as_slice(), 7, needed + 6).unwrap_err().kind(), ErrorKind::MemoryLimit);
    }
}
