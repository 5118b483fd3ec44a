"""Who uses the repository, all at the same time: each actor is a thread that runs one command after the other."""

import calendar
import os
import random
import shutil
import threading
import time

import thrash_trees
from thrash_model import FORGOTTEN, GONE, LIVE, UNKNOWN, Wrong, second_of
from thrash_program import Chaos


class Stage:
    """What the actors share."""

    def __init__(self, program, model, seed):
        self.program, self.model, self.seed = program, model, seed
        self.journal = program.journal
        self.stop = threading.Event()
        self.failures = []
        self._condition = threading.Condition()
        self._prunes, self._fencing, self._fences = 0, 0, 0

    def source(self, host):
        return os.path.join(self.program.directory, "sources", host)

    def fail(self, actor, text):
        self.journal.write(actor, f"WRONG: {text}")
        self.failures.append(f"{actor}: {text}")
        self.stop.set()

    # MARK: Prunes, as others wait for them

    def prune_begins(self, fences):
        with self._condition:
            self._fencing += fences
            self._fences += fences

    def prune_ended(self, fences):
        with self._condition:
            self._fencing -= fences
            self._prunes += 1
            self._condition.notify_all()

    def wait_for_prunes(self, seconds):
        """Until a prune has ended that began after this call, or this time is over."""
        with self._condition:
            aim = self._prunes + 3
            self._condition.wait_for(lambda: self._prunes >= aim or self.stop.is_set(), seconds)

    def fence_moment(self):
        with self._condition:
            return self._fencing, self._fences

    def may_have_fenced(self, moment):
        return moment[0] > 0 or self.fence_moment()[1] != moment[1]


class Actor(threading.Thread):
    """One who uses the repository until the stage stops."""

    def __init__(self, stage, name, machine, mean_pause):
        super().__init__(name=name)
        self.stage, self.machine, self.mean_pause = stage, machine, mean_pause
        self.program, self.model, self.journal = stage.program, stage.model, stage.journal
        self.generator = random.Random(f"{stage.seed} {name}")

    def run(self):
        try:
            while not self.stage.stop.is_set():
                self.act()
                self.stage.stop.wait(self.generator.expovariate(1 / self.mean_pause))
        except Wrong as error:
            self.stage.fail(self.name, str(error))
        except Exception as error:
            self.stage.fail(self.name, f"the actor failed: {error!r}")

    def act(self):
        raise NotImplementedError

    def execute(self, *arguments, chaos=None):
        return self.program.run(self.name, self.machine, [str(a) for a in arguments], chaos)

    def chaos(self, command, kill=0.0, stop=0.0):
        """What is to happen to a run of a command, with these probabilities."""
        moment = self.generator.uniform(0, 1.3 * self.program.usual_seconds(command))
        number = self.generator.random()
        if number < kill:
            return Chaos(kill_after=moment)
        if number < kill + stop:
            seconds = self.generator.choice((1, 3, 8))
            return Chaos(stop_after=moment, resume=lambda: self.stage.wait_for_prunes(seconds))
        return Chaos()

    def expect(self, result, *codes):
        """Throws unless the run was killed or ended with one of these codes."""
        if not result.is_killed and result.code not in codes:
            damage = [f"{r['object']}: {r['what']}" for r in result.of("finding")][:5]
            raise Wrong(f"exit code {result.code}, {result.reason() or damage}")

    @staticmethod
    def require(is_right, text):
        if not is_right:
            raise Wrong(text)


class Writer(Actor):
    """Backs up a tree that changes before each run."""

    def __init__(self, stage, number, machine, owns_machine):
        super().__init__(stage, f"writer-{number}", machine, 0.15)
        self.owns_machine = owns_machine
        self.version, self.tree, self.second = 0, {}, 0
        os.makedirs(stage.source(self.name))

    def act(self):
        # A mount calls snapshots by the second in which they began: no two of a writer share one.
        while int(time.time()) == self.second:
            time.sleep(0.05)
        self.version += 1
        new = thrash_trees.tree(self.stage.seed, self.name, self.version)
        thrash_trees.change(self.stage.source(self.name), self.tree, new)
        self.tree = new
        if self.owns_machine:
            self.lose_catalog()
        moment, fences = self.model.hosts_moment(self.name), self.stage.fence_moment()
        result = self.execute(
            "backup", "--host", self.name, "--tag", f"version-{self.version}", self.stage.source(self.name),
            chaos=self.chaos("backup", kill=0.15, stop=0.12))
        self.expect(result, 0, 11)
        if result.is_killed:
            # It may have made one that began at any moment up to now.
            self.second = int(time.time())
        if result.code == 11:
            self.require(self.stage.may_have_fenced(fences), "nobody has fenced it, and it was fenced")
            self.model.add_fenced(self.name, self.version)
        elif result.code == 0:
            snapshot = result.of("snapshot")[0]
            self.second = calendar.timegm(time.strptime(second_of(snapshot["name"]), "%Y-%m-%dT%H-%M-%SZ"))
            self.model.add(snapshot["id"], snapshot["name"], self.name, self.version, moment)

    def lose_catalog(self):
        """The local catalog is lost now and then, or put back as it was some time ago."""
        cache = os.path.join(self.program.directory, "caches", self.machine)
        if not os.path.exists(cache) or self.generator.random() > 0.1:
            return
        what = self.generator.choice(("lost", "saved", "put back"))
        if what != "saved":
            shutil.rmtree(cache)
        if what == "saved":
            shutil.rmtree(cache + "-before", ignore_errors=True)
            shutil.copytree(cache, cache + "-before")
        elif what == "put back" and os.path.exists(cache + "-before"):
            shutil.copytree(cache + "-before", cache)
        self.journal.count(("catalog", what))


