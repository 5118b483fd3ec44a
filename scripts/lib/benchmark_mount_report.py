"""Shows the results of scripts/benchmark mount as Markdown, beside what is wanted."""

import statistics
from dataclasses import dataclass
from typing import Callable

from benchmark_mount_tools import FLOORS, KNOWN, PEERS, SUBJECT
from benchmark_report import machine, text_of

HEADINGS = {"pastfs": "PastFS", "restic": "restic", "borg": "borg", "null": "null server", "push": "null, pushing"}


class Medians:
    """Medians by measure, value and tool; None for what was not measured."""

    def __init__(self, results):
        self.results = results

    def of(self, measure, value, tool):
        found = [each for each in self.results.get(measure, {}).get(tool, {}).get(value, []) if each is not None]
        return statistics.median(found) if found else None

    def ratio(self, measure, value, tool):
        """How many times as much the tool takes as PastFS; None where that says nothing."""
        own, other = self.of(measure, value, SUBJECT), self.of(measure, value, tool)
        return other / own if own and other is not None else None

    def floor_share(self, measure, value):
        own = self.of(measure, value, SUBJECT)
        floors = [each for each in (self.of(measure, value, tool) for tool in FLOORS) if each is not None]
        return min(floors) / own if own and floors else None


def times(**factors):
    """PastFS is so many times as fast as each of these."""

    def is_met(medians, measure, value):
        ratios = [(medians.ratio(measure, value, tool), factor) for tool, factor in factors.items()]
        return None if any(ratio is None for ratio, _ in ratios) else all(ratio >= factor for ratio, factor in ratios)

    return is_met


def at_most(limit):
    def is_met(medians, measure, value):
        own = medians.of(measure, value, SUBJECT)
        return None if own is None else own <= limit

    return is_met


def both(*rules):
    def is_met(*arguments):
        verdicts = [rule(*arguments) for rule in rules]
        return False if False in verdicts else None if None in verdicts else True

    return is_met


def half_of_floor(medians, measure, value):
    share = medians.floor_share(measure, value)
    return None if share is None else share >= 0.5


def no_slower_than_one_reader(medians, measure, value):
    own, one = medians.of(measure, value, SUBJECT), medians.of("large", "seconds", SUBJECT)
    return None if own is None or one is None else own <= one


@dataclass
class Row:
    measure: str
    value: str
    title: str
    unit: str
    wanted: str = ""
    is_met: Callable | None = None


def rows(sizes):
    files = f"{sizes.files:,} small files"
    large = f"{sizes.large_bytes / 1e9:.1f} GB in {sizes.large_count} files"
    listing = f"{sizes.listing_files:,} files"
    return (
        Row("ready", "seconds_answered",
            f"the mount answers: {sizes.snapshots:,} snapshots, {sizes.chunks:,} chunks (peers: 2 snapshots)",
            "seconds", "100 ms", at_most(0.1)),
        Row("ready", "hundredth_answered", "the mount answers: a hundredth of that", "seconds", "the same"),
        Row("ready", "seconds", "the newest snapshot is there: all of them", "seconds", "100 ms", at_most(0.1)),
        Row("ready", "hundredth", "the newest snapshot is there: a hundredth", "seconds", "the same"),
        Row("ready", "derivation", "the newest snapshot is there: a hundredth, usual key derivation", "seconds"),
        Row("memory", "bytes", f"peak memory, copying {files} out of the large repository, `cache=256M`", "bytes",
            "356 MiB", at_most(356 << 20)),
        Row("copy", "memory", "peak memory, copying out of the usual one", "bytes"),
        Row("list", "seconds", f"list all (`find -printf`), {files}", "seconds", "10 × restic, 8 × borg",
            times(restic=10, borg=8)),
        Row("copy", "seconds", f"copy all (`tar`), {files}", "seconds", "12 × restic, 12 × borg",
            times(restic=12, borg=12)),
        Row("second", "seconds", "copy all of the next snapshot, the first being read", "seconds"),
        Row("second", "requests", "data requests that this sends", "count", "only what changed"),
        Row("large", "seconds", f"copy (`cat`), {large}", "seconds", "8 × restic, 4 × borg, 50 % of the floor",
            both(times(restic=8, borg=4), half_of_floor)),
        Row("random", "seconds", f"{sizes.reads:,} random reads of 64 KiB, {sizes.random_bytes / 1e9:.1f} GB file",
            "seconds", "15 × restic, 15 × borg", times(restic=15, borg=15)),
        Row("readers", "seconds", f"{sizes.large_count} readers at once, {large}", "seconds", "not above one reader",
            no_slower_than_one_reader),
        Row("diff", "seconds", f"`diff -r` of two snapshots, {files}, 12 changes", "seconds", "100 ms", at_most(0.1)),
        Row("ls", "plain", f"`ls -lR`, {listing}", "seconds", "5 × restic", times(restic=5)),
        Row("ls", "attributes", f"`ls -lR`, {listing} with extended attributes", "seconds", "5 × restic",
            times(restic=5)),
    )


