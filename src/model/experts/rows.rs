//! Contexts → rows of 16 probabilities, learnt by counting: inputs that know something after one observation.
//!
//! For each context and head there is a row: one cache line with the probabilities of the nibble's values, how often
//! the row was seen, its last value and the length of the run of that value. Learning is SGD on the row's own
//! cross-entropy with a rate that falls as 1/n, which is counting, down to a floor, which forgets. The logarithms of
//! the probabilities are inputs of the mixer (geometric mixing: Mattern 2012; PAQ: Mahoney 2005).
//!
//! A row of zeros is a row that has seen nothing, so a table is zeroed memory and costs nothing until it is touched.
//!
//! The loops over the sixteen values load, compute and store whole vectors and keep nothing between them in narrower
//! pieces: a wide load after narrow stores to the same bytes waits until these have left the store buffer.

#![allow(clippy::needless_range_loop)] // plain index loops are what compilers vectorise best

mod tag;

use tag::{Tag, seen};

use crate::model::{
    inputs::{Each, Inputs, MAX_INPUTS},
    table::{Table, prefetch},
    tuned::tuned,
};
use crate::{
    Result,
    math::{F32x16, LANES, one_hot, round},
};

/// Probability 1, in the units of inputs. Probabilities are stored in units of 2^-23: docs/EXPERIMENTS.md, "Rows, mixer and MLP".
pub const ONE: f32 = 8_388_608.0;
/// The bits of a stored probability.
const MASK: u32 = 0x7f_ffff;
/// Probability 1/16, which is stored as zero.
const UNIFORM: u32 = 1 << 19;
tuned! {
    /// The least probability that inputs are made of, 10^-5. Not tried alone.
    pub(crate) LEAST: f32 = 84.0, in 8.0..=4000.0;
    /// A row that saw n values so far learns at the rate 1/(n + this). Not tried alone.
    pub(crate) RATE_OFFSET: f32 = 2.5, in 1.1..=6.0;
    /// The rate's floor is 1/this for the first [`OFTEN`] contexts: docs/EXPERIMENTS.md, "Rows, mixer and MLP". It is
    /// the largest count, 255, with [`RATE_OFFSET`].
    MEMORY_OFTEN: f32 = 257.5, in 20.0..=257.5;
    /// The same for the other contexts.
    MEMORY: f32 = 121.0, in 20.0..=257.5;
}
/// Contexts that are seen often: the first ones of either list.
const OFTEN: usize = 2;
/// log2 of the rows in a page of 4 KiB: docs/EXPERIMENTS.md, "Speed of model 2".
const PAGE_BITS: u32 = 6;

/// What one context was seen with: one cache line. A row of zeros is valid and has seen nothing.
#[derive(Clone, Copy, Debug)]
#[repr(C, align(64))]
struct Row {
    /// Bits 8 to 22 of the probabilities less 1/16, modulo 1.
    high: [u16; LANES],
    /// Bits 0 to 7 of the same.
    low: [u8; LANES],
    /// Whose row it is, and how it came to be.
    tag: Tag,
    unused: u64,
}

// SAFETY: all fields are integers or made of one, for which all bits are valid; their sizes add up to that of the row, so there is no
// padding.
unsafe impl bytemuck::Zeroable for Row {}
// SAFETY: as above.
unsafe impl bytemuck::Pod for Row {}
const _: () = assert!(size_of::<Row>() == 2 * LANES + LANES + 8 + 8);

/// The content of a row that saw what followed its context in the prior's samples.
#[derive(Debug)]
pub struct Seed {
    /// Probabilities. (16)
    pub p: F32x16,
    /// How many observations were counted, up to 255.
    pub seen: u8,
    /// The count that the row learns with: at most `seen`.
    pub count: u8,
    /// `count` if only `last` was seen, else 0.
    pub run: u8,
    /// The most frequent value.
    pub last: u8,
    /// The share of `last`, times 256.
    pub share: u32,
}

