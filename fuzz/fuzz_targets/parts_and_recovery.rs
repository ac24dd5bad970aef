//! Any bytes as a file to be read in parts by its indexes, and to be saved from damage.
#![no_main]

#[path = "../../tests/common/properties.rs"]
mod properties;

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| properties::also_sealed(bytes, properties::parts_and_recovery));
