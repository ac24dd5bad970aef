//! A block of bytes ↔ its table and codewords.

use std::{convert::Infallible, result};

use super::{
    bits::{Reader, Writer},
    code::{Code, Leaf, MAX_LEN},
    count, lengths, table,
};
use crate::{Error, Result, error};

/// While no more of a 64-bit word is used than this, any codeword fits the rest.
const SAFE: usize = 64 - MAX_LEN;

/// Bytes that are coded between two calls of `check`.
const CHECK_EVERY: usize = 1 << 16;

/// Codes `raw`. The result may be longer: the caller then stores `raw`. No bytes become no bytes.
pub fn encode(raw: &[u8]) -> Vec<u8> {
    let Ok(coded) = encode_while(raw, || Ok::<_, Infallible>(()));
    coded
}

/// As [`encode`], but calls `check` every 64 KiB; an error of it ends the work.
///
/// # Errors
/// Those of `check`.
pub fn encode_while<E>(raw: &[u8], check: impl Fn() -> result::Result<(), E>) -> result::Result<Vec<u8>, E> {
    let mut out = Writer::default();
    if raw.is_empty() {
        return Ok(out.into_bytes());
    }
    let counts = count(raw);
    let leaves = lengths::optimal(&counts);
    table::write(&mut out, &leaves);
    let bits: u64 = leaves.iter().map(|leaf| counts[usize::from(leaf.symbol)] * u64::from(leaf.length)).sum();
    out.reserve(bits as usize);
    let code = Code::new(leaves).expect("package-merge gives a complete code");
    for chunk in raw.chunks(CHECK_EVERY) {
        check()?;
        encode_symbols(&mut out, &code, chunk);
    }
    Ok(out.into_bytes())
}

fn encode_symbols(out: &mut Writer, code: &Code, raw: &[u8]) {
    let words = code.codewords();
    let (mut joined, mut width) = (0u64, 0);
    for &symbol in raw {
        let word = words[usize::from(symbol)];
        joined = joined << word.length | u64::from(word.bits);
        width += usize::from(word.length);
        if width > SAFE {
            out.write(joined, width);
            (joined, width) = (0, 0);
        }
    }
    out.write(joined, width);
}

/// Decodes the `raw_len` bytes that `coded` holds. It takes memory only for content that `coded` can hold: at most 8
/// bytes for each of its bytes, or `raw_len` if all are the same. So the caller must bound `raw_len`.
///
/// # Errors
/// [`Corrupt`](crate::ErrorKind::Corrupt) if the table is none of a complete code, or if `coded` ends before its last
/// byte, goes on after it, or ends in padding that is not zero. Damage that passes these checks gives other bytes.
/// [`MemoryLimit`](crate::ErrorKind::MemoryLimit) if the system refuses memory for `raw_len` bytes.
pub fn decode(coded: &[u8], raw_len: usize) -> Result<Vec<u8>> {
    decode_while(coded, raw_len, || Ok(()))
}

/// As [`decode`], but calls `check` every 64 KiB; an error of it ends the work.
///
/// # Errors
/// As [`decode`], and those of `check`.
pub fn decode_while(coded: &[u8], raw_len: usize, check: impl Fn() -> Result<()>) -> Result<Vec<u8>> {
    let mut input = Reader::new(coded);
    let mut raw = Vec::new();
    if raw_len > 0 {
        let code = Code::new(table::read(&mut input)?)?;
        raw = zeros_for(&input, &code, raw_len)?;
        let table = code.decoding_table();
        for chunk in raw.chunks_mut(CHECK_EVERY) {
            check()?;
            decode_symbols(&mut input, &table, code.max_len(), chunk)?;
        }
    }
    check_end(&input)?;
    Ok(raw)
}

/// How many bits the codeword of each byte has in the block `coded`: 0 of those that do not occur, or of the only one.
///
/// # Errors
/// A damaged table.
pub fn codeword_lengths(coded: &[u8]) -> Result<[u8; 256]> {
    let code = Code::new(table::read(&mut Reader::new(coded))?)?;
    Ok(code.codewords().map(|word| word.length))
}