/// The table and the rows in use.
#[derive(Clone, Debug)]
pub struct Rows {
    table: Table<Row>,
    /// Learning rates by count: first of the contexts seen often, then of the others. (2, 256)
    rates: [[f32; 256]; 2],
    /// Hash bits that select the row within its page, and all lower bits.
    page_mask: u64,
    /// Masks 0 and !0, indexed by "hit": a table, so that compilers keep the choice free of branches.
    masks: [u64; 2],
    /// Where the rows in use are in the table; `learn` writes there. (contexts)
    indexes: Each,
    /// The numbers of the rows in use; of a new row, they are zeros but for the owner. (contexts)
    tags: [Tag; MAX_INPUTS],
}

impl Rows {
    /// 2^`bits` rows that have seen nothing.
    ///
    /// # Errors
    /// As [`Table::new`].
    pub fn new(bits: u32) -> Result<Self> {
        let rate = |memory: f32, n: usize| {
            let rate = 1.0 / (n as f32 + RATE_OFFSET.get());
            if rate > 1.0 / memory { rate } else { 1.0 / memory }
        };
        Ok(Self {
            table: Table::new(bits)?,
            rates: [MEMORY_OFTEN.get(), MEMORY.get()].map(|memory| std::array::from_fn(|n| rate(memory, n))),
            page_mask: page_mask(bits),
            masks: [0, u64::MAX],
            indexes: [0; MAX_INPUTS],
            tags: [Tag::default(); MAX_INPUTS],
        })
    }

    /// Makes the table 2^`bits` rows that have seen nothing.
    ///
    /// # Errors
    /// As [`Table::new`].
    pub fn restart(&mut self, bits: u32) -> Result<()> {
        self.page_mask = page_mask(bits);
        self.table.restart(bits)
    }

    /// `hash`, moved to the page of `byte_hash`. One address translation then serves both
    /// nibbles of a byte.
    #[inline(always)]
    pub fn same_page(&self, byte_hash: u64, hash: u64) -> u64 {
        hash & self.page_mask | byte_hash & !self.page_mask
    }

    /// The hash of the rows of `head` near those of `byte_hash`: each head has a pair of its own in the page.
    #[inline(always)]
    pub fn near(&self, byte_hash: u64, head: usize) -> u64 {
        byte_hash ^ (2 * head as u64) << self.table.shift()
    }

    /// Prefetches the rows of `hashes`: both of each pair, as either may be the context's.
    #[inline(always)]
    pub fn prefetch(&self, hashes: &[u64]) {
        let rows = self.table.rows();
        for &hash in hashes {
            let index = self.table.index(hash) & !1;
            prefetch(&rows[index]);
            prefetch(&rows[index + 1]);
        }
    }

    /// Selects the rows of `hashes`, and writes their inputs. A context may own either row of a pair. If it owns none,
    /// it is predicted as by a new row, and takes over the row of the pair that has seen less when it learns.
    #[inline(always)]
    pub fn select(&mut self, hashes: &[u64], inputs: &mut Inputs) {
        let rows = self.table.rows();
        for (k, &hash) in hashes.iter().enumerate().take(MAX_INPUTS) {
            let index = self.table.index(hash) & !1;
            let check = hash as u16;
            let pair = &rows[index..index + 2];
            let tags = [pair[0].tag, pair[1].tag];
            let (first, second) = (tags[0].check() == check, tags[1].check() == check);
            let way = !first & (second | (tags[1].count() <= tags[0].count()));
            let row = &pair[usize::from(way)];
            // A hit is hard to foresee, so a mask and not a branch selects between the row and a new one.
            let hit = self.masks[usize::from(first | second)];
            let (p, x) = (&mut inputs.p[k].0, &mut inputs.x[k].0);
            for i in 0..LANES {
                let stored = (u32::from(row.high[i]) << 8 | u32::from(row.low[i])) & hit as u32;
                let q = (stored.wrapping_add(UNIFORM) & MASK) as i32 as f32;
                p[i] = q;
                x[i] = log(q);
            }
            self.indexes[k] = (index + usize::from(way)) as u32;
            self.tags[k] = row.tag.of(check, hit);
        }
        for (k, tag) in self.tags.iter().enumerate().take(hashes.len()) {
            inputs.state[k] = tag.state() as u32;
            inputs.last[k] = tag.last() as u32;
        }
    }

