//! One neural block ↔ its coded bytes, with a network of its own.

use super::symbols;
use crate::{
    Error, Result,
    coder::{Decoder, Encoder},
    error::room_for,
    math::{environment::checked, isa::Isa},
    model::{Component, Level, Network, Start},
};

/// How many bytes are coded between two reports of progress.
const REPORT_EVERY: usize = 4096;

/// Called with the raw bytes and the coded bytes that were dealt with since the last call. An error ends the work.
pub type Report<'a> = dyn FnMut(usize, usize) -> Result<()> + 'a;

/// Codes `raw` by a network that starts from `start`.
///
/// # Errors
/// The system does not have the memory for the network, or `report` ends the work.
pub fn encode(raw: &[u8], start: &Start, isa: Isa, report: &mut Report) -> Result<Vec<u8>> {
    checked(|| encode_by(Network::from(start, raw.len())?, raw, isa, report))
}

/// How many bytes a neural block of `raw` would take if the network had no `component`; with `None`, how many it takes.
///
/// # Errors
/// The system does not have the memory for the network.
pub fn ablated_len(raw: &[u8], level: Level, component: Option<Component>) -> Result<usize> {
    checked(|| {
        let network = Network::without(component, level, raw.len())?;
        Ok(encode_by(network, raw, Isa::detect(), &mut |_, _| Ok(()))?.len())
    })
}

fn encode_by(mut network: Network, raw: &[u8], isa: Isa, report: &mut Report) -> Result<Vec<u8>> {
    let mut coder = Encoder::new();
    for chunk in raw.chunks(REPORT_EVERY) {
        let before = coder.len();
        symbols::encode(chunk, &mut network, &mut coder, isa);
        report(chunk.len(), coder.len() - before)?;
    }
    Ok(coder.finish())
}

/// Decodes `raw_len` bytes, the inverse of [`encode`].
///
/// # Errors
/// Corrupt if `coded` does not end where the content does, as after most damage; no memory for the network; or `report`
/// ends the work.
pub fn decode(coded: &[u8], raw_len: usize, start: &Start, isa: Isa, report: &mut Report) -> Result<Vec<u8>> {
    checked(|| decode_here(coded, raw_len, start, isa, report))
}

fn decode_here(coded: &[u8], raw_len: usize, start: &Start, isa: Isa, report: &mut Report) -> Result<Vec<u8>> {
    let mut network = Network::from(start, raw_len)?;
    let mut coder = Decoder::new(coded);
    // All at once: a list that grows step by step takes up to three times as much, and aborts where memory runs out.
    let mut raw = room_for(raw_len)?;
    while raw.len() < raw_len {
        let before = (raw.len(), coder.consumed());
        let until = raw_len.min(raw.len() + REPORT_EVERY);
        symbols::decode(&mut raw, until, &mut network, &mut coder, isa);
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

#[cfg(test)]
mod tests;
