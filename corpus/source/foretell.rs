// A snapshot of the sources of foretell in its first week, file after file. It is data for the corpus:
// nothing compiles it, and it does not follow the project as that changes.

// ---- src/lib.rs ----

//! foretell: lossless compression by a neural network that predicts the next byte and learns as it goes.
//!
//! ```text
//! bytes → history → contexts → embeddings → dense network → probabilities → range coder → block → frame → file
//!                                    ▲                            │
//!                                    └──── learns from the byte ──┘   (stochastic gradient descent)
//! ```
//! Prediction *is* compression: a symbol of probability p costs −log2 p bits, which [`coder`] makes real. The
//! decoder runs the same network in lockstep, so no model is shipped.

pub mod coder;
pub mod container;
mod error;
pub mod huffman;
pub mod math;
pub mod model;
pub mod stream;

#[cfg(feature = "cli")]
#[doc(hidden)]
pub mod cli;

pub use container::Method;
pub use error::{Error, ErrorKind, Result};
pub use model::Level;
pub use stream::{Decoder, Encoder, FrameInfo, Options, Progress, compress, decompress, inspect};

// ---- src/error.rs ----

//! One error type: what kind of thing went wrong, and where.
//!
//! Kinds are few and chosen by what a user can do about them; the context says the rest in one line
//! that never repeats the file's name (the caller knows it and prints it first).

use std::{borrow::Cow, fmt, io};

/// The result of every fallible operation of the library.
pub type Result<T> = std::result::Result<T, Error>;

/// What went wrong, by what can be done about it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum ErrorKind {
    /// Not a foretell stream at all: the magic bytes are absent.
    NotForetell,
    /// The data contradict themselves or their own structure: they were damaged.
    Corrupt,
    /// The data end before the stream does.
    Truncated,
    /// Written by a newer version, or by a method that this one does not know.
    Unsupported,
    /// Decoded, but the bytes differ from those that were compressed.
    ChecksumMismatch,
    /// Decoding would need more memory than is allowed.
    MemoryLimit,
    /// Reading or writing failed.
    Io,
}

/// An error of the library: a kind, a sentence, and the I/O error behind it if there is one.
#[derive(Debug)]
pub struct Error {
    kind: ErrorKind,
    context: Cow<'static, str>,
    source: Option<io::Error>,
}

impl Error {
    /// An error of `kind`, described by `context` (one line, no full stop).
    pub fn new(kind: ErrorKind, context: impl Into<Cow<'static, str>>) -> Self {
        Self { kind, context: context.into(), source: None }
    }

    /// A [`ErrorKind::Corrupt`] error.
    pub(crate) fn corrupt(context: impl Into<Cow<'static, str>>) -> Self {
        Self::new(ErrorKind::Corrupt, context)
    }

    /// What kind of error this is.
    pub fn kind(&self) -> ErrorKind {
        self.kind
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.context)?;
        match &self.source {
            Some(source) => write!(f, ": {source}"),
            None => Ok(()),
        }
    }
}

impl std::error::Error for Error {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        self.source.as_ref().map(|e| e as _)
    }
}

impl From<io::Error> for Error {
    /// Takes back an [`Error`] that travelled through an `io` trait; keeps any other as its source.
    fn from(error: io::Error) -> Self {
        match error.downcast::<Error>() {
            Ok(ours) => ours,
            Err(error) => Self { kind: ErrorKind::Io, context: "input/output error".into(), source: Some(error) },
        }
    }
}

impl From<Error> for io::Error {
    fn from(error: Error) -> Self {
        let kind = match error.kind {
            ErrorKind::Truncated => io::ErrorKind::UnexpectedEof,
            ErrorKind::Io => match error.source {
                Some(source) => return source,
                None => io::ErrorKind::Other,
            },
            ErrorKind::MemoryLimit => io::ErrorKind::OutOfMemory,
            _ => io::ErrorKind::InvalidData,
        };
        io::Error::new(kind, error)
    }
}

// ---- src/math/exp.rs ----

//! exp and ln from additions, multiplications, one division and bit patterns: the same bits on every machine.
//!
//! Both reduce to a short interval and sum a series there (Cody & Waite, *Software Manual for the Elementary
//! Functions*, 1980). Errors measured against libm over dense sweeps: exp ≤ 2 ulp on [−87, 88],
//! ln ≤ 2 ulp on the normal numbers.

use super::lanes::F32x16;

/// e^x for |x| ≤ 87; arguments beyond are clamped to that, so that results are always finite and normal.
#[inline(always)]
pub fn exp(x: f32) -> f32 {
    const LN2_HIGH: f32 = 0.693_359_4; // 355/512: a product with an integer below 2^15 is exact
    const LN2_LOW: f32 = -2.121_944_4e-4;
    // Adding and taking away 1.5 · 2^23 rounds to the nearest integer, and leaves it in the low bits.
    const ROUND: f32 = 12_582_912.0;
    let x = if x > 87.0 { 87.0 } else { x };
    let x = if x < -87.0 { -87.0 } else { x };
    let shifted = x * std::f32::consts::LOG2_E + ROUND;
    let n = shifted - ROUND;
    let r = x - n * LN2_HIGH - n * LN2_LOW;
    // Minimax polynomial of (e^r − 1 − r)/r² on |r| ≤ ln2/2 (Cephes expf).
    let p = 1.987_569_1e-4;
    let p = p * r + 1.398_199_9e-3;
    let p = p * r + 8.333_452e-3;
    let p = p * r + 4.166_579_6e-2;
    let p = p * r + 1.666_666_5e-1;
    let p = p * r + 5e-1;
    let y = p * (r * r) + r + 1.0;
    // y · 2^n, by adding n to the exponent.
    f32::from_bits(y.to_bits().wrapping_add(shifted.to_bits() << 23))
}

/// The natural logarithm of a positive normal number.
#[inline(always)]
pub fn ln(x: f32) -> f32 {
    // x = m · 2^e with m in [√½, √2); then ln m = 2 artanh(s), s = (m − 1)/(m + 1).
    const SQRT_HALF_BITS: u32 = 0x3f35_04f3;
    let bits = x.to_bits().wrapping_sub(SQRT_HALF_BITS);
    let e = ((bits as i32) >> 23) as f32;
    let m = f32::from_bits((bits & 0x007f_ffff).wrapping_add(SQRT_HALF_BITS));
    let f = m - 1.0;
    let s = f / (m + 1.0);
    let z = s * s;
    // 2(artanh(s) − s)/s³ as a polynomial in s² (fdlibm logf).
    let p = z * (0.666_666_6 + z * (0.400_009_72 + z * (0.284_987_87 + z * 0.242_790_79)));
    // ln m = f − f²/2 + s(f²/2 + p) (fdlibm), added to e·ln2 in two parts.
    let half = 0.5 * f * f;
    let tail = s * (half + p) + e * 9.058_001e-6;
    e * 0.693_138_1 - ((half - tail) - f)
}

/// The softmax of `logits`: exp of each less the largest, divided by their sum.
#[inline(always)]
pub fn softmax(logits: F32x16) -> F32x16 {
    let max = logits.max();
    let e = logits.map(|l| exp(l - max));
    let scale = 1.0 / e.sum();
    e * scale
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Distance in units of the last place of the correctly rounded result.
    fn ulps(got: f32, want: f64) -> f64 {
        let rounded = want as f32;
        let ulp = f64::from(f32::from_bits(rounded.to_bits() + 1)) - f64::from(rounded);
        ((f64::from(got) - want) / ulp).abs()
    }

    #[test]
    fn exp_is_within_2_ulp_of_libm() {
        let mut worst = 0.0f64;
        for i in 0..2_000_000 {
            let x = -87.0 + i as f32 * (174.0 / 2_000_000.0);
            worst = worst.max(ulps(exp(x), libm::exp(f64::from(x))));
        }
        assert!(worst <= 2.0, "{worst} ulp");
    }

    #[test]
    fn exp_is_clamped_beyond_its_range() {
        assert_eq!(exp(1e30), exp(87.0));
        assert_eq!(exp(-1e30), exp(-87.0));
        assert!(exp(-87.0).is_normal() && exp(87.0).is_finite());
        assert_eq!(exp(0.0), 1.0);
    }

    #[test]
    fn ln_is_within_2_ulp_of_libm() {
        let mut worst = 0.0f64;
        for i in (0x0080_0000..0x7f80_0000u32).step_by(997) {
            let x = f32::from_bits(i);
            let want = libm::log(f64::from(x));
            if want != 0.0 {
                worst = worst.max(ulps(ln(x).abs(), want.abs()));
            }
        }
        assert!(worst <= 2.0, "{worst} ulp");
        assert_eq!(ln(1.0), 0.0);
    }

    #[test]
    fn softmax_sums_to_one_and_survives_extremes() {
        for scale in [0.0f32, 1.0, 30.0, 1e4, 1e30] {
            let p = softmax(F32x16(std::array::from_fn(|i| (i as f32 - 7.5) * scale)));
            let sum: f32 = p.0.iter().sum();
            assert!((sum - 1.0).abs() < 1e-5, "{scale}: {sum}");
            assert!(p.0.iter().all(|v| v.is_finite() && *v >= 0.0));
        }
    }
}

// ---- src/math/isa.rs ----

//! One source, compiled once per instruction set, chosen once at run time.
//!
//! A [`Kernel`]'s `run` and all that it calls are `#[inline(always)]`, so each arm of [`run`] holds a copy of
//! the whole loop that the compiler vectorises for that arm's instruction set. The results are the same bits
//! everywhere: only IEEE-754 operations in a fixed order are used, and Rust never fuses or reorders them.

/// An instruction set that the hot loops are compiled for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Isa {
    /// What the target always has: SSE2 on x86-64, NEON on aarch64.
    Baseline,
    /// 256-bit vectors.
    Avx2,
    /// 512-bit vectors.
    Avx512,
}

impl Isa {
    /// All instruction sets of this machine, slowest first.
    pub fn available() -> Vec<Self> {
        [Self::Baseline, Self::Avx2, Self::Avx512].into_iter().filter(|isa| isa.is_available()).collect()
    }

    /// The fastest instruction set of this machine.
    pub fn detect() -> Self {
        [Self::Avx512, Self::Avx2].into_iter().find(|isa| isa.is_available()).unwrap_or(Self::Baseline)
    }

    /// Whether this machine has it.
    #[cfg(target_arch = "x86_64")]
    pub fn is_available(self) -> bool {
        match self {
            Self::Baseline => true,
            Self::Avx2 => is_x86_feature_detected!("avx2"),
            Self::Avx512 => {
                is_x86_feature_detected!("avx512f")
                    && is_x86_feature_detected!("avx512bw")
                    && is_x86_feature_detected!("avx512dq")
                    && is_x86_feature_detected!("avx512vl")
            }
        }
    }

    /// Whether this machine has it.
    #[cfg(not(target_arch = "x86_64"))]
    pub fn is_available(self) -> bool {
        self == Self::Baseline
    }
}

/// Work that is compiled for each instruction set.
pub trait Kernel {
    /// What the work gives.
    type Output;
    /// Does the work; must be `#[inline(always)]`.
    fn run(self) -> Self::Output;
}

/// Runs `kernel` compiled for `isa`, or for the baseline if the machine lacks it.
pub fn run<K: Kernel>(isa: Isa, kernel: K) -> K::Output {
    #[cfg(target_arch = "x86_64")]
    {
        #[target_feature(enable = "avx2,bmi1,bmi2,lzcnt,popcnt")]
        fn avx2<K: Kernel>(kernel: K) -> K::Output {
            kernel.run()
        }
        #[target_feature(enable = "avx512f,avx512bw,avx512dq,avx512vl,avx2,bmi1,bmi2,lzcnt,popcnt")]
        fn avx512<K: Kernel>(kernel: K) -> K::Output {
            kernel.run()
        }
        if isa.is_available() {
            match isa {
                Isa::Baseline => {}
                // SAFETY: `is_available` has just found the instruction set on this machine; the scalar extensions
                // named beside it are on every processor that has it.
                Isa::Avx2 => return unsafe { avx2(kernel) },
                // SAFETY: as above.
                Isa::Avx512 => return unsafe { avx512(kernel) },
            }
        }
    }
    let _ = isa;
    kernel.run()
}

// ---- src/math/lanes.rs ----

//! Sixteen `f32` side by side: one nibble's alphabet, one cache line, the crate's only vector.
//!
//! Every operation is lane by lane in plain IEEE-754, written as loops that compilers turn into one AVX-512, two
//! AVX2 or four SSE/NEON instructions. Sums over lanes follow one fixed tree, so that their rounding is part of
//! the format and not of the machine.

use std::ops::{Add, Mul, Sub};

