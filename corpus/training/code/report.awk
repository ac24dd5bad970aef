#!/usr/bin/awk -f
# report.awk - totals by department from a colon separated ledger
# usage: awk -f report.awk [-v min=100] ledger ...

function max(a, b) { return a > b ? a : b }

function commas(n,    s, out) {
	s = sprintf("%d", n)
	while (length(s) > 3) {
		out = "," substr(s, length(s) - 2) out
		s = substr(s, 1, length(s) - 3)
	}
	return s out
}

BEGIN {
	FS = ":"; OFS = "\t"
	if (min == "") min = 0
	printf "%-16s %10s %8s\n", "Department", "Total", "Entries"
}

/^#/ || NF == 0 { next }

FNR == 1 && FILENAME != "-" { files++ }

NF != 4 {
	print FILENAME ":" FNR ": bad record: " $0 > "/dev/stderr"
	bad++
	next
}

$3 >= min && $4 !~ /cancel(led)?$/ {
	sum[$1] += $3
	cnt[$1]++
	width = max(width, length($1))
	split($2, d, "-")
	year[d[1]] = year[d[1]] " " $1
	gsub(/[ \t]+/, " ", $4)
	last[toupper(substr($1, 1, 1))] = $4
}

END {
	for (k in sum) {
		printf "%-16s %10s %8d\n", k, commas(sum[k]), cnt[k] | "sort -k2nr"
		total += sum[k]
	}
	close("sort -k2nr")
	while (("date" | getline now) > 0)
		;
	print "total", total, "average", (NR ? total / NR : 0)
	if (bad) exit 1
}

# ---- tidy.sed: clean up a plain text chapter; run with sed -n -f ----
# s/[ 	]*$//
# /^$/{
#   N
#   /^\n$/D
# }
# /^\.SH/,/^\.PP/!b
# s/``\([^']*\)''/"\1"/g
# s/^\([A-Z][a-z]*\), \([A-Z]\)\./\2. \1/
# y/abcdef/ABCDEF/
# :join
# /\\$/{
#   N
#   s/\\\n[ 	]*/ /
#   t join
# }
# $!{h;d;}
# x;G;p
# 1,10s,/usr/local,@prefix@,g
# /BEGIN/r header.txt
