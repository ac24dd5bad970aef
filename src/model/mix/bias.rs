//! Last bytes → logits that are added after the mixer: what the mixer still gets wrong after these one, two or three
//! bytes. Each row of logits learns by SGD, like direct connections from n-grams to outputs (Mahoney 2000, *Fast text
//! compression with neural networks*; Mikolov et al. 2011). PAQ has its final SSE stage at this place. On levels that
//! have no other use of it, the rows are chosen by what the match expects, too.

use crate::model::{
    features::hash::hash,
    table::{Table, prefetch},
};
use crate::{Result, math::F32x16};

/// How many rows are added: by the last one, two and three bytes.
const ORDERS: usize = 3;
/// How many are added where the bias sees the match: by what it expects, alone and with the same bytes.
const MATCHED: usize = 1 + ORDERS;
/// The hashes of the rows to add; without a match that it sees, the last one is not used.
pub type BiasRows = [u64; MATCHED];

/// The rows of logits.
#[derive(Clone, Debug)]
pub struct Bias {
    /// (2^bits, 16)
    table: Table<F32x16>,
    /// The hashes of the rows that `forward` added last.
    hashes: BiasRows,
    rate: f32,
}

impl Bias {
    /// 2^`bits` rows of zeros.
    ///
    /// # Errors
    /// As [`Table::new`].
    pub fn new(bits: u32, rate: f32) -> Result<Self> {
        Ok(Self { table: Table::new(bits)?, hashes: [0; MATCHED], rate })
    }

    /// Zeroes all rows, and makes them 2^`bits`.
    ///
    /// # Errors
    /// As [`Table::new`].
    pub fn restart(&mut self, bits: u32) -> Result<()> {
        self.table.restart(bits)
    }

    /// The hashes of the rows of `head` after the bytes `last8`; if the bias is to see the match, with what this expects,
    /// below 2^24. Prefetches these rows.
    #[inline(always)]
    pub fn prefetch(&self, head: usize, last8: u64, expected: Option<u64>) -> BiasRows {
        let of = |n: u64, mask: u64| match expected {
            Some(expected) => hash((last8 & mask) << 32 | expected << 8 | head as u64, n),
            None => hash((last8 & mask) << 8 | head as u64, n),
        };
        let hashes = [of(1, 0xff), of(2, 0xffff), of(3, 0xff_ffff), of(4, 0)];
        hashes[..rows(expected.is_some())].iter().for_each(|&hash| prefetch(self.table.row(hash)));
        hashes
    }

    /// The sum of the rows of `hashes`. (16)
    #[inline(always)]
    pub fn forward(&mut self, hashes: BiasRows, sees_match: bool) -> F32x16 {
        self.hashes = hashes;
        let row = |n: usize| *self.table.row(hashes[n]);
        let sum = row(0) + row(1) + row(2);
        if sees_match { sum + row(3) } else { sum }
    }

    /// One step along `delta`, the gradient at the logits, of each row that `forward` added. (16)
    #[inline(always)]
    pub fn learn(&mut self, delta: F32x16, sees_match: bool) {
        let step = delta * self.rate;
        for &hash in &self.hashes[..rows(sees_match)] {
            let row = self.table.row_mut(hash);
            *row = *row + step;
        }
    }
}

/// How many rows are added.
#[inline(always)]
const fn rows(sees_match: bool) -> usize {
    if sees_match { MATCHED } else { ORDERS }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        math::{error, softmax},
        model::rng::Rng,
    };

    const RATE: f32 = 0.04;

    /// A bias of random logits that sees the match, and the hashes of its rows after some bytes.
    fn any() -> (Bias, BiasRows) {
        let mut bias = Bias::new(10, RATE).unwrap();
        let len = bias.table.rows().len();
        bias.table.rows_mut().copy_from_slice(&Rng::new().vectors(len, 2.0));
        let hashes = bias.prefetch(3, 0x61_6263, Some(0x1e64));
        (bias, hashes)
    }

    /// ln p(coded) in f64, if the sum's logit `i` were larger by `more`.
    fn log_probability(bias: &Bias, hashes: BiasRows, coded: usize, i: usize, more: f64) -> f64 {
        let sum = |lane| hashes.iter().map(|&hash| f64::from(bias.table.row(hash).0[lane])).sum::<f64>();
        let mut logits: [f64; 16] = std::array::from_fn(sum);
        logits[i] += more;
        logits[coded] - logits.iter().map(|logit| logit.exp()).sum::<f64>().ln()
    }

    #[test]
    fn steps_go_up_the_gradient_of_the_log_probability() {
        let (mut bias, hashes) = any();
        let before = any().0;
        let coded = 5;
        let p = softmax(bias.forward(hashes, true));
        let exact = log_probability(&before, hashes, coded, 0, 0.0);
        assert!((f64::from(p.0[coded]).ln() - exact).abs() < 1e-4, "logits are the sum of the rows");
        bias.learn(error(&p, coded), true);
        for (hash, i) in hashes.into_iter().flat_map(|hash| (0..16).map(move |i| (hash, i))) {
            let at = |more| log_probability(&before, hashes, coded, i, more);
            let slope = (at(1e-5) - at(-1e-5)) / 2e-5;
            let step = f64::from(bias.table.row(hash).0[i] - before.table.row(hash).0[i]) / f64::from(RATE);
            assert!((step - slope).abs() < 1e-4, "{step} {slope}");
        }
        let changed = bias.table.rows().iter().zip(before.table.rows()).filter(|(now, before)| now != before);
        assert_eq!(changed.count(), MATCHED);
    }

    #[test]
    fn each_order_sees_its_bytes_and_the_head() {
        let bias = Bias::new(10, RATE).unwrap();
        for expected in [None, Some(0x1e64)] {
            let hashes = bias.prefetch(3, 0x6162_6364, expected);
            assert_eq!(bias.prefetch(3, 0x7762_6364, expected), hashes);
            for (last8, same) in [(0x6177_6364, 2), (0x6162_7764, 1), (0x6162_6377, 0)] {
                let others = bias.prefetch(3, last8, expected);
                assert!((0..ORDERS).all(|n| (others[n] == hashes[n]) == (n < same)), "{last8:x}");
                assert_eq!(others[ORDERS], hashes[ORDERS]);
            }
            for (head, expected) in [(4, expected), (3, Some(0x1e63))] {
                let others = bias.prefetch(head, 0x6162_6364, expected);
                assert!(others.iter().zip(&hashes).all(|(other, hash)| other != hash));
            }
        }
    }
}
