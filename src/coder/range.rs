//! Symbols and frequencies ↔ bytes: the two halves of the range coder, each the mirror of the other.

use super::{Frequencies, TOTAL_BITS};

/// Codes symbols into bytes.
#[derive(Debug)]
pub struct Encoder {
    /// The interval's lower bound, less the number that the coded bytes spell.
    low: u64,
    /// The interval's length; ≥ 2^56 between calls.
    range: u64,
    /// The coded bytes, and room for those of the next symbol.
    out: Vec<u8>,
    /// How many bytes of `out` are coded.
    len: usize,
}

impl Default for Encoder {
    fn default() -> Self {
        Self::new()
    }
}

impl Encoder {
    /// An encoder that has coded nothing.
    pub fn new() -> Self {
        Self { low: 0, range: u64::MAX, out: Vec::new(), len: 0 }
    }

    /// Bytes coded so far.
    pub fn len(&self) -> usize {
        self.len
    }

    /// Whether no bytes are coded so far.
    pub fn is_empty(&self) -> bool {
        self.len == 0
    }

    /// Codes `symbol`, at a cost of −log2(frequency / total) bits.
    #[inline(always)]
    pub fn encode(&mut self, frequencies: &Frequencies, symbol: u8) {
        let (start, end) = frequencies.interval(symbol);
        let unit = self.range >> TOTAL_BITS;
        let (low, carry) = self.low.overflowing_add(unit * u64::from(start));
        if carry {
            propagate_carry(&mut self.out[..self.len]);
        }
        self.low = low;
        self.range = unit * u64::from(end - start);
        // The number of bytes that are done is hard to predict, so there is no branch on it: eight are always written,
        // and `len` counts those that are done.
        let done = (self.range.leading_zeros() / 8) as usize;
        if self.out.len() < self.len + 8 {
            self.out.resize(2 * self.len + 64, 0);
        }
        self.out[self.len..self.len + 8].copy_from_slice(&self.low.to_be_bytes());
        self.len += done;
        self.low <<= 8 * done;
        self.range <<= 8 * done;
    }

    /// The coded bytes: as few as point into the final interval if the decoder reads zeros after them.
    pub fn finish(mut self) -> Vec<u8> {
        self.out.truncate(self.len);
        let (point, kept) = shortest_point(self.low, self.range);
        if point < self.low {
            propagate_carry(&mut self.out[..self.len]);
        }
        self.out.extend(&point.to_be_bytes()[..kept]);
        if self.out.is_empty() {
            self.out.push(0);
        }
        self.out
    }
}

/// The point of `[low, low + range)`, modulo 2^64, that ends in the most zero bytes (the least such point), and the
/// number of bytes before these.
fn shortest_point(low: u64, range: u64) -> (u64, usize) {
    let points = (0..8).map(|kept| {
        let below = u64::MAX >> (8 * kept);
        (low.wrapping_add(below) & !below, kept)
    });
    let mut inside = points.filter(|(point, _)| point.wrapping_sub(low) < range);
    inside.next().unwrap_or((low, 8))
}

/// Adds one to the number that the bytes spell. That cannot overflow, as the whole code stays below 1.
#[cold]
fn propagate_carry(out: &mut [u8]) {
    for byte in out.iter_mut().rev() {
        *byte = byte.wrapping_add(1);
        if *byte != 0 {
            break;
        }
    }
}

/// Decodes symbols from bytes.
#[derive(Debug)]
pub struct Decoder<'a> {
    /// The code's next 64 bits, less the interval's lower bound; below `range` unless the data are damaged.
    code: u64,
    /// The interval's length, equal to the encoder's after the same symbols.
    range: u64,
    input: &'a [u8],
    /// Bytes taken, at least 8. May exceed the input's length: zeros are read there.
    consumed: usize,
}

impl<'a> Decoder<'a> {
    /// A decoder at the start of `input`.
    pub fn new(input: &'a [u8]) -> Self {
        let mut decoder = Self { code: 0, range: u64::MAX, input, consumed: 0 };
        (decoder.code, decoder.consumed) = (decoder.next_bytes(), 8);
        decoder
    }