class Forgetter(Actor):
    """Forgets by policies and by name, and takes it back."""

    def act(self):
        self.generator.choice((self.by_policy, self.by_name, self.undo, self.undo))()

    def by_policy(self):
        host = f"writer-{self.generator.randrange(self.stage.writers)}"
        rule = self.generator.choice((
            ("--keep-last", self.generator.randint(2, 10)),
            ("--keep-last", 3, "--keep-hourly", 2, "--keep-tag", f"version-{self.generator.randint(1, 40)}"),
            ("--keep-last", 3, "--keep-within", "1h")))
        with self.model.changing([], host=host, forgets=True) as change:
            result = self.execute(
                "forget", "--host", host, *rule, "--confirm", chaos=self.chaos("forget", kill=0.1, stop=0.05))
            change.is_killed = result.is_killed
            # 18: of this host there is none.
            self.expect(result, 0, 18)
            for record in result.of("forget"):
                if not record["kept"] and result.code == 0:
                    for snapshot in change.snapshots:
                        if snapshot.id == record["snapshot"]:
                            change.outcome(snapshot, FORGOTTEN)

    def by_name(self):
        snapshot = self.model.choose(self.generator, LIVE)
        if not snapshot:
            return
        moment = self.model.moments().get(snapshot.id)
        was_certain = self.model.is_certain(snapshot, moment)
        was_held, may_be_held = bool(snapshot.holds), snapshot.may_have_holds
        with self.model.changing([snapshot], forgets=True) as change:
            touched = snapshot.touched
            result = self.execute(
                "forget", snapshot.id, "--confirm", chaos=self.chaos("forget", kill=0.1, stop=0.05))
            change.is_killed = result.is_killed
            self.expect(result, 0, 14, 18)
            if was_certain and snapshot.touched == touched:
                self.require(result.code != 18, f"snapshot {snapshot.id[:8]} is live, and cannot be forgotten")
                self.require(result.code != 0 or not was_held, f"snapshot {snapshot.id[:8]} is held, and was forgotten")
                self.require(
                    result.code != 14 or was_held or may_be_held,
                    f"snapshot {snapshot.id[:8]} is not held, and cannot be forgotten")
            if result.code == 0:
                change.outcome(snapshot, FORGOTTEN)

    def undo(self):
        snapshot = self.model.choose(self.generator, FORGOTTEN)
        if not snapshot:
            return
        with self.model.changing([snapshot]) as change:
            result = self.execute("forget", "--undo", snapshot.id, chaos=self.chaos("forget", kill=0.1, stop=0.05))
            change.is_killed = result.is_killed
            self.expect(result, 0, 18)
            if not result.is_killed:
                change.outcome(snapshot, LIVE if result.code == 0 else GONE)


class Holder(Actor):
    """Holds snapshots, forgotten ones too, and releases them."""

    def act(self):
        if self.generator.random() < 0.5:
            self.add()
        else:
            self.release()

    def add(self):
        snapshot = self.model.choose(self.generator, LIVE, FORGOTTEN, UNKNOWN)
        if not snapshot:
            return
        with self.model.changing([snapshot]) as change:
            snapshot.may_have_holds = True
            result = self.execute(
                "hold", "add", snapshot.id, "--reason", "thrash", chaos=self.chaos("hold", kill=0.1, stop=0.05))
            change.is_killed = result.is_killed
            self.expect(result, 0, 18)
            if result.code == 0:
                snapshot.holds.add(result.of("hold")[0]["hold"])
                change.outcome(snapshot, LIVE)

    def release(self):
        snapshot = self.model.choose(self.generator, LIVE, FORGOTTEN, UNKNOWN, held=True)
        if not snapshot:
            return
        with self.model.changing([snapshot]) as change:
            hold = snapshot.holds.pop()
            result = self.execute("hold", "release", hold, chaos=self.chaos("hold", kill=0.1))
            change.is_killed = result.is_killed
            self.expect(result, 0)


class Pruner(Actor):
    """Deletes what no snapshot needs: two of them, and both may be killed and suspended."""

    def act(self):
        arguments = ["prune"]
        fences = self.generator.random() < 0.6
        if fences:
            arguments.append("--fence-sessions")
        if self.generator.random() < 0.6:
            arguments.append("--confirm")
        arguments += self.generator.choice(([], ["--max-unused", "0%"], ["--grace", "1h"], ["--max-unused", "20%"]))
        moments = self.model.moments()
        self.stage.prune_begins(fences)
        try:
            result = self.execute(*arguments, chaos=self.chaos("prune", kill=0.15, stop=0.08))
        finally:
            self.stage.prune_ended(fences)
        self.expect(result, 0, 11, *([] if "--confirm" in arguments else [14]))
        for record in result.of("prune"):
            if record["end"] != "done":
                continue
            self.model.swept(record["snapshots"], moments)
            self.journal.count(("packs", "deleted"), record["packs"])
            self.journal.count(("packs", "taken back"), record["packs_taken_back"])
            self.journal.count(("packs", "moved from"), record["packs_repacked"])
            self.journal.count(("snapshots", "removed"), len(record["snapshots"]))
            self.journal.count(("sessions", "ended"), len(record["sessions_ended"]))
