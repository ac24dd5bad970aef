//! The state of the network → the sets of the mixers' weights that are in use.
//!
//! The number of sets and the index of a set are declared in the same order of factors: an index is a number in mixed
//! radix, and the number of sets is the product of the radices.

use super::{Network, Shape};
use crate::model::{
    experts::match_model::CONFIDENCES,
    features::strides::Kind,
    level::{HEADS, MIXERS},
    mix::{
        logistic::{Choice, SELECTORS, Sizes},
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

/// Steps of the share of contexts that have rows, for the logistic stage.
const FINE_HITS: usize = 16;
/// Steps of how sure the MLP is.
const SURE: usize = 8;
/// Sets of the logistic stage.
pub const SIZES: Sizes = Sizes {
    sets: [
        HEADS,
        256 * HALVES,
        256 * HALVES,
        256 * HALVES,
        SURE * CONFIDENCES * HALVES,
        257 * HALVES,
        Kind::COUNT * FINE_HITS * HALVES,
    ],
    finals: [CONFIDENCES * HALVES, 256 * HALVES],
};

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
    pub(super) fn gates(&self, shape: Shape) -> [Gates; MIXERS] {
        let half = usize::from(self.head > 0);
        let first = Gates {
            state: self.kind_and_confidence() * HALVES + half,
            byte: self.byte(0) * HALVES + half,
            classes: (self.history.classes as usize & 255) * HEADS + self.head,
        };
        if shape.plain || !self.mixer_stack.is_deep() {
            return [first, Gates::default()];
        }
        let hits = self.hits(HITS);
        [
            first,
            Gates {
                state: (self.history.strides.kind.index() * HITS + hits) * HALVES + half,
                byte: self.byte(1) * HALVES + half,
                classes: self.match_model.expected_byte() * HALVES + half,
            },
        ]
    }

    /// The sets of the logistic stage, the most valuable selector first: by head; by the byte before the last; by the last
    /// two classes; by the last byte; by how sure the MLP and the match are; by the expected byte; by kind and the share of
    /// contexts that have rows. All but the first depend on the half of the byte.
    #[inline(always)]
    pub(super) fn choice(&self) -> Choice {
        let half = usize::from(self.head > 0);
        let confidence = self.match_model.confidence();
        let all = self.logistic.as_ref().is_some_and(|logistic| logistic.selectors() == SELECTORS);
        let hits = if all { self.hits(FINE_HITS) } else { 0 };
        let sure = self.mlp.as_ref().map_or(0, |mlp| mlp.state() as usize);
        let sets = [
            self.byte(1),
            self.history.classes as usize & 255,
            self.byte(0),
            sure * CONFIDENCES + confidence,
            self.match_model.expected_byte(),
            self.history.strides.kind.index() * FINE_HITS + hits,
        ]
        .map(|set| set * HALVES + half);
        let [before, classes, last, sure, expected, hits] = sets;
        Choice {
            sets: [self.head, before, classes, last, sure, expected, hits],
            finals: [confidence * HALVES + half, last],
        }
    }

    /// The byte `back` before the last one.
    #[inline(always)]
    fn byte(&self, back: u32) -> usize {
        usize::from((self.history.last8 >> (8 * back)) as u8)
    }

    /// The share of contexts that have rows, in so many steps.
    #[inline(always)]
    fn hits(&self, steps: usize) -> usize {
        let seen: u32 = self.inputs.state[..self.shape.contexts].iter().map(|&state| u32::from(state > 0)).sum();
        seen as usize * (steps - 1) / self.shape.contexts
    }

    #[inline(always)]
    fn kind_and_confidence(&self) -> usize {
        self.history.strides.kind.index() * CONFIDENCES + self.match_model.confidence()
    }
}
