"""What must be true when everybody has ended and one prune has run alone."""

import os
import shutil

from thrash_actors import Actor
from thrash_model import FORGOTTEN, LIVE, UNKNOWN, Wrong
from thrash_watchers import Lister, compare_restored

PRUNES_MAX = 4


def judge_end(stage):
    """Throws `Wrong` unless everything is there that must be, and nothing else."""
    actor = Actor(stage, "end", "end", 1)
    lister = Lister(stage, "end", "end", 1)
    lister.act()
    unknown = [s.id for s in stage.model.snapshots.values() if s.state == UNKNOWN]
    actor.require(not unknown, f"nobody touches these, and they are neither listed nor gone: {unknown}")
    take_back_held(stage, actor)
    prune_alone(stage, actor)
    lister.act()
    live = [s for s in stage.model.snapshots.values() if s.state == LIVE]
    forgotten = [s.id for s in stage.model.snapshots.values() if s.state == FORGOTTEN]
    actor.require(not forgotten, f"a prune has left these, which were forgotten: {forgotten}")
    actor.require(live, "no snapshot is left to look at")
    look_for_leftovers(stage, live)
    actor.expect(actor.execute("check", "--read-data"), 0)
    for snapshot in live:
        target = os.path.join(stage.program.directory, "restored-end")
        actor.expect(actor.execute("restore", f"{snapshot.id}:{stage.source(snapshot.host)}", "--to", target), 0)
        compare_restored(stage, snapshot, target)
        shutil.rmtree(target)
    stage.journal.count(("snapshots", "made"), len(stage.model.snapshots))
    stage.journal.count(("snapshots", "live in the end"), len(live))


def take_back_held(stage, actor):
    """What is held cannot have been removed: also if who meant to forget it was killed, it can be had back."""
    for snapshot in stage.model.snapshots.values():
        if snapshot.holds and snapshot.state == FORGOTTEN:
            result = actor.execute("forget", "--undo", snapshot.id)
            actor.require(result.code == 0, f"snapshot {snapshot.id[:8]} is held, and gone: {result.reason()}")
            snapshot.state = LIVE
        # A command that was killed may have held it for ever.
        elif snapshot.may_have_holds and snapshot.state == FORGOTTEN:
            for record in actor.execute("hold", "list").of("hold"):
                if record["snapshot"] == snapshot.id and record["state"] == "binding":
                    actor.expect(actor.execute("hold", "release", record["hold"]), 0)


def prune_alone(stage, actor):
    """Prunes until there is nothing to do."""
    for _ in range(PRUNES_MAX):
        result = actor.execute("prune", "--fence-sessions", "--max-unused", "0%", "--confirm")
        actor.expect(result, 0)
        record = result.of("prune")[0]
        if record["end"] == "nothing_to_do":
            return
        actor.require(record["bytes_unused"] == 0, f"a prune has left {record['bytes_unused']} bytes of no use")
    raise Wrong("prunes find something to do again and again")


def look_for_leftovers(stage, live):
    """What is stored, by the names of files: manifests of live snapshots only, and nothing half written."""
    repository = stage.program.repository
    pending = [name for name in files_below(os.path.join(repository, "sessions")) if name.endswith(".snapshot")]
    if len(pending) > len(live):
        raise Wrong(f"{len(pending)} manifests are pending, of {len(live)} live snapshots")
    listed = set(files_below(os.path.join(repository, "snapshots")))
    if listed != {s.id for s in live}:
        raise Wrong(f"other snapshots are stored than are live: {sorted(listed ^ {s.id for s in live})}")
    temporary = files_below(os.path.join(repository, "tmp"))
    if temporary:
        raise Wrong(f"files are left in tmp: {temporary[:5]}")


def files_below(directory):
    return [name for _, _, names in os.walk(directory) for name in names]
