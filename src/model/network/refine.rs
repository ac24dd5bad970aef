//! What the geometric stage predicts, refined by the logistic stage.

use super::{Network, gates};
use crate::{
    math::F32x16,
    model::{
        experts::rows::LEAST,
        inputs::NO_SYMBOL,
        level::Params,
        mix::{
            logistic::LogisticMixer,
            tree::{bits, path},
        },
        tuned::tuned,
    },
};

tuned! {
    /// The first weight of the geometric stage's odds; those of the experts are 0. It is 1 where the geometric stage starts
    /// from weights that were trained.
    FIRST_WEIGHT: f32 = 0.7, in 0.2..=1.0;
}
/// What the input that is always there says.
const CONSTANT: f32 = 0.3;
/// The least probability of the geometric stage that odds are made of, and its logarithm.
const LEAST_GEOMETRIC: f32 = 1e-6;
const LEAST_LOGIT: f32 = -13.8;
/// The inputs beside those of the geometric stage: the geometric stage, the match and the constant.
const OTHERS: usize = 3;

/// The logistic stage of a level, for the mixers' `inputs`, if it has one.
pub fn logistic_mixer(params: &Params, inputs: usize, is_trained: bool) -> Option<LogisticMixer> {
    let mut first = vec![0.0; inputs + OTHERS];
    first[inputs] = if is_trained { 1.0 } else { FIRST_WEIGHT.get() };
    (params.selectors > 0).then(|| LogisticMixer::new(first, params.selectors, &gates::SIZES))
}

/// Bytes of memory that the logistic stage touches in content of `raw_len` bytes.
pub(super) fn logistic_memory(params: &Params, raw_len: usize) -> usize {
    let networks = usize::from(params.mlp.is_some()) + usize::from(params.recurrent.is_some());
    gates::SIZES.memory(params.selectors, params.contexts + networks + OTHERS, raw_len.saturating_mul(2))
}

impl Network {
    /// The probabilities of the next nibble: those of the geometric stage, whose logits are given, if the level has no
    /// other; else made of these and of what the experts say. (16)
    #[inline(always)]
    pub(super) fn refine(&mut self, logits: F32x16) -> F32x16 {
        if self.logistic.is_none() {
            return self.p_geometric;
        }
        let (choice, geometric) = (self.choice(), self.mixed_inputs());
        let Some(logistic) = &mut self.logistic else { return self.p_geometric };
        let inputs = &mut self.inputs;
        // In units in which its least probability is that of the rows.
        inputs.p[geometric] = self.p_geometric * (LEAST.get() / LEAST_GEOMETRIC);
        let max = logits.max();
        inputs.x[geometric] = logits.map(|logit| if logit - max > LEAST_LOGIT { logit - max } else { LEAST_LOGIT });
        logistic.subtrees.odds(&inputs.p, &inputs.x, LEAST.get(), &mut logistic.x);
        let others = &mut logistic.x[geometric..];
        others[1] = match self.match_model.symbol() {
            NO_SYMBOL => F32x16::ZERO,
            symbol => bits(symbol as usize) * 2.0 - path(symbol as usize),
        };
        others[2] = F32x16::splat(CONSTANT);
        logistic.forward(&choice)
    }

    /// How many inputs the geometric mixers have.
    #[inline(always)]
    fn mixed_inputs(&self) -> usize {
        let networks = usize::from(self.mlp.is_some()) + usize::from(self.recurrent.is_some());
        #[cfg(feature = "lab")]
        let networks = networks + usize::from(self.side.is_some());
        self.shape.contexts + networks
    }
}
