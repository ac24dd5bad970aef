//! Samples → a trained model.
//!
//! ```text
//! samples ─┬─ most ──► tally ─► counts ─┐
//!          │                            ├─► passes: mixers learn to weigh what counts say ─► quantised ─► Model
//!          └─ held out ─► loss ─────────┘   until the loss on what is held out stops falling
//! ```
//! In the end what was held out is counted too, for the model is to know all that the samples tell; what it earns is
//! told by one that has not seen that. What a sample says counts in the counts that it is predicted from would be
//! trusted too much: so the samples are taken in folds, and mixers learn from each with the counts of the others
//! (cross-fitting: Chernozhukov et al. 2018; stacked generalisation: Wolpert 1992).

mod count;
mod passes;

use std::{ops::Range, sync::Arc};

use count::{Keep, Tally};
use passes::{Fold, evaluate, fit};
pub use passes::{Loss, Pass};

use crate::{
    Error, ErrorKind, Level, Model, Result, Stop,
    math::environment::{Callers, checked},
    priors::{COARSE, FINE, TrainedOn, write_counts},
};

/// Longer samples are cut into parts: what a model is for is the beginning of content.
const PART: usize = 1 << 15;
/// One sample in so many is held out.
const HELD_OUT: usize = 10;
/// About what the weights of a level take in a file.
const WEIGHTS: u64 = 1 << 13;
/// Where a level's weights have this much room, they are kept in fine steps.
const ROOMY: u64 = 1 << 17;
/// Folds of what is not held out.
const FOLDS: usize = 5;
/// A context must have been seen in so many samples.
const LEAST: u32 = 2;
/// Mixers learn from so many bytes of a fold at most: they have no more to learn.
const FOLD_BYTES: usize = 1 << 20;

/// The least and the most bytes that a model's file can be told to keep to.
pub const SIZES: std::ops::RangeInclusive<u64> = 1 << 14..=crate::priors::MAX_LEN;

/// How to train; a builder.
///
/// ```
/// use foretell::{Level, Trainer, RecordCompressor, RecordDecompressor};
/// let record = |i: u32| format!("{{\"id\": {i}, \"state\": \"{}\"}}", ["open", "closed"][i as usize % 2]).into_bytes();
/// let samples: Vec<Vec<u8>> = (0..500).map(record).collect();
/// let trained = Trainer::new().train(&samples, |_| {})?;
/// assert!(trained.held_out.bits < trained.held_out_without.bits / 4.0);
/// let (model, record) = (trained.model, record(777));
/// let coded = RecordCompressor::new(&model)?.compress(&record)?;
/// assert!(coded.len() < record.len() / 2);
/// assert_eq!(RecordDecompressor::new(&model)?.decompress(&coded)?, record);
/// # Ok::<(), foretell::Error>(())
/// ```
#[derive(Clone, Debug)]
pub struct Trainer {
    level: Level,
    size: u64,
    weighted: Vec<Level>,
    in_order: bool,
    stop: Stop,
}

/// What came of training.
#[derive(Debug)]
#[non_exhaustive]
pub struct TrainingReport {
    /// The model, which knows all samples.
    pub model: Model,
    /// Its file.
    pub file: Vec<u8>,
    /// The same but for what was held out: what this one makes of that is what `model` makes of what comes.
    pub trial: Model,
    /// The loss on what was held out, with `trial`.
    pub held_out: Loss,
    /// The same before its numbers were cut to what a file holds, and before contexts were dropped to keep that small.
    pub held_out_exact: Loss,
    /// The same without the model.
    pub held_out_without: Loss,
    /// Samples that were held out; those of [`Model::trained_on`] are all.
    pub held_out_samples: u64,
}

impl Default for Trainer {
    fn default() -> Self {
        Self::new()
    }
}

impl Trainer {
    /// Trains for level 3, a file of at most 1 MiB.
    pub fn new() -> Self {
        Self { level: Level::RECORDS, size: 1 << 20, weighted: Vec::new(), in_order: false, stop: Stop::default() }
    }

    /// The level whose network the model is for.
    pub fn level(mut self, level: Level) -> Self {
        self.level = level;
        self
    }

