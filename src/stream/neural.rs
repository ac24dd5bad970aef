//! Predictor and range coder at work on one block: the whole loop that the crate exists for.
//!
//! Each byte is two nibbles, high then low. For each: predict 16 probabilities, make them integer
//! frequencies, code (or decode) the nibble by them, let the predictor learn from it. The encoder and the
//! decoder differ in that middle step alone.

use crate::{
    Error, Result,
    coder::{Decoder, Encoder, Frequencies},
    math::isa::{self, Isa, Kernel},
    model::{Level, Network, Part, prior::Start},
};

/// How many bytes are coded between two reports of progress.
const REPORT_EVERY: usize = 4096;

/// Hears of progress as (raw bytes, coded bytes) since the last call; an error ends the work.
pub type Report<'a> = dyn FnMut(usize, usize) -> Result<()> + 'a;

/// Codes `raw` by a network that starts from `start`.
///
/// # Errors
/// Only if the system does not have the memory for the model, or by `report`.
pub fn encode(raw: &[u8], start: &Start, isa: Isa, report: &mut Report) -> Result<Vec<u8>> {
    encode_by(Network::from(start, raw.len())?, raw, isa, report)
}

/// How many bytes a neural block of `raw` would take if the network had no `part`; with `None`, how many it takes.
///
/// # Errors
/// Only if the system does not have the memory for the model.
pub fn ablated_len(raw: &[u8], level: Level, part: Option<Part>) -> Result<usize> {
    let network = Network::without(part, level, raw.len())?;
    Ok(encode_by(network, raw, Isa::detect(), &mut |_, _| Ok(()))?.len())
}

fn encode_by(mut network: Network, raw: &[u8], isa: Isa, report: &mut Report) -> Result<Vec<u8>> {
    let mut coder = Encoder::new();
    for chunk in raw.chunks(REPORT_EVERY) {
        let before = coder.len();
        isa::run(isa, EncodeChunk { network: &mut network, coder: &mut coder, chunk });
        report(chunk.len(), coder.len() - before)?;
    }
    Ok(coder.finish())
}

struct EncodeChunk<'a> {
    network: &'a mut Network,
    coder: &'a mut Encoder,
    chunk: &'a [u8],
}

impl Kernel for EncodeChunk<'_> {
    type Output = ();

    #[inline(always)]
    fn run(self) {
        for &byte in self.chunk {
            for nibble in [byte >> 4, byte & 15] {
                let frequencies = Frequencies::new(self.network.predict());
                self.coder.encode(&frequencies, nibble);
                self.network.update(nibble);
            }
        }
    }
}

/// Decodes `raw_len` bytes, the inverse of [`encode`].
///
/// # Errors
/// Corrupt if `coded` ends before the content does, as damaged data mostly do; no memory for the model; or by `report`.
pub fn decode(coded: &[u8], raw_len: usize, start: &Start, isa: Isa, report: &mut Report) -> Result<Vec<u8>> {
    let mut network = Network::from(start, raw_len)?;
    let mut coder = Decoder::new(coded);
    let mut raw = Vec::new();
    while raw.len() < raw_len {
        let before = (raw.len(), coder.consumed());
        let until = raw_len.min(raw.len() + REPORT_EVERY);
        isa::run(isa, DecodeChunk { network: &mut network, coder: &mut coder, raw: &mut raw, until });
        if coder.overrun() {
            return Err(Error::corrupt("a neural block ends before its content does"));
        }
        report(raw.len() - before.0, coder.consumed() - before.1)?;
    }
    if !coder.at_end() {
        return Err(Error::corrupt("a neural block does not end where its content does"));
    }
    Ok(raw)
}

struct DecodeChunk<'a, 'c> {
    network: &'a mut Network,
    coder: &'a mut Decoder<'c>,
    raw: &'a mut Vec<u8>,
    until: usize,
}

impl Kernel for DecodeChunk<'_, '_> {
    type Output = ();

    #[inline(always)]
    fn run(self) {
        while self.raw.len() < self.until {
            let mut byte = 0;
            for _ in 0..2 {
                let frequencies = Frequencies::new(self.network.predict());
                let nibble = self.coder.decode(&frequencies);
                self.network.update(nibble);
                byte = byte << 4 | nibble;
            }
            self.raw.push(byte);
        }
    }
}

#[cfg(test)]
mod tests;
