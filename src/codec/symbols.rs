//! Bytes ↔ symbols of the range coder: the loop of prediction and coding, for both directions.
//!
//! Each byte is two nibbles, high then low. For each: predict 16 probabilities, make them integer
//! frequencies, code (or decode) the nibble by them, let the predictor learn from it. The encoder and the
//! decoder differ in that middle step alone.

use crate::{
    coder::{Decoder, Encoder, Frequencies},
    math::isa::Isa,
    model::Network,
};

/// Codes `bytes`, after all that `network` and `coder` have seen before.
pub fn encode(bytes: &[u8], network: &mut Network, coder: &mut Encoder, isa: Isa) {
    for &byte in bytes {
        for nibble in [byte >> 4, byte & 15] {
            let frequencies = Frequencies::new(network.probabilities());
            coder.encode(&frequencies, nibble);
            network.update(isa, nibble);
        }
    }
}

/// Decodes until `bytes` has `len` bytes, the inverse of [`encode`]; or until the coder has read beyond the end of its
/// input, after which it gives no content.
pub fn decode(bytes: &mut Vec<u8>, len: usize, network: &mut Network, coder: &mut Decoder, isa: Isa) {
    while bytes.len() < len && !coder.overrun() {
        let mut byte = 0;
        for _ in 0..2 {
            let frequencies = Frequencies::new(network.probabilities());
            let nibble = coder.decode(&frequencies);
            network.update(isa, nibble);
            byte = byte << 4 | nibble;
        }
        bytes.push(byte);
    }
}
