"""Background processes: each in its own session, known by a pid file that it writes before it becomes the program.

A pid file is written between fork and exec, so there is no moment at which a process runs unknown, whenever the
starter is killed. It names the start time too, so that another process that later gets the same pid is not mistaken
for ours.
"""

from __future__ import annotations

import contextlib
import os
import pwd
import signal
import subprocess
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from stack.accounts import become
from stack.errors import StackError
from stack.folders import write_whole
from stack.progress import Step

LOG_KEPT_BYTES = 10_000_000


@dataclass(frozen=True, slots=True)
class Process:
    pid: int
    started_ticks: int
    fingerprint: str  # of what it was started from; another one means it should be started again

    @property
    def alive(self) -> bool:
        return _started_ticks(self.pid) == self.started_ticks


@dataclass(frozen=True, slots=True)
class Supervised:
    """One named process under a folder: `run/<name>.pid` and `logs/<name>.log`."""

    folder: Path
    name: str

    @property
    def pid_file(self) -> Path:
        return self.folder / "run" / f"{self.name}.pid"

    @property
    def log(self) -> Path:
        return self.folder / "logs" / f"{self.name}.log"

    def recorded(self) -> Process | None:
        """What was last started and not stopped by us, alive or not."""
        try:
            pid, ticks, fingerprint = self.pid_file.read_text(encoding="utf-8").split()
            return Process(int(pid), int(ticks), fingerprint)
        except (OSError, ValueError):
            return None

    def running(self) -> Process | None:
        process = self.recorded()
        return process if process is not None and process.alive else None

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
        """Start in the background, `given` as its standard input. The caller waits for it with `until_ready`."""
        self.sweep()
        for path in (self.log, self.pid_file):
            path.parent.mkdir(parents=True, exist_ok=True)
        if self.log.exists() and self.log.stat().st_size > LOG_KEPT_BYTES:
            self.log.replace(self.log.with_suffix(".log.1"))

        def settle() -> None:
            pid = os.getpid()
            write_whole(self.pid_file, f"{pid} {_started_ticks(pid)} {fingerprint}\n")
            become(account)

        with self.log.open("ab") as output:
            child = subprocess.Popen(
                [str(part) for part in command],
                cwd=directory,
                env=dict(env),
                stdin=subprocess.PIPE,
                stdout=output,
                stderr=subprocess.STDOUT,
                start_new_session=True,
                pass_fds=pass_fds,
                preexec_fn=settle,  # noqa: PLW1509 -- this program has one thread
            )
        if child.stdin is not None:
            child.stdin.write(given.encode())
            child.stdin.close()
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
        self.pid_file.unlink(missing_ok=True)
        return process is not None

    def sweep(self) -> None:
        """Kill what a dead process left behind in its session (a web master killed alone leaves its workers)."""
        process = self.recorded()
        # While a session has members its number is given to no new process; a living one is somebody else's.
        if process is None or Path(f"/proc/{process.pid}").exists():
            return
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.killpg(process.pid, signal.SIGKILL)


def _started_ticks(pid: int) -> int | None:
    """When the process started, in clock ticks since boot; None when it is gone or only waits to be reaped."""
    try:
        fields = Path(f"/proc/{pid}/stat").read_text(encoding="utf-8", errors="replace").rpartition(")")[2].split()
    except OSError:
        return None
    return None if fields[0] in "ZX" else int(fields[19])
