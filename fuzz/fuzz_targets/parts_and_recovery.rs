//! Any bytes as a file to be read in parts by its indexes, and to be saved from damage.
#![no_main]

use foretell_testkit::properties;

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| properties::also_sealed(bytes, properties::parts_and_recovery));
