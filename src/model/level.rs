//! Levels: how much network to spend on a byte. This table is part of the model's version.

use crate::math::LANES;

/// Heads of the MLP, and places in a byte: the high nibble's, then the low nibble's for each high one.
pub const HEADS: usize = 1 + LANES;
/// The contexts that need only what shallow histories compute: the first ones of either list.
pub const SHALLOW: usize = 12;
/// The most mixers of the first layer.
pub const MIXERS: usize = 2;

/// A level, 1 (fastest) to 9 (smallest results).
///
/// ```
/// use foretell::Level;
/// assert_eq!(Level::new(6), Some(Level::DEFAULT));
/// assert_eq!(Level::new(10), None);
/// assert!(Level::FASTEST < Level::BEST);
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Level(u8);

/// The sizes of a level's network.
#[derive(Clone, Copy, Debug)]
pub struct Params {
    /// Contexts that have rows: the first ones of [`contexts`](super::features::contexts).
    pub contexts: usize,
    /// log2 of the most rows, 64 bytes each.
    pub row_bits: u32,
    /// log2 of the most bytes that the match model looks back; its table has half as many slots, but at most 2^22.
    pub window_bits: u32,
    /// log2 of the most rows of the bias, 64 bytes each.
    pub bias_bits: u32,
    /// The mixers' first weight of each input: the more inputs, the smaller.
    pub first_weight: f32,
    /// The mixers' rate: the more inputs, the smaller.
    pub mixer_rate: f32,
    /// Mixers of the first layer; with more than one there is a second layer.
    pub mixers: usize,
    /// Selectors of the logistic stage; 0 if the level has none.
    pub selectors: usize,
    /// The MLP, if the level has one.
    pub mlp: Option<MlpParams>,
    /// The recurrent expert, if the level has one.
    pub recurrent: Option<RecurrentParams>,
}

/// The sizes of a level's recurrent expert.
#[derive(Clone, Copy, Debug)]
pub struct RecurrentParams {
    /// Cells over 16; even.
    pub height: usize,
    /// Whether it starts from trained weights.
    pub trained: bool,
}

/// The sizes of a level's MLP.
#[derive(Clone, Copy, Debug)]
pub struct MlpParams {
    /// Contexts that are embedded: the first ones of [`contexts`](super::features::contexts), at most as many as have
    /// rows.
    pub contexts: usize,
    /// Hidden features over 16.
    pub height: usize,
    /// log2 of the most embedding rows, 64 bytes each.
    pub row_bits: u32,
    /// The layers' learning rate at first: the more features share a step, the smaller.
    pub rate: f32,
    /// Whether the layers start from trained weights.
    pub trained: bool,
}

/// Rows for each byte of content: half as many as contexts, but at least this many. A byte of a real file touches fewer
/// new ones, and rows of little use give way: docs/EXPERIMENTS.md, "Fixed costs and speed of model 3".
const LEAST_ROWS_A_BYTE: usize = 5;

/// docs/EXPERIMENTS.md tried contexts, rows and mixers of levels 1 and 6 and the mixers' first weight and rate ("Rows,
/// mixer and MLP"), and the MLP's rates and heights ("Model 1"). Other numbers were not tried alone.
const LEVELS: [Params; 9] = [
    // 1: the fastest; transfers, machine logs, backups that have a window of time.
    Params {
        contexts: 5,
        row_bits: 19,
        window_bits: 22,
        bias_bits: 17,
        first_weight: 0.3,
        mixer_rate: 0.002,
        mixers: 1,
        selectors: 0,
        mlp: None,
        recurrent: None,
    },
    // 2: three contexts more, and room for twice as many rows.
    Params {
        contexts: 8,
        row_bits: 20,
        window_bits: 23,
        bias_bits: 17,
        first_weight: 0.25,
        mixer_rate: 0.0014,
        mixers: 1,
        selectors: 0,
        mlp: None,
        recurrent: None,
    },
    // 3: quick, and about as small as contexts alone get.
    Params {
        contexts: 12,
        row_bits: 21,
        window_bits: 24,
        bias_bits: 18,
        first_weight: 0.2,
        mixer_rate: 0.001,
        mixers: 1,
        selectors: 0,
        mlp: None,
        recurrent: None,
    },
    // 4: the logistic stage enters.
    Params {
        contexts: 12,
        row_bits: 21,
        window_bits: 24,
        bias_bits: 18,
        first_weight: 0.2,
        mixer_rate: 0.0014,
        mixers: 1,
        selectors: 3,
        mlp: None,
        recurrent: None,
    },
    // 5: the contexts that need more than shallow histories.
    Params {
        contexts: 16,
        row_bits: 21,
        window_bits: 25,
        bias_bits: 18,
        first_weight: 0.17,
        mixer_rate: 0.0012,
        mixers: 1,
        selectors: 4,
        mlp: None,
        recurrent: None,
    },
    // 6: the default, for every day.
    Params {
        contexts: 20,
        row_bits: 22,
        window_bits: 25,
        bias_bits: 19,
        first_weight: 0.14,
        mixer_rate: 0.001,
        mixers: 1,
        selectors: 4,
        mlp: None,
        recurrent: None,
    },
    // 7: all contexts and selectors; the MLP enters, a narrow one.
    Params {
        contexts: 32,
        row_bits: 23,
        window_bits: 25,
        bias_bits: 19,
        first_weight: 0.12,
        mixer_rate: 0.001,
        mixers: 1,
        selectors: 7,
        mlp: Some(MlpParams { contexts: 8, height: 2, row_bits: 21, rate: 0.003, trained: false }),
        recurrent: None,
    },
    // 8: a wider MLP, two layers of geometric mixers.
    Params {
        contexts: 32,
        row_bits: 23,
        window_bits: 25,
        bias_bits: 19,
        first_weight: 0.11,
        mixer_rate: 0.001,
        mixers: 2,
        selectors: 7,
        mlp: Some(MlpParams { contexts: 20, height: 6, row_bits: 22, rate: 0.0018, trained: false }),
        recurrent: None,
    },
    // 9: for archives, written once, read seldom: the recurrent expert enters.
    Params {
        contexts: 32,
        row_bits: 24,
        window_bits: 25,
        bias_bits: 19,
        first_weight: 0.11,
        mixer_rate: 0.001,
        mixers: 2,
        selectors: 7,
        mlp: Some(MlpParams { contexts: 24, height: 6, row_bits: 23, rate: 0.0017, trained: true }),
        recurrent: Some(RecurrentParams { height: 6, trained: true }),
    },
];