    /// The most bytes of the model's file.
    ///
    /// # Errors
    /// [`ErrorKind::InvalidInput`] if that is not within [`SIZES`].
    pub fn size(mut self, bytes: u64) -> Result<Self> {
        if !SIZES.contains(&bytes) {
            let text = format!("a model has {} to {} bytes, not {bytes}", SIZES.start(), SIZES.end());
            return Err(Error::new(ErrorKind::InvalidInput, text));
        }
        self.size = bytes;
        Ok(self)
    }

    /// Lets mixers of these levels learn too, with the counts of the level's contexts.
    pub fn also_for(mut self, levels: impl IntoIterator<Item = Level>) -> Self {
        self.weighted.extend(levels);
        self
    }

    /// Whether samples stand in an order that goes on with what the model is for, like the lines of a log: then the
    /// last tenth is held out, as what comes will not have been seen around it either. Otherwise, and unless told so,
    /// every tenth is.
    pub fn in_order(mut self, in_order: bool) -> Self {
        self.in_order = in_order;
        self
    }

    /// Ends training when `stop` is asked for: where the network learns or is tried, before the next sample or 32 KiB of
    /// it; where samples are counted, which is fast, when that is done.
    pub fn stop(mut self, stop: Stop) -> Self {
        self.stop = stop;
        self
    }

    /// Trains on `samples`, telling `watch` of each pass, which is called as it would be by the caller.
    ///
    /// # Errors
    /// Fewer than two samples that are not empty, too little memory, or [`ErrorKind::Cancelled`].
    pub fn train(&self, samples: &[impl AsRef<[u8]>], mut watch: impl FnMut(&Pass)) -> Result<TrainingReport> {
        let samples: Vec<&[u8]> = samples.iter().map(AsRef::as_ref).collect();
        let callers = Callers::now();
        checked(|| self.train_here(&samples, |pass| callers.run(|| watch(pass))))
    }

    fn train_here(&self, samples: &[&[u8]], mut watch: impl FnMut(&Pass)) -> Result<TrainingReport> {
        let (held_out, kept) = self.hold_out(samples);
        if held_out.len() + kept.len() < 2 {
            let text = "too few samples: a model needs at least two that are not empty, and is good from hundreds on";
            return Err(Error::new(ErrorKind::InvalidInput, text));
        }
        let mut tally = Tally::of(kept.iter().copied(), self.level);
        let keep = self.room_for(&tally);
        let counts = Arc::new(tally.counts(LEAST, keep));
        let folds = self.folds(&kept, keep)?;
        let mut weights = Vec::new();
        let mut exact = Loss::default();
        for level in self.levels() {
            let (learnt, loss) = fit(level, &counts, &folds, &held_out, &self.stop, &mut watch)?;
            if level == self.level {
                exact = loss;
            }
            weights.push((level, learnt));
        }
        let (trial, _) = self.fitting(&tally, keep, trained_on(&kept), &weights)?;
        tally.count(held_out.iter().copied(), self.level);
        let keep = self.room_for(&tally);
        let (model, file) = self.fitting(&tally, keep, trained_on(&[&kept[..], &held_out].concat()), &weights)?;
        Ok(TrainingReport {
            held_out: evaluate(&trial.start(self.level)?, &held_out, &self.stop)?,
            held_out_exact: exact,
            held_out_without: evaluate(&self.level.into(), &held_out, &self.stop)?,
            held_out_samples: held_out.len() as u64,
            trial,
            model,
            file,
        })
    }

