//! Throughput of the Huffman baseline, in bytes of content.

use std::hint::black_box;

use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use foretell::unstable::huffman;
use foretell_testkit::Random;

/// Letters and spaces drawn at random about as often as in English.
fn text_like(len: usize) -> Vec<u8> {
    const LETTERS: &[u8] =
        b"                    etaoinshrdlu etaoinshrdlu etaoinshr etaoin etaocmfwgypbvk,.\nxjqzTAIHW'";
    let mut random = Random(1);
    (0..len).map(|_| LETTERS[random.below(LETTERS.len())]).collect()
}

fn benches(criterion: &mut Criterion) {
    let raw = text_like(1 << 20);
    let coded = huffman::encode(&raw);
    let mut group = criterion.benchmark_group("huffman");
    group.throughput(Throughput::Bytes(raw.len() as u64));
    group.bench_function("encode", |b| b.iter(|| huffman::encode(black_box(&raw))));
    group.bench_function("decode", |b| b.iter(|| huffman::decode(black_box(&coded), raw.len())));
    group.finish();
}

criterion_group!(all, benches);
criterion_main!(all);