    /// Bytes of the input taken so far.
    pub fn consumed(&self) -> usize {
        self.consumed.min(self.input.len())
    }

    /// Bytes of the input that were not taken.
    pub fn left(&self) -> usize {
        self.input.len().saturating_sub(self.consumed)
    }

    /// Whether zeros were read after the input.
    pub fn is_exhausted(&self) -> bool {
        self.consumed > self.input.len()
    }

    /// Whether more zeros were read after the input than any encoder leaves out (8 bytes of look-ahead): later symbols
    /// were never coded.
    pub fn overrun(&self) -> bool {
        self.consumed > self.input.len() + 8
    }

    /// Whether the input ends exactly as an encoder ends it after the symbols decoded so far. Then no other input
    /// decodes to them, so that a change of any bit is found.
    pub fn at_end(&self) -> bool {
        let shifted = self.consumed - 8;
        let window = (shifted..self.consumed).fold(0, |window, at| window << 8 | self.byte(at));
        let (point, kept) = shortest_point(window.wrapping_sub(self.code), self.range);
        window == point && self.input.len() == (shifted + kept).max(1)
    }

    /// The next symbol; an arbitrary one if the data are damaged.
    #[inline(always)]
    pub fn decode(&mut self, frequencies: &Frequencies) -> u8 {
        let unit = self.range >> TOTAL_BITS;
        let (symbol, start, end) = frequencies.find(self.code, unit);
        // Damaged data may point beyond the total; then `find` gives the last symbol.
        self.code = self.code.wrapping_sub(unit * u64::from(start));
        self.range = unit * u64::from(end - start);
        // As in the encoder, there is no branch on the number of bytes taken.
        let done = self.range.leading_zeros() / 8;
        self.code = self.code << (8 * done) | self.next_bytes() >> 1 >> (63 - 8 * done);
        self.range <<= 8 * done;
        self.consumed += done as usize;
        symbol
    }

    /// The next eight bytes.
    #[inline(always)]
    fn next_bytes(&self) -> u64 {
        match self.input.get(self.consumed..).and_then(<[u8]>::first_chunk) {
            Some(bytes) => u64::from_be_bytes(*bytes),
            None => self.last_bytes(),
        }
    }

    /// The next eight bytes at the end of the input, with zeros after it.
    #[cold]
    fn last_bytes(&self) -> u64 {
        (self.consumed..self.consumed + 8).fold(0, |bytes, at| bytes << 8 | self.byte(at))
    }

    #[inline(always)]
    fn byte(&self, at: usize) -> u64 {
        u64::from(self.input.get(at).copied().unwrap_or(0))
    }
}

#[cfg(test)]
mod tests {
    use foretell_testkit::Random;

    use super::*;
    use crate::math::{F32x16, LANES};

    /// Codes, decodes, and returns the coded size and the ideal one, in bytes.
    fn round_trip(stream: &[(F32x16, u8)]) -> (f64, f64) {
        let mut encoder = Encoder::new();
        let mut ideal = 0.0;
        for (p, symbol) in stream {
            encoder.encode(&Frequencies::new(p), *symbol);
            ideal -= f64::from(p.0[usize::from(*symbol)]).log2() / 8.0;
        }
        let coded = encoder.finish();
        let mut decoder = Decoder::new(&coded);
        for (i, (p, symbol)) in stream.iter().enumerate() {
            assert_eq!(decoder.decode(&Frequencies::new(p)), *symbol, "symbol {i}");
        }
        assert!(!decoder.overrun() && decoder.at_end());
        (coded.len() as f64, ideal)
    }

    /// Draws symbols from a distribution that each symbol changes, as in an adaptive model.
    fn adaptive_stream(len: usize, rate: f32) -> Vec<(F32x16, u8)> {
        let mut random = Random(len as u64);
        let mut p = F32x16::splat(1.0 / LANES as f32);
        let draw = |p: &F32x16, point: f32| {
            let mut sum = 0.0;
            p.0.iter().position(|&p| (sum += p, sum > point).1).unwrap_or(15)
        };
        (0..len)
            .map(|_| {
                let symbol = draw(&p, (random.bits() >> 40) as f32 / (1 << 24) as f32);
                let before = p;
                p = p * (1.0 - rate) + F32x16::splat(rate * 0.01 / LANES as f32);
                p.0[symbol] += rate * 0.99;
                (before, symbol as u8)
            })
            .collect()
    }