/// Lanes of a vector.
pub const LANES: usize = 16;

/// Sixteen `f32`, aligned to a cache line.
#[derive(Clone, Copy, Debug, PartialEq)]
#[repr(C, align(64))]
pub struct F32x16(pub [f32; LANES]);

impl F32x16 {
    /// All lanes zero.
    pub const ZERO: Self = Self([0.0; LANES]);

    /// All lanes `value`.
    #[inline(always)]
    pub const fn splat(value: f32) -> Self {
        Self([value; LANES])
    }

    /// Lane by lane `f(self)`.
    #[inline(always)]
    pub fn map(self, f: impl Fn(f32) -> f32) -> Self {
        let mut out = [0.0; LANES];
        for i in 0..LANES {
            out[i] = f(self.0[i]);
        }
        Self(out)
    }

    /// Lane by lane `f(self, other)`.
    #[inline(always)]
    pub fn zip(self, other: Self, f: impl Fn(f32, f32) -> f32) -> Self {
        let mut out = [0.0; LANES];
        for i in 0..LANES {
            out[i] = f(self.0[i], other.0[i]);
        }
        Self(out)
    }

    /// The sum over the lanes by halving: 16 → 8 → 4 → 2 → 1, lane `i` taking lane `i + half`.
    #[inline(always)]
    pub fn sum(self) -> f32 {
        self.fold(|a, b| a + b)
    }

    /// The largest lane.
    #[inline(always)]
    pub fn max(self) -> f32 {
        self.fold(|a, b| if a > b { a } else { b })
    }

    #[inline(always)]
    fn fold(self, f: impl Fn(f32, f32) -> f32) -> f32 {
        let a = self.0;
        let mut b = [0.0; 8];
        for i in 0..8 {
            b[i] = f(a[i], a[i + 8]);
        }
        let mut c = [0.0; 4];
        for i in 0..4 {
            c[i] = f(b[i], b[i + 4]);
        }
        f(f(c[0], c[2]), f(c[1], c[3]))
    }
}

impl Add for F32x16 {
    type Output = Self;
    #[inline(always)]
    fn add(self, other: Self) -> Self {
        self.zip(other, |a, b| a + b)
    }
}

impl Sub for F32x16 {
    type Output = Self;
    #[inline(always)]
    fn sub(self, other: Self) -> Self {
        self.zip(other, |a, b| a - b)
    }
}

impl Mul for F32x16 {
    type Output = Self;
    #[inline(always)]
    fn mul(self, other: Self) -> Self {
        self.zip(other, |a, b| a * b)
    }
}

impl Mul<f32> for F32x16 {
    type Output = Self;
    #[inline(always)]
    fn mul(self, factor: f32) -> Self {
        self.map(|a| a * factor)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sums_follow_the_documented_tree() {
        let x: [f32; 16] = std::array::from_fn(|i| (i as f32 * 0.7).fract() * 1e3 + 1e-3 * i as f32);
        let b: [f32; 8] = std::array::from_fn(|i| x[i] + x[i + 8]);
        let c: [f32; 4] = std::array::from_fn(|i| b[i] + b[i + 4]);
        assert_eq!(F32x16(x).sum().to_bits(), ((c[0] + c[2]) + (c[1] + c[3])).to_bits());
    }

    #[test]
    fn the_maximum_is_found_in_every_lane() {
        for lane in 0..LANES {
            let mut x = F32x16::splat(-3.0);
            x.0[lane] = -2.5;
            assert_eq!(x.max(), -2.5);
        }
    }
}

// ---- src/math/mod.rs ----

//! The arithmetic that the format is made of: IEEE-754 `f32` in 16 lanes, `+ − × ÷ √` only, in a fixed order.
//!
//! A neural decoder that differs from its encoder by one unit in the last place loses the file. So nothing here
//! or in `model` may use libm, fused multiply-add or a reciprocal estimate; `clippy.toml` forbids them.

mod exp;
pub mod isa;
mod lanes;

pub use exp::{exp, ln, softmax};
pub use lanes::{F32x16, LANES};

// ---- src/coder/frequencies.rs ----

//! Probabilities → integer frequencies: where the model and the coder meet.

use crate::math::{F32x16, LANES};

/// log2 of the total of all frequencies. 2^20 keeps the dearest symbol at 20 bits and the cheapest at 2·10⁻⁵.
pub const TOTAL_BITS: u32 = 20;
const TOTAL: u32 = 1 << TOTAL_BITS;

/// Sixteen frequencies as their running sums.
///
/// Invariant: `start[0] = 0`, `start[16] = 2^TOTAL_BITS`, and every difference is at least 1, so that every
/// symbol can be coded and none has an empty interval.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Frequencies {
    start: [u32; LANES + 1],
}

impl Frequencies {
    /// Scales `probabilities` (each ≥ 0, sum 1 up to rounding) to integers ≥ 1; what rounding leaves over or
    /// short goes to the most probable symbol, where it matters least.
    #[inline(always)]
    pub fn new(probabilities: &F32x16) -> Self {
        let scaled = probabilities.map(|p| p * (TOTAL - LANES as u32) as f32);
        let mut frequency = [0u32; LANES];
        for i in 0..LANES {
            frequency[i] = 1 + to_int(scaled.0[i]);
        }
        let max = probabilities.max();
        let mut top = 0;
        let mut sum = 0;
        for i in 0..LANES {
            sum += frequency[i];
            top = if probabilities.0[i] == max { i } else { top };
        }
        // The sum is within 16 of TOTAL and the top frequency is above TOTAL/16 − 16: it stays positive.
        frequency[top] = frequency[top].wrapping_add(TOTAL.wrapping_sub(sum));
        let mut start = [0; LANES + 1];
        for i in 0..LANES {
            start[i + 1] = start[i] + frequency[i];
        }
        Self { start }
    }

    /// The half-open interval of `symbol` in `0..2^TOTAL_BITS`.
    #[inline(always)]
    pub fn interval(&self, symbol: u8) -> (u32, u32) {
        let s = usize::from(symbol & 15);
        (self.start[s], self.start[s + 1])
    }

    /// The symbol whose interval holds `point`; the last symbol for points beyond all.
    #[inline(always)]
    pub fn find(&self, point: u32) -> u8 {
        let mut symbol = 0;
        for s in 1..LANES {
            symbol += u8::from(point >= self.start[s]);
        }
        symbol
    }
}

/// `x` to the nearest integer, for 0 ≤ x < 2^23: from 2^23 on, a mantissa counts in ones.
#[inline(always)]
fn to_int(x: f32) -> u32 {
    const MAGIC: f32 = 8_388_608.0;
    (x + MAGIC).to_bits() - MAGIC.to_bits()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(probabilities: [f32; 16]) -> Frequencies {
        let f = Frequencies::new(&F32x16(probabilities));
        assert_eq!(f.start[0], 0);
        assert_eq!(f.start[16], TOTAL);
        assert!(f.start.windows(2).all(|w| w[0] < w[1]), "{probabilities:?} → {:?}", f.start);
        f
    }

    #[test]
    fn every_symbol_keeps_a_frequency() {
        check([1.0 / 16.0; 16]);
        for s in 0..16 {
            let mut p = [0.0; 16];
            p[s] = 1.0;
            let f = check(p);
            let (low, high) = f.interval(s as u8);
            assert_eq!(high - low, TOTAL - 15);
            p = [1e-9; 16];
            p[s] = 1.0 - 15e-9;
            check(p);
        }
    }

    #[test]
    fn sums_that_rounding_pushed_over_one_still_fit() {
        check([0.062_500_1; 16]);
        check([0.062_499_9; 16]);
        let mut p = [0.5 / 15.0 + 1e-7; 16];
        p[3] = 0.5 + 1e-6;
        check(p);
    }

    #[test]
    fn find_inverts_interval() {
        let mut p = [0.01; 16];
        p[9] = 0.85;
        let f = check(p);
        for s in 0..16u8 {
            let (low, high) = f.interval(s);
            assert_eq!((f.find(low), f.find(high - 1)), (s, s));
        }
        assert_eq!(f.find(u32::MAX), 15);
    }
}

// ---- src/coder/mod.rs ----

//! Frequencies → bits: a range coder (Martin, *Range encoding: an algorithm for removing redundancy from a
//! digitised message*, 1979) over alphabets of 16 symbols.
//!
//! The coder keeps an interval `[low, low + range)` of the unit interval in units of 2^-64 beyond the bytes
//! already written. A symbol narrows it to its share. When the top byte of the range is empty, one byte of
//! `low` is settled but for a carry, and is shifted out; a later carry runs back through the bytes written.
//!
//! With a 64-bit range of at least 2^56 and totals of 2^20, the cut `range >> 20` loses less than 2^-36 of the
//! interval per symbol: the coded size is the ideal code length but for the last bytes.

mod frequencies;
mod range;

pub use frequencies::{Frequencies, TOTAL_BITS};
pub use range::{Decoder, Encoder};

// ---- src/coder/range.rs ----

//! The two halves of the range coder, each the other's mirror.

use super::{Frequencies, TOTAL_BITS};

/// Below this the range gives up a byte.
const RENORM: u64 = 1 << 56;

/// Codes symbols into bytes.
#[derive(Debug)]
pub struct Encoder {
    /// The interval's lower bound, less what `out` already says.
    low: u64,
    /// The interval's length; ≥ 2^56 between calls.
    range: u64,
    out: Vec<u8>,
}

impl Default for Encoder {
    fn default() -> Self {
        Self::new()
    }
}

impl Encoder {
    /// An encoder that has coded nothing.
    pub fn new() -> Self {
        Self { low: 0, range: u64::MAX, out: Vec::new() }
    }

    /// Bytes written so far.
    pub fn len(&self) -> usize {
        self.out.len()
    }

    /// Whether nothing was written so far.
    pub fn is_empty(&self) -> bool {
        self.out.is_empty()
    }

    /// Codes `symbol`, at a cost of −log2(frequency / total) bits.
    #[inline(always)]
    pub fn encode(&mut self, frequencies: &Frequencies, symbol: u8) {
        let (start, end) = frequencies.interval(symbol);
        let unit = self.range >> TOTAL_BITS;
        let (low, carry) = self.low.overflowing_add(unit * u64::from(start));
        if carry {
            propagate_carry(&mut self.out);
        }
        self.low = low;
        self.range = unit * u64::from(end - start);
        while self.range < RENORM {
            self.out.push((self.low >> 56) as u8);
            self.low <<= 8;
            self.range <<= 8;
        }
    }

    /// The coded bytes: as few as still point into the final interval, the decoder reading zeros behind them.
    pub fn finish(mut self) -> Vec<u8> {
        for kept in 0..=8u32 {
            // The smallest multiple of 2^(64 − 8·kept) that is ≥ low lies in the interval?
            let below = if kept == 8 { 0 } else { u64::MAX >> (8 * kept) };
            let (rounded, carry) = self.low.overflowing_add(below);
            let point = rounded & !below;
            if point.wrapping_sub(self.low) < self.range {
                if carry {
                    propagate_carry(&mut self.out);
                }
                self.out.extend(&point.to_be_bytes()[..kept as usize]);
                break;
            }
        }
        if self.out.is_empty() {
            self.out.push(0);
        }
        self.out
    }
}

/// Adds one to the number that the bytes spell. It cannot overflow: the whole code stays below 1.
#[cold]
fn propagate_carry(out: &mut [u8]) {
    for byte in out.iter_mut().rev() {
        *byte = byte.wrapping_add(1);
        if *byte != 0 {
            break;
        }
    }
}

/// Decodes symbols from bytes.
#[derive(Debug)]
pub struct Decoder<'a> {
    /// The code's next 64 bits, less the interval's lower bound; below `range` unless the data are damaged.
    code: u64,
    range: u64,
    input: &'a [u8],
    /// Bytes taken; may run past the input's end, where zeros are made up.
    consumed: usize,
}

impl<'a> Decoder<'a> {
    /// A decoder at the start of `input`.
    pub fn new(input: &'a [u8]) -> Self {
        let mut decoder = Self { code: 0, range: u64::MAX, input, consumed: 0 };
        for _ in 0..8 {
            decoder.code = decoder.code << 8 | decoder.next_byte();
        }
        decoder
    }

    /// Bytes of the input taken so far.
    pub fn consumed(&self) -> usize {
        self.consumed.min(self.input.len())
    }

    /// Whether more was taken than an encoder leaves for the decoder to make up (8 bytes of look-ahead): what is
    /// decoded from here on was never coded.
    pub fn overrun(&self) -> bool {
        self.consumed > self.input.len() + 8
    }

