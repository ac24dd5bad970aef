//! The components that can be left out, to measure what each is worth (`foretell bench --ablate`).

use std::fmt;

use super::{
    Level,
    features::{contexts, strides::Kind},
};

/// A component of the network.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Component {
    /// The MLP: embedding, hidden layer, heads.
    Mlp,
    /// The recurrent expert.
    Recurrent,
    /// The match model.
    MatchModel,
    /// The bonuses: logits of the values that rows saw last.
    LastValues,
    /// The mixers' weights by byte.
    ByteGate,
    /// The mixers' weights by classes.
    ClassGate,
    /// The bias.
    Bias,
    /// The logistic stage of mixing.
    Logistic,
    /// The detection of the kind of data and of elements and rows, and with it the contexts of binary data.
    Strides,
    /// One context of each list: its index, from 0.
    Context(usize),
}

impl Component {
    /// All components that `level` has.
    pub fn of(level: Level) -> impl Iterator<Item = Self> {
        use Component::{Bias, ByteGate, ClassGate, LastValues, Logistic, MatchModel, Mlp, Recurrent, Strides};
        let params = level.params(0);
        let mlp = params.mlp.map(|_| Mlp);
        let recurrent = params.recurrent.map(|_| Recurrent);
        let logistic = (params.selectors > 0).then_some(Logistic);
        let sparse = [MatchModel, LastValues, ByteGate, ClassGate, Bias, Strides];
        let experts = mlp.into_iter().chain(recurrent);
        experts.chain(logistic).chain(sparse).chain((0..params.contexts).map(Component::Context))
    }
}

/// The name for tables; of a context, what it sees in text and in binary data.
impl fmt::Display for Component {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Mlp => "MLP",
            Self::Recurrent => "recurrent expert",
            Self::MatchModel => "match model",
            Self::LastValues => "last values",
            Self::ByteGate => "weights by byte",
            Self::ClassGate => "weights by classes",
            Self::Bias => "bias",
            Self::Logistic => "logistic mixer",
            Self::Strides => "strides",
            Self::Context(index) => {
                let [text, binary] = [Kind::Text, Kind::Binary].map(|kind| contexts::name(kind, *index));
                return write!(f, "context {}: {text} | {binary}", index + 1);
            }
        })
    }
}
