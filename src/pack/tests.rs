use std::io::Cursor;

use super::*;
use crate::{DecodeOptions, ErrorKind, Level, Models, Trainer};

fn line(i: usize) -> String {
    format!(
        "2031-05-{:02} 12:{:02}:07 INFO worker-{} finished job {} in {} ms\n",
        i / 500 % 28 + 1,
        i / 7 % 60,
        i % 5,
        i,
        i * 31 % 997
    )
}

fn model() -> Model {
    let samples: Vec<_> = (0..400).map(line).collect();
    Trainer::new().level(Level::FASTEST).train(&samples, |_| {}).unwrap().model
}

fn packed(content: &[u8], model: &Model, cut: Cut, group: usize) -> Vec<u8> {
    let mut out = Vec::new();
    let report = pack(content, &mut out, model, &PackOptions::new(cut).group(group)).unwrap();
    assert_eq!((report.bytes, report.coded), (content.len() as u64, out.len() as u64));
    out
}

fn open(packed: Vec<u8>, model: &Model) -> Result<Pack<Cursor<Vec<u8>>>> {
    Pack::open(Cursor::new(packed), &DecodeOptions::new().models(Models::new().with(model.clone())))
}

#[test]
fn packs_give_back_the_file_and_each_line_whatever_the_groups() {
    let model = model();
    let log: String = (1000..1100).map(line).collect();
    let long = [log.as_bytes(), &[b'x'; 70_000], b"\n\n\r\nlast line has no end"].concat();
    for content in [&b""[..], b"\n", b"one", b"one\n", b"\n\n\n", log.as_bytes(), &long] {
        for group in [1, 3, 16, 1000] {
            let mut pack = open(packed(content, &model, Cut::Lines, group), &model).unwrap();
            let mut back = Vec::new();
            pack.write_to(&mut back).unwrap();
            assert_eq!(back, content);
            let lines: Vec<&[u8]> = content.split_inclusive(|&byte| byte == b'\n').collect();
            assert_eq!((pack.len(), pack.is_empty()), (lines.len() as u64, content.is_empty()));
            for (n, line) in lines.iter().enumerate().rev().step_by(7) {
                assert_eq!(pack.get(n as u64).unwrap().unwrap(), line.strip_suffix(b"\n").unwrap_or(line));
            }
            assert_eq!(pack.get(lines.len() as u64).unwrap(), None);
        }
    }
}

#[test]
fn records_of_so_many_bytes_come_back_too() {
    let model = model();
    let log: String = (1000..1020).map(line).collect();
    for len in [1, 7, 64, log.len() - 1, log.len(), log.len() + 1] {
        let mut pack = open(packed(log.as_bytes(), &model, Cut::Bytes(len), 16), &model).unwrap();
        assert_eq!((pack.cut(), pack.len()), (Cut::Bytes(len), log.len().div_ceil(len) as u64));
        for (n, record) in log.as_bytes().chunks(len).enumerate().step_by(19) {
            assert_eq!(pack.get(n as u64).unwrap().unwrap(), record);
        }
        let mut back = Vec::new();
        pack.write_to(&mut back).unwrap();
        assert_eq!(back, log.as_bytes());
    }
    let error = pack(log.as_bytes(), Vec::new(), &model, &PackOptions::new(Cut::Bytes(1 << 27))).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::InvalidInput);
}

#[test]
fn larger_groups_take_less() {
    let model = model();
    let log: String = (2000..3000).map(line).collect();
    let [one, many] = [1, 16].map(|group| packed(log.as_bytes(), &model, Cut::Lines, group).len());
    assert!(many < one && one < log.len() / 3, "{many} {one} {}", log.len());
}

#[test]
fn damage_is_an_error_that_names_records_and_leaves_the_others() {
    let model = model();
    let log: String = (0..200).map(line).collect();
    let good = packed(log.as_bytes(), &model, Cut::Lines, 16);
    for len in 0..good.len() {
        assert!(open(good[..len].to_vec(), &model).is_err(), "{len}");
    }
    let mut opened = 0;
    for at in (0..good.len()).step_by(11) {
        let mut bad = good.clone();
        bad[at] ^= 4;
        let Ok(mut pack) = open(bad, &model) else { continue };
        opened += 1;
        let mut back = Vec::new();
        let error = pack.write_to(&mut back).unwrap_err();
        assert!(error.to_string().starts_with("records "), "{at}: {error}");
        assert!(log.as_bytes().starts_with(&back));
        let whole = (0..200).filter(|&n| pack.get(n).is_ok_and(|line| line.is_some())).count();
        assert_eq!(whole, 200 - 16 + 8 * usize::from(200 % 16 != 0 && error.to_string().starts_with("records 193")));
    }
    assert!(opened > 10, "only {opened} damaged packs had a good index");
    assert_eq!(
        open(good, &{ Trainer::new().train(&["a", "b", "c"], |_| {}).unwrap().model }).unwrap_err().kind(),
        ErrorKind::MissingModel
    );
}
