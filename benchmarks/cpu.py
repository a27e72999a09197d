"""Processor time of processes and what they started, from /proc. On a busy machine it tells more than a clock does."""

from __future__ import annotations

import os
from collections.abc import Collection
from pathlib import Path
from typing import Any

import psycopg

from benchmarks.world import libpq_url

TICKS = os.sysconf("SC_CLK_TCK")


def seconds_of(roots: Collection[int]) -> float:
    """Of these processes and their descendants that live; what ended is in its parent's."""
    used: dict[int, float] = {}
    children: dict[int, list[int]] = {}
    for folder in Path("/proc").iterdir():
        if not folder.name.isdigit():
            continue
        try:
            fields = (folder / "stat").read_text().rpartition(")")[2].split()
        except OSError:
            continue
        pid = int(folder.name)
        children.setdefault(int(fields[1]), []).append(pid)
        used[pid] = sum(map(int, fields[11:15])) / TICKS
    waiting, seen = list(roots), set()
    while waiting:
        if (pid := waiting.pop()) not in seen:
            seen.add(pid)
            waiting += children.get(pid, [])
    return sum(used.get(pid, 0.0) for pid in seen)


def postgres(url: str) -> int:
    """The parent of the server's processes, where it runs on this machine."""
    with psycopg.connect(libpq_url(url)) as connection:
        stat = Path(f"/proc/{connection.info.backend_pid}/stat").read_text()
    return int(stat.rpartition(")")[2].split()[1])


def opensearch(engine: Any) -> int:
    nodes = engine.transport.perform_request("GET", "/_nodes/_local/process")["nodes"]
    return int(next(iter(nodes.values()))["process"]["id"])


def redis(engine: Any) -> int:
    return int(engine.info("server")["process_id"])
