//! The caller's floating-point environment → the format's: set while the work runs, and checked.
//!
//! IEEE-754's defaults are rounding to nearest and subnormal numbers kept. Both can be switched at any time, for a
//! thread and all threads that it starts: loading a library built with `-ffast-math` does so, and some numerical
//! programs do it on purpose. Content coded in such a mode could not be decoded elsewhere. So all arithmetic of the
//! format runs within [`standard`] or [`checked`], which set the defaults and afterwards restore the caller's mode. Not
//! every processor's mode can be set here, so a few sums check it at each block, record and start of a network.
//!
//! A compiler that fuses multiplications with additions changes the results too. Nothing at run time can undo that, but
//! the sums find it.

use std::hint::black_box;

use super::isa::{self, Isa, Kernel};
use crate::{Error, ErrorKind, Result};

#[cfg(all(target_arch = "x86", not(target_feature = "sse2")))]
compile_error!(
    "foretell needs SSE2 on x86: the x87's arithmetic rounds in another way than the format's. Build for a target \
     that has it, such as i686"
);

/// Runs `work` with IEEE-754's default arithmetic, as far as this processor's can be set here (x86, aarch64), and
/// restores the caller's mode, also if `work` panics.
pub fn standard<R>(work: impl FnOnce() -> R) -> R {
    let _restored = Restored::standard();
    apart(work)
}

/// As [`standard`], after checking that the arithmetic is the format's.
///
/// # Errors
/// Those of [`check`], or those of `work`.
pub fn checked<R>(work: impl FnOnce() -> Result<R>) -> Result<R> {
    standard(|| {
        check()?;
        work()
    })
}

/// The arithmetic mode of a caller, for the caller's code that is called during the work.
pub struct Callers(control::Word);

impl Callers {
    /// The mode that is set now.
    pub fn now() -> Self {
        Self(control::read())
    }

    /// Runs the caller's own `work` as if it was called outside of [`standard`].
    pub fn run<R>(&self, work: impl FnOnce() -> R) -> R {
        let _restored = Restored(Some(control::read()));
        control::write(self.0);
        apart(work)
    }
}

/// Calls `work`. Not inlined, so that compilers do not move its arithmetic to where another mode is set.
#[inline(never)]
fn apart<R>(work: impl FnOnce() -> R) -> R {
    work()
}

/// Checks that this thread's arithmetic is the format's.
///
/// # Errors
/// [`ErrorKind::Arithmetic`] if it is not; the error names the difference.
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

/// Whether products are added without being rounded first, in the baseline's code or in that for this processor.
fn is_fused() -> bool {
    isa::run(Isa::Baseline, Fused) || isa::run(Isa::detect(), Fused)
}

struct Fused;

impl Kernel for Fused {
    type Output = bool;

    #[inline(always)]
    fn run(self) -> bool {
        // (1 + 2^-12)^2 is 1 + 2^-11 + 2^-24; rounding drops the last term.
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
    // Rounding to nearest, a quarter of the last place becomes nothing and three quarters become one.
    sum(0.25) != 1.0 || sum(0.75) == 1.0
}

/// The caller's mode, restored on drop; `None` if it is IEEE-754's default already.
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

/// The register MXCSR: rounding, flushing, traps, and flags of past exceptions.
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
    /// Flags of past exceptions, which change no results.
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

    /// Rust assumes the standard mode. This is sound because of how it is called: where the caller breaks that rule,
    /// `standard` sets the standard mode, and goes back to the caller's once all of its work is done; and `Callers`
    /// sets the caller's while it runs the caller's own code.
    pub fn write(word: Word) {
        // SAFETY: loads four bytes from where `word` is. They are the standard mode or one that was read before, so no
        // reserved bit is set. The instruction counts as a write to memory, so no work that touches memory is moved
        // across it; the work between two modes is in a call that is not inlined.
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

    /// Rust assumes the standard mode. This is sound because of how it is called: where the caller breaks that rule,
    /// `standard` sets the standard mode, and goes back to the caller's once all of its work is done; and `Callers`
    /// sets the caller's while it runs the caller's own code.
    pub fn write(word: Word) {
        // SAFETY: sets the standard mode or one that was read before. The instruction counts as a write to memory, so
        // no work that touches memory is moved across it; the work between two modes is in a call that is not inlined.
        unsafe { asm!("msr fpcr, {}", in(reg) word, options(nostack)) };
    }
}

/// For processors whose mode cannot be set here: it stays as it is, and [`check`] finds out if it is not the format's.
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
