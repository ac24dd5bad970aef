//! One record ↔ its coded bytes, with a network that starts again for each.

use super::{memory, symbols};
use crate::{
    Error, Level, Model, Result, Stop,
    coder::{Decoder, Encoder, Frequencies},
    error::room_for,
    math::{F32x16, LANES, environment::checked, isa::Isa},
    model::Network,
    parallel::memory::ensure,
};

/// The probability of a stored record, for the symbol before each record that says so: rare, so that the symbol costs
/// all others next to nothing.
const STORED: f32 = 1.0 / 65536.0;

/// Bytes that are coded between two checks of the stop.
const LOOK_EVERY: usize = 4096;

/// Records up to this length are coded without a promise of memory.
const SMALL: usize = 1 << 16;

/// The network of one compressor or decompressor.
#[derive(Debug)]
pub struct Codec {
    network: Network,
    level: Level,
    isa: Isa,
    /// The longest record that memory was promised for.
    ensured: usize,
    /// Bytes of memory that the model takes.
    model: usize,
    /// Ends the work when it is asked for.
    pub stop: Stop,
}

impl Codec {
    /// A codec of records that start from `model`.
    ///
    /// # Errors
    /// Damaged weights in the model, or too little memory.
    pub fn new(model: &Model) -> Result<Self> {
        checked(|| {
            let mut network = Network::from(&model.start(model.level())?, 0)?;
            network.reset(0)?;
            let (level, isa, stop) = (model.level(), Isa::detect(), Stop::default());
            Ok(Self { network, level, isa, ensured: SMALL, model: model.memory(), stop })
        })
    }

    /// Appends the coded bytes of `record` to `out`.
    ///
    /// # Errors
    /// Too little memory, or the stop was asked for.
    pub fn encode(&mut self, record: &[u8], out: &mut Vec<u8>) -> Result<()> {
        self.stop.check()?;
        self.ensure(record.len())?;
        checked(|| self.encode_here(record, out))
    }

    fn encode_here(&mut self, record: &[u8], out: &mut Vec<u8>) -> Result<()> {
        self.network.reset(record.len())?;
        let mut coder = Encoder::new();
        coder.encode(&first(), 0);
        for chunk in record.chunks(LOOK_EVERY) {
            symbols::encode(chunk, &mut self.network, &mut coder, self.isa);
            self.stop.check()?;
        }
        // Before the coder ends, this is as near as its length is known.
        let coded = if coder.len() > record.len() + 1 { stored(record) } else { coder.finish() };
        out.extend(coded);
        Ok(())
    }

    /// Decodes the record of `len` bytes, the inverse of [`encode`](Self::encode).
    ///
    /// # Errors
    /// Damage, as far as it can be detected; too little memory; or the stop was asked for.
    pub fn decode(&mut self, coded: &[u8], len: usize) -> Result<Vec<u8>> {
        self.stop.check()?;
        self.ensure(len)?;
        checked(|| self.decode_here(coded, len))
    }

    fn decode_here(&mut self, coded: &[u8], len: usize) -> Result<Vec<u8>> {
        let mut coder = Decoder::new(coded);
        let mut record = room_for(len)?;
        let is_stored = coder.decode(&first()) != 0;
        if !is_stored {
            self.network.reset(len)?;
        }
        while record.len() < len && !coder.overrun() {
            let until = len.min(record.len() + LOOK_EVERY);
            if is_stored {
                let any = any();
                record.extend((record.len()..until).map(|_| coder.decode(&any) << 4 | coder.decode(&any)));
            } else {
                symbols::decode(&mut record, until, &mut self.network, &mut coder, self.isa);
            }
            self.stop.check()?;
        }
        if coder.overrun() || !coder.at_end() {
            return Err(Error::corrupt("a record does not end where its content does"));
        }
        Ok(record)
    }

    /// Makes sure that there is memory for the network's tables, if they may grow.
    fn ensure(&mut self, len: usize) -> Result<()> {
        if len > self.ensured {
            ensure(self.memory(len))?;
            self.ensured = len;
        }
        Ok(())
    }

    /// Bytes of memory for a record of `len` bytes, its network, what that returns to, and its coded bytes.
    fn memory(&self, len: usize) -> u64 {
        (self.level.memory(len) + self.level.memory(0) + 3 * len) as u64
    }

    /// Makes sure that decoding a record of `len` bytes takes no more memory than is `allowed`, with the model, and
    /// `beside` bytes that are taken already.
    ///
    /// # Errors
    /// [`ErrorKind::MemoryLimit`](crate::ErrorKind::MemoryLimit) if it takes more.
    pub fn check_memory(&self, len: usize, beside: usize, allowed: u64) -> Result<()> {
        let needed = self.memory(len).saturating_add(self.model as u64).saturating_add(beside as u64);
        memory::check("decoding", needed, allowed)
    }
}

/// The record as it is: one or two bytes longer than it.
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

/// The frequencies of the first symbol: 0, or 1 if the record is stored.
fn first() -> Frequencies {
    let mut p = F32x16::ZERO;
    (p.0[0], p.0[1]) = (1.0 - STORED, STORED);
    Frequencies::new(&p)
}

/// The frequencies of the nibbles of a stored record.
fn any() -> Frequencies {
    Frequencies::new(&F32x16::splat(1.0 / LANES as f32))
}
