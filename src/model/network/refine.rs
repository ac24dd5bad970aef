//! What the geometric stage predicts, refined by the logistic stage.

use super::{Network, gates};
use crate::{
    math::F32x16,
    model::{
        inputs::NO_SYMBOL,
        level::Params,
        mix::{
            logistic::LogisticMixer,
            tree::{bits, odds, path},
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
/// The least probability that odds are made of: of the MLP and the recurrent expert, and of the geometric stage.
const LEAST: f32 = 1e-5;
const LEAST_GEOMETRIC: f32 = 1e-6;
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
    /// The probabilities of the next nibble, from those of the geometric stage and from what the experts say. (16)
    #[inline(always)]
    pub(super) fn refine(&mut self) -> F32x16 {
        let choice = self.choice();
        #[cfg(feature = "lab")]
        let side = self.side.map(|_| crate::math::softmax(self.inputs.x[self.side_input()]));
        let Some(logistic) = &mut self.logistic else { return self.p_geometric };
        let (rows, others) = logistic.x.split_at_mut(self.contexts);
        for (k, x) in rows.iter_mut().enumerate() {
            *x = odds(&self.rows.probabilities(k));
        }
        let p = self.mlp.iter().map(|mlp| mlp.p).chain(self.recurrent.iter().map(|recurrent| recurrent.p));
        #[cfg(feature = "lab")]
        let p = p.chain(side);
        let networks = usize::from(self.mlp.is_some()) + usize::from(self.recurrent.is_some());
        #[cfg(feature = "lab")]
        let networks = networks + usize::from(side.is_some());
        let (networks, others) = others.split_at_mut(networks);
        for (x, p) in networks.iter_mut().zip(p) {
            *x = odds(&at_least(LEAST, p));
        }
        others[0] = odds(&at_least(LEAST_GEOMETRIC, self.p_geometric));
        others[1] = match self.match_model.symbol() {
            NO_SYMBOL => F32x16::ZERO,
            symbol => bits(symbol as usize) * 2.0 - path(symbol as usize),
        };
        others[2] = F32x16::splat(CONSTANT);
        logistic.forward(&choice)
    }
}

#[inline(always)]
fn at_least(least: f32, p: F32x16) -> F32x16 {
    p.map(|p| if p > least { p } else { least })
}
