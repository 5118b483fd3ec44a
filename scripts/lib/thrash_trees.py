"""Directory trees that follow from a seed, a writer and a version: no copy of any is kept to compare with.

Files come, go, change in parts and are what they were before; a third of them are equal for all writers. So a chunk is
needed by snapshots of several writers, is needed by none, and is wanted again a moment later.
"""

import hashlib
import os
import random
import stat

FILES = 44
EPOCH_SECONDS = 1_700_000_000
BLOCK_BYTES = 96 << 10


def draw(*parts):
    """A number of 64 bits that follows from `parts`."""
    return int.from_bytes(hashlib.blake2b(repr(parts).encode(), digest_size=8).digest(), "big")


class Entry:
    """A file, directory or symbolic link; two are equal if nothing has to be done to make one of the other."""

    def __init__(self, kind, mode, mtime, blocks=(), target=""):
        self.kind, self.mode, self.mtime, self.blocks, self.target = kind, mode, mtime, blocks, target

    def __eq__(self, other):
        return vars(self) == vars(other)

    @property
    def size(self):
        return sum(size for _, size in self.blocks)

    def content(self):
        """The bytes of a file: half of its blocks can be compressed."""
        parts = []
        for seed, size in self.blocks:
            if seed % 2:
                parts.append(random.Random(seed).randbytes(size))
            else:
                words = random.Random(seed).randbytes(max(size // 16, 16)).hex().encode()
                parts.append((words * (size // len(words) + 1))[:size])
        return b"".join(parts)


def tree(seed, writer, version):
    """The entries of a tree by their paths relative to its root; the root itself is the empty path."""
    entries = {"": Entry("directory", 0o755, EPOCH_SECONDS + version)}
    for number in range(FILES):
        if draw(seed, writer, number, "there", version // 7) % 5:
            add_file(entries, seed, writer, number, version)
    owner = draw(seed, writer, "new", version)
    add(entries, f"new-{version}", Entry("file", 0o600, EPOCH_SECONDS, ((owner, 40_000 + owner % 200_000),)))
    add(entries, "link", Entry("link", 0o777, 0, target=f"target-{version % 5}"))
    if version % 2:
        add(entries, "empty", Entry("directory", 0o700, EPOCH_SECONDS))
    return entries


def add_file(entries, seed, writer, number, version):
    """Adds a file that changes at times of its own, and after three changes is what it was."""
    period = 1 + draw(seed, writer, number, "period") % 9
    epoch = (version + draw(seed, writer, number, "phase") % period) // period
    owner = draw(seed, "all" if number % 3 == 0 else writer, number)
    if number % 12 == 1:
        blocks = ()
    elif number % 8 == 3:
        # One block of several changes: the chunks around it stay.
        count = 2 + owner % 9
        blocks = tuple((draw(owner, block, epoch % 3 if block == epoch % count else 0), BLOCK_BYTES)
                       for block in range(count))
    else:
        blocks = ((draw(owner, epoch % 3), 1 + draw(owner, epoch % 3, "size") % 20_000),)
    inner = f"inner-{number % 4}/" if number % 2 else ""
    mtime = EPOCH_SECONDS + draw(seed, writer, number, epoch) % 1_000_000
    add(entries, f"directory-{number % 6}/{inner}file-{number}", Entry("file", 0o600 + number % 0o100, mtime, blocks))


def add(entries, path, entry):
    """Adds an entry, and the directories above it."""
    entries[path] = entry
    while "/" in path:
        path = path.rpartition("/")[0]
        entries.setdefault(path, Entry("directory", 0o755, EPOCH_SECONDS))


def change(root, old, new):
    """Makes the tree `new` of `old` in the directory `root`."""
    for path in sorted(old, reverse=True):
        if path in new and old[path].kind == new[path].kind:
            continue
        if old[path].kind == "directory":
            os.rmdir(os.path.join(root, path))
        else:
            os.unlink(os.path.join(root, path))
    for path in sorted(new):
        if path in old and old[path] == new[path]:
            continue
        put(os.path.join(root, path), new[path])
    # From below: what is put into a directory changes its time.
    for path in sorted(new, reverse=True):
        if new[path].kind == "directory":
            os.utime(os.path.join(root, path), (new[path].mtime, new[path].mtime))


def put(path, entry):
    """Creates or replaces one entry."""
    if entry.kind == "link":
        if os.path.lexists(path):
            os.unlink(path)
        os.symlink(entry.target, path)
        return
    if entry.kind == "directory":
        os.makedirs(path, exist_ok=True)
    else:
        with open(path, "wb") as file:
            file.write(entry.content())
    os.chmod(path, entry.mode)
    os.utime(path, (entry.mtime, entry.mtime))


class Comparison:
    """What came of comparing a directory with a tree."""

    def __init__(self):
        self.wrong, self.errors, self.files, self.bytes = [], [], 0, 0

    def compare(self, root, entries, share=1.0, generator=random):
        """Compares names, types, sizes, permissions and times of all, and bytes of this share of the files."""
        names = {}
        for path in entries:
            if path:
                parent, _, name = path.rpartition("/")
                names.setdefault(parent, set()).add(name)
        for path, entry in entries.items():
            try:
                self._compare_entry(os.path.join(root, path) if path else root, path, entry, names)
                if entry.kind == "file" and generator.random() < share:
                    self._compare_content(os.path.join(root, path), path, entry)
            except OSError as error:
                self.errors.append(f"{path or '.'}: {error.strerror}")
        return self

    def _compare_entry(self, full, path, entry, names):
        # The root may be a link that leads to an open directory.
        status = os.lstat(full) if path else os.stat(full)
        test = {"file": stat.S_ISREG, "directory": stat.S_ISDIR, "link": stat.S_ISLNK}[entry.kind]
        if not test(status.st_mode):
            self.wrong.append(f"{path}: not a {entry.kind}")
        elif entry.kind == "link":
            if os.readlink(full) != entry.target:
                self.wrong.append(f"{path}: another target")
        else:
            if stat.S_IMODE(status.st_mode) != entry.mode or status.st_mtime != entry.mtime:
                self.wrong.append(f"{path}: other permissions or time")
            if entry.kind == "file" and status.st_size != entry.size:
                self.wrong.append(f"{path}: {status.st_size} bytes and not {entry.size}")
            if entry.kind == "directory":
                found = set(os.listdir(full))
                if found != names.get(path, set()):
                    self.wrong.append(f"{path or '.'}: other names: {sorted(found ^ names.get(path, set()))[:5]}")

    def _compare_content(self, full, path, entry):
        with open(full, "rb") as file:
            found = file.read()
        self.files += 1
        self.bytes += len(found)
        if found != entry.content():
            self.wrong.append(f"{path}: wrong bytes")
