//! Samples and a start → how many bits they cost, and what mixers learn from them.

use crate::{
    Result,
    math::isa::{self, Isa, Kernel},
    model::{Network, prior::Start},
};

/// What samples cost, each coded alone.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Loss {
    /// Bytes of all samples.
    pub bytes: u64,
    /// Bits that code them: the sum of −log2 p.
    pub bits: f64,
}

impl Loss {
    /// Bits per byte.
    pub fn per_byte(&self) -> f64 {
        if self.bytes == 0 { 0.0 } else { self.bits / self.bytes as f64 }
    }

    fn add(&mut self, network: &mut Network, sample: &[u8]) {
        self.bits += isa::run(Isa::detect(), Cost { network, sample });
        self.bytes += sample.len() as u64;
    }
}

struct Cost<'a> {
    network: &'a mut Network,
    sample: &'a [u8],
}

impl Kernel for Cost<'_> {
    type Output = f64;

    #[inline(always)]
    fn run(self) -> f64 {
        let mut bits = 0.0;
        for &byte in self.sample {
            for nibble in [byte >> 4, byte & 15] {
                bits -= f64::from(self.network.predict().0[usize::from(nibble)]).log2();
                self.network.update(nibble);
            }
        }
        bits
    }
}

/// What `samples` cost a network that starts from `start`, each time anew.
///
/// # Errors
/// If the system does not have the memory.
pub fn evaluate(start: &Start, samples: &[&[u8]]) -> Result<Loss> {
    let mut network = Network::from(start, 0)?;
    let mut loss = Loss::default();
    for sample in samples {
        network.start_again(sample.len())?;
        loss.add(&mut network, sample);
    }
    Ok(loss)
}

/// As [`evaluate`], but from sample to sample mixers and matches go on learning from `weights`, after `time` nibbles.
///
/// # Errors
/// If the system does not have the memory.
pub fn learn(start: &Start, samples: &[&[u8]], weights: &mut Vec<f32>, time: &mut f32) -> Result<Loss> {
    let mut network = Network::from(start, 0)?;
    network.set_weights(weights);
    network.set_time(*time);
    let mut loss = Loss::default();
    for sample in samples {
        network.restart(sample.len())?;
        loss.add(&mut network, sample);
    }
    *time += 2.0 * loss.bytes as f32;
    weights.clear();
    network.weights().for_each(|piece| weights.extend_from_slice(piece));
    Ok(loss)
}
