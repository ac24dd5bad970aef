//! Bytes ↔ symbols of the range coder: the loop of prediction and coding, for both directions.
//!
//! Each byte is two nibbles, high then low. For each: predict 16 probabilities, make them integer
//! frequencies, code (or decode) the nibble by them, let the predictor learn from it. The encoder and the
//! decoder differ in that middle step alone.

use crate::{
    coder::{Decoder, Encoder, Frequencies},
    math::isa::{self, Isa, Kernel},
    model::Network,
};

/// Codes `bytes`, after all that `network` and `coder` have seen before.
pub fn encode(bytes: &[u8], network: &mut Network, coder: &mut Encoder, isa: Isa) {
    isa::run(isa, Encode { network, coder, bytes });
}

/// Decodes until `bytes` has `len` bytes, the inverse of [`encode`]; or until the coder has read beyond the end of its
/// input, after which it gives no content.
pub fn decode(bytes: &mut Vec<u8>, len: usize, network: &mut Network, coder: &mut Decoder, isa: Isa) {
    isa::run(isa, Decode { network, coder, bytes, len });
}

struct Encode<'a> {
    network: &'a mut Network,
    coder: &'a mut Encoder,
    bytes: &'a [u8],
}

impl Kernel for Encode<'_> {
    type Output = ();

    #[inline(always)]
    fn run(self) {
        for &byte in self.bytes {
            for nibble in [byte >> 4, byte & 15] {
                let frequencies = Frequencies::new(self.network.probabilities());
                self.coder.encode(&frequencies, nibble);
                self.network.update(nibble);
            }
        }
    }
}

struct Decode<'a, 'c> {
    network: &'a mut Network,
    coder: &'a mut Decoder<'c>,
    bytes: &'a mut Vec<u8>,
    len: usize,
}

impl Kernel for Decode<'_, '_> {
    type Output = ();

    #[inline(always)]
    fn run(self) {
        while self.bytes.len() < self.len && !self.coder.overrun() {
            let mut byte = 0;
            for _ in 0..2 {
                let frequencies = Frequencies::new(self.network.probabilities());
                let nibble = self.coder.decode(&frequencies);
                self.network.update(nibble);
                byte = byte << 4 | nibble;
            }
            self.bytes.push(byte);
        }
    }
}
