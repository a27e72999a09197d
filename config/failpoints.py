"""Named places at which a test can stop, delay or kill a process. Nothing at all unless VICINITY_FAILPOINT is set.

`VICINITY_FAILPOINT=after_claim=exit` acts on the first hit, `after_claim=exit:3` on the third; modes are `exit` (as
kill -9 would: no clean-up), `raise`, and `sleep:<hit>:<seconds>`. With VICINITY_FAILPOINT_LOG every name passed is
appended to that file, which is how a test knows that each was reached.
"""

from __future__ import annotations

import os
import time
from collections import Counter
from collections.abc import Callable

_setting = os.environ.get("VICINITY_FAILPOINT", "")
_log = os.environ.get("VICINITY_FAILPOINT_LOG", "")
_hits: Counter[str] = Counter()


class FailPointReached(Exception):
    """Raised by mode `raise`: stands for any failure at this place."""


def _nothing(name: str) -> None:
    """What every fail point does in production."""


def _act(name: str) -> None:
    if _log:
        with open(_log, "a") as log:  # noqa: PTH123  O_APPEND: several processes share it
            log.write(f"{name}\n")
    wanted, _, how = _setting.partition("=")
    if name != wanted:
        return
    _hits[name] += 1
    mode, _, rest = how.partition(":")
    hit, _, seconds = rest.partition(":")
    if _hits[name] != int(hit or 1):
        return
    if mode == "exit":
        os._exit(137)
    elif mode == "raise":
        raise FailPointReached(name)
    elif mode == "sleep":
        time.sleep(float(seconds or 1))


failpoint: Callable[[str], None] = _act if _setting or _log else _nothing
