"""The main part of scripts/benchmark, which says how it is used."""

import argparse
import json
import os
import random
import shutil
import signal
import subprocess
import sys
import tempfile
import time

from benchmark_report import render
from benchmark_run import SETTLING_SECONDS, Benchmark, Failure, count_entries
from benchmark_tools import make_tools

KNOWN_TOOLS = ("pastfs", "restic", "borg")
SMOKE_FILES = 300
GENERATOR_SEED = 1
FILES_PER_DIRECTORY = 50
WORDS = 4000


def parse_options():
    parser = argparse.ArgumentParser(prog="scripts/benchmark", add_help=False, allow_abbrev=False)
    parser.add_argument("--pastfs", required=True)
    parser.add_argument("--data", action="append")
    parser.add_argument("--generate", type=int)
    parser.add_argument("--runs", type=int, default=3)
    parser.add_argument("--tools", default=",".join(KNOWN_TOOLS))
    parser.add_argument("--work", default=os.environ.get("TMPDIR", "/var/tmp"))
    parser.add_argument("--json")
    parser.add_argument("--smoke", action="store_true")
    options = parser.parse_args()
    options.tools = options.tools.split(",")
    if unknown := [name for name in options.tools if name not in KNOWN_TOOLS]:
        parser.error(f"unknown tool {', '.join(unknown)}; known are {', '.join(KNOWN_TOOLS)}")
    if len(set(options.tools)) != len(options.tools):
        parser.error("a tool is named twice")
    if options.runs < 1:
        parser.error("--runs must be 1 or more")
    if options.data and options.generate:
        parser.error("--data and --generate exclude each other")
    if options.smoke:
        options.runs, options.generate = 1, None if options.data else SMOKE_FILES
    return options


def generate(root, files):
    """A tree that is the same for the same number of files: text of a limited vocabulary, data that does not compress,
    duplicates, hard links, links and a sparse file; sizes are distributed as in file systems, many small, few large."""
    chance = random.Random(GENERATOR_SEED)
    words = [chance.randbytes(chance.randint(1, 6)).hex() for _ in range(WORDS)]
    last = b""
    for number in range(files):
        directory = os.path.join(root, f"directory-{number // FILES_PER_DIRECTORY:05d}")
        os.makedirs(directory, exist_ok=True)
        path = os.path.join(directory, f"file-{number:07d}")
        size = min(int(chance.lognormvariate(8, 2)), 8 << 20)
        kind = chance.random()
        if kind < 0.6:
            data = " ".join(chance.choices(words, k=size // 7 + 1)).encode()[:size]
        elif kind < 0.9:
            data = chance.randbytes(size)
        else:
            data = last
        with open(path, "wb") as file:
            file.write(data)
        last = data
        if number % 40 == 1:
            os.symlink(f"file-{number:07d}", path + ".symlink")
        if number % 40 == 2:
            os.link(path, path + ".link")
    with open(os.path.join(root, "sparse"), "wb") as file:
        file.truncate(16 << 20)
        file.write(b"data")


def size_of(root):
    return sum(
        os.lstat(os.path.join(directory, name)).st_size for directory, _, names in os.walk(root) for name in names)


def make_comparison(sources):
    """A function that compares what a tool shows with the sources. What peers are known not to show is not compared
    with them; of PastFS everything is."""
    program = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "compare-trees")
    not_shown = {"pastfs": [], "restic": ["--ignore", "nlink,links,rdev,mtime"], "borg": ["--ignore", "nlink,links"]}

    def compare(tool, what, tree):
        for source in sources:
            command = [program, source, tree(source), *not_shown[tool.name]]
            done = subprocess.run(command, capture_output=True, text=True, check=False)
            if done.returncode:
                raise Failure(f"{tool.name}: {what} and source differ:\n{done.stdout}{done.stderr}")

    return compare


def main():
    options = parse_options()
    # What ends this process from outside must not leave a mount behind.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    work = tempfile.mkdtemp(prefix="pastfs-benchmark.", dir=os.path.abspath(options.work))
    try:
        sources = [os.path.realpath(path) for path in options.data or ("/usr/share",)]
        if options.generate:
            sources = [os.path.join(work, "data")]
            generate(sources[0], options.generate)
            if not options.smoke:
                time.sleep(SETTLING_SECONDS)
        for source in sources:
            if not os.path.isdir(source):
                raise Failure(f"there is no directory {source}")
        tools = make_tools(options.tools, work, sources, options.pastfs)
        versions = {tool.name: tool.version() for tool in tools}
        benchmark = Benchmark(tools, make_comparison(sources) if options.smoke else None)
        benchmark.run(options.runs)
        shape = sum(map(count_entries, sources)), sum(map(size_of, sources))
        print(render(benchmark.results, versions, sources, shape, options.runs, benchmark.is_cold, work))
        if options.json:
            with open(options.json, "w", encoding="utf-8") as file:
                json.dump({"versions": versions, "sources": sources, "results": benchmark.results}, file, indent=2)
    except (Failure, OSError, subprocess.SubprocessError) as error:
        print(f"error: {error}", file=sys.stderr)
        return 1
    finally:
        shutil.rmtree(work, ignore_errors=True)
    return 0


if __name__ == "__main__":
    sys.exit(main())
