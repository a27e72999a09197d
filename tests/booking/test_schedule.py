"""Starts on ordinary days, over midnight and on the two days on which the clock changes."""

from __future__ import annotations

import random
from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest

from booking.schedule import Schedule, is_start, parse_exceptions, parse_weekly, starts_between
from config.errors import InvalidParameter
from deals.windows import Window

HELSINKI = ZoneInfo("Europe/Helsinki")


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=HELSINKI).astimezone(UTC)


def schedule(**facts) -> Schedule:
    return Schedule(**{"zone": "Europe/Helsinki", "country": "FI", "duration_minutes": 60, "step_minutes": 60, **facts})


def local(starts) -> list[str]:
    return [f"{start.astimezone(HELSINKI):%d %H:%M%z}" for start in starts]


def on(day: str, **facts) -> list[str]:
    return local(starts_between(schedule(**facts), at(f"{day}T00:00"), at(f"{day}T00:00") + timedelta(hours=23)))


@pytest.mark.parametrize(
    ("day", "facts", "expected"),
    [
        ("2026-11-25", {"weekly": ((3, 540, 720),)}, ["25 09:00+0200", "25 10:00+0200", "25 11:00+0200"]),
        ("2026-11-25", {"weekly": ((3, 540, 720),), "duration_minutes": 150}, ["25 09:00+0200"]),
        ("2026-11-25", {"weekly": ((4, 540, 720),)}, []),
        ("2026-11-25", {"opening_hours": "Mo-Fr 10:00-12:00"}, ["25 10:00+0200", "25 11:00+0200"]),
        ("2026-12-06", {"opening_hours": "Su 10:00-12:00; PH off"}, []),
        ("2026-11-25", {"opening_hours": "not hours at all"}, []),
        ("2026-11-25", {"opening_hours": ""}, []),
        # Tuesday's night runs into Wednesday; a start belongs to Tuesday.
        ("2026-11-25", {"weekly": ((2, 1380, 1560),)}, ["25 00:00+0200", "25 01:00+0200"]),
        # The hour from 03:00 does not happen.
        ("2026-03-29", {"weekly": ((7, 60, 300),)}, ["29 01:00+0200", "29 02:00+0200", "29 04:00+0300"]),
        # It happens twice.
        ("2026-10-25", {"weekly": ((7, 120, 300),)},
         ["25 02:00+0300", "25 03:00+0300", "25 03:00+0200", "25 04:00+0200"]),
        ("2026-12-24", {"weekly": ((4, 540, 720),), "exceptions": ((date(2026, 12, 24), ()),)}, []),
        ("2026-12-24", {"weekly": ((4, 540, 720),), "exceptions": ((date(2026, 12, 24), ((600, 660),)),)},
         ["24 10:00+0200"]),
    ],
)  # fmt: skip
def test_the_starts_of_a_day(day, facts, expected):
    assert on(day, **facts) == expected


def test_round_the_clock_a_booking_may_run_over_midnight():
    always = schedule(weekly=tuple((day, 0, 1440) for day in range(1, 8)), duration_minutes=90)
    assert is_start(always, at("2026-11-25T23:00"))
    assert not is_start(always, at("2026-11-25T23:30"))


def test_the_deals_window_is_asked_at_the_start():
    window = Window(valid_from=at("2026-11-25T10:00"), valid_until=at("2026-11-25T11:00"))
    assert on("2026-11-25", weekly=((3, 540, 720),), window=window) == ["25 10:00+0200"]


@pytest.mark.parametrize("seed", range(20))
def test_any_window_cuts_the_same_starts(seed):
    """Asked in pieces or at once, also over the clock's changes, the starts are the same, each once."""
    chance = random.Random(seed)
    spans = tuple(
        sorted(
            (chance.randint(1, 7), (start := chance.randrange(0, 1440, 15)), start + chance.randrange(15, 1440, 15))
            for _ in range(6)
        )
    )
    made = schedule(
        weekly=spans, duration_minutes=chance.choice([15, 45, 120]), step_minutes=chance.choice([15, 20, 50])
    )
    begins = at(chance.choice(["2026-03-24T00:00", "2026-10-20T00:00", "2026-06-01T00:00"]))
    ends = begins + timedelta(days=9)
    cuts = sorted({begins, ends, *(begins + timedelta(minutes=chance.randrange(9 * 1440)) for _ in range(5))})
    pieces = [start for low, high in pairwise(cuts) for start in starts_between(made, low, high)]
    whole = starts_between(made, begins, ends)
    assert pieces == whole == sorted(set(whole))
    assert all(is_start(made, start) for start in whole[:20])


@pytest.mark.parametrize(
    "weekly", [[[0, 0, 60]], [[8, 0, 60]], [[1, -1, 60]], [[1, 60, 60]], [[1, 0, 2000]], [[1, 0]], [[1, 0, 60]] * 43]
)
def test_a_week_that_cannot_be_is_refused(weekly):
    with pytest.raises(InvalidParameter):
        parse_weekly(weekly)


@pytest.mark.parametrize("days", [{"soon": []}, {"2026-12-24": [[0]]}, {"2026-12-24": [[60, 0]]}])
def test_exceptions_that_cannot_be_are_refused(days):
    with pytest.raises(InvalidParameter):
        parse_exceptions(days)


def test_a_window_of_more_than_a_month_is_refused():
    with pytest.raises(InvalidParameter):
        starts_between(schedule(), at("2026-01-01T00:00"), at("2026-03-01T00:00"))
