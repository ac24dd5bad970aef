//! Any recipe for deflating streams again.
#![no_main]

use foretell_testkit::properties;

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| properties::recipe(bytes));