    /// The next symbol; any symbol at all if the data are damaged.
    #[inline(always)]
    pub fn decode(&mut self, frequencies: &Frequencies) -> u8 {
        let unit = self.range >> TOTAL_BITS;
        // Damaged data may point beyond the total; the saturated point then names the last symbol.
        let point = u32::try_from(self.code / unit).unwrap_or(u32::MAX);
        let symbol = frequencies.find(point);
        let (start, end) = frequencies.interval(symbol);
        self.code = self.code.wrapping_sub(unit * u64::from(start));
        self.range = unit * u64::from(end - start);
        while self.range < RENORM {
            self.code = self.code << 8 | self.next_byte();
            self.range <<= 8;
        }
        symbol
    }

    #[inline(always)]
    fn next_byte(&mut self) -> u64 {
        let byte = self.input.get(self.consumed).copied().unwrap_or(0);
        self.consumed += 1;
        u64::from(byte)
    }
}

// ---- src/container/block.rs ----

//! A block's header, and the end marker that stands where a block might.
//!
//! ```text
//! block   tag 1–3 | raw length | [coded length, not if stored] | CRC-32 of the raw bytes | CRC-32 of all before | coded bytes
//! end     tag 0   | XXH3-64 of the frame's whole content
//! ```
//! The header has a check of its own because decoding costs time in proportion to the raw length: a
//! damaged length is found before any work is done for it.

use std::io::Read;

use super::{read::read_array, varint};
use crate::{Error, Result};

/// The most bytes of content in one block: 64 MiB. Bounds what a decoder must hold.
pub const MAX_BLOCK_LEN: usize = 1 << 26;

/// How the bytes of a block are coded.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Method {
    /// As they are.
    Store,
    /// Canonical static Huffman codes over bytes: the baseline.
    Huffman,
    /// The neural predictor with a range coder.
    Neural,
}

impl Method {
    /// All methods, by tag.
    pub const ALL: [Self; 3] = [Self::Store, Self::Huffman, Self::Neural];

    /// The method's name, as the command line takes it.
    pub fn name(self) -> &'static str {
        match self {
            Self::Store => "store",
            Self::Huffman => "huffman",
            Self::Neural => "neural",
        }
    }

    fn tag(self) -> u8 {
        1 + self as u8
    }

    fn from_tag(tag: u8) -> Option<Self> {
        Self::ALL.into_iter().find(|m| m.tag() == tag)
    }
}

/// What stands before a block's coded bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct BlockHeader {
    /// How the block is coded.
    pub method: Method,
    /// Bytes of content, 1 to [`MAX_BLOCK_LEN`].
    pub raw_len: usize,
    /// Bytes that follow this header; less than `raw_len` unless stored.
    pub coded_len: usize,
    /// CRC-32 of the content.
    pub raw_crc: u32,
}

/// A block or the end of the frame.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Item {
    /// A block's header; its coded bytes follow.
    Block(BlockHeader),
    /// The end of the frame, with the XXH3-64 of its content.
    End(u64),
}

impl Item {
    /// Appends the item's bytes to `out`.
    pub fn write(self, out: &mut Vec<u8>) {
        let start = out.len();
        match self {
            Self::End(hash) => {
                out.push(0);
                out.extend(hash.to_le_bytes());
            }
            Self::Block(block) => {
                out.push(block.method.tag());
                varint::write(out, block.raw_len as u64);
                if block.method != Method::Store {
                    varint::write(out, block.coded_len as u64);
                }
                out.extend(block.raw_crc.to_le_bytes());
                let check = crc32fast::hash(&out[start..]);
                out.extend(check.to_le_bytes());
            }
        }
    }

    /// Reads the next item of a frame.
    ///
    /// # Errors
    /// Truncated or damaged data.
    pub fn read(input: &mut impl Read) -> Result<Self> {
        let [tag] = read_array(input)?;
        if tag == 0 {
            return Ok(Self::End(u64::from_le_bytes(read_array(input)?)));
        }
        let method = Method::from_tag(tag).ok_or_else(damaged)?;
        let raw_len = varint::read(input)?;
        let coded_len = if method == Method::Store { raw_len } else { varint::read(input)? };
        let raw_crc = u32::from_le_bytes(read_array(input)?);
        let in_bounds = (1..=MAX_BLOCK_LEN as u64).contains(&raw_len)
            && (method == Method::Store || (1..raw_len).contains(&coded_len));
        if !in_bounds {
            return Err(damaged());
        }
        let block = BlockHeader { method, raw_len: raw_len as usize, coded_len: coded_len as usize, raw_crc };
        let mut bytes = Vec::with_capacity(24);
        Self::Block(block).write(&mut bytes);
        let check: [u8; 4] = read_array(input)?;
        if bytes.ends_with(&check) { Ok(Self::Block(block)) } else { Err(damaged()) }
    }
}

fn damaged() -> Error {
    Error::corrupt("a block's header is damaged")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn bytes(item: Item) -> Vec<u8> {
        let mut out = Vec::new();
        item.write(&mut out);
        out
    }

    #[test]
    fn items_round_trip() {
        let end = Item::End(0x0123_4567_89ab_cdef);
        assert_eq!(Item::read(&mut bytes(end).as_slice()).unwrap(), end);
        for method in Method::ALL {
            for raw_len in [2, 127, 128, 1 << 20, MAX_BLOCK_LEN] {
                let coded_len = if method == Method::Store { raw_len } else { raw_len - 1 };
                let block = Item::Block(BlockHeader { method, raw_len, coded_len, raw_crc: 0xdead_beef });
                assert_eq!(Item::read(&mut bytes(block).as_slice()).unwrap(), block);
            }
        }
    }

    #[test]
    fn a_flip_of_any_bit_is_found_before_decoding() {
        let block = BlockHeader { method: Method::Neural, raw_len: 3_000_000, coded_len: 70_000, raw_crc: 0x1234_5678 };
        let good = bytes(Item::Block(block));
        for bit in 0..good.len() * 8 {
            let mut bad = good.clone();
            bad[bit / 8] ^= 1 << (bit % 8);
            // A flip may turn the tag into the end marker's; the content checksum then does not match.
            assert!(!matches!(Item::read(&mut bad.as_slice()), Ok(Item::Block(_))), "bit {bit}");
        }
    }

    #[test]
    fn lengths_out_of_bounds_are_refused() {
        for (raw_len, coded_len) in [(0, 0), (5, 5), (5, 0), (MAX_BLOCK_LEN + 1, 7)] {
            let block = BlockHeader { method: Method::Neural, raw_len, coded_len, raw_crc: 0 };
            assert!(Item::read(&mut bytes(Item::Block(block)).as_slice()).is_err());
        }
    }
}

// ---- src/container/header.rs ----

//! The frame header: what a decoder must know before the first block.
//!
//! ```text
//! magic F0 'r' 'e' | format version | model version | flags and level | [content size] | CRC-32 of all before
//! ```

use std::io::Read;

use super::{
    read::{read_array, read_byte},
    varint,
};
use crate::{Error, ErrorKind, Result, model};

/// The first three bytes of every frame ("F0re"; no text file starts so, as F0 72 is not UTF-8).
pub const MAGIC: [u8; 3] = [0xf0, b'r', b'e'];
/// The version of the container that this crate writes, and the newest that it reads.
pub const FORMAT_VERSION: u8 = 1;

const LEVEL_BITS: u8 = 0x0f;
const HAS_CONTENT_SIZE: u8 = 0x10;

/// What stands at the head of a frame.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct FrameHeader {
    /// The level whose model the neural blocks need.
    pub level: model::Level,
    /// Bytes of content in the whole frame, if that was known when writing began.
    pub content_size: Option<u64>,
}

impl FrameHeader {
    /// The header's bytes.
    pub fn to_bytes(self) -> Vec<u8> {
        let mut out = MAGIC.to_vec();
        let size_flag = if self.content_size.is_some() { HAS_CONTENT_SIZE } else { 0 };
        out.extend([FORMAT_VERSION, model::VERSION, self.level.get() | size_flag]);
        if let Some(size) = self.content_size {
            varint::write(&mut out, size);
        }
        let check = crc32fast::hash(&out);
        out.extend(check.to_le_bytes());
        out
    }

    /// Reads a header after its [`MAGIC`].
    ///
    /// # Errors
    /// Truncated or damaged data, or a version that this crate does not know.
    pub fn read_after_magic(input: &mut impl Read) -> Result<Self> {
        let [format, model, flags] = read_array(input)?;
        let mut seen = MAGIC.to_vec();
        seen.extend([format, model, flags]);
        // Versions come first: a newer header may look different from here on, its checksum included.
        check_version("format", format, FORMAT_VERSION)?;
        let content_size = match flags & HAS_CONTENT_SIZE {
            0 => None,
            _ => Some(varint::read(input)?),
        };
        if let Some(size) = content_size {
            varint::write(&mut seen, size);
        }
        if u32::from_le_bytes(read_array(input)?) != crc32fast::hash(&seen) {
            return Err(Error::corrupt("the header is damaged"));
        }
        check_version("model", model, model::VERSION)?;
        let level = model::Level::new(flags & LEVEL_BITS);
        match level {
            Some(level) if flags & !(LEVEL_BITS | HAS_CONTENT_SIZE) == 0 => Ok(Self { level, content_size }),
            _ => Err(Error::new(ErrorKind::Unsupported, "the header has flags or a level that this version does not know")),
        }
    }
}

/// Versions start at 1, and a decoder reads all up to its own.
fn check_version(what: &str, found: u8, newest: u8) -> Result<()> {
    if found == 0 {
        return Err(Error::corrupt("the header is damaged"));
    }
    if found > newest {
        let text = format!("written by a newer fore ({what} {found}); this one reads {what}s up to {newest}");
        return Err(Error::new(ErrorKind::Unsupported, text));
    }
    Ok(())
}

/// What stands where a frame may start.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Start {
    /// The magic of a frame, now read.
    Frame,
    /// The end of the data.
    End,
    /// Something else.
    Other,
}

/// Reads up to the next frame's magic, over zero bytes if `skip_zeros` (padding that tapes and disks add).
///
/// # Errors
/// What the reader reports.
pub fn find_magic(input: &mut impl Read, skip_zeros: bool) -> Result<Start> {
    let mut next = read_byte(input)?;
    while skip_zeros && next == Some(0) {
        next = read_byte(input)?;
    }
    if next.is_none() {
        return Ok(Start::End);
    }
    for expected in MAGIC {
        if next != Some(expected) {
            return Ok(Start::Other);
        }
        if expected != MAGIC[MAGIC.len() - 1] {
            next = read_byte(input)?;
        }
    }
    Ok(Start::Frame)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn headers_round_trip() {
        for content_size in [None, Some(0), Some(1), Some(1 << 40)] {
            for level in model::Level::all() {
                let header = FrameHeader { level, content_size };
                let bytes = header.to_bytes();
                assert_eq!(FrameHeader::read_after_magic(&mut &bytes[3..]).unwrap(), header);
            }
        }
    }

    #[test]
    fn a_newer_version_is_named() {
        let mut bytes = FrameHeader { level: model::Level::DEFAULT, content_size: None }.to_bytes();
        bytes[3] = 9;
        let error = FrameHeader::read_after_magic(&mut &bytes[3..]).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Unsupported);
        assert_eq!(error.to_string(), "written by a newer fore (format 9); this one reads formats up to 1");
    }
}

// ---- src/container/mod.rs ----

//! Coded blocks → frames: headers, lengths, checksums. `docs/FORMAT.md` describes every byte.
//!
//! ```text
//! file  = frame+ zero*
//! frame = header block* end
//! ```
//! This layer knows bytes and lengths only; what a block's bytes mean is `stream`'s affair.

pub mod block;
pub mod header;
pub mod read;
pub mod varint;

pub use block::{BlockHeader, Item, MAX_BLOCK_LEN, Method};
pub use header::FrameHeader;

// ---- src/container/read.rs ----

//! Reading exactly what the format says must be there.

use std::io::{self, Read};

use crate::{Error, ErrorKind, Result};

/// The error for data that end before the stream does.
pub fn truncated() -> Error {
    Error::new(ErrorKind::Truncated, "unexpected end of data")
}

/// The next `N` bytes.
///
/// # Errors
/// [`ErrorKind::Truncated`] if there are fewer, or what the reader reports.
pub fn read_array<const N: usize>(input: &mut impl Read) -> Result<[u8; N]> {
    let mut bytes = [0; N];
    input.read_exact(&mut bytes).map_err(|error| match error.kind() {
        io::ErrorKind::UnexpectedEof => truncated(),
        _ => error.into(),
    })?;
    Ok(bytes)
}

/// The next byte, or `None` at the end of the data.
///
/// # Errors
/// What the reader reports.
pub fn read_byte(input: &mut impl Read) -> Result<Option<u8>> {
    let mut byte = [0];
    loop {
        match input.read(&mut byte) {
            Ok(0) => return Ok(None),
            Ok(_) => return Ok(Some(byte[0])),
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => return Err(error.into()),
        }
    }
}

