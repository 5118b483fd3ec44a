"""Prepares what scripts/benchmark mount measures: trees, and a repository of each tool for each of them."""

import json
import os
import shutil
import subprocess
import sys

from benchmark_run import Failure, Runner, count_entries
from benchmark_mount_tools import BACKUPS, CHEAP_DERIVATION, FLOORS, SUBJECT, make_subject

SEED = 1
CHANGES = 12
HUNDREDTH = 100
GENERATOR_SECONDS_MAX = 7200
# A catalog that an older version made is made anew at the first mount.
FIRST_MOUNT_SECONDS_MAX = 1800


class Sizes:
    """How much data there is of each kind."""

    def __init__(self, files, size, is_smoke):
        self.is_smoke = is_smoke
        self.files = files
        self.bytes = size
        self.snapshots, self.chunks = (40, 20_000) if is_smoke else (10_000, 5_000_000)
        self.large_count = 8
        self.large_bytes = 8 << 20 if is_smoke else 1_520_000_000
        self.random_bytes = 4 << 20 if is_smoke else 1_000_000_000
        self.reads = 50 if is_smoke else 2000
        self.listing_files = 200 if is_smoke else 30_000
        self.listing_bytes = self.listing_files * 1000


class Prepared:
    """The data below `work`, made as far as it is not there; what was done is kept in `work/state.json`."""

    def __init__(self, work, sizes, tools, programs):
        self.work = work
        self.sizes = sizes
        self.tools = tools
        self.programs = programs
        self.runners = {}
        self.state_path = os.path.join(work, "state.json")
        self.state = {"sizes": vars(sizes), "done": [], "facts": {}}
        if os.path.exists(self.state_path):
            with open(self.state_path, encoding="utf-8") as file:
                state = json.load(file)
            if state["sizes"] != vars(sizes):
                raise Failure(f"{work} holds data of other sizes; remove it, or choose another --work")
            self.state = state

    def source(self, data):
        return os.path.join(self.work, {"scale": "small", "derivation": "hundredth"}.get(data, data), "data")

    def runner(self, tool, data):
        """Runs `tool` with its repository of `data`."""
        if (tool, data) not in self.runners:
            is_cheap = data in ("scale", "hundredth") or self.sizes.is_smoke and data != "derivation"
            init_options = CHEAP_DERIVATION if is_cheap else ()
            subject = make_subject(
                tool, os.path.join(self.work, data), self.source(data), self.programs, init_options)
            self.runners[tool, data] = Runner(subject)
        return self.runners[tool, data]

    def fact(self, name):
        return self.state["facts"][name]

    def clean_up(self):
        for runner in self.runners.values():
            runner.clean_up()

    def renew(self, tool):
        """Forgets the repositories of a tool, so that they are made anew."""
        self.state["done"] = [step for step in self.state["done"] if tool not in step.split("/")]
        self._save()

    def prepare(self, kinds):
        """Makes what is missing of these kinds of data."""
        sizes = self.sizes
        if {"small", "scale"} & kinds:
            self._prepare_small("scale" in kinds)
        if {"hundredth", "derivation"} & kinds:
            self._generate("hundredth", self._tree(sizes.files // HUNDREDTH, sizes.bytes // HUNDREDTH))
            for data in ("hundredth", "derivation"):
                self._grow(data, max(2, sizes.snapshots // HUNDREDTH), sizes.chunks // HUNDREDTH)
        simple = {
            "large": ["large", sizes.large_count, sizes.large_bytes],
            "random": ["large", 1, sizes.random_bytes],
            "plain": ["tree", sizes.listing_files, sizes.listing_bytes],
            "attributes": ["tree", sizes.listing_files, sizes.listing_bytes, "--xattrs"],
        }
        for data, (command, files, size, *options) in simple.items():
            if data in kinds:
                self._generate(data, [command, "--files", files, "--bytes", size, *options])
                for tool in self._writers():
                    self._once(f"{data}/{tool}", lambda tool=tool, data=data: self._back_up_once(tool, data))

    def _writers(self):
        return [tool for tool in self.tools if tool not in FLOORS]

    @staticmethod
    def _tree(files, size):
        return ["tree", "--files", max(1, files), "--bytes", max(1, size)]

    def _prepare_small(self, with_scale):
        """Two versions of one tree, and each tool's backups of both. Since the tree is the same whenever it is made, a
        tool that lacks the first is given it anew."""
        missing = [tool for tool in self._writers() if not self._is_done(f"small/{tool}")]
        first_missing = [tool for tool in missing if not self._is_done(f"small/first/{tool}")]
        is_unclear = self._is_done("small/changing") and not self._is_done("small/changed")
        if is_unclear or first_missing and self._is_done("small/changed"):
            self._forget("small/data", "small/changing", "small/changed")
        self._generate("small", self._tree(self.sizes.files, self.sizes.bytes))
        for tool in first_missing:
            self._say(f"first backup: {tool}")
            runner = self.runner(tool, "small")
            runner.start_again()
            runner.run(runner.tool.backup(BACKUPS[0]))
            self._mark(f"small/first/{tool}")
        self._once("small/changed", self._change)
        for tool in missing:
            self._say(f"second backup: {tool}")
            runner = self.runner(tool, "small")
            runner.run(runner.tool.backup(BACKUPS[1]))
            self._mark(f"small/{tool}")
        if with_scale:
            self._grow("scale", self.sizes.snapshots, self.sizes.chunks)

    def _change(self):
        self._remember_facts("first")
        self._mark("small/changing")
        self._run_generator("change", self.source("small"), ["--changes", CHANGES, "--seed", SEED])
        self._remember_facts("second")

    def _remember_facts(self, version):
        source = self.source("small")
        self.state["facts"][f"{version}_tar_bytes"] = tar_bytes(source)
        self.state["facts"][f"{version}_entries"] = count_entries(source)

    def _grow(self, data, snapshots, chunks):
        if SUBJECT not in self.tools:
            return

        def make():
            runner = self.runner(SUBJECT, data)
            self._back_up_once(SUBJECT, data)
            self._say(f"{snapshots} snapshots and {chunks} chunks: {data}")
            self._run_generator("repository", runner.tool.repository, [
                "--passphrase-file", runner.tool.passphrase_file, "--cache", runner.tool.catalog(),
                "--snapshots", snapshots, "--chunks", chunks, "--seed", SEED])

        self._once(f"{data}/{SUBJECT}", make)

    def _back_up_once(self, tool, data):
        self._say(f"backup: {tool}, {data}")
        runner = self.runner(tool, data)
        runner.start_again()
        runner.run(runner.tool.backup(BACKUPS[-1]))

    def warm_catalogs(self, kinds):
        """Mounts each repository of PastFS once, so that no measure pays for a catalog that is out of date."""
        for data in kinds if SUBJECT in self.tools else ():
            runner = self.runner(SUBJECT, data)
            runner.mount(seconds_max=FIRST_MOUNT_SECONDS_MAX)
            runner.unmount()

    def _generate(self, data, words):
        def make():
            self._say(f"data: {data}")
            shutil.rmtree(self.source(data), ignore_errors=True)
            os.makedirs(os.path.dirname(self.source(data)), exist_ok=True)
            self._run_generator(words[0], self.source(data), [*words[1:], "--seed", SEED])

        self._once(f"{data}/data", make)

    def _run_generator(self, command, directory, words):
        program = os.path.join(self.programs, "repository-generator")
        done = subprocess.run(
            [program, command, directory, *map(str, words)], capture_output=True, text=True, check=False,
            timeout=GENERATOR_SECONDS_MAX)
        if done.returncode:
            raise Failure(f"repository-generator {command} ended with {done.returncode}: {done.stderr.strip()}")

    def _is_done(self, step):
        return step in self.state["done"]

    def _once(self, step, make):
        if not self._is_done(step):
            make()
            self._mark(step)

    def _mark(self, step):
        self.state["done"].append(step)
        self._save()

    def _forget(self, *steps):
        self.state["done"] = [step for step in self.state["done"] if step not in steps]
        self._save()

    def _save(self):
        with open(self.state_path + ".new", "w", encoding="utf-8") as file:
            json.dump(self.state, file, indent=1)
        os.replace(self.state_path + ".new", self.state_path)

    @staticmethod
    def _say(text):
        print(f"preparing: {text}", file=sys.stderr, flush=True)


def tar_bytes(tree):
    """How long a tar archive of a tree is. tar that sees /dev/null as its archive would read nothing."""
    line = 'set -o pipefail; tar -C "$1" -cf - . | wc -c'
    done = subprocess.run(
        ["bash", "-c", line, "tar", tree], stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, check=False,
        timeout=GENERATOR_SECONDS_MAX)
    if done.returncode:
        raise Failure(f"tar of {tree} ended with {done.returncode}")
    return int(done.stdout)
