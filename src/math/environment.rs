//! The arithmetic that the format demands, whatever the caller's is: set for the time of the work, and proved.
//!
//! IEEE-754's defaults are rounding to nearest and subnormal numbers kept as they are. Both can be switched, for a
//! whole thread and all that it starts, at any time: libraries compiled with `-ffast-math` do so when they are loaded,
//! unasked, and numerical programs do it on purpose. What is coded then would be no one else's. So all that computes
//! for the format runs within [`standard`] or [`checked`], which switch back and, in the end, forth; and a few sums
//! tell, at each block, record and start of a network, whether that has helped, as it cannot on every processor.
//!
//! A build whose compiler was told to fuse multiplications with additions computes otherwise too; nothing can set that
//! right, and the sums tell it.

use std::hint::black_box;

use super::isa::{self, Isa, Kernel};
use crate::{Error, ErrorKind, Result};

#[cfg(all(target_arch = "x86", not(target_feature = "sse2")))]
compile_error!(
    "foretell needs SSE2 on x86: the x87's arithmetic rounds in another way than the format's. Build for a target \
     that has it, such as i686"
);

/// Does `work` with IEEE-754's default arithmetic, as far as this processor's can be set here (x86, aarch64), and
/// leaves the caller's as it was, also if `work` panics.
pub fn standard<R>(work: impl FnOnce() -> R) -> R {
    let _restored = Restored::standard();
    apart(work)
}

/// As [`standard`], once sums have shown that the arithmetic is the format's.
///
/// # Errors
/// As of [`check`], or those of `work`.
pub fn checked<R>(work: impl FnOnce() -> Result<R>) -> Result<R> {
    standard(|| {
        check()?;
        work()
    })
}

/// The arithmetic that a caller had set, for what it wants called amid the work.
pub struct Callers(control::Word);

impl Callers {
    /// What is set now.
    pub fn now() -> Self {
        Self(control::read())
    }

    /// Does the caller's own `work` as if it was called outside of [`standard`].
    pub fn run<R>(&self, work: impl FnOnce() -> R) -> R {
        let _restored = Restored(Some(control::read()));
        control::write(self.0);
        apart(work)
    }
}

/// Calls `work`. Not inlined, so that none of its arithmetic is moved to where another mode is set.
#[inline(never)]
fn apart<R>(work: impl FnOnce() -> R) -> R {
    work()
}

/// Makes sure that this thread's arithmetic is the format's.
///
/// # Errors
/// [`ErrorKind::Arithmetic`] if it is not, which says what is odd about it.
pub fn check() -> Result<()> {
    let odd = if is_fused() {
        "this build fuses multiplications and additions; use one that does not"
    } else if flushes_subnormals() {
        "floating-point environment: subnormal numbers are taken for zero; run it without the library that changed this"
    } else if rounds_by_direction() {
        "floating-point environment: rounding is not to nearest; run it without the library that changed this"
    } else {
        return Ok(());
    };
    Err(Error::new(ErrorKind::Arithmetic, odd))
}

/// Whether a product is added without being rounded before, in code for any processor or in the loops for this one.
fn is_fused() -> bool {
    isa::run(Isa::Baseline, Fused) || isa::run(Isa::detect(), Fused)
}

struct Fused;

impl Kernel for Fused {
    type Output = bool;

    #[inline(always)]
    fn run(self) -> bool {
        // (1 + 2^-12)^2 is 1 + 2^-11 + 2^-24, of which rounding drops the last.
        let (factor, rounded) = (black_box(1.0 + f32::EPSILON * 2048.0), black_box(1.0 + f32::EPSILON * 4096.0));
        factor * factor - rounded == f32::EPSILON / 2.0
    }
}

/// Whether results (FTZ) or operands (DAZ) below the normal numbers become zero.
fn flushes_subnormals() -> bool {
    let half = black_box(f32::MIN_POSITIVE) * black_box(0.5);
    let twice = black_box(f32::from_bits(f32::MIN_POSITIVE.to_bits() >> 1)) * black_box(2.0);
    half.to_bits() == 0 || twice.to_bits() == 0
}

