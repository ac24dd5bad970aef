//! Any bytes as what follows the name in a trained model's file.
#![no_main]

use foretell_testkit::properties;

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| properties::model(bytes));
