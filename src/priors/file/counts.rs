//! Counts of the bytes that followed contexts ↔ bytes.
//!
//! ```text
//! counts  log2 of buckets | number of contexts | number of symbols | gaps, low bytes | gaps, the rest, packed | kinds |
//!         bytes | later counts, packed | length of the last column | numbers that are too large for their column
//! packed  a nibble each, two in a byte, the first one lower
//! ```
//! Contexts are in ascending order of their keys, and each key is stored as its gap to the one before. A kind holds the
//! number of symbols and the class of the first symbol's count, a nibble each; the classes of later symbols are stored
//! as how much lower they are. Nothing is entropy coded: that would save a sixth of the bytes, and reading is most of
//! the time that content of a kilobyte takes.

use std::io::Read;

use crate::{
    Error, Result,
    container::{
        read::{read_array, read_vec},
        varint,
    },
    model::experts::prior::{Counts, Symbol},
    parallel::memory::ensure,
};

/// The least count of each of sixteen classes. A stored count is the least one of its class. Not tried alone.
const CLASSES: [u8; 16] = [1, 2, 3, 4, 6, 8, 12, 16, 24, 32, 48, 64, 96, 128, 192, 255];
/// A valid file has at most SYMBOLS_EACH · contexts + SYMBOLS_BESIDE symbols.
const SYMBOLS_EACH: usize = 64;
const SYMBOLS_BESIDE: usize = 1 << 16;
/// In place of a number that is too large for its nibble: the number is in the last column.
const ELSEWHERE: u8 = 15;

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
        rest.push(small(gap >> 8, &mut large));
        let first = class(symbols[0].count);
        kinds.push(small(symbols.len() as u64 - 1, &mut large) << 4 | first);
        bytes.extend(symbols.iter().map(|symbol| symbol.byte));
        later.extend(symbols[1..].iter().map(|symbol| first - class(symbol.count).min(first)));
    }
    out.push(counts.bits() as u8);
    varint::write(out, kinds.len() as u64);
    varint::write(out, bytes.len() as u64);
    for column in [&low, &pack(&rest), &kinds, &bytes, &pack(&later)] {
        out.extend(column);
    }
    varint::write(out, large.len() as u64);
    out.extend(large);
}

/// `value` if it fits; else [`ELSEWHERE`], and `value` goes to `large`.
fn small(value: u64, large: &mut Vec<u8>) -> u8 {
    if value < u64::from(ELSEWHERE) {
        return value as u8;
    }
    varint::write(large, value);
    ELSEWHERE
}

/// The inverse of [`small`].
fn whole(value: u8, large: &mut impl Read) -> Result<u64> {
    if value < ELSEWHERE { Ok(value.into()) } else { varint::read(large) }
}

fn pack(nibbles: &[u8]) -> Vec<u8> {
    nibbles.chunks(2).map(|pair| pair[0] | pair.get(1).map_or(0, |second| second << 4)).collect()
}

/// Nibble `index` of a packed column.
fn nibble(packed: &[u8], index: usize) -> u8 {
    packed[index / 2] >> (4 * (index % 2)) & 15
}

