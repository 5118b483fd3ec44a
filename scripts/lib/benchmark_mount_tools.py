"""The subjects of scripts/benchmark mount: the tools, and the null server, each with one set of data."""

import os

from benchmark_tools import Borg, PastFS, Restic, Tool

SUBJECT = "pastfs"
PEERS = ("restic", "borg")
FLOORS = ("null", "push")
KNOWN = (SUBJECT, *PEERS, *FLOORS)
BACKUPS = ("first", "second")
# For random passphrases; what it leaves of the derivation is under 4 ms.
CHEAP_DERIVATION = ("--kdf-log-n", "10")


class MountedPastFS(PastFS):
    def __init__(self, work, sources, program, init_options=()):
        super().__init__(work, sources, program)
        self.init_options = init_options

    def create(self):
        return self._command("init", *self.init_options)

    def mount(self, options=""):
        chosen = ["-o", options] if options else []
        return self._command("mount", "--foreground", *chosen, self.mountpoint)

    def mount_all(self, options=""):
        return self.mount(options)

    def snapshot_trees(self, source):
        """The trees of all snapshots, oldest first."""
        folder = os.path.join(self.mountpoint, "snapshots")
        names = sorted(name for name in os.listdir(folder) if name != "latest") if os.path.isdir(folder) else []
        return [os.path.join(folder, name) + source for name in names]

    def catalog(self):
        return os.path.join(self.work, "cache", "pastfs")


class MountedRestic(Restic):
    def mount_all(self):
        return self.mount()

    def snapshot_trees(self, source):
        folder = os.path.join(self.mountpoint, "snapshots")
        names = sorted(name for name in os.listdir(folder) if name != "latest") if os.path.isdir(folder) else []
        return [os.path.join(folder, name) + source for name in names]


class MountedBorg(Borg):
    def __init__(self, work, sources):
        super().__init__(work, sources)
        # A repository that an earlier run made has its archives, and the newest is the one to mount.
        self.last = f"backup-{BACKUPS[-1]}"

    def mount_all(self):
        return ["borg", "mount", "--foreground", "::", self.mountpoint]

    def snapshot_trees(self, source):
        return [os.path.join(self.mountpoint, f"backup-{name}") + source for name in BACKUPS]


class NullMount(Tool):
    """Zeros in the shape of the source, and no snapshots but the one that is the source."""

    def __init__(self, work, sources, program, name):
        self.name = name
        self.program = program
        super().__init__(work, sources)

    def mount(self):
        push = ["--push"] if self.name == "push" else []
        return [self.program, self.mountpoint, self.sources[0], *push]

    def mount_all(self):
        return self.mount()

    def mounted_tree(self, _source):
        return self.mountpoint

    def snapshot_trees(self, _source):
        # The same tree twice: what the kernel alone takes for what it has cached.
        return [self.mountpoint, self.mountpoint]


def make_subject(name, work, source, programs, init_options=()):
    """The subject of this name, whose repository and mount point lie below `work`."""
    if name == SUBJECT:
        return MountedPastFS(work, [source], os.path.join(programs, "pastfs"), init_options)
    if name in FLOORS:
        return NullMount(work, [source], os.path.join(programs, "null-server"), name)
    return {"restic": MountedRestic, "borg": MountedBorg}[name](work, [source])
