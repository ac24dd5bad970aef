//! A network that goes on from segment to segment of a block ↔ their coded bytes.

use super::{
    symbols,
    witness::{Notes, Wanted, Witness},
};
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

/// A network, and the coder of the segment that it is at.
#[derive(Debug)]
pub struct Coding {
    network: Network,
    coder: Encoder,
    isa: Isa,
    witness: Option<Witness>,
}

impl Coding {
    /// Nothing is coded yet; the network starts from `start`, and its tables are made for `capacity` bytes.
    ///
    /// # Errors
    /// The system does not have the memory for the network.
    pub fn new(start: &Start, capacity: usize, isa: Isa) -> Result<Self> {
        Ok(Self::by(checked(|| Network::from(start, capacity))?, isa))
    }

    /// Nothing is coded yet; the network starts as a copy of `lead`.
    pub fn from_lead(lead: &Network, isa: Isa) -> Self {
        Self::by(lead.clone(), isa)
    }

    /// The network as it is now.
    pub fn network(&self) -> &Network {
        &self.network
    }

    fn by(network: Network, isa: Isa) -> Self {
        Self { network, coder: Encoder::new(), isa, witness: None }
    }

    /// The same, before the eyes of a witness of what is `wanted`. Nothing is coded yet.
    pub fn seen(self, wanted: Wanted) -> Self {
        Self { witness: Witness::new(wanted, &self.network), ..self }
    }

    /// What the witness noted of the segment, if there is one.
    pub fn take_notes(&mut self) -> Option<Notes> {
        self.witness.as_mut().map(Witness::take)
    }

    /// Codes `bytes`.
    ///
    /// # Errors
    /// `report` ends the work.
    pub fn code(&mut self, bytes: &[u8], report: &mut Report) -> Result<()> {
        checked(|| {
            for chunk in bytes.chunks(REPORT_EVERY) {
                let before = self.coder.len();
                match &mut self.witness {
                    None => symbols::encode(chunk, &mut self.network, &mut self.coder, self.isa),
                    Some(witness) => {
                        symbols::encode_seen(chunk, &mut self.network, &mut self.coder, self.isa, witness);
                    }
                }
                report(chunk.len(), self.coder.len() - before)?;
            }
            Ok(())
        })
    }

    /// How many coded bytes the segment has so far, at least.
    pub fn coded_len(&self) -> usize {
        self.coder.len()
    }

    /// The coded bytes of the segment. The next one begins.
    pub fn end_segment(&mut self) -> Vec<u8> {
        std::mem::take(&mut self.coder).finish()
    }
}

/// How many bytes a neural block of `raw`, in one segment, would take if the network had no `component`; with `None`,
/// how many it takes.
///
/// # Errors
/// The system does not have the memory for the network.
pub fn ablated_len(raw: &[u8], level: Level, component: Option<Component>) -> Result<usize> {
    let network = checked(|| Network::without(component, level, raw.len()))?;
    let mut coding = Coding::by(network, Isa::detect());
    coding.code(raw, &mut |_, _| Ok(()))?;
    Ok(coding.end_segment().len())
}

/// A network that decodes segment by segment.
#[derive(Debug)]
pub struct Decoding {
    network: Network,
    isa: Isa,
    witness: Option<Witness>,
    /// The network a segment behind, in which the witness looks for details of bytes that are known by then.
    behind: Option<Network>,
}

impl Decoding {
    /// Nothing is decoded yet; the network starts from `start`, and its tables are made for `capacity` bytes.
    ///
    /// # Errors
    /// The system does not have the memory for the network.
    pub fn new(start: &Start, capacity: usize, isa: Isa) -> Result<Self> {
        Ok(Self { network: checked(|| Network::from(start, capacity))?, isa, witness: None, behind: None })
    }

    /// Nothing is decoded yet; the network starts as a copy of `lead`.
    pub fn from_lead(lead: &Network, isa: Isa) -> Self {
        Self { network: lead.clone(), isa, witness: None, behind: None }
    }

    /// The same, before the eyes of a witness of what is `wanted`. Nothing is decoded yet.
    pub fn seen(self, wanted: Wanted) -> Self {
        let behind = (wanted == Wanted::Details).then(|| self.network.clone());
        Self { witness: Witness::new(wanted, &self.network), behind, ..self }
    }

    /// What the witness noted of the segment, if there is one.
    pub fn take_notes(&mut self) -> Option<Notes> {
        self.witness.as_mut().map(Witness::take)
    }

    /// The network as it is now.
    pub fn network(&self) -> &Network {
        &self.network
    }

    /// Decodes the `len` bytes of a segment. After an error, `bytes` has what `coded` decodes to without the zeros that
    /// are read behind it.
    ///
    /// # Errors
    /// Corrupt if `coded` does not end where the content does, as after most damage; no memory for `bytes`; or `report`
    /// ends the work.
    pub fn decode(&mut self, coded: &[u8], len: usize, bytes: &mut Vec<u8>, report: &mut Report) -> Result<()> {
        checked(|| self.decode_here(coded, len, bytes, report))
    }

    fn decode_here(&mut self, coded: &[u8], len: usize, bytes: &mut Vec<u8>, report: &mut Report) -> Result<()> {
        let mut coder = Decoder::new(coded);
        // All at once: a list that grows step by step takes up to three times as much, and aborts where memory runs out.
        *bytes = room_for(len)?;
        let mut sure = 0;
        while bytes.len() < len {
            let before = (bytes.len(), coder.consumed());
            // A byte takes at most five: so the place is known where the coded bytes end.
            let until = len.min(bytes.len() + REPORT_EVERY.min(1 + coder.left() / 5));
            match self.witness.as_mut().filter(|_| self.behind.is_none()) {
                None => symbols::decode(bytes, until, &mut self.network, &mut coder, self.isa),
                Some(witness) => {
                    symbols::decode_seen(bytes, until, &mut self.network, &mut coder, self.isa, witness);
                }
            }
            if !coder.is_exhausted() {
                sure = bytes.len();
            }
            if coder.overrun() {
                bytes.truncate(sure);
                return Err(Error::corrupt("a neural block ends before its content does"));
            }
            report(bytes.len() - before.0, coder.consumed() - before.1)?;
        }
        if !coder.at_end() {
            return Err(Error::corrupt("a neural block does not end where its content does"));
        }
        if let (Some(witness), Some(behind)) = (&mut self.witness, &mut self.behind) {
            symbols::see(bytes, behind, self.isa, witness, |_, _| {});
        }
        Ok(())
    }

    /// Learns from bytes that are not coded by the network.
    ///
    /// # Errors
    /// `report` ends the work.
    pub fn learn(&mut self, bytes: &[u8], report: &mut Report) -> Result<()> {
        checked(|| {
            for chunk in bytes.chunks(REPORT_EVERY) {
                for nibble in chunk.iter().flat_map(|byte| [byte >> 4, byte & 15]) {
                    self.network.update(self.isa, nibble);
                }
                report(chunk.len(), chunk.len())?;
            }
            if let Some(behind) = &mut self.behind {
                behind.clone_from(&self.network);
            }
            Ok(())
        })
    }
}

#[cfg(test)]
mod tests;
