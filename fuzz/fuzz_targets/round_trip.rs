//! Any content, at any level and by any method.
#![no_main]

use foretell_testkit::properties;

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| properties::round_trip(bytes));
