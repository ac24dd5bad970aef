#!/usr/bin/env python3
# -*- coding: utf-8 -*-
"""Summarise web server access logs.

Reads one or more log files in the combined format and prints a table of
the most frequent hosts, paths and status codes.

Example:
    $ python logstat.py --top 20 --since 2019-03-01 access.log
"""

from __future__ import annotations

import argparse
import csv
import datetime as dt
import gzip
import json
import logging
import os
import re
import sys
import unittest
from collections import Counter, defaultdict, namedtuple
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Dict, Iterable, Iterator, List, Optional, Tuple

__version__ = "0.3.1"

logger = logging.getLogger(__name__)

LINE_RE = re.compile(
    r'(?P<host>\S+) \S+ (?P<user>\S+) \[(?P<time>[^\]]+)\] '
    r'"(?P<method>[A-Z]+) (?P<path>\S+)[^"]*" '
    r'(?P<status>\d{3}) (?P<size>\d+|-)'
)
TIME_FORMAT = "%d/%b/%Y:%H:%M:%S %z"

Range = namedtuple("Range", ["start", "stop"])


class LogError(Exception):
    """Raised when a line cannot be understood."""

    def __init__(self, lineno: int, text: str) -> None:
        super().__init__(f"line {lineno}: cannot parse {text!r}")
        self.lineno = lineno


@dataclass
class Hit:
    host: str
    path: str
    status: int
    size: int = 0
    when: Optional[dt.datetime] = None
    extra: Dict[str, Any] = field(default_factory=dict)

    @property
    def ok(self) -> bool:
        return 200 <= self.status < 400

    @classmethod
    def from_line(cls, line: str, lineno: int = 0) -> "Hit":
        match = LINE_RE.match(line)
        if match is None:
            raise LogError(lineno, line)
        size = match.group("size")
        return cls(
            host=match.group("host"),
            path=match.group("path").split("?", 1)[0],
            status=int(match.group("status")),
            size=0 if size == "-" else int(size),
            when=dt.datetime.strptime(match.group("time"), TIME_FORMAT),
        )


@contextmanager
def open_log(path: os.PathLike):
    opener = gzip.open if str(path).endswith(".gz") else open
    handle = opener(path, "rt", encoding="utf-8", errors="replace")
    try:
        yield handle
    finally:
        handle.close()


def read_hits(paths: Iterable[Path], strict: bool = False) -> Iterator[Hit]:
    for path in paths:
        with open_log(path) as f:
            for lineno, line in enumerate(f, start=1):
                line = line.rstrip("\n")
                if not line:
                    continue
                try:
                    yield Hit.from_line(line, lineno)
                except (LogError, ValueError) as exc:
                    if strict:
                        raise
                    logger.warning("%s: %s", path, exc)


class Summary(object):
    def __init__(self, top: int = 10):
        self.top = top
        self.total = 0
        self.bytes = 0
        self.by_host: Counter = Counter()
        self.by_path: Counter = Counter()
        self.by_status: Dict[int, int] = defaultdict(int)

    def __len__(self):
        return self.total

    def __repr__(self):
        return "<%s total=%d bytes=%d>" % (self.__class__.__name__, self.total, self.bytes)

    def add(self, hit: Hit) -> None:
        self.total += 1
        self.bytes += hit.size
        self.by_host[hit.host] += 1
        self.by_path[hit.path] += 1
        self.by_status[hit.status] += 1

    def rows(self) -> List[Tuple[str, str, int]]:
        result = []
        for title, counter in [("host", self.by_host), ("path", self.by_path)]:
            result.extend((title, key, n) for key, n in counter.most_common(self.top))
        result += [("status", str(k), v) for k, v in sorted(self.by_status.items())]
        return result

    def to_json(self) -> str:
        return json.dumps({"total": self.total, "bytes": self.bytes, "rows": self.rows()},
                          indent=2, sort_keys=True)


def build_parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0],
                                     formatter_class=argparse.ArgumentDefaultsHelpFormatter)
    parser.add_argument("files", nargs="+", type=Path, metavar="FILE", help="log files to read")
    parser.add_argument("-n", "--top", type=int, default=10, help="how many entries to show")
    parser.add_argument("--since", type=dt.date.fromisoformat, help="ignore older entries")
    parser.add_argument("--format", choices=("text", "csv", "json"), default="text")
    parser.add_argument("-o", "--output", type=argparse.FileType("w"), default=sys.stdout)
    parser.add_argument("-v", "--verbose", action="count", default=0)
    parser.add_argument("--version", action="version", version="%(prog)s " + __version__)
    return parser


def main(argv: Optional[List[str]] = None) -> int:
    args = build_parser().parse_args(argv)
    logging.basicConfig(
        level=logging.DEBUG if args.verbose else logging.WARNING,
        format="%(asctime)s %(levelname)-8s %(message)s",
    )

    summary = Summary(top=args.top)
    for hit in read_hits(args.files):
        if args.since and hit.when.date() < args.since:
            continue
        summary.add(hit)

    if args.format == "json":
        print(summary.to_json(), file=args.output)
    elif args.format == "csv":
        writer = csv.writer(args.output, delimiter=",", quoting=csv.QUOTE_MINIMAL)
        writer.writerow(["kind", "key", "count"])
        writer.writerows(summary.rows())
    else:
        for kind, key, count in summary.rows():
            print("{:<8} {:>8d}  {}".format(kind, count, key), file=args.output)
    return 0 if summary.total else 1


class HitTest(unittest.TestCase):
    def setUp(self):
        self.line = '10.0.0.1 - - [12/Mar/2019:08:15:42 +0000] "GET /a?b=1 HTTP/1.1" 200 512'

    def test_fields(self):
        hit = Hit.from_line(self.line)
        self.assertEqual(hit.path, "/a")
        self.assertEqual(hit.size, 512)
        self.assertTrue(hit.ok)
        self.assertIsNotNone(hit.when)

    def test_bad_line(self):
        with self.assertRaises(LogError) as cm:
            Hit.from_line("garbage", 7)
        self.assertIn("line 7", str(cm.exception))

    @unittest.skipIf(sys.platform == "win32", "needs a POSIX system")
    def test_summary(self):
        s = Summary()
        for _ in range(3):
            s.add(Hit("h", "/", 404))
        self.assertEqual(len(s), 3)
        self.assertDictEqual(dict(s.by_status), {404: 3})


if __name__ == "__main__":
    try:
        sys.exit(main())
    except KeyboardInterrupt:
        sys.exit(130)
