//! A way to compress, and its measurement on one file.

use std::{hint::black_box, time::Instant};

use anyhow::{Context, ensure};

use super::{peers::Peer, sample::Sample};
use foretell::{DecodeOptions, EncodeOptions, Level, Method};

/// A way to compress.
pub enum Codec {
    /// Huffman coding, in this crate's container.
    Huffman,
    /// The neural network, at a level.
    Neural(Level),
    /// The neural network without the built-in prior.
    NoPrior(Level),
    /// Another program.
    Peer(Peer),
}

impl Codec {
    /// Its name in JSON and CSV.
    pub fn name(&self) -> &'static str {
        match self {
            Self::Huffman => "huffman",
            Self::Neural(_) => "neural",
            Self::NoPrior(_) => "no-prior",
            Self::Peer(peer) => peer.spec.program,
        }
    }

    /// Its settings as options of a command line.
    pub fn settings(&self) -> String {
        match self {
            Self::Huffman => String::new(),
            Self::Neural(level) => format!("-{}", level.get()),
            Self::NoPrior(level) => format!("-{} --no-prior", level.get()),
            Self::Peer(peer) => peer.spec.settings.to_owned(),
        }
    }

    /// Its usual name: with at most one setting.
    pub fn label(&self) -> String {
        match self {
            Self::Huffman => "Huffman".to_owned(),
            Self::Neural(level) => format!("neural -{}", level.get()),
            Self::NoPrior(level) => format!("no-prior -{}", level.get()),
            Self::Peer(peer) => peer.spec.label.to_owned(),
        }
    }

    /// Compresses `content`, decompresses that, and compares.
    ///
    /// # Errors
    /// A program or codec that failed, or a round trip that gave other bytes.
    pub fn measure(&self, content: &[u8]) -> anyhow::Result<Sample> {
        warm_up(content.len());
        let options = match self {
            Self::Huffman => EncodeOptions::new().method(Method::Huffman),
            Self::Neural(level) => EncodeOptions::new().method(Method::Neural).level(*level),
            Self::NoPrior(level) => EncodeOptions::new().method(Method::Neural).level(*level).built_in_prior(false),
            Self::Peer(peer) => return peer.measure(content),
        };
        let start = Instant::now();
        let coded = foretell::compress(content, &options).context("compression")?;
        let compress = start.elapsed();
        let start = Instant::now();
        let restored = foretell::decompress_with(&coded, &DecodeOptions::new().output_limit(content.len() as u64))
            .context("decompression")?;
        let decompress = start.elapsed();
        ensure!(restored == content, "the round trip gave other bytes");
        Ok(Sample { size: coded.len() as u64, compress, decompress })
    }
}

/// Has the system find as much memory as codecs take for content of `len` bytes, and gives it back. A virtual machine
/// gets memory that it has not used for a while from its host. That takes time, which must not count for the first
/// codec.
fn warm_up(len: usize) {
    const PAGE: usize = 1 << 12;
    let mut memory = vec![0u8; len.saturating_mul(1 << 12).min(1 << 30)];
    memory.iter_mut().step_by(PAGE).for_each(|byte| *byte = 1);
    black_box(&memory);
}
