"""When a deal can be used: its window, weekdays, daily hours and blackout dates → UTC minutes. Pure.

A daily window belongs to the local day it begins on: with 22:00-02:00 on Fridays, Saturday 01:00 is Friday's, and a
blackout of Friday takes it away. Times are those of the wall clock in the branch's zone, as opening hours are: a time
that a clock change leaves out does not happen, one that occurs twice counts twice.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta

from listings.hours import DAY_MINUTES, EPOCH_ORDINAL, offset_pieces

Minutes = tuple[tuple[int, int], ...]
"""Half-open intervals in minutes since 1970 UTC, sorted and apart."""

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True, kw_only=True)
class Window:
    """When a deal can be used. `valid_from` inclusive, `valid_until` exclusive, both instants."""

    valid_from: datetime
    valid_until: datetime
    weekdays: frozenset[int] = frozenset()
    """1 = Monday … 7 = Sunday; empty: every day."""
    daily_from: time | None = None
    daily_until: time | None = None
    """Not after `daily_from`: the next day's. Both None: all day."""
    blackout_dates: frozenset[date] = frozenset()


def usable_minutes(window: Window, *, zone: str, start_minute: int, end_minute: int) -> Minutes:
    """The minutes within [start, end) that begin while the deal can be used. InvalidParameter for an unknown zone."""
    start = max(start_minute, _ceiling(window.valid_from))
    end = min(end_minute, _ceiling(window.valid_until))
    if start >= end:
        return ()
    if not (window.weekdays or window.daily_from or window.blackout_dates):
        return ((start, end),)
    return joined(
        (max(opens - offset, piece_start), min(closes - offset, piece_end))
        for piece_start, piece_end, offset in offset_pieces(zone, start, end)
        for opens, closes in _local_windows(window, piece_start + offset, piece_end + offset)
    )


def _local_windows(window: Window, start: int, end: int) -> Iterator[tuple[int, int]]:
    """Windows that touch [start, end), all in wall-clock minutes since 1970 local."""
    opens, closes = 0, DAY_MINUTES
    if window.daily_from is not None and window.daily_until is not None:
        opens, closes = _minute_of_day(window.daily_from), _minute_of_day(window.daily_until)
        if closes <= opens:
            closes += DAY_MINUTES
    for day in range(start // DAY_MINUTES - 1, (end - 1) // DAY_MINUTES + 1):  # yesterday's may run past midnight
        on = date.fromordinal(day + EPOCH_ORDINAL)
        if (window.weekdays and on.isoweekday() not in window.weekdays) or on in window.blackout_dates:
            continue
        if day * DAY_MINUTES + closes > start and day * DAY_MINUTES + opens < end:
            yield day * DAY_MINUTES + opens, day * DAY_MINUTES + closes


def _minute_of_day(at: time) -> int:
    return at.hour * 60 + at.minute


def _ceiling(instant: datetime) -> int:
    """The first whole minute not before the instant."""
    return -((_EPOCH - instant) // timedelta(minutes=1))


def joined(intervals: Iterable[tuple[int, int]]) -> Minutes:
    """Sorted, empty ones dropped, overlapping and touching ones made one."""
    made: list[tuple[int, int]] = []
    for opens, closes in sorted(pair for pair in intervals if pair[0] < pair[1]):
        if made and opens <= made[-1][1]:
            made[-1] = (made[-1][0], max(made[-1][1], closes))
        else:
            made.append((opens, closes))
    return tuple(made)


def intersection(one: Minutes, other: Minutes) -> Minutes:
    """What lies in both.

    >>> intersection(((0, 10), (20, 30)), ((5, 25),))
    ((5, 10), (20, 25))
    """
    made: list[tuple[int, int]] = []
    i = j = 0
    while i < len(one) and j < len(other):
        opens, closes = max(one[i][0], other[j][0]), min(one[i][1], other[j][1])
        if opens < closes:
            made.append((opens, closes))
        if one[i][1] <= other[j][1]:
            i += 1
        else:
            j += 1
    return tuple(made)
