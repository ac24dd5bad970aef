//! Contexts → rows of 16 probabilities, learnt by counting: sparse inputs that know something after one observation.
//!
//! For each context and nibble there is a row: one cache line with the probabilities of the nibble's values there, how
//! often it was seen, which value came last and how often in a row. Learning is SGD on the row's own cross-entropy with
//! a rate that falls as 1/n, which is counting, down to a floor, which forgets. The logarithms of the probabilities are
//! the inputs of the mixer (geometric mixing: Mattern 2012; PAQ: Mahoney 2005).
//!
//! A row of zeros is a row that has seen nothing, so a table is zeroed memory and costs nothing until it is touched.
//!
//! The loops over the sixteen values load, compute and store whole vectors, with nothing kept between them in narrower
//! pieces: a wide load that waits for narrow stores stalls until all that came before has retired.

#![allow(clippy::needless_range_loop)] // plain index loops are what compilers vectorise best

use crate::model::{
    inputs::{Each, Inputs, MAX_INPUTS},
    table::{Table, prefetch},
};
use crate::{
    Result,
    math::{F32x16, LANES, one_hot},
};

/// Probabilities are kept in units of 2^-23.
const ONE: f32 = 8_388_608.0;
const MASK: u32 = 0x7f_ffff;
/// 1/16, which is stored as zero.
const UNIFORM: u32 = 1 << 19;
/// Probabilities are taken for at least 10^-5.
const LEAST: f32 = 84.0;
/// A row that saw n values so far learns at the rate 1/(n + this).
pub(crate) const RATE_OFFSET: f32 = 2.5;
/// The rate's floor is 1/this in the first contexts, which are seen often (just what the count goes to), and in the
/// others.
const MEMORY: [f32; 2] = [257.5, 121.0];
/// log2 of the rows in a page.
const PAGE_BITS: u32 = 6;
/// How many contexts are the first.
const OFTEN: usize = 2;

/// One cache line.
#[derive(Clone, Copy, Debug)]
#[repr(C, align(64))]
struct Row {
    /// The probabilities less 1/16, modulo 1: bits 8 to 22, and 0 to 7.
    high: [u16; LANES],
    low: [u8; LANES],
    /// Low bits of the hash: whose row this is.
    check: u16,
    /// How often it was seen, up to 255.
    count: u8,
    /// How often in a row `last` came, up to 255.
    run: u8,
    last: u8,
    state: u8,
    unused: [u8; 10],
}

// SAFETY: integers alone, of which any bits are values; their sizes add up to that of the row, so there is no gap.
unsafe impl bytemuck::Zeroable for Row {}
// SAFETY: as above.
unsafe impl bytemuck::Pod for Row {}
const _: () = assert!(size_of::<Row>() == 2 * LANES + LANES + 2 + 1 + 1 + 1 + 1 + 10);

/// What a row would say that saw what followed its context in the samples.
#[derive(Debug)]
pub struct Seed {
    /// Probabilities.
    pub p: F32x16,
    /// How much it has seen.
    pub seen: u8,
    /// How much of that is to count, when it learns.
    pub count: u8,
    /// How often in a row `last` came.
    pub run: u8,
    /// The most frequent value.
    pub last: u8,
    /// Its share, over 256.
    pub share: u32,
}

/// The table and the rows in use.
#[derive(Debug)]
pub struct Rows {
    table: Table<Row>,
    /// (2, 256): by how often a context is seen, and how often the row was.
    rates: [[f32; 256]; 2],
    /// The bits of a hash that say where in its page a row is, and all below.
    page_mask: u64,
    /// Nothing and everything, for what is own and what is not: looked up, lest a compiler make a branch of it.
    masks: [u32; 2],
    contexts: usize,
    places: Each,
    checks: [u16; MAX_INPUTS],
    /// Count, run and last value.
    seen: [[u8; 3]; MAX_INPUTS],
    /// (contexts, 16), in units.
    p: [F32x16; MAX_INPUTS],
}

impl Rows {
    /// 2^`bits` rows that have seen nothing, for so many contexts.
    ///
    /// # Errors
    /// As [`Table::new`].
    pub fn new(bits: u32, contexts: usize) -> Result<Self> {
        let rate = |memory: f32, n: usize| {
            let rate = 1.0 / (n as f32 + RATE_OFFSET);
            if rate > 1.0 / memory { rate } else { 1.0 / memory }
        };
        Ok(Self {
            table: Table::new(bits)?,
            rates: MEMORY.map(|memory| std::array::from_fn(|n| rate(memory, n))),
            page_mask: page_mask(bits),
            masks: [0, u32::MAX],
            contexts,
            places: [0; MAX_INPUTS],
            checks: [0; MAX_INPUTS],
            seen: [[0; 3]; MAX_INPUTS],
            p: [F32x16::ZERO; MAX_INPUTS],
        })
    }

    /// Makes 2^`bits` rows that have seen nothing.
    ///
    /// # Errors
    /// As [`Table::new`].
    pub fn restart(&mut self, bits: u32) -> Result<()> {
        self.page_mask = page_mask(bits);
        self.table.restart(bits)
    }

    /// `hash`, moved to the page that `byte_hash` is in: the nibbles of a byte share a page, and so its address is
    /// translated once.
    #[inline(always)]
    pub fn same_page(&self, byte_hash: u64, hash: u64) -> u64 {
        hash & self.page_mask | byte_hash & !self.page_mask
    }

    /// Has the rows of `hashes` brought near while other work is done.
    #[inline(always)]
    pub fn prefetch(&self, hashes: &[u64]) {
        let rows = self.table.rows();
        for &hash in hashes {
            let place = self.table.place(hash) & !1;
            prefetch(&rows[place]);
            prefetch(&rows[place + 1]);
        }
    }