/// `raw_len` zeros, if `input` is long enough for that many codewords.
fn zeros_for(input: &Reader, code: &Code, raw_len: usize) -> Result<Vec<u8>> {
    // Checked before memory is taken.
    if raw_len.saturating_mul(code.min_len()) > input.rest().len() {
        return Err(Error::corrupt("a Huffman block is too short for its content"));
    }
    let mut raw = error::room_for(raw_len)?;
    raw.resize(raw_len, 0);
    Ok(raw)
}

fn decode_symbols(input: &mut Reader, table: &[Leaf], max_len: usize, raw: &mut [u8]) -> Result<()> {
    let unused = 64 - max_len as u32;
    let (mut bits, mut used) = (input.peek(), 0);
    for symbol in raw {
        if used > SAFE {
            input.skip(used)?;
            (bits, used) = (input.peek(), 0);
        }
        // Shifted twice, as a lone symbol's codeword of no bits would shift by 64.
        let leaf = table[(bits >> 1 >> (unused - 1)) as usize];
        *symbol = leaf.symbol;
        bits <<= leaf.length;
        used += usize::from(leaf.length);
    }
    input.skip(used)
}

/// Checks that nothing is left but the padding of the last byte.
fn check_end(input: &Reader) -> Result<()> {
    if input.rest().len() >= 8 {
        return Err(Error::corrupt("a Huffman block has bytes left over after its content"));
    }
    if input.rest().any() {
        return Err(Error::corrupt("a Huffman block's padding is not zero"));
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use std::cell::Cell;

    use foretell_testkit::noise;
    use proptest::prelude::*;

    use super::*;
    use crate::{ErrorKind, huffman::order0_entropy};

    const TEXT: &[u8] = include_bytes!("block.rs");

    /// As many of each symbol as makes Huffman's unlimited code the deepest: 23 bits.
    fn fibonacci() -> Vec<u8> {
        let counts = std::iter::successors(Some((1, 1)), |&(a, b)| Some((b, a + b)));
        (0..24).zip(counts).flat_map(|(symbol, (count, _))| std::iter::repeat_n(symbol, count)).collect()
    }

    /// Codes `raw` and checks that it comes back, in no more than the theorem's bound and no less than Shannon's.
    fn round_trip(raw: &[u8]) -> Vec<u8> {
        let coded = encode(raw);
        assert_eq!(decode(&coded, raw.len()).unwrap(), raw);
        let mut table = Writer::default();
        table::write(&mut table, &lengths::optimal(&count(raw)));
        let entropy = order0_entropy(raw);
        let most = (raw.len() as f64 * (entropy + 1.0) / 8.0) as usize + table.into_bytes().len() + 1;
        let least = (raw.len() as f64 * entropy / 8.0 - 1e-6) as usize;
        assert!((least..=most).contains(&coded.len()), "{least} ≤ {} ≤ {most}", coded.len());
        coded
    }

    #[test]
    fn the_example_of_the_format_is_exact() {
        let coded = [0x03, 0x00, 0x78, 0x00, 0x20, 0x00, 0x2f, 0xa4, 0xea, 0xc9, 0xc0];
        assert_eq!(encode(b"abracadabra"), coded);
        assert_eq!(decode(&coded, 11).unwrap(), b"abracadabra");
    }

    #[test]
    fn an_empty_block_is_nothing_and_nothing_else() {
        assert!(encode(&[]).is_empty());
        assert!(decode(&[], 0).unwrap().is_empty());
        assert!(decode(&[0], 0).is_err());
        assert!(decode(&[], 1).is_err());
    }

    #[test]
    fn one_repeated_byte_takes_four_bytes() {
        for len in [1, 2, 63, 64, 65, 1_000_000] {
            for symbol in [0, b'x', 255] {
                assert_eq!(round_trip(&vec![symbol; len]).len(), 4);
            }
        }
    }

    #[test]
    fn two_symbols_take_one_bit_each() {
        let raw: Vec<u8> = noise(1, 8000).iter().map(|byte| if byte & 1 == 0 { 3 } else { 250 }).collect();
        // 48 bits of maps and 4 of lengths.
        assert_eq!(round_trip(&raw).len(), 1000 + 7);
    }

    #[test]
    fn all_kinds_of_content_round_trip() {
        let all: Vec<u8> = (0..=255).collect();
        round_trip(&all);
        round_trip(&all.repeat(100));
        round_trip(TEXT);
        round_trip(&fibonacci());
        for len in [1, 2, 3, 5, 9, 100, 100_000] {
            round_trip(&noise(1, len));
            let skewed: Vec<u8> = noise(1, len).iter().map(|byte| byte.leading_zeros() as u8).collect();
            round_trip(&skewed);
        }
    }

    #[test]
    fn codewords_of_15_bits_round_trip() {
        let raw = fibonacci();
        assert_eq!(lengths::optimal(&count(&raw))[0].length, 15);
        // The rarest alone, so that every word that is moved is as full as can be.
        let mut rare: Vec<u8> = (0..8).collect::<Vec<u8>>().repeat(8);
        rare.extend(raw);
        round_trip(&rare);
    }

    #[test]
    fn a_block_cut_anywhere_is_refused() {
        let coded = encode(&TEXT[..600]);
        for end in 0..coded.len() {
            assert_eq!(decode(&coded[..end], 600).unwrap_err().kind(), ErrorKind::Corrupt, "{end} bytes");
        }
    }

    #[test]
    fn a_block_with_any_bit_flipped_keeps_its_length_or_is_refused() {
        for raw in [&TEXT[..300], b"abracadabra", b"aaaaaaaaa"] {
            let good = encode(raw);
            for bit in 0..good.len() * 8 {
                let mut bad = good.clone();
                bad[bit / 8] ^= 0x80 >> (bit % 8);
                match decode(&bad, raw.len()) {
                    Ok(other) => assert!(other.len() == raw.len() && other != raw, "bit {bit}"),
                    Err(error) => assert_eq!(error.kind(), ErrorKind::Corrupt, "bit {bit}"),
                }
            }
        }
    }

    #[test]
    fn both_directions_call_the_check_every_64_kib() {
        let raw = noise(1, 1_000_000);
        let coded = encode(&raw);
        for most in [0, 3] {
            let calls = Cell::new(0);
            let check = || {
                calls.set(calls.get() + 1);
                if calls.get() <= most { Ok(()) } else { Err(Error::cancelled()) }
            };
            assert_eq!(encode_while(&raw, check).unwrap_err().kind(), ErrorKind::Cancelled);
            assert_eq!(calls.replace(0), most + 1);
            assert_eq!(decode_while(&coded, raw.len(), check).unwrap_err().kind(), ErrorKind::Cancelled);
            assert_eq!(calls.get(), most + 1);
        }
    }

    #[test]
    fn content_longer_than_the_code_can_hold_is_refused_before_memory_is_taken() {
        let coded = encode(b"abracadabra");
        for raw_len in [36, 1 << 26, usize::MAX] {
            let error = decode(&coded, raw_len).unwrap_err();
            assert!(error.to_string().contains("too short"), "{error}");
        }
        assert_eq!(decode(&encode(b"aa"), usize::MAX).unwrap_err().kind(), ErrorKind::MemoryLimit);
    }

    #[test]
    fn what_follows_the_last_codeword_must_be_zero_padding() {
        let coded = encode(b"abracadabra");
        let refused = |coded: &[u8], raw_len| decode(coded, raw_len).unwrap_err().to_string();
        assert!(refused(&[&coded[..], &[0]].concat(), 11).contains("left over"));
        assert!(refused(&coded, 5).contains("left over"));
        let mut padded = coded.clone();
        *padded.last_mut().unwrap() |= 1;
        assert!(refused(&padded, 11).contains("padding"));
    }

    proptest! {
        #[test]
        fn any_bytes_round_trip(raw in prop::collection::vec(any::<u8>(), 0..2000)) {
            round_trip(&raw);
        }

        #[test]
        fn any_skew_round_trips(raw in prop::collection::vec((any::<u8>(), 0usize..300), 0..60)) {
            round_trip(&raw.iter().flat_map(|&(symbol, run)| std::iter::repeat_n(symbol, run)).collect::<Vec<_>>());
        }

        #[test]
        fn what_decodes_at_all_has_the_length_asked_for(
            coded in prop::collection::vec(any::<u8>(), 0..200),
            raw_len in 0usize..2000,
        ) {
            if let Ok(raw) = decode(&coded, raw_len) {
                prop_assert_eq!(raw.len(), raw_len);
            }
        }
    }
}
