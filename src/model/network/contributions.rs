//! What each expert adds to a prediction.

use super::Network;
use crate::{
    math::{F32x16, LANES, ln},
    model::{
        ablation::Component,
        inputs::{Inputs, NO_SYMBOL},
    },
};

/// What one expert adds to the logits of the next byte: of its high nibble, and of its low nibble after a given high
/// one.
///
/// The logits of a nibble are the sum over all experts, up to one constant for all sixteen values, so that their
/// softmax is the distribution, but for rounding. An expert that feeds the mixers adds, for each value v, `Σ_m s_m ·
/// (w_m · x[v] + b_m · [v is the value that it saw last])`, where x are the expert's own logits, w_m and b_m the weight
/// and the bonus that mixer m has in use for it, and s_m the second layer's weight of mixer m (1 at levels with one
/// mixer). The match model and the bias add their logits without a weight of the first layer. From each vector its mean
/// over the values is taken away, as that changes no distribution. While a long match alone predicts, its expert is the
/// only one.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct Contribution {
    /// The expert's name, as `foretell bench --ablate` has it: `MLP`, `match model`, `bias`, or `context 3: …` with
    /// what that context sees in text and in binary data.
    pub expert: String,
    /// Natural logits of the sixteen values of the high nibble; their mean is 0.
    pub high: [f32; 16],
    /// Natural logits of the sixteen values of the low nibble; their mean is 0.
    pub low: [f32; 16],
}

impl Network {
    /// What each expert adds to the logits of the next byte, of its low nibble after that of `byte`. Called at the
    /// start of a byte. Changes no later prediction.
    pub(crate) fn contributions(&mut self, byte: u8) -> Vec<Contribution> {
        let match_only = self.match_only;
        let high = self.of_nibble();
        self.turn_to(1 + usize::from(byte >> 4), match_only);
        let low = self.of_nibble();
        self.turn_to(0, match_only);
        let both = high.into_iter().zip(low);
        both.map(|((expert, high), (_, low))| Contribution { expert: expert.to_string(), high, low }).collect()
    }

    /// What each expert adds to the logits of the next nibble.
    pub(super) fn of_nibble(&mut self) -> Vec<(Component, [f32; LANES])> {
        let high = self.head.checked_sub(1);
        if self.match_only {
            return vec![(Component::MatchModel, centred(self.match_model.forward_long(high)))];
        }
        let (gates, set) = (self.gates(self.shape), self.final_set());
        let mut all = Vec::new();
        // The mixers are linear in their inputs for the weights in use, which states and gates choose: so an expert's
        // share is what they make of it while the others say nothing.
        let mut alone = Inputs { state: self.inputs.state, ..Inputs::new() };
        let contexts = (0..self.shape.contexts).map(Component::Context);
        let mlp = self.mlp.iter().map(|_| Component::Mlp);
        let recurrent = self.recurrent.iter().map(|_| Component::Recurrent);
        for (k, expert) in contexts.chain(mlp).chain(recurrent).enumerate() {
            (alone.x[k], alone.last[k]) = (self.inputs.x[k], self.inputs.last[k]);
            let logits = self.mixer_stack.forward(&gates, set, &alone, F32x16::ZERO);
            (alone.x[k], alone.last[k]) = (F32x16::ZERO, NO_SYMBOL);
            all.push((expert, centred(logits)));
        }
        let matched = self.match_model.forward(high);
        let logits = self.mixer_stack.forward(&gates, set, &alone, matched);
        all.push((Component::MatchModel, centred(logits)));
        let rows = self.prefetch(self.shape, self.head);
        all.push((Component::Bias, centred(self.bias.forward(rows, self.shape.sees_match))));
        if self.logistic.is_some() {
            let change = self.p.zip(self.p_geometric, |p, geometric| ln(p) - ln(geometric));
            all.push((Component::Logistic, centred(change)));
        }
        // What the mixers remember of their last prediction is that of the whole again.
        self.turn_to(self.head, false);
        all
    }
}

/// `logits` less their mean.
fn centred(logits: F32x16) -> [f32; LANES] {
    let mean = logits.sum() * (1.0 / LANES as f32);
    logits.0.map(|logit| logit - mean)
}

#[cfg(test)]
mod tests {
    use foretell_testkit::noise;

    use super::*;
    use crate::{
        math::{isa::Isa, softmax},
        model::{Level, experts::match_model::LONG},
    };

    #[test]
    fn contributions_add_up_to_the_logits_and_change_no_prediction() {
        let content = [b"the cat sat on the mat; ".repeat(9), noise(1, 50), vec![7; LONG + 200]].concat();
        for level in [Level::FASTEST, Level::DEFAULT] {
            let [mut asked, mut not_asked] = [(); 2].map(|()| Network::new(level, content.len()).unwrap());
            let mut alone = 0;
            for (i, &byte) in content.iter().enumerate() {
                if i % 41 == 0 || i + 90 > content.len() {
                    let [p_high, p_low] = asked.probabilities_of(byte).map(f64::from);
                    let p = p_high * p_low;
                    let distribution = asked.byte_distribution();
                    assert!((p - f64::from(distribution[usize::from(byte)])).abs() < 1e-6);
                    let all = asked.contributions(byte);
                    alone += usize::from(all.len() == 1);
                    let sum = |part: fn(&Contribution) -> [f32; LANES]| {
                        softmax(all.iter().fold(F32x16::ZERO, |sum, expert| sum + F32x16(part(expert))))
                    };
                    let (high, low) = (sum(|expert| expert.high), sum(|expert| expert.low));
                    let [h, l] = [byte >> 4, byte & 15].map(usize::from);
                    assert!((f64::from(high.0[h]) * f64::from(low.0[l]) - p).abs() < 1e-4, "{level:?}, byte {i}");
                }
                for nibble in [byte >> 4, byte & 15] {
                    asked.update(Isa::detect(), nibble);
                    not_asked.update(Isa::detect(), nibble);
                    assert_eq!(asked.p.0.map(f32::to_bits), not_asked.p.0.map(f32::to_bits), "{level:?}, byte {i}");
                }
            }
            assert!(alone > 0, "no long match predicted");
        }
    }
}
