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

/// A block that is being coded.
#[derive(Debug)]
pub struct Encoding<'a> {
    raw: &'a [u8],
    /// How many bytes of `raw` are coded.
    done: usize,
    network: Network,
    coder: Encoder,
    isa: Isa,
}

impl<'a> Encoding<'a> {
    /// Nothing of `raw` is coded yet; the network starts from `start`.
    ///
    /// # Errors
    /// The system does not have the memory for the network.
    pub fn new(raw: &'a [u8], start: &Start, isa: Isa) -> Result<Self> {
        Ok(Self::by(checked(|| Network::from(start, raw.len()))?, raw, isa))
    }

    fn by(network: Network, raw: &'a [u8], isa: Isa) -> Self {
        Self { raw, done: 0, network, coder: Encoder::new(), isa }
    }

    /// Codes until `until` bytes are coded.
    ///
    /// # Errors
    /// `report` ends the work.
    pub fn go_on(&mut self, until: usize, report: &mut Report) -> Result<()> {
        checked(|| {
            for chunk in self.raw[self.done..until].chunks(REPORT_EVERY) {
                let before = self.coder.len();
                symbols::encode(chunk, &mut self.network, &mut self.coder, self.isa);
                self.done += chunk.len();
                report(chunk.len(), self.coder.len() - before)?;
            }
            Ok(())
        })
    }

    /// How many bytes are coded, and how many coded bytes they have become.
    pub fn progress(&self) -> (usize, usize) {
        (self.done, self.coder.len())
    }

    /// Codes the rest, and gives the coded bytes.
    ///
    /// # Errors
    /// `report` ends the work.
    pub fn finish(mut self, report: &mut Report) -> Result<Vec<u8>> {
        self.go_on(self.raw.len(), report)?;
        Ok(self.coder.finish())
    }
}

/// How many bytes a neural block of `raw` would take if the network had no `component`; with `None`, how many it takes.
///
/// # Errors
/// The system does not have the memory for the network.
pub fn ablated_len(raw: &[u8], level: Level, component: Option<Component>) -> Result<usize> {
    let network = checked(|| Network::without(component, level, raw.len()))?;
    Ok(Encoding::by(network, raw, Isa::detect()).finish(&mut |_, _| Ok(()))?.len())
}

/// Decodes `raw_len` bytes, the inverse of `encode`.
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
