//! The network under the laboratory's lens: what each expert says of each nibble, what the mixers see, and one more
//! input for the mixers, that another program made.

use super::{Network, Start};
use crate::{
    Result,
    math::{
        F32x16, LANES,
        environment::{checked, standard},
        isa::Isa,
        softmax,
    },
    model::{
        Level,
        ablation::Component,
        experts::{mlp::state_of, rows::ONE},
        inputs::{MAX_INPUTS, NO_SYMBOL},
    },
};

/// The name of the other program's input, and that of what the prior says.
const SIDE: &str = "side input";
const PRIOR: &str = "prior";
/// The name of what the geometric stage says, where a logistic one follows.
const GEOMETRIC: &str = "geometric stage";
/// Log-probabilities from another program are kept above this: e^-16 is near the least that the coder can code.
const LEAST_LOG: f32 = -16.0;

/// A network that tells what it sees. It computes the bits of [`Network`].
#[derive(Debug)]
pub struct Probe {
    network: Network,
    isa: Isa,
    experts: Vec<String>,
}

/// What one expert says of a nibble.
#[derive(Clone, Debug)]
pub struct Opinion {
    /// The probabilities of its values, by this expert alone. (16)
    pub p: [f32; LANES],
    /// The state that chooses the mixers' weights for it.
    pub state: u32,
    /// The value that it saw last, or 16.
    pub last: u32,
}

/// What the network knows of the nibble to come.
#[derive(Clone, Debug)]
pub struct Seen {
    /// 0 before the high nibble of a byte; 1 + high nibble before the low one.
    pub head: usize,
    /// Whether a long match alone predicts. Then no other expert was asked, and `opinions` is empty.
    pub match_only: bool,
    /// What each expert says, in the order of [`Probe::experts`].
    pub opinions: Vec<Opinion>,
    /// The probabilities that are coded with. (16)
    pub p: [f32; LANES],
}

impl Probe {
    /// A probe of a network that has seen nothing, for content of `raw_len` bytes. With `side`, what another program
    /// says of the first nibble, in log-probabilities, the mixers have one more input.
    ///
    /// # Errors
    /// As of [`Network::new`].
    pub fn new(level: Level, raw_len: usize, side: Option<[f32; LANES]>) -> Result<Self> {
        checked(|| {
            let network = match side {
                Some(side) => Network::with_side(level, raw_len, side)?,
                None => Network::new(level, raw_len)?,
            };
            Ok(Self::of(network))
        })
    }

    /// A probe of a network that starts from `start`.
    ///
    /// # Errors
    /// As of [`Network::new`].
    pub(crate) fn from(start: &Start, raw_len: usize) -> Result<Self> {
        checked(|| Ok(Self::of(Network::from(start, raw_len)?)))
    }

    fn of(network: Network) -> Self {
        let contexts = (0..network.shape.contexts).map(|k| Component::Context(k).to_string());
        let mlp = network.mlp.iter().map(|_| Component::Mlp.to_string());
        let recurrent = network.recurrent.iter().map(|_| Component::Recurrent.to_string());
        let side = network.side.iter().map(|_| SIDE.to_owned());
        let prior = network.prior.iter().map(|_| PRIOR.to_owned());
        let inputs = contexts.chain(mlp).chain(recurrent).chain(side).chain([Component::MatchModel.to_string()]);
        let geometric = network.logistic.iter().map(|_| GEOMETRIC.to_owned());
        let experts = inputs.chain(geometric).chain(prior).collect();
        Self { network, isa: Isa::detect(), experts }
    }

    /// The names of the experts: the mixers' inputs, then the match model, the geometric stage, the prior.
    pub fn experts(&self) -> &[String] {
        &self.experts
    }

