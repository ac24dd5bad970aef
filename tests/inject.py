#!/usr/bin/env python3
"""Makes each system call of `fore` fail, one at a time, and looks at what is left.

For each of some operations, each call of a kind, and each error that it may give: the first one fails in a run of its
own, then the second one, and so on until there are no more. After each run must hold:

- of each file, its input is there, or its complete output; an output under its own name is complete, or is the file
  that was there before;
- exit code 0 means that all outputs are complete and the inputs gone (or kept, where that was asked for);
- no temporary file is left, but where removing it was what failed, or where the process died before it was running;
- nothing is said in several lines or by a panic.

Needs strace, on Linux. Not a part of `cargo test`: it takes some minutes.

    tests/inject.py [--fore PATH] [--calls CALL,CALL...]
"""
import argparse
import collections
import os
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile

# What may fail, and how.
ERRORS = {
    "openat": "EMFILE EACCES ENOMEM EINTR ENOSPC",
    "read": "EIO EINTR ESTALE",
    "pread64": "EIO EINTR ESTALE",
    "write": "ENOSPC EIO EDQUOT EINTR EFBIG",
    "pwrite64": "ENOSPC EIO EDQUOT EINTR",
    "close": "EIO EINTR ENOSPC",
    "rename": "EIO EXDEV EPERM",
    "renameat": "EIO EXDEV EPERM",
    "renameat2": "EIO ENOSYS EINVAL EPERM EOPNOTSUPP",
    "link": "EPERM EMLINK EIO",
    "linkat": "EPERM EMLINK EIO",
    "unlink": "EIO EPERM EBUSY",
    "unlinkat": "EIO EPERM EBUSY",
    "fsync": "EIO ENOSPC EDQUOT EINVAL",
    "fdatasync": "EIO ENOSPC",
    "syncfs": "EIO ENOSPC ENOSYS",
    "fchmod": "EIO EPERM",
    "fchown": "EIO EPERM",
    "utimensat": "EIO EPERM",
    "ftruncate": "EIO EINVAL",
    "lseek": "EINVAL ESPIPE",
    "fstat": "EIO",
    "newfstatat": "EIO ENOMEM",
    "statx": "EIO ENOSYS",
    "getdents64": "EIO",
    "flistxattr": "EIO EOPNOTSUPP",
    "fgetxattr": "EIO EOPNOTSUPP",
    "fsetxattr": "EIO EOPNOTSUPP ENOSPC EPERM",
    "fcntl": "EINVAL EMFILE",
    "getrandom": "ENOSYS EINTR",
    "poll": "EINTR ENOMEM",
    "clone3": "EAGAIN ENOMEM ENOSYS",
    "clone": "EAGAIN ENOMEM",
    "mmap": "ENOMEM",
    "mprotect": "ENOMEM",
    "brk": "ENOMEM",
}
# Where a process starts, the loader and the runtimes of C and Rust ask for memory themselves, and die without it.
MAY_DIE = {"mmap", "mprotect", "brk", "read", "openat", "pread64", "fstat", "newfstatat", "poll", "close", "fcntl"}
TEMPORARY = re.compile(r"^\.fore-[A-Za-z0-9]{6}$")

CONTENT = {
    "a": b"".join(b"%d unit a is up, load %d\n" % (i, i * 37 % 101) for i in range(900)),
    "b": bytes(range(256)) * 40,
    "c": b"",
}


class Operation:
    """A command line, what there is before it, and how it is to end."""

    def __init__(self, name, args, files, coded=False, keep=False, old=False):
        self.name, self.args, self.files, self.coded, self.keep, self.old = name, args, files, coded, keep, old

    def prepare(self, folder, fore):
        for name in self.files:
            (folder / name).write_bytes(CONTENT[name.split("/")[-1]])
            if self.coded:
                subprocess.run([fore, "-1q", *self.coded_by(), name], cwd=folder, check=True)
            if self.old:
                self.output(folder, name).write_bytes(b"old")

    def coded_by(self):
        return ["--block-size", "64K"] if "-T2" in self.args else []

    def output(self, folder, name):
        return folder / (name if self.coded else name + ".fore")

    def input(self, folder, name):
        return folder / (name + ".fore" if self.coded else name)


def operations():
    yield Operation("compress", ["-1", "a"], ["a"])
    yield Operation("compress, kept", ["-1k", "a"], ["a"], keep=True)
    yield Operation("compress over another", ["-1f", "a"], ["a"], old=True)
    yield Operation("compress and verify", ["-1", "--verify", "a"], ["a"])
    yield Operation("compress several", ["-1", "a", "b", "c"], ["a", "b", "c"])
    yield Operation("compress a folder", ["-1r", "d"], ["d/a", "d/b"])
    yield Operation("compress, not synced", ["-1", "--no-sync", "a"], ["a"])
    yield Operation("decompress", ["-d", "a.fore"], ["a"], coded=True)
    yield Operation("decompress several", ["-d", "a.fore", "b.fore", "c.fore"], ["a", "b", "c"], coded=True)
    yield Operation("decompress over another", ["-df", "a.fore"], ["a"], coded=True, old=True)
    yield Operation("recover", ["-d", "--recover", "a.fore"], ["a"], coded=True)


