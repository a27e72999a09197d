"""The week on the door."""

from __future__ import annotations

from datetime import date

import pytest

from config.errors import InvalidParameter
from listings.week_table import DayHours, DaySpan, week_table

MONDAY = date(2026, 12, 21)  # Thursday is Christmas Eve; Friday and Saturday are holidays


def week(text, first_day=MONDAY):
    days = week_table(text, zone="Europe/Berlin", country="DE", first_day=first_day)
    return [[(span.opens_minute / 60, span.closes_minute / 60, span.state) for span in day.spans] for day in days]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("24/7", [[(0, 24, "open")]] * 7),
        ("off", [[]] * 7),
        ("Mo 10:00-12:00,13:00-14:30", [[(10, 12, "open"), (13, 14.5, "open")], [], [], [], [], [], []]),
        ("22:00-02:00", [[(22, 26, "open")]] * 7),
        ("Su 22:00-02:00", [[], [], [], [], [], [], [(22, 26, "open")]]),
        ("Mo-Fr 10:00-12:00; PH off", [[(10, 12, "open")]] * 4 + [[]] * 3),
        # 24 hours and more are cut at midnight; 23 hours are one session.
        ("Tu 18:00-24:00; We 00:00-24:00; Th 00:00-06:00",
         [[], [(18, 24, "open")], [(0, 24, "open")], [(0, 6, "open")], [], [], []]),
        ("Tu 18:00-24:00; We 00:00-18:00", [[], [(18, 24, "open")], [(0, 18, "open")], [], [], [], []]),
        ("Sa 12:00-24:00; Su 00:00-24:00; Mo 00:00-06:00",
         [[(0, 6, "open")], [], [], [], [], [(12, 24, "open")], [(0, 24, "open")]]),
        ("Tu 18:00-24:00; We 00:00-17:00", [[], [(18, 41, "open")], [], [], [], [], []]),
        ("Su 12:00-24:00; Mo 00:00-24:00", [[(0, 24, "open")], [], [], [], [], [], [(12, 24, "open")]]),
        ('Mo 10:00-12:00 "by appointment"', [[(10, 12, "unknown")], [], [], [], [], [], []]),
    ],
)  # fmt: skip
def test_spans_stand_on_the_day_they_begin(text, expected):
    assert week(text) == expected


def test_the_week_of_a_clock_change_reads_like_any_other():
    assert week("22:00-02:30", date(2026, 10, 19)) == [[(22, 26.5, "open")]] * 7


def test_days_carry_their_date_holiday_and_comment():
    days = week_table('Mo-Fr 10:00-12:00 open "ring"', zone="Europe/Berlin", country="DE", first_day=date(2026, 12, 24))
    assert days[0] == DayHours(date(2026, 12, 24), is_holiday=False, spans=(DaySpan(600, 720, "open", "ring"),))
    assert [day.is_holiday for day in days] == [False, True, True, False, False, False, False]


@pytest.mark.parametrize("year", [1999, 2000, 2075, 9998])
def test_refuses_dates_without_calendars(year):
    with pytest.raises(InvalidParameter) as refusal:
        week("24/7", date(year, 12, 31))
    assert (refusal.value.parameter, refusal.value.limit) == ("first_day", "2001-2074")
