"""Clients of benchmarks: processes of four threads each, which ask one contestant at a time and tell how long it took.

In processes of their own, for a client of Python's is worth one core at most; and because Django, where a contestant
is asked in process, is set up once and for one database.
"""

from __future__ import annotations

import os
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import partial
from multiprocessing import get_context
from multiprocessing.connection import Connection
from typing import Any, Self

from benchmarks.askers import Answer, Asker
from geo.types import Point

PROCESSES = 2
THREADS = 4


@dataclass(frozen=True, slots=True)
class Load:
    """What all clients together saw in some seconds."""

    seconds: float
    milliseconds: tuple[float, ...]


class Clients:
    """`PROCESSES` processes in one environment. A context manager: they are ended with it."""

    def __init__(
        self, environment: Mapping[str, str], contestants: Mapping[str, Callable[[], Asker]], places: Sequence[Point]
    ) -> None:
        """`contestants`: by name, what makes an asker, once for each thread of a client; it is pickled."""
        spawn = get_context("spawn")
        self._pipes: list[Connection] = []
        self._processes = []
        for _ in range(PROCESSES):
            ours, theirs = spawn.Pipe()
            given = (theirs, dict(environment), dict(contestants), list(places))
            process = spawn.Process(target=_client, args=given, daemon=True)
            process.start()
            self._pipes.append(ours)
            self._processes.append(process)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        for pipe in self._pipes:
            pipe.send(None)
        for process in self._processes:
            process.join(timeout=30)

    @property
    def pids(self) -> list[int]:
        return [process.pid for process in self._processes if process.pid]

    def one(self, contestant: str, at: int) -> tuple[float, Answer]:
        """One client asks about the place of that number: milliseconds, and what it was told."""
        self._pipes[0].send(("one", contestant, at))
        return _received(self._pipes[0])

    def all(self, contestant: str, *, seconds: float) -> Load:
        """Every client asks, again and again, about one place after the other; each at least once."""
        for number, pipe in enumerate(self._pipes):
            pipe.send(("all", contestant, (number, seconds)))
        told = [_received(pipe) for pipe in self._pipes]
        return Load(max(took for took, _ in told), tuple(each for _, some in told for each in some))


def _received(pipe: Connection) -> Any:
    told = pipe.recv()
    if isinstance(told, BaseException):
        raise SystemExit(f"a client failed: {told!r}")
    return told


def _client(
    pipe: Connection, environment: dict[str, str], contestants: dict[str, Callable[[], Asker]], places: list[Point]
) -> None:
    os.environ |= environment
    import django  # noqa: PLC0415  its settings come with the environment

    django.setup()
    local = threading.local()

    def asker(contestant: str) -> Asker:
        made: dict[str, Asker] = local.__dict__.setdefault("made", {})
        if contestant not in made:
            made[contestant] = contestants[contestant]()
        return made[contestant]

    def again_and_again(contestant: str, seconds: float, first: int) -> tuple[float, list[float]]:
        ask, at = asker(contestant), first
        took: list[float] = []
        began = now = time.perf_counter()
        while not took or now - began < seconds:
            ask(places[at % len(places)])
            done = time.perf_counter()
            took.append((done - now) * 1_000)
            now, at = done, at + 1
        return now - began, took

    with ThreadPoolExecutor(THREADS) as pool:
        while (command := pipe.recv()) is not None:
            what, contestant, more = command
            try:
                if what == "one":
                    ask = asker(contestant)
                    began = time.perf_counter()
                    answer = ask(places[more])
                    pipe.send(((time.perf_counter() - began) * 1_000, answer))
                else:
                    number, seconds = more
                    apart = len(places) // (PROCESSES * THREADS)
                    firsts = [(number * THREADS + thread) * apart for thread in range(THREADS)]
                    told = list(pool.map(partial(again_and_again, contestant, seconds), firsts))
                    pipe.send((max(each for each, _ in told), [took for _, some in told for took in some]))
            except BaseException as error:  # noqa: BLE001  told to who asked
                pipe.send(RuntimeError(repr(error)))
