"""The main part of `scripts/benchmark writer`; scripts/benchmark says how it is used."""

import argparse
import json
import os
import shutil
import signal
import subprocess
import sys

from benchmark import make_comparison
from benchmark_run import Failure
from benchmark_writer_data import DATA, Sizes, WriterData
from benchmark_writer_measures import ALL, FLOORS, PEERS, REPOSITORIES, SUBJECT, Measures
from benchmark_writer_report import render

KNOWN = (SUBJECT, *PEERS, *FLOORS)


def parse_options():
    parser = argparse.ArgumentParser(prog="scripts/benchmark writer", add_help=False, allow_abbrev=False)
    parser.add_argument("--programs", required=True)
    parser.add_argument("--runs", type=int, default=3)
    parser.add_argument("--peer-runs", type=int, default=1)
    parser.add_argument("--only", default=",".join(ALL))
    parser.add_argument("--tools", default=",".join(KNOWN))
    parser.add_argument("--work", default="/var/tmp/pastfs-benchmark-writer")
    parser.add_argument("--keep", action="store_true")
    parser.add_argument("--json")
    parser.add_argument("--smoke", action="store_true")
    options = parser.parse_args()
    for name, known in (("only", ALL), ("tools", KNOWN)):
        chosen = [each for each in getattr(options, name).split(",") if each]
        if unknown := [each for each in chosen if each not in known]:
            parser.error(f"unknown in --{name}: {', '.join(unknown)}; known are {', '.join(known)}")
        setattr(options, name, chosen)
    if options.runs < 1 or options.peer_runs < 0:
        parser.error("--runs must be 1 or more")
    if options.smoke:
        options.runs = options.peer_runs = 1
        options.work += "-smoke"
    options.work = os.path.abspath(options.work)
    return options


def main():
    options = parse_options()
    # What ends this process from outside must not leave a mount behind.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    sizes, results, measures = Sizes(options.smoke), {}, None
    was_there = os.path.isdir(options.work)
    try:
        if was_there and set(os.listdir(options.work)) - {DATA, REPOSITORIES}:
            raise Failure(f"{options.work} holds something else; choose another --work")
        data = WriterData(options.work, sizes, os.path.join(options.programs, "repository-generator"))
        measures = Measures(
            options.work, data, options.tools, os.path.join(options.programs, "pastfs"), results,
            make_comparison if options.smoke else None)
        for number in range(options.runs):
            tools = [tool for tool in options.tools if tool not in PEERS or number < options.peer_runs]
            turn = number % len(tools)
            for name in options.only:
                print(f"run {number + 1}: {name}", file=sys.stderr, flush=True)
                measures.run(number, [name], tools[turn:] + tools[:turn])
        versions = measures.versions()
        print(render(results, sizes, options, versions, measures.is_cold, options.work))
        if options.json:
            with open(options.json, "w", encoding="utf-8") as file:
                json.dump({"versions": versions, "sizes": vars(sizes), "results": results}, file, indent=2)
    except (Failure, OSError, subprocess.SubprocessError) as error:
        print(f"error: {error}", file=sys.stderr)
        return 1
    finally:
        if measures:
            measures.clean_up()
        # What was there before, an earlier run's data or somebody's directory, is not this run's to remove.
        if not was_there and not options.keep:
            shutil.rmtree(options.work, ignore_errors=True)
    return 0


if __name__ == "__main__":
    sys.exit(main())