/// Whether sums are rounded up, down or towards zero.
fn rounds_by_direction() -> bool {
    let sum = |part: f32| black_box(1.0) + black_box(part * f32::EPSILON);
    // To nearest, a quarter of the last place is dropped and three quarters are one.
    sum(0.25) != 1.0 || sum(0.75) == 1.0
}

/// The caller's mode, which comes back when this is dropped; `None` if it is IEEE-754's default already.
struct Restored(Option<control::Word>);

impl Restored {
    fn standard() -> Self {
        let before = control::read();
        let other = !control::is_standard(before);
        if other {
            control::write(control::STANDARD);
        }
        Self(other.then_some(before))
    }
}

impl Drop for Restored {
    fn drop(&mut self) {
        if let Some(before) = self.0 {
            control::write(before);
        }
    }
}

/// The register MXCSR: rounding, flushing, traps, and flags of what has happened.
#[cfg(all(
    any(target_arch = "x86", all(target_arch = "x86_64", target_pointer_width = "64")),
    target_feature = "sse",
    not(miri)
))]
mod control {
    use std::arch::asm;

    pub type Word = u32;

    /// To nearest, nothing flushed, no traps.
    pub const STANDARD: Word = 0x1f80;
    /// Flags say what has happened, and change nothing.
    const FLAGS: Word = 0x3f;

    pub fn is_standard(word: Word) -> bool {
        word & !FLAGS == STANDARD
    }

    pub fn read() -> Word {
        let mut word = 0;
        // SAFETY: stores four bytes to where `word` is, and does nothing else.
        unsafe { asm!("stmxcsr [{}]", in(reg) &raw mut word, options(nostack, preserves_flags)) };
        word
    }

    /// Rust takes for granted that the mode is the standard one. So what makes this sound is what it is called for:
    /// `standard` sets that mode where the caller, against the rule, runs Rust in another, and goes back to just what
    /// the caller's was when all of its work is done, or while `Callers` runs what is the caller's own.
    pub fn write(word: Word) {
        // SAFETY: loads four bytes from where `word` is, a mode that is the standard one or was read before, so no
        // reserved bit is set. As memory counts as changed, no work that touches memory is moved across; work within is
        // behind a call that is not inlined.
        unsafe { asm!("ldmxcsr [{}]", in(reg) &raw const word, options(nostack)) };
    }
}

/// The register FPCR: rounding, flushing, traps.
#[cfg(all(target_arch = "aarch64", not(miri)))]
mod control {
    use std::arch::asm;

    pub type Word = u64;

    /// To nearest, nothing flushed, no traps.
    pub const STANDARD: Word = 0;

    pub fn is_standard(word: Word) -> bool {
        word == STANDARD
    }

    pub fn read() -> Word {
        let word;
        // SAFETY: reads a register, and does nothing else.
        unsafe { asm!("mrs {}, fpcr", out(reg) word, options(nostack, preserves_flags)) };
        word
    }

    /// Rust takes for granted that the mode is the standard one. So what makes this sound is what it is called for:
    /// `standard` sets that mode where the caller, against the rule, runs Rust in another, and goes back to just what
    /// the caller's was when all of its work is done, or while `Callers` runs what is the caller's own.
    pub fn write(word: Word) {
        // SAFETY: sets a mode that is the standard one or was read before. As memory counts as changed, no work that
        // touches memory is moved across; work within is behind a call that is not inlined.
        unsafe { asm!("msr fpcr, {}", in(reg) word, options(nostack)) };
    }
}

/// Where the mode cannot be set here: it is left as it is, and [`check`] tells if it is another.
#[cfg(not(any(
    all(
        any(target_arch = "x86", all(target_arch = "x86_64", target_pointer_width = "64")),
        target_feature = "sse",
        not(miri)
    ),
    all(target_arch = "aarch64", not(miri))
)))]
mod control {
    #[derive(Clone, Copy)]
    pub struct Word;

    pub const STANDARD: Word = Word;

    pub fn is_standard(_: Word) -> bool {
        true
    }

    pub fn read() -> Word {
        Word
    }

    pub fn write(_: Word) {}
}

#[cfg(test)]
mod tests;
