"""Tables of medians in Markdown: the subject beside its peers and floors, and beside what is wanted."""

import statistics
from dataclasses import dataclass
from typing import Callable

from benchmark_report import text_of


@dataclass
class Columns:
    """The columns of a table: the tool that it is about, those that it is compared with, and what no tool can beat."""

    subject: str
    peers: tuple
    floors: tuple
    headings: dict

    @property
    def known(self):
        return (self.subject, *self.peers, *self.floors)


class Medians:
    """Medians by measure, value and tool; None for what was not measured."""

    def __init__(self, results, columns):
        self.results = results
        self.columns = columns

    def of(self, measure, value, tool):
        found = [each for each in self.results.get(measure, {}).get(tool, {}).get(value, []) if each is not None]
        return statistics.median(found) if found else None

    def own(self, measure, value):
        return self.of(measure, value, self.columns.subject)

    def ratio(self, measure, value, tool):
        """How many times as much the tool takes as the subject; None where that says nothing."""
        own, other = self.own(measure, value), self.of(measure, value, tool)
        return other / own if own and other is not None else None

    def floor_share(self, measure, value):
        own = self.own(measure, value)
        floors = [each for each in (self.of(measure, value, tool) for tool in self.columns.floors) if each is not None]
        return min(floors) / own if own and floors else None


# What is wanted of a value: functions of medians, measure and value, which give None where something was not measured.


def times(**factors):
    """The subject is so many times as fast, or as small, as each of these."""

    def is_met(medians, measure, value):
        ratios = [(medians.ratio(measure, value, tool), factor) for tool, factor in factors.items()]
        return None if any(ratio is None for ratio, _ in ratios) else all(ratio >= factor for ratio, factor in ratios)

    return is_met


def at_most(limit):
    def is_met(medians, measure, value):
        own = medians.own(measure, value)
        return None if own is None else own <= limit

    return is_met


def share_of_floor(least):
    def is_met(medians, measure, value):
        share = medians.floor_share(measure, value)
        return None if share is None else share >= least

    return is_met


def both(*rules):
    def is_met(*arguments):
        verdicts = [rule(*arguments) for rule in rules]
        return False if False in verdicts else None if None in verdicts else True

    return is_met


@dataclass
class Row:
    measure: str
    value: str
    title: str
    unit: str
    wanted: str = ""
    is_met: Callable | None = None


def shown(value, unit):
    if value is None:
        return "–"
    return f"{value:,.0f}" if unit == "count" else text_of(value, unit)


def plural(count):
    return f"{count} run" if count == 1 else f"{count} runs"


def _line(row, medians, tools, has_verdicts):
    columns = medians.columns
    cells = [row.title] + [shown(medians.of(row.measure, row.value, tool), row.unit) for tool in tools]
    for tool in (tool for tool in columns.peers if tool in tools):
        ratio = medians.ratio(row.measure, row.value, tool)
        cells.append("–" if ratio is None or row.unit == "count" else f"{ratio:.2f}" if ratio < 1 else f"{ratio:.1f}")
    if any(tool in tools for tool in columns.floors):
        share = medians.floor_share(row.measure, row.value) if row.unit == "seconds" else None
        cells.append("–" if share is None else f"{share:.0%}".replace("%", " %"))
    verdict = row.is_met(medians, row.measure, row.value) if row.is_met and has_verdicts else None
    cells.append(row.wanted + {True: ": yes", False: ": **no**", None: ""}[verdict])
    return cells


def table(rows, results, columns, tools, has_verdicts):
    """A row for each value that was measured: medians, ratios, the share of the floor, what is wanted."""
    medians = Medians(results, columns)
    tools = [tool for tool in columns.known if tool in tools]
    header = [""] + [columns.headings[tool] for tool in tools]
    header += [f"{tool} : {columns.headings[columns.subject]}" for tool in columns.peers if tool in tools]
    if any(tool in tools for tool in columns.floors):
        header.append("of the floor")
    header.append("wanted")
    lines = [header, ["---"] + ["---:"] * (len(header) - 2) + ["---"]]
    for row in rows:
        if any(medians.of(row.measure, row.value, tool) is not None for tool in tools):
            lines.append(_line(row, medians, tools, has_verdicts))
    return "\n".join("| " + " | ".join(cells) + " |" for cells in lines)
