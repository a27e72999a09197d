"""Become a background program: `python -m stack.launch ORDER`, started by stack/processes.py in a session of its own.

The pid file is written here, by the process that it names, so no process ever runs unknown, whenever its starter is
killed. Until then this process holds the stack's lock too.
"""

from __future__ import annotations

import json
import os
import sys
from dataclasses import asdict, dataclass
from pathlib import Path

from stack.folders import write_whole


@dataclass(frozen=True, slots=True)
class Order:
    """What to become. `uid` and `gid` are None to stay who we are; `locks` are descriptors to let go of."""

    command: list[str]
    directory: str
    pid_file: str
    fingerprint: str
    uid: int | None
    gid: int | None
    locks: list[int]

    def to_text(self) -> str:
        return json.dumps(asdict(self))


def started_ticks(pid: int) -> int | None:
    """When the process started, in clock ticks since boot; None when it is gone or only waits to be reaped."""
    try:
        fields = Path(f"/proc/{pid}/stat").read_text(encoding="utf-8", errors="replace").rpartition(")")[2].split()
    except OSError:
        return None
    return None if fields[0] in "ZX" else int(fields[19])


def boot_id() -> str:
    """Of this run of the machine: ticks since boot, and process ids, mean nothing in another one."""
    return Path("/proc/sys/kernel/random/boot_id").read_text(encoding="utf-8").strip()


def become(order: Order) -> None:
    pid = os.getpid()
    write_whole(Path(order.pid_file), f"{pid} {started_ticks(pid)} {boot_id()} {order.fingerprint}\n")
    for descriptor in order.locks:
        os.set_inheritable(descriptor, False)
    os.chdir(order.directory)
    if order.uid is not None and order.gid is not None:
        os.setgroups([])
        os.setgid(order.gid)
        os.setuid(order.uid)
    os.execvp(order.command[0], order.command)  # noqa: S606 -- no shell is meant


if __name__ == "__main__":
    become(Order(**json.loads(sys.argv[1])))
