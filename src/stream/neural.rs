//! Predictor and range coder at work on one block: the whole loop that the crate exists for.
//!
//! Each byte is two nibbles, high then low. For each: predict 16 probabilities, make them integer
//! frequencies, code (or decode) the nibble by them, let the predictor learn from it. The encoder and the
//! decoder differ in that middle step alone.

use crate::{
    Error, Result,
    coder::{Decoder, Encoder, Frequencies},
    math::isa::{self, Isa, Kernel},
    model::{Level, Network},
};

/// How many bytes are coded between two reports of progress.
const REPORT_EVERY: usize = 4096;

/// Codes `raw` by a predictor that knows nothing at first. `report` hears of progress as
/// (raw bytes, coded bytes) since it was last called.
///
/// # Errors
/// Only if the system does not have the memory for the model.
pub fn encode(raw: &[u8], level: Level, isa: Isa, report: &mut dyn FnMut(usize, usize)) -> Result<Vec<u8>> {
    let mut network = Network::new(level, raw.len())?;
    let mut coder = Encoder::new();
    for chunk in raw.chunks(REPORT_EVERY) {
        let before = coder.len();
        isa::run(isa, EncodeChunk { network: &mut network, coder: &mut coder, chunk });
        report(chunk.len(), coder.len() - before);
    }
    Ok(coder.finish())
}

struct EncodeChunk<'a> {
    network: &'a mut Network,
    coder: &'a mut Encoder,
    chunk: &'a [u8],
}

impl Kernel for EncodeChunk<'_> {
    type Output = ();

    #[inline(always)]
    fn run(self) {
        for &byte in self.chunk {
            for nibble in [byte >> 4, byte & 15] {
                let frequencies = Frequencies::new(self.network.predict());
                self.coder.encode(&frequencies, nibble);
                self.network.update(nibble);
            }
        }
    }
}

/// Decodes `raw_len` bytes, the inverse of [`encode`].
///
/// # Errors
/// Corrupt if `coded` ends before the content does, as damaged data mostly do; or no memory for the model.
pub fn decode(
    coded: &[u8],
    raw_len: usize,
    level: Level,
    isa: Isa,
    report: &mut dyn FnMut(usize, usize),
) -> Result<Vec<u8>> {
    let mut network = Network::new(level, raw_len)?;
    let mut coder = Decoder::new(coded);
    let mut raw = Vec::new();
    while raw.len() < raw_len {
        let before = (raw.len(), coder.consumed());
        let until = raw_len.min(raw.len() + REPORT_EVERY);
        isa::run(isa, DecodeChunk { network: &mut network, coder: &mut coder, raw: &mut raw, until });
        if coder.overrun() {
            return Err(Error::corrupt("a neural block ends before its content does"));
        }
        report(raw.len() - before.0, coder.consumed() - before.1);
    }
    if !coder.at_end() {
        return Err(Error::corrupt("a neural block does not end where its content does"));
    }
    Ok(raw)
}

struct DecodeChunk<'a, 'c> {
    network: &'a mut Network,
    coder: &'a mut Decoder<'c>,
    raw: &'a mut Vec<u8>,
    until: usize,
}

impl Kernel for DecodeChunk<'_, '_> {
    type Output = ();

    #[inline(always)]
    fn run(self) {
        while self.raw.len() < self.until {
            let mut byte = 0;
            for _ in 0..2 {
                let frequencies = Frequencies::new(self.network.predict());
                let nibble = self.coder.decode(&frequencies);
                self.network.update(nibble);
                byte = byte << 4 | nibble;
            }
            self.raw.push(byte);
        }
    }
}

#[cfg(test)]
mod tests {
    use std::{fs, path::PathBuf, thread};

    use super::*;
    use crate::{corpus::corpus_files, math::isa::Isa};

    /// Bytes of each file of the corpus that every instruction set codes: few enough for every test run.
    const CORPUS_CUT: usize = 1 << 15;

