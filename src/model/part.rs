//! The parts that can be left out, to measure what each is worth (`foretell bench --ablate`).

use super::contexts::MAX_CONTEXTS;

/// A part of the network.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Part {
    /// The dense network: embeddings, hidden layer, heads.
    Dense,
    /// The match finder.
    Matcher,
    /// The logits of the values that rows saw last.
    LastValues,
    /// The mixer's weights by the byte before.
    ByteGate,
    /// The mixer's weights by classes.
    ClassGate,
    /// The final correction.
    Correction,
    /// The detection of elements and records, and with it the contexts of binary data.
    Strides,
    /// One context, by its place in the lists of text and binary data.
    Context(usize),
}

impl Part {
    /// All parts.
    pub fn all() -> impl Iterator<Item = Self> {
        use Part::{ByteGate, ClassGate, Correction, Dense, LastValues, Matcher, Strides};
        let fixed = [Dense, Matcher, LastValues, ByteGate, ClassGate, Correction, Strides];
        fixed.into_iter().chain((0..MAX_CONTEXTS).map(Part::Context))
    }
}
