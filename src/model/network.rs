//! The parts wired together; every wire is a line here.

use super::{
    contexts,
    dense::{Dense, Pass},
    direct::{Direct, ORDERS},
    embedding::Embedding,
    heads::Heads,
    history::History,
    level::{Level, direct_bits},
    rng::Rng,
};
use crate::{
    Result,
    math::{F32x16, LANES, softmax},
};

/// The learning rate falls as 1/√(1 + t/RATE_TIME) down to `RATE_END` of what it was at first.
const RATE_TIME: f32 = 10_000.0;
const RATE_END: f32 = 0.12;
/// A byte foreseen better than this, (1 − p) of its nibbles added up, teaches the layers below the heads nothing worth
/// the time.
const FORESEEN: f32 = 0.004;

/// The network and where it is in a byte. Its hot functions are inlined into loops that are compiled for each
/// instruction set; [`Predictor`](super::Predictor) is the form for single calls.
#[derive(Debug)]
pub struct Network {
    pub(super) history: History,
    /// The contexts of the byte to come. (contexts)
    pub(super) hashes: Vec<u32>,
    /// The contexts of the byte after it, while it is learnt from. (contexts)
    next_hashes: Vec<u32>,
    embedding: Embedding,
    pub(super) dense: Dense,
    pub(super) pass: Pass,
    pub(super) heads: Heads,
    pub(super) direct: Direct,
    /// 0 before the high nibble; 1 + high nibble before the low one.
    head: usize,
    direct_rows: [u32; ORDERS],
    p: F32x16,
    /// 1 − p of the byte's nibbles, added up.
    surprise: f32,
    first_rate: f32,
    rate: f32,
    time: f32,
}

impl Network {
    /// A network that has seen nothing, for content of `raw_len` bytes.
    ///
    /// # Errors
    /// [`MemoryLimit`](crate::ErrorKind::MemoryLimit) if the system does not have the memory.
    pub fn new(level: Level, raw_len: usize) -> Result<Self> {
        let params = level.params(raw_len);
        let mut rng = Rng::new();
        let mut network = Self {
            history: History::new(),
            hashes: vec![0; params.contexts],
            next_hashes: vec![0; params.contexts],
            embedding: Embedding::new(params.row_bits)?,
            dense: Dense::new(params.contexts, params.height, &mut rng),
            pass: Pass::new(params.contexts, params.height),
            heads: Heads::new(params.height, &mut rng),
            direct: Direct::new(direct_bits(raw_len))?,
            head: 0,
            direct_rows: [0; ORDERS],
            p: F32x16::ZERO,
            surprise: 0.0,
            first_rate: params.rate,
            rate: 0.0,
            time: 0.0,
        };
        contexts::compute(&network.history, &mut network.hashes);
        network.begin_byte();
        network.begin_nibble(0, Direct::select(0, 0));
        Ok(network)
    }

    /// The probabilities of the next nibble's values. (16)
    #[inline(always)]
    pub fn predict(&self) -> &F32x16 {
        &self.p
    }

    /// Learns that the next nibble is `nibble` (its low four bits), and moves on.
    #[inline(always)]
    pub fn update(&mut self, nibble: u8) {
        let coded = usize::from(nibble & 15);
        let byte = self.head.checked_sub(1).map(|high| (high << 4 | coded) as u8);
        let next_head = if byte.is_some() { 0 } else { 1 + coded };
        // What comes next is known, and the rows for it can be on their way while this nibble is learnt from.
        if let Some(byte) = byte {
            self.history.push(byte);
            contexts::compute(&self.history, &mut self.next_hashes);
            self.embedding.prefetch(&self.next_hashes);
        }
        let next_rows = Direct::select(next_head, self.history.last8);
        self.direct.prefetch(&next_rows);
        self.learn(coded);
        if byte.is_some() {
            self.learn_below();
            std::mem::swap(&mut self.hashes, &mut self.next_hashes);
            self.begin_byte();
        }
        self.begin_nibble(next_head, next_rows);
    }

    /// Takes the step of what makes the logits, and gathers the gradient at the features.
    #[inline(always)]
    fn learn(&mut self, coded: usize) {
        let mut delta = F32x16::ZERO - self.p;
        delta.0[coded] += 1.0;
        self.surprise += delta.0[coded];
        self.heads.backward(self.head, delta, &mut self.pass.dh, self.rate);
        self.direct.learn(&self.direct_rows, delta);
    }

    /// Takes the step of what makes the features, once a byte.
    #[inline(always)]
    fn learn_below(&mut self) {
        if self.surprise > FORESEEN {
            self.dense.backward(&mut self.pass, self.rate);
            self.embedding.learn(&self.hashes, &self.pass.dx);
        }
    }

    /// Makes the features of the byte to come of its contexts.
    #[inline(always)]
    fn begin_byte(&mut self) {
        self.embedding.gather(&self.hashes, &mut self.pass.x);
        self.dense.forward(&mut self.pass);
        self.heads.observe(&self.pass.h);
        self.pass.dh.fill(F32x16::ZERO);
        self.surprise = 0.0;
        let fall = 1.0 / (1.0 + self.time / RATE_TIME).sqrt();
        self.rate = self.first_rate * if fall > RATE_END { fall } else { RATE_END };
        self.time += 1.0;
    }

    /// Makes the prediction of the nibble to come.
    #[inline(always)]
    fn begin_nibble(&mut self, head: usize, direct_rows: [u32; ORDERS]) {
        self.head = head;
        self.direct_rows = direct_rows;
        self.p = self.distribution(head, &self.direct_rows);
    }

    #[inline(always)]
    fn distribution(&self, head: usize, direct_rows: &[u32; ORDERS]) -> F32x16 {
        softmax(self.heads.forward(head, &self.pass.h) + self.direct.logits(direct_rows))
    }

    /// The probabilities of the next byte's values; in the middle of a byte, of those with its high nibble.
    pub fn byte_distribution(&self) -> [f32; 256] {
        let mut out = [0.0; 256];
        for high in 0..LANES {
            let p_high = match self.head {
                0 => self.p.0[high],
                head => f32::from(u8::from(head == 1 + high)),
            };
            let p_low = self.distribution(1 + high, &Direct::select(1 + high, self.history.last8));
            out[high * LANES..][..LANES].copy_from_slice(&(p_low * p_high).0);
        }
        out
    }
}
