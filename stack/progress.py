"""Tell what is going on: one line a step, moving on a terminal and plain lines elsewhere."""

from __future__ import annotations

import contextlib
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

from stack import lock
from stack.errors import StackError
from stack.folders import LOCAL, ROOT

QUIET_SECONDS = 2.0
PLAIN_EVERY_SECONDS = 10.0


def say(text: str) -> None:
    print(text, flush=True)


class Step:
    """One titled piece of work. `beat()` is called often while it goes on and prints only when there is news."""

    def __init__(self, title: str) -> None:
        self.title = title
        self.began = time.monotonic()
        self._moving = sys.stdout.isatty()
        self._told = self.began
        self._announced = False

    @property
    def seconds(self) -> float:
        return time.monotonic() - self.began

    def beat(self, detail: str = "") -> None:
        if self.seconds < QUIET_SECONDS:
            return
        if self._moving:
            line = f"  {self.title} ... {self.seconds:.0f} s  {detail}"[:110]
            print(f"\r\033[K{line}", end="", flush=True)
        elif not self._announced or time.monotonic() - self._told > PLAIN_EVERY_SECONDS:
            say(f"  {self.title} ... {self.seconds:.0f} s  {detail}".rstrip())
            self._told = time.monotonic()
        self._announced = True

    def end(self, outcome: str) -> None:
        start = "\r\033[K" if self._moving and self._announced else ""
        say(f"{start}  {self.title}: {outcome} ({self.seconds:.1f} s)")


@contextlib.contextmanager
def step(title: str, done: str = "done") -> Iterator[Step]:
    current = Step(title)
    try:
        yield current
    except BaseException:
        current.end("not done")
        raise
    current.end(done)


def run(
    title: str,
    command: Sequence[str | Path],
    *,
    log: str,
    env: Mapping[str, str] | None = None,
    done: str = "done",
) -> None:
    """Run a command to its end, its output kept in `.local/logs/<log>.log`. StackError when it fails.

    The child holds the stack's lock too: if this process is killed, a second one waits for the child to finish.
    """
    path = LOCAL / "logs" / f"{log}.log"
    path.parent.mkdir(parents=True, exist_ok=True)
    with step(title, done) as current, path.open("wb") as output:
        child = subprocess.Popen(
            [str(part) for part in command],
            cwd=ROOT,
            env=env,
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            pass_fds=lock.held(),
        )
        try:
            while child.poll() is None:
                current.beat(_last_line(path))
                time.sleep(0.1)
        except BaseException:
            child.terminate()
            child.wait()
            raise
        if child.returncode != 0:
            raise StackError(f"{title} failed (exit {child.returncode}).", log=path)


def remove(title: str, folders: Sequence[Path]) -> None:
    """Remove folders with all that is in them. StackError when something stays."""
    with step(title) as current:
        child = subprocess.Popen(["rm", "-rf", "--", *map(str, folders)], stderr=subprocess.DEVNULL)
        while child.poll() is None:
            current.beat()
            time.sleep(0.05)
        if left := [folder.name for folder in folders if folder.exists()]:
            raise StackError(f"Not removed: {', '.join(left)}. Some of it belongs to another account.")


def _last_line(path: Path) -> str:
    with path.open("rb") as file:
        file.seek(0, 2)
        file.seek(max(0, file.tell() - 400))
        lines = file.read().decode("utf-8", "replace").split("\n")
    return next((line.strip()[:70] for line in reversed(lines) if line.strip()), "")
