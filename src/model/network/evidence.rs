//! What the network expects of a byte before it comes, and which experts decide it.

use std::fmt;

use super::Network;
use crate::{
    math::LANES,
    model::{ablation::Component, inputs::Inputs},
};

/// How many of the most expected bytes are told.
pub const EXPECTED: usize = 5;
/// Experts with a smaller share are left out.
const LEAST_SHARE: f32 = 0.01;

/// A source of predictions, as a reader of them sees it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum Expert {
    /// The row of a context: its index, from 0.
    Context(u8),
    /// The prior, which filled rows that had seen nothing.
    Prior,
    /// The MLP.
    Mlp,
    /// The recurrent expert.
    Recurrent,
    /// The match model.
    Match,
    /// The bias, by the last bytes.
    Bias,
    /// What the logistic stage of mixing adds to the geometric one.
    Logistic,
}

impl Expert {
    fn of(component: Component) -> Self {
        match component {
            Component::Context(index) => Self::Context(index as u8),
            Component::Mlp => Self::Mlp,
            Component::Recurrent => Self::Recurrent,
            Component::MatchModel => Self::Match,
            Component::Logistic => Self::Logistic,
            _ => Self::Bias,
        }
    }
}

/// The name for tables, as `foretell bench --ablate` has it; of a context, what it sees in text and in binary data.
impl fmt::Display for Expert {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match *self {
            Self::Context(index) => Component::Context(index.into()),
            Self::Prior => return f.write_str("prior"),
            Self::Mlp => Component::Mlp,
            Self::Recurrent => Component::Recurrent,
            Self::Match => Component::MatchModel,
            Self::Bias => Component::Bias,
            Self::Logistic => Component::Logistic,
        }
        .fmt(f)
    }
}

/// What was expected of a byte.
#[derive(Clone, Debug, PartialEq)]
pub struct Evidence {
    /// The most expected bytes and their probabilities, the most expected first.
    pub expected: [(u8, f32); EXPECTED],
    /// The place of the byte among all 256 by probability: 1 is the most expected.
    pub rank: u16,
    /// The experts that decided what was expected most, the one with the largest share first.
    pub shares: Vec<(Expert, f32)>,
    /// How many bytes the network had taken in before the one that the match model's expectation stands at, if it follows
    /// a match.
    pub source: Option<usize>,
}

impl Network {
    /// What is expected of the byte that comes, which is `byte`. Called at the start of a byte. Changes no later
    /// prediction.
    pub(crate) fn evidence(&mut self, byte: u8) -> Evidence {
        let p = self.byte_distribution();
        let real = p[usize::from(byte)];
        let before = |&(value, &p): &(usize, &f32)| p > real || (p == real && value < usize::from(byte));
        let rank = 1 + p.iter().enumerate().filter(before).count() as u16;
        let mut expected = [(0, -1.0); EXPECTED];
        for (value, &p) in (0..=u8::MAX).zip(&p) {
            if p > expected[EXPECTED - 1].1 {
                let place = expected.iter().position(|&(_, other)| p > other).unwrap_or(EXPECTED - 1);
                expected[place..].rotate_right(1);
                expected[place] = (value, p);
            }
        }
        Evidence { expected, rank, shares: self.shares(expected[0].0), source: self.match_model.source() }
    }

    /// How many bytes it has taken in.
    pub(crate) fn position(&self) -> usize {
        self.match_model.position()
    }

    /// The parts of the experts in what speaks for `byte`: of all logits that they add to those of its two nibbles, less
    /// the mean over the sixteen values, and where positive. A row that was just filled from the prior counts as the
    /// prior.
    fn shares(&mut self, byte: u8) -> Vec<(Expert, f32)> {
        let match_only = self.match_only;
        let mut shares = Vec::new();
        self.add_shares(byte >> 4, &mut shares);
        self.turn_to(1 + usize::from(byte >> 4), match_only);
        self.add_shares(byte & 15, &mut shares);
        self.turn_to(0, match_only);
        let sum: f32 = shares.iter().map(|&(_, share)| share).sum();
        if sum <= 0.0 {
            return Vec::new();
        }
        shares.iter_mut().for_each(|(_, share)| *share *= 1.0 / sum);
        shares.retain(|&(_, share)| share >= LEAST_SHARE);
        shares.sort_by(|a, b| b.1.total_cmp(&a.1));
        shares
    }

    /// Adds what the experts give to the logit of `nibble`.
    fn add_shares(&mut self, nibble: u8, shares: &mut Vec<(Expert, f32)>) {
        let of_prior = self.rows_of_prior();
        for (component, logits) in self.of_nibble() {
            let logit = logits[usize::from(nibble) % LANES];
            if logit <= 0.0 {
                continue;
            }
            let expert = match Expert::of(component) {
                Expert::Context(index) if of_prior >> index & 1 == 1 => Expert::Prior,
                expert => expert,
            };
            match shares.iter_mut().find(|(other, _)| *other == expert) {
                Some((_, share)) => *share += logit,
                None => shares.push((expert, logit)),
            }
        }
    }

    /// Which contexts have the prior in place of a row of their own for the next nibble: a bit for each.
    fn rows_of_prior(&mut self) -> u64 {
        let Some(counted) = self.prior.as_ref().map(|prior| prior.counts.counted) else { return 0 };
        if self.match_only {
            return 0;
        }
        let head = self.head;
        self.prefetch(self.shape, head);
        let contexts = self.shape.contexts;
        self.rows.select(&self.hashes[..contexts], &mut Inputs::new());
        let mut of_prior = 0;
        for k in (0..contexts.min(counted)).filter(|&k| self.rows.is_new(k)) {
            let counts = self.prior.as_ref().map(|prior| &prior.counts);
            let is_known = counts.is_some_and(|counts| counts.seed(counts.find(self.byte_hashes[k]), head).is_some());
            of_prior |= u64::from(is_known) << k;
        }
        self.turn_to(head, false);
        of_prior
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{math::isa::Isa, model::Level};

    #[test]
    fn evidence_agrees_with_the_distribution_and_changes_no_prediction() {
        let content = b"one fish two fish red fish blue fish; one fish two fish red fish blue fish".repeat(3);
        for level in [Level::FASTEST, Level::DEFAULT] {
            let [mut asked, mut not_asked] = [(); 2].map(|()| Network::new(level, content.len()).unwrap());
            let mut sources = 0;
            for (at, &byte) in content.iter().enumerate() {
                let evidence = asked.evidence(byte);
                let p = asked.byte_distribution();
                let place = evidence.expected.iter().position(|&(value, _)| value == byte);
                assert_eq!(place.map_or(EXPECTED, |place| place), usize::from(evidence.rank - 1).min(EXPECTED));
                assert!(evidence.expected.iter().all(|&(value, q)| q == p[usize::from(value)]));
                assert!(evidence.expected.windows(2).all(|pair| pair[0].1 >= pair[1].1));
                let shares: f32 = evidence.shares.iter().map(|&(_, share)| share).sum();
                assert!(shares < 1.001 && (at < 80 || shares > 0.8), "{at}: {:?}", evidence.shares);
                if let Some(source) = evidence.source {
                    assert!(content[source - 6..source] == content[at - 6..at]);
                    sources += 1;
                }
                for nibble in [byte >> 4, byte & 15] {
                    asked.update(Isa::detect(), nibble);
                    not_asked.update(Isa::detect(), nibble);
                    assert_eq!(asked.p.0.map(f32::to_bits), not_asked.p.0.map(f32::to_bits), "{level:?}, byte {at}");
                }
            }
            assert!(sources > 50);
        }
    }
}
