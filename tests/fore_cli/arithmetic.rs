//! A processor that is set to compute in another way: noticed, and no file is made or decoded in that way.

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

#[track_caller]
fn is_refused(statement: &str, words: &str) {
    let s = Sandbox::with_f();
    s.run("-1k f", 0);
    fs::rename(s.path("f.fore"), s.path("g.fore")).unwrap();
    let library = library(&s, statement);
    for args in ["-1 f", "-6 f", "-d g.fore", "-t g.fore"] {
        let printed = s.fore(args).env("LD_PRELOAD", &library).expect_code(1);
        printed.complains(&["floating-point environment: ", words]);
    }
    assert_eq!((s.names().as_str(), s.read("f")), ("f g.fore odd.c odd.so", text(3000)));
}

#[test]
fn rounding_in_a_direction_is_refused() {
    for direction in ["FE_UPWARD", "FE_DOWNWARD", "FE_TOWARDZERO"] {
        is_refused(&format!("fesetround({direction})"), "rounding is not to nearest");
    }
}

#[test]
#[cfg(target_arch = "x86_64")]
fn subnormal_numbers_taken_for_zero_are_refused() {
    // Flush to zero, denormals are zero, and both.
    for bits in ["0x8000", "0x0040", "0x8040"] {
        is_refused(&format!("_mm_setcsr(_mm_getcsr() | {bits})"), "subnormal numbers are taken for zero");
    }
}

#[test]
fn a_library_that_leaves_arithmetic_alone_changes_nothing() {
    let s = Sandbox::with_f();
    let library = library(&s, "fesetround(FE_TONEAREST)");
    s.fore("-1 f").env("LD_PRELOAD", &library).expect_code(0).is_silent();
    s.run("-t f.fore", 0).is_silent();
}
