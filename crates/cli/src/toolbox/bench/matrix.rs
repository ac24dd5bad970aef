//! Every file measured with every codec.

use super::{codec::Codec, curve::learning_curve, peers, sample::Sample};
use crate::{
    common::report::one_line,
    toolbox::{
        inputs::{self, Input},
        notes::Notes,
    },
};
use foretell::{Level, unstable::huffman::order0_entropy};

/// What to measure on each file, besides its order-0 entropy and Huffman coding.
pub struct Request<'a> {
    /// Levels of the neural codec.
    pub levels: &'a [Level],
    /// Whether to run the other compressors on PATH.
    pub peers: bool,
    /// Whether to follow the learning curves.
    pub curves: bool,
}

/// All measurements of one run.
pub struct Matrix {
    /// The codecs, in the order of [`Measured::samples`]: Huffman coding, the levels, the levels again without the
    /// built-in prior, the other compressors.
    pub codecs: Vec<Codec>,
    /// The files that could be read.
    pub files: Vec<Measured>,
    /// Compressors that were asked for and are not on PATH.
    pub absent: Vec<&'static str>,
}

/// The measurements on one file, or on several together.
pub struct Measured {
    /// The name to show.
    pub name: String,
    /// Bytes of content.
    pub size: u64,
    /// Bits that an ideal code of single bytes needs for all of it.
    pub order0_bits: f64,
    /// For each codec; `None` where it failed.
    pub samples: Vec<Option<Sample>>,
    /// For each level the bits of each window of the learning curve, empty if that failed. Empty in totals, and unless
    /// asked for.
    pub curves: Vec<Vec<f64>>,
}

impl Measured {
    /// `bits` per byte of content; `None` for an empty one.
    pub fn per_byte(&self, bits: f64) -> Option<f64> {
        (self.size > 0).then(|| bits / self.size as f64)
    }
}

/// Carries out `request` on each file. Failures are reported and left out.
pub fn measure(inputs: &[Input], request: &Request, notes: &mut Notes) -> Matrix {
    let mut codecs = vec![Codec::Huffman];
    codecs.extend(request.levels.iter().copied().map(Codec::Neural));
    codecs.extend(request.levels.iter().copied().map(Codec::NoPrior));
    let (found, absent) = if request.peers { peers::find() } else { Default::default() };
    codecs.extend(found.into_iter().map(Codec::Peer));
    if !absent.is_empty() {
        notes.info(&format!("not found on PATH: {}", absent.join(", ")));
    }
    let mut files = Vec::new();
    for (i, input) in inputs.iter().enumerate() {
        let doing = format!("{} of {}: {}", i + 1, inputs.len(), input.name);
        match inputs::read(input) {
            Ok(content) => files.push(measure_file(input, &content, &codecs, request.curves, &doing, notes)),
            Err(error) => notes.failure(&error),
        }
    }
    notes.clear();
    Matrix { codecs, files, absent }
}

fn measure_file(
    input: &Input,
    content: &[u8],
    codecs: &[Codec],
    with_curves: bool,
    doing: &str,
    notes: &mut Notes,
) -> Measured {
    let mut samples: Vec<Option<Sample>> = Vec::new();
    let mut curves = Vec::new();
    for codec in codecs {
        notes.doing(&format!("{doing}: {}", codec.label()));
        let mut report = |error: anyhow::Error| {
            notes.failure(&error.context(format!("{}: {}", one_line(input.path.display()), codec.label())));
        };
        samples.push(codec.measure(content).map_err(&mut report).ok());
        if let (Codec::Neural(level), true) = (codec, with_curves) {
            let curve = learning_curve(content, *level).map_err(|error| report(error.into()));
            curves.push(curve.unwrap_or_default());
        }
    }
    let order0_bits = if content.is_empty() { 0.0 } else { order0_entropy(content) * content.len() as f64 };
    Measured { name: input.name.clone(), size: content.len() as u64, order0_bits, samples, curves }
}

impl Matrix {
    /// All files together. A codec that failed on one of them has no total, as it would compare with no other.
    pub fn total(&self) -> Measured {
        let files = || self.files.iter();
        Measured {
            name: "total".to_owned(),
            size: files().map(|file| file.size).sum(),
            order0_bits: files().map(|file| file.order0_bits).sum(),
            samples: (0..self.codecs.len()).map(|i| files().map(|file| file.samples[i]).sum()).collect(),
            curves: Vec::new(),
        }
    }

    /// How many per cent smaller `codec` made `file` than Huffman coding did.
    pub fn gain_over_huffman(&self, file: &Measured, codec: usize) -> Option<f64> {
        let huffman = file.samples[0]?.size as f64;
        Some(100.0 * (1.0 - file.samples[codec]?.size as f64 / huffman))
    }
}