/// The next `len` bytes into `out`, which is cleared first. Memory grows with what really arrives, so
/// that a false length costs nothing.
///
/// # Errors
/// [`ErrorKind::Truncated`] if there are fewer, or what the reader reports.
pub fn read_vec(input: &mut impl Read, len: u64, out: &mut Vec<u8>) -> Result<()> {
    out.clear();
    let got = input.by_ref().take(len).read_to_end(out)? as u64;
    if got == len { Ok(()) } else { Err(truncated()) }
}

/// Passes over the next `len` bytes.
///
/// # Errors
/// [`ErrorKind::Truncated`] if there are fewer, or what the reader reports.
pub fn skip(input: &mut impl Read, len: u64) -> Result<()> {
    let got = io::copy(&mut input.by_ref().take(len), &mut io::sink())?;
    if got == len { Ok(()) } else { Err(truncated()) }
}

// ---- src/container/varint.rs ----

//! Lengths as LEB128: seven bits a byte, low bits first, the top bit says that more follow.
//!
//! Only the shortest form is valid, so each length has exactly one spelling.

use std::io::Read;

use super::read::read_array;
use crate::{Error, Result};

/// Appends `value` to `out` (1 to 10 bytes).
pub fn write(out: &mut Vec<u8>, mut value: u64) {
    while value >= 0x80 {
        out.push(value as u8 | 0x80);
        value >>= 7;
    }
    out.push(value as u8);
}

/// Reads one value from `input`.
///
/// # Errors
/// Truncated input, a value over 64 bits, or a spelling that is not the shortest.
pub fn read(input: &mut impl Read) -> Result<u64> {
    let mut value = 0u64;
    for shift in (0..64).step_by(7) {
        let [byte] = read_array(input)?;
        let bits = u64::from(byte & 0x7f);
        if shift == 63 && bits > 1 {
            break;
        }
        value |= bits << shift;
        if byte & 0x80 == 0 {
            if byte == 0 && shift > 0 {
                return Err(Error::corrupt("a length is not in its shortest form"));
            }
            return Ok(value);
        }
    }
    Err(Error::corrupt("a length does not fit 64 bits"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn spell(value: u64) -> Vec<u8> {
        let mut out = Vec::new();
        write(&mut out, value);
        out
    }

    #[test]
    fn every_width_round_trips() {
        for shift in 0..64 {
            for value in [1u64 << shift, (1u64 << shift) - 1, u64::MAX >> shift] {
                assert_eq!(read(&mut spell(value).as_slice()).unwrap(), value);
            }
        }
    }

    #[test]
    fn longer_spellings_and_overflow_are_refused() {
        for bad in [&[0x80, 0x00][..], &[0xff, 0x80, 0x00], &[0xff; 10], &[0x80; 11], &[0x80], &[]] {
            assert!(read(&mut &bad[..]).is_err(), "{bad:02x?}");
        }
    }
}

// ---- src/huffman/mod.rs ----

//! stub
use crate::{Error, Result};
/// Codes `raw`.
pub fn encode(raw: &[u8]) -> Vec<u8> { raw.to_vec() }
/// Decodes.
///
/// # Errors
/// stub
pub fn decode(_: &[u8], _: usize) -> Result<Vec<u8>> { Err(Error::corrupt("stub")) }

// ---- src/model/level.rs ----

//! Levels: how much model to spend on a byte. This table is part of the model version.

/// A level, 1 (fastest) to 9 (smallest).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Level(u8);

impl Level {
    /// The fastest level.
    pub const FASTEST: Self = Self(1);
    /// The level used unless another is asked for.
    pub const DEFAULT: Self = Self(6);
    /// The level with the smallest results.
    pub const BEST: Self = Self(9);

    /// The level of this number, if there is one.
    pub const fn new(level: u8) -> Option<Self> {
        match level {
            1..=9 => Some(Self(level)),
            _ => None,
        }
    }

    /// All levels, fastest first.
    pub fn all() -> impl Iterator<Item = Self> {
        (1..=9).map(Self)
    }

    /// The level's number, 1 to 9.
    pub const fn get(self) -> u8 {
        self.0
    }

    /// The most bytes of content in one block.
    pub const fn block_len(self) -> usize {
        1 << 25
    }

    /// Bytes of memory that the model takes for a block of `raw_len` bytes.
    pub const fn memory(self, raw_len: usize) -> usize {
        raw_len
    }
}

impl Default for Level {
    fn default() -> Self {
        Self::DEFAULT
    }
}

// ---- src/model/mod.rs ----

//! stub
pub mod level;
pub use level::Level;
/// v
pub const VERSION: u8 = 1;
use crate::math::F32x16;
/// n
#[derive(Debug)]
pub struct Network { p: F32x16 }
impl Network {
    /// n
    pub fn new(_: Level, _: usize) -> Self { Self { p: F32x16::splat(1.0/16.0) } }
    /// n
    #[inline(always)]
    pub fn predict(&mut self) -> &F32x16 { &self.p }
    /// n
    #[inline(always)]
    pub fn update(&mut self, n: u8) { let i = usize::from(n & 15); self.p = self.p * 0.98; self.p.0[i] += 0.02; }
}

// ---- src/stream/codec.rs ----

//! One block of content ↔ one coded block, whatever the method.

use super::{Progress, neural};
use crate::{
    Error, ErrorKind, Result,
    container::{BlockHeader, Method},
    huffman,
    math::isa::Isa,
    model::Level,
};

/// A block ready to be written.
pub struct CodedBlock {
    pub header: BlockHeader,
    /// `None`: the raw bytes themselves.
    pub payload: Option<Vec<u8>>,
}

/// Codes `raw` by `method`, or says to store it where that would not shrink it.
pub fn encode(raw: &[u8], method: Method, level: Level, progress: Option<&Progress>) -> CodedBlock {
    let mut report = |raw, coded| {
        if let Some(progress) = progress {
            progress.add(raw, coded);
        }
    };
    let payload = match method {
        Method::Store => None,
        Method::Huffman => Some(huffman::encode(raw)),
        Method::Neural => Some(neural::encode(raw, level, Isa::detect(), &mut report)),
    };
    let payload = payload.filter(|coded| coded.len() < raw.len());
    let coded_len = payload.as_ref().map_or(raw.len(), Vec::len);
    if method != Method::Neural {
        report(raw.len(), coded_len);
    }
    let method = if payload.is_some() { method } else { Method::Store };
    let header = BlockHeader { method, raw_len: raw.len(), coded_len, raw_crc: crc32fast::hash(raw) };
    CodedBlock { header, payload }
}

/// Bytes of memory that decoding takes: the coded and the raw block, and the model of a neural one.
pub fn memory_to_decode(header: &BlockHeader, level: Level) -> u64 {
    let model = match header.method {
        Method::Neural => level.memory(header.raw_len),
        Method::Store | Method::Huffman => 0,
    };
    (header.raw_len + header.coded_len + model) as u64
}

/// Decodes and checks one block.
///
/// # Errors
/// Damaged data: of the method's own structure, or content that does not match its checksum.
pub fn decode(header: &BlockHeader, coded: Vec<u8>, level: Level, progress: Option<&Progress>) -> Result<Vec<u8>> {
    let mut report = |raw, coded| {
        if let Some(progress) = progress {
            progress.add(raw, coded);
        }
    };
    let coded_len = coded.len();
    let raw = match header.method {
        Method::Store => coded,
        Method::Huffman => huffman::decode(&coded, header.raw_len)?,
        Method::Neural => neural::decode(&coded, header.raw_len, level, Isa::detect(), &mut report)?,
    };
    if header.method != Method::Neural {
        report(raw.len(), coded_len);
    }
    if crc32fast::hash(&raw) != header.raw_crc {
        return Err(Error::new(ErrorKind::ChecksumMismatch, "a block's content does not match its checksum"));
    }
    Ok(raw)
}

// ---- src/stream/decoder.rs ----

//! Frames read in → content read out.

use std::{
    hash::Hasher,
    io::{self, Read},
    sync::Arc,
};

use twox_hash::XxHash3_64;

use super::{Progress, codec};
use crate::{
    Error, ErrorKind, Result,
    container::{
        FrameHeader, Item, MAX_BLOCK_LEN,
        header::{Start, find_magic},
        read::read_vec,
    },
};

/// Decompresses the frames read from `R`, one after the other, as one stream of content.
///
/// A block's bytes are given out only after its checksum matched. The end of the content (`Ok(0)`) is
/// reported only after the last frame proved whole, so a reader that reaches it has the right bytes.
/// Zero bytes after the last frame are ignored; for anything else see
/// [`trailing_garbage`](Self::trailing_garbage). After an error every further read repeats it.
///
/// ```
/// use std::io::Read;
/// let coded = foretell::compress(b"next byte", &foretell::Options::new());
/// let mut content = String::new();
/// foretell::Decoder::new(coded.as_slice()).read_to_string(&mut content)?;
/// assert_eq!(content, "next byte");
/// # Ok::<(), std::io::Error>(())
/// ```
pub struct Decoder<R: Read> {
    inner: R,
    progress: Option<Arc<Progress>>,
    memory_limit: u64,
    /// The frame being read; `None` between frames.
    frame: Option<Frame>,
    frames: u64,
    /// Content of the last block, of which `block[given..]` is still to be given out.
    block: Vec<u8>,
    given: usize,
    state: State,
}

struct Frame {
    header: FrameHeader,
    hash: XxHash3_64,
    len: u64,
}

enum State {
    Reading,
    Ended { garbage: bool },
    Failed(ErrorKind, String),
}

impl<R: Read> Decoder<R> {
    /// A decoder of all frames in `inner`; reads nothing yet. Reads in small pieces between blocks, so an
    /// unbuffered `inner` should be wrapped in a [`BufReader`](std::io::BufReader).
    pub fn new(inner: R) -> Self {
        Self {
            inner,
            progress: None,
            memory_limit: u64::MAX,
            frame: None,
            frames: 0,
            block: Vec::new(),
            given: 0,
            state: State::Reading,
        }
    }

    /// Refuses blocks that need more than `bytes` of memory to decode.
    pub fn with_memory_limit(mut self, bytes: u64) -> Self {
        self.memory_limit = bytes;
        self
    }

    /// Counts into `progress` while working.
    pub fn with_progress(mut self, progress: Arc<Progress>) -> Self {
        self.progress = Some(progress);
        self
    }

    /// Whether something other than zero bytes or another frame followed the last frame. Known once the
    /// content has been read to its end.
    pub fn trailing_garbage(&self) -> bool {
        matches!(self.state, State::Ended { garbage: true })
    }

    /// Complete frames decoded so far.
    pub fn frames(&self) -> u64 {
        self.frames
    }

    /// The inner reader. It stands somewhere behind the content given out so far.
    pub fn into_inner(self) -> R {
        self.inner
    }

    /// Decodes on until there is content to give out or none is left.
    fn advance(&mut self) -> Result<()> {
        while self.given == self.block.len() && matches!(self.state, State::Reading) {
            match self.frame.take() {
                None => self.start_frame()?,
                Some(frame) => self.frame = self.next_item(frame)?,
            }
        }
        Ok(())
    }

    fn start_frame(&mut self) -> Result<()> {
        match (find_magic(&mut self.inner, self.frames > 0)?, self.frames) {
            (Start::Frame, _) => {
                let header = FrameHeader::read_after_magic(&mut self.inner)?;
                self.frame = Some(Frame { header, hash: XxHash3_64::new(), len: 0 });
            }
            (Start::End, 0) => return Err(Error::new(ErrorKind::Truncated, "empty: no foretell data")),
            (Start::Other, 0) => return Err(Error::new(ErrorKind::NotForetell, "not in foretell format")),
            (start, _) => self.state = State::Ended { garbage: start == Start::Other },
        }
        Ok(())
    }

    /// Reads one block into `self.block`, or the end of `frame` (then gives back `None`).
    fn next_item(&mut self, mut frame: Frame) -> Result<Option<Frame>> {
        match Item::read(&mut self.inner)? {
            Item::Block(header) => {
                let level = frame.header.level;
                let needed = codec::memory_to_decode(&header, level);
                if needed > self.memory_limit {
                    let text = format!("decoding needs {needed} bytes of memory, {} are allowed", self.memory_limit);
                    return Err(Error::new(ErrorKind::MemoryLimit, text));
                }
                debug_assert!(header.coded_len <= MAX_BLOCK_LEN);
                let mut coded = Vec::new();
                read_vec(&mut self.inner, header.coded_len as u64, &mut coded)?;
                self.block = codec::decode(&header, coded, level, self.progress.as_deref())?;
                self.given = 0;
                frame.hash.write(&self.block);
                frame.len += self.block.len() as u64;
                Ok(Some(frame))
            }
            Item::End(hash) => {
                if frame.header.content_size.is_some_and(|promised| promised != frame.len) {
                    return Err(Error::corrupt("the content's length is not what the header says"));
                }
                if hash != frame.hash.finish() {
                    return Err(Error::new(ErrorKind::ChecksumMismatch, "the content does not match its checksum"));
                }
                self.frames += 1;
                Ok(None)
            }
        }
    }
}

impl<R: Read> Read for Decoder<R> {
    fn read(&mut self, out: &mut [u8]) -> io::Result<usize> {
        if out.is_empty() {
            return Ok(0);
        }
        if let State::Failed(kind, text) = &self.state {
            return Err(Error::new(*kind, text.clone()).into());
        }
        if let Err(error) = self.advance() {
            self.state = State::Failed(error.kind(), error.to_string());
            return Err(error.into());
        }
        let n = out.len().min(self.block.len() - self.given);
        out[..n].copy_from_slice(&self.block[self.given..self.given + n]);
        self.given += n;
        Ok(n)
    }
}

// ---- src/stream/encoder.rs ----

//! Content written in → a frame written out.

use std::{
    hash::Hasher,
    io::{self, Write},
};

use twox_hash::XxHash3_64;

use super::{Options, codec};
use crate::{
    Error, ErrorKind,
    container::{FrameHeader, Item, Method},
};

/// Bytes of content in a Huffman block: small enough to follow the data, large enough for its table to cost little.
const HUFFMAN_BLOCK: usize = 1 << 18;
/// Bytes of content in a stored block.
const STORE_BLOCK: usize = 1 << 20;

/// Compresses what is written to it into one frame on `W`.
///
/// Holds up to one block ([`Level::block_len`](crate::Level::block_len) bytes) and its coded form, and the
/// level's model while a block is coded. [`finish`](Self::finish) must be called: without it the frame has no
/// end, and a decoder will say so.
///
/// ```
/// use std::io::Write;
/// use foretell::{Encoder, Options};
/// let mut encoder = Encoder::new(Vec::new(), &Options::new());
/// encoder.write_all(b"prediction is compression")?;
/// let coded: Vec<u8> = encoder.finish()?;
/// assert_eq!(foretell::decompress(&coded)?, b"prediction is compression");
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub struct Encoder<W: Write> {
    inner: W,
    options: Options,
    /// Bytes that are ready for `inner`, of which `pending[written..]` it has not taken yet.
    pending: Vec<u8>,
    written: usize,
    /// Content of the block not yet coded; shorter than a whole block between calls.
    block: Vec<u8>,
    hash: XxHash3_64,
    total_in: u64,
    total_out: u64,
}

impl<W: Write> Encoder<W> {
    /// An encoder of one frame onto `inner`; writes nothing yet.
    pub fn new(inner: W, options: &Options) -> Self {
        let header = FrameHeader { level: options.level, content_size: options.content_size };
        Self {
            inner,
            options: options.clone(),
            pending: header.to_bytes(),
            written: 0,
            block: Vec::new(),
            hash: XxHash3_64::new(),
            total_in: 0,
            total_out: 0,
        }
    }

    /// Bytes of content taken so far.
    pub fn total_in(&self) -> u64 {
        self.total_in
    }

    /// Bytes of the frame that the inner writer has taken so far.
    pub fn total_out(&self) -> u64 {
        self.total_out
    }

    /// The inner writer.
    pub fn get_ref(&self) -> &W {
        &self.inner
    }

    /// Codes what is left, ends the frame, flushes, and gives the inner writer back.
    ///
    /// # Errors
    /// What the inner writer reports, or a promised content size that was not kept.
    pub fn finish(mut self) -> io::Result<W> {
        if self.options.content_size.is_some_and(|promised| promised != self.total_in) {
            let promised = self.options.content_size.unwrap_or_default();
            let text = format!("{promised} bytes of content were promised, {} came", self.total_in);
            return Err(Error::new(ErrorKind::Io, text).into());
        }
        self.code_buffered();
        Item::End(self.hash.finish()).write(&mut self.pending);
        self.drain()?;
        self.inner.flush()?;
        Ok(self.inner)
    }

    fn block_len(&self) -> usize {
        match self.options.method {
            Method::Neural => self.options.level.block_len(),
            Method::Huffman => HUFFMAN_BLOCK,
            Method::Store => STORE_BLOCK,
        }
    }

    fn code_buffered(&mut self) {
        if !self.block.is_empty() {
            let mut block = std::mem::take(&mut self.block);
            self.code(&block);
            block.clear();
            self.block = block;
        }
    }

    /// Codes one block and appends it to what is pending.
    fn code(&mut self, raw: &[u8]) {
        let coded = codec::encode(raw, self.options.method, self.options.level, self.options.progress.as_deref());
        self.hash.write(raw);
        Item::Block(coded.header).write(&mut self.pending);
        self.pending.extend_from_slice(coded.payload.as_deref().unwrap_or(raw));
    }

    /// Writes all that is pending. After an error it goes on where it stopped.
    fn drain(&mut self) -> io::Result<()> {
        while self.written < self.pending.len() {
            match self.inner.write(&self.pending[self.written..]) {
                Ok(0) => return Err(io::ErrorKind::WriteZero.into()),
                Ok(n) => {
                    self.written += n;
                    self.total_out += n as u64;
                }
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(error) => return Err(error),
            }
        }
        self.pending.clear();
        self.written = 0;
        Ok(())
    }
}

impl<W: Write> Write for Encoder<W> {
    /// Takes up to one block's worth of `bytes`. A whole block is coded from where it stands, not copied.
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.drain()?;
        let block_len = self.block_len();
        let taken = bytes.len().min(block_len - self.block.len());
        if taken == block_len {
            self.code(&bytes[..taken]);
        } else {
            self.block.extend_from_slice(&bytes[..taken]);
            if self.block.len() == block_len {
                self.code_buffered();
            }
        }
        self.total_in += taken as u64;
        Ok(taken)
    }

    /// Ends the current block, so that all bytes written so far can be decoded by who reads the other end.
    /// The model starts anew with the next block: flush seldom.
    fn flush(&mut self) -> io::Result<()> {
        self.code_buffered();
        self.drain()?;
        self.inner.flush()
    }
}

// ---- src/stream/inspect.rs ----

//! What a file's headers tell, without decoding anything.

use std::io::Read;

use crate::{
    Error, ErrorKind, Result,
    container::{
        FrameHeader, Item, Method,
        header::{Start, find_magic},
        read,
    },
    model::Level,
};

/// What the headers of one frame say.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct FrameInfo {
    /// The level it was compressed at.
    pub level: Level,
    /// Bytes of content.
    pub raw_size: u64,
    /// Bytes of the frame, header and end included.
    pub coded_size: u64,
    /// How many blocks each method coded, in the order of [`Method::ALL`].
    pub blocks: [u64; Method::ALL.len()],
    /// XXH3-64 of the content.
    pub content_hash: u64,
}

