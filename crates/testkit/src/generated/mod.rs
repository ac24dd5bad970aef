//! The generated part of the corpus: a seed becomes a file, the same bytes on every machine and at any time.
//!
//! Each kind of data has a module of its own, that imitates what makes the real thing compress as it does: events
//! that span lines, ids that recur, fields that depend on one another, a vocabulary with frequent and rare words.
//! Nothing but integers (and exact conversions of them) is used, so no rounding can differ.

mod catalogue;
mod clock;
mod genome;
mod orders;
mod program;
mod raster;
mod rng;
mod russian;
#[rustfmt::skip] // lists of words
mod russian_words;
mod sensors;
mod service;
mod sparse;
mod syslog;
mod telemetry;
mod words;

use rng::Rng;

/// One file of `corpus/generated`.
pub struct Generated {
    /// Its name.
    pub name: &'static str,
    seed: u64,
    /// Records are added until this many bytes are there; binary files have exactly this size.
    size: usize,
    generate: fn(&mut Rng, usize) -> Vec<u8>,
}

impl Generated {
    /// The bytes of the file.
    pub fn bytes(&self) -> Vec<u8> {
        (self.generate)(&mut Rng::new(self.seed), self.size)
    }
}

/// Every generated file.
#[rustfmt::skip] // a table
pub const FILES: &[Generated] = &[
    Generated { name: "catalogue.json", seed: 0x1002, size: 120_000, generate: catalogue::json },
    Generated { name: "genome.fa",      seed: 0x1003, size: 200_000, generate: genome::fasta },
    Generated { name: "orders.jsonl",   seed: 0x1004, size: 280_000, generate: orders::json_lines },
    Generated { name: "program.bin",    seed: 0x1005, size: 200_000, generate: program::image },
    Generated { name: "random.bin",     seed: 0x1006, size:  65_536, generate: random },
    Generated { name: "raster.pgm",     seed: 0x1007, size: 149_775, generate: raster::pgm },
    Generated { name: "russian.txt",    seed: 0x1008, size: 200_000, generate: russian::text },
    Generated { name: "sensors.csv",    seed: 0x1009, size: 200_000, generate: sensors::csv },
    Generated { name: "service.log",    seed: 0x100a, size: 260_000, generate: service::log },
    Generated { name: "sparse.bin",     seed: 0x100b, size: 163_840, generate: sparse::image },
    Generated { name: "syslog.log",     seed: 0x100c, size: 220_000, generate: syslog::log },
    Generated { name: "telemetry.bin",  seed: 0x100d, size: 180_000, generate: telemetry::records },
];

/// Bytes that no compressor can shrink.
fn random(rng: &mut Rng, size: usize) -> Vec<u8> {
    (0..size).map(|_| rng.next() as u8).collect()
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::FILES;
    use crate::{corpus, corpus_files};

    #[test]
    fn generators_give_the_committed_files_bit_for_bit() {
        let folder = corpus().join("generated");
        for file in FILES {
            let committed = fs::read(folder.join(file.name)).unwrap();
            assert!(file.bytes() == committed, "{} is not what its generator makes", file.name);
        }
        let committed = corpus_files().iter().filter(|path| path.starts_with(&folder)).count();
        assert_eq!(committed, FILES.len(), "corpus/generated holds a file that no generator makes");
    }
}