def shown(value, unit):
    if value is None:
        return "–"
    return f"{value:,.0f}" if unit == "count" else text_of(value, unit)


def plural(count):
    return f"{count} run" if count == 1 else f"{count} runs"


def line(row, medians, tools, has_verdicts):
    cells = [row.title] + [shown(medians.of(row.measure, row.value, tool), row.unit) for tool in tools]
    for tool in (tool for tool in PEERS if tool in tools):
        ratio = medians.ratio(row.measure, row.value, tool)
        cells.append("–" if ratio is None or row.unit == "count" else f"{ratio:.2f}" if ratio < 1 else f"{ratio:.1f}")
    if any(tool in tools for tool in FLOORS):
        share = medians.floor_share(row.measure, row.value) if row.unit == "seconds" else None
        cells.append("–" if share is None else f"{share:.0%}".replace("%", " %"))
    verdict = row.is_met(medians, row.measure, row.value) if row.is_met and has_verdicts else None
    cells.append(row.wanted + {True: ": yes", False: ": **no**", None: ""}[verdict])
    return cells


def table(results, sizes, tools):
    """A row for each value that was measured: medians, ratios, the share of the floor, what is wanted."""
    medians = Medians(results)
    tools = [tool for tool in KNOWN if tool in tools]
    header = [""] + [HEADINGS[tool] for tool in tools] + [f"{tool} : PastFS" for tool in PEERS if tool in tools]
    if any(tool in tools for tool in FLOORS):
        header.append("of the floor")
    header.append("wanted")
    lines = [header, ["---"] + ["---:"] * (len(header) - 2) + ["---"]]
    for row in rows(sizes):
        if any(medians.of(row.measure, row.value, tool) is not None for tool in tools):
            # A smoke run measures nothing, and says nothing of what is met.
            lines.append(line(row, medians, tools, has_verdicts=not sizes.is_smoke))
    return "\n".join("| " + " | ".join(cells) + " |" for cells in lines)


def render(results, sizes, options, versions, is_cold, work):
    """The whole report."""
    cache = "page cache dropped before each mount" if is_cold else "**page cache not dropped (not root)**"
    return "\n".join([
        f"Machine: {machine(work)}.",
        f"Tools: {', '.join(f'{name} {version}' for name, version in versions.items())}; encrypted, zstd or each "
        "tool's default level (borg: zstd,3).",
        f"Medians of {plural(options.runs)}, for restic and borg of {plural(min(options.runs, options.peer_runs))}; "
        f"tools in turns, a fresh mount for each measure, {cache}.",
        "The repositories of PastFS in the first four rows and of the first memory were made with `--kdf-log-n 10`.",
        "",
        table(results, sizes, options.tools),
    ])
