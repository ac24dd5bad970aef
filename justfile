# What CI runs, by parts. `just` lists them.

default:
    @just --list

# All that CI checks.
ci: fmt clippy library docs bench-builds test
    .ci/everywhere aarch64

fmt:
    cargo fmt --all --check

clippy:
    cargo clippy --workspace --all-targets -- -D warnings

# The library alone, without what only the commands need.
library:
    cargo clippy --package foretell -- -D warnings

docs:
    RUSTDOCFLAGS="-D warnings" cargo doc --no-deps

bench-builds:
    cargo bench --no-run

test:
    cargo test

PREFIX := "/usr/local"

# Commands, manual pages and shell completions: `just PREFIX=$HOME/.local install`.
install:
    cargo install --path crates/cli --locked --force --no-track --root "{{PREFIX}}"
    ln -sf fore "{{PREFIX}}/bin/unfore"
    ln -sf fore "{{PREFIX}}/bin/forecat"
    "{{PREFIX}}/bin/foretell" install-files "{{PREFIX}}"

# Mixed commands at random, killed now and then; no original may be lost.
soak SECONDS="900":
    cargo build --release --bin fore
    tests/soak.py --seconds {{SECONDS}} --fore "${CARGO_TARGET_DIR:-target}/release/fore"

# The same bits on other processors, under emulators: all of them, or those named.
everywhere *MACHINES:
    .ci/everywhere {{MACHINES}}

# So many mutations of frames, files of several blocks, Huffman blocks, deflate streams and recipes each.
mutations CASES="400000":
    FORETELL_MUTATIONS={{CASES}} cargo test --test library mutations

# Each system call of `fore` fails, one at a time (needs strace).
inject:
    cargo build --release --bin fore
    tests/inject.py --fore "${CARGO_TARGET_DIR:-target}/release/fore"

# Memory that runs out, in steps of 1 MiB, with one thread and with four, both ways: some hundred runs.
memory:
    FORETELL_EACH_MIB=1 cargo test --test fore_cli memory_that_runs_out_is_an_error_with -- --nocapture

# Each fuzzer of fuzz/ for so many seconds (needs a nightly compiler and cargo-fuzz).
fuzz SECONDS="600":
    for target in $(cargo +nightly fuzz list); do \
        cargo +nightly fuzz run "$target" -- -max_total_time={{SECONDS}} -timeout=5 -rss_limit_mb=1024 -max_len=4096 || exit 1; \
    done

# Writes corpus/SIZES again, after a change that is meant to alter compressed sizes.
sizes:
    FORETELL_WRITE_GOLDEN=1 cargo test --test library sizes

# Trains the built-in model again, after a change that is meant to alter it: then golden files have to be written again too.
general:
    cargo run --release --bin foretell -- train --level 6 --also 1-9 --size 256K -o src/priors/built_in.model corpus/training

# Licences and advisories of dependencies (needs cargo-deny).
deny:
    cargo deny check

# Throughput of the parts.
bench:
    cargo bench

# Sizes and speeds over a folder of corpora, beside all other compressors on PATH.
measure DIR="corpus":
    cargo run --release --bin foretell -- bench --peers --level 1,6 {{DIR}}

# Writes docs/public-api.txt again, after a change of the public API that is meant. `cargo test` compares.
public-api:
    FORETELL_WRITE_GOLDEN=1 cargo test --package foretell --test library api

# What a change of the public API asks of the next version's number (needs cargo-semver-checks and a published version).
semver:
    cargo semver-checks --package foretell
