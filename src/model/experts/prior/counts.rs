//! Contexts → what followed them in the samples, counted: rows for contexts that have none of their own yet.
//!
//! For each context, the bytes that followed and how often; the rows of its nibbles are made of that when they are
//! asked for, as if the row had seen them itself.

use crate::{
    math::{F32x16, LANES},
    model::experts::rows::{RATE_OFFSET, Seed},
};

/// A byte that followed a context, and how often.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Symbol {
    pub byte: u8,
    pub count: u8,
}

/// The bits of a key that tell contexts of a bucket apart: one that was never seen is taken for one that was once in
/// 2^10 times, or more seldom.
const CHECK_BITS: u32 = 10;
/// A row that is made of counts learns as one that has seen no more than so many: what really comes soon overrules it.
const MEMORY: u32 = 4;

/// Contexts in the order of their keys, which are the upper bits of their hashes.
#[derive(Debug, Default)]
pub struct Counts {
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
    /// log2 of the buckets that suit so many contexts: each has about one.
    pub fn bucket_bits(contexts: usize) -> u32 {
        (usize::BITS - contexts.leading_zeros()).max(6)
    }

    /// None so far, in 2^`bucket_bits` buckets; there will be about so many contexts and symbols.
    pub fn new(bucket_bits: u32, contexts: usize, symbols: usize) -> Self {
        Self {
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

    /// The bits of `hash` that a context is known by.
    pub fn key(&self, hash: u64) -> u64 {
        hash >> (64 - self.key_bits())
    }

    /// A key's bucket, and what is left of it.
    #[inline(always)]
    fn split(key: u64) -> (usize, u16) {
        ((key >> CHECK_BITS) as usize, key as u16 & ((1 << CHECK_BITS) - 1))
    }

    /// Adds a context with at least one symbol, whose key is above all before.
    pub fn push(&mut self, key: u64, symbols: &[Symbol]) {
        let (bucket, check) = Self::split(key);
        self.buckets.resize((bucket + 1).max(self.buckets.len()), self.contexts.len() as u32);
        self.contexts.push(Context { check, symbols: symbols.len() as u16, first: self.symbols.len() as u32 });
        self.symbols.extend_from_slice(symbols);
    }

    /// Ends the list: no more will be added.
    pub fn finish(&mut self) {
        self.buckets.resize((1 << self.bucket_bits) + 1, self.contexts.len() as u32);
    }

    /// Bytes of memory that it takes.
    pub fn memory(&self) -> usize {
        size_of_val(&self.buckets[..]) + size_of_val(&self.contexts[..]) + size_of_val(&self.symbols[..])
    }

    /// Bytes of memory that so many contexts and symbols take, in 2^`bucket_bits` buckets.
    pub fn memory_of(bucket_bits: u32, contexts: usize, symbols: usize) -> u64 {
        let part = |size: usize, number: u64| size as u64 * number;
        part(size_of::<u32>(), (1 << bucket_bits) + 1)
            + part(size_of::<Context>(), contexts as u64)
            + part(size_of::<Symbol>(), symbols as u64)
    }

    /// How many contexts are known.
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

    /// The row of a nibble of the context with these symbols, if it was seen.
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
        // What counting at the rate 1/(n + RATE_OFFSET) makes of it.
        let before = RATE_OFFSET - 1.0;
        let scale = 1.0 / (total as f32 + before);
        let p = F32x16(seen.map(|n| (n as f32 + before * (1.0 / LANES as f32)) * scale));
        let count = total.min(MEMORY) as u8;
        let run = if seen[last] == total { count } else { 0 };
        let seen_in_all = total.min(255) as u8;
        Some(Seed { p, seen: seen_in_all, count, run, last: last as u8, share: seen[last] * 256 / total })
    }
}
