#!/usr/bin/env python3
"""Mixed commands on mixed files, at random, for as long as you like: no original may ever be lost.

    cargo build --release && tests/soak.py [--seconds 900] [--seed N] [--fore target/release/fore]

After every step, killed ones included, each original must stand there plain or in compressed files, and everything
under its names must be right. Nothing else may be left, no message may take more than a line, and no command may
end in another way than it says. The first breach ends the run with exit code 1, the step that made it, and the seed.
"""
import argparse
import collections
import functools
import os
import pathlib
import random
import shutil
import signal
import subprocess
import sys
import tempfile
import time

SUFFIXES = [".fore", ".z"]
NAMES = ["a", "b.txt", "c.tar", "two words", "-leading", "--keep", "new\nline", "żółw", "'quote\"", "*", "d.fore.txt"]
BOTH = "both"
KILLS = [signal.SIGKILL, signal.SIGTERM, signal.SIGINT, signal.SIGHUP]
CODES = {0, 1, 2}


class Breach(Exception):
    pass


def original_and_layers(form):
    """The name of the original behind a form, and how many times it was compressed (-S .z compresses .fore files)."""
    layers = 0
    while suffix := next((suffix for suffix in SUFFIXES if form.endswith(suffix)), None):
        form, layers = form[: -len(suffix)], layers + 1
    return form, layers