    /// What is held out of `samples`, and the others. Long samples are cut into parts.
    pub fn hold_out<'a>(&self, samples: &'a [impl AsRef<[u8]>]) -> (Vec<&'a [u8]>, Vec<&'a [u8]>) {
        let parts: Vec<&[u8]> = samples.iter().flat_map(|sample| sample.as_ref().chunks(PART)).collect();
        // Of very few samples the last is held out.
        let every = HELD_OUT.min(parts.len()).max(1);
        let last = parts.len() - parts.len() / every;
        let (in_order, numbered) = (self.in_order, parts.into_iter().enumerate());
        let held_out = |i: usize| if in_order { i >= last } else { i % every == every - 1 };
        let (held_out, kept): (Vec<_>, Vec<_>) = numbered.partition(|&(i, _)| held_out(i));
        let only = |parts: Vec<(usize, _)>| parts.into_iter().map(|(_, part)| part).collect();
        (only(held_out), only(kept))
    }

    /// The levels whose mixers learn.
    fn levels(&self) -> Vec<Level> {
        let mut levels = self.weighted.clone();
        levels.push(self.level);
        levels.sort_unstable();
        levels.dedup();
        levels
    }

    /// The folds, each with the counts of all others. What stands in order is cut in pieces, so that a fold is as far
    /// from the others as what comes is from all; else each takes every fifth sample, so that the others know all
    /// kinds.
    fn folds<'a>(&self, samples: &[&'a [u8]], keep: Keep) -> Result<Vec<Fold<'a>>> {
        let fold_of = |i: usize| if self.in_order { i * FOLDS / samples.len() } else { i % FOLDS };
        let numbered = || samples.iter().copied().enumerate();
        let fold = |fold| {
            self.stop.check()?;
            let others = numbered().filter(|&(i, _)| fold_of(i) != fold).map(|(_, sample)| sample);
            let own: Vec<_> = numbered().filter(|&(i, _)| fold_of(i) == fold).map(|(_, sample)| sample).collect();
            let counts = Arc::new(Tally::of(others, self.level).counts(LEAST, keep));
            Ok(Fold { counts, samples: thinned(&own) })
        };
        (0..FOLDS.min(samples.len())).map(fold).collect()
    }

    /// How much of `all` the model's size allows, if weights take their part of it: everything, or the best of it.
    fn room_for(&self, all: &Tally) -> Keep {
        let weights = self.levels().len() as u64 * WEIGHTS;
        let room = self.size.saturating_sub(weights).max(self.size / 2);
        let fits = |keep| {
            let mut out = Vec::new();
            write_counts(&all.counts(LEAST, keep), &mut out);
            out.len() as u64 <= room
        };
        let everything = Keep { contexts: all.len(LEAST), all_symbols: true };
        if fits(everything) {
            return everything;
        }
        let best = |contexts| Keep { contexts, all_symbols: false };
        best(most_of(everything.contexts, |contexts| fits(best(contexts))))
    }

    /// The model with what is to be kept, or as many contexts less as its size asks for.
    fn fitting(
        &self,
        all: &Tally,
        keep: Keep,
        on: TrainedOn,
        weights: &[(Level, Arc<[f32]>)],
    ) -> Result<(Model, Vec<u8>)> {
        let steps = if self.size / weights.len() as u64 >= ROOMY { FINE } else { COARSE };
        let with = |contexts| Model::new(self.level, on, &all.counts(LEAST, Keep { contexts, ..keep }), weights, steps);
        let fitting =
            most_of(keep.contexts, |contexts| with(contexts).is_ok_and(|(_, file)| file.len() as u64 <= self.size));
        with(fitting)
    }
}

fn trained_on(samples: &[&[u8]]) -> TrainedOn {
    TrainedOn { samples: samples.len() as u64, bytes: samples.iter().map(|sample| sample.len() as u64).sum() }
}

/// The largest number up to `most` that is good, but for 1/256 of it; all smaller ones are too.
fn most_of(most: usize, is_good: impl Fn(usize) -> bool) -> usize {
    if is_good(most) {
        return most;
    }
    let Range { mut start, mut end } = 0..most;
    while end - start > most / 256 + 1 {
        let middle = start + (end - start) / 2;
        if is_good(middle) {
            start = middle;
        } else {
            end = middle;
        }
    }
    start
}

/// As many samples as mixers have something to learn from, from everywhere.
fn thinned<'a>(samples: &[&'a [u8]]) -> Vec<&'a [u8]> {
    let bytes: usize = samples.iter().map(|sample| sample.len()).sum();
    samples.iter().copied().step_by(bytes.div_ceil(FOLD_BYTES).max(1)).collect()
}
