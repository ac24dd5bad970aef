//! What experts give to the mixers: a vector of logits each, and what says how far to trust it.

use crate::math::{F32x16, LANES};

/// The most inputs of the mixers, and so the most rows in use at a time.
pub const MAX_INPUTS: usize = 40;
/// States of an input, which choose its weight. Of a row: how much it has seen, and its determinism.
pub const STATES: usize = 64;
/// The value of `last` that stands for no value.
pub const NO_SYMBOL: u32 = LANES as u32;

/// One number for each input.
pub type Each = [u32; MAX_INPUTS];

/// One vector and two numbers for each input.
#[derive(Clone, Debug)]
pub struct Inputs {
    /// Log-probabilities, up to a shift. (inputs, 16)
    pub x: [F32x16; MAX_INPUTS],
    /// The probabilities, in units of 2^-23. (inputs, 16)
    pub p: [F32x16; MAX_INPUTS],
    /// The input's state, below [`STATES`]. (inputs)
    pub state: Each,
    /// The value that the input saw last, or [`NO_SYMBOL`]. (inputs)
    pub last: Each,
}

impl Inputs {
    /// Inputs that say nothing.
    pub fn new() -> Self {
        Self {
            x: [F32x16::ZERO; MAX_INPUTS],
            p: [F32x16::ZERO; MAX_INPUTS],
            state: [0; MAX_INPUTS],
            last: [NO_SYMBOL; MAX_INPUTS],
        }
    }
}
