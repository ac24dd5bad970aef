//! Any bytes as a Huffman block, and as content of one.
#![no_main]

use foretell_testkit::properties;

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| properties::huffman_block(bytes));
