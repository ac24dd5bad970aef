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
