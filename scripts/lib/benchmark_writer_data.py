"""The data that scripts/benchmark writer saves; made once below its folder, and the same whenever it is made."""

import os
import random
import shutil
import subprocess
import sys
import time

from benchmark_run import SETTLING_SECONDS, Failure

# The name of the folder that all of it is in.
DATA = "data"
SEED = 1
CHANGED_EVERY = 1000
# Of the tree that is pruned, so much changes from one backup to the next.
CHURNED_EVERY = 20
RELEASES = ("4.2", "4.2.1", "4.2.2", "4.2.3", "4.2.4", "4.2.5", "4.2.6", "4.2.7")
GENERATOR_SECONDS_MAX = 7200


class Sizes:
    """How much data there is of each kind."""

    def __init__(self, is_smoke):
        self.is_smoke = is_smoke
        self.files, self.bytes = (400, 6_400_000) if is_smoke else (150_000, 2_400_000_000)
        self.churned_files, self.churned_bytes = (400, 6_400_000) if is_smoke else (40_000, 640_000_000)
        self.churned_backups = 6
        self.large_count = 8
        self.large_bytes = 8 << 20 if is_smoke else 1_520_000_000
        self.random_bytes = 8 << 20 if is_smoke else 2_000_000_000
        self.empty_files, self.fewer_empty_files = (2_000, 200) if is_smoke else (2_000_000, 200_000)


class WriterData:
    """Directories below `work`, each made when it is asked for and not there."""

    def __init__(self, work, sizes, generator):
        self.work = work
        self.sizes = sizes
        self.generator = generator

    def path(self, name):
        """The directory of this name, made if it is missing."""
        path = os.path.join(self.work, DATA, name)
        if not os.path.isdir(path):
            print(f"preparing: {name}", file=sys.stderr, flush=True)
            unfinished = path + ".unfinished"
            shutil.rmtree(unfinished, ignore_errors=True)
            os.makedirs(os.path.dirname(path), exist_ok=True)
            getattr(self, "_make_" + name.split("/")[0])(unfinished)
            os.rename(unfinished, path)
        return path

    def releases(self):
        """A directory for each of some releases of a source tree, oldest first."""
        root = self.path("releases")
        return [os.path.join(root, name) for name in RELEASES if os.path.isdir(os.path.join(root, name))]

    def change(self, run, name="small", every=CHANGED_EVERY):
        """Writes something new into one file in a thousand of the small ones, or into one in `every` of `name`."""
        paths = sorted(
            os.path.join(directory, name) for directory, _, names in os.walk(self.path(name)) for name in names)
        for path in paths[run % every::every]:
            if not os.path.islink(path):
                with open(path, "r+b") as file:
                    file.write(f"changed in run {run}\n".encode())

    def warm(self, *names):
        """Reads all of some directories, so that the page cache has them."""
        for name in names:
            line = 'set -o pipefail; tar -cf - "$1" | cat >/dev/null'
            subprocess.run(["bash", "-c", line, "warm", self.path(name)], check=True, stderr=subprocess.DEVNULL)

    def _make_small(self, path):
        self._generate("tree", path, "--files", self.sizes.files, "--bytes", self.sizes.bytes)
        if not self.sizes.is_smoke:
            time.sleep(SETTLING_SECONDS)

    def _make_churned(self, path):
        self._generate("tree", path, "--files", self.sizes.churned_files, "--bytes", self.sizes.churned_bytes)

    def _make_large(self, path):
        self._generate("large", path, "--files", self.sizes.large_count, "--bytes", self.sizes.large_bytes)

    def _make_duplicate(self, path):
        """The same bytes under other names."""
        os.makedirs(path)
        for name in os.listdir(self.path("large")):
            shutil.copyfile(os.path.join(self.path("large"), name), os.path.join(path, "other-" + name))

    def _make_random(self, path):
        os.makedirs(path)
        chance = random.Random(SEED)
        with open(os.path.join(path, "random"), "wb") as file:
            for _ in range(self.sizes.random_bytes >> 20):
                file.write(chance.randbytes(1 << 20))

    def _make_empty(self, path):
        self._make_empty_files(path, self.sizes.empty_files)

    def _make_fewer(self, path):
        self._make_empty_files(path, self.sizes.fewer_empty_files)

    @staticmethod
    def _make_empty_files(path, count):
        for number in range(count):
            directory = os.path.join(path, f"directory-{number // 1000:04d}")
            if number % 1000 == 0:
                os.makedirs(directory)
            os.close(os.open(os.path.join(directory, f"file-{number:07d}"), os.O_CREAT | os.O_WRONLY, 0o644))

    def _make_releases(self, path):
        """Django's source of some releases, from PyPI, unpacked."""
        os.makedirs(path)
        releases = RELEASES[:2] if self.sizes.is_smoke else RELEASES
        for release in releases:
            target = os.path.join(path, release)
            os.makedirs(target)
            words = [sys.executable, "-m", "pip", "download", "--quiet", "--no-deps", "--no-build-isolation",
                     "--only-binary", ":all:", "--dest", path, f"django=={release}"]
            done = subprocess.run(words, capture_output=True, text=True, check=False, timeout=600)
            archives = [name for name in os.listdir(path) if name.endswith(".whl")]
            if done.returncode or not archives:
                raise Failure(f"django {release} cannot be had: {done.stderr.strip()}")
            for name in archives:
                archive = os.path.join(path, name)
                subprocess.run([sys.executable, "-m", "zipfile", "-e", archive, target], check=True)
                os.remove(archive)

    def _generate(self, command, path, *words):
        done = subprocess.run(
            [self.generator, command, path, *map(str, words), "--seed", str(SEED)], capture_output=True, text=True,
            check=False, timeout=GENERATOR_SECONDS_MAX)
        if done.returncode:
            raise Failure(f"repository-generator {command} ended with {done.returncode}: {done.stderr.strip()}")
