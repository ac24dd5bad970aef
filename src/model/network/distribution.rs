//! The network → the probabilities of whole bytes, for those who ask; coding needs nibbles alone.

use super::Network;
use crate::math::LANES;

impl Network {
    /// The probabilities of the two nibbles of `byte`, at its start. Changes no later prediction.
    pub(crate) fn probabilities_of(&mut self, byte: u8) -> [f32; 2] {
        let [high, low] = [byte >> 4, byte & 15].map(usize::from);
        let match_only = self.match_only;
        let p_high = self.p.0[high];
        self.turn_to(1 + high, match_only);
        let p_low = self.p.0[low];
        self.turn_to(0, match_only);
        [p_high, p_low]
    }

    /// The probabilities of the next byte's values; in the middle of a byte, those of bytes with its high nibble.
    /// Predicts after each high nibble in turn, and then again at the start of the byte.
    ///
    /// While a long match alone predicts, bytes with another high nibble than the expected one share their
    /// probability alike: the other components are asked only once such a high nibble is coded.
    pub fn byte_distribution(&mut self) -> [f32; 256] {
        let mut out = [0.0; 256];
        if let Some(high) = self.head.checked_sub(1) {
            out[high * LANES..][..LANES].copy_from_slice(&self.p.0);
            return out;
        }
        let (match_only, p) = (self.match_only, self.p);
        for (high, out) in out.chunks_exact_mut(LANES).enumerate() {
            self.turn_to(1 + high, match_only);
            out.copy_from_slice(&(self.p * p.0[high]).0);
        }
        self.turn_to(0, match_only);
        out
    }

    /// Predicts a nibble of the next byte.
    pub(super) fn turn_to(&mut self, head: usize, match_only: bool) {
        if match_only {
            self.predict_match_only(head);
        } else {
            let bias_rows = self.prefetch(self.shape, head);
            self.predict_once(head, bias_rows);
        }
    }
}
