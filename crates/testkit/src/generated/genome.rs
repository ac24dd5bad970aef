//! DNA in FASTA: a Markov source of order 4 with its own preferences, and, as in real genomes, stretches that were
//! copied from elsewhere, forwards or as the reverse complement, and have mutated since.

use super::Rng;

const WIDTH: usize = 60;
const ORDER: u32 = 4;

pub(super) fn fasta(rng: &mut Rng, size: usize) -> Vec<u8> {
    // For each context of four bases the weights of the next one: uneven, but none is impossible.
    let weights: Vec<[u64; 4]> = (0..4usize.pow(ORDER)).map(|_| [0; 4].map(|_| 40 + rng.zipf(120) as u64)).collect();
    let mut bases: Vec<u8> = Vec::with_capacity(size);
    while bases.len() < size {
        if bases.len() > 2000 && rng.chance(4) {
            copy(rng, &mut bases);
        } else {
            for _ in 0..20 + rng.below(400) {
                let next = draw(rng, &weights, &bases);
                bases.push(next);
            }
        }
    }

    let (mut out, mut rest, mut contig) = (Vec::with_capacity(size + size / WIDTH), &bases[..], 1);
    while out.len() < size {
        let length = rest.len().min(30_000 + rng.below(40_000) as usize);
        let header =
            format!(">contig_{contig:04} length={length} coverage={}.{}\n", rng.between(28, 44), rng.below(10));
        out.extend(header.as_bytes());
        let (this, others) = rest.split_at(length);
        for line in this.chunks(WIDTH) {
            out.extend(line.iter().map(|&base| b"ACGT"[usize::from(base)]));
            out.push(b'\n');
        }
        (rest, contig) = (others, contig + 1);
    }
    out.truncate(size);
    out
}

/// The next base (0..4) after the last ones.
fn draw(rng: &mut Rng, weights: &[[u64; 4]], bases: &[u8]) -> u8 {
    let context = bases.iter().rev().take(ORDER as usize).fold(0, |context, &base| context * 4 + usize::from(base));
    let weights = &weights[context];
    let mut at = rng.below(weights.iter().sum());
    let mut base = 0;
    while at >= weights[base] {
        at -= weights[base];
        base += 1;
    }
    base as u8
}

/// Appends a copy of an earlier stretch: one base in thirty differs, and sometimes one is missing.
fn copy(rng: &mut Rng, bases: &mut Vec<u8>) {
    let length = 60 + rng.zipf(1500);
    let start = rng.below((bases.len() - length) as u64) as usize;
    let mut stretch = bases[start..start + length].to_vec();
    if rng.chance(35) {
        stretch.reverse();
        stretch.iter_mut().for_each(|base| *base = 3 - *base); // A–T and C–G
    }
    for base in stretch {
        match rng.below(240) {
            0..8 => bases.push(rng.below(4) as u8),
            8 => {}
            _ => bases.push(base),
        }
    }
}
