"""What scripts/benchmark writer measures, one run at a time; each value with the tools in turns."""

import os
import shutil
import subprocess
import time

from benchmark_run import LIST_FORMAT, Failure, Runner, drop_caches
from benchmark_tools import make_tools
from benchmark_writer_data import CHURNED_EVERY

SUBJECT = "pastfs"
PEERS = ("restic", "borg")
FLOORS = ("zstd", "find")
# The name of the folder that the tools' repositories are in, which goes at the end.
REPOSITORIES = "repositories"
ALL = ("small", "large", "random", "releases", "prune", "memory")


class Measures:
    """Adds what was measured to `results[measure][tool][value]`, a list with a number for each run."""

    def __init__(self, work, data, tools, pastfs, results, make_comparison=None):
        self.work = work
        self.data = data
        self.tools = tools
        self.pastfs = pastfs
        self.results = results
        self.make_comparison = make_comparison
        self.is_cold = True
        self.runners = {}

    def run(self, number, names, tools):
        """Measures `names` once, with these tools in this order."""
        self.number = number
        for name in names:
            getattr(self, "_" + name)([tool for tool in tools if tool not in FLOORS], tools)

    def clean_up(self):
        for runner in self.runners.values():
            runner.clean_up()
        shutil.rmtree(os.path.join(self.work, REPOSITORIES), ignore_errors=True)

    def versions(self):
        return {tool: self._runner(tool, "small").tool.version() for tool in self.tools if tool not in FLOORS}

    def _small(self, writers, tools):
        source = self.data.path("small")
        self.data.warm("small")
        for tool in writers:
            self._create(tool, "small")
            self._back_up(tool, "small", source, "first")
        if "find" in tools:
            self._add("unchanged", "find", "seconds", self._seconds(["find", source, "-printf", LIST_FORMAT]))
        for tool in writers:
            self._back_up(tool, "small", source, "unchanged", measure="unchanged")
        self.data.change(self.number)
        self.data.warm("small")
        for tool in writers:
            self._back_up(tool, "small", source, "changed", measure="changed")
            self._add("small", tool, "size", self._runner(tool, "small").size())
        for tool in writers:
            self._restore(tool, "small")

    def _large(self, writers, tools):
        source, duplicate = self.data.path("large"), self.data.path("duplicate")
        self.data.warm("large", "duplicate")
        if "zstd" in tools:
            paths = sorted(os.path.join(source, name) for name in os.listdir(source))
            line = 'for path; do zstd -3 -T2 -q -c "$path" >/dev/null || exit 1; done'
            self._add("large", "zstd", "seconds", self._seconds(["bash", "-c", line, "zstd", *paths]))
        for tool in writers:
            self._create(tool, "large")
            self._back_up(tool, "large", source, "first")
            self._add("large", tool, "size", self._runner(tool, "large").size())
        for tool in writers:
            self._restore(tool, "large")
        for tool in writers:
            self._back_up(tool, "large", duplicate, "duplicate", measure="duplicate")

    def _random(self, writers, _tools):
        self.data.warm("random")
        for tool in writers:
            self._create(tool, "random")
            self._back_up(tool, "random", self.data.path("random"), "first")

    def _releases(self, writers, _tools):
        for tool in writers:
            runner = self._create(tool, "releases")
            total = 0.0
            for number, path in enumerate(self.data.releases()):
                runner.tool.sources = [path]
                total += runner.run(runner.tool.backup(f"{self.number}-{number}"))[0]
            self._add("releases", tool, "seconds", total)
            self._add("releases", tool, "size", runner.size())

    def _prune(self, writers, _tools):
        """Removes all but the last of some backups, between which one file in twenty changed."""
        for tool in writers:
            self._create(tool, "prune").tool.sources = [self.data.path("churned")]
        for backup in range(self.data.sizes.churned_backups):
            # Another text than any run before has written.
            self.data.change(100 * self.number + backup, "churned", CHURNED_EVERY)
            for tool in writers:
                runner = self._runner(tool, "prune")
                runner.run(runner.tool.backup(f"{self.number}-{backup}"))
        for tool in writers:
            runner = self._runner(tool, "prune")
            os.sync()
            self.is_cold = drop_caches() and self.is_cold
            done = [runner.run(command) for command in runner.tool.prune()]
            self._add("prune", tool, "seconds", sum(seconds for seconds, _ in done))
            self._add("prune", tool, "memory", max(peak for _, peak in done))
            self._add("prune", tool, "size", runner.size())

    def _memory(self, writers, _tools):
        """Of PastFS alone: how much more memory more files take."""
        if SUBJECT not in writers:
            return
        peaks = []
        for name in ("fewer", "empty"):
            runner = self._create(SUBJECT, name)
            runner.tool.sources = [self.data.path(name)]
            peaks.append(runner.run(runner.tool.backup("first"))[1])
        sizes = self.data.sizes
        self._add("memory", SUBJECT, "bytes", peaks[1])
        growth = (peaks[1] - peaks[0]) / (sizes.empty_files - sizes.fewer_empty_files)
        self._add("memory", SUBJECT, "growth", max(0, growth))

    def _runner(self, tool, name):
        if (tool, name) not in self.runners:
            work = os.path.join(self.work, REPOSITORIES, name)
            self.runners[tool, name] = Runner(make_tools([tool], work, [], self.pastfs)[0])
        return self.runners[tool, name]

    def _create(self, tool, name):
        runner = self._runner(tool, name)
        runner.start_again()
        return runner

    def _back_up(self, tool, name, source, what, measure=None):
        runner = self._runner(tool, name)
        runner.tool.sources = [source]
        os.sync()
        seconds, peak = runner.run(runner.tool.backup(f"{self.number}-{what}"))
        self._add(measure or name, tool, "seconds", seconds)
        self._add(measure or name, tool, "memory", peak)

    def _restore(self, tool, name):
        runner = self._runner(tool, name)
        self.is_cold = drop_caches() and self.is_cold
        seconds, peak = runner.restore()
        if self.make_comparison and self.number == 0:
            self.make_comparison(runner.tool.sources)(runner.tool, "restored files", runner.tool.restored_tree)
        self._add(f"restore_{name}", tool, "seconds", seconds)
        self._add(f"restore_{name}", tool, "memory", peak)
        shutil.rmtree(runner.tool.restored, ignore_errors=True)

    @staticmethod
    def _seconds(command):
        begin = time.monotonic()
        done = subprocess.run(command, stdout=subprocess.DEVNULL, stdin=subprocess.DEVNULL, check=False)
        if done.returncode:
            raise Failure(f"`{command[0]}` ended with {done.returncode}")
        return time.monotonic() - begin

    def _add(self, measure, tool, value, number):
        self.results.setdefault(measure, {}).setdefault(tool, {}).setdefault(value, []).append(number)
