//! network
use super::{contexts::{self, MAX_CONTEXTS}, embedding::Embedding, history::History, level::Level, tune::t, dense::*, heads::*, direct::Direct, rng::Rng};
use crate::math::{F32x16, LANES, softmax};

pub struct Network {
    history: History,
    hashes: [u32; MAX_CONTEXTS],
    emb: Embedding,
    k: usize,
    x: Vec<F32x16>,
    dense: Dense,
    st: DenseState,
    heads: Heads,
    direct: Direct,
    p: F32x16,
    head: usize,
    hi: u8,
    time: u32,
    rate: f32, rate0: f32, floor: f32, half: f32, skip: f32, err: f32,
    pub skipped: usize,
}

impl Network {
    pub fn new(level: Level, len: usize) -> Self {
        let _ = level;
        let k = t("k", 24.0) as usize; let h = t("h", 64.0) as usize / 16;
        let n = len * k;
        let bits = (usize::BITS - n.leading_zeros()).clamp(10, t("bits", 22.0) as u32);
        let mut s = Rng::new();
        let mut net = Self {
            history: History::default(), hashes: [0; MAX_CONTEXTS], emb: Embedding::new(bits), k,
            x: vec![F32x16::ZERO; k], dense: Dense::new(k, h, &mut s), st: DenseState::new(k, h), heads: Heads::new(h, &mut s), direct: Direct::new(),
            p: F32x16::ZERO, head: 0, hi: 0, err: 0.0, skipped: 0,
            time: 0, rate: 0.0, rate0: t("rate", 0.0025), floor: t("floor", 0.15), half: t("half", 1e4), skip: t("skip", 0.0),
        };
        net.begin();
        net
    }
    #[inline(always)]
    fn begin(&mut self) {
        contexts::compute(&self.history, &mut self.hashes);
        self.emb.gather(&self.hashes[..self.k], &mut self.x);
        self.dense.forward(&self.x, &mut self.st);
        self.heads.observe(&self.st.h);
        self.st.dh.fill(F32x16::ZERO);
        let tm = 1.0 / (1.0 + self.time as f32 / self.half).sqrt();
        self.rate = self.rate0 * if tm > self.floor { tm } else { self.floor };
        self.time += 1;
        self.head = 0;
        self.forward_head();
        self.err = 0.0;
    }
    #[inline(always)]
    fn forward_head(&mut self) {
        let logits = self.heads.forward(self.head, &self.st.h) + self.direct.forward(self.head, self.history.last8);
        self.p = softmax(logits);
    }
    #[inline(always)]
    pub fn predict(&mut self) -> &F32x16 {
        &self.p
    }
    #[inline(always)]
    pub fn update(&mut self, nibble: u8) {
        let s = usize::from(nibble & 15);
        let mut d = F32x16::ZERO - self.p;
        d.0[s] += 1.0;
        self.err += d.0[s];
        self.heads.backward(self.head, d, &mut self.st.dh, self.rate);
        self.direct.learn(d);
        if self.head == 0 {
            self.hi = nibble;
            self.head = 1 + s;
            self.forward_head();
        } else {
            if self.err > self.skip {
                self.dense.backward(&self.x, &mut self.st, self.rate);
                self.emb.learn(&self.hashes[..self.k], &self.st.dx);
            } else { self.skipped += 1; }
            self.history.push(self.hi << 4 | nibble);
            self.begin();
        }
    }
}
