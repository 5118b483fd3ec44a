"""A mount of the repository by the real kernel, which is killed, suspended and made anew."""

import os
import random
import signal
import subprocess
import time

from thrash_model import Wrong

SECONDS_MAX = 120


class Mount:
    """A mount, served by a process of its own; `generation` counts how often it was made or went."""

    def __init__(self, program, machine, name):
        self.program, self.machine = program, machine
        self.path = os.path.join(program.directory, name)
        self.log = os.path.join(program.directory, name + ".log")
        self.generation = 0
        self.is_up = False
        os.mkdir(self.path)
        self._process = None

    def begin(self):
        self._process = subprocess.Popen(
            [*self.program.command, "mount", "--foreground", "--log-file", self.log, self.path],
            env=self.program.environment(self.machine), stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL,
            stderr=open(self.log + ".errors", "a"), start_new_session=True)
        deadline = time.monotonic() + SECONDS_MAX
        while not self._is_mounted():
            if self._process.poll() is not None or time.monotonic() > deadline:
                raise Wrong(f"the mount did not come about; see {self.log}.errors")
            time.sleep(0.02)
        self.generation += 1
        self.is_up = True

    def end(self):
        """Unmounts; the process must end well."""
        self.is_up = False
        self.generation += 1
        self._unmount()
        try:
            code = self._process.wait(SECONDS_MAX)
        except subprocess.TimeoutExpired:
            self._process.kill()
            raise Wrong("the mount does not end") from None
        if code:
            raise Wrong(f"the mount ended with {code}; see {self.log}")
        self.program.journal.count(("mount", "unmounted"))

    def kill(self):
        """Kills the process under its readers, and clears the mount away as a user would."""
        self.is_up = False
        self.generation += 1
        self._process.kill()
        self._process.wait()
        self._unmount()
        self.program.journal.count(("mount", "killed"))

    def suspend(self, seconds):
        """Stops the process for so long: its readers wait."""
        self._process.send_signal(signal.SIGSTOP)
        time.sleep(seconds)
        self._process.send_signal(signal.SIGCONT)
        self.program.journal.count(("mount", "suspended"))

    def clear(self):
        """Whatever happened before, leaves nothing mounted and nobody running."""
        if self._process and self._process.poll() is None:
            self._process.kill()
            self._process.wait()
        if self._is_mounted():
            subprocess.run(["umount", "--lazy", self.path], check=False)

    def _unmount(self):
        # Busy while a reader has something open.
        deadline = time.monotonic() + SECONDS_MAX
        while self._is_mounted():
            result = self.program.run("mount", self.machine, ["umount", self.path])
            if result.code and time.monotonic() > deadline:
                raise Wrong(f"cannot unmount: {result.reason()}")
            time.sleep(0.05)

    def _is_mounted(self):
        with open("/proc/self/mountinfo") as lines:
            return any(line.split()[4] == self.path for line in lines)


def keep(mount, generator, stop, probability_of_kill):
    """Lets a mount live, suspends and kills it, until `stop` is set."""
    mount.begin()
    while not stop.wait(generator.expovariate(1 / 3)):
        if generator.random() < probability_of_kill:
            mount.kill()
            mount.begin()
        else:
            mount.suspend(random.uniform(0.2, 2))
