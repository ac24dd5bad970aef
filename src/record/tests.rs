use super::*;
use crate::{Level, Trainer};
use foretell_testkit::noise;

fn record(i: usize) -> Vec<u8> {
    let name = ["anna", "boris", "chloe", "dmitri"][i % 4];
    format!("{{\"id\":{},\"user\":\"{name}\",\"state\":\"{}\"}}", i * 7919 % 10_000, ["open", "closed"][i / 3 % 2])
        .into_bytes()
}

fn model(level: u8) -> Model {
    let samples: Vec<_> = (0..300).map(record).collect();
    Trainer::new().level(Level::new(level).unwrap()).train(&samples, |_| {}).unwrap().model
}

/// Records of all kinds.
fn records() -> Vec<Vec<u8>> {
    let mut records: Vec<_> = (1000..1040).map(record).collect();
    records.extend([vec![], vec![0], vec![255; 3], b"something else entirely".to_vec()]);
    records.extend([noise(1, 2), noise(2, 300), noise(3, 20_000), record(5).repeat(400), record(6).repeat(500)]);
    records
}

#[test]
fn records_round_trip_in_any_order_at_fast_and_slow_levels() {
    for level in [1, 3, 6] {
        let model = model(level);
        let mut compressor = RecordCompressor::new(&model).unwrap();
        let mut decompressor = RecordDecompressor::new(&model).unwrap();
        let coded: Vec<_> = records().iter().map(|record| compressor.compress(record).unwrap()).collect();
        for (record, coded) in records().iter().zip(&coded).rev() {
            assert_eq!(&decompressor.decompress(coded).unwrap(), record);
            // Nothing stays from one record to the next: a new compressor makes the same of it.
            assert_eq!(&RecordCompressor::new(&model).unwrap().compress(record).unwrap(), coded);
            let raw = compressor.compress_raw(record).unwrap();
            assert_eq!(&decompressor.decompress_raw(&raw, record.len()).unwrap(), record);
        }
    }
}

#[test]
fn records_like_the_samples_shrink_and_no_record_grows_by_more_than_it_may() {
    let model = model(3);
    let mut compressor = RecordCompressor::new(&model).unwrap();
    let of_its_kind = record(4711);
    assert!(compressor.compress_raw(&of_its_kind).unwrap().len() * 5 < of_its_kind.len());
    for record in records() {
        let raw = compressor.compress_raw(&record).unwrap().len();
        assert!(raw <= record.len() + 4, "{raw} of {}", record.len());
        assert!(compressor.compress(&record).unwrap().len() <= raw + 8);
    }
}

#[test]
fn other_models_damage_and_impossible_lengths_are_errors() {
    let (mine, other) = (model(3), model(1));
    let coded = RecordCompressor::new(&mine).unwrap().compress(&record(77)).unwrap();
    let error = RecordDecompressor::new(&other).unwrap().decompress(&coded).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::MissingModel);
    assert!(error.to_string().contains(&mine.id().to_string()[..8]), "{error}");
    let mut decompressor = RecordDecompressor::new(&mine).unwrap();
    for len in 0..coded.len() {
        assert!(decompressor.decompress(&coded[..len]).is_err(), "{len}");
    }
    let mut wrong = 0;
    for bit in 0..coded.len() * 8 {
        let mut bad = coded.clone();
        bad[bit / 8] ^= 1 << (bit % 8);
        wrong += usize::from(decompressor.decompress(&bad).is_ok());
    }
    assert!(wrong <= 1, "{wrong} damaged records were taken for good ones");
    assert!(decompressor.decompress_raw(&[1, 2, 3], MAX_LEN + 1).is_err());
    assert!(RecordCompressor::new(&mine).unwrap().compress(&vec![0; MAX_LEN + 1]).is_err());
    assert_eq!(decompressor.decompress(&coded).unwrap(), record(77), "errors leave no trace");
}

#[test]
fn one_model_serves_several_threads() {
    let model = model(1);
    let expected = RecordCompressor::new(&model).unwrap().compress(&record(9)).unwrap();
    std::thread::scope(|scope| {
        for _ in 0..3 {
            scope.spawn(|| {
                let mut compressor = RecordCompressor::new(&model).unwrap();
                for _ in 0..50 {
                    assert_eq!(compressor.compress(&record(9)).unwrap(), expected);
                }
            });
        }
    });
}
