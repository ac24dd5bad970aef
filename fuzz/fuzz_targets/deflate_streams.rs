//! Any content in which deflate streams may be.
#![no_main]

use foretell_testkit::properties;

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| properties::deflate_streams(bytes));
