"""Shows the results of scripts/benchmark writer as Markdown, beside what is wanted."""

from benchmark_report import machine
from benchmark_table import Columns, Row, at_most, both, plural, share_of_floor, table, times
from benchmark_writer_measures import FLOORS, PEERS, SUBJECT

COLUMNS = Columns(SUBJECT, PEERS, FLOORS, {
    "pastfs": "PastFS", "restic": "restic", "borg": "borg", "zstd": "`zstd -3 -T2`", "find": "`find -printf`"})
DUPLICATE_BYTES_PER_SECOND = 1.2e9


def rows(sizes):
    files = f"{sizes.files:,} small files, {sizes.bytes / 1e9:.1f} GB"
    large = f"{sizes.large_bytes / 1e9:.1f} GB in {sizes.large_count} files"
    return (
        Row("small", "seconds", f"first backup, {files}", "seconds", "5 × restic, 4 × borg", times(restic=5, borg=4)),
        Row("large", "seconds", f"first backup, {large}", "seconds", "2.5 × both, 60 % of zstd",
            both(times(restic=2.5, borg=2.5), share_of_floor(0.6))),
        Row("random", "seconds", f"first backup, {sizes.random_bytes / 1e9:.0f} GB that do not compress", "seconds",
            "4 × both", times(restic=4, borg=4)),
        Row("unchanged", "seconds", f"unchanged, {files}", "seconds", "6 × both, half of find's speed",
            both(times(restic=6, borg=6), share_of_floor(0.5))),
        Row("changed", "seconds", f"one file in a thousand changed, {files}", "seconds", "5 × both",
            times(restic=5, borg=5)),
        Row("duplicate", "seconds", f"the same bytes under other names, {large}", "seconds", "1.2 GB/s",
            at_most(sizes.large_bytes / DUPLICATE_BYTES_PER_SECOND)),
        Row("releases", "seconds", "eight releases of Django, one after the other", "seconds"),
        Row("restore_small", "seconds", f"restore, {files}", "seconds", "3 × both", times(restic=3, borg=3)),
        Row("restore_large", "seconds", f"restore, {large}", "seconds", "3 × both", times(restic=3, borg=3)),
        Row("prune", "seconds", f"remove five of six backups of {sizes.churned_files:,} files, 5 % changed each time",
            "seconds"),
        Row("prune", "size", "repository, what is left of these", "bytes"),
        Row("prune", "memory", "peak memory, that", "bytes"),
        Row("small", "size", f"repository, {files}, with the changes", "bytes", "92 % of the smaller",
            times(restic=1 / 0.92, borg=1 / 0.92)),
        Row("large", "size", f"repository, {large}", "bytes", "not above the smaller", times(restic=1, borg=1)),
        Row("releases", "size", "repository, eight releases of Django", "bytes", "not above the smaller",
            times(restic=1, borg=1)),
        Row("small", "memory", "peak memory, first backup of small files", "bytes", "300 MiB", at_most(300 << 20)),
        Row("large", "memory", "peak memory, first backup of large files", "bytes"),
        Row("restore_small", "memory", "peak memory, restore of small files", "bytes"),
        Row("memory", "bytes", f"peak memory, {sizes.empty_files:,} empty files", "bytes", "300 MiB",
            at_most(300 << 20)),
        Row("memory", "growth", "bytes of memory for each file more", "count", "100", at_most(100)),
    )


def render(results, sizes, options, versions, is_cold, work):
    """The whole report."""
    cache = "" if is_cold else " **The page cache was not dropped (not root).**"
    return "\n".join([
        f"Machine: {machine(work)}.",
        f"Tools: {', '.join(f'{name} {version}' for name, version in versions.items())}; encrypted, zstd level 3 or "
        "the tool's default.",
        f"Medians of {plural(options.runs)}, for restic and borg of {plural(min(options.runs, options.peer_runs))}; "
        f"tools in turns; what is saved is in the page cache, what is restored is not.{cache}",
        "",
        # A smoke run measures nothing, and says nothing of what is met.
        table(rows(sizes), results, COLUMNS, options.tools, has_verdicts=not sizes.is_smoke),
    ])
