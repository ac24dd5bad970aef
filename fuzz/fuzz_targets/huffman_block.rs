//! Any bytes as a Huffman block, and as content of one.
#![no_main]

#[path = "../../tests/common/properties.rs"]
mod properties;

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| properties::huffman_block(bytes));
