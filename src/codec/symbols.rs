//! Bytes ↔ symbols of the range coder: the loop of prediction and coding, for both directions.
//!
//! Each byte is two nibbles, high then low. For each: predict 16 probabilities, make them integer
//! frequencies, code (or decode) the nibble by them, let the predictor learn from it. The encoder and the
//! decoder differ in that middle step alone.

use super::witness::Witness;
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

/// As [`encode`], before the eyes of a `witness`.
pub fn encode_seen(bytes: &[u8], network: &mut Network, coder: &mut Encoder, isa: Isa, witness: &mut Witness) {
    see(bytes, network, isa, witness, |frequencies, nibble| coder.encode(frequencies, nibble));
}

/// Has a `witness` see how `bytes` would be coded by `network`, which learns from them.
pub fn see(
    bytes: &[u8],
    network: &mut Network,
    isa: Isa,
    witness: &mut Witness,
    mut code: impl FnMut(&Frequencies, u8),
) {
    for &byte in bytes {
        witness.look(network, byte);
        let widths = [byte >> 4, byte & 15].map(|nibble| {
            let frequencies = Frequencies::new(network.probabilities());
            code(&frequencies, nibble);
            network.update(isa, nibble);
            frequencies.width(nibble)
        });
        witness.note(widths);
    }
}

/// As [`decode`], before the eyes of a `witness`, who cannot look ahead.
pub fn decode_seen(
    bytes: &mut Vec<u8>,
    len: usize,
    network: &mut Network,
    coder: &mut Decoder,
    isa: Isa,
    witness: &mut Witness,
) {
    while bytes.len() < len && !coder.overrun() {
        let mut byte = 0;
        let widths = [(); 2].map(|()| {
            let frequencies = Frequencies::new(network.probabilities());
            let nibble = coder.decode(&frequencies);
            network.update(isa, nibble);
            byte = byte << 4 | nibble;
            frequencies.width(nibble)
        });
        bytes.push(byte);
        witness.note(widths);
    }
}
