#!/usr/bin/env python3
"""Writes `digests`: the CRC-32 of what zlib and GNU gzip make of some contents, by content, family and level 1 to 9.

Run in this folder, with Python 3 on zlib 1.2.13 and with gzip 1.12 when it was last. The tests read the result only.
"""
import subprocess
import zlib
from pathlib import Path

CORPUS = Path("../../../corpus")


def noise(n):
    x, out = 1, bytearray()
    for _ in range(n):
        x = (x * 6364136223846793005 + 1442695040888963407) % 2**64
        out.append(x >> 56)
    return bytes(out)


def fibonacci():
    """Symbols as rare as a Huffman tree can bear, in an order that leaves nothing to match."""
    out, a, b = b"", 1, 1
    for symbol in range(20):
        out, a, b = out + bytes([symbol]) * a, b, a + b
    order = sorted(range(len(out)), key=lambda i: i * 0x9E3779B1 % 2**32)
    return bytes(out[i] for i in order)


def contents():
    for length in 0, 1, 3, 258, 65274, 65300, 65535, 65537, 300000:
        yield f"zeros {length}", bytes(length)
    for length in 5, 300, 16383, 32767, 65535, 150000:
        yield f"noise {length}", noise(length)
    # Repeats just within reach and just out of it.
    for period in 32505, 32506, 32507, 4096, 4097:
        yield f"period {period}", noise(period) * 5
    yield "fibonacci 0", fibonacci()
    source = (CORPUS / "source/foretell-rs.txt").read_bytes()
    # Around where the window moves on.
    for length in 32768, 65273, 65274, 65275, 65400, 65536, 65800, 98200:
        yield f"source {length}", source[:length]
    for path in "source/foretell-rs.txt", "generated/program.bin", "generated/raster.pgm", "written/vorhersage.txt":
        yield f"{path} 0", (CORPUS / path).read_bytes()


def by_zlib(content, level, memory, strategy):
    coder = zlib.compressobj(level, zlib.DEFLATED, -15, memory, strategy)
    return coder.compress(content) + coder.flush()


def by_gzip(content, level):
    return subprocess.run(["gzip", "-nc", f"-{level}"], input=content, stdout=subprocess.PIPE, check=True).stdout[10:-8]


FAMILIES = [
    ("Zlib8", lambda content, level: by_zlib(content, level, 8, zlib.Z_DEFAULT_STRATEGY)),
    ("Zlib9", lambda content, level: by_zlib(content, level, 9, zlib.Z_DEFAULT_STRATEGY)),
    ("Zlib8Filtered", lambda content, level: by_zlib(content, level, 8, zlib.Z_FILTERED)),
    ("Gzip", by_gzip),
]
with open("digests", "w") as out:
    for name, content in contents():
        for family, deflate in FAMILIES:
            digests = [f"{zlib.crc32(deflate(content, level)):08x}" for level in range(1, 10)]
            print(name, family, *digests, file=out)