    /// Finds the rows of `hashes` and gives what they say. A row may be in two places; where neither is its own, it
    /// takes the one that has seen less, once it learns.
    #[inline(always)]
    pub fn select(&mut self, hashes: &[u64], inputs: &mut Inputs) {
        let rows = self.table.rows();
        for (k, &hash) in hashes.iter().enumerate().take(MAX_INPUTS) {
            let place = self.table.place(hash) & !1;
            let check = hash as u16;
            let pair = &rows[place..place + 2];
            let (first, second) = (pair[0].check == check, pair[1].check == check);
            let way = !first & (second | (pair[1].count <= pair[0].count));
            let row = &pair[usize::from(way)];
            // Whether the row is the context's own is hard to foresee, so no branch hangs on it.
            let own = self.masks[usize::from(first | second)];
            let (p, x) = (&mut self.p[k].0, &mut inputs.x[k].0);
            for i in 0..LANES {
                let stored = (u32::from(row.high[i]) << 8 | u32::from(row.low[i])) & own;
                let q = (stored.wrapping_add(UNIFORM) & MASK) as i32 as f32;
                p[i] = q;
                x[i] = log(q);
            }
            self.places[k] = (place + usize::from(way)) as u32;
            self.checks[k] = check;
            let own = own as u8;
            self.seen[k] = [row.count & own, row.run & own, row.last & own];
            inputs.state[k] = u32::from(row.state & own);
            inputs.last[k] = u32::from(row.last & own);
        }
    }

    /// Where no row is the context's own, takes what is `known` of it.
    #[inline(always)]
    pub fn seed(&mut self, k: usize, known: &Seed, inputs: &mut Inputs) {
        self.p[k] = known.p * ONE;
        inputs.x[k] = self.p[k].map(log);
        self.seen[k] = [known.count, known.run, known.last];
        inputs.state[k] = u32::from(seeded_state(known));
        inputs.last[k] = u32::from(known.last);
    }

    /// Whether input `k` has a row of its own.
    #[inline(always)]
    pub fn is_new(&self, k: usize) -> bool {
        self.seen[k][0] == 0
    }

    /// Moves the probabilities of the rows in use towards `symbol`, and writes them back.
    #[inline(always)]
    pub fn learn(&mut self, symbol: usize) {
        let hot = one_hot(symbol as u32 & 15, 1.0).0;
        let symbol = (symbol & 15) as u32;
        let rows = self.table.rows_mut();
        for k in 0..self.contexts.min(MAX_INPUTS) {
            let [count, run, last] = self.seen[k];
            let rate = self.rates[usize::from(k >= OFTEN)][usize::from(count)];
            let (keep, add) = (1.0 - rate, rate * ONE);
            let row = &mut rows[self.places[k] as usize];
            let p = &self.p[k].0;
            for i in 0..LANES {
                let q = to_int(p[i] * keep + add * hot[i]).wrapping_sub(UNIFORM) & MASK;
                row.high[i] = (q >> 8) as u16;
                row.low[i] = q as u8;
            }
            let count = count.saturating_add(1);
            let run = if u32::from(last) == symbol { run.saturating_add(1) } else { 1 };
            row.check = self.checks[k];
            row.count = count;
            row.run = run;
            row.last = symbol as u8;
            row.state = state(count, run);
        }
    }
}

/// The bits of a hash that say where in its page a row is, and all below, where there are 2^`bits` rows.
fn page_mask(bits: u32) -> u64 {
    u64::MAX >> bits.saturating_sub(PAGE_BITS)
}

/// The state of a row that was seen `count` times, the last `run` of them with the same value.
#[inline(always)]
fn state(count: u8, run: u8) -> u8 {
    let determinism = if run > 5 { 5 } else { run };
    let determinism = if 2 * u32::from(run) >= u32::from(count) { 6 } else { determinism };
    let determinism = if run >= count { 7 } else { determinism };
    SEEN[usize::from(count)] * 8 + determinism
}

/// The state of a row that was recalled.
#[inline(always)]
fn seeded_state(known: &Seed) -> u8 {
    let edges = [256, 250, 230, 192, 128, 85, 51];
    let determinism = edges.iter().position(|&edge| known.share >= edge).map_or(0, |place| 7 - place as u8);
    SEEN[usize::from(known.seen)] * 8 + determinism
}

/// How much a row has seen, in eight steps: 0, 1, 2, 3, 4–7, 8–15, 16–31, more.
const SEEN: [u8; 256] = {
    let mut table = [0; 256];
    let mut n = 0;
    while n < 256 {
        table[n] = match n {
            0..4 => n as u8,
            4..32 => n.ilog2() as u8 + 2,
            _ => 7,
        };
        n += 1;
    }
    table
};

/// `x` to the nearest integer, for 0 ≤ x ≤ 2^23, which becomes 0 again: from 2^23 on, a mantissa counts in ones.
#[inline(always)]
fn to_int(x: f32) -> u32 {
    (x + ONE).to_bits() & MASK
}

/// The natural logarithm of a probability in units, to 0.001: the exponent and a parabola's worth of mantissa. Inputs
/// of the mixer need no more.
#[inline(always)]
fn log(p: f32) -> f32 {
    const EXPONENT_OF_ONE: i32 = (127 + 23) << 23;
    let p = if p > LEAST { p } else { LEAST };
    let bits = p.to_bits();
    let m = f32::from_bits(bits & 0x007f_ffff | 0x3f80_0000) - 1.0;
    let line = (bits as i32 - EXPONENT_OF_ONE) as f32 * (std::f32::consts::LN_2 / 8_388_608.0);
    line + m * (1.0 - m) * (0.293 - m * 0.11)
}

#[cfg(test)]
mod tests;