/// Reads what [`write`] wrote. The caller takes another `beside` bytes of memory, and both together may take `allowed`.
///
/// # Errors
/// Truncated or damaged data; or more memory than is `allowed`, or than the system has. The memory is at most
/// proportional to the bytes that were read.
pub fn read(input: &mut impl Read, counted: usize, beside: u64, allowed: u64) -> Result<Counts> {
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
    let mut column = |len: usize| {
        let mut column = Vec::new();
        read_vec(input, len as u64, &mut column)?;
        Result::Ok(column)
    };
    let (rest, kinds) = (column(contexts.div_ceil(2))?, column(contexts)?);
    let (bytes, later) = (column(symbols)?, column((symbols - contexts).div_ceil(2))?);
    let large_len = varint::read(input)?;
    let mut large = Vec::new();
    read_vec(input, large_len, &mut large)?;
    let needed = beside + memory(bucket_bits, contexts, symbols);
    if needed > allowed {
        return Err(super::too_large(needed, allowed));
    }
    ensure(needed)?;
    let mut counts = Counts::new(counted, bucket_bits, contexts, symbols);
    let key_bits = counts.key_bits();
    let (mut next, mut list, mut large) = (0u64, Vec::with_capacity(256), large.as_slice());
    let (mut bytes, mut later_read) = (bytes.as_slice(), 0);
    for (i, (low, kind)) in low.into_iter().zip(kinds).enumerate() {
        let gap = whole(nibble(&rest, i), &mut large)? << 8 | u64::from(low);
        let more = usize::try_from(whole(kind >> 4, &mut large)?).unwrap_or(usize::MAX);
        let key = next.checked_add(gap).filter(|key| key >> key_bits == 0).ok_or_else(damaged)?;
        let first = kind & 15;
        let left = symbols - contexts - later_read;
        let (Some((&byte, others)), true) = (bytes.split_first(), more < bytes.len() && more <= left) else {
            return Err(damaged());
        };
        list.clear();
        list.push(Symbol { byte, count: CLASSES[usize::from(first)] });
        for (&byte, index) in others.iter().zip(later_read..later_read + more) {
            let class = first.checked_sub(nibble(&later, index)).ok_or_else(damaged)?;
            list.push(Symbol { byte, count: CLASSES[usize::from(class)] });
        }
        (bytes, later_read) = (&others[more..], later_read + more);
        counts.push(key, &list);
        next = key + 1;
    }
    if !large.is_empty() || !bytes.is_empty() || later_read != symbols - contexts {
        return Err(damaged());
    }
    counts.finish();
    Ok(counts)
}

/// Bytes of memory that reading takes beside the input: the counts, and the columns.
fn memory(bucket_bits: u32, contexts: usize, symbols: usize) -> u64 {
    let columns = 2 * contexts as u64 + 2 * symbols as u64;
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
        let mut counts = Counts::new(8, Counts::bucket_bits(contexts), contexts, contexts);
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
            let read = read(&mut input, 8, 0, u64::MAX).unwrap_or_else(|error| panic!("{contexts}: {error}"));
            assert!(input.is_empty() && read.iter().eq(counts.iter()), "{contexts}");
        }
    }

    /// A file of counts with these numbers of contexts and symbols, in which each column is one repeated value.
    fn of_lone_values(contexts: usize, symbols: usize) -> Vec<u8> {
        let mut bytes = vec![Counts::bucket_bits(2 * contexts) as u8];
        varint::write(&mut bytes, contexts as u64);
        varint::write(&mut bytes, symbols as u64);
        let kind = (symbols / contexts - 1).min(15) as u8;
        bytes.extend(vec![0; contexts + contexts.div_ceil(2)]);
        bytes.extend(vec![kind << 4; contexts]);
        bytes.extend(vec![7; symbols]);
        bytes.extend(vec![0; (symbols - contexts).div_ceil(2)]);
        bytes.push(0);
        bytes
    }

    #[test]
    fn memory_is_in_proportion_to_the_file_and_within_what_is_allowed() {
        let many_symbols = of_lone_values(10_000, 140_000);
        assert_eq!(read(&mut many_symbols.as_slice(), 8, 0, u64::MAX).unwrap().len(), 10_000);
        let mut claimed = vec![Counts::bucket_bits(64) as u8];
        [1 << 40, 1 << 41].into_iter().for_each(|number| varint::write(&mut claimed, number));
        assert!(read(&mut claimed.as_slice(), 8, 0, u64::MAX).is_err());
        let one_each = of_lone_values(10_000, 10_000);
        assert_eq!(read(&mut one_each.as_slice(), 8, 0, u64::MAX).unwrap().len(), 10_000);
        let needed = memory(Counts::bucket_bits(20_000), 10_000, 10_000);
        assert!(needed < 32 * one_each.len() as u64, "{needed}");
        assert_eq!(read(&mut one_each.as_slice(), 8, 7, needed + 7).unwrap().len(), 10_000);
        assert_eq!(read(&mut one_each.as_slice(), 8, 7, needed + 6).unwrap_err().kind(), ErrorKind::MemoryLimit);
    }
}
