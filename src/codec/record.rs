//! One record ↔ its coded bytes, with a network that starts again for each.

use super::symbols;
use crate::{
    Error, Level, Model, Result, Stop,
    coder::{Decoder, Encoder, Frequencies},
    math::{F32x16, LANES, environment::checked, isa::Isa},
    model::Network,
    parallel::memory::ensure,
};

/// A record is stored as one that is not with this probability: rare, so that it costs all others next to nothing.
const STORED: f32 = 1.0 / 65536.0;

/// How many bytes are coded between two looks whether to stop.
const LOOK_EVERY: usize = 4096;

/// Up to this length memory is not asked for before.
const SMALL: usize = 1 << 16;

/// The network of one compressor or decompressor.
#[derive(Debug)]
pub struct Codec {
    network: Network,
    level: Level,
    isa: Isa,
    /// The longest record that there was memory for.
    ensured: usize,
    /// Bytes of memory that the model takes.
    model: usize,
    /// Ends the work.
    pub stop: Stop,
}

impl Codec {
    /// # Errors
    /// Damaged weights in the model, or too little memory.
    pub fn new(model: &Model) -> Result<Self> {
        checked(|| {
            let mut network = Network::from(&model.start(model.level())?, 0)?;
            network.start_again(0)?;
            let (level, isa, stop) = (model.level(), Isa::detect(), Stop::default());
            Ok(Self { network, level, isa, ensured: SMALL, model: model.memory(), stop })
        })
    }

    /// Appends the coded bytes of `record` to `out`.
    ///
    /// # Errors
    /// Too little memory, or it is to stop.
    pub fn encode(&mut self, record: &[u8], out: &mut Vec<u8>) -> Result<()> {
        self.stop.check()?;
        self.ensure(record.len())?;
        checked(|| self.encode_here(record, out))
    }

    fn encode_here(&mut self, record: &[u8], out: &mut Vec<u8>) -> Result<()> {
        self.network.start_again(record.len())?;
        let mut coder = Encoder::new();
        coder.encode(&first(), 0);
        for chunk in record.chunks(LOOK_EVERY) {
            symbols::encode(chunk, &mut self.network, &mut coder, self.isa);
            self.stop.check()?;
        }
        // The interval's end is not known before, so this is as near as one comes before coding it.
        let coded = if coder.len() > record.len() + 1 { stored(record) } else { coder.finish() };
        out.extend(coded);
        Ok(())
    }

    /// The record of `len` bytes that `coded` stands for.
    ///
    /// # Errors
    /// Data that are damaged so that it shows, too little memory, or it is to stop.
    pub fn decode(&mut self, coded: &[u8], len: usize) -> Result<Vec<u8>> {
        self.stop.check()?;
        self.ensure(len)?;
        checked(|| self.decode_here(coded, len))
    }

    fn decode_here(&mut self, coded: &[u8], len: usize) -> Result<Vec<u8>> {
        let mut coder = Decoder::new(coded);
        let mut record = Vec::new();
        record.try_reserve_exact(len).map_err(|_| Error::no_memory(len as u64))?;
        if coder.decode(&first()) == 0 {
            self.network.start_again(len)?;
            while record.len() < len && !coder.overrun() {
                let until = len.min(record.len() + LOOK_EVERY);
                symbols::decode(&mut record, until, &mut self.network, &mut coder, self.isa);
                self.stop.check()?;
            }
        } else {
            let any = any();
            record.extend((0..len).map(|_| coder.decode(&any) << 4 | coder.decode(&any)));
        }
        if coder.overrun() || !coder.at_end() {
            return Err(Error::corrupt("a record does not end where its content does"));
        }
        Ok(record)
    }

    /// Makes sure that there is memory for the network's tables, where they may be larger than they were before.
    fn ensure(&mut self, len: usize) -> Result<()> {
        if len > self.ensured {
            ensure(self.memory(len))?;
            self.ensured = len;
        }
        Ok(())
    }

    /// Bytes of memory for a record of `len` bytes, its network and its coded bytes.
    fn memory(&self, len: usize) -> u64 {
        (self.level.memory(len) + 3 * len) as u64
    }

    /// Makes sure that decoding a record of `len` bytes takes no more memory than is `allowed`, with the model, and what
    /// is taken `beside`.
    ///
    /// # Errors
    /// [`ErrorKind::MemoryLimit`](crate::ErrorKind::MemoryLimit) if it takes more.
    pub fn check_memory(&self, len: usize, beside: usize, allowed: u64) -> Result<()> {
        let needed = self.memory(len).saturating_add(self.model as u64).saturating_add(beside as u64);
        if needed <= allowed { Ok(()) } else { Err(Error::memory_limit("decoding", needed, allowed)) }
    }
}

/// The bytes themselves, in as many and one or two more.
fn stored(record: &[u8]) -> Vec<u8> {
    let any = any();
    let mut coder = Encoder::new();
    coder.encode(&first(), 1);
    for &byte in record {
        coder.encode(&any, byte >> 4);
        coder.encode(&any, byte & 15);
    }
    coder.finish()
}

/// Zero, and one if the record is stored.
fn first() -> Frequencies {
    let mut p = F32x16::ZERO;
    (p.0[0], p.0[1]) = (1.0 - STORED, STORED);
    Frequencies::new(&p)
}

fn any() -> Frequencies {
    Frequencies::new(&F32x16::splat(1.0 / LANES as f32))
}
