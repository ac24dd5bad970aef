#!/bin/bash
#
# backup.sh - make rotating tar backups of a list of directories
#
# Usage: backup.sh [-nvh] [-c CONFIG] [-d DEST] [directory...]

set -euo pipefail
IFS=$'\n\t'

readonly PROG=${0##*/}
readonly SCRIPT_DIR="$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)"
CONFIG=/etc/backup.conf
DEST=${BACKUP_DEST:-/var/backups}
KEEP=7
DRY_RUN=false
VERBOSE=0

RED='\033[0;31m'
GREEN='\033[0;32m'
NC='\033[0m' # No Color

declare -a DIRS=()
declare -A SIZES

usage() {
    cat <<EOF
Usage: $PROG [options] [directory...]

Options:
  -c FILE   read configuration from FILE (default: $CONFIG)
  -d DIR    store archives in DIR
  -k N      keep the last N archives
  -n        dry run, only print what would be done
  -v        verbose
  -h        show this help and exit
EOF
}

log()  { echo -e "${GREEN}[$(date '+%Y-%m-%d %H:%M:%S')]${NC} $*"; }
warn() { echo -e "${RED}$PROG: warning:${NC} $*" >&2; }
die()  { warn "$@"; exit 1; }

cleanup() {
    local status=$?
    [[ -n "${TMPDIR_BACKUP:-}" && -d "$TMPDIR_BACKUP" ]] && rm -rf "$TMPDIR_BACKUP"
    rm -f "$DEST/.lock"
    exit $status
}

run() {
    if $DRY_RUN; then
        printf 'would run: %q ' "$@"; echo
    else
        "$@"
    fi
}

while getopts ":c:d:k:nvh" opt; do
    case $opt in
        c) CONFIG=$OPTARG ;;
        d) DEST=$OPTARG ;;
        k) KEEP=$OPTARG ;;
        n) DRY_RUN=true ;;
        v) (( VERBOSE += 1 )) ;;
        h) usage; exit 0 ;;
        :) die "option -$OPTARG needs an argument" ;;
        \?) usage >&2; exit 2 ;;
    esac
done
shift $((OPTIND - 1))

[[ -r $CONFIG ]] && source "$CONFIG"
[[ $EUID -eq 0 ]] || die "this script must be run as root"

for tool in tar gzip sha256sum rsync; do
    command -v "$tool" >/dev/null 2>&1 || die "$tool not found in PATH"
done

if (( $# > 0 )); then
    DIRS=("$@")
elif [[ -f "$SCRIPT_DIR/dirs.txt" ]]; then
    while read -r line || [[ -n "$line" ]]; do
        [[ $line =~ ^[[:space:]]*(#|$) ]] && continue
        DIRS+=("$line")
    done < "$SCRIPT_DIR/dirs.txt"
else
    DIRS=(/etc /home /root)
fi

trap cleanup EXIT INT TERM
mkdir -p "$DEST"
if ! ( set -o noclobber; echo $$ > "$DEST/.lock" ) 2>/dev/null; then
    die "another backup is running (pid $(cat "$DEST/.lock"))"
fi
TMPDIR_BACKUP=$(mktemp -d -t backup.XXXXXX)

stamp=$(date +%Y%m%d-%H%M)
for dir in "${DIRS[@]}"; do
    if [ ! -d "$dir" ]; then
        warn "$dir is not a directory, skipped"
        continue
    fi
    name=$(echo "${dir#/}" | tr '/' '_')
    archive="$DEST/${name}-${stamp}.tar.gz"
    log "archiving $dir -> $archive"
    run tar --exclude='*.tmp' --exclude-vcs -czf "$TMPDIR_BACKUP/$name.tgz" -C / "${dir#/}" || {
        warn "tar failed for $dir"
        continue
    }
    run mv "$TMPDIR_BACKUP/$name.tgz" "$archive"
    SIZES[$name]=$(du -h "$archive" 2>/dev/null | cut -f1)

    # rotate: delete all but the newest $KEEP
    ls -1t "$DEST/$name"-*.tar.gz 2>/dev/null | tail -n +$((KEEP + 1)) | xargs -r rm -f --
done

find "$DEST" -name '*.tar.gz' -mtime -1 -print0 |
    xargs -0 sha256sum > "$DEST/SHA256SUMS"

for name in "${!SIZES[@]}"; do
    printf '%-30s %8s\n' "$name" "${SIZES[$name]}"
done | sort

if [[ -n "${MAILTO:-}" ]]; then
    df -h "$DEST" | awk 'NR > 1 { print $5 }' | mail -s "Backup on $(hostname) finished" "$MAILTO"
fi

select answer in "yes" "no"; do
    [[ $answer == yes ]] && reboot
    break
done < /dev/tty

exit 0
