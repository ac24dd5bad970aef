//! The predictor alone, and whole compression and decompression, at every level. Throughput in bytes of content.

use std::hint::black_box;

use criterion::{BatchSize, Criterion, SamplingMode, Throughput, criterion_group, criterion_main};
use foretell::{EncodeOptions, Level, Method, Predictor, compress, decompress};
use foretell_testkit::corpus;

/// 32 KiB of the project's own log file: long enough that the network has learnt something.
fn content() -> Vec<u8> {
    let log = corpus().join("generated/service.log");
    std::fs::read(log).expect("the corpus is in the repository")[..32 << 10].to_vec()
}

fn predictor(c: &mut Criterion) {
    let content = content();
    let mut group = c.benchmark_group("predictor");
    group.sample_size(10).sampling_mode(SamplingMode::Flat).throughput(Throughput::Bytes(content.len() as u64));
    for level in Level::all() {
        group.bench_function(format!("level {}", level.get()), |b| {
            let new = || Predictor::for_content(level, content.len()).expect("memory for the model");
            b.iter_batched(
                new,
                |mut predictor| {
                    for &byte in &content {
                        predictor.update(black_box(byte));
                    }
                },
                BatchSize::LargeInput,
            );
        });
    }
    group.finish();
}

fn whole(c: &mut Criterion) {
    let content = content();
    let mut options: Vec<_> =
        [Method::Store, Method::Huffman].map(|m| (m.name().to_owned(), EncodeOptions::new().method(m))).into();
    options.extend(Level::all().map(|level| (format!("level {}", level.get()), EncodeOptions::new().level(level))));
    for (name, options) in options {
        let mut group = c.benchmark_group(name);
        group.sample_size(10).sampling_mode(SamplingMode::Flat).throughput(Throughput::Bytes(content.len() as u64));
        let coded = compress(&content, &options).expect("memory for the model");
        group.bench_function("compress", |b| b.iter(|| compress(black_box(&content), &options)));
        group.bench_function("decompress", |b| b.iter(|| decompress(black_box(&coded)).expect("whole data")));
        group.finish();
    }
}

criterion_group!(benches, predictor, whole);
criterion_main!(benches);
