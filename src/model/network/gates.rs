//! The state of the network → the sets of the mixers' weights that are in use.
//!
//! The number of sets and the index of a set are declared in the same order of factors: an index is a number in mixed
//! radix, and the number of sets is the product of the radices.

use super::Network;
use crate::model::{
    experts::match_model::CONFIDENCES,
    features::strides::Kind,
    level::{HEADS, MIXERS},
    mix::{
        mixer::{Gates, Rates, Sets},
        stack::MixerStack,
    },
};

/// Steps of the share of contexts that have rows.
const HITS: usize = 8;
/// The nibbles of a byte.
const HALVES: usize = 2;

/// Sets of weights of each mixer: docs/EXPERIMENTS.md, "Rows, mixer and MLP".
const SETS: [Sets; MIXERS] = [
    Sets { state: Kind::COUNT * CONFIDENCES * HALVES, byte: 256 * HALVES, classes: 256 * HEADS },
    Sets { state: Kind::COUNT * HITS * HALVES, byte: 256 * HALVES, classes: 257 * HALVES },
];
/// Sets of weights of the second layer.
const FINAL_SETS: usize = Kind::COUNT * CONFIDENCES * HEADS;

/// The mixers for [`Network::gates`].
pub fn mixer_stack(mixers: usize, inputs: usize, first_weight: f32, rates: Rates) -> MixerStack {
    MixerStack::new(mixers, inputs, &SETS, FINAL_SETS, first_weight, rates)
}

impl Network {
    /// The second layer's set: kind of data, confidence of the match, head.
    #[inline(always)]
    pub(super) fn final_set(&self) -> usize {
        self.kind_and_confidence() * HEADS + self.head
    }

    /// The first layer's sets. Those of the first mixer are chosen by kind of data and confidence of the match, by the
    /// last byte, and by the last two classes; those of the second by kind and the share of contexts that have rows, by
    /// the byte before the last, and by the expected byte. All depend on the half of the byte, or on the head.
    #[inline(always)]
    pub(super) fn gates(&self) -> [Gates; MIXERS] {
        let half = usize::from(self.head > 0);
        let byte = |back: u32| usize::from((self.history.last8 >> (8 * back)) as u8);
        let seen: u32 = self.inputs.state[..self.contexts].iter().map(|&state| u32::from(state > 0)).sum();
        let hits = seen as usize * (HITS - 1) / self.contexts;
        [
            Gates {
                state: self.kind_and_confidence() * HALVES + half,
                byte: byte(0) * HALVES + half,
                classes: (self.history.classes as usize & 255) * HEADS + self.head,
            },
            Gates {
                state: (self.history.strides.kind.index() * HITS + hits) * HALVES + half,
                byte: byte(1) * HALVES + half,
                classes: self.match_model.expected_byte() * HALVES + half,
            },
        ]
    }

    #[inline(always)]
    fn kind_and_confidence(&self) -> usize {
        self.history.strides.kind.index() * CONFIDENCES + self.match_model.confidence()
    }
}
