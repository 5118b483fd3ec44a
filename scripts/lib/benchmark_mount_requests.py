"""Counts the requests of one kind that reach the process behind a FUSE mount, whichever it is."""

import os
import subprocess
import tempfile

# <linux/fuse.h>
FUSE_READ = 15
BUFFER_KIB = 16384


class RequestCounter:
    """Counts FUSE_READ requests with the kernel's tracepoint fuse_request_send (Linux 6.14 and later, as root).

    `count` is None where the kernel has no such tracepoint. A context manager; only requests of the mount whose files
    have the device number `device` are counted.
    """

    def __init__(self, device):
        self.filter = f"opcode == {FUSE_READ} && connection == {device}"
        self.count = None
        self.mounted = None
        self.instance = None

    def __enter__(self):
        root = self._tracing()
        if root is None:
            return self
        self.instance = tempfile.mkdtemp(prefix="pastfs-benchmark.", dir=os.path.join(root, "instances"))
        self._write("buffer_size_kb", str(BUFFER_KIB))
        self._write("events/fuse/fuse_request_send/filter", self.filter)
        self._write("events/fuse/fuse_request_send/enable", "1")
        return self

    def __exit__(self, *_):
        if self.instance is not None:
            self._write("events/fuse/fuse_request_send/enable", "0")
            self.count = self._events()
            os.rmdir(self.instance)
        if self.mounted is not None:
            subprocess.run(["umount", self.mounted], check=False)
            os.rmdir(self.mounted)

    def _tracing(self):
        """Where tracefs is, mounted here if nowhere else; None if it has no such tracepoint."""
        for root in ("/sys/kernel/tracing", "/sys/kernel/debug/tracing"):
            if os.path.isdir(os.path.join(root, "instances")):
                break
        else:
            root = self.mounted = tempfile.mkdtemp(prefix="pastfs-benchmark-tracing.")
            if subprocess.run(["mount", "-t", "tracefs", "tracefs", root], capture_output=True, check=False).returncode:
                os.rmdir(root)
                self.mounted = None
                return None
        return root if os.path.isdir(os.path.join(root, "events/fuse/fuse_request_send")) else None

    def _write(self, name, text):
        with open(os.path.join(self.instance, name), "w", encoding="ascii") as file:
            file.write(text)

    def _events(self):
        """What the buffers of all processors took and what they had no room for (Documentation/trace/ftrace.rst)."""
        total = 0
        folder = os.path.join(self.instance, "per_cpu")
        for cpu in os.listdir(folder):
            with open(os.path.join(folder, cpu, "stats"), encoding="ascii") as file:
                fields = dict(line.split(":", 1) for line in file if ":" in line)
            total += sum(int(fields[name]) for name in ("entries", "overrun", "dropped events"))
        return total
