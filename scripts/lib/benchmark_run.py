"""Runs the tools of scripts/benchmark and measures them."""

import os
import shutil
import signal
import subprocess
import sys
import time

COMMAND_SECONDS_MAX = 3600
MOUNT_SECONDS_MAX = 120
POLL_SECONDS = 0.002
# What changed within a minute before a backup is read once more by the next one (docs/backup.md).
SETTLING_SECONDS = 70
LIST_FORMAT = "%p %y %m %U %G %s %n %i %T@ %l\\n"


class Failure(Exception):
    """A tool did not do what it should."""


def drop_caches():
    """Writes what is dirty and drops the page cache, entries and inodes; proc_sys_vm(5). False without the right."""
    os.sync()
    try:
        with open("/proc/sys/vm/drop_caches", "w", encoding="ascii") as file:
            file.write("3")
    except OSError:
        return False
    return True


def memory_peak(pid):
    """The largest resident memory that a living process had, in bytes; VmHWM of proc_pid_status(5)."""
    with open(f"/proc/{pid}/status", encoding="ascii", errors="replace") as file:
        for line in file:
            if line.startswith("VmHWM:"):
                return int(line.split()[1]) * 1024
    return 0


def count_entries(root):
    """The number of entries of a tree, itself included."""
    return 1 + sum(len(directories) + len(files) for _, directories, files in os.walk(root))


class Runner:
    """Runs the commands of one tool; what they print goes to a log, whose end is shown when one fails."""

    def __init__(self, tool):
        self.tool = tool
        self.log = os.path.join(tool.work, "log")
        self.daemon = None
        self.begin = 0.0

    def run(self, command, cwd=None):
        """Runs a command to its end, and gives its seconds and its largest memory in bytes."""
        with open(self.log, "ab") as log:
            begin = time.monotonic()
            process = subprocess.Popen(
                command, cwd=cwd, env=self.tool.environment, stdin=subprocess.DEVNULL, stdout=log, stderr=log)
            status, usage = self._wait(process, begin + COMMAND_SECONDS_MAX)
            seconds = time.monotonic() - begin
        if status != 0:
            raise Failure(f"{self.tool.name}: `{' '.join(command)}` ended with {status}:\n{self._log_end()}")
        return seconds, usage.ru_maxrss * 1024

    def _wait(self, process, deadline):
        """Waits with wait4(2), which alone tells the memory of this one child."""
        signal.signal(signal.SIGALRM, lambda *_: process.kill())
        signal.alarm(max(1, int(deadline - time.monotonic())))
        try:
            _, status, usage = os.wait4(process.pid, 0)
        finally:
            signal.alarm(0)
        process.returncode = os.waitstatus_to_exitcode(status)
        return process.returncode, usage

    def _log_end(self):
        with open(self.log, "rb") as file:
            lines = file.read().decode(errors="replace").splitlines()
        return "\n".join("    " + line for line in lines[-15:])

    def mount(self, command=None, is_ready=None, seconds_max=MOUNT_SECONDS_MAX):
        """Mounts, and gives the seconds until the newest snapshot answers, or whatever `is_ready` asks for."""
        roots = [self.tool.mounted_tree(source) for source in self.tool.sources]
        with open(self.log, "ab") as log:
            self.begin = begin = time.monotonic()
            self.daemon = subprocess.Popen(
                command or self.tool.mount(), env=self.tool.environment, stdin=subprocess.DEVNULL, stdout=log,
                stderr=log)
        while not (is_ready() if is_ready else all(os.path.isdir(root) for root in roots)):
            if self.daemon.poll() is not None:
                raise Failure(f"{self.tool.name}: the mount ended:\n{self._log_end()}")
            if time.monotonic() > begin + seconds_max:
                raise Failure(f"{self.tool.name}: no mount after {seconds_max} s:\n{self._log_end()}")
            time.sleep(POLL_SECONDS)
        return time.monotonic() - begin

    def unmount(self):
        """Unmounts, waits for the daemon, and gives the largest memory that it had in bytes."""
        peak = memory_peak(self.daemon.pid)
        self.run(self.tool.unmount())
        try:
            self.daemon.wait(MOUNT_SECONDS_MAX)
        except subprocess.TimeoutExpired as error:
            raise Failure(f"{self.tool.name}: the mount's process does not end") from error
        self.daemon = None
        return peak

    def clean_up(self):
        """Ends the mount, whatever state it is in."""
        if self.daemon is None:
            return
        subprocess.run(["fusermount3", "-u", "-z", self.tool.mountpoint], capture_output=True, check=False)
        self.daemon.kill()
        self.daemon.wait()
        self.daemon = None

    def list_mount(self):
        """Asks for every attribute of every entry, and gives the seconds and the number of entries."""
        begin = time.monotonic()
        count = 0
        for source in self.tool.sources:
            command = ["find", self.tool.mounted_tree(source), "-printf", LIST_FORMAT]
            with subprocess.Popen(command, stdout=subprocess.PIPE) as process:
                while chunk := process.stdout.read(1 << 20):
                    count += chunk.count(b"\n")
            if process.returncode:
                raise Failure(f"{self.tool.name}: find in the mount ended with {process.returncode}")
        return time.monotonic() - begin, count

    def copy_mount(self):
        """Reads every byte; tar that sees /dev/null as its archive would read none, so that cat stands between."""
        begin = time.monotonic()
        for source in self.tool.sources:
            line = 'set -o pipefail; tar -C "$1" -cf - . | cat >/dev/null'
            done = subprocess.run(
                ["bash", "-c", line, "copy", self.tool.mounted_tree(source)], stdin=subprocess.DEVNULL, check=False,
                timeout=COMMAND_SECONDS_MAX)
            if done.returncode:
                raise Failure(f"{self.tool.name}: tar of the mount ended with {done.returncode}")
        return time.monotonic() - begin

    def restore(self):
        shutil.rmtree(self.tool.restored, ignore_errors=True)
        os.makedirs(self.tool.restored)
        # borg restores into the current directory; for the others it makes no difference.
        return self.run(self.tool.restore(), cwd=self.tool.restored)

    def size(self):
        """The bytes of all files of the repository."""
        total = 0
        for directory, _, names in os.walk(self.tool.repository):
            total += sum(os.lstat(os.path.join(directory, name)).st_size for name in names)
        return total

    def start_again(self):
        for path in (self.tool.repository, self.tool.restored, *self._caches()):
            shutil.rmtree(path, ignore_errors=True)
        self.run(self.tool.create())

    def _caches(self):
        return [os.path.join(self.tool.work, name) for name in ("cache", ".cache", ".config", ".local")]