impl Level {
    /// The fastest level.
    pub const FASTEST: Self = Self(1);
    /// The level that is used unless another is asked for.
    pub const DEFAULT: Self = Self(6);
    /// The level that models for records are trained for, unless another is asked for: quick, because records are many.
    pub const RECORDS: Self = Self(3);
    /// The level with the smallest results.
    pub const BEST: Self = Self(9);

    /// The level with this number, if there is one.
    pub const fn new(level: u8) -> Option<Self> {
        match level {
            1..=9 => Some(Self(level)),
            _ => None,
        }
    }

    /// All levels, fastest first.
    pub fn all() -> impl Iterator<Item = Self> {
        (1..=9).map(Self)
    }

    /// The level's number, 1 to 9.
    pub const fn get(self) -> u8 {
        self.0
    }

    /// The most bytes of content in a block, unless another length is asked for: 16 MiB at levels 1 to 3, so that threads
    /// have work, and 32 MiB at the others, whose networks learn longer.
    pub const fn block_len(self) -> usize {
        if self.0 <= 3 { 1 << 24 } else { 1 << 25 }
    }

    /// Contexts that have rows.
    pub(crate) fn contexts(self) -> usize {
        self.params(0).contexts
    }

    /// The network's sizes for a block of `raw_len` bytes: short blocks get small tables.
    pub(crate) fn params(self, raw_len: usize) -> Params {
        let level = LEVELS[usize::from(self.0) - 1];
        #[cfg(feature = "lab")]
        let level = level.tuned(self.0);
        let bits = |rows: usize| bits_for(raw_len.saturating_mul(rows));
        Params {
            row_bits: bits((level.contexts / 2).max(LEAST_ROWS_A_BYTE)).clamp(8, level.row_bits),
            window_bits: bits(1).clamp(10, level.window_bits),
            bias_bits: bits(1).clamp(6, level.bias_bits),
            mlp: level.mlp.map(|mlp| MlpParams { row_bits: bits(mlp.contexts / 2).clamp(6, mlp.row_bits), ..mlp }),
            ..level
        }
    }
}

#[cfg(feature = "lab")]
impl Params {
    /// These, with the numbers of `level` that the laboratory has set.
    fn tuned(self, level: u8) -> Self {
        let number = |name: &str, number: f32| {
            let (least, most) = (f64::from(number) / 4.0, f64::from(number) * 4.0);
            super::tuned::value_of(&format!("level.{level}.{name}"), number, least, most)
        };
        Self {
            first_weight: number("first_weight", self.first_weight),
            mixer_rate: number("mixer_rate", self.mixer_rate),
            mlp: self.mlp.map(|mlp| MlpParams { rate: number("mlp.rate", mlp.rate), ..mlp }),
            ..self
        }
    }
}

/// log2 of the least power of two above `n`.
fn bits_for(n: usize) -> u32 {
    usize::BITS - n.leading_zeros()
}

impl Default for Level {
    fn default() -> Self {
        Self::DEFAULT
    }
}