    /// Makes the new row in use for context `k` one that has seen what `seed` has.
    #[inline(always)]
    pub fn seed(&mut self, k: usize, seed: &Seed, inputs: &mut Inputs) {
        inputs.p[k] = seed.p * ONE;
        inputs.x[k] = inputs.p[k].map(log);
        let (count, run, last) = (seed.count.into(), seed.run.into(), seed.last.into());
        let tag = Tag::new(self.tags[k].check(), count, run, last, seeded_state(seed));
        (self.tags[k], inputs.state[k], inputs.last[k]) = (tag, tag.state() as u32, tag.last() as u32);
    }

    /// Whether context `k` has no row yet.
    #[inline(always)]
    pub fn is_new(&self, k: usize) -> bool {
        self.tags[k].count() == 0
    }

    /// Moves the probabilities of the `n` rows in use towards `symbol`, and writes them back. `inputs` are those that
    /// [`select`](Self::select) wrote.
    #[inline(always)]
    pub fn learn(&mut self, n: usize, inputs: &Inputs, symbol: usize) {
        let symbol = symbol & 15;
        let hot = one_hot(symbol as u32, ONE).0;
        let rows = self.table.rows_mut();
        for k in 0..n.min(MAX_INPUTS) {
            let rate = self.rates[usize::from(k >= OFTEN)][self.tags[k].count() as usize];
            let keep = 1.0 - rate;
            let row = &mut rows[self.indexes[k] as usize];
            let p = &inputs.p[k].0;
            for i in 0..LANES {
                let q = round(p[i] * keep + rate * hot[i]).wrapping_sub(UNIFORM) & MASK;
                row.high[i] = (q >> 8) as u16;
                row.low[i] = q as u8;
            }
            row.tag = self.tags[k].after(symbol as u64);
        }
    }
}

/// Hash bits that select the row within its page, and all lower bits, in a table of 2^`bits` rows.
fn page_mask(bits: u32) -> u64 {
    u64::MAX >> bits.saturating_sub(PAGE_BITS)
}

/// The state of a row that was seeded: its determinism is the share of its most frequent value, in steps.
#[inline(always)]
fn seeded_state(seed: &Seed) -> u64 {
    let edges = [256, 250, 230, 192, 128, 85, 51];
    let determinism = edges.iter().position(|&edge| seed.share >= edge).map_or(0, |place| 7 - place as u64);
    seen(seed.seen.into()) * 8 + determinism
}

/// The natural logarithm of a probability in units, to 0.001. Inputs of the mixer need no more.
#[inline(always)]
fn log(p: f32) -> f32 {
    const EXPONENT_OF_ONE: i32 = (127 + 23) << 23;
    let least = LEAST.get();
    let p = if p > least { p } else { least };
    log_above(EXPONENT_OF_ONE, p)
}

/// ln p less that of the number whose bits are `zero`, for p positive and normal, to 0.001: the bit pattern is a line
/// through the powers of two, and a cubic corrects it between them.
#[inline(always)]
pub fn log_above(zero: i32, p: f32) -> f32 {
    let bits = p.to_bits();
    let m = f32::from_bits(bits & 0x007f_ffff | 0x3f80_0000) - 1.0;
    let line = (bits as i32 - zero) as f32 * (std::f32::consts::LN_2 / 8_388_608.0);
    line + m * (1.0 - m) * (0.293 - m * 0.11)
}

#[cfg(test)]
mod tests;
