//! The two halves of the range coder, each the other's mirror.

use super::{Frequencies, TOTAL_BITS};

/// Below this the range gives up a byte.
const RENORM: u64 = 1 << 56;

/// Codes symbols into bytes.
#[derive(Debug)]
pub struct Encoder {
    /// The interval's lower bound, less what `out` already says.
    low: u64,
    /// The interval's length; ≥ 2^56 between calls.
    range: u64,
    out: Vec<u8>,
}

impl Default for Encoder {
    fn default() -> Self {
        Self::new()
    }
}

impl Encoder {
    /// An encoder that has coded nothing.
    pub fn new() -> Self {
        Self { low: 0, range: u64::MAX, out: Vec::new() }
    }

    /// Bytes written so far.
    pub fn len(&self) -> usize {
        self.out.len()
    }

    /// Whether nothing was written so far.
    pub fn is_empty(&self) -> bool {
        self.out.is_empty()
    }

    /// Codes `symbol`, at a cost of −log2(frequency / total) bits.
    #[inline(always)]
    pub fn encode(&mut self, frequencies: &Frequencies, symbol: u8) {
        let (start, end) = frequencies.interval(symbol);
        let unit = self.range >> TOTAL_BITS;
        let (low, carry) = self.low.overflowing_add(unit * u64::from(start));
        if carry {
            propagate_carry(&mut self.out);
        }
        self.low = low;
        self.range = unit * u64::from(end - start);
        while self.range < RENORM {
            self.out.push((self.low >> 56) as u8);
            self.low <<= 8;
            self.range <<= 8;
        }
    }

    /// The coded bytes: as few as still point into the final interval, the decoder reading zeros behind them.
    pub fn finish(mut self) -> Vec<u8> {
        for kept in 0..=8u32 {
            // The smallest multiple of 2^(64 − 8·kept) that is ≥ low lies in the interval?
            let below = if kept == 8 { 0 } else { u64::MAX >> (8 * kept) };
            let (rounded, carry) = self.low.overflowing_add(below);
            let point = rounded & !below;
            if point.wrapping_sub(self.low) < self.range {
                if carry {
                    propagate_carry(&mut self.out);
                }
                self.out.extend(&point.to_be_bytes()[..kept as usize]);
                break;
            }
        }
        if self.out.is_empty() {
            self.out.push(0);
        }
        self.out
    }
}

/// Adds one to the number that the bytes spell. It cannot overflow: the whole code stays below 1.
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
    range: u64,
    input: &'a [u8],
    /// Bytes taken; may run past the input's end, where zeros are made up.
    consumed: usize,
}

impl<'a> Decoder<'a> {
    /// A decoder at the start of `input`.
    pub fn new(input: &'a [u8]) -> Self {
        let mut decoder = Self { code: 0, range: u64::MAX, input, consumed: 0 };
        for _ in 0..8 {
            decoder.code = decoder.code << 8 | decoder.next_byte();
        }
        decoder
    }

    /// Bytes of the input taken so far.
    pub fn consumed(&self) -> usize {
        self.consumed.min(self.input.len())
    }

    /// Whether more was taken than an encoder leaves for the decoder to make up (8 bytes of look-ahead): what is
    /// decoded from here on was never coded.
    pub fn overrun(&self) -> bool {
        self.consumed > self.input.len() + 8
    }

    /// The next symbol; any symbol at all if the data are damaged.
    #[inline(always)]
    pub fn decode(&mut self, frequencies: &Frequencies) -> u8 {
        let unit = self.range >> TOTAL_BITS;
        // Damaged data may point beyond the total; the saturated point then names the last symbol.
        let point = u32::try_from(self.code / unit).unwrap_or(u32::MAX);
        let symbol = frequencies.find(point);
        let (start, end) = frequencies.interval(symbol);
        self.code = self.code.wrapping_sub(unit * u64::from(start));
        self.range = unit * u64::from(end - start);
        while self.range < RENORM {
            self.code = self.code << 8 | self.next_byte();
            self.range <<= 8;
        }
        symbol
    }

    #[inline(always)]
    fn next_byte(&mut self) -> u64 {
        let byte = self.input.get(self.consumed).copied().unwrap_or(0);
        self.consumed += 1;
        u64::from(byte)
    }
}
