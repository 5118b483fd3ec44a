"""Who looks at the repository and holds it against the model: with commands, and through a mount."""

import json
import os
import shutil
import subprocess
import sys
import time

import thrash_trees
from thrash_actors import Actor
from thrash_model import FORGOTTEN, LIVE, UNKNOWN, Wrong, second_of

LIBRARY = os.path.dirname(os.path.abspath(__file__))
READER_SECONDS_MAX = 600
# A mount shows what is new within five seconds of a machine that has time.
APPEARANCE_SECONDS_MAX = 120


class Checker(Actor):
    """Checks, verifies, restores and repairs."""

    def act(self):
        self.generator.choice((
            self.check, self.verify, self.restore, self.restore, self.repair, self.check_storage))()

    def check(self):
        self.expect(self.execute("check", "--read-data"), 0)

    def check_storage(self):
        self.expect(self.execute("check", "--storage-only"), 0)

    def repair(self):
        what = self.generator.choice(("index", "packs", "snapshots"))
        options = ["--read-data"] if what != "index" else []
        self.expect(self.execute("repair", what, *options, chaos=self.chaos("repair", kill=0.1, stop=0.1)), 0, 11)

    def verify(self):
        with self.chosen() as snapshot:
            if snapshot:
                self.judge(snapshot, self.execute(
                    "verify", snapshot.id, "--sample-restore", "20%", "--seed", self.generator.randrange(10**6)))

    def restore(self):
        with self.chosen() as snapshot:
            if not snapshot:
                return
            target = os.path.join(self.program.directory, f"restored-{self.name}")
            result = self.execute("restore", f"{snapshot.id}:{self.stage.source(snapshot.host)}", "--to", target)
            if self.judge(snapshot, result):
                compare_restored(self.stage, snapshot, target)
            shutil.rmtree(target, ignore_errors=True)

    def chosen(self):
        return Chosen(self.model, self.model.choose(self.generator, LIVE, LIVE, FORGOTTEN, UNKNOWN))

    def judge(self, snapshot, result):
        """Whether it worked; it must if the snapshot was live all the time."""
        if result.code and self.model.is_certain(snapshot, snapshot.moment):
            raise Wrong(f"snapshot {snapshot.id[:8]} of {snapshot.host} is live: {result.code}, {result.reason()}")
        self.require(result.code >= 0, f"ended by signal {-result.code}")
        return result.code == 0


class Chosen:
    """A snapshot, if there is one, with the moment at which it was chosen."""

    def __init__(self, model, snapshot):
        self.snapshot = snapshot
        if snapshot:
            snapshot.moment = model.moments()[snapshot.id]

    def __enter__(self):
        return self.snapshot

    def __exit__(self, *error):
        return False


def compare_restored(stage, snapshot, target):
    """Throws unless the directory is what the snapshot's version was."""
    tree = thrash_trees.tree(stage.seed, snapshot.host, snapshot.version)
    comparison = thrash_trees.Comparison().compare(target, tree)
    stage.journal.count(("restored", "files"), comparison.files)
    stage.journal.count(("restored", "bytes"), comparison.bytes)
    faults = comparison.wrong + comparison.errors
    if faults:
        raise Wrong(f"snapshot {snapshot.id[:8]} of {snapshot.host}, restored: {faults[:5]}")


class Lister(Actor):
    """Lists all snapshots and holds them against the model."""

    def act(self):
        moments = self.model.moments()
        hosts = {f"writer-{n}": self.model.hosts_moment(f"writer-{n}") for n in range(self.stage.writers)}
        listed, forgotten = self.execute("snapshots"), self.execute("snapshots", "--forgotten")
        self.expect(listed, 0)
        self.expect(forgotten, 0)
        ids = set()
        for record in listed.of("snapshot"):
            ids.add(record["id"])
            version = int(record["tags"][0].partition("-")[2])
            self.model.add(record["id"], record["name"], record["host"], version, hosts[record["host"]])
        self.model.judge(moments, ids, {record["snapshot"] for record in forgotten.of("forgotten")})


class Reader(Actor):
    """Reads snapshots through a mount: names, attributes and bytes."""

    def __init__(self, stage, name, mount):
        super().__init__(stage, name, mount.machine, 0.1)
        self.mount = mount

    def act(self):
        snapshot = self.model.choose(self.generator, LIVE, LIVE, LIVE, FORGOTTEN, UNKNOWN)
        generation = self.mount.generation
        if not snapshot or not self.mount.is_up:
            return
        moment = self.model.moments()[snapshot.id]
        # With its identifier where another began in the same second: no two of one host do.
        second = second_of(snapshot.name)
        answer = self.ask({
            "directory": os.path.join(self.mount.path, "snapshots"), "names": [f"{second}-{snapshot.id[:8]}", second],
            "source": self.stage.source(snapshot.host), "seed": self.stage.seed, "host": snapshot.host,
            "version": snapshot.version, "share": self.generator.choice((0.2, 0.5, 1)),
            "draw": self.generator.randrange(10**9), "wait": 0.5,
        }, lambda: self.model.is_certain(snapshot, moment) and self.mount.generation == generation)
        self.journal.count(("reads", "files"), answer["files"])
        self.journal.count(("reads", "bytes"), answer["bytes"])
        short = f"snapshot {snapshot.id[:8]} of {snapshot.host} in the mount"
        if answer["wrong"]:
            raise Wrong(f"{short}: {answer['wrong'][:5]}")
        if not answer["errors"]:
            self.journal.count(("reads", "whole"))
            return
        self.journal.count(("reads", "failed"))
        self.journal.write(self.name, f"{short}: {answer['errors'][:3]}")
        if self.model.is_certain(snapshot, moment) and self.mount.generation == generation:
            raise Wrong(f"{short} is live and cannot be read: {answer['errors'][:5]}")

    def ask(self, request, must_appear):
        """Has it read; again and again while it has not appeared, and must do so."""
        deadline = time.monotonic() + APPEARANCE_SECONDS_MAX
        while True:
            try:
                process = subprocess.run(
                    [sys.executable, "-B", os.path.join(LIBRARY, "thrash_reader.py"), json.dumps(request)],
                    stdout=subprocess.PIPE, timeout=READER_SECONDS_MAX, check=True)
            except subprocess.TimeoutExpired:
                raise Wrong(f"reading {request['names']} hangs") from None
            answer = json.loads(process.stdout)
            if answer["is_found"] or not must_appear() or time.monotonic() > deadline:
                return answer
