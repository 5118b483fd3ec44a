"""What scripts/benchmark mount measures, each in a fresh mount with the page cache dropped."""

import contextlib
import hashlib
import os
import random
import subprocess
import time

from benchmark_mount_data import tar_bytes
from benchmark_mount_requests import RequestCounter
from benchmark_mount_tools import FLOORS, PEERS, SUBJECT
from benchmark_run import LIST_FORMAT, Failure, drop_caches

READ_BYTES = 64 << 10
PAGE_BYTES = 4096
MEMORY_OPTIONS = "cache=256M"
COMMAND_SECONDS_MAX = 3600


class Measures:
    """Each method that `ALL` names measures one subject once, and gives its values by name."""

    def __init__(self, prepared, compare=None):
        self.prepared = prepared
        self.compare = compare
        self.is_cold = True
        self.diff_output = None

    @contextlib.contextmanager
    def mounted(self, tool, data, all_snapshots=False, options=""):
        """A fresh mount, cold. `runner.answered` and `runner.ready` are the seconds until it answered and until what is
        measured was there, and `runner.peak` is its memory in the end."""
        runner = self.prepared.runner(tool, data)
        subject = runner.tool
        self.is_cold = drop_caches() and self.is_cold
        make = subject.mount_all if all_snapshots else subject.mount
        command = make(options) if tool == SUBJECT else make()
        runner.answered = None

        def is_ready():
            if runner.answered is None:
                if not os.path.ismount(subject.mountpoint):
                    return False
                runner.answered = time.monotonic() - runner.begin
            trees = self.trees(runner) if all_snapshots else [self.tree(runner)]
            return len(trees) > all_snapshots and all(os.path.isdir(tree) for tree in trees)

        try:
            runner.ready = runner.mount(command, is_ready)
            yield runner
            runner.peak = runner.unmount()
        finally:
            runner.clean_up()

    @staticmethod
    def tree(runner):
        return runner.tool.mounted_tree(runner.tool.sources[0])

    @staticmethod
    def trees(runner):
        return runner.tool.snapshot_trees(runner.tool.sources[0])

    def ready(self, tool, _run):
        values = {}
        for data in ("scale", "hundredth", "derivation") if tool == SUBJECT else ("small",):
            with self.mounted(tool, data) as runner:
                name = data if data in ("hundredth", "derivation") else "seconds"
                values[name], values[f"{name}_answered"] = runner.ready, runner.answered
        return values

    def memory(self, tool, _run):
        with self.mounted(tool, "scale", options=MEMORY_OPTIONS) as runner:
            self._expect(tar_bytes(self.tree(runner)), self.prepared.fact("second_tar_bytes"), "bytes of tar")
        return {"bytes": runner.peak}

    def list(self, tool, _run):
        with self.mounted(tool, "small") as runner:
            begin = time.monotonic()
            count = 0
            with subprocess.Popen(["find", self.tree(runner), "-printf", LIST_FORMAT], stdout=subprocess.PIPE) as find:
                while chunk := find.stdout.read(1 << 20):
                    count += chunk.count(b"\n")
            seconds = time.monotonic() - begin
            if find.returncode:
                raise Failure(f"find ended with {find.returncode}")
            self._expect(count, self.prepared.fact("second_entries"), "entries")
        return {"seconds": seconds}

    def copy(self, tool, run):
        with self.mounted(tool, "small") as runner:
            begin = time.monotonic()
            count = tar_bytes(self.tree(runner))
            seconds = time.monotonic() - begin
            self._expect(count, self.prepared.fact("second_tar_bytes"), "bytes of tar")
            if self.compare and run == 0 and tool not in FLOORS:
                self.compare(runner.tool, "mount", runner.tool.mounted_tree)
        return {"seconds": seconds, "memory": runner.peak}

    def second(self, tool, _run):
        """The first snapshot is read, and then the second is measured, with what the kernel has cached."""
        with self.mounted(tool, "small", all_snapshots=True) as runner:
            first, second = self.trees(runner)[0], self.trees(runner)[-1]
            is_floor = tool in FLOORS
            self._expect(
                tar_bytes(first), self.prepared.fact(f"{'second' if is_floor else 'first'}_tar_bytes"), "bytes of tar")
            with RequestCounter(os.minor(os.stat(first).st_dev)) as counter:
                begin = time.monotonic()
                count = tar_bytes(second)
                seconds = time.monotonic() - begin
            self._expect(count, self.prepared.fact("second_tar_bytes"), "bytes of tar")
        return {"seconds": seconds, "requests": counter.count}

    def large(self, tool, run):
        with self.mounted(tool, "large") as runner:
            files = self._files(self.tree(runner))
            begin = time.monotonic()
            self._check_all([self._cat(files)])
            seconds = time.monotonic() - begin
            self._compare_files(runner, run)
        return {"seconds": seconds}

    def readers(self, tool, _run):
        with self.mounted(tool, "large") as runner:
            files = self._files(self.tree(runner))
            begin = time.monotonic()
            self._check_all([self._cat([file]) for file in files])
            return {"seconds": time.monotonic() - begin}

    def random(self, tool, run):
        """The same places for every subject, other ones in each run."""
        with self.mounted(tool, "random") as runner:
            path = self._files(self.tree(runner))[0]
            chance = random.Random(run)
            pages = (os.stat(path).st_size - READ_BYTES) // PAGE_BYTES
            offsets = [chance.randint(0, pages) * PAGE_BYTES for _ in range(self.prepared.sizes.reads)]
            buffers = [bytearray(READ_BYTES)]
            file = os.open(path, os.O_RDONLY)
            try:
                begin = time.monotonic()
                for offset in offsets:
                    if os.preadv(file, buffers, offset) != READ_BYTES:
                        raise Failure(f"a short read at {offset}")
                seconds = time.monotonic() - begin
            finally:
                os.close(file)
            self._compare_files(runner, run)
        return {"seconds": seconds}

    def diff(self, tool, run):
        if tool == SUBJECT and (run == 0 or self.diff_output is None):
            # What all must say, from a mount whose numbers hide nothing.
            self.diff_output = self._diff(tool, "ino=unique")[1]
        seconds, output = self._diff(tool, "")
        if self.diff_output is not None and output != self.diff_output:
            raise Failure("diff says something else than in a mount with ino=unique")
        return {"seconds": seconds, "lines": output.count(b"\n")}

    def _diff(self, tool, options):
        with self.mounted(tool, "small", all_snapshots=True, options=options) as runner:
            first, second = self.trees(runner)[0], self.trees(runner)[-1]
            begin = time.monotonic()
            done = subprocess.run(
                ["diff", "-r", "--no-dereference", first, second], stdin=subprocess.DEVNULL, capture_output=True,
                check=False, timeout=COMMAND_SECONDS_MAX)
            seconds = time.monotonic() - begin
            if done.returncode != 1:
                raise Failure(f"diff ended with {done.returncode}: {done.stderr.decode(errors='replace')[:500]}")
        return seconds, done.stdout.replace(first.encode(), b"FIRST").replace(second.encode(), b"SECOND")

    def ls(self, tool, _run):
        values = {}
        for data in ("plain", "attributes"):
            with self.mounted(tool, data) as runner:
                begin = time.monotonic()
                subprocess.run(
                    ["ls", "-lR", self.tree(runner)], stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, check=True,
                    timeout=COMMAND_SECONDS_MAX)
                values[data] = time.monotonic() - begin
        return values

    @staticmethod
    def _files(tree):
        return [os.path.join(tree, name) for name in sorted(os.listdir(tree))]

    @staticmethod
    def _cat(files):
        return subprocess.Popen(["cat", *files], stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL)

    @staticmethod
    def _check_all(processes):
        for process in processes:
            if process.wait(COMMAND_SECONDS_MAX):
                raise Failure(f"{process.args[0]} ended with {process.returncode}")

    @staticmethod
    def _expect(value, wanted, what):
        """A mount that shows less is not faster."""
        if value != wanted:
            raise Failure(f"{value} {what}, and the source has {wanted}")

    def _compare_files(self, runner, run):
        if not self.compare or run or runner.tool.name in FLOORS:
            return
        for shown, original in zip(self._files(self.tree(runner)), self._files(runner.tool.sources[0]), strict=True):
            if digest(shown) != digest(original):
                raise Failure(f"{shown} has other bytes than {original}")


def digest(path):
    with open(path, "rb") as file:
        return hashlib.file_digest(file, "sha256").digest()


# Every measure: its name, what it needs of PastFS and of the others, and who takes part.
ALL = {
    "ready": ({"scale", "hundredth", "derivation"}, {"small"}, (SUBJECT, *PEERS)),
    "memory": ({"scale"}, set(), (SUBJECT,)),
    "list": ({"small"}, {"small"}, (SUBJECT, *PEERS, *FLOORS)),
    "copy": ({"small"}, {"small"}, (SUBJECT, *PEERS, *FLOORS)),
    "second": ({"small"}, {"small"}, (SUBJECT, *PEERS, *FLOORS)),
    "large": ({"large"}, {"large"}, (SUBJECT, *PEERS, *FLOORS)),
    "random": ({"random"}, {"random"}, (SUBJECT, *PEERS, *FLOORS)),
    "readers": ({"large"}, {"large"}, (SUBJECT, *PEERS, *FLOORS)),
    "diff": ({"small"}, {"small"}, (SUBJECT, *PEERS)),
    "ls": ({"plain", "attributes"}, {"plain", "attributes"}, (SUBJECT, *PEERS, *FLOORS)),
}
