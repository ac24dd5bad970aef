//! Samples and counts → weights of the mixers, learnt pass by pass, and the cost of samples in bits.

use std::sync::Arc;

use crate::{
    Level, Result, Stop,
    math::isa::Isa,
    model::{
        Network, Start,
        experts::prior::{Change, Counts, Prior},
    },
};

/// Passes end when the loss falls by less than this part. Not tried alone.
const WORTH: f64 = 0.001;
/// The most passes. Not tried alone.
const MOST_PASSES: usize = 8;

/// Samples, and the counts of all samples of other folds.
pub struct Fold<'a> {
    pub counts: Arc<Counts>,
    pub samples: Vec<&'a [u8]>,
}

/// The cost of samples, each coded alone.
///
/// ```
/// let mut loss = foretell::Loss::default();
/// (loss.bytes, loss.bits) = (1000, 2500.0);
/// assert_eq!(loss.per_byte(), 2.5);
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Loss {
    /// Bytes of all samples.
    pub bytes: u64,
    /// Bits that code all samples: the sum of −log2 p.
    pub bits: f64,
}

impl Loss {
    /// Bits per byte.
    pub fn per_byte(&self) -> f64 {
        if self.bytes == 0 { 0.0 } else { self.bits / self.bytes as f64 }
    }

    pub(super) fn add(&mut self, network: &mut Network, sample: &[u8]) {
        let nibbles = sample.iter().flat_map(|byte| [byte >> 4, byte & 15]);
        self.bits += nibbles.map(|nibble| network.cost(Isa::detect(), nibble)).sum::<f64>();
        self.bytes += sample.len() as u64;
    }
}

/// The result of one pass over the samples, for the closure of [`Trainer::train`](crate::Trainer::train).
///
/// ```
/// # use foretell::{Level, Trainer};
/// # let samples: Vec<_> = (0..60).map(|i| format!("id={} state={}", i * 37 % 101, ["open", "shut"][i % 2])).collect();
/// let mut numbers = Vec::new();
/// Trainer::new().level(Level::FASTEST).train(&samples, |pass| numbers.push(pass.number))?;
/// assert_eq!(numbers[..2], [0, 1]);
/// # Ok::<(), foretell::Error>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq)]
#[non_exhaustive]
pub struct Pass {
    /// The level whose mixers learn.
    pub level: Level,
    /// The number of the pass, from 1; 0 is the state before the first.
    pub number: usize,
    /// The loss on the samples while the mixers learn from them; zero in pass 0, which does not learn.
    pub training: Loss,
    /// The loss on the held-out samples after the pass.
    pub held_out: Loss,
}

/// The cost of `samples` for a network that is reset to `start` before each.
///
/// # Errors
/// If the system does not have the memory, or `stop` is requested.
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

/// As [`evaluate`], but mixers and match model start from `weights`, keep what they learn from sample to sample, and
/// leave it there. `steps` counts the nibbles that they have learnt from.
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

/// Trains the mixers of `level` pass by pass; returns the best weights, and the loss with them.
///
/// # Errors
/// If the system does not have the memory, or `stop` is requested.
pub fn fit(
    level: Level,
    counts: &Arc<Counts>,
    folds: &[Fold],
    held_out: &[&[u8]],
    stop: &Stop,
    watch: &mut impl FnMut(&Pass),
) -> Result<(Arc<[f32]>, Loss)> {
    let prior = |counts: &Arc<Counts>, changes| Some(Arc::new(Prior { counts: Arc::clone(counts), changes }));
    let mut weights: Vec<f32> = Network::new(level, 0)?.weights().flat_map(|piece| piece.to_vec()).collect();
    let untrained = weights.clone();
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
        let changes = changes(&untrained, &learnt);
        let loss = evaluate(&Start { level, prior: prior(counts, Some(changes)) }, held_out, stop)?;
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

/// What learning changed.
fn changes(first: &[f32], learnt: &[f32]) -> Arc<[Change]> {
    let pairs = (0..).zip(first.iter().zip(learnt));
    pairs
        .filter(|(_, (first, learnt))| first != learnt)
        .map(|(at, (first, learnt))| Change { at, by: learnt - first })
        .collect()
}
