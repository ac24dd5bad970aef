//! The parts that can be left out, to measure what each is worth (`foretell bench --ablate`).

use std::fmt;

use super::{Level, features::contexts::NAMES};

/// A part of the network.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Component {
    /// The mlp network: embeddings, hidden layer, heads.
    Mlp,
    /// The match finder.
    MatchModel,
    /// The logits of the values that rows saw last.
    LastValues,
    /// The mixer's weights by the byte before.
    ByteGate,
    /// The mixer's weights by classes.
    ClassGate,
    /// The final correction.
    Bias,
    /// The detection of elements and records, and with it the contexts of binary data.
    Strides,
    /// One context, by its place in the lists of text and binary data.
    Context(usize),
}

impl Component {
    /// All parts that `level` has.
    pub fn of(level: Level) -> impl Iterator<Item = Self> {
        use Component::{Bias, ByteGate, ClassGate, LastValues, MatchModel, Mlp, Strides};
        let params = level.params(0);
        let mlp = params.mlp.map(|_| Mlp);
        let sparse = [MatchModel, LastValues, ByteGate, ClassGate, Bias, Strides];
        mlp.into_iter().chain(sparse).chain((0..params.contexts).map(Component::Context))
    }
}

/// What it is called in tables; of a context, what it sees in text, and in binary data.
impl fmt::Display for Component {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Mlp => "MLP",
            Self::MatchModel => "match model",
            Self::LastValues => "last values",
            Self::ByteGate => "weights by byte",
            Self::ClassGate => "weights by classes",
            Self::Bias => "bias",
            Self::Strides => "strides",
            Self::Context(place) => {
                let (text, binary) = NAMES.get(*place).copied().unwrap_or_default();
                return write!(f, "context {}: {text} | {binary}", place + 1);
            }
        })
    }
}
