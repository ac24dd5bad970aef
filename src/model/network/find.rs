//! The next byte's contexts and the rows of the next nibble: found, fetched and, where new, filled from the prior.

use super::{Network, Shape, UNASKED};
use crate::model::{
    features::{contexts, hash::hash_of_nibble},
    mix::bias::BiasRows,
};

impl Network {
    /// Computes the hashes of the next byte's contexts.
    #[inline(always)]
    pub(super) fn find_contexts(&mut self, shape: Shape) {
        contexts::compute(&self.history, &self.match_model.expected(), &mut self.byte_hashes[..shape.contexts]);
        if let Some(index) = self.left_out {
            self.byte_hashes[index] = 0;
        }
        if let Some(mlp) = self.mlp.as_ref().filter(|_| !shape.plain) {
            mlp.prefetch(&self.byte_hashes);
        }
        if self.prior.is_some() {
            self.known[..shape.contexts].fill(UNASKED);
        }
    }

    /// Prefetches the rows of the next nibble, and gives the hashes of the bias's.
    #[inline(always)]
    pub(super) fn prefetch(&mut self, shape: Shape, head: usize) -> BiasRows {
        for (hash, byte_hash) in self.hashes.iter_mut().zip(&self.byte_hashes).take(shape.contexts) {
            *hash = if shape.plain {
                self.rows.near(*byte_hash, head)
            } else {
                self.rows.same_page(*byte_hash, hash_of_nibble(*byte_hash, head))
            };
        }
        self.rows.prefetch(&self.hashes[..shape.contexts]);
        self.bias.prefetch(head, self.history.last8, shape.sees_match.then(|| self.match_model.expectation()))
    }

    /// Computes the MLP's features of the next byte.
    #[inline(always)]
    pub(super) fn begin_byte(&mut self) {
        if let Some(mlp) = &mut self.mlp {
            mlp.begin_byte(&self.byte_hashes);
        }
        if let Some(recurrent) = &mut self.recurrent {
            recurrent.begin_byte(self.history.last8 as u8);
        }
    }

    /// Fills rows that have seen nothing from the prior, if there is one.
    #[inline(always)]
    pub(super) fn seed_new_rows(&mut self, shape: Shape) {
        let Some(prior) = &self.prior else { return };
        let asked = shape.contexts.min(prior.counts.counted);
        for (k, span) in self.known[..asked].iter_mut().enumerate() {
            // The prior costs a cache miss a context, and most contexts have rows of their own: EXPERIMENTS.md,
            // "Trained models".
            if !self.rows.is_new(k) {
                continue;
            }
            if *span == UNASKED {
                *span = prior.counts.find(self.byte_hashes[k]);
            }
            if let Some(seed) = prior.counts.seed(*span, self.head) {
                self.rows.seed(k, &seed, &mut self.inputs);
            }
        }
    }
}
