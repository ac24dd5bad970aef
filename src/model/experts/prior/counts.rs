//! Contexts → seeds of rows, made of the bytes that followed the contexts in the samples.
//!
//! For each context there is a list of bytes and their counts. The seed of a nibble's row is computed from it on
//! demand, as if the row had seen these bytes itself.

use crate::{
    math::{F32x16, LANES},
    model::experts::rows::{RATE_OFFSET, Seed},
};

/// A byte that followed a context, and its count, at least 1.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Symbol {
    pub byte: u8,
    pub count: u8,
}

/// The bits of a key that tell contexts of a bucket apart: with about one context a bucket, the false-positive rate is
/// at most 2^-10.
const CHECK_BITS: u32 = 10;
/// The largest count of a seed, so that the content soon overrules it: docs/EXPERIMENTS.md, "Trained models".
const MEMORY: u32 = 4;

/// Contexts in ascending order of their keys, which are the upper bits of their hashes.
#[derive(Debug, Default)]
pub struct Counts {
    /// How many contexts of a byte were counted: the first ones of the lists. No other is known.
    pub counted: usize,
    bucket_bits: u32,
    /// The index in `contexts` where each bucket begins, and the end of the last one: never descending.
    /// (2^bucket_bits + 1)
    buckets: Vec<u32>,
    contexts: Vec<Context>,
    /// The symbols of all contexts; of each context, the most frequent first.
    symbols: Vec<Symbol>,
}

#[derive(Clone, Copy, Debug)]
struct Context {
    /// The key's lower bits.
    check: u16,
    /// How many symbols there are, at least 1.
    symbols: u16,
    /// The index of the first symbol.
    first: u32,
}

/// The symbols of a context: the index of the first one, and their number, 0 if the context is not known.
pub type Span = (u32, u32);

impl Counts {
    /// log2 of the buckets for this number of contexts: each bucket has about one.
    pub fn bucket_bits(contexts: usize) -> u32 {
        (usize::BITS - contexts.leading_zeros()).max(6)
    }

    /// No contexts yet, in 2^`bucket_bits` buckets, with room for `contexts` contexts and `symbols` symbols; of each byte
    /// the first `counted` contexts are counted.
    pub fn new(counted: usize, bucket_bits: u32, contexts: usize, symbols: usize) -> Self {
        Self {
            counted,
            bucket_bits,
            buckets: Vec::with_capacity((1 << bucket_bits) + 1),
            contexts: Vec::with_capacity(contexts),
            symbols: Vec::with_capacity(symbols),
        }
    }

    /// log2 of the buckets.
    pub fn bits(&self) -> u32 {
        self.bucket_bits
    }

    /// Bits of a key.
    pub fn key_bits(&self) -> u32 {
        self.bucket_bits + CHECK_BITS
    }

    /// The key of the context of `hash`.
    pub fn key(&self, hash: u64) -> u64 {
        hash >> (64 - self.key_bits())
    }

    /// A key's bucket and check.
    #[inline(always)]
    fn split(key: u64) -> (usize, u16) {
        ((key >> CHECK_BITS) as usize, key as u16 & ((1 << CHECK_BITS) - 1))
    }

    /// Adds a context with at least one symbol. Its key must be above those of all contexts before.
    pub fn push(&mut self, key: u64, symbols: &[Symbol]) {
        let (bucket, check) = Self::split(key);
        self.buckets.resize((bucket + 1).max(self.buckets.len()), self.contexts.len() as u32);
        self.contexts.push(Context { check, symbols: symbols.len() as u16, first: self.symbols.len() as u32 });
        self.symbols.extend_from_slice(symbols);
    }

    /// Ends the list, which must be done before anything is looked up.
    pub fn finish(&mut self) {
        self.buckets.resize((1 << self.bucket_bits) + 1, self.contexts.len() as u32);
    }

    /// Bytes of memory in use.
    pub fn memory(&self) -> usize {
        size_of_val(&self.buckets[..]) + size_of_val(&self.contexts[..]) + size_of_val(&self.symbols[..])
    }

    /// Bytes of memory for `contexts` contexts and `symbols` symbols in 2^`bucket_bits` buckets.
    pub fn memory_of(bucket_bits: u32, contexts: usize, symbols: usize) -> u64 {
        let part = |size: usize, number: u64| size as u64 * number;
        part(size_of::<u32>(), (1 << bucket_bits) + 1)
            + part(size_of::<Context>(), contexts as u64)
            + part(size_of::<Symbol>(), symbols as u64)
    }

    /// How many contexts there are.
    pub fn len(&self) -> usize {
        self.contexts.len()
    }

    /// Keys and symbols of all contexts.
    pub fn iter(&self) -> impl Iterator<Item = (u64, &[Symbol])> {
        let buckets = (0u64..).zip(self.buckets.windows(2));
        buckets.flat_map(move |(bucket, ends)| {
            self.contexts[ends[0] as usize..ends[1] as usize].iter().map(move |context| {
                let symbols = &self.symbols[context.first as usize..][..usize::from(context.symbols)];
                (bucket << CHECK_BITS | u64::from(context.check), symbols)
            })
        })
    }

    /// The symbols of the context of `hash`.
    #[inline(always)]
    pub fn find(&self, hash: u64) -> Span {
        let (bucket, check) = Self::split(self.key(hash));
        let (from, to) = (self.buckets[bucket] as usize, self.buckets[bucket + 1] as usize);
        let found = self.contexts[from..to].iter().find(|context| context.check == check);
        found.map_or((0, 0), |context| (context.first, context.symbols.into()))
    }

    /// The seed of the row of `head`, of the context with the symbols of `span`; `None` if the head was never seen
    /// there.
    #[inline(always)]
    pub fn seed(&self, span: Span, head: usize) -> Option<Seed> {
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
        // What a row that counts at the rate 1/(n + RATE_OFFSET) would have learnt.
        let before = RATE_OFFSET.get() - 1.0;
        let scale = 1.0 / (total as f32 + before);
        let p = F32x16(seen.map(|n| (n as f32 + before * (1.0 / LANES as f32)) * scale));
        let count = total.min(MEMORY) as u8;
        let run = if seen[last] == total { count } else { 0 };
        let seen_in_all = total.min(255) as u8;
        Some(Seed { p, seen: seen_in_all, count, run, last: last as u8, share: seen[last] * 256 / total })
    }
}
