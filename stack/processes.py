"""Background processes: each in its own session, known by a pid file, which stack/launch.py writes.

The file names the start time and the machine's boot beside the pid, so that another process that later gets the same
pid is not mistaken for ours.
"""

from __future__ import annotations

import contextlib
import os
import pwd
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from stack import lock
from stack.errors import StackError
from stack.folders import ROOT, write_whole
from stack.launch import Order, boot_id, started_ticks
from stack.progress import Step

LOG_KEPT_BYTES = 10_000_000
# Those that this run started. They are meant to outlive it, and are reaped if they end before.
_children: list[subprocess.Popen[bytes]] = []


@dataclass(frozen=True, slots=True)
class Process:
    pid: int
    started_ticks: int
    boot: str
    fingerprint: str  # of what it was started from; another one means it should be started again

    @property
    def alive(self) -> bool:
        return self.is_of_this_boot and started_ticks(self.pid) == self.started_ticks

    @property
    def is_of_this_boot(self) -> bool:
        return self.boot == boot_id()


@dataclass(frozen=True, slots=True)
class Supervised:
    """One named process under a folder: `run/<name>.pid`, `logs/<name>.log`, and `run/<name>.ready` once it serves."""

    folder: Path
    name: str

    @property
    def pid_file(self) -> Path:
        return self.folder / "run" / f"{self.name}.pid"

    @property
    def log(self) -> Path:
        return self.folder / "logs" / f"{self.name}.log"

    @property
    def ready_file(self) -> Path:
        return self.folder / "run" / f"{self.name}.ready"

    def recorded(self) -> Process | None:
        """What was last started and not stopped by us, alive or not."""
        try:
            words = self.pid_file.read_text(encoding="utf-8").split()
            if len(words) == 3:  # written before there was a boot in it
                words.insert(2, boot_id())
            pid, ticks, boot, fingerprint = words
            return Process(int(pid), int(ticks), boot, fingerprint)
        except (OSError, ValueError):
            return None

    def running(self) -> Process | None:
        process = self.recorded()
        return process if process is not None and process.alive else None

    def serving(self) -> Process | None:
        """The running process, if it was seen to be ready: one whose starter was killed meanwhile was not."""
        process = self.running()
        seen = self.ready_file.exists() and self.ready_file.read_text(encoding="utf-8")
        return process if process is not None and seen == str(process.pid) else None

    def start(
        self,
        command: Sequence[str | Path],
        *,
        env: Mapping[str, str],
        directory: Path | str = "/",
        account: pwd.struct_passwd | None = None,
        pass_fds: Sequence[int] = (),
        given: str = "",
        fingerprint: str = "-",
    ) -> subprocess.Popen[bytes]:
        """Start in the background, `given` as its standard input; known on return, ready after `until_ready`.

        `pass_fds` stay open in it under their own numbers.
        """
        self.sweep()
        for path in (self.log, self.pid_file):
            path.parent.mkdir(parents=True, exist_ok=True)
        if self.log.exists() and self.log.stat().st_size > LOG_KEPT_BYTES:
            self.log.replace(self.log.with_suffix(".log.1"))

        order = Order(
            command=[str(part) for part in command],
            directory=str(directory),
            pid_file=str(self.pid_file),
            fingerprint=fingerprint,
            uid=account and account.pw_uid,
            gid=account and account.pw_gid,
            locks=list(lock.held()),
        )
        with self.log.open("ab") as output:
            child = subprocess.Popen(
                [sys.executable, "-m", "stack.launch", order.to_text()],
                cwd=ROOT,
                env=dict(env),
                stdin=subprocess.PIPE,
                stdout=output,
                stderr=subprocess.STDOUT,
                start_new_session=True,
                pass_fds=[*pass_fds, *lock.held()],
            )
        _children.append(child)
        if child.stdin is not None:
            child.stdin.write(given.encode())
            child.stdin.close()
        while child.poll() is None and ((known := self.recorded()) is None or known.pid != child.pid):
            time.sleep(0.005)
        return child

    def until_ready(
        self, child: subprocess.Popen[bytes], ready: Callable[[], bool], *, step: Step, seconds: float
    ) -> None:
        """Wait until `ready()` is true. StackError with the end of the log when the process dies or takes too long."""
        limit = time.monotonic() + seconds
        while not ready():
            if child.poll() is not None:
                self.pid_file.unlink(missing_ok=True)
                raise StackError(f"{self.name} stopped while starting (exit {child.returncode}).", log=self.log)
            if time.monotonic() > limit:
                raise StackError(f"{self.name} is not ready after {seconds:.0f} seconds.", log=self.log)
            step.beat()
            time.sleep(0.05)
        write_whole(self.ready_file, str(child.pid))

    def stop(self, *, first: signal.Signals = signal.SIGTERM, seconds: float = 15.0) -> bool:
        """`first` to the process, SIGKILL to its whole session after `seconds`. False if it was not there."""
        process = self.running()
        if process is not None:
            os.kill(process.pid, first)
            limit = time.monotonic() + seconds
            while process.alive and time.monotonic() < limit:
                time.sleep(0.05)
            if process.alive:
                os.killpg(process.pid, signal.SIGKILL)
                while process.alive:
                    time.sleep(0.05)
        self.sweep()
        self.ready_file.unlink(missing_ok=True)
        self.pid_file.unlink(missing_ok=True)
        return process is not None

    def sweep(self) -> None:
        """Kill what a dead process left behind in its session (a web master killed alone leaves its workers)."""
        _children[:] = [child for child in _children if child.poll() is None]
        process = self.recorded()
        # While a session has members its number is given to no new process; a living one is somebody else's.
        if process is None or not process.is_of_this_boot or Path(f"/proc/{process.pid}").exists():
            return
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.killpg(process.pid, signal.SIGKILL)
