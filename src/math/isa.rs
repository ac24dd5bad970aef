//! One source → code for each instruction set, one of which is chosen at run time.
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

    /// Whether this machine has every feature that the loops for this instruction set are compiled for.
    #[cfg(target_arch = "x86_64")]
    pub fn is_available(self) -> bool {
        match self {
            Self::Baseline => true,
            Self::Avx2 => avx2::is_here(),
            Self::Avx512 => avx512::is_here(),
        }
    }

    /// Whether this machine has this instruction set.
    #[cfg(not(target_arch = "x86_64"))]
    pub fn is_available(self) -> bool {
        self == Self::Baseline
    }
}

/// Work that is compiled once for each instruction set.
pub trait Kernel {
    /// The result of the work.
    type Output;
    /// Does the work; must be `#[inline(always)]`.
    fn run(self) -> Self::Output;
}

/// Makes a module from one list of features: `run` is compiled for them, and `is_here` checks every one. A processor
/// with AVX2 but without LZCNT would execute that instruction as another one, and compute other numbers.
#[cfg(target_arch = "x86_64")]
macro_rules! compiled_for {
    ($name:ident: $($feature:tt)+) => {
        mod $name {
            use std::sync::OnceLock;

            use super::Kernel;

            /// Asked for each nibble: so the answer is kept.
            pub fn is_here() -> bool {
                static IS_HERE: OnceLock<bool> = OnceLock::new();
                *IS_HERE.get_or_init(|| $(is_x86_feature_detected!($feature))&&+)
            }

            #[target_feature($(enable = $feature),+)]
            pub fn run<K: Kernel>(kernel: K) -> K::Output {
                kernel.run()
            }
        }
    };
}

// Each list also names the features that Rust implies: "avx2" implies "sse3" to "avx", "avx512f" implies "fma" and
// "f16c".
#[cfg(target_arch = "x86_64")]
compiled_for!(avx2: "sse3" "ssse3" "sse4.1" "sse4.2" "avx" "avx2" "bmi1" "bmi2" "lzcnt" "popcnt");
#[cfg(target_arch = "x86_64")]
compiled_for!(avx512: "sse3" "ssse3" "sse4.1" "sse4.2" "avx" "avx2" "bmi1" "bmi2" "lzcnt" "popcnt" "fma" "f16c"
    "avx512f" "avx512bw" "avx512dq" "avx512vl");

/// Runs `kernel` compiled for `isa`, or for the baseline if the machine lacks it.
pub fn run<K: Kernel>(isa: Isa, kernel: K) -> K::Output {
    #[cfg(target_arch = "x86_64")]
    match isa {
        // SAFETY: `is_here` has just found every feature that `run` is compiled for.
        Isa::Avx2 if avx2::is_here() => return unsafe { avx2::run(kernel) },
        // SAFETY: as above.
        Isa::Avx512 if avx512::is_here() => return unsafe { avx512::run(kernel) },
        _ => {}
    }
    let _ = isa;
    kernel.run()
}
