#!/usr/bin/env bash
# Appends to benches/HISTORY.csv what the commit that is checked out makes of the repository's corpus: a line for each
# level, with the bytes of all files together and how long that took against the commit of the line before, which is
# built and measured here too. So a ratio means the same on every machine; seconds would not.
set -euo pipefail
cd "$(dirname "$0")/.."

HISTORY=benches/HISTORY.csv
OUT=${CARGO_TARGET_DIR:-target}/history
[ $# -gt 0 ] || set -- 1 3 6

# The command `fore` of a commit, built from its own sources: commit.
build() {
    local sources=$OUT/$1
    [ -x "$sources/fore" ] && return
    mkdir -p "$sources"
    git archive "$1" | tar -x -C "$sources"
    cargo build --quiet --release --locked --manifest-path "$sources/Cargo.toml" --bin fore --target-dir "$OUT/build"
    cp "$OUT/build/release/fore" "$sources/fore"
}

# Bytes that a build makes of the corpus at a level: commit, level.
bytes() {
    local file sum=0
    for file in corpus/{written,source,generated}/*; do
        sum=$((sum + $("$OUT/$1/fore" "-$2" -T1 -c <"$file" | wc -c)))
    done
    echo "$sum"
}

# Milliseconds of one run over the corpus: commit, level.
milliseconds() {
    local begun
    begun=$(date +%s%3N)
    bytes "$1" "$2" >/dev/null
    echo $(($(date +%s%3N) - begun))
}

# Time of a build against that of another, at a level: each runs three times, by turns, and its fastest run counts.
ratio() {
    local new old now best_new=999999999 best_old=999999999
    for _ in 1 2 3; do
        new=$(milliseconds "$1" "$3")
        old=$(milliseconds "$2" "$3")
        now=$((new < best_new ? new : best_new)) best_new=$now
        now=$((old < best_old ? old : best_old)) best_old=$now
    done
    awk "BEGIN { printf \"%.3f\", $best_new / $best_old }"
}

git diff --quiet HEAD || { echo "benches/history.sh: commit first: a line names a commit" >&2 && exit 1; }
commit=$(git rev-parse --short=10 HEAD)
before=$(sed 1d "$HISTORY" | tail -1 | cut -d, -f2)
build "$commit"
[ -z "$before" ] || build "$before"
for level; do
    against=
    [ -z "$before" ] || against=$(ratio "$commit" "$before" "$level")
    echo "$(date -u +%F),$commit,$level,$(bytes "$commit" "$level"),$against" | tee -a "$HISTORY"
done
