"""When to stop asking an engine that fails, and when to look whether it is back. Pure: time is passed in."""

from __future__ import annotations

import threading
from dataclasses import dataclass, field

FAILURES = 2
"""In a row: so many callers wait for a dead engine before nobody does."""
LOOK_AFTER_SECONDS = 1.0
"""How often it is looked at while nobody asks it."""


@dataclass(slots=True)
class Breaker:
    """Closed: the engine is asked. Open: it is not, and somebody probes it now and then; one probe at a time."""

    failures: int = FAILURES
    look_after_seconds: float = LOOK_AFTER_SECONDS
    _in_a_row: int = 0
    _looked_at: float | None = None
    """When it was opened or last probed; None while it is closed."""
    _lock: threading.Lock = field(default_factory=threading.Lock, repr=False)

    @property
    def is_open(self) -> bool:
        return self._looked_at is not None

    def succeeded(self) -> None:
        with self._lock:
            self._in_a_row, self._looked_at = 0, None

    def failed(self, *, now: float) -> None:
        with self._lock:
            self._in_a_row += 1
            if self._in_a_row >= self.failures or self._looked_at is not None:
                self._looked_at = now

    def take_probe(self, *, now: float) -> bool:
        """Whether the caller shall probe: true for one caller in `look_after_seconds` while it is open."""
        with self._lock:
            if self._looked_at is None or now - self._looked_at < self.look_after_seconds:
                return False
            self._looked_at = now
            return True