class Injection:
    def __init__(self, fore, folder):
        self.fore, self.folder = fore, folder
        self.cases = collections.Counter()
        self.outcomes = collections.Counter()
        self.faults = []
        self.coded = {}

    def decodes_to(self, coded, content):
        """Whether `fore`, undisturbed, decodes these bytes to that."""
        if coded not in self.coded:
            run = subprocess.run([self.fore, "-dc"], input=coded, capture_output=True)
            self.coded[coded] = run.stdout if run.returncode == 0 else None
        return self.coded[coded] == content

    def prepare(self, operation):
        shutil.rmtree(self.folder, ignore_errors=True)
        (self.folder / "d").mkdir(parents=True)
        operation.prepare(self.folder, self.fore)

    def try_undisturbed(self, operation):
        """An operation that fails by itself would show nothing."""
        self.prepare(operation)
        subprocess.run([self.fore, *operation.args], cwd=self.folder, check=True)

    def run(self, operation, call, error, nth):
        """One run; says whether there was an n-th call."""
        self.prepare(operation)
        log = self.folder.with_suffix(".log")
        inject = f"inject={call}:error={error}:when={nth}"
        command = ["strace", "-f", "-qq", "-o", str(log), "-e", f"trace={call}", "-e", inject, self.fore]
        ran = subprocess.run([*command, *operation.args], cwd=self.folder, capture_output=True, stdin=subprocess.DEVNULL)
        if b"(INJECTED)" not in log.read_bytes():
            return False
        case = f"{operation.name}: {call} {nth} gives {error}"
        problems = list(self.judge(operation, call, ran))
        self.faults += [f"{case}: {problem}; exit {ran.returncode}, {ran.stderr!r}" for problem in problems]
        self.cases[call] += 1
        self.outcomes["died" if died(ran) else ran.returncode] += 1
        return True

    def judge(self, operation, call, ran):
        """All that is wrong after a run."""
        for name in operation.files:
            entrance, out = operation.input(self.folder, name), operation.output(self.folder, name)
            content = CONTENT[name.split("/")[-1]]
            coded, plain = (entrance, out) if operation.coded else (out, entrance)
            good_plain = plain.exists() and plain.read_bytes() == content
            good_coded = coded.exists() and self.decodes_to(coded.read_bytes(), content)
            good_in, good_out = (good_coded, good_plain) if operation.coded else (good_plain, good_coded)
            if not (good_in or good_out):
                yield f"{name} is lost"
            if entrance.exists() and not good_in:
                yield f"the input {entrance.name} is not what it was"
            if out.exists() and not good_out and not (operation.old and out.read_bytes() == b"old"):
                yield f"the output {out.name} is not complete"
            if ran.returncode == 0 and not good_out:
                yield f"{out.name} is not there in spite of success"
            if ran.returncode == 0 and entrance.exists() != operation.keep:
                yield f"{entrance.name} is there or not, in spite of success"
        left = [path for path in self.folder.rglob("*") if TEMPORARY.match(path.name)]
        if left and not died(ran) and call not in ("unlink", "unlinkat"):
            yield f"temporary files are left: {left}"
        # Where a thread starts, Rust's runtime asks for a stack for signals and has no other way to tell.
        if b"panicked" in ran.stderr and b"alternative stack" not in ran.stderr:
            yield "it panicked"
        if died(ran) and call not in MAY_DIE:
            yield "it died"
        if ran.returncode not in (0, 1, 2, 127) and not died(ran):
            yield "a strange exit code"
        if ran.returncode in (1, 2) and not ran.stderr and call not in ("write", "close"):
            yield "it failed in silence"


def died(ran):
    return ran.returncode < 0 or ran.returncode > 127


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--fore", default="target/release/fore")
    parser.add_argument("--calls", default=",".join(ERRORS))
    args = parser.parse_args()
    if not shutil.which("strace"):
        sys.exit("inject.py: needs strace (Debian's package of that name)")
    fore = str(pathlib.Path(args.fore).resolve())
    with tempfile.TemporaryDirectory() as folder:
        injection = Injection(fore, pathlib.Path(folder) / "work")
        for operation in operations():
            injection.try_undisturbed(operation)
            for call in args.calls.split(","):
                for error in ERRORS[call].split():
                    nth = 1
                    while injection.run(operation, call, error, nth):
                        nth += 1
            print(f"{operation.name}: {sum(injection.cases.values())} cases so far", flush=True)
    for fault in injection.faults:
        print(fault)
    print(", ".join(f"{call} {count}" for call, count in injection.cases.items()))
    print("exit codes:", dict(injection.outcomes))
    print(f"{sum(injection.cases.values())} cases, {len(injection.faults)} faults")
    sys.exit(bool(injection.faults))


if __name__ == "__main__":
    main()