    #[test]
    fn long_adaptive_streams_cost_their_ideal_code_length() {
        for rate in [0.0, 0.002, 0.02, 0.2] {
            let (coded, ideal) = round_trip(&adaptive_stream(1_000_000, rate));
            assert!(coded <= ideal * 1.0001 + 16.0, "rate {rate}: {coded} bytes, ideal {ideal}");
        }
    }

    #[test]
    fn extreme_distributions_round_trip() {
        let mut random = Random(7);
        for certain in [0.5f32, 0.999, 0.999_999, 1.0] {
            let mut p = F32x16::splat((1.0 - certain) / 15.0);
            p.0[3] = certain;
            let expected: Vec<_> = (0..50_000).map(|_| (p, 3)).collect();
            let (coded, _) = round_trip(&expected);
            assert!(coded >= 1.0);
            // Every symbol, however improbable, can be coded.
            let any: Vec<_> = (0..50_000).map(|_| (p, (random.bits() & 15) as u8)).collect();
            round_trip(&any);
        }
    }

    #[test]
    fn the_most_certain_symbols_cost_next_to_nothing() {
        let mut p = F32x16::ZERO;
        p.0[9] = 1.0;
        let (coded, _) = round_trip(&vec![(p, 9); 2_000_000]);
        assert!(coded < 16.0, "{coded} bytes");
    }

    #[test]
    fn carries_run_back_through_bytes_already_written() {
        // Repeating the top symbol keeps the interval's end at 1: bytes of 0xff, waiting for a carry.
        let p = F32x16::splat(1.0 / 16.0);
        for waiting in 0..40 {
            for last in 0..16 {
                let mut stream = vec![(p, 15); waiting];
                stream.extend([(p, last), (p, 0), (p, 15), (p, last)]);
                round_trip(&stream);
            }
        }
    }

    #[test]
    fn short_streams_end_in_as_few_bytes_as_point_to_them() {
        let p = F32x16::splat(1.0 / 16.0);
        assert_eq!(Encoder::new().finish(), [0]);
        for len in 1..40 {
            let (coded, ideal) = round_trip(&vec![(p, 5); len]);
            assert!(coded <= ideal + 2.0, "{len} nibbles: {coded} bytes");
        }
    }

    #[test]
    fn only_one_input_decodes_to_the_symbols() {
        let stream = adaptive_stream(60, 0.1);
        let mut encoder = Encoder::new();
        stream.iter().for_each(|(p, symbol)| encoder.encode(&Frequencies::new(p), *symbol));
        let coded = encoder.finish();
        let decodes = |input: &[u8]| {
            let mut decoder = Decoder::new(input);
            let same = stream.iter().all(|(p, symbol)| decoder.decode(&Frequencies::new(p)) == *symbol);
            same && decoder.at_end()
        };
        assert!(decodes(&coded));
        for bit in 0..coded.len() * 8 {
            let mut other = coded.clone();
            other[bit / 8] ^= 1 << (bit % 8);
            assert!(!decodes(&other), "bit {bit}");
        }
        assert!(!decodes(&coded[..coded.len() - 1]));
        assert!(!decodes(&[&coded[..], &[0]].concat()));
    }

    #[test]
    fn damaged_data_decode_to_something_and_are_seen_to_run_out() {
        let p = F32x16::splat(1.0 / 16.0);
        let frequencies = Frequencies::new(&p);
        for damaged in [&[0xff; 30][..], &[0; 30], &[]] {
            let mut decoder = Decoder::new(damaged);
            for _ in 0..200 {
                assert!(decoder.decode(&frequencies) < 16);
            }
            assert!(decoder.overrun());
        }
    }
}
