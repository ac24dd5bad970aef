#!/usr/bin/env bash
# What happens: y = y + a·x over slices of 64-byte vectors ([f32; 16], one AVX-512 register each, contiguous and
# aligned) takes one multiplication, one addition and one store a vector when rustc compiles it for SSE2 or AVX2. With
# AVX-512 enabled the same loop becomes a transposition: LLVM runs it over sixteen vectors at once, one lane of all of
# them at a time, and gathers and scatters what lay side by side. It is several times slower than the code for SSE2
# (here some 60 ns against 500). The same arithmetic over the lanes of four vectors, written as a loop of 64 steps,
# becomes four plain instructions of 512 bits.
#
# Seen with: rustc 1.89.0 and 1.95.0, x86-64, opt-level 3; with `-C target-cpu=x86-64-v4` and sapphirerapids, too.
#
# Why good guesses miss: the type is as wide as the register, so nothing seems left to vectorise; the inner loop of 16 is
# unrolled first, and the vectoriser then sees an outer loop over elements with a stride of 16, which only AVX-512 has
# the scatters for. AVX2 has none, so the trap closes with the better instruction set, on the build that one measures
# last. Dot products of the same shape are spared, because a reduction in floating point may not be reordered.
#
# How it is shown: gathers and scatters in the assembly of both loops, and their times where the processor can run them.
set -euo pipefail

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"

cat >main.rs <<'END'
#[derive(Clone, Copy)]
#[repr(align(64))]
struct Lanes([f32; 16]);

impl std::ops::Mul for Lanes {
    type Output = Self;
    fn mul(self, other: Self) -> Self {
        Self(std::array::from_fn(|i| self.0[i] * other.0[i]))
    }
}

impl std::ops::Add for Lanes {
    type Output = Self;
    fn add(self, other: Self) -> Self {
        Self(std::array::from_fn(|i| self.0[i] + other.0[i]))
    }
}

#[inline(never)]
#[unsafe(no_mangle)]
fn by_vector(y: &mut [Lanes], x: &[Lanes], a: Lanes) {
    for (y, x) in y.iter_mut().zip(x) {
        *y = *y + a * *x;
    }
}

#[inline(never)]
#[unsafe(no_mangle)]
fn by_four(y: &mut [[f32; 64]], x: &[[f32; 64]], a: &[f32; 64]) {
    for (y, x) in y.iter_mut().zip(x) {
        for i in 0..64 {
            y[i] += a[i] * x[i];
        }
    }
}

fn nanoseconds(mut run: impl FnMut()) -> u128 {
    let start = std::time::Instant::now();
    (0..200_000).for_each(|_| run());
    start.elapsed().as_nanos() / 200_000
}

fn main() {
    use std::hint::black_box;
    let (x, mut y) = (vec![Lanes([1e-3; 16]); 32], vec![Lanes([1e-3; 16]); 32]);
    let vectors = nanoseconds(|| by_vector(black_box(&mut y), black_box(&x), Lanes([0.5; 16])));
    let (x, mut y) = (vec![[1e-3; 64]; 8], vec![[1e-3; 64]; 8]);
    let fours = nanoseconds(|| by_four(black_box(&mut y), black_box(&x), &[0.5; 64]));
    println!("    32 vectors in {vectors} ns one by one, {fours} ns in fours");
}
END

# How many gathers and scatters there are in a function of main.s.
count() {
    sed -n "/^$1:/,/^.Lfunc_end/p" main.s | grep -cE 'gather|scatter' || true
}

for version in 1.89.0 1.95.0; do
    rustup toolchain install "$version" --profile minimal --target x86_64-unknown-linux-gnu >rustup.log 2>&1 || { cat rustup.log >&2; exit 1; }
    for features in +sse2 +avx2 +avx512f,+avx512vl; do
        compile=(rustc "+$version" --edition 2024 --target x86_64-unknown-linux-gnu -C opt-level=3 -C "target-feature=$features" main.rs)
        "${compile[@]}" --emit asm -o main.s
        vector=$(count by_vector) four=$(count by_four)
        echo "rustc $version, $features: gathers and scatters: $vector one by one, $four in fours"
        case $features in
            *avx512*) least=20 most=1000 needed=avx512f ;;
            *) least=0 most=0 needed=${features#+} ;;
        esac
        [ "$vector" -ge "$least" ]
        [ "$vector" -le "$most" ]
        [ "$four" -eq 0 ]
        if grep -qw "$needed" /proc/cpuinfo; then
            "${compile[@]}" -o main
            ./main
        fi
    done
done
echo "as described above"
