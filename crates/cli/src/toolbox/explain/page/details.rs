//! What was expected in place of dear bytes, in few bytes: columns of numbers, one detail after the other.

use foretell::insight::{Detail, Expert};

use super::pack::varint;

/// The most expected bytes of a detail, and the experts with the largest shares.
pub const EXPECTED: usize = 5;
const EXPERTS: usize = 4;
/// Steps of the logarithm of a probability, by halves: fine enough for three figures.
pub const PER_HALF: f32 = 8.0;
/// Steps of a share.
pub const SHARES: f32 = 63.0;
/// The number of an expert where there are fewer.
const NOBODY: u8 = 255;

/// A detail, as it is kept: 40 bytes.
#[derive(Clone, Copy, Debug)]
struct Kept {
    at: u64,
    /// How far back the match's byte stands; 0 if there is none.
    back: u64,
    bits: f32,
    rank: u8,
    expected: [u8; EXPECTED],
    p: [u8; EXPECTED],
    experts: [u8; EXPERTS],
    shares: [u8; EXPERTS],
}

/// The details of the dearest bytes.
#[derive(Debug)]
pub struct Details {
    kept: Vec<Kept>,
    /// All experts that any detail names.
    experts: Vec<Expert>,
    /// Cheaper bytes were dropped.
    pub least_bits: f32,
    most: usize,
}

impl Details {
    /// None yet; `most` are kept in the end.
    pub fn new(most: usize) -> Self {
        Self { kept: Vec::new(), experts: Vec::new(), least_bits: 0.5, most }
    }

    /// Takes the detail of a byte that cost so many bits.
    pub fn add(&mut self, detail: &Detail, bits: f32) {
        if bits < self.least_bits {
            return;
        }
        let mut kept = Kept {
            at: detail.at,
            back: detail.source.map_or(0, |source| detail.at - source),
            bits,
            rank: detail.rank.min(255) as u8,
            expected: detail.expected.map(|(byte, _)| byte),
            p: detail.expected.map(|(_, p)| quantised(p)),
            experts: [NOBODY; EXPERTS],
            shares: [0; EXPERTS],
        };
        for (place, &(expert, share)) in detail.shares.iter().take(EXPERTS).enumerate() {
            kept.experts[place] = self.number(expert);
            kept.shares[place] = (share * SHARES).round() as u8;
        }
        self.kept.push(kept);
        if self.kept.len() >= 2 * self.most {
            self.drop_cheapest(self.most);
        }
    }

    fn number(&mut self, expert: Expert) -> u8 {
        let known = self.experts.iter().position(|&other| other == expert);
        known.unwrap_or_else(|| {
            self.experts.push(expert);
            self.experts.len() - 1
        }) as u8
    }

    /// Keeps those of the dearest bytes, at most `most`.
    pub fn drop_cheapest(&mut self, most: usize) {
        if self.kept.len() <= most {
            return;
        }
        let mut bits: Vec<f32> = self.kept.iter().map(|kept| kept.bits).collect();
        let (_, least, _) = bits.select_nth_unstable_by(most, |a, b| b.total_cmp(a));
        // Those that cost as much go as well, so that the bound is one of bits.
        self.least_bits = least.next_up();
        self.kept.retain(|kept| kept.bits >= self.least_bits);
    }

    /// How many there are.
    pub fn len(&self) -> usize {
        self.kept.len()
    }

    /// The names of the experts, by number.
    pub fn names(&self) -> Vec<String> {
        self.experts.iter().map(ToString::to_string).collect()
    }

    /// The columns, one behind the other: distance from the detail before and distance of the match as LEB128, then ranks,
    /// and of each place among the expected bytes and the experts its bytes, probabilities, numbers and shares.
    pub fn columns(&self) -> Vec<u8> {
        let mut out = Vec::new();
        let mut before = 0;
        for kept in &self.kept {
            varint(&mut out, kept.at - before);
            before = kept.at;
        }
        self.kept.iter().for_each(|kept| varint(&mut out, kept.back));
        out.extend(self.kept.iter().map(|kept| kept.rank));
        for i in 0..EXPECTED {
            out.extend(self.kept.iter().map(|kept| kept.expected[i]));
            out.extend(self.kept.iter().map(|kept| kept.p[i]));
        }
        for i in 0..EXPERTS {
            out.extend(self.kept.iter().map(|kept| kept.experts[i]));
            out.extend(self.kept.iter().map(|kept| kept.shares[i]));
        }
        out
    }
}

/// The steps of −log2 `p`, at most 255.
fn quantised(p: f32) -> u8 {
    (-f64::from(p).log2() * f64::from(PER_HALF)).round().min(255.0) as u8
}
