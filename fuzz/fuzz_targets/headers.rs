//! Any bytes as headers of frames and blocks.
#![no_main]

use foretell_testkit::properties;

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| properties::headers(bytes));
