"""The main part of `scripts/benchmark mount`; scripts/benchmark says how it is used."""

import argparse
import json
import os
import shutil
import signal
import subprocess
import sys
import time

from benchmark import make_comparison
from benchmark_mount_data import Prepared, Sizes
from benchmark_mount_measures import ALL, Measures
from benchmark_mount_report import render
from benchmark_mount_tools import FLOORS, KNOWN, PEERS, SUBJECT
from benchmark_run import Failure

FILES = 150_000
BYTES_PER_FILE = 20_000
SMOKE_FILES = 400


def parse_options():
    parser = argparse.ArgumentParser(prog="scripts/benchmark mount", add_help=False, allow_abbrev=False)
    parser.add_argument("--programs", required=True)
    parser.add_argument("--runs", type=int, default=5)
    parser.add_argument("--peer-runs", type=int, default=1)
    parser.add_argument("--only", default=",".join(ALL))
    parser.add_argument("--tools", default=",".join(KNOWN))
    parser.add_argument("--files", type=int)
    parser.add_argument("--bytes", type=int)
    parser.add_argument("--work")
    parser.add_argument("--keep", action="store_true")
    parser.add_argument("--renew", default="")
    parser.add_argument("--prepare", action="store_true")
    parser.add_argument("--json")
    parser.add_argument("--smoke", action="store_true")
    options = parser.parse_args()
    for name, known in (("only", tuple(ALL)), ("tools", KNOWN), ("renew", KNOWN)):
        chosen = [each for each in getattr(options, name).split(",") if each]
        if unknown := [each for each in chosen if each not in known]:
            parser.error(f"unknown in --{name}: {', '.join(unknown)}; known are {', '.join(known)}")
        setattr(options, name, chosen)
    if options.runs < 1 or options.peer_runs < 0:
        parser.error("--runs must be 1 or more")
    if options.smoke:
        options.runs = options.peer_runs = 1
    options.files = options.files or (SMOKE_FILES if options.smoke else FILES)
    options.bytes = options.bytes or options.files * BYTES_PER_FILE
    options.work = os.path.abspath(options.work or f"/var/tmp/pastfs-benchmark-{options.files}")
    return options


def kinds_needed(options):
    """The kinds of data that PastFS needs, and those that any tool needs."""
    own = set().union(*(ALL[name][0] for name in options.only))
    others = set().union(*(ALL[name][1] for name in options.only))
    return own, own | (others if set(options.tools) - {SUBJECT} else set())


def run_all(options, measures, results, failures):
    for run in range(options.runs):
        turn = run % len(options.tools)
        for name in options.only:
            for tool in options.tools[turn:] + options.tools[:turn]:
                if tool not in ALL[name][2] or tool in PEERS and run >= options.peer_runs:
                    continue
                begin = time.monotonic()
                try:
                    values = getattr(measures, name)(tool, run)
                except (Failure, OSError, subprocess.SubprocessError) as error:
                    failures.append(f"run {run + 1}: {name}: {tool}: {error}")
                    print(failures[-1], file=sys.stderr, flush=True)
                    continue
                for value, number in values.items():
                    results.setdefault(name, {}).setdefault(tool, {}).setdefault(value, []).append(number)
                said = ", ".join(f"{value} {'–' if each is None else round(each, 4)}" for value, each in values.items())
                seconds = time.monotonic() - begin
                print(f"run {run + 1}: {name}: {tool}: {said} ({seconds:.0f} s)", file=sys.stderr, flush=True)


def versions_of(options, prepared):
    return {
        tool: prepared.runner(tool, "small").tool.version() for tool in options.tools if tool not in FLOORS}


def main():
    options = parse_options()
    # What ends this process from outside must not leave a mount behind.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    was_there = os.path.isdir(options.work)
    os.makedirs(options.work, exist_ok=True)
    results, failures, prepared = {}, [], None
    try:
        if was_there and os.listdir(options.work) and not os.path.exists(os.path.join(options.work, "state.json")):
            raise Failure(f"{options.work} holds something else; remove it, or choose another --work")
        sizes = Sizes(options.files, options.bytes, options.smoke)
        prepared = Prepared(options.work, sizes, options.tools, options.programs)
        for tool in options.renew:
            prepared.renew(tool)
        own, kinds = kinds_needed(options)
        prepared.prepare(kinds)
        if options.prepare:
            return 0
        prepared.warm_catalogs(own)
        measures = Measures(prepared, make_comparison([prepared.source("small")]) if options.smoke else None)
        run_all(options, measures, results, failures)
        versions = versions_of(options, prepared)
        print(render(results, sizes, options, versions, measures.is_cold, options.work))
        if options.json:
            with open(options.json, "w", encoding="utf-8") as file:
                json.dump({"versions": versions, "sizes": vars(sizes), "results": results}, file, indent=2)
    except (Failure, OSError, subprocess.SubprocessError) as error:
        failures.append(str(error))
    finally:
        if prepared:
            prepared.clean_up()
        if not was_there and not options.keep and not options.prepare:
            shutil.rmtree(options.work, ignore_errors=True)
    for failure in failures:
        print(f"error: {failure}", file=sys.stderr)
    return 1 if failures else 0


if __name__ == "__main__":
    sys.exit(main())
