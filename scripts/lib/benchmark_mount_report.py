"""Shows the results of scripts/benchmark mount as Markdown, beside what is wanted."""

from benchmark_mount_tools import FLOORS, PEERS, SUBJECT
from benchmark_report import machine
from benchmark_table import Columns, Row, at_most, both, plural, share_of_floor, table, times

COLUMNS = Columns(SUBJECT, PEERS, FLOORS, {
    "pastfs": "PastFS", "restic": "restic", "borg": "borg", "null": "null server", "push": "null, pushing"})


def no_slower_than_one_reader(medians, measure, value):
    own, one = medians.own(measure, value), medians.own("large", "seconds")
    return None if own is None or one is None else own <= one


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
            both(times(restic=8, borg=4), share_of_floor(0.5))),
        Row("random", "seconds", f"{sizes.reads:,} random reads of 64 KiB, {sizes.random_bytes / 1e9:.1f} GB file",
            "seconds", "15 × restic, 15 × borg", times(restic=15, borg=15)),
        Row("readers", "seconds", f"{sizes.large_count} readers at once, {large}", "seconds", "not above one reader",
            no_slower_than_one_reader),
        Row("diff", "seconds", f"`diff -r` of two snapshots, {files}, 12 changes", "seconds", "100 ms", at_most(0.1)),
        Row("ls", "plain", f"`ls -lR`, {listing}", "seconds", "5 × restic", times(restic=5)),
        Row("ls", "attributes", f"`ls -lR`, {listing} with extended attributes", "seconds", "5 × restic",
            times(restic=5)),
    )


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
        # A smoke run measures nothing, and says nothing of what is met.
        table(rows(sizes), results, COLUMNS, options.tools, has_verdicts=not sizes.is_smoke),
    ])
