//! Samples → how often each byte followed each context.

use crate::model::{
    Level,
    prior::{Counts, Symbol},
    sample_contexts,
};

/// Events, sorted: the upper 56 bits of a context's hash with the byte that followed in the lower 8, and how often.
#[derive(Debug, Default)]
pub struct Tally {
    events: Vec<(u64, u32)>,
}

/// Bytes of samples that are counted at a time.
const CHUNK: usize = 1 << 20;

impl Tally {
    /// Counts `samples`, each from a fresh start.
    pub fn of<'a>(samples: impl IntoIterator<Item = &'a [u8]>, level: Level, once: bool) -> Self {
        let mut tally = Self::default();
        let mut events = Vec::new();
        for sample in samples {
            let begin = events.len();
            sample_contexts(level, sample, |hash, byte| events.push(hash & !0xff | u64::from(byte)));
            if once {
                events[begin..].sort_unstable();
                let mut kept = begin;
                for i in begin..events.len() {
                    if i == begin || events[i] != events[i - 1] {
                        events[kept] = events[i];
                        kept += 1;
                    }
                }
                events.truncate(kept);
            }
            if events.len() > CHUNK * 8 {
                tally.add(&mut events);
            }
        }
        tally.add(&mut events);
        tally
    }

    fn add(&mut self, events: &mut Vec<u64>) {
        events.sort_unstable();
        let old = std::mem::take(&mut self.events);
        let mut old = old.into_iter().peekable();
        for chunk in events.chunk_by(|a, b| a == b) {
            let event = chunk[0];
            while let Some(before) = old.next_if(|(e, _)| *e < event) {
                self.events.push(before);
            }
            let n = old.next_if(|(e, _)| *e == event).map_or(0, |(_, n)| n);
            self.events.push((event, n + chunk.len() as u32));
        }
        self.events.extend(old);
        events.clear();
    }

    pub fn contexts(&self) -> impl Iterator<Item = &[(u64, u32)]> {
        self.events.chunk_by(|a, b| a.0 >> 8 == b.0 >> 8)
    }

    /// The `most` contexts seen most often, at least `least` times.
    pub fn counts(&self, least: u32, most: usize) -> Counts {
        let mut totals: Vec<u32> =
            self.contexts().map(|context| context.iter().map(|(_, n)| n).sum()).filter(|&n| n >= least).collect();
        totals.sort_unstable_by(|a, b| b.cmp(a));
        let edge = totals.get(most).map_or(least - 1, |&n| n);
        let mut room = most.saturating_sub(totals.iter().filter(|&&n| n > edge).count());
        let kept = totals.len().min(most);
        let mut counts = Counts::new(Counts::key_bits(kept), kept);
        let mut last = None;
        for context in self.contexts() {
            let total: u32 = context.iter().map(|(_, n)| n).sum();
            if total < least || total < edge {
                continue;
            }
            if total == edge {
                if room == 0 {
                    continue;
                }
                room -= 1;
            }
            let key = counts.key(context[0].0);
            if last == Some(key) {
                continue;
            }
            last = Some(key);
            let mut symbols: Vec<_> = context
                .iter()
                .map(|&(event, n)| Symbol { byte: event as u8, count: n.min(255) as u8 })
                .collect();
            symbols.sort_by(|a, b| b.count.cmp(&a.count));
            counts.push(key, &symbols);
        }
        counts.finish();
        counts
    }
}
