"""One command at a time works on a folder; a second waits, and says for whom."""

from __future__ import annotations

import contextlib
import fcntl
import os
import time
from collections.abc import Iterator
from pathlib import Path

_held: list[int] = []


def held() -> tuple[int, ...]:
    """Descriptors that a child must inherit to keep the work locked until it ends as well."""
    return tuple(_held)


@contextlib.contextmanager
def exclusive(path: Path) -> Iterator[None]:
    path.parent.mkdir(parents=True, exist_ok=True)
    descriptor = os.open(path, os.O_RDWR | os.O_CREAT, 0o644)
    told = False
    while True:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
            break
        except BlockingIOError:
            if not told:
                holder = os.pread(descriptor, 100, 0).decode().strip() or "unknown"
                print(f"  Another command (process {holder}) is at work here; waiting for it to end.", flush=True)
                told = True
            time.sleep(0.2)
    os.ftruncate(descriptor, 0)
    os.pwrite(descriptor, f"{os.getpid()}\n".encode(), 0)
    _held.append(descriptor)
    try:
        yield
    finally:
        _held.remove(descriptor)
        os.close(descriptor)
