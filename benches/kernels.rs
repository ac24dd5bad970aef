//! The smallest parts: exp, ln, softmax, sums, and the range coder.

use std::hint::black_box;

use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use foretell::unstable::{
    coder::{Decoder, Encoder, Frequencies},
    math::{F32x16, LANES, exp, ln, softmax, sums},
};

fn math(c: &mut Criterion) {
    let x = F32x16(std::array::from_fn(|i| i as f32 * 0.3 - 2.0));
    let vectors = [x; LANES];
    let mut group = c.benchmark_group("math");
    group.throughput(Throughput::Elements(LANES as u64));
    group.bench_function("exp", |b| b.iter(|| black_box(x).map(exp)));
    group.bench_function("ln", |b| b.iter(|| black_box(x).map(|v| ln(v * v + 1.0))));
    group.bench_function("softmax", |b| b.iter(|| softmax(black_box(x))));
    group.bench_function("sum", |b| b.iter(|| black_box(x).sum()));
    group.throughput(Throughput::Elements((LANES * LANES) as u64));
    group.bench_function("sums of 16", |b| b.iter(|| sums(black_box(&vectors))));
    group.finish();
}

fn coder(c: &mut Criterion) {
    const SYMBOLS: usize = 100_000;
    let p = softmax(F32x16(std::array::from_fn(|i| -(i as f32) * 0.5)));
    let symbols: Vec<u8> = (0..SYMBOLS).map(|i| (i * i % 31 % 16) as u8).collect();
    let mut group = c.benchmark_group("range coder");
    group.throughput(Throughput::Elements(SYMBOLS as u64));
    let encode = || {
        let mut encoder = Encoder::new();
        symbols.iter().for_each(|&symbol| encoder.encode(&Frequencies::new(black_box(&p)), symbol));
        encoder.finish()
    };
    group.bench_function("encode", |b| b.iter(encode));
    let coded = encode();
    group.bench_function("decode", |b| {
        b.iter(|| {
            let mut decoder = Decoder::new(black_box(&coded));
            (0..SYMBOLS).map(|_| u32::from(decoder.decode(&Frequencies::new(black_box(&p))))).sum::<u32>()
        });
    });
    group.finish();
}

criterion_group!(benches, math, coder);
criterion_main!(benches);
