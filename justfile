# What CI runs, by parts. `just` lists them.

default:
    @just --list

# All that CI checks.
ci: fmt clippy library docs bench-builds test

fmt:
    cargo fmt --check

clippy:
    cargo clippy --all-targets -- -D warnings

# The library alone, without what only the commands need.
library:
    cargo clippy --no-default-features -- -D warnings

docs:
    RUSTDOCFLAGS="-D warnings" cargo doc --no-deps

bench-builds:
    cargo bench --no-run

test:
    cargo test

# Writes corpus/SIZES again, after a change that is meant to alter compressed sizes.
sizes:
    FORETELL_WRITE_GOLDEN=1 cargo test --test sizes

# Licences and advisories of dependencies (needs cargo-deny).
deny:
    cargo deny check

# Throughput of the parts.
bench:
    cargo bench

# Sizes and speeds over a folder of corpora, beside all other compressors on PATH.
measure DIR="corpus":
    cargo run --release --bin foretell -- bench --peers --level 1,6 {{DIR}}
