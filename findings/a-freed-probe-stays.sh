#!/usr/bin/env bash
# What happens: a program asks whether there is memory by allocating and freeing a large block, twice (Rust's try_reserve,
# C's malloc and free). After the first probe the process is as small as before; after the second, smaller, one it has
# grown by that much and stays so, and a thread that starts then cannot use what the heap holds. Under a limit on
# address space (ulimit -v), the probe that has just proved that 4 MiB are free is what takes them away from the thread.
#
# Seen with: Debian 12's libc6 2.36, x86-64, from C and from Rust 1.95.
#
# Why good guesses miss: one knows that large blocks are mapped and given back at once. But freeing a mapped block raises
# glibc's threshold to its size, and that for trimming to twice as much; so the next block of that size or less comes
# from the heap, which is then not trimmed. A probe must map memory itself.
#
# How it is shown: by how much larger the process is after each of the two probes.
set -euo pipefail

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"

cat >probe.rs <<'END'
use std::hint::black_box;

fn kib() -> i64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap();
    let line = status.lines().find_map(|line| line.strip_prefix("VmSize:")).unwrap();
    line.trim().trim_end_matches(" kB").parse().unwrap()
}

fn probe(mib: usize) {
    let mut block = Vec::<u8>::new();
    block.try_reserve_exact(mib << 20).unwrap();
    black_box(&block);
}

fn main() {
    let before = kib();
    probe(5);
    let first = kib() - before;
    probe(4);
    let second = kib() - before;
    println!("after the first: {} MiB more", first / 1024);
    println!("after the second: {} MiB more", second / 1024);
}
END
rustc --edition 2021 -O probe.rs
ldd --version | sed -n 1p
rustc --version
./probe | tee seen
diff seen - <<'END'
after the first: 0 MiB more
after the second: 4 MiB more
END
echo "as described above"
