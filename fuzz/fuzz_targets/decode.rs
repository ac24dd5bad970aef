//! Any bytes as compressed data, as they are and with the right checks behind their headers.
#![no_main]

use foretell_testkit::properties;

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| properties::also_sealed(bytes, properties::decode));