class Soak:
    def __init__(self, fore, folder, rng):
        self.fore, self.folder, self.rng = fore, folder, rng
        self.originals = {}  # name → content
        self.counts = collections.Counter()
        self.did = "nothing"
        # Most files are the same from step to step.
        self.decompressed = functools.lru_cache(maxsize=256)(self.decompressed)

    # What there is.

    def path(self, name):
        return os.path.join(self.folder, name)

    def read(self, name):
        return pathlib.Path(self.path(name)).read_bytes()

    def standing(self, name=None):
        """All forms of an original that are there, or of all: its name with any number of suffixes."""
        there = {form: original_and_layers(form) for form in sorted(os.listdir(self.folder))}
        wanted = self.originals if name is None else [name]
        return [form for form, (original, _) in there.items() if original in wanted]

    def content(self):
        rng = self.rng
        size = rng.choice([0, 1, rng.randrange(100), rng.randrange(5000), rng.randrange(60000)])
        kind = rng.randrange(4)
        if kind == 0:
            return rng.randbytes(size)
        if kind == 1:
            return bytes(size)
        words = [rng.randbytes(rng.randrange(1, 9)) for _ in range(30)]
        text = b" ".join(rng.choice(words) for _ in range(size // 3 + 1))[:size]
        return text if kind == 2 else text[: size // 2] + bytes(size // 4) + text[: size // 4]

    # What is done.

    def run(self, args, stdin=b"", kill=None):
        """Runs fore; with `kill`, sends that signal after a moment, if it is not over by then."""
        self.did = f"fore {args!r}" + (f" and {kill.name}" if kill else "")
        pipe = subprocess.PIPE
        child = subprocess.Popen([self.fore, *args], cwd=self.folder, stdin=pipe, stdout=pipe, stderr=pipe)
        if kill:
            time.sleep(self.rng.random() * 0.01)
            child.send_signal(kill)
        out, err = child.communicate(stdin, timeout=600)
        code = child.returncode
        if code not in CODES and not (kill and code == -kill):
            raise Breach(f"exit code {code}: {err.decode(errors='replace')}")
        for line in err.decode().splitlines():
            if not line.startswith("fore: ") and "-v" not in args:
                raise Breach(f"printed {line!r}")
        self.counts["killed" if code < 0 else f"exit code {code}"] += 1
        return code, out

    def options(self):
        """Some options that change how, but not what; with the suffix they choose."""
        rng, options, suffix = self.rng, [], SUFFIXES[0]
        for option in ["-k", "-f", "--rm", "--synchronous", "--no-sync", "-n", "-q", "-T2", "--no-sparse", "--no-progress", "-v"]:
            if rng.random() < 0.15:
                options.append(option)
        if rng.random() < 0.2:
            suffix = rng.choice(SUFFIXES)
            options += ["-S", suffix]
        return options, suffix

    def compress(self):
        options, _ = self.options()
        if self.rng.random() < 0.8:
            options.append(self.rng.choice(["-1", "-1", "-1", "-2", "-3", "-4", "--fast"]))
        if self.rng.random() < 0.2:
            options.append("--verify")
        if self.rng.random() < 0.1:
            options += ["--block-size", "64K"]
        if self.rng.random() < 0.2:
            options += ["--method", self.rng.choice(["store", "huffman", "copy"])]
        self.change(options)

    def decompress(self):
        options, _ = self.options()
        self.change(["-d"] + options)

    def change(self, options):
        """Works on some files, or on all, and may be killed at it."""
        rng = self.rng
        standing = self.standing()
        some = rng.sample(standing, min(len(standing), rng.randrange(1, 4)))
        operands = ["-r", "."] if rng.random() < 0.05 else ["--"] + some + ["missing"] * (rng.random() < 0.05)
        self.run(options + operands, kill=rng.choice(KILLS) if rng.random() < 0.25 else None)

    def to_stdout(self):
        """-c of a plain or compressed file, each of which must give the content back, and keep the file."""
        name = self.rng.choice(list(self.originals))
        forms = self.standing(name)
        form = self.rng.choice([form for form in forms if original_and_layers(form)[1] < 2] or [None])
        if form is None:
            return
        content = self.originals[name]
        if form == name:
            _, coded = self.run(["-1c", "-f", "--", form])
            _, back = self.run(["-d"], stdin=coded)
        else:
            _, back = self.run([self.rng.choice(["-dc", "-cdf"]), "-f", "-S", form[len(name):], "--", form])
        if back != content or form not in self.standing(name):
            raise Breach(f"{form!r} came out wrong, or went")

    def look(self):
        """-t and -l succeed on all that is compressed, and on nothing that is cut short."""
        name = self.rng.choice(list(self.originals))
        for form in self.standing(name)[:3]:
            if form == name:
                continue
            for action in ["-t", "-l"]:
                if self.run([action, "--", form])[0] != 0:
                    raise Breach(f"{action} refuses {form!r}")
            if name.startswith(BOTH):
                continue  # Cut between its members, or in the padding, it would be whole.
            whole = self.read(form)
            cut = whole[: self.rng.randrange(len(whole))]
            if self.run(["-t"], stdin=cut)[0] != 1:
                raise Breach(f"-t takes {form!r} cut to {len(cut)} bytes")

    def concatenate(self):
        """Two compressed files become one, of a new original."""
        name = f"{BOTH} {self.rng.randrange(5)}"
        if name in self.originals:
            return
        pair = [self.rng.choice(list(self.originals)) for _ in range(2)]
        contents = [self.originals[one] for one in pair]
        parts = [self.run(["-1"], stdin=content)[1] for content in contents]
        pathlib.Path(self.path(name + ".fore")).write_bytes(b"".join(parts) + bytes(self.rng.choice([0, 0, 512])))
        self.originals[name] = b"".join(contents)

    def link(self):
        """Gives a file another name for the time of one command, which must not harm it."""
        form = self.rng.choice(self.standing())
        link = self.path("a link")
        if self.rng.random() < 0.5:
            os.link(self.path(form), link)
        else:
            os.symlink(form, link)
        self.did = f"link to {form!r}"
        self.run(self.options()[0] + self.rng.choice([[], ["-d"], ["-t"]]) + ["--", self.rng.choice([form, "a link"])])
        for name in os.listdir(self.folder):
            if name.startswith("a link"):
                os.unlink(self.path(name))

    def create(self):
        name = self.rng.choice(NAMES)
        if name in self.originals:
            for form in self.standing(name):
                os.unlink(self.path(form))
        self.originals[name] = self.content()
        pathlib.Path(self.path(name)).write_bytes(self.originals[name])
        self.did = f"created {name!r}"

    # What must hold.

    def check(self):
        for form in os.listdir(self.folder):
            if form.startswith(".fore-") and self.did.endswith("SIGKILL"):
                os.unlink(self.path(form))
            elif original_and_layers(form)[0] not in self.originals:
                raise Breach(f"{form!r} was left behind")
        for name, content in self.originals.items():
            standing = self.standing(name)
            if not standing:
                raise Breach(f"{name!r} is lost")
            for form in standing:
                if self.decoded(form) != content:
                    raise Breach(f"{form!r} is not what {name!r} was")

    def decoded(self, form):
        content = self.read(form)
        for _ in range(original_and_layers(form)[1]):
            content = self.decompressed(content)
        return content

    def decompressed(self, content):
        done = subprocess.run([self.fore, "-d"], input=content, capture_output=True, timeout=600)
        if done.returncode != 0:
            raise Breach(f"a file does not decode: {done.stderr.decode(errors='replace')}")
        return done.stdout

    def step(self):
        weights = {self.compress: 8, self.decompress: 8, self.to_stdout: 3, self.look: 2, self.concatenate: 1,
                   self.link: 1, self.create: 2}
        do = self.rng.choices(list(weights), weights.values())[0]
        do()
        self.counts[do.__name__] += 1
        self.check()


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--seconds", type=float, default=900)
    parser.add_argument("--seed", type=int, default=random.randrange(1 << 32))
    parser.add_argument("--fore", default="target/release/fore")
    args = parser.parse_args()
    print(f"seed {args.seed}", flush=True)
    folder = tempfile.mkdtemp(prefix="soak-")
    soak = Soak(os.path.abspath(args.fore), folder, random.Random(args.seed))
    end, steps = time.monotonic() + args.seconds, 0
    try:
        for _ in range(5):
            soak.create()
        while time.monotonic() < end:
            steps += 1
            soak.step()
    except Breach as breach:
        print(f"step {steps}, {soak.did}: {breach}\nseed {args.seed}; the files are in {folder}")
        sys.exit(1)
    counts = ", ".join(f"{what} {count}" for what, count in sorted(soak.counts.items()))
    print(f"{steps} steps, nothing lost: {counts}")
    shutil.rmtree(folder)


if __name__ == "__main__":
    main()