/// Reads the headers of all frames in `input`, passing over the blocks between them.
///
/// # Errors
/// As decoding would give, as far as headers can tell: not a frame, damaged, truncated. Bytes after the last
/// frame, zero or not, are no error.
pub fn inspect(input: impl Read) -> Result<Vec<FrameInfo>> {
    let mut input = Counting { inner: input, count: 0 };
    let mut frames = Vec::new();
    loop {
        match (find_magic(&mut input, !frames.is_empty())?, frames.len()) {
            (Start::Frame, _) => frames.push(inspect_frame(&mut input)?),
            (Start::End, 0) => return Err(Error::new(ErrorKind::Truncated, "empty: no foretell data")),
            (Start::Other, 0) => return Err(Error::new(ErrorKind::NotForetell, "not in foretell format")),
            _ => return Ok(frames),
        }
    }
}

fn inspect_frame<R: Read>(input: &mut Counting<R>) -> Result<FrameInfo> {
    let start = input.count - crate::container::header::MAGIC.len() as u64;
    let header = FrameHeader::read_after_magic(input)?;
    let mut blocks = [0; Method::ALL.len()];
    let mut raw_size = 0;
    loop {
        match Item::read(input)? {
            Item::Block(block) => {
                read::skip(input, block.coded_len as u64)?;
                raw_size += block.raw_len as u64;
                blocks[block.method as usize] += 1;
            }
            Item::End(_) if header.content_size.is_some_and(|promised| promised != raw_size) => {
                return Err(Error::corrupt("the content's length is not what the header says"));
            }
            Item::End(content_hash) => {
                let coded_size = input.count - start;
                return Ok(FrameInfo { level: header.level, raw_size, coded_size, blocks, content_hash });
            }
        }
    }
}

/// Counts what is read through it.
struct Counting<R> {
    inner: R,
    count: u64,
}

impl<R: Read> Read for Counting<R> {
    fn read(&mut self, out: &mut [u8]) -> std::io::Result<usize> {
        let n = self.inner.read(out)?;
        self.count += n as u64;
        Ok(n)
    }
}

// ---- src/stream/mod.rs ----

//! Content ↔ frames, in pieces or at once.

mod codec;
mod decoder;
mod encoder;
mod inspect;
mod neural;
mod options;

use std::io::{Read, Write};

pub use decoder::Decoder;
pub use encoder::Encoder;
pub use inspect::{FrameInfo, inspect};
pub use options::{Options, Progress};

use crate::Result;

/// Compresses `content` into one frame, whose header says how long the content is.
pub fn compress(content: &[u8], options: &Options) -> Vec<u8> {
    let options = options.clone().content_size(content.len() as u64);
    let mut encoder = Encoder::new(Vec::new(), &options);
    let done = encoder.write_all(content).and_then(|()| encoder.finish());
    done.expect("a Vec takes all bytes and the promised size is kept")
}

/// Decompresses all frames in `coded`. What follows them must be zero bytes or nothing.
///
/// # Errors
/// Anything but whole, undamaged frames; [`ErrorKind::Corrupt`](crate::ErrorKind::Corrupt) for other bytes after them.
pub fn decompress(coded: &[u8]) -> Result<Vec<u8>> {
    let mut decoder = Decoder::new(coded);
    let mut content = Vec::new();
    decoder.read_to_end(&mut content)?;
    if decoder.trailing_garbage() {
        return Err(crate::Error::corrupt("something else follows the compressed data"));
    }
    Ok(content)
}

