//! Samples → a trained model.
//!
//! ```text
//! samples ─┬─ most ──► count ─► counts ─┐
//!          │                            ├─► passes: mixers learn to weigh rows made of counts ─► quantised ─► Model
//!          └─ held out ─► loss ─────────┘   until the loss on the held-out samples stops falling
//! ```
//! At the end the held-out samples are counted too, so that the model knows all samples. Its loss on new data is that
//! of a trial model without them. A sample must not be predicted from counts that include it: the mixers would trust
//! those counts too much. So samples are split in folds, and mixers learn from each fold with the counts of the others
//! (cross-fitting: Chernozhukov et al. 2018; stacked generalisation: Wolpert 1992).
//!
//! Which way of training gave what: docs/EXPERIMENTS.md, "Trained models". The numbers below were not tried alone.

mod count;
pub(crate) mod networks;
mod passes;

use std::{ops::Range, sync::Arc};

use count::{ContextCounts, Keep};
use passes::{Fold, evaluate, fit};
pub use passes::{Loss, Pass};

use crate::{
    Error, ErrorKind, Level, Model, Result, Stop,
    math::environment::{Callers, checked},
    priors::{COARSE, FINE, TrainedOn, write_counts},
};

/// Samples are cut into parts of at most this many bytes: a model helps at the beginning of content.
const PART: usize = 1 << 15;
/// One part in this many is held out.
const HELD_OUT: usize = 10;
/// Bytes of a level's weights in a file, about; twice as many at the best levels.
const WEIGHTS: u64 = 1 << 13;
/// If the file has at least this many bytes for each level with weights, these are stored in fine steps.
const ROOMY: u64 = 1 << 17;
/// Folds of the samples that are not held out.
const FOLDS: usize = 5;
/// A context must have been seen at least this often: docs/EXPERIMENTS.md, "Trained models", tried 1.
const LEAST: u32 = 2;
/// The bytes of a fold that mixers learn from, about: more teach them nothing.
const FOLD_BYTES: usize = 1 << 20;

/// The least and the most bytes that a model's file can be limited to.
pub const SIZES: std::ops::RangeInclusive<u64> = 1 << 14..=crate::priors::MAX_LEN;

/// Trains models on samples; a builder.
///
/// ```
/// use foretell::{Level, Trainer, RecordCompressor, RecordDecompressor};
/// let record = |i: u32| format!("{{\"id\": {i}, \"state\": \"{}\"}}", ["open", "closed"][i as usize % 2]).into_bytes();
/// let samples: Vec<Vec<u8>> = (0..500).map(record).collect();
/// let report = Trainer::new().train(&samples, |_| {})?;
/// assert!(report.held_out.bits < report.held_out_without.bits / 4.0);
/// let (model, record) = (report.model, record(777));
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

/// The result of training: the model, and what it saves.
///
/// ```
/// # use foretell::{Level, Trainer};
/// # let samples: Vec<_> = (0..60).map(|i| format!("id={} state={}", i * 37 % 101, ["open", "shut"][i % 2])).collect();
/// let report = Trainer::new().level(Level::FASTEST).train(&samples, |_| {})?;
/// assert!(report.held_out.bits < report.held_out_without.bits);
/// # Ok::<(), foretell::Error>(())
/// ```
#[derive(Debug)]
#[non_exhaustive]
pub struct TrainingReport {
    /// The model, trained on all samples.
    pub model: Model,
    /// The bytes of the model's file.
    pub file: Vec<u8>,
    /// The model without the held-out samples; its loss on them estimates the loss of `model` on new data.
    pub trial: Model,
    /// The loss of `trial` on the held-out samples.
    pub held_out: Loss,
    /// The same before numbers were rounded and contexts dropped to fit into the file.
    pub held_out_exact: Loss,
    /// The loss on the held-out samples without any model.
    pub held_out_without: Loss,
    /// The number of held-out samples, long ones counted in parts; [`Model::trained_on`] has the number of all.
    pub held_out_samples: u64,
}

impl Default for Trainer {
    fn default() -> Self {
        Self::new()
    }
}

