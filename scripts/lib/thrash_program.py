"""Runs of the real program: logged, counted, killed and suspended at random moments."""

import collections
import json
import os
import signal
import subprocess
import threading
import time

PASSPHRASE = "correct horse battery staple"
# Nothing takes as long as this unless it hangs, however busy the machine is.
SECONDS_MAX = 600
KILLED = -signal.SIGKILL


class Chaos:
    """What is done to a run: nothing, or SIGKILL or SIGSTOP so many seconds after it began."""

    def __init__(self, kill_after=None, stop_after=None, resume=None):
        self.kill_after, self.stop_after, self.resume = kill_after, stop_after, resume


class Result:
    """How a run ended; `code` is negative if a signal ended it."""

    def __init__(self, code, output, errors, was_killed, was_stopped):
        self.code, self.errors, self.was_stopped = code, errors, was_stopped
        # By somebody else is no part of the play.
        self.is_killed = was_killed and code == KILLED
        # The last line of who was killed may be cut off.
        self.records = [record for record in map(parse, output.splitlines()) if record]

    def of(self, schema):
        """The records of one form."""
        return [record for record in self.records if record["schema"] == f"pastfs.{schema}.v1"]

    def reason(self):
        """Why it failed, in words."""
        messages = [parse(line) or {} for line in self.errors.splitlines()]
        words = [": ".join(filter(None, (m.get("error"), m.get("why")))) for m in messages if "error" in m]
        return words[-1] if words else self.errors.strip()[-300:]


def parse(line):
    try:
        return json.loads(line)
    except ValueError:
        return None


class Journal:
    """The log of a run of scripts/thrash, and the counts that it ends with."""

    def __init__(self, path):
        self._file = open(path, "w", buffering=1)
        self._lock = threading.Lock()
        self._begin = time.monotonic()
        self.counts = collections.Counter()

    def write(self, actor, text):
        with self._lock:
            self._file.write(f"{time.monotonic() - self._begin:9.3f} {actor}: {text}\n")

    def count(self, what, number=1):
        with self._lock:
            self.counts[what] += number


class Program:
    """The program `pastfs` on one repository."""

    def __init__(self, binary, directory, journal, niceness=0):
        self.journal = journal
        # Who kills has to be on time, and so stays as it is.
        self.command = ["nice", "-n", str(niceness), binary] if niceness else [binary]
        self.directory = directory
        self.repository = os.path.join(directory, "repository")
        self._lock = threading.Lock()
        self._seconds = {}

    def environment(self, machine):
        """What a process on this machine finds: each has a cache, and so a catalog, and a memory of its own."""
        cache = os.path.join(self.directory, "caches", machine)
        home = os.path.join(self.directory, "homes", machine)
        return {
            "PATH": "/usr/sbin:/usr/bin:/sbin:/bin", "HOME": home, "XDG_CACHE_HOME": cache,
            "PASTFS_REPOSITORY": self.repository, "PASTFS_PASSPHRASE": PASSPHRASE, "TMPDIR": self.directory,
        }

    def usual_seconds(self, command):
        """How long this command takes, about."""
        with self._lock:
            return self._seconds.get(command, 0.3)

    def run(self, actor, machine, arguments, chaos=None):
        """Runs a command to its end, whatever that is."""
        chaos = chaos or Chaos()
        begin = time.monotonic()
        process = subprocess.Popen(
            [*self.command, "--json", *arguments], env=self.environment(machine), stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, errors="replace", start_new_session=True)
        state = {"killed": False, "stopped": False}
        ended = threading.Event()
        helpers = []
        if chaos.kill_after is not None:
            helpers.append(threading.Thread(target=self._kill, args=(process, chaos, ended, state)))
        if chaos.stop_after is not None:
            helpers.append(threading.Thread(target=self._suspend, args=(process, chaos, ended, state)))
        for helper in helpers:
            helper.start()
        try:
            output, errors = process.communicate(timeout=SECONDS_MAX)
        except subprocess.TimeoutExpired:
            process.kill()
            output, errors = process.communicate()
            errors += f"\nit took more than {SECONDS_MAX} s"
        ended.set()
        for helper in helpers:
            helper.join()
        result = Result(process.returncode, output, errors, state["killed"], state["stopped"])
        self._note(actor, arguments, result, time.monotonic() - begin)
        return result

    def _note(self, actor, arguments, result, seconds):
        command = arguments[0]
        if not chaotic(result):
            with self._lock:
                self._seconds[command] = 0.7 * self._seconds.get(command, seconds) + 0.3 * seconds
        stopped = " (was stopped)" if result.was_stopped else ""
        reason = f": {result.reason()}" if result.code not in (0, KILLED) else ""
        self.journal.write(actor, f"{' '.join(arguments)} -> {result.code}{stopped} in {seconds:.2f} s{reason}")
        words = " ".join(arguments[:2]) if command in ("hold", "repair") else command
        self.journal.count((words, "killed" if result.is_killed else str(result.code)))
        if result.was_stopped:
            self.journal.count((words, "suspended"))

    @staticmethod
    def _kill(process, chaos, ended, state):
        if not ended.wait(chaos.kill_after):
            state["killed"] = True
            process.send_signal(signal.SIGKILL)

    @staticmethod
    def _suspend(process, chaos, ended, state):
        if ended.wait(chaos.stop_after):
            return
        process.send_signal(signal.SIGSTOP)
        state["stopped"] = True
        try:
            chaos.resume()
        finally:
            process.send_signal(signal.SIGCONT)


def chaotic(result):
    """Whether the time that a run took says nothing."""
    return result.is_killed or result.was_stopped