// ---- src/stream/neural.rs ----

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
pub fn encode(raw: &[u8], level: Level, isa: Isa, report: &mut dyn FnMut(usize, usize)) -> Vec<u8> {
    let mut network = Network::new(level, raw.len());
    let mut coder = Encoder::new();
    for chunk in raw.chunks(REPORT_EVERY) {
        let before = coder.len();
        isa::run(isa, EncodeChunk { network: &mut network, coder: &mut coder, chunk });
        report(chunk.len(), coder.len() - before);
    }
    coder.finish()
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
/// Corrupt if `coded` ends long before the content does, as damaged data mostly do.
pub fn decode(
    coded: &[u8],
    raw_len: usize,
    level: Level,
    isa: Isa,
    report: &mut dyn FnMut(usize, usize),
) -> Result<Vec<u8>> {
    let mut network = Network::new(level, raw_len);
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

// ---- src/stream/options.rs ----

//! What a caller may choose, and what it may watch.

use std::sync::{
    Arc,
    atomic::{AtomicU64, Ordering::Relaxed},
};

use crate::{container::Method, model::Level};

/// Choices for compression; a builder.
///
/// ```
/// use foretell::{Level, Method, Options};
/// let options = Options::new().level(Level::new(3).unwrap()).method(Method::Neural);
/// assert!(foretell::compress(&[7; 1000], &options).len() < 60);
/// ```
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Options {
    pub(super) level: Level,
    pub(super) method: Method,
    pub(super) content_size: Option<u64>,
    pub(super) progress: Option<Arc<Progress>>,
}

impl Default for Options {
    fn default() -> Self {
        Self::new()
    }
}

impl Options {
    /// The default level, the neural method, no content size, nobody watching.
    pub fn new() -> Self {
        Self { level: Level::DEFAULT, method: Method::Neural, content_size: None, progress: None }
    }

    /// How large and slow a model to use.
    pub fn level(mut self, level: Level) -> Self {
        self.level = level;
        self
    }

    /// How to code blocks; one that would not shrink is stored whatever this says.
    pub fn method(mut self, method: Method) -> Self {
        self.method = method;
        self
    }

    /// Promises how many bytes will be written, so that the header can say so. A promise that is not kept
    /// makes [`Encoder::finish`](super::Encoder::finish) fail.
    pub fn content_size(mut self, bytes: u64) -> Self {
        self.content_size = Some(bytes);
        self
    }

    /// Counts into `progress` while working.
    pub fn progress(mut self, progress: Arc<Progress>) -> Self {
        self.progress = Some(progress);
        self
    }
}

/// How far an encoder or decoder has come, to be read from another thread. Both figures only grow, and
/// agree with the whole stream's when the work is done.
#[derive(Debug, Default)]
pub struct Progress {
    raw: AtomicU64,
    coded: AtomicU64,
}

impl Progress {
    /// Bytes of content dealt with.
    pub fn raw(&self) -> u64 {
        self.raw.load(Relaxed)
    }

    /// Compressed bytes that stand for them, headers left out.
    pub fn coded(&self) -> u64 {
        self.coded.load(Relaxed)
    }

    pub(super) fn add(&self, raw: usize, coded: usize) {
        self.raw.fetch_add(raw as u64, Relaxed);
        self.coded.fetch_add(coded as u64, Relaxed);
    }
}

// ---- src/cli/corpus/manifest.rs ----

//! The manifest: a line a file, `sha256  size  path`, and how a folder is checked against it.
//!
//! `-` stands where the SHA-256 is not known; then the size alone decides. Empty lines and those that start with `#`
//! say nothing. Paths are relative, with `/`, and never lead out of the folder.

use std::{
    fmt, fs,
    io::{self, Read},
    path::{Component, Path},
};

use anyhow::{Context, Result, ensure};
use sha2::{Digest, Sha256};

/// The project's own manifest, `corpus/MANIFEST`.
pub const PROJECT: &str = include_str!("../../../corpus/MANIFEST");

/// A file as the manifest has it.
#[derive(Debug, PartialEq, Eq)]
pub struct Entry {
    /// Lower-case hexadecimal digits, if they are known.
    pub sha256: Option<String>,
    /// In bytes.
    pub size: u64,
    /// Relative to the folder that is checked.
    pub path: String,
}

/// What a check found.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// Size and SHA-256 are right.
    Same,
    /// The size is right, and the manifest knows no more.
    SameSize,
    /// There is no such file.
    Absent,
    /// It is there, but is another one.
    Differs,
}

impl fmt::Display for Verdict {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(match self {
            Self::Same => "ok",
            Self::SameSize => "size ok",
            Self::Absent => "absent",
            Self::Differs => "DIFFERS",
        })
    }
}

impl Entry {
    /// The entries of a manifest, in its order.
    pub fn parse_all(text: &str) -> Result<Vec<Self>> {
        let lines = text.lines().enumerate().filter(|(_, line)| !line.trim().is_empty() && !line.starts_with('#'));
        lines.map(|(i, line)| Self::parse(line).with_context(|| format!("manifest, line {}", i + 1))).collect()
    }

    fn parse(line: &str) -> Result<Self> {
        let mut fields = line.split_whitespace();
        let (Some(sha256), Some(size), Some(path), None) = (fields.next(), fields.next(), fields.next(), fields.next())
        else {
            anyhow::bail!("not of the form: sha256 size path");
        };
        let is_digest = sha256.len() == 64 && sha256.bytes().all(|b| matches!(b, b'0'..=b'9' | b'a'..=b'f'));
        ensure!(is_digest || sha256 == "-", "neither a SHA-256 nor '-': {sha256}");
        let stays_inside = Path::new(path).components().all(|part| matches!(part, Component::Normal(_)));
        ensure!(stays_inside, "not a plain relative path: {path}");
        let size = size.parse().with_context(|| format!("not a size: {size}"))?;
        Ok(Self { sha256: is_digest.then(|| sha256.into()), size, path: path.into() })
    }

    /// Compares the file of this path below `dir` with the entry.
    pub fn check(&self, dir: &Path) -> io::Result<Verdict> {
        let path = dir.join(&self.path);
        let size = match fs::metadata(&path) {
            Ok(metadata) if metadata.is_file() => metadata.len(),
            Ok(_) => return Ok(Verdict::Differs),
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Verdict::Absent),
            Err(error) => return Err(error),
        };
        if size != self.size {
            return Ok(Verdict::Differs);
        }
        match &self.sha256 {
            None => Ok(Verdict::SameSize),
            Some(digest) if *digest == sha256(fs::File::open(path)?)? => Ok(Verdict::Same),
            Some(_) => Ok(Verdict::Differs),
        }
    }
}

/// The SHA-256 of what `reader` gives, in hexadecimal digits.
fn sha256(mut reader: impl Read) -> io::Result<String> {
    let mut digest = Sha256::new();
    io::copy(&mut reader, &mut digest)?;
    Ok(digest.finalize().iter().map(|byte| format!("{byte:02x}")).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    const ABC: &str = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";

    #[test]
    fn the_digest_is_that_of_the_standard() {
        assert_eq!(sha256(&b"abc"[..]).unwrap(), ABC);
    }

    #[test]
    fn lines_are_digest_size_and_path() {
        let entries = Entry::parse_all(&format!("# comment\n\n{ABC}  3  a/b\n-  7  c\n")).unwrap();
        assert_eq!(entries[0], Entry { sha256: Some(ABC.into()), size: 3, path: "a/b".into() });
        assert_eq!(entries[1], Entry { sha256: None, size: 7, path: "c".into() });
    }

    #[test]
    fn bad_lines_are_refused_with_their_number() {
        for bad in ["- 3", "- x a", "- 3 a b", "abc 3 a", "- 3 ../a", "- 3 /a", "- -3 a"] {
            let error = Entry::parse_all(&format!("- 1 fine\n{bad}\n")).unwrap_err();
            assert_eq!(error.to_string(), "manifest, line 2", "{bad}");
        }
    }

    #[test]
    fn a_file_is_same_absent_or_different() {
        let dir = tempfile::tempdir().unwrap();
        fs::write(dir.path().join("a"), "abc").unwrap();
        let check = |line: &str| Entry::parse(line).unwrap().check(dir.path()).unwrap();
        assert_eq!(check(&format!("{ABC} 3 a")), Verdict::Same);
        assert_eq!(check("- 3 a"), Verdict::SameSize);
        assert_eq!(check("- 4 a"), Verdict::Differs);
        assert_eq!(check(&format!("{} 3 a", ABC.replace('b', "c"))), Verdict::Differs);
        assert_eq!(check("- 3 b"), Verdict::Absent);
    }
}

// ---- src/cli/corpus/generated/rng.rs ----

//! The source of chance: SplitMix64, and the few distributions that data are made of.
//!
//! Integers only, so that a seed means the same bytes on every machine. The generator is SplitMix64 (Steele, Lea &
//! Flood, *Fast Splittable Pseudorandom Number Generators*, OOPSLA 2014): a Weyl sequence through a 64-bit finaliser.

/// A stream of pseudo-random numbers that depends on its seed alone.
pub(super) struct Rng(u64);

impl Rng {
    pub(super) fn new(seed: u64) -> Self {
        Self(seed)
    }

    pub(super) fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let z = self.0;
        let z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    /// A number in `0..n`; 0 if `n` is 0. Its bias, below n/2^64, does not matter here.
    pub(super) fn below(&mut self, n: u64) -> u64 {
        ((u128::from(self.next()) * u128::from(n)) >> 64) as u64
    }

    /// A number in `low..=high`.
    pub(super) fn between(&mut self, low: i64, high: i64) -> i64 {
        low + self.below((high - low + 1) as u64) as i64
    }

    /// True `percent` times in a hundred.
    pub(super) fn chance(&mut self, percent: u64) -> bool {
        self.below(100) < percent
    }

    /// A number in `0..n` (`n` > 0) that follows Zipf's law roughly: i has a probability near 1/(i + 1), up to a constant.
    ///
    /// An octave is drawn first, then a place in it: the logarithm of the result is almost uniform.
    pub(super) fn zipf(&mut self, n: usize) -> usize {
        debug_assert!(n > 0);
        let octaves = u64::from(usize::BITS - n.leading_zeros());
        loop {
            let octave = 1 << self.below(octaves);
            let rank = octave + self.below(octave);
            if rank <= n as u64 {
                return rank as usize - 1;
            }
        }
    }

    /// A number around 0 with a bell-shaped distribution of standard deviation `spread` (the sum of four uniforms).
    pub(super) fn bell(&mut self, spread: i64) -> i64 {
        let sum: i64 = (0..4).map(|_| self.between(-1000, 1000)).sum();
        sum * spread / 1155
    }

    /// An item, each with the same probability.
    pub(super) fn any<'a, T>(&mut self, items: &'a [T]) -> &'a T {
        &items[self.below(items.len() as u64) as usize]
    }

    /// An item, the first ones far more often than the last ([`Self::zipf`]).
    pub(super) fn often<'a, T>(&mut self, items: &'a [T]) -> &'a T {
        &items[self.zipf(items.len())]
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_stream_is_the_published_one() {
        // The first outputs for seed 1234567 of the reference implementation by Vigna (prng.di.unimi.it).
        let mut rng = Rng::new(1_234_567);
        assert_eq!(
            [rng.next(), rng.next(), rng.next()],
            [6_457_827_717_110_365_317, 3_203_168_211_198_807_973, 9_817_491_932_198_370_423]
        );
    }

    #[test]
    fn draws_stay_in_their_ranges_and_reach_both_ends() {
        let mut rng = Rng::new(1);
        let draws: Vec<i64> = (0..1000).map(|_| rng.between(-3, 4)).collect();
        assert_eq!((draws.iter().min(), draws.iter().max()), (Some(&-3), Some(&4)));
        let ranks: Vec<usize> = (0..2000).map(|_| rng.zipf(100)).collect();
        assert_eq!((ranks.iter().min(), ranks.iter().max()), (Some(&0), Some(&99)));
        let first = ranks.iter().filter(|&&rank| rank == 0).count();
        assert!((200..450).contains(&first), "rank 0 came {first} times in 2000");
    }

    #[test]
    fn the_bell_has_the_spread_asked_for() {
        let mut rng = Rng::new(2);
        let square: i64 = (0..20_000).map(|_| rng.bell(100).pow(2)).sum();
        assert!((9_000..11_000).contains(&(square / 20_000)), "variance {}", square / 20_000);
    }
}

// ---- src/cli/corpus/generated/clock.rs ----

//! Calendar dates from a count of milliseconds, without a time zone or a locale.

use std::fmt;

pub(super) const MONTHS: [&str; 12] =
    ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];

/// A moment: milliseconds since 1970-01-01T00:00:00 UTC.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Moment(pub(super) u64);

impl Moment {
    /// (year, month 1..=12, day 1..=31) by Howard Hinnant's `civil_from_days`, for years from 1970.
    pub(super) fn date(self) -> (u64, u64, u64) {
        let days = self.0 / 86_400_000 + 719_468; // since 0000-03-01: leap days come last
        let (era, day_of_era) = (days / 146_097, days % 146_097);
        let year = (day_of_era - day_of_era / 1460 + day_of_era / 36_524 - day_of_era / 146_096) / 365;
        let day_of_year = day_of_era - (365 * year + year / 4 - year / 100);
        let month = (5 * day_of_year + 2) / 153; // 0 is March
        let day = day_of_year - (153 * month + 2) / 5 + 1;
        let civil_month = if month < 10 { month + 3 } else { month - 9 };
        (year + era * 400 + u64::from(civil_month <= 2), civil_month, day)
    }

    /// (hour, minute, second, millisecond)
    pub(super) fn time(self) -> (u64, u64, u64, u64) {
        let ms = self.0 % 86_400_000;
        (ms / 3_600_000, ms / 60_000 % 60, ms / 1000 % 60, ms % 1000)
    }

    /// `Mar  4 05:06:07`, as system logs write it.
    pub(super) fn syslog(self) -> String {
        let ((_, month, day), (h, m, s, _)) = (self.date(), self.time());
        format!("{} {day:2} {h:02}:{m:02}:{s:02}", MONTHS[month as usize - 1])
    }

    /// `2024-03-04 05:06:07,089`, as Java's loggers write it.
    pub(super) fn log4j(self) -> String {
        let ((year, month, day), (h, m, s, ms)) = (self.date(), self.time());
        format!("{year}-{month:02}-{day:02} {h:02}:{m:02}:{s:02},{ms:03}")
    }
}