impl Trainer {
    /// Trains a model for level 3 with a file of at most 1 MiB.
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
    /// [`ErrorKind::InvalidInput`] if that is less than 16 KiB or more than 64 MiB.
    pub fn size(mut self, bytes: u64) -> Result<Self> {
        if !SIZES.contains(&bytes) {
            let text = format!("a model has {} to {} bytes, not {bytes}", SIZES.start(), SIZES.end());
            return Err(Error::new(ErrorKind::InvalidInput, text));
        }
        self.size = bytes;
        Ok(self)
    }

    /// Also trains the mixers of these levels, with the same counts.
    pub fn also_for(mut self, levels: impl IntoIterator<Item = Level>) -> Self {
        self.weighted.extend(levels);
        self
    }

    /// Whether samples come in the order in which new data will continue, like the lines of a log. Then the last tenth
    /// is held out, since new data will also come after all samples; otherwise, which is the default, every tenth
    /// sample.
    pub fn in_order(mut self, in_order: bool) -> Self {
        self.in_order = in_order;
        self
    }

    /// Ends training when `stop` is requested: while the network runs, before the next sample or 32 KiB of one; while
    /// samples are counted, which is fast, after all are.
    pub fn stop(mut self, stop: Stop) -> Self {
        self.stop = stop;
        self
    }

    /// Trains on `samples`, and calls `watch` after each pass, in the caller's own arithmetic mode.
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
        let mut context_counts = ContextCounts::of(kept.iter().copied(), self.level);
        let keep = self.room_for(&context_counts);
        let counts = Arc::new(context_counts.counts(LEAST, keep));
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
        let (trial, _) = self.fitting(&context_counts, keep, trained_on(&kept), &weights)?;
        context_counts.count(held_out.iter().copied(), self.level);
        let keep = self.room_for(&context_counts);
        let (model, file) =
            self.fitting(&context_counts, keep, trained_on(&[&kept[..], &held_out].concat()), &weights)?;
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

    /// The held-out samples, and the others. Long samples are cut into parts.
    pub fn hold_out<'a>(&self, samples: &'a [impl AsRef<[u8]>]) -> (Vec<&'a [u8]>, Vec<&'a [u8]>) {
        let parts: Vec<&[u8]> = samples.iter().flat_map(|sample| sample.as_ref().chunks(PART)).collect();
        // Of fewer than ten samples the last one is held out.
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

    /// The folds, each with the counts of all others. Samples in order are cut into runs, so that a fold differs from
    /// the others as new data will differ from all samples. Otherwise a fold is every fifth sample, so that the others
    /// have samples of every sort.
    fn folds<'a>(&self, samples: &[&'a [u8]], keep: Keep) -> Result<Vec<Fold<'a>>> {
        let fold_of = |i: usize| if self.in_order { i * FOLDS / samples.len() } else { i % FOLDS };
        let numbered = || samples.iter().copied().enumerate();
        let fold = |fold| {
            self.stop.check()?;
            let others = numbered().filter(|&(i, _)| fold_of(i) != fold).map(|(_, sample)| sample);
            let own: Vec<_> = numbered().filter(|&(i, _)| fold_of(i) == fold).map(|(_, sample)| sample).collect();
            let counts = Arc::new(ContextCounts::of(others, self.level).counts(LEAST, keep));
            Ok(Fold { counts, samples: thinned(&own) })
        };
        (0..FOLDS.min(samples.len())).map(fold).collect()
    }

    /// The part of `all` that fits into the model's size beside the weights: everything, or the most valuable contexts.
    fn room_for(&self, all: &ContextCounts) -> Keep {
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

    /// The model with the part to `keep`, or with fewer contexts if its file would exceed the size.
    fn fitting(
        &self,
        all: &ContextCounts,
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

/// The largest number up to `most` that is good, to within 1/256 of `most`. Numbers below a good one must be good.
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

/// Every n-th sample, so that about [`FOLD_BYTES`] are left.
fn thinned<'a>(samples: &[&'a [u8]]) -> Vec<&'a [u8]> {
    let bytes: usize = samples.iter().map(|sample| sample.len()).sum();
    samples.iter().copied().step_by(bytes.div_ceil(FOLD_BYTES).max(1)).collect()
}
