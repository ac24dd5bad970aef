#!/usr/bin/env bash
# What happens: a preloaded library (here libeatmydata, which makes fsync do nothing) changes what File::sync_all of
# Rust's standard library does, but not what rustix::fs::fsync does in the same process: on Linux rustix makes system
# calls itself and never enters libc. So eatmydata, fakeroot, libfaketime or a home-made library that injects faults
# sees a part of a Rust program's calls, and which part depends on what each crate was built on.
#
# Seen with: rustix 1.1.2 (default features), libeatmydata1 130-2+b1 of Debian 12, Rust 1.95, x86-64.
#
# Why good guesses miss: the program is linked dynamically to libc, `ldd` says so, and the standard library's calls are
# caught, so one believes all of them are. Crates that are used for temporary files (tempfile's `persist_noclobber`
# among them) go through rustix, so the rename that a fault injector was written for is just what it never sees.
#
# How it is shown: the kernel answers EINVAL to an fsync of /dev/null; libeatmydata answers 0.
set -euo pipefail

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"

(apt-get download libeatmydata1=130-2+b1 && dpkg -x libeatmydata1_*.deb .) >apt.log 2>&1 || { cat apt.log >&2; exit 1; }
library=$(find "$folder" -name 'libeatmydata.so*' -type f | head -1)

mkdir -p src
cat >Cargo.toml <<'END'
[package]
name = "preloaded"
version = "0.0.0"
edition = "2021"

[dependencies]
rustix = { version = "=1.1.2", features = ["fs"] }
END
cat >src/main.rs <<'END'
fn main() {
    let file = std::fs::File::open("/dev/null").unwrap();
    println!("std: {}", if file.sync_all().is_ok() { "done" } else { "refused" });
    println!("rustix: {}", if rustix::fs::fsync(&file).is_ok() { "done" } else { "refused" });
}
END
cargo build --quiet

echo "rustix 1.1.2, libeatmydata1 130-2+b1, $(rustc --version)"
ldd target/debug/preloaded | grep -o 'libc\.so\.6' | sed -n 1p
./target/debug/preloaded >plain
LD_PRELOAD=$library ./target/debug/preloaded >preloaded
echo "without eatmydata:"; cat plain
echo "with eatmydata:"; cat preloaded

diff plain - <<'END'
std: refused
rustix: refused
END
diff preloaded - <<'END'
std: done
rustix: refused
END
echo "as described above"
