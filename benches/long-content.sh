#!/usr/bin/env bash
# Very long content that is cheap to make, through `fore`: a file and its repeat from far before, and a run. Prints how
# many bytes it becomes, and the seconds and the most memory that it takes both ways.
#
#     benches/long-content.sh          a run of 10 GiB
#     benches/long-content.sh 1        of 1 GiB
#
# It needs GNU time (Debian's package `time`), and no disk.
set -euo pipefail
cd "$(dirname "$0")/.."

GIB=${1:-10}
FORE=${CARGO_TARGET_DIR:-target}/release/fore
CODED=$(mktemp)
trap 'rm -f "$CODED" "$CODED.time"' EXIT

main() {
    command -v /usr/bin/time >/dev/null || { echo "$0: GNU time is not there" >&2 && exit 1; }
    cargo build --quiet --release --locked --bin fore
    printf '%-34s %14s %12s %9s %8s %9s %8s\n' content bytes coded 'coding s' MiB 'decoding' MiB
    both_ways "a run of $GIB GiB" run
    both_ways "a corpus, 200 MiB, it again" repeat
    both_ways "the same, --window 256M" repeat --window 256M
}

run() {
    head -c "${GIB}G" /dev/zero
}

# The repository's corpus, again after 200 MiB of zeros.
repeat() {
    cat corpus/{written,source,generated}/*
    head -c 200M /dev/zero
    cat corpus/{written,source,generated}/*
}

# A row of the table: name, the command that gives the content, options.
both_ways() {
    local name=$1 content=$2 coding decoding
    shift 2
    coding=$("$content" | timed "$FORE" -1 -T1 "$@" -c)
    local coded
    coded=$(stat -c %s "$CODED")
    decoding=$(cmp <("$content") <(/usr/bin/time -f '%e %M' -o "$CODED.time" "$FORE" -dc -T1 <"$CODED") && cat "$CODED.time")
    row "$name" "$("$content" | wc -c)" "$coded" $coding $decoding
}

# Runs a command into the file, and prints its seconds and KiB of memory.
timed() {
    /usr/bin/time -f '%e %M' -o "$CODED.time" "$@" >"$CODED"
    cat "$CODED.time"
}

row() {
    printf '%-34s %14s %12s %9s %8s %9s %8s\n' "$1" "$2" "$3" "$4" $(($5 / 1024)) "$6" $(($7 / 1024))
}

main
