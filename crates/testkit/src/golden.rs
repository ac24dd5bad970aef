//! Files that hold what the tests expect, and that a test can write again.

use std::env;

/// Whether tests write the files that hold what they expect, because `FORETELL_WRITE_GOLDEN` is set.
///
/// # Panics
///
/// If it is set in CI (`CI` is set): there, tests must compare with the committed files.
pub fn writes_golden() -> bool {
    let is_asked = env::var_os("FORETELL_WRITE_GOLDEN").is_some();
    assert!(
        !is_asked || env::var_os("CI").is_none(),
        "FORETELL_WRITE_GOLDEN is set, but CI does not write golden files"
    );
    is_asked
}