impl fmt::Display for Moment {
    /// `2024-03-04T05:06:07.089Z`
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let ((year, month, day), (h, m, s, ms)) = (self.date(), self.time());
        write!(f, "{year}-{month:02}-{day:02}T{h:02}:{m:02}:{s:02}.{ms:03}Z")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn moments_are_written_as_the_calendar_has_them() {
        assert_eq!(Moment(0).to_string(), "1970-01-01T00:00:00.000Z");
        assert_eq!(Moment(951_782_400_000).to_string(), "2000-02-29T00:00:00.000Z");
        assert_eq!(Moment(1_709_528_767_089).to_string(), "2024-03-04T05:06:07.089Z");
        assert_eq!(Moment(1_709_528_767_089).syslog(), "Mar  4 05:06:07");
        assert_eq!(Moment(1_709_528_767_089).log4j(), "2024-03-04 05:06:07,089");
    }
}

// ---- src/cli/corpus/generated/genome.rs ----

//! DNA in FASTA: a Markov source of order 4 with its own preferences, and, as in real genomes, stretches that were
//! copied from elsewhere, forwards or as the reverse complement, and have mutated since.

use super::Rng;

const WIDTH: usize = 60;
const ORDER: u32 = 4;

pub(super) fn fasta(rng: &mut Rng, size: usize) -> Vec<u8> {
    // For each context of four bases the weights of the next one: uneven, but none is impossible.
    let weights: Vec<[u64; 4]> = (0..4usize.pow(ORDER)).map(|_| [0; 4].map(|_| 40 + rng.zipf(120) as u64)).collect();
    let mut bases: Vec<u8> = Vec::with_capacity(size);
    while bases.len() < size {
        if bases.len() > 2000 && rng.chance(4) {
            copy(rng, &mut bases);
        } else {
            for _ in 0..20 + rng.below(400) {
                let next = draw(rng, &weights, &bases);
                bases.push(next);
            }
        }
    }

    let (mut out, mut rest, mut contig) = (Vec::with_capacity(size + size / WIDTH), &bases[..], 1);
    while out.len() < size {
        let length = rest.len().min(30_000 + rng.below(40_000) as usize);
        let header =
            format!(">contig_{contig:04} length={length} coverage={}.{}\n", rng.between(28, 44), rng.below(10));
        out.extend(header.as_bytes());
        let (this, others) = rest.split_at(length);
        for line in this.chunks(WIDTH) {
            out.extend(line.iter().map(|&base| b"ACGT"[usize::from(base)]));
            out.push(b'\n');
        }
        (rest, contig) = (others, contig + 1);
    }
    out.truncate(size);
    out
}

/// The next base (0..4) after the last ones.
fn draw(rng: &mut Rng, weights: &[[u64; 4]], bases: &[u8]) -> u8 {
    let context = bases.iter().rev().take(ORDER as usize).fold(0, |context, &base| context * 4 + usize::from(base));
    let weights = &weights[context];
    let mut at = rng.below(weights.iter().sum());
    let mut base = 0;
    while at >= weights[base] {
        at -= weights[base];
        base += 1;
    }
    base as u8
}

/// Appends a copy of an earlier stretch: one base in thirty differs, and sometimes one is missing.
fn copy(rng: &mut Rng, bases: &mut Vec<u8>) {
    let length = 60 + rng.zipf(1500);
    let start = rng.below((bases.len() - length) as u64) as usize;
    let mut stretch = bases[start..start + length].to_vec();
    if rng.chance(35) {
        stretch.reverse();
        stretch.iter_mut().for_each(|base| *base = 3 - *base); // A–T and C–G
    }
    for base in stretch {
        match rng.below(240) {
            0..8 => bases.push(rng.below(4) as u8),
            8 => {}
            _ => bases.push(base),
        }
    }
}

// ---- src/cli/corpus/generated/program.rs ----

//! The image of a program: a header, machine code in the manner of x86-64, strings, a symbol table and zero padding.
//!
//! It does not run, but has what makes executables what they are: a few instruction templates with skewed operands,
//! calls relative to the next instruction, addresses of strings, functions aligned by padding, tables of fixed stride.

use super::Rng;

const PAGE: usize = 4096;
const BASE: u64 = 0x40_0000;
const VERBS: &[&str] = &[
    "get", "set", "read", "write", "init", "free", "open", "close", "parse", "find", "push", "update", "print",
    "check", "copy", "next",
];
const OBJECTS: &[&str] = &[
    "buffer", "node", "config", "stream", "entry", "table", "header", "index", "path", "string", "list", "record",
    "socket", "block", "cache", "option", "frame", "window", "queue", "token", "file", "page", "cursor", "symbol",
];
const MESSAGES: &[&str] = &[
    "out of memory",
    "cannot open %s: %s",
    "usage: %s [-v] [-o FILE] INPUT",
    "unexpected end of file",
    "invalid argument '%s'",
    "line %d: syntax error near '%s'",
    "%s: no such %s",
    "warning: %s is deprecated, use %s",
    "internal error in %s at %s:%d",
    "read %zu of %zu bytes",
    "checksum mismatch in %s",
    "unknown option -- '%c'",
    "too many open files",
    "permission denied",
];

/// The code so far, and what must be filled in when addresses are known.
struct Code {
    bytes: Vec<u8>,
    /// Where each function starts.
    functions: Vec<usize>,
    /// (place of a 32-bit displacement, number of the function called)
    calls: Vec<(usize, usize)>,
    /// (place of a 32-bit displacement, number of the string)
    strings: Vec<(usize, usize)>,
}

pub(super) fn image(rng: &mut Rng, size: usize) -> Vec<u8> {
    let mut code = Code { bytes: Vec::new(), functions: Vec::new(), calls: Vec::new(), strings: Vec::new() };
    let (strings, offsets) = string_table(rng, 260);
    while code.bytes.len() < size * 70 / 100 {
        function(rng, &mut code, offsets.len());
    }
    let text_at = PAGE;
    let data_at = (text_at + code.bytes.len()).next_multiple_of(PAGE);
    link(&mut code, data_at - text_at, &offsets);
    let (symbols, names) = symbol_table(rng, &code, BASE + text_at as u64);
    let symbols_at = (data_at + strings.len()).next_multiple_of(64);

    let mut image = Vec::with_capacity(size);
    image.extend(b"\x7fELF\x02\x01\x01\0\0\0\0\0\0\0\0\0\x02\0\x3e\0\x01\0\0\0");
    for field in [BASE + text_at as u64, 64, symbols_at as u64] {
        image.extend(field.to_le_bytes());
    }
    for (at, part) in [(text_at, &code.bytes), (data_at, &strings), (symbols_at, &symbols)] {
        image.resize(at, 0);
        image.extend(part);
    }
    image.extend(names);
    image.resize(size, 0);
    image
}

/// A function: prologue, instructions, epilogue, and padding to a multiple of 16.
fn function(rng: &mut Rng, code: &mut Code, strings: usize) {
    const RETURN: &[&[u8]] =
        &[&[0xc9, 0xc3], &[0x31, 0xc0, 0xc9, 0xc3], &[0x5b, 0x5d, 0xc3], &[0xb8, 1, 0, 0, 0, 0xc9, 0xc3]];
    const NOPS: [u8; 16] = [0x66, 0x2e, 0x0f, 0x1f, 0x84, 0, 0, 0, 0, 0, 0x0f, 0x1f, 0x44, 0, 0, 0x90];
    code.functions.push(code.bytes.len());
    code.bytes.extend([0xf3, 0x0f, 0x1e, 0xfa, 0x55, 0x48, 0x89, 0xe5, 0x48, 0x83, 0xec, 16 * (1 + rng.zipf(8) as u8)]);
    for local in 1..=rng.zipf(4) as u8 {
        code.bytes.extend([0x48, 0x89, [0x7d, 0x75, 0x55, 0x4d][usize::from(local) - 1], 0xf8 - 8 * (local - 1)]);
    }
    for _ in 0..6 + rng.zipf(90) {
        instruction(rng, code, strings);
    }
    code.bytes.extend(*rng.often(RETURN));
    let padding = code.bytes.len().next_multiple_of(16) - code.bytes.len();
    code.bytes.extend(&NOPS[..padding]);
}

fn instruction(rng: &mut Rng, code: &mut Code, strings: usize) {
    // A ModRM byte of a register and a local variable, and the variable's offset below the frame pointer.
    let register = rng.zipf(7) as u8;
    let local = (0u8.wrapping_sub(8)).wrapping_sub(8 * rng.zipf(14) as u8);
    let modrm = 0x45 | register << 3;
    let pair = 0xc0 | register << 3 | rng.zipf(7) as u8;
    let wide = if rng.chance(70) { 0x48 } else { 0x4c };
    let constant = rng.zipf(200) as u8;
    match rng.below(100) {
        0..10 => code.bytes.extend([wide, 0x8b, modrm, local]),
        10..22 => code.bytes.extend([0x48, 0x8b, 0x45, local, 0x48, 0x89, *rng.often(&[0xc7, 0xc6, 0xd0])]),
        22..34 => code.bytes.extend([wide, 0x89, modrm, local]),
        34..41 => code.bytes.extend([wide, 0x89, pair]),
        41..46 => code.bytes.extend([0x48, 0x8b, 0x40 | register << 3, constant & 0x78]),
        46..51 => code.bytes.extend([0x48, 0x83, 0xc0 | *rng.often(&[0, 5, 4, 7]) << 3 | register, constant]),
        51..56 => code.bytes.extend([0x83, 0x7d, local, constant & 0x1f]),
        56..60 => code.bytes.extend([0x48, 0x85, 0xc0 | register * 9]),
        60..70 => {
            code.bytes.extend([*rng.often(&[0x74, 0x75, 0x7e, 0xeb, 0x7f, 0x76, 0x72]), 2 + rng.zipf(100) as u8]);
        }
        70..74 => {
            code.bytes.extend([
                0x0f,
                *rng.often(&[0x84, 0x85, 0x8f, 0x86]),
                rng.zipf(255) as u8,
                rng.zipf(3) as u8,
                0,
                0,
            ]);
        }
        74..88 => {
            let known = code.functions.len() + 30; // later functions are called, too
            let target = if rng.chance(65) { rng.zipf(known) } else { rng.below(known as u64) as usize };
            code.bytes.push(0xe8);
            code.calls.push((code.bytes.len(), target));
            code.bytes.extend([0; 4]);
        }
        88..93 => {
            code.bytes.extend([0x48, 0x8d, 0x05 | rng.any(&[7, 6, 0]) << 3]);
            code.strings.push((code.bytes.len(), rng.zipf(strings)));
            code.bytes.extend([0; 4]);
        }
        93..96 => code.bytes.extend([0xb8 | register, constant, 0, 0, 0]),
        96..98 => code.bytes.extend([0x0f, 0xb6, 0x00 | register << 3 | 2]),
        _ => code.bytes.extend([0xf2, 0x0f, *rng.often(&[0x10, 0x11, 0x58, 0x59]), modrm, local]),
    }
}

/// Fills in the displacements, which count from the end of their own four bytes.
fn link(code: &mut Code, data: usize, strings: &[usize]) {
    let last = code.functions.len() - 1;
    let calls = code.calls.iter().map(|&(at, function)| (at, code.functions[function.min(last)]));
    let strings = code.strings.iter().map(|&(at, string)| (at, data + strings[string]));
    for (at, target) in calls.chain(strings).collect::<Vec<_>>() {
        let displacement = target as i64 - (at as i64 + 4);
        code.bytes[at..at + 4].copy_from_slice(&(displacement as i32).to_le_bytes());
    }
}

/// Zero-terminated messages, and where each starts.
fn string_table(rng: &mut Rng, count: usize) -> (Vec<u8>, Vec<usize>) {
    let (mut table, mut offsets) = (Vec::new(), Vec::new());
    for i in 0..count {
        offsets.push(table.len());
        let text = match MESSAGES.get(i) {
            Some(message) => message.to_string(),
            None if rng.chance(50) => {
                format!("cannot {} {} of {}", rng.any(VERBS), rng.any(OBJECTS), rng.often(OBJECTS))
            }
            None => format!("src/{}_{}.c", rng.any(OBJECTS), rng.often(OBJECTS)),
        };
        table.extend(text.as_bytes());
        table.push(0);
    }
    (table, offsets)
}

/// Entries of 24 bytes (name, type, section, address, size), and the table of names they point into.
fn symbol_table(rng: &mut Rng, code: &Code, text: u64) -> (Vec<u8>, Vec<u8>) {
    let (mut symbols, mut names) = (Vec::new(), vec![0]);
    for (i, &start) in code.functions.iter().enumerate() {
        let end = *code.functions.get(i + 1).unwrap_or(&code.bytes.len());
        symbols.extend((names.len() as u32).to_le_bytes());
        symbols.extend([if rng.chance(70) { 0x12 } else { 0x02 }, 0, 1, 0]);
        symbols.extend((text + start as u64).to_le_bytes());
        symbols.extend(((end - start) as u64).to_le_bytes());
        names.extend(format!("{}_{}_{}\0", rng.often(OBJECTS), rng.often(VERBS), rng.any(OBJECTS)).as_bytes());
    }
    (symbols, names)
}

