"""Starts and openings that are counted by runs are those that looking at each start alone finds."""

from __future__ import annotations

import random
from datetime import UTC, datetime, time, timedelta

import pytest

from booking.availability import Room, openings
from booking.schedule import Schedule, starts_between
from deals.windows import Window, usable_minutes

MONDAY = datetime(2026, 3, 23, tzinfo=UTC)
"""The clock goes forward on the Sunday of this week."""
_MINUTE = timedelta(minutes=1)


def one_by_one(starts, room, *, party, pieces, duration, before, after):
    """(start, left), each start held against each busy time of each resource."""
    found = []
    for start in starts:
        left = [room.capacity - room.taken.get(start, 0)]
        if room.left_of_deal is not None:
            left.append(room.left_of_deal // pieces)
        if room.resources is not None:
            begins, ends = start - before, start + duration + after
            left.append(
                sum(
                    seats >= party and all(until <= begins or ends <= since for since, until in busy)
                    for seats, busy in room.resources
                )
            )
        if min(left) > 0:
            found.append((start, min(left)))
    return found


@pytest.mark.parametrize("seed", range(20))
def test_openings_are_those_found_one_by_one(seed):
    chance = random.Random(seed)
    step = chance.choice([5, 15, 60])
    starts = [MONDAY + step * n * _MINUTE for n in range(100) if chance.random() < 0.8]
    busy = [
        (
            begins := MONDAY + chance.randrange(0, 100 * step, 5) * _MINUTE,
            begins + chance.choice([5, 30, 90, 600]) * _MINUTE,
        )
        for _ in range(40)
    ]
    room = Room(
        capacity=6,
        taken={start: chance.randint(0, 6) for start in chance.sample(starts, 20)},
        resources=[(chance.choice([1, 2, 4]), chance.sample(busy, chance.randint(0, 6))) for _ in range(8)],
        left_of_deal=chance.choice([None, 3, 9]),
    )
    how = {
        "party": chance.choice([1, 2, 3]),
        "pieces": chance.choice([1, 2]),
        "duration": chance.choice([15, 60, 90]) * _MINUTE,
        "before": chance.choice([0, 10]) * _MINUTE,
        "after": chance.choice([0, 20]) * _MINUTE,
    }
    told = [(opening.starts_at, opening.left) for opening in openings(starts, room, units=1, **how)]
    assert told == one_by_one(starts, room, **how)
    assert told


def test_openings_at_the_very_end_of_a_busy_time_are_free():
    room = Room(capacity=1, taken={}, resources=[(2, [(MONDAY + 60 * _MINUTE, MONDAY + 120 * _MINUTE)])])
    starts = [MONDAY + n * _MINUTE for n in (0, 1, 59, 60, 119, 120)]
    told = openings(
        starts, room, units=1, pieces=1, party=2, duration=60 * _MINUTE, before=0 * _MINUTE, after=0 * _MINUTE
    )
    assert [opening.starts_at for opening in told] == [starts[0], starts[-1]]


@pytest.mark.parametrize("seed", range(20))
def test_starts_are_those_found_minute_by_minute(seed):
    """The week's rules in UTC, which has no clock change: what those do is in tests/booking/test_schedule.py."""
    chance = random.Random(seed)
    weekly = []
    for weekday in range(1, 8):
        for _ in range(chance.randint(0, 3)):
            opens = chance.randrange(0, 1440, 5)
            weekly.append((weekday, opens, opens + chance.randrange(5, 1440, 5)))
    duration, step = chance.choice([5, 45, 60, 200]), chance.choice([1, 7, 15, 60])
    window = Window(
        valid_from=MONDAY + timedelta(hours=9, seconds=1),
        valid_until=MONDAY + timedelta(days=6),
        weekdays=chance.choice([frozenset(), frozenset({1, 3, 5})]),
        daily_from=time(11),
        daily_until=time(chance.choice([2, 15, 23])),
    )
    schedule = Schedule(
        zone="UTC", weekly=tuple(sorted(weekly)), duration_minutes=duration, step_minutes=step, window=window
    )
    start, end = MONDAY + timedelta(hours=chance.randrange(30), seconds=30), MONDAY + timedelta(days=5, seconds=1)
    day = 1440
    spans = [
        (week * 7 * day + (weekday - 1) * day + opens, week * 7 * day + (weekday - 1) * day + until)
        for week in (-1, 0, 1)
        for weekday, opens, until in weekly
    ]
    is_open = {minute for opens, until in spans for minute in range(opens, until)}
    zero = (MONDAY - datetime(1970, 1, 1, tzinfo=UTC)) // _MINUTE
    usable = usable_minutes(window, zone="UTC", start_minute=zero - 9 * day, end_minute=zero + 9 * day)
    expected = [
        at
        for minute in sorted({minute for opens, until in spans for minute in range(opens, until, step)})
        if start <= (at := MONDAY + minute * _MINUTE) < end
        and all(later in is_open for later in range(minute, minute + duration))
        and any(opens <= zero + minute < closes for opens, closes in usable)
    ]
    assert starts_between(schedule, start, end) == expected
