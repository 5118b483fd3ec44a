"""Shows the results of scripts/benchmark as Markdown."""

import os
import platform
import statistics

MEASURES = (
    ("first_seconds", "first backup", "seconds"),
    ("unchanged_seconds", "unchanged backup", "seconds"),
    ("ready_seconds", "mount ready", "seconds"),
    ("list_seconds", "list all of the mount (`find -printf`)", "seconds"),
    ("copy_seconds", "read all of the mount (`tar`)", "seconds"),
    ("restore_seconds", "restore", "seconds"),
    ("repository_bytes", "size of the repository", "bytes"),
    ("backup_memory", "memory, first backup", "bytes"),
    ("unchanged_memory", "memory, unchanged backup", "bytes"),
    ("list_memory", "memory, mount after listing", "bytes"),
    ("mount_memory", "memory, mount after reading", "bytes"),
    ("restore_memory", "memory, restore", "bytes"),
)
SUBJECT = "pastfs"


def text_of(value, unit):
    """Three significant digits, with the unit."""
    if unit == "bytes":
        return f"{value / (1 << 20):.1f} MiB" if value < 100 << 20 else f"{value / (1 << 20):.0f} MiB"
    return f"{value * 1000:.0f} ms" if value < 1 else f"{value:.2f} s" if value < 100 else f"{value:.0f} s"


def table(results):
    """A row for each measure with the medians and, when PastFS has peers, its ratio to the better of them."""
    names = list(results)
    peers = [name for name in names if name != SUBJECT]
    has_ratio = SUBJECT in names and peers
    header = ["", *names] + (["PastFS : better peer"] if has_ratio else [])
    rows = [header, ["---"] + ["---:"] * (len(header) - 1)]
    for key, title, unit in MEASURES:
        medians = {name: statistics.median(results[name][key]) for name in names}
        row = [title] + [text_of(medians[name], unit) for name in names]
        if has_ratio:
            best = min(medians[name] for name in peers)
            row.append(f"{medians[SUBJECT] / best:.2f}" if best else "–")
        rows.append(row)
    return "\n".join("| " + " | ".join(row) + " |" for row in rows)


def first_match(path, prefix):
    with open(path, encoding="utf-8", errors="replace") as file:
        for line in file:
            if line.startswith(prefix):
                return line.split(":" if ":" in line else "=", 1)[1].strip().strip('"')
    return "unknown"


def file_system(path):
    """The type of the file system that a path lies on, from the longest mount point that it begins with."""
    best = ("", "unknown")
    with open("/proc/self/mounts", encoding="utf-8", errors="replace") as file:
        for line in file:
            _, mountpoint, kind = line.split()[:3]
            if os.path.commonpath([mountpoint, path]) == mountpoint and len(mountpoint) >= len(best[0]):
                best = (mountpoint, kind)
    return best[1]


def machine(work):
    memory_kib = int(first_match("/proc/meminfo", "MemTotal").split()[0])
    return (
        f"{first_match('/proc/cpuinfo', 'model name')}, {len(os.sched_getaffinity(0))} cores, "
        f"{memory_kib / (1 << 20):.1f} GiB of memory; {first_match('/etc/os-release', 'PRETTY_NAME')}, "
        f"kernel {platform.release()}, {file_system(work)}")


def render(results, versions, sources, shape, runs, is_cold, work):
    """The whole report."""
    entries, size = shape
    cache = "page cache dropped before each measure" if is_cold else "**page cache not dropped (not root)**"
    ratio = " A ratio below 1 is in favour of PastFS." if SUBJECT in results and len(results) > 1 else ""
    return "\n".join([
        f"Data: {', '.join(sources)}: {entries} entries, {size / (1 << 20):.0f} MiB.",
        f"Machine: {machine(work)}.",
        f"Tools: {', '.join(f'{name} {version}' for name, version in versions.items())}; encrypted, zstd or each "
        "tool's default level (borg: zstd,3).",
        f"Medians of {runs} {'run' if runs == 1 else 'runs'}, tools interleaved, {cache}.{ratio}",
        "",
        table(results),
    ])
