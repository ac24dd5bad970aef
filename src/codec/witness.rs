//! The network and the coder at work → what each byte cost, and what was expected of it.

use crate::{
    coder::TOTAL_BITS,
    model::{Evidence, Network},
};

/// Bytes that cost fewer bits have no details.
const LEAST_BITS: f32 = 0.5;
/// A byte that seems to cost fewer bits, before the network has learnt from its high nibble, hardly costs half a bit.
const LIKELY_BITS: f32 = 0.4;
/// A segment has at most so many bytes with details: they take some hundred bytes of memory each.
const MOST_DETAILS: usize = 1 << 18;

/// What is to be told of each byte of content that is coded or decoded.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub enum Wanted {
    /// Nothing.
    #[default]
    Nothing,
    /// What it cost.
    Costs,
    /// What it cost, and of each byte of half a bit and more what was expected in its place, and by whom. That takes some
    /// ten times as long as coding such a byte.
    Details,
}

/// What was expected of one byte.
#[derive(Clone, Debug, PartialEq)]
pub struct Noted {
    /// The byte's place in its segment.
    pub at: usize,
    pub evidence: Evidence,
}

/// The costs of a segment so far.
#[derive(Clone, Debug, Default)]
pub struct Notes {
    /// Of each byte, in bits.
    pub bits: Vec<f32>,
    /// Of dear bytes, in their order.
    pub details: Vec<Noted>,
    /// How many bytes the network had taken in when its block began.
    pub origin: usize,
}

/// Watches a network and a coder.
#[derive(Debug)]
pub struct Witness {
    details: bool,
    notes: Notes,
}

impl Witness {
    /// A witness of what is `wanted` of the block that begins with `network`, if that is anything.
    pub fn new(wanted: Wanted, network: &Network) -> Option<Self> {
        let notes = Notes { origin: network.position(), ..Notes::default() };
        (wanted != Wanted::Nothing).then(|| Self { details: wanted == Wanted::Details, notes })
    }

    /// Notes what `network` expects in place of `byte`, if that is dear. Before it is coded.
    pub fn look(&mut self, network: &mut Network, byte: u8) {
        if !self.details || self.notes.details.len() >= MOST_DETAILS {
            return;
        }
        let [high, low] = network.probabilities_of(byte);
        if -f64::from(high * low).log2() >= f64::from(LIKELY_BITS) {
            self.notes.details.push(Noted { at: self.notes.bits.len(), evidence: network.evidence(byte) });
        }
    }

    /// Notes the cost of a byte whose nibbles were coded by these frequencies.
    pub fn note(&mut self, widths: [u32; 2]) {
        let width = u64::from(widths[0]) * u64::from(widths[1]);
        let bits = (f64::from(2 * TOTAL_BITS) - (width as f64).log2()) as f32;
        let at = self.notes.bits.len();
        if bits < LEAST_BITS {
            self.notes.details.pop_if(|noted| noted.at == at);
        }
        self.notes.bits.push(bits);
    }

    /// The notes of the segment; those of the next one begin.
    pub fn take(&mut self) -> Notes {
        let next = Notes { origin: self.notes.origin, ..Notes::default() };
        std::mem::replace(&mut self.notes, next)
    }
}
