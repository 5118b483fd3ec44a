"""The tools that scripts/benchmark compares: how each does what is measured."""

import os
import re
import subprocess


class Tool:
    """A backup tool with a repository, a cache and a passphrase of its own below `work`.

    Each method that gives a command gives the words of it; the runner measures. A mount stays in the foreground, so
    that its memory can be read.
    """

    name = ""

    def __init__(self, work, sources):
        self.work = os.path.join(work, self.name)
        self.sources = sources
        self.repository = os.path.join(self.work, "repository")
        self.mountpoint = os.path.join(self.work, "mount")
        self.restored = os.path.join(self.work, "restored")
        self.passphrase_file = os.path.join(self.work, "passphrase")
        self.environment = {**os.environ, "LC_ALL": "C.UTF-8", "HOME": self.work}
        os.makedirs(self.mountpoint, exist_ok=True)
        with open(os.open(self.passphrase_file, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w", encoding="ascii") as file:
            file.write("benchmark\n")

    def version(self):
        done = subprocess.run(self.version_command(), capture_output=True, text=True, check=True, timeout=60)
        found = re.search(r"\d+\.\d+(\.\d+)?[^\s,]*", done.stdout)
        return found.group(0) if found else done.stdout.strip()

    def version_command(self):
        return [self.name, "--version"]

    def unmount(self):
        return ["fusermount3", "-u", self.mountpoint]

    def restored_tree(self, source):
        return self.restored + source

    def prune(self):
        """The commands that remove all snapshots but the last, and free their space."""
        raise NotImplementedError


class PastFS(Tool):
    name = "pastfs"

    def __init__(self, work, sources, program):
        self.program = program
        super().__init__(work, sources)
        self.environment["XDG_CACHE_HOME"] = os.path.join(self.work, "cache")

    def _command(self, *words):
        return [self.program, "-r", self.repository, "--passphrase-file", self.passphrase_file, *words]

    def version_command(self):
        return [self.program, "--version"]

    def create(self):
        return self._command("init")

    def backup(self, _number):
        return self._command("backup", *self.sources)

    def mount(self):
        return self._command("mount", "--foreground", self.mountpoint)

    def mounted_tree(self, source):
        return f"{self.mountpoint}/latest{source}"

    def restore(self):
        return self._command("restore", "latest", "--to", self.restored)

    def prune(self):
        return [
            self._command("forget", "--keep-last", "1", "--group-by", "", "--confirm"),
            self._command("prune", "--confirm"),
        ]


class Restic(Tool):
    name = "restic"

    def __init__(self, work, sources):
        super().__init__(work, sources)
        self.environment |= {
            "RESTIC_REPOSITORY": self.repository, "RESTIC_PASSWORD_FILE": self.passphrase_file,
            "RESTIC_CACHE_DIR": os.path.join(self.work, "cache"),
        }

    def version_command(self):
        return ["restic", "version"]

    def create(self):
        return ["restic", "init", "--quiet"]

    def backup(self, _number):
        return ["restic", "backup", "--quiet", *self.sources]

    def mount(self):
        return ["restic", "mount", "--quiet", self.mountpoint]

    def mounted_tree(self, source):
        return f"{self.mountpoint}/snapshots/latest{source}"

    def restore(self):
        return ["restic", "restore", "--quiet", "latest", "--target", self.restored]

    def prune(self):
        return [["restic", "forget", "--quiet", "--keep-last", "1", "--group-by", "", "--prune"]]


class Borg(Tool):
    name = "borg"

    def __init__(self, work, sources):
        super().__init__(work, sources)
        self.last = ""
        self.environment |= {
            "BORG_REPO": self.repository, "BORG_PASSPHRASE": "benchmark", "BORG_BASE_DIR": self.work,
            "BORG_EXIT_CODES": "modern",
        }

    def create(self):
        return ["borg", "init", "--encryption", "repokey"]

    def backup(self, number):
        self.last = f"backup-{number}"
        return ["borg", "create", "--compression", "zstd,3", f"::{self.last}", *self.sources]

    def mount(self):
        return ["borg", "mount", "--foreground", f"::{self.last}", self.mountpoint]

    def mounted_tree(self, source):
        return self.mountpoint + source

    def restore(self):
        return ["borg", "extract", f"::{self.last}"]

    def prune(self):
        return [["borg", "prune", "--keep-last", "1"], ["borg", "compact"]]


def make_tools(names, work, sources, pastfs):
    """The tools of these names, in this order."""
    made = []
    for name in names:
        if name == "pastfs":
            made.append(PastFS(work, sources, pastfs))
        else:
            made.append({"restic": Restic, "borg": Borg}[name](work, sources))
    return made