    /// Content with words, numbers, columns, binary records, zeros and noise: every part of the model gets work.
    fn mixed_content() -> Vec<u8> {
        let mut content = Vec::new();
        let mut state = 1u32;
        for i in 0..600u32 {
            state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            content
                .extend(format!("{:04} item {} costs {}\n", i, ["ab", "Cd", "eé"][i as usize % 3], state % 97).bytes());
            content.extend((i * 3).to_le_bytes());
            content.extend([0; 5]);
            content.push((state >> 24) as u8);
        }
        content
    }

    fn code(content: &[u8], level: Level, isa: Isa) -> Vec<u8> {
        encode(content, level, isa, &mut |_, _| {}).unwrap()
    }

    #[test]
    fn every_instruction_set_codes_the_same_bytes() {
        let content = mixed_content();
        for level in [1, 6, 9].map(|n| Level::new(n).unwrap()) {
            let baseline = code(&content, level, Isa::Baseline);
            for isa in Isa::available() {
                assert!(code(&content, level, isa) == baseline, "{isa:?} at {level:?}");
                let back = decode(&baseline, content.len(), level, isa, &mut |_, _| {});
                assert!(back.unwrap() == content, "{isa:?} at {level:?}");
            }
        }
    }

    /// All files of the corpus, cut short, on each instruction set in a thread of its own.
    #[test]
    fn every_instruction_set_codes_the_corpus_to_the_same_bytes() {
        let levels = [1, 3, 6, 9].map(|n| Level::new(n).unwrap());
        let files = corpus_files();
        let jobs: Vec<_> = files.iter().flat_map(|path| levels.map(|level| (path, level))).collect();
        let code_job = |&(path, level): &(&PathBuf, Level), isa| {
            let content = fs::read(path).unwrap();
            code(&content[..content.len().min(CORPUS_CUT)], level, isa)
        };
        let code_all = |isa| jobs.iter().map(|job| code_job(job, isa)).collect::<Vec<_>>();
        thread::scope(|scope| {
            let start = |isa| (isa, scope.spawn(move || code_all(isa)));
            let others: Vec<_> = Isa::available().into_iter().filter(|&isa| isa != Isa::Baseline).map(start).collect();
            let baseline = code_all(Isa::Baseline);
            for (isa, thread) in others {
                for ((job, coded), expected) in jobs.iter().zip(thread.join().unwrap()).zip(&baseline) {
                    assert!(coded == *expected, "{isa:?} at {job:?}");
                }
            }
        });
    }

    /// The model's version is these bytes. A change here is a new version: see docs/FORMAT.md.
    #[test]
    fn the_models_bits_are_those_of_its_version() {
        assert_eq!(crate::model::VERSION, 1);
        let digests = Level::all().map(|level| crc32fast::hash(&code(&mixed_content(), level, Isa::detect())));
        let digests: Vec<_> = digests.map(|digest| format!("{digest:08x}")).collect();
        let expected = [
            "a67dfa5d", "c038ab47", "6320f906", "0e2e710a", "f999860e", "177add44", "5d4212d1", "659161b7", "73f8947e",
        ];
        assert_eq!(digests, expected);
    }

    #[test]
    fn progress_adds_up() {
        let content = mixed_content();
        let (mut raw, mut coded) = (0, 0);
        let bytes = encode(&content, Level::FASTEST, Isa::detect(), &mut |r, c| (raw, coded) = (raw + r, coded + c));
        assert_eq!(raw, content.len());
        assert!(coded <= bytes.unwrap().len());
    }

    #[test]
    fn coded_bytes_that_run_out_are_an_error() {
        let content = mixed_content();
        let coded = code(&content, Level::FASTEST, Isa::detect());
        let error = decode(&coded[..coded.len() / 2], content.len(), Level::FASTEST, Isa::detect(), &mut |_, _| {});
        assert_eq!(error.unwrap_err().kind(), crate::ErrorKind::Corrupt);
    }
}
