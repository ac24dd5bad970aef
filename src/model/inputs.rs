//! What experts say to the mixers: a vector of logits each, and what tells how far to trust it.

use crate::math::{F32x16, LANES};

/// The most rows in use at a time, and the most inputs of the mixer.
pub const MAX_INPUTS: usize = 32;
/// States that a row can be in, for those who weigh it: how much it has seen, and how settled it is.
pub const STATES: usize = 64;
/// The value of `last` that is none of the nibble's.
pub const NO_SYMBOL: u32 = LANES as u32;

/// One number for each input.
pub type Each = [u32; MAX_INPUTS];

/// What rows say to the mixer.
#[derive(Clone, Debug)]
pub struct Inputs {
    /// Log-probabilities, up to a shift. (inputs, 16)
    pub x: [F32x16; MAX_INPUTS],
    /// Which of [`STATES`] the input is in. (inputs)
    pub state: Each,
    /// The value seen last, or [`NO_SYMBOL`]. (inputs)
    pub last: Each,
}

impl Inputs {
    /// Nothing said.
    pub fn new() -> Self {
        Self { x: [F32x16::ZERO; MAX_INPUTS], state: [0; MAX_INPUTS], last: [NO_SYMBOL; MAX_INPUTS] }
    }
}
