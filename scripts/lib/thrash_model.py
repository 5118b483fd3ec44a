"""What must be true of the repository, by what its users were told.

A snapshot is live, forgotten or gone; where two commands that decide on it ran at the same time, or one was killed, it is
unknown until it is looked at while nobody touches it. What is held must be there whatever happens.
"""

import contextlib
import threading

LIVE, FORGOTTEN, GONE, UNKNOWN = "live", "forgotten", "gone", "unknown"


class Wrong(Exception):
    """The repository is not what it must be."""


def second_of(name):
    """The second in which a snapshot began, as the names of snapshots begin with it."""
    return name[:len("2026-11-20T14-03-22Z")]


class Snapshot:
    """A snapshot as its users know it."""

    def __init__(self, id, name, host, version, state):
        self.id, self.name, self.host, self.version, self.state = id, name, host, version, state
        # How many commands decide on it now, and how often one of these began or ended.
        self.touching, self.touched = 0, 0
        self.is_contested = False
        # Holds that were acknowledged; whether there may be others, of commands that were killed.
        self.holds, self.may_have_holds = set(), False
        # Whether anybody has meant to forget it since it was seen last; whether one that did so was killed.
        self.was_aimed_at, self.was_killed_at = False, False

    @property
    def is_quiet(self):
        return self.touching == 0


class Change:
    """What a command is doing to some snapshots; `outcome` says what came of it."""

    def __init__(self, snapshots, host, forgets):
        self.snapshots, self.host, self.forgets = snapshots, host, forgets
        self.states = {}
        self.is_killed = False

    def outcome(self, snapshot, state):
        self.states[snapshot.id] = state


class Model:
    """The reference: thread-safe, and every method that judges throws `Wrong`."""

    def __init__(self):
        self._lock = threading.RLock()
        self.snapshots = {}
        # Commands that may forget any snapshot of a host; and by host, how often one began or ended.
        self._policies, self._policy_moments = [], {}
        self._fenced = set()

    # MARK: Backups

    def hosts_moment(self, host):
        """A moment to tell `add`."""
        with self._lock:
            return sum(c.host == host for c in self._policies), self._policy_moments.get(host, 0)

    def add(self, id, name, host, version, moment):
        """A snapshot that was acknowledged or seen, by a command that began at `moment`."""
        with self._lock:
            if (host, version) in self._fenced:
                raise Wrong(f"snapshot {id[:8]} is of a run that was told that it makes none")
            if id in self.snapshots:
                return
            is_undisturbed = moment[0] == 0 and self.hosts_moment(host) == moment
            self.snapshots[id] = snapshot = Snapshot(id, name, host, version, LIVE if is_undisturbed else UNKNOWN)
            snapshot.was_aimed_at = snapshot.was_killed_at = not is_undisturbed
            for change in self._policies:
                if change.host == host:
                    change.snapshots.append(snapshot)
                    self._begin(snapshot, change)

    def add_fenced(self, host, version):
        """A run that was told that it makes no snapshot."""
        with self._lock:
            self._fenced.add((host, version))
            if any(s.host == host and s.version == version for s in self.snapshots.values()):
                raise Wrong(f"version {version} of {host} was told that it makes no snapshot, and there is one")

    # MARK: Commands that decide on snapshots

    @contextlib.contextmanager
    def changing(self, snapshots, host=None, forgets=False):
        """While a command decides on these snapshots, or on all of `host`."""
        with self._lock:
            if host:
                snapshots = [s for s in self.snapshots.values() if s.host == host]
            change = Change(list(snapshots), host, forgets)
            if host:
                self._policies.append(change)
                self._policy_moments[host] = self._policy_moments.get(host, 0) + 1
            for snapshot in change.snapshots:
                self._begin(snapshot, change)
        yield change
        with self._lock:
            if host:
                self._policies.remove(change)
                self._policy_moments[host] += 1
            for snapshot in change.snapshots:
                self._end(snapshot, change)

    @staticmethod
    def _begin(snapshot, change):
        snapshot.is_contested |= snapshot.touching > 0
        snapshot.touching += 1
        snapshot.touched += 1
        snapshot.was_aimed_at |= change.forgets

    @staticmethod
    def _end(snapshot, change):
        snapshot.touching -= 1
        snapshot.touched += 1
        # Others began while this one ran: whoever was last is not known.
        snapshot.is_contested |= snapshot.touching > 0
        snapshot.was_killed_at |= change.is_killed and change.forgets
        if change.is_killed or snapshot.is_contested:
            snapshot.state = UNKNOWN
        elif snapshot.id in change.states:
            snapshot.state = change.states[snapshot.id]
        if snapshot.touching == 0:
            snapshot.is_contested = False

    def swept(self, ids, moments):
        """A prune that began when `moments` were noted has said that these are gone for good."""
        with self._lock:
            for id in ids:
                snapshot = self.snapshots.get(id)
                if not snapshot or moments.get(id) != (snapshot.touched, True):
                    continue
                if snapshot.state == LIVE:
                    raise Wrong(f"snapshot {id[:8]} was live, and a prune has removed it")
                if snapshot.holds:
                    raise Wrong(f"snapshot {id[:8]} was held, and a prune has removed it")
                snapshot.state = GONE
                snapshot.touched += 1

    # MARK: Looking

    def moments(self):
        """By snapshot how often it was touched and whether nobody does: equal later means that nobody has since."""
        with self._lock:
            return {s.id: (s.touched, s.is_quiet) for s in self.snapshots.values()}

    def is_certain(self, snapshot, moment):
        """Whether the snapshot is live, and was so ever since `moment`."""
        with self._lock:
            return snapshot.state == LIVE and moment == (snapshot.touched, True)

    def choose(self, generator, *states, held=None):
        """A snapshot in one of these states, or nil."""
        with self._lock:
            found = [s for s in self.snapshots.values()
                     if s.state in states and (held is None or bool(s.holds) == held)]
            return generator.choice(found) if found else None

    def judge(self, moments, listed, forgotten):
        """Holds what was listed since `moments` against what must be; `listed` first, then `forgotten`."""
        with self._lock:
            for id, moment in moments.items():
                snapshot = self.snapshots[id]
                if moment == (snapshot.touched, True):
                    self._judge(snapshot, id in listed, id in forgotten)

    def _judge(self, snapshot, is_listed, is_forgotten):
        short = f"snapshot {snapshot.id[:8]} of {snapshot.host}"
        if snapshot.state == LIVE and not is_listed:
            raise Wrong(f"{short} is live and not listed" + (", but forgotten" if is_forgotten else ""))
        if snapshot.state in (FORGOTTEN, GONE) and is_listed:
            raise Wrong(f"{short} is {snapshot.state}, and listed")
        if snapshot.state == GONE and is_forgotten:
            raise Wrong(f"{short} is gone, and listed as forgotten")
        if snapshot.holds and not is_listed and not (is_forgotten and snapshot.was_killed_at):
            raise Wrong(f"{short} is held, and " + ("forgotten" if is_forgotten else "gone"))
        if not is_listed and not is_forgotten and not snapshot.was_aimed_at:
            raise Wrong(f"{short} is gone, and nobody has meant to forget it")
        snapshot.state = LIVE if is_listed else FORGOTTEN if is_forgotten else GONE
        if is_listed:
            snapshot.was_aimed_at = snapshot.was_killed_at = False
