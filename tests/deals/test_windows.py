"""When a deal can be used, on ordinary days, past midnight, on days without it and when clocks change."""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from config.errors import InvalidParameter
from deals.windows import Window, intersection, joined, usable_minutes

HELSINKI = "Europe/Helsinki"
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def minute(*when, zone=HELSINKI, fold=0):
    return int((datetime(*when, tzinfo=ZoneInfo(zone), fold=fold) - EPOCH).total_seconds()) // 60


def usable(start, end, zone=HELSINKI, **rule):
    window = Window(
        **{"valid_from": datetime(2020, 1, 1, tzinfo=UTC), "valid_until": datetime(2030, 1, 1, tzinfo=UTC), **rule}
    )
    return usable_minutes(window, zone=zone, start_minute=start, end_minute=end)


def test_without_rules_the_whole_of_its_validity():
    start, end = minute(2026, 11, 23), minute(2026, 11, 30)
    begins, ends = datetime(2026, 11, 24, 10, 0, 30, tzinfo=UTC), datetime(2026, 11, 25, 10, tzinfo=UTC)
    first = int((begins - EPOCH).total_seconds()) // 60 + 1  # the first minute that begins within it
    assert usable(start, end) == ((start, end),)
    assert usable(start, end, valid_from=begins, valid_until=ends) == ((first, minute(2026, 11, 25, 12)),)
    assert usable(start, end, valid_until=datetime(2026, 1, 1, tzinfo=UTC)) == ()


def test_weekdays_in_the_zone_of_the_branch():
    start, end = minute(2026, 11, 23), minute(2026, 11, 30)  # a Monday to the next
    assert usable(start, end, weekdays=frozenset({2, 3, 7})) == (
        (minute(2026, 11, 24), minute(2026, 11, 26)),
        (minute(2026, 11, 29), end),
    )


def test_past_midnight_belongs_to_the_day_it_begins_on():
    start, end = minute(2026, 11, 28), minute(2026, 11, 30)  # Saturday and Sunday
    rule = {"daily_from": time(22), "daily_until": time(2), "weekdays": frozenset({5, 6})}
    assert usable(start, end, **rule) == (
        (start, minute(2026, 11, 28, 2)),  # Friday's
        (minute(2026, 11, 28, 22), minute(2026, 11, 29, 2)),
    )
    without_friday = usable(start, end, **rule, blackout_dates=frozenset({date(2026, 11, 27)}))
    assert without_friday == ((minute(2026, 11, 28, 22), minute(2026, 11, 29, 2)),)


def test_until_the_same_time_is_a_whole_day():
    start, end = minute(2026, 11, 23), minute(2026, 11, 25)
    assert usable(start, end, daily_from=time(6), daily_until=time(6), weekdays=frozenset({1})) == (
        (minute(2026, 11, 23, 6), minute(2026, 11, 24, 6)),
    )


def test_an_hour_that_is_left_out_and_an_hour_that_comes_twice():
    spring = usable(minute(2026, 3, 29), minute(2026, 3, 30), daily_from=time(2, 30), daily_until=time(4, 30))
    assert spring == ((minute(2026, 3, 29, 2, 30), minute(2026, 3, 29, 4, 30)),)
    assert spring[0][1] - spring[0][0] == 60  # 03:00 to 04:00 did not happen
    autumn = usable(minute(2026, 10, 25), minute(2026, 10, 26), daily_from=time(3), daily_until=time(3, 30))
    assert autumn == (
        (minute(2026, 10, 25, 3), minute(2026, 10, 25, 3, 30)),
        (minute(2026, 10, 25, 3, fold=1), minute(2026, 10, 25, 3, 30, fold=1)),
    )


def test_an_unknown_zone_is_refused():
    with pytest.raises(InvalidParameter):
        usable(0, 1440, zone="Mars/Olympus", weekdays=frozenset({1}), valid_from=EPOCH)


@given(
    start=st.datetimes(datetime(2026, 1, 1), datetime(2027, 1, 1)),  # noqa: DTZ001  Hypothesis wants them bare
    weekdays=st.frozensets(st.integers(1, 7)),
    hours=st.none() | st.tuples(st.times(), st.times()),
    blackout=st.frozensets(st.dates(date(2026, 1, 1), date(2027, 1, 1)), max_size=3),
    zone=st.sampled_from([HELSINKI, "America/New_York", "Asia/Kathmandu", "Australia/Lord_Howe"]),
)
def test_equal_to_asking_every_minute_on_the_wall(start, weekdays, hours, blackout, zone):
    """A second opinion, written as a person would look at clock and calendar."""
    daily_from, daily_until = hours or (None, None)
    first = int((start.replace(tzinfo=UTC) - EPOCH).total_seconds()) // 60
    rule = {"weekdays": weekdays, "daily_from": daily_from, "daily_until": daily_until, "blackout_dates": blackout}
    found = usable(first, first + 2 * 1440, zone=zone, **rule)

    def counts(day):
        return (not weekdays or day.isoweekday() in weekdays) and day not in blackout

    def on_the_wall(at):
        wall = (EPOCH + timedelta(minutes=at)).astimezone(ZoneInfo(zone))
        clock, today, yesterday = wall.time(), wall.date(), wall.date() - timedelta(days=1)
        if daily_from is None:
            return counts(today)
        begins, ends = (each.replace(second=0, microsecond=0) for each in (daily_from, daily_until))
        if begins < ends:
            return begins <= clock < ends and counts(today)
        return (clock >= begins and counts(today)) or (clock < ends and counts(yesterday))

    for at in range(first, first + 2 * 1440, 7):
        assert any(opens <= at < closes for opens, closes in found) == on_the_wall(at)


MINUTES = st.lists(st.tuples(st.integers(0, 60), st.integers(0, 60))).map(joined)


@given(MINUTES, MINUTES)
def test_an_intersection_holds_exactly_what_both_hold(one, other):
    def inside(intervals):
        return {at for opens, closes in intervals for at in range(opens, closes)}

    both = intersection(one, other)
    assert inside(both) == inside(one) & inside(other)
    assert joined(both) == both
