//! Contexts → what followed them in the samples, counted: rows for contexts that have none of their own yet.
//!
//! For each context, the bytes that followed and how often; the rows of its nibbles are made of that when they are asked
//! for, as if the row had seen them itself. Contexts are known by the upper bits of their hashes, so that one that was
//! never seen is taken for another once in a thousand times, which mixers learn to live with.

use crate::{
    math::{F32x16, LANES},
    model::ngram::{FIRST, Recalled},
};

/// A byte that followed a context, and how often.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Symbol {
    pub byte: u8,
    pub count: u8,
}

/// Contexts in the order of their keys.
#[derive(Debug, Default)]
pub struct Counts {
    key_bits: u32,
    bucket_bits: u32,
    /// Where the contexts whose keys begin with the same bits begin, and where the last ones end. (2^bucket_bits + 1)
    buckets: Vec<u32>,
    contexts: Vec<Context>,
    /// Those of each context, the most frequent first.
    symbols: Vec<Symbol>,
}

#[derive(Clone, Copy, Debug)]
struct Context {
    /// The key's lower bits.
    check: u16,
    symbols: u16,
    first: u32,
}

/// The symbols of a context: where they begin, and how many they are, 0 if the context is not known.
pub type Span = (u32, u32);

impl Counts {
    /// How many bits of a hash tell `contexts` contexts apart, but for one mistake in a thousand.
    pub fn key_bits(contexts: usize) -> u32 {
        (usize::BITS - contexts.leading_zeros()).max(6) + 10
    }

    /// None so far, of so many bits and about so many contexts.
    pub fn new(key_bits: u32, contexts: usize) -> Self {
        let bucket_bits = key_bits.saturating_sub(10);
        Self {
            key_bits,
            bucket_bits,
            buckets: Vec::with_capacity((1 << bucket_bits) + 1),
            contexts: Vec::with_capacity(contexts),
            symbols: Vec::with_capacity(contexts + contexts / 2),
        }
    }

    /// The bits of `hash` that a context is known by.
    #[inline(always)]
    pub fn key(&self, hash: u64) -> u64 {
        hash >> (64 - self.key_bits)
    }

    /// Adds a context, whose key is above all before.
    pub fn push(&mut self, key: u64, symbols: &[Symbol]) {
        let low_bits = self.key_bits - self.bucket_bits;
        let bucket = (key >> low_bits) as usize;
        self.buckets.resize((bucket + 1).max(self.buckets.len()), self.contexts.len() as u32);
        let check = (key & ((1 << low_bits) - 1)) as u16;
        self.contexts.push(Context { check, symbols: symbols.len() as u16, first: self.symbols.len() as u32 });
        self.symbols.extend_from_slice(symbols);
    }

    /// Ends the list: no more will be added.
    pub fn finish(&mut self) {
        self.buckets.resize((1 << self.bucket_bits) + 1, self.contexts.len() as u32);
    }

    /// How many contexts are known.
    pub fn len(&self) -> usize {
        self.contexts.len()
    }

    /// Keys and symbols of all contexts.
    pub fn iter(&self) -> impl Iterator<Item = (u64, &[Symbol])> {
        let low_bits = self.key_bits - self.bucket_bits;
        let buckets = (0u64..).zip(self.buckets.windows(2));
        buckets.flat_map(move |(bucket, ends)| {
            self.contexts[ends[0] as usize..ends[1] as usize].iter().map(move |context| {
                let symbols = &self.symbols[context.first as usize..][..usize::from(context.symbols)];
                (bucket << low_bits | u64::from(context.check), symbols)
            })
        })
    }

    /// The symbols of the context of `hash`.
    #[inline(always)]
    pub fn find(&self, hash: u64) -> Span {
        let key = self.key(hash);
        let low_bits = self.key_bits - self.bucket_bits;
        let bucket = (key >> low_bits) as usize;
        let check = (key & ((1 << low_bits) - 1)) as u16;
        let (from, to) = (self.buckets[bucket] as usize, self.buckets[bucket + 1] as usize);
        let found = self.contexts[from..to].iter().find(|context| context.check == check);
        found.map_or((0, 0), |context| (context.first, context.symbols.into()))
    }

    /// The row of a nibble of the context with these symbols, if it was seen.
    #[inline(always)]
    pub fn recall(&self, span: Span, head: usize, memory: u32) -> Option<Recalled> {
        let symbols = &self.symbols[span.0 as usize..][..span.1 as usize];
        let mut seen = [0u32; LANES];
        let (mut total, mut last) = (0, LANES);
        for &Symbol { byte, count } in symbols {
            let (high, low) = (usize::from(byte >> 4), usize::from(byte & 15));
            let nibble = if head == 0 { high } else { low };
            if head == 0 || head == 1 + high {
                seen[nibble] += u32::from(count);
                total += u32::from(count);
                if last == LANES || seen[nibble] > seen[last] {
                    last = nibble;
                }
            }
        }
        if total == 0 {
            return None;
        }
        // What counting at the rate 1/(n + FIRST) makes of it.
        let before = FIRST - 1.0;
        let scale = 1.0 / (total as f32 + before);
        let p = F32x16(seen.map(|n| (n as f32 + before * (1.0 / LANES as f32)) * scale));
        let count = total.min(memory) as u8;
        Some(Recalled { p, count, run: if seen[last] == total { count } else { 0 }, last: last as u8, share: seen[last] * 256 / total })
    }
}
