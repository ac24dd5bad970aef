//! Samples → counts: in how many samples each byte followed each context.
//!
//! Within a sample, the network learns what follows a context from its first occurrence on. Only the first time does it
//! depend on the prior; so a byte counts once a sample, however often it follows (docs/EXPERIMENTS.md, "Trained
//! models").

use crate::math::ln;
use crate::model::{
    Level,
    experts::prior::{self, Counts, Symbol},
};

/// Events are sorted and merged whenever there are more than this.
const CHUNK: usize = 1 << 23;
/// With more entries than this, those of one sample are dropped: most of them would be dropped in the end.
const MOST: usize = 1 << 25;

/// Contexts seen at least this often count as frequent: docs/EXPERIMENTS.md, "Trained models".
const FREQUENT: u32 = 16;
/// What a context and each of its symbols take in a file, in bytes: about, and not tried alone.
const CONTEXT_COST: f32 = 2.0;
const SYMBOL_COST: f32 = 1.2;

/// How often bytes followed contexts.
#[derive(Debug, Default)]
pub struct ContextCounts {
    /// How many contexts of a byte are counted.
    counted: usize,
    /// An event is the upper 56 bits of a context's hash, and the byte that followed in the lower 8. Beside it, the
    /// number of samples with it. In ascending order of events, without repeats.
    events: Vec<(u64, u32)>,
}

/// Which part of the counts goes into a model.
#[derive(Clone, Copy, Debug)]
pub struct Keep {
    /// The number of contexts.
    pub contexts: usize,
    /// Keep every successor; otherwise drop successors seen once in frequent contexts.
    pub all_symbols: bool,
}

/// A context's events.
type Context<'a> = &'a [(u64, u32)];

impl ContextCounts {
    /// Counts `samples`, as [`count`](Self::count).
    pub fn of<'a>(samples: impl IntoIterator<Item = &'a [u8]>, level: Level) -> Self {
        let mut context_counts = Self::default();
        context_counts.count(samples, level);
        context_counts
    }

    /// Adds the counts of `samples`, each with a history of its own, in the contexts that have rows at `level`.
    pub fn count<'a>(&mut self, samples: impl IntoIterator<Item = &'a [u8]>, level: Level) {
        self.counted = level.contexts();
        let mut events = Vec::new();
        for sample in samples {
            let begin = events.len();
            prior::events(level.contexts(), sample, |hash, byte| events.push(hash & !0xff | u64::from(byte)));
            let (_, new) = events.split_at_mut(begin);
            new.sort_unstable();
            let once = dedup(new);
            events.truncate(begin + once);
            if events.len() > CHUNK {
                self.add(&mut events);
            }
        }
        self.add(&mut events);
    }

    /// Merges `events` into the counts, and clears them.
    fn add(&mut self, events: &mut Vec<u64>) {
        events.sort_unstable();
        let mut old = std::mem::take(&mut self.events).into_iter().peekable();
        for same in events.chunk_by(|a, b| a == b) {
            while let Some(before) = old.next_if(|&(event, _)| event < same[0]) {
                self.events.push(before);
            }
            let n = old.next_if(|&(event, _)| event == same[0]).map_or(0, |(_, n)| n);
            self.events.push((same[0], n + same.len() as u32));
        }
        self.events.extend(old);
        events.clear();
        if self.events.len() > MOST {
            self.events.retain(|&(_, n)| n > 1);
        }
    }

    fn contexts(&self) -> impl Iterator<Item = Context<'_>> {
        self.events.chunk_by(|a, b| a.0 >> 8 == b.0 >> 8)
    }

    /// How many contexts were seen at least `least` times.
    pub fn len(&self, least: u32) -> usize {
        self.contexts().filter(|context| total(context) >= least).count()
    }

    /// The most valuable contexts, as many as `keep` says, of those seen at least `least` times.
    pub fn counts(&self, least: u32, keep: Keep) -> Counts {
        let everywhere = self.everywhere();
        let worth = |context: Context| worth(context, &everywhere, keep);
        let mut worths: Vec<f32> = self.contexts().filter(|context| total(context) >= least).map(worth).collect();
        worths.sort_unstable_by(|a, b| b.total_cmp(a));
        worths.truncate(keep.contexts);
        let edge = worths.last().map_or(f32::INFINITY, |&worth| worth);
        // Of contexts whose worth is that of the last one kept, as many as there is room for.
        let mut room = worths.iter().filter(|&&worth| worth == edge).count();
        let mut counts = Counts::new(self.counted, Counts::bucket_bits(worths.len()), worths.len(), 2 * worths.len());
        let mut last = None;
        for context in self.contexts().filter(|context| total(context) >= least) {
            let worth = worth(context);
            let kept = worth > edge || worth == edge && room > 0;
            room -= usize::from(worth == edge && kept);
            let key = counts.key(context[0].0);
            // Of two contexts with the same key the second is dropped.
            let symbols = symbols(context, keep);
            if kept && !symbols.is_empty() && last.replace(key) != Some(key) {
                counts.push(key, &symbols);
            }
        }
        counts.finish();
        counts
    }

    /// The share of each byte among all events, with one added to each count.
    fn everywhere(&self) -> [f32; 256] {
        let mut everywhere = [1.0; 256];
        self.events.iter().for_each(|&(event, n)| everywhere[event as u8 as usize] += n as f32);
        let sum: f32 = everywhere.iter().sum();
        everywhere.map(|n| n / sum)
    }
}

/// What a context saves against coding its bytes by their shares `everywhere`, for each byte that it takes in the file.
fn worth(context: Context, everywhere: &[f32; 256], keep: Keep) -> f32 {
    let all = total(context) as f32;
    let saved = |&(event, n): &(u64, u32)| {
        let n = n as f32;
        n * ln(n / (all + 1.0) / everywhere[event as u8 as usize])
    };
    let saved: f32 = context.iter().map(saved).sum();
    saved / (CONTEXT_COST + SYMBOL_COST * kept(context, keep).count() as f32)
}

/// Moves one of each of the sorted `events` to the front, and returns their number.
fn dedup(events: &mut [u64]) -> usize {
    let mut kept = 0;
    for i in 0..events.len() {
        if i == 0 || events[i] != events[i - 1] {
            events.swap(kept, i);
            kept += 1;
        }
    }
    kept
}

fn total(context: Context) -> u32 {
    context.iter().map(|&(_, n)| n).sum()
}

/// The events of a context that are kept.
fn kept(context: Context<'_>, keep: Keep) -> impl Iterator<Item = (u64, u32)> {
    let all = keep.all_symbols || total(context) < FREQUENT;
    context.iter().copied().filter(move |&(_, n)| all || n > 1)
}

/// The bytes of a context, the most frequent first.
fn symbols(context: Context, keep: Keep) -> Vec<Symbol> {
    let largest = context.iter().map(|&(_, n)| n).max().unwrap_or(0);
    // Counts are bytes: larger ones are scaled down together.
    let scaled = |n: u32| if largest > 255 { (u64::from(n) * 255 / u64::from(largest)).max(1) as u8 } else { n as u8 };
    let symbol = |(event, n)| Symbol { byte: event as u8, count: scaled(n) };
    let mut symbols: Vec<_> = kept(context, keep).map(symbol).collect();
    symbols.sort_by_key(|symbol| std::cmp::Reverse(symbol.count));
    symbols
}
