"""Which of several hosts to ask, and how long to wait for each. Pure: time is passed in."""

from __future__ import annotations

import threading
from collections.abc import Sequence
from dataclasses import dataclass, field

REST_SECONDS = 1.0
"""After a failure a host is asked last for so long, twice as long after each further one …"""
MAX_REST_SECONDS = 30.0
"""… and at most for so long."""


def slice_of(left_seconds: float, *, others: int) -> float:
    """How much of the time left one host may take: half, so that `others` still have some; the last one all."""
    return left_seconds / 2 if others else left_seconds


@dataclass(slots=True)
class Hosts:
    """What a process knows of `count` hosts, by number. Whoever failed last rests, and is asked when nobody else is."""

    count: int
    _turn: int = 0
    _failures: dict[int, int] = field(default_factory=dict)
    _rests_until: dict[int, float] = field(default_factory=dict)
    _lock: threading.Lock = field(default_factory=threading.Lock, repr=False)

    def order(self, *, now: float) -> Sequence[int]:
        """All of them: first those that are well, each in its turn, then those that rest, the soonest up first."""
        with self._lock:
            self._turn = (self._turn + 1) % self.count
            turned = [(self._turn + number) % self.count for number in range(self.count)]
            resting = sorted((until, number) for number, until in self._rests_until.items() if until > now)
        asleep = [number for _, number in resting]
        return [*(number for number in turned if number not in asleep), *asleep]

    def failed(self, number: int, *, now: float) -> None:
        with self._lock:
            failures = self._failures.get(number, 0)
            self._failures[number] = failures + 1
            self._rests_until[number] = now + min(MAX_REST_SECONDS, REST_SECONDS * 2 ** min(failures, 10))

    def succeeded(self, number: int) -> None:
        if number in self._failures:
            with self._lock:
                self._failures.pop(number, None)
                self._rests_until.pop(number, None)
