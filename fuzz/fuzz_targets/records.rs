//! Any bytes as a record, and as a pack, for a trained model.
#![no_main]

use std::sync::LazyLock;

use foretell::{Level, Model, Trainer};
use foretell_testkit::properties;

static MODEL: LazyLock<Model> = LazyLock::new(|| {
    let samples: Vec<_> = (0..60).map(|i| format!("id={} state={}", i * 37 % 101, ["open", "shut"][i % 2])).collect();
    Trainer::new().level(Level::FASTEST).in_order(true).train(&samples, |_| {}).expect("there are samples").model
});

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| properties::record_and_pack(bytes, &MODEL));