// ---- src/cli/corpus/generated/raster.rs ----

//! A grey picture (PGM, 8 bits): a sky with soft lights, hills in front of it, and the noise of a sensor.

use super::Rng;

const WIDTH: usize = 480;

struct Light {
    x: i64,
    y: i64,
    /// Where it fades to nothing, and how bright it is in its middle (times 256).
    radius: i64,
    power: i64,
}

pub(super) fn pgm(rng: &mut Rng, size: usize) -> Vec<u8> {
    let header = |height: usize| format!("P5\n{WIDTH} {height}\n255\n");
    let height = (size - header(100).len()) / WIDTH;
    let lights: Vec<Light> = (0..14)
        .map(|_| Light {
            x: rng.between(0, WIDTH as i64),
            y: rng.between(0, height as i64),
            radius: rng.between(40, 220),
            power: rng.between(-40, 70) * 256,
        })
        .collect();
    let ridges: Vec<Vec<i64>> = (0..3).map(|i| ridge(rng, (i + 2) * height as i64 / 5)).collect();
    let mut out = header(height).into_bytes();
    for y in 0..height as i64 {
        for x in 0..WIDTH {
            let hill = ridges.iter().rposition(|ridge| y > ridge[x]);
            let base = match hill {
                // Nearer hills are darker, and every hill is paler towards its foot.
                Some(i) => (120 - 35 * i as i64) * 256 + (y - ridges[i][x]).min(90) * 60,
                None => {
                    (150 + 60 * y / height as i64) * 256
                        + lights.iter().map(|light| glow(light, x as i64, y)).sum::<i64>()
                }
            };
            let noise = rng.bell(if hill.is_some() { 320 } else { 200 });
            out.push(((base + noise) / 256).clamp(0, 255) as u8);
        }
    }
    out
}

/// The light's share at a point: it falls off with the square of the distance, smoothly to zero.
fn glow(light: &Light, x: i64, y: i64) -> i64 {
    let square = (x - light.x).pow(2) + (y - light.y).pow(2);
    let reach = light.radius.pow(2);
    if square >= reach { 0 } else { light.power * (reach - square) / reach * (reach - square) / reach }
}

/// The outline of a hill: for each column the row at which it begins, a walk with inertia.
fn ridge(rng: &mut Rng, start: i64) -> Vec<i64> {
    let (mut at, mut slope) = (start * 64, 0);
    (0..WIDTH)
        .map(|_| {
            slope += rng.bell(6) - slope / 16 - (at - start * 64) / 4000;
            at += slope;
            at / 64
        })
        .collect()
}

// ---- src/cli/corpus/generated/telemetry.rs ----

//! Binary records of a fleet's trackers: 48 bytes each, little endian, with counters that step by one, values that
//! move a little, floats, enumerations and flags.
//!
//! ```text
//!  0 u16 magic 0x5AA5    2 u8 vehicle     3 u8 state        4 u32 sequence of the vehicle
//!  8 u64 time, ms       16 i32 latitude  20 i32 longitude (1e-7 degrees)
//! 24 u16 speed, cm/s    26 u16 heading, 1/100 degree       28 i16 × 3 acceleration, mg
//! 34 u16 flags          36 f32 voltage   40 f32 current    44 u8 temperature  45 u8 satellites  46 u16 zero
//! ```

use super::Rng;

const STRIDE: usize = 48;

struct Vehicle {
    number: u8,
    sequence: u32,
    moving: bool,
    latitude: i64,
    longitude: i64,
    /// Hundredths of a degree.
    heading: i64,
    speed: i64,
    /// In 1/64 of a volt, and of an ampere, so that the floats are exact.
    voltage: i64,
    current: i64,
    temperature: i64,
    satellites: i64,
}

pub(super) fn records(rng: &mut Rng, size: usize) -> Vec<u8> {
    let mut fleet: Vec<Vehicle> = (0..6).map(|i| vehicle(rng, i)).collect();
    let mut time = 1_721_973_600_000u64;
    let mut out = Vec::with_capacity(size + STRIDE);
    while out.len() < size {
        // One vehicle reports for a while, then another does.
        let vehicle = &mut fleet[rng.zipf(6)];
        for _ in 0..20 + rng.below(60) {
            time += 100 + u64::from(rng.chance(10));
            advance(rng, vehicle);
            write(rng, vehicle, time, &mut out);
        }
    }
    out.truncate(size);
    out
}

fn vehicle(rng: &mut Rng, index: u8) -> Vehicle {
    Vehicle {
        number: 17 + index * 3,
        sequence: rng.below(200_000) as u32,
        moving: true,
        latitude: 521_000_000 + rng.bell(400_000),
        longitude: 134_000_000 + rng.bell(600_000),
        heading: rng.between(0, 35_999),
        speed: 1200,
        voltage: 27 * 64,
        current: 3 * 64,
        temperature: rng.between(38, 60),
        satellites: 9,
    }
}

fn advance(rng: &mut Rng, v: &mut Vehicle) {
    v.sequence += 1;
    if rng.below(150) == 0 {
        v.moving = !v.moving;
    }
    let wanted = if v.moving { 1400 } else { 0 };
    v.speed = (v.speed + (wanted - v.speed) / 8 + if v.moving { rng.bell(12) } else { 0 }).max(0);
    if v.speed > 100 {
        v.heading = (v.heading + rng.bell(80)).rem_euclid(36_000);
    }
    // Two parabolas stand for cosine and sine: smooth, periodic, and exact.
    v.latitude += v.speed * wave(v.heading + 9000) / 9000;
    v.longitude += v.speed * wave(v.heading) / 5500;
    v.voltage += rng.bell(1) - (v.voltage - 27 * 64) / 16;
    v.current = 64 + v.speed / 4 + rng.bell(3);
    if rng.chance(2) {
        v.temperature = (v.temperature + rng.between(-1, 1)).clamp(20, 90);
        v.satellites = (v.satellites + rng.between(-1, 1)).clamp(4, 14);
    }
}

/// −900 to 900, like a sine of hundredths of a degree.
fn wave(angle: i64) -> i64 {
    let x = angle.rem_euclid(36_000);
    let half = x % 18_000;
    let arch = half * (18_000 - half) / 90_000;
    if x < 18_000 { arch } else { -arch }
}

fn write(rng: &mut Rng, v: &Vehicle, time: u64, out: &mut Vec<u8>) {
    let state = match (v.moving, v.speed) {
        (true, 1000..) => 3u8,
        (true, _) => 2,
        (false, 1..) => 4,
        (false, _) => 1,
    };
    let flags = 0x0101 | u16::from(v.satellites < 6) << 3 | u16::from(v.temperature > 75) << 4;
    let jolt = if v.speed > 0 { 12 } else { 1 };
    out.extend(0x5aa5u16.to_le_bytes());
    out.extend([v.number, state]);
    out.extend(v.sequence.to_le_bytes());
    out.extend(time.to_le_bytes());
    out.extend((v.latitude as i32).to_le_bytes());
    out.extend((v.longitude as i32).to_le_bytes());
    out.extend((v.speed as u16).to_le_bytes());
    out.extend((v.heading as u16).to_le_bytes());
    for gravity in [0, 0, 1000] {
        out.extend(((gravity + rng.bell(jolt)) as i16).to_le_bytes());
    }
    out.extend(flags.to_le_bytes());
    out.extend((v.voltage as f32 / 64.0).to_le_bytes());
    out.extend((v.current as f32 / 64.0).to_le_bytes());
    out.extend([v.temperature as u8, v.satellites as u8, 0, 0]);
}

// ---- src/cli/corpus/generated/sensors.rs ----

//! Readings of eight weather stations as CSV: columns that depend on the hour and on one another, instruments that
//! drift, batteries that drain, gaps where a sensor failed.

use super::{Rng, clock::Moment};

struct Station {
    code: &'static str,
    /// Of the mean temperature, in hundredths of a degree.
    mean: i64,
    altitude: i64,
    /// What the instrument adds by now, in hundredths; it grows and shrinks slowly.
    drift: i64,
    /// Deviation of the weather at this place from that of the region.
    local: i64,
    battery_mv: i64,
    direction: i64,
    /// Readings for which it will still be silent.
    silent: u64,
}

const PLACES: [(&str, i64, i64); 8] = [
    ("HARBOUR", 1130, 4),
    ("MILL", 1080, 61),
    ("ORCHARD", 1010, 148),
    ("STATION", 1105, 33),
    ("RIDGE", 640, 812),
    ("FOREST", 870, 395),
    ("SUMMIT", 215, 1544),
    ("LAKE", 955, 270),
];

pub(super) fn csv(rng: &mut Rng, size: usize) -> Vec<u8> {
    let mut stations = PLACES.map(|(code, mean, altitude)| Station {
        code,
        mean,
        altitude,
        drift: rng.bell(15),
        local: 0,
        battery_mv: rng.between(3900, 4150),
        direction: rng.between(0, 359),
        silent: 0,
    });
    let mut out = String::from(
        "time,station,temperature,dew_point,humidity,pressure,wind,direction,gust,rain,light,battery,status\n",
    );
    let (mut time, mut front, mut pressure, mut raining) = (1_697_500_800_000, 0i64, 10_140i64, false);
    while out.len() < size {
        // The region's weather: a front of warm or cold air, the pressure against it, rain when it is low.
        front += rng.bell(14) - front / 90;
        pressure += rng.bell(3) - (pressure - 10_140) / 150 - front / 700;
        raining = if raining { !rng.chance(6) } else { pressure < 10_110 && rng.chance(4) };
        for station in &mut stations {
            if rng.below(900) == 0 {
                station.silent = rng.below(30);
            }
            if station.silent > 0 {
                station.silent -= 1;
                continue;
            }
            out.push_str(&reading(rng, station, Moment(time), front, pressure, raining));
        }
        time += 600_000;
    }
    out.into_bytes()
}

fn reading(rng: &mut Rng, station: &mut Station, time: Moment, front: i64, pressure: i64, raining: bool) -> String {
    let minute = (time.0 / 60_000 % 1440) as i64;
    station.drift += rng.bell(2);
    station.local += rng.bell(9) - station.local / 20;
    let temperature = station.mean + front + station.local + station.drift + daylight(minute) * 4;
    let wet = if raining { 1400 } else { 0 };
    let humidity = (6800 + wet - (temperature - station.mean) * 3 + rng.bell(60)).clamp(1800, 10_000);
    let here = pressure - station.altitude * 100 / 83 + rng.bell(1);
    let wind = ((10_140 - pressure) / 3 + 22 + station.altitude / 40 + rng.bell(16)).max(0);
    station.direction = (station.direction + rng.bell(9)).rem_euclid(360);
    let gust = wind + rng.zipf(40) as i64;
    let rain = if raining { rng.zipf(16) as i64 * 2 } else { 0 };
    station.battery_mv += if daylight(minute) > 40 { 2 } else { -1 } + rng.bell(1);
    station.battery_mv = station.battery_mv.clamp(3300, 4180);
    let status = match station.battery_mv {
        ..3890 => "LOWBAT",
        _ if station.drift.abs() > 45 => "CALIBRATE",
        _ => "OK",
    };
    // The dew point lies below the temperature, the more so the drier the air: a fifth of a degree a percent.
    let dew_point = temperature - (10_000 - humidity) / 5 + rng.bell(6);
    let clouds = if raining { 5 } else { 1 };
    let light = (daylight(minute + 60).max(0) * rng.between(60, 75) + rng.zipf(9) as i64) / clouds;
    let rain = if rng.below(300) == 0 { String::new() } else { decimal(rain, 1) };
    let date = time.to_string();
    format!(
        "{},{},{},{},{},{},{},{},{},{rain},{light},{},{status}\n",
        &date[..16],
        station.code,
        decimal(temperature, 2),
        decimal(dew_point, 2),
        decimal(humidity / 10, 1),
        decimal(here, 1),
        decimal(wind, 1),
        station.direction,
        decimal(gust, 1),
        decimal(station.battery_mv, 3),
    )
}

/// The sun's effect, −100 to 100, at a minute of the day: two parabolas that approach a sine with its top at 14:00.
fn daylight(minute: i64) -> i64 {
    let phase = (minute - 480).rem_euclid(1440); // 0 at 8:00, where it rises through zero
    let x = phase % 720;
    let arch = x * (720 - x) / 1296;
    if phase < 720 { arch } else { -arch }
}

/// `value` with its last `places` digits after the point.
fn decimal(value: i64, places: usize) -> String {
    let scale = 10i64.pow(places as u32);
    let sign = if value < 0 { "-" } else { "" };
    format!("{sign}{}.{:0places$}", value.abs() / scale, value.abs() % scale)
}