    /// What is known of the nibble to come.
    pub fn seen(&mut self) -> Seen {
        let network = &mut self.network;
        let mut seen = Seen { head: network.head, match_only: network.match_only, opinions: vec![], p: network.p.0 };
        if seen.match_only {
            return seen;
        }
        let given = &network.inputs;
        let opinion = |k| Opinion { p: softmax(given.x[k]).0, state: given.state[k], last: given.last[k] };
        let inputs = network.side_input() + usize::from(network.side.is_some());
        seen.opinions = (0..inputs).map(opinion).collect();
        let matched = network.match_model.forward(network.head.checked_sub(1));
        let state = network.match_model.confidence() as u32;
        seen.opinions.push(Opinion { p: softmax(matched).0, state, last: NO_SYMBOL });
        if network.logistic.is_some() {
            seen.opinions.push(Opinion { p: network.p_geometric.0, state: 0, last: NO_SYMBOL });
        }
        seen.opinions.extend(network.of_prior());
        seen
    }

    /// The probability that the nibble to come is `nibble`.
    pub fn probability(&self, nibble: u8) -> f32 {
        self.network.p.0[usize::from(nibble & 15)]
    }

    /// The bits that `bytes` cost, each learnt from in turn; without a look at the experts.
    pub fn cost(&mut self, bytes: &[u8]) -> f64 {
        standard(|| {
            let nibbles = bytes.iter().flat_map(|byte| [byte >> 4, byte & 15]);
            // The coder gives no nibble less than 2^-20.
            nibbles.map(|nibble| self.network.cost(self.isa, nibble).min(20.0)).sum()
        })
    }

    /// Learns that the nibble was `nibble`. `side` is what the other program says of the one after it.
    pub fn update(&mut self, nibble: u8, side: Option<[f32; LANES]>) {
        self.network.side = self.network.side.and(side.map(F32x16));
        standard(|| self.network.update(self.isa, nibble));
    }
}

impl Network {
    /// As [`new`](Self::new), with one more input of the mixers; `side` is what it says of the first nibble.
    fn with_side(level: Level, raw_len: usize, side: [f32; LANES]) -> Result<Self> {
        let params = level.params(raw_len);
        let mut network = Self::with(level, params, None, None)?;
        let inputs = network.side_input() + 1;
        assert!(inputs <= MAX_INPUTS, "level {} has no room for one more input", level.get());
        network.mixer_stack = super::start::mixer_stack(&params, inputs, None);
        network.logistic = super::refine::logistic_mixer(&params, inputs, false);
        network.side = Some(F32x16(side));
        // The plain step knows no more inputs.
        network.shape.plain = false;
        network.begin()?;
        Ok(network)
    }

    /// What the prior says, if there is one: the mean of what followed the contexts that it knows. (state: how many)
    fn of_prior(&self) -> Option<Opinion> {
        let counts = &self.prior.as_ref()?.counts;
        let hashes = &self.byte_hashes[..self.shape.contexts];
        let seeds = hashes.iter().filter_map(|&hash| counts.seed(counts.find(hash), self.head));
        let (sum, known) = seeds.fold((F32x16::ZERO, 0), |(sum, known), seed| (sum + seed.p, known + 1));
        let p = if known == 0 { F32x16::splat(1.0 / LANES as f32) } else { sum * (1.0 / known as f32) };
        Some(Opinion { p: p.0, state: known, last: NO_SYMBOL })
    }

    /// The place of the other program's input: after all others.
    #[inline(always)]
    pub(super) fn side_input(&self) -> usize {
        self.shape.contexts + usize::from(self.mlp.is_some()) + usize::from(self.recurrent.is_some())
    }

    /// Gives the mixers the other program's input, if there is one. Its state is that of the MLP's: steps of the
    /// largest probability.
    #[inline(always)]
    pub(super) fn see_side(&mut self) {
        let Some(logs) = self.side else { return };
        let k = self.side_input();
        self.inputs.x[k] = logs.map(|log| if log > LEAST_LOG { log } else { LEAST_LOG });
        let p = softmax(self.inputs.x[k]);
        self.inputs.p[k] = p * ONE;
        self.inputs.state[k] = state_of(&p);
        self.inputs.last[k] = NO_SYMBOL;
    }
}
