//! Samples and counts → weights that mixers learn, pass by pass, and how many bits samples cost.

use std::sync::Arc;

use crate::{
    Level, Result, Stop,
    math::isa::{self, Isa, Kernel},
    model::{
        Network, Start,
        experts::prior::{Counts, Prior},
    },
};

/// Passes end when the loss falls by less than this part, or after so many.
const WORTH: f64 = 0.001;
const MOST_PASSES: usize = 8;

/// Samples, and what is known without them.
pub struct Fold<'a> {
    pub counts: Arc<Counts>,
    pub samples: Vec<&'a [u8]>,
}

/// What samples cost, each coded alone.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Loss {
    /// Bytes of all samples.
    pub bytes: u64,
    /// Bits that code them: the sum of −log2 p.
    pub bits: f64,
}

/// What a pass over the samples came to.
#[derive(Clone, Copy, Debug, PartialEq)]
#[non_exhaustive]
pub struct Pass {
    /// The level whose mixers learn.
    pub level: Level,
    /// Which pass over the samples it was, from 1; 0 is before the first.
    pub number: usize,
    /// The loss on the samples, while learning from them; of number 0 there is none.
    pub training: Loss,
    /// The loss on those held out, after it.
    pub held_out: Loss,
}

impl Loss {
    /// Bits per byte.
    pub fn per_byte(&self) -> f64 {
        if self.bytes == 0 { 0.0 } else { self.bits / self.bytes as f64 }
    }

    fn add(&mut self, network: &mut Network, sample: &[u8]) {
        self.bits += isa::run(Isa::detect(), Cost { network, sample });
        self.bytes += sample.len() as u64;
    }
}

struct Cost<'a> {
    network: &'a mut Network,
    sample: &'a [u8],
}

impl Kernel for Cost<'_> {
    type Output = f64;

    #[inline(always)]
    fn run(self) -> f64 {
        let mut bits = 0.0;
        for &byte in self.sample {
            for nibble in [byte >> 4, byte & 15] {
                bits -= f64::from(self.network.probabilities().0[usize::from(nibble)]).log2();
                self.network.update(nibble);
            }
        }
        bits
    }
}

/// What `samples` cost a network that starts from `start`, each time anew.
///
/// # Errors
/// If the system does not have the memory, or `stop` is asked for.
pub fn evaluate(start: &Start, samples: &[&[u8]], stop: &Stop) -> Result<Loss> {
    let mut network = Network::from(start, 0)?;
    let mut loss = Loss::default();
    for sample in samples {
        stop.check()?;
        network.reset(sample.len())?;
        loss.add(&mut network, sample);
    }
    Ok(loss)
}

/// As [`evaluate`], but from sample to sample mixers and matches go on learning from `weights`, after `time` nibbles.
fn learn(start: &Start, fold: &Fold, weights: &mut Vec<f32>, steps: &mut f32, stop: &Stop) -> Result<Loss> {
    let mut network = Network::from(start, 0)?;
    network.set_weights(weights);
    network.set_steps(*steps);
    let mut loss = Loss::default();
    for sample in &fold.samples {
        stop.check()?;
        network.restart(sample.len())?;
        loss.add(&mut network, sample);
    }
    *steps += 2.0 * loss.bytes as f32;
    weights.clear();
    network.weights().for_each(|piece| weights.extend_from_slice(piece));
    Ok(loss)
}

/// Lets the mixers of `level` learn, pass by pass; gives the best weights, and the loss with them.
///
/// # Errors
/// If the system does not have the memory, or `stop` is asked for.
pub fn fit(
    level: Level,
    counts: &Arc<Counts>,
    folds: &[Fold],
    held_out: &[&[u8]],
    stop: &Stop,
    watch: &mut impl FnMut(&Pass),
) -> Result<(Arc<[f32]>, Loss)> {
    let prior = |counts: &Arc<Counts>, weights| Some(Arc::new(Prior { counts: Arc::clone(counts), weights }));
    let mut weights: Vec<f32> = Network::new(level, 0)?.weights().flat_map(|piece| piece.to_vec()).collect();
    let mut steps = 0.0;
    let first = evaluate(&Start { level, prior: prior(counts, None) }, held_out, stop)?;
    let mut best = (Arc::from(weights.as_slice()), first);
    watch(&Pass { level, number: 0, training: Loss::default(), held_out: first });
    for number in 1..=MOST_PASSES {
        let mut training = Loss::default();
        for fold in folds {
            let start = Start { level, prior: prior(&fold.counts, None) };
            let loss = learn(&start, fold, &mut weights, &mut steps, stop)?;
            training = Loss { bytes: training.bytes + loss.bytes, bits: training.bits + loss.bits };
        }
        let learnt: Arc<[f32]> = weights.as_slice().into();
        let loss = evaluate(&Start { level, prior: prior(counts, Some(Arc::clone(&learnt))) }, held_out, stop)?;
        watch(&Pass { level, number, training, held_out: loss });
        let enough = loss.bits > best.1.bits * (1.0 - WORTH);
        if loss.bits < best.1.bits {
            best = (learnt, loss);
        }
        if enough {
            break;
        }
    }
    Ok(best)
}
