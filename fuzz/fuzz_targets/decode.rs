//! Any bytes as compressed data; and again with the right checks behind their headers, else hardly any would be looked into.
#![no_main]

#[path = "../../tests/common/properties.rs"]
mod properties;

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| {
    properties::decode(bytes);
    let mut sealed = bytes.to_vec();
    properties::seal(&mut sealed);
    properties::decode(&sealed);
});
