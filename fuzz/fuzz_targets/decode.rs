//! Any bytes as compressed data, as they are and with the right checks behind their headers.
#![no_main]

#[path = "../../tests/common/properties.rs"]
mod properties;

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| properties::also_sealed(bytes, properties::decode));
