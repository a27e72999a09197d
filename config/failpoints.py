"""Named places at which a test can stop, delay or kill a process. Nothing at all unless armed.

`VICINITY_FAILPOINT=after_claim=exit` arms a process from outside: the first hit acts, with `after_claim=exit:3` the
third. Modes are `exit` (dies as by kill -9, without clean-up), `raise` (FailPointReached, which no handler of errors
catches: what a dying process leaves behind, without the process) and `sleep:<hit>:<seconds>`. A test arms its own
process with `arm`.
"""

from __future__ import annotations

import os
import time
from collections import Counter
from collections.abc import Callable

Action = Callable[[str], None]


class FailPointReached(BaseException):
    """Like KeyboardInterrupt, and for the same reason, not an Exception."""


def action_of(text: str) -> Action:
    """What `VICINITY_FAILPOINT` says. ValueError for anything else."""
    wanted, _, how = text.partition("=")
    mode, _, rest = how.partition(":")
    hit, _, seconds = rest.partition(":")
    if mode not in {"exit", "raise", "sleep"}:
        raise ValueError(f"A fail point exits, raises or sleeps: name=mode[:hit[:seconds]], not {text!r}.")
    hits: Counter[str] = Counter()

    def act(name: str) -> None:
        hits[name] += 1
        if name != wanted or hits[name] != int(hit or 1):
            return
        if mode == "exit":
            os._exit(137)
        if mode == "raise":
            raise FailPointReached(name)
        time.sleep(float(seconds or 1))

    return act


_armed: Action | None = action_of(os.environ["VICINITY_FAILPOINT"]) if os.environ.get("VICINITY_FAILPOINT") else None


def arm(action: Action | None) -> None:
    """Call `action` with the name of every fail point passed from now on; None disarms."""
    global _armed  # noqa: PLW0603  one switch for the process
    _armed = action


def failpoint(name: str) -> None:
    if _armed is not None:
        _armed(name)
