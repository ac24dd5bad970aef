//! A processor that is set to compute in another way: no file is made or decoded in that way.

use std::{fs, path::PathBuf, process::Command};

use crate::sandbox::{Expect, Sandbox, text};

/// A library that does `statement` when it is loaded, as those compiled with `-ffast-math` switch arithmetic.
fn library(s: &Sandbox, statement: &str) -> PathBuf {
    let includes = if cfg!(target_arch = "x86_64") { "#include <xmmintrin.h>\n" } else { "" };
    let source =
        format!("{includes}#include <fenv.h>\n__attribute__((constructor)) void loaded(void) {{ {statement}; }}\n");
    let library = s.path("odd.so");
    fs::write(s.path("odd.c"), source).unwrap();
    // The compiler that Rust links with.
    let built =
        Command::new("cc").args(["-shared", "-fPIC", "-o"]).arg(&library).arg(s.path("odd.c")).arg("-lm").status();
    assert!(built.unwrap().success());
    library
}

/// With arithmetic switched, `fore` makes and reads the same bytes as without: it switches it back for its work. Where
/// it cannot, it refuses.
#[track_caller]
fn changes_nothing(statement: &str, words: &str) {
    let s = Sandbox::with_f();
    let library = library(&s, statement);
    // A library that cannot be loaded is an error on standard error, and no more.
    let odd = |args: &str, code| s.fore(args).env("LD_PRELOAD", &library).expect_code(code);
    for args in ["-1c f", "-6c f", "-1c -T2 --block-size 64K f"] {
        let right = s.run(args, 0).stdout;
        if cfg!(any(target_arch = "x86", target_arch = "x86_64", target_arch = "aarch64")) {
            let printed = odd(args, 0);
            assert!(printed.stdout == right && printed.stderr.is_empty(), "{statement}: {args}: {}", printed.stderr);
            s.write("g.fore", &right);
            for args in ["-dc g.fore", "-dc --recover g.fore"] {
                assert!(odd(args, 0).stdout == text(3000), "{statement}: {args}");
            }
        } else {
            odd(args, 1).complains(&["floating-point environment: ", words]);
        }
    }
    assert_eq!(s.read("f"), text(3000));
}

#[test]
fn rounding_in_a_direction_changes_nothing() {
    for direction in ["FE_UPWARD", "FE_DOWNWARD", "FE_TOWARDZERO"] {
        changes_nothing(&format!("fesetround({direction})"), "rounding is not to nearest");
    }
}

#[test]
#[cfg(target_arch = "x86_64")]
fn subnormal_numbers_taken_for_zero_change_nothing() {
    // Flush to zero, denormals are zero, and both.
    for bits in ["0x8000", "0x0040", "0x8040"] {
        changes_nothing(&format!("_mm_setcsr(_mm_getcsr() | {bits})"), "subnormal numbers are taken for zero");
    }
}

#[test]
fn a_library_that_leaves_arithmetic_alone_changes_nothing() {
    let s = Sandbox::with_f();
    let library = library(&s, "fesetround(FE_TONEAREST)");
    s.fore("-1 f").env("LD_PRELOAD", &library).expect_code(0).is_silent();
    s.run("-t f.fore", 0).is_silent();
}