class Benchmark:
    """All tools, one run after the other; `results[tool][measure]` is the list of what the runs gave."""

    def __init__(self, tools, compare=None):
        self.runners = [Runner(tool) for tool in tools]
        self.results = {tool.name: {} for tool in tools}
        self.compare = compare
        self.is_cold = True
        self.entries = None

    def run(self, runs):
        try:
            for number in range(runs):
                self._run_once(number)
        finally:
            for runner in self.runners:
                runner.clean_up()

    def _run_once(self, number):
        turn = number % len(self.runners)
        order = self.runners[turn:] + self.runners[:turn]
        for runner in order:
            runner.start_again()
        steps = (
            self._first_backup, self._unchanged_backup, self._list, self._copy, self._restore, self._size,
        )
        for step in steps:
            for runner in order:
                print(f"run {number + 1}: {step.__name__[1:].replace('_', ' ')}: {runner.tool.name}", file=sys.stderr)
                self.is_cold = drop_caches() and self.is_cold
                step(runner, number)

    def _add(self, runner, **measures):
        for name, value in measures.items():
            self.results[runner.tool.name].setdefault(name, []).append(value)

    def _first_backup(self, runner, number):
        seconds, peak = runner.run(runner.tool.backup(f"{number}-first"))
        self._add(runner, first_seconds=seconds, backup_memory=peak)

    def _unchanged_backup(self, runner, number):
        seconds, peak = runner.run(runner.tool.backup(f"{number}-unchanged"))
        self._add(runner, unchanged_seconds=seconds, unchanged_memory=peak)

    def _list(self, runner, _number):
        ready = runner.mount()
        seconds, count = runner.list_mount()
        self._check_count(runner, count)
        self._add(runner, ready_seconds=ready, list_seconds=seconds, list_memory=runner.unmount())

    def _copy(self, runner, number):
        runner.mount()
        seconds = runner.copy_mount()
        if self.compare and number == 0:
            self.compare(runner.tool, "mount", runner.tool.mounted_tree)
        self._add(runner, copy_seconds=seconds, mount_memory=runner.unmount())

    def _restore(self, runner, number):
        seconds, peak = runner.restore()
        if self.compare and number == 0:
            self.compare(runner.tool, "restored files", runner.tool.restored_tree)
        self._add(runner, restore_seconds=seconds, restore_memory=peak)
        shutil.rmtree(runner.tool.restored, ignore_errors=True)

    def _size(self, runner, _number):
        self._add(runner, repository_bytes=runner.size())

    def _check_count(self, runner, count):
        """A mount that shows less is not faster: all show the same number of entries as the source."""
        if self.entries is None:
            self.entries = sum(count_entries(source) for source in runner.tool.sources)
        if count != self.entries:
            raise Failure(f"{runner.tool.name}: the mount shows {count} entries, and the source has {self.entries}")
