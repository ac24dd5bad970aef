//! What the tests of all scanners share, and those of the whole.

use std::time::{Duration, Instant};

use foretell::insight::Place;

use super::*;

/// The fields that a scanner charges for `bytes`, each of which costs a bit, and its faults. The bytes come in runs of
/// several lengths, which makes no difference, and soon.
pub fn charged(bytes: &[u8], new: impl Fn(&mut Ledger) -> Box<dyn Scanner>) -> (Vec<Field>, u64) {
    let mut all = [bytes.len().max(1), 7].map(|len| {
        let begun = Instant::now();
        let mut ledger = Ledger::default();
        let mut scanner = new(&mut ledger);
        for (start, bytes) in (0..).step_by(len).zip(bytes.chunks(len)) {
            let bits = vec![1.0; bytes.len()];
            scanner.run(&Run { start, place: Place::At(start), bytes, bits: &bits, details: &[] }, &mut ledger);
        }
        scanner.end(&mut ledger);
        assert!(begun.elapsed() < Duration::from_secs(10), "it takes too long");
        (ledger.into_fields(), scanner.faults())
    });
    assert_eq!(all[0], all[1]);
    let (fields, faults) = std::mem::take(&mut all[0]);
    assert!(fields.iter().all(|field| field.bits == field.bytes as f64));
    (fields, faults)
}

/// Names, bytes and values.
pub fn names(fields: &[Field]) -> Vec<(&str, u64, u64)> {
    fields.iter().map(|field| (field.name.as_str(), field.bytes, field.values)).collect()
}

/// A member of an archive of tar: header, data, padding.
pub fn tar(name: &str, kind: u8, data: &[u8]) -> Vec<u8> {
    let mut header = [0; 512];
    header[..name.len()].copy_from_slice(name.as_bytes());
    header[124..135].copy_from_slice(format!("{:011o}", data.len()).as_bytes());
    header[148..156].fill(b' ');
    header[156] = kind;
    header[257..265].copy_from_slice(b"ustar\x0000");
    let sum: u32 = header.iter().map(|&byte| u32::from(byte)).sum();
    header[148..155].copy_from_slice(format!("{sum:06o}\0").as_bytes());
    let mut member = [&header[..], data].concat();
    member.resize(member.len().next_multiple_of(512), 0);
    member
}

#[test]
fn fields_add_up_while_the_structure_is_unknown_and_after() {
    let line = |i: u32| format!("{{\"id\":{i},\"name\":\"n{}\"}}\n", i * 7 % 13);
    let text: String = (0..5000).map(line).collect();
    let mut fields = Fields::new(None, Vec::new());
    for (start, bytes) in (0..).step_by(1000).zip(text.as_bytes().chunks(1000)) {
        let bits = vec![2.0; bytes.len()];
        fields.look(&Run { start, place: Place::At(start), bytes, bits: &bits, details: &[] }).unwrap();
    }
    let recipe = Run { start: text.len() as u64, place: Place::Recipe, bytes: b"1234", bits: &[1.0; 4], details: &[] };
    fields.look(&recipe).unwrap();
    let (kind, fields) = fields.finish();
    assert_eq!(kind, Kind::Json);
    assert_eq!(fields.iter().map(|field| field.bits).sum::<f64>(), 2.0 * text.len() as f64 + 4.0);
    let id = fields.iter().find(|field| field.name == ".id").unwrap();
    assert_eq!(id.values, 5000);
    assert!(fields.iter().any(|field| field.name == RECIPES && field.bytes == 4));
}
