//! Every file measured with every codec.

use super::{
    codec::Codec,
    curve::learning_curve,
    inputs::{self, Input},
    notes::Notes,
    peers,
    sample::Sample,
};
use foretell::{
    Level,
    unstable::{huffman::order0_entropy, may_start_from_prior},
};

/// What to measure on each file, beside its order-0 entropy and Huffman coding.
pub struct Plan<'a> {
    /// Levels of the neural codec.
    pub levels: &'a [Level],
    /// Whether to run the other compressors on PATH.
    pub peers: bool,
    /// Whether to follow the learning curves.
    pub curves: bool,
}

/// All that was measured in one run.
pub struct Survey {
    /// The codecs, in the order of [`Measured::samples`]: Huffman coding, the levels, the levels again without the
    /// built-in model, the other compressors.
    pub codecs: Vec<Codec>,
    /// The files that could be read.
    pub files: Vec<Measured>,
    /// Compressors that were asked for and are not on PATH.
    pub absent: Vec<&'static str>,
}

/// What was measured on one file, or on several together.
pub struct Measured {
    /// The name to show.
    pub name: String,
    /// Bytes of content.
    pub size: u64,
    /// Bits that an ideal code of single bytes needs for all of it.
    pub order0_bits: f64,
    /// For each codec; `None` where it failed.
    pub samples: Vec<Option<Sample>>,
    /// For each level: the bits of each window of the learning curve, or nothing if that failed. None at all in totals,
    /// or unless asked for.
    pub curves: Vec<Vec<f64>>,
}

impl Measured {
    /// What `bits` come to for each byte of content; nothing for an empty one.
    pub fn per_byte(&self, bits: f64) -> Option<f64> {
        (self.size > 0).then(|| bits / self.size as f64)
    }
}

/// Carries out `plan` on each file. Failures are reported and left out.
pub fn survey(inputs: &[Input], plan: &Plan, notes: &mut Notes) -> Survey {
    let mut codecs = vec![Codec::Huffman];
    codecs.extend(plan.levels.iter().copied().map(Codec::Neural));
    codecs.extend(plan.levels.iter().copied().map(Codec::NoPrior));
    let (found, absent) = if plan.peers { peers::find() } else { Default::default() };
    codecs.extend(found.into_iter().map(Codec::Peer));
    if !absent.is_empty() {
        notes.info(&format!("not found on PATH: {}", absent.join(", ")));
    }
    let mut files = Vec::new();
    for (i, input) in inputs.iter().enumerate() {
        let doing = format!("{} of {}: {}", i + 1, inputs.len(), input.name);
        match inputs::read(input) {
            Ok(content) => files.push(measure(input, &content, &codecs, plan.curves, &doing, notes)),
            Err(error) => notes.failure(&error),
        }
    }
    notes.clear();
    Survey { codecs, files, absent }
}

fn measure(
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
            notes.failure(&error.context(format!("{}: {}", inputs::printable(&input.path), codec.label())));
        };
        samples.push(match codec {
            // The same work as that of the codec before, and the same bytes.
            Codec::NoPrior(level) if !may_start_from_prior(content, *level) => neural(&samples, codecs, *level),
            _ => codec.measure(content).map_err(&mut report).ok(),
        });
        if let (Codec::Neural(level), true) = (codec, with_curves) {
            let curve = learning_curve(content, *level).map_err(|error| report(error.into()));
            curves.push(curve.unwrap_or_default());
        }
    }
    let order0_bits = if content.is_empty() { 0.0 } else { order0_entropy(content) * content.len() as f64 };
    Measured { name: input.name.clone(), size: content.len() as u64, order0_bits, samples, curves }
}

/// What the neural codec of `level` made of the file.
fn neural(samples: &[Option<Sample>], codecs: &[Codec], level: Level) -> Option<Sample> {
    let same = |codec: &Codec| matches!(codec, Codec::Neural(other) if *other == level);
    codecs.iter().zip(samples).find(|(codec, _)| same(codec)).and_then(|(_, sample)| *sample)
}

impl Survey {
    /// All files together. A codec that failed on one of them has no total, for it would compare with no other.
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

    /// How many per cent smaller than by Huffman coding `codec` made `file`.
    pub fn gain_over_huffman(&self, file: &Measured, codec: usize) -> Option<f64> {
        let huffman = file.samples[0]?.size as f64;
        Some(100.0 * (1.0 - file.samples[codec]?.size as f64 / huffman))
    }
}
