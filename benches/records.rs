//! Short records, each alone, with a trained model: records a second; and how long it takes to load a model.

use std::hint::black_box;

use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use foretell::{Level, Model, RecordCompressor, RecordDecompressor, Trainer};
use foretell_testkit::corpus;

/// The lines of the project's own orders, of some 300 bytes each, cut to 200: four in five to train on, and the others.
fn lines() -> (Vec<Vec<u8>>, Vec<Vec<u8>>) {
    let content = std::fs::read(corpus().join("generated/orders.jsonl")).expect("the corpus is in the repository");
    let mut lines: Vec<_> =
        content.split(|&byte| byte == b'\n').map(|line| line[..line.len().min(200)].to_vec()).collect();
    let others = lines.split_off(lines.len() * 4 / 5);
    (lines, others.into_iter().filter(|line| line.len() == 200).collect())
}

fn records(c: &mut Criterion) {
    let (samples, records) = lines();
    for level in [1, 3, 6] {
        let level = Level::new(level).expect("a level");
        let trained = Trainer::new().level(level).train(&samples, |_| {}).expect("a model");
        let mut compressor = RecordCompressor::new(&trained.model).expect("memory");
        let mut decompressor = RecordDecompressor::new(&trained.model).expect("memory");
        let coded: Vec<_> = records.iter().map(|record| compressor.compress(record).expect("coded")).collect();
        let mut group = c.benchmark_group(format!("records of 200 bytes, level {}", level.get()));
        group.sample_size(10).throughput(Throughput::Elements(records.len() as u64));
        group.bench_function("compress", |b| {
            b.iter(|| {
                records.iter().map(|record| compressor.compress(black_box(record)).expect("coded").len()).sum::<usize>()
            });
        });
        group.bench_function("decompress", |b| {
            b.iter(|| {
                coded.iter().map(|coded| decompressor.decompress(black_box(coded)).expect("whole").len()).sum::<usize>()
            });
        });
        group.finish();
        c.bench_function(&format!("load a model of {} bytes", trained.file.len()), |b| {
            b.iter(|| Model::from_bytes(black_box(&trained.file)).expect("whole"));
        });
    }
}

criterion_group!(benches, records);
criterion_main!(benches);
