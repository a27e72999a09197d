"""When places are open, by tables of the cases people trip over."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from config.errors import InvalidParameter
from geo.types import Point
from listings.hours import Status, is_holiday, is_open, knows_holidays, open_intervals, open_minutes, status_at

MUNICH = Point(11.575, 48.137)


def utc(text):
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


def opened(text, start, end, *, zone="Europe/Berlin", country="DE", point=None):
    """Open times from start to end (UTC) as "MM-DD HH:MM/MM-DD HH:MM" in UTC."""
    intervals = open_intervals(text, zone=zone, country=country, point=point, start=utc(start), end=utc(end))
    return [f"{opens:%m-%d %H:%M}/{closes:%m-%d %H:%M}" for opens, closes in intervals]


@pytest.mark.parametrize(
    ("text", "start", "end", "expected"),
    [
        # Plain, split, all day.
        ("Mo-Fr 10:00-18:00", "2026-01-02", "2026-01-06", ["01-02 09:00/01-02 17:00", "01-05 09:00/01-05 17:00"]),
        ("10:00-12:00,14:00-16:00", "2026-01-02", "2026-01-03", ["01-02 09:00/01-02 11:00", "01-02 13:00/01-02 15:00"]),
        ("24/7", "2026-01-02", "2026-01-04", ["01-02 00:00/01-04 00:00"]),
        ("off", "2026-01-02", "2026-01-04", []),
        ("24/7; Sa off", "2026-01-02", "2026-01-05", ["01-02 00:00/01-02 23:00", "01-03 23:00/01-05 00:00"]),
        # Cut to the window exactly.
        ("10:00-12:00", "2026-01-02T09:30:30", "2026-01-02T10:15:15", ["01-02 09:30/01-02 10:15"]),
        # Over midnight: the session belongs to the day it begins, whatever the next day says.
        ("Fr 22:00-02:00", "2026-01-02", "2026-01-05", ["01-02 21:00/01-03 01:00"]),
        ("Fr 22:00-26:00", "2026-01-02", "2026-01-05", ["01-02 21:00/01-03 01:00"]),
        ("Fr 22:00-02:00; Sa off", "2026-01-02", "2026-01-05", ["01-02 21:00/01-03 01:00"]),
        ("Mo-Su 22:00-02:00; Sa off", "2026-01-02T03:00", "2026-01-05T03:00",
         ["01-02 21:00/01-03 01:00", "01-04 21:00/01-05 01:00"]),
        ("Fr-Sa 11:00-02:00; Su 11:00-22:00", "2026-01-03", "2026-01-05",
         ["01-03 00:00/01-03 01:00", "01-03 10:00/01-04 01:00", "01-04 10:00/01-04 21:00"]),
        ("Su 11:00-22:00; Fr-Sa 11:00-02:00", "2026-01-03", "2026-01-05",
         ["01-03 00:00/01-03 01:00", "01-03 10:00/01-04 01:00", "01-04 10:00/01-04 21:00"]),
        ('Th 22:00-02:00 || "call"', "2026-01-01T12:00", "2026-01-05", ["01-01 21:00/01-02 01:00"]),
        # New Year's Eve past midnight, the next day a holiday.
        ("18:00-02:00; PH off", "2025-12-31", "2026-01-02T12:00",
         ["12-31 00:00/12-31 01:00", "12-31 17:00/01-01 01:00"]),
        ("Dec 31 18:00-03:00", "2025-12-31", "2026-01-02", ["12-31 17:00/01-01 02:00"]),
        # Public holidays: 25 and 26 December 2025 are Thursday and Friday.
        ("Mo-Fr 10:00-18:00; PH off", "2025-12-24", "2025-12-28", ["12-24 09:00/12-24 17:00"]),
        ("Mo-Fr 10:00-18:00; PH 10:00-12:00", "2025-12-26", "2025-12-27", ["12-26 09:00/12-26 11:00"]),
        ("PH 10:00-12:00", "2026-04-01", "2026-04-08", ["04-03 08:00/04-03 10:00", "04-06 08:00/04-06 10:00"]),
        # School holidays have no calendar here: the rule never applies.
        ("Mo-Fr 10:00-18:00; SH off", "2026-08-10", "2026-08-11", ["08-10 08:00/08-10 16:00"]),
        # Seasons, months over the year's end, single dates, nth weekday, week numbers, easter, years.
        ("Apr-Sep 10:00-12:00", "2026-03-31", "2026-04-02", ["04-01 08:00/04-01 10:00"]),
        ("Nov-Feb 10:00-12:00", "2026-02-28", "2026-03-02", ["02-28 09:00/02-28 11:00"]),
        ("Dec 20-Jan 06 off; 10:00-12:00", "2026-01-06", "2026-01-08",
         ["01-06 09:00/01-06 11:00", "01-07 09:00/01-07 11:00"]),
        ("10:00-12:00; Dec 20-Jan 06 off", "2026-01-06", "2026-01-08", ["01-07 09:00/01-07 11:00"]),
        ("Sa[1] 10:00-12:00", "2026-01-01", "2026-01-12", ["01-03 09:00/01-03 11:00"]),
        ("Su[-1] 10:00-12:00", "2026-01-12", "2026-02-02", ["01-25 09:00/01-25 11:00"]),
        ("week 01-53/2 We 10:00-12:00", "2026-01-05", "2026-01-22", ["01-14 09:00/01-14 11:00"]),
        ("week 53 Th 10:00-12:00", "2026-12-24", "2027-01-08", ["12-31 09:00/12-31 11:00"]),
        ("easter 10:00-12:00", "2026-04-01", "2026-04-20", ["04-05 08:00/04-05 10:00"]),
        ("2027 10:00-12:00", "2026-12-31", "2027-01-02", ["01-01 09:00/01-01 11:00"]),
        # Additional rules and overrides.
        ("Mo-Su 10:00-12:00; Su 14:00-15:00", "2026-01-04", "2026-01-05", ["01-04 13:00/01-04 14:00"]),
        ("Mo-Su 10:00-12:00, Su 14:00-15:00", "2026-01-04", "2026-01-05",
         ["01-04 09:00/01-04 11:00", "01-04 13:00/01-04 14:00"]),
        # Open end: to midnight, or to the time told.
        ("18:00+", "2026-01-02", "2026-01-03", ["01-02 17:00/01-02 23:00"]),
        ("18:00-22:00+", "2026-01-02", "2026-01-03", ["01-02 17:00/01-02 21:00"]),
        # Unknown is not open; a bare comment is unknown; an explicit open with a comment is open.
        ("10:00-12:00 unknown", "2026-01-02", "2026-01-03", []),
        ('10:00-12:00 "by appointment"', "2026-01-02", "2026-01-03", []),
        ('"by appointment"', "2026-01-02", "2026-01-03", []),
        ('10:00-12:00 open "ring twice"', "2026-01-02", "2026-01-03", ["01-02 09:00/01-02 11:00"]),
        ('10:00-11:00 open "a", 11:00-12:00 open "b"', "2026-01-02", "2026-01-03", ["01-02 09:00/01-02 11:00"]),
        # A fallback on some days leaves the days after it alone (the package's own intervals lose them).
        ('Mo-Th 10:00-12:00 || "call"', "2026-01-01", "2026-01-06",
         ["01-01 09:00/01-01 11:00", "01-05 09:00/01-05 11:00"]),
    ],
)  # fmt: skip
def test_open_intervals_in_munich(text, start, end, expected):
    assert opened(text, start, end) == expected


@pytest.mark.parametrize(
    ("zone", "text", "start", "end", "expected"),
    [
        # Berlin, 29 March 2026: 02:00 → 03:00 at 01:00 UTC. Times in the gap never come.
        ("Europe/Berlin", "22:00-02:30", "2026-03-28T12:00", "2026-03-29T12:00", ["03-28 21:00/03-29 01:00"]),
        ("Europe/Berlin", "02:15-02:45", "2026-03-28T12:00", "2026-03-29T12:00", []),
        ("Europe/Berlin", "02:30-10:00", "2026-03-28T12:00", "2026-03-29T12:00", ["03-29 01:00/03-29 08:00"]),
        ("Europe/Berlin", "24/7", "2026-03-28T12:00", "2026-03-29T12:00", ["03-28 12:00/03-29 12:00"]),
        # Berlin, 25 October 2026: 03:00 → 02:00 at 01:00 UTC. Times of that hour come twice.
        ("Europe/Berlin", "22:00-02:30", "2026-10-24T12:00", "2026-10-25T12:00",
         ["10-24 20:00/10-25 00:30", "10-25 01:00/10-25 01:30"]),
        ("Europe/Berlin", "02:15-02:45", "2026-10-24T12:00", "2026-10-25T12:00",
         ["10-25 00:15/10-25 00:45", "10-25 01:15/10-25 01:45"]),
        ("Europe/Berlin", "22:00-03:00", "2026-10-24T12:00", "2026-10-25T12:00", ["10-24 20:00/10-25 02:00"]),
        ("Europe/Berlin", "22:00-05:00", "2026-10-24T12:00", "2026-10-25T12:00", ["10-24 20:00/10-25 04:00"]),
        # New York, 8 March and 1 November 2026.
        ("America/New_York", "20:00-02:30", "2026-03-08T00:30", "2026-03-08T12:00", ["03-08 01:00/03-08 07:00"]),
        ("America/New_York", "20:00-01:30", "2026-11-01", "2026-11-01T12:00",
         ["11-01 00:00/11-01 05:30", "11-01 06:00/11-01 06:30"]),
        # Half an hour in Lord Howe; midnight itself missing in Cairo and Santiago; midnight twice in Havana.
        ("Australia/Lord_Howe", "01:45-03:00", "2026-04-04T12:00", "2026-04-05T12:00",
         ["04-04 14:45/04-04 15:00", "04-04 15:15/04-04 16:30"]),
        ("Africa/Cairo", "Th 22:00-00:30", "2026-04-23T12:00", "2026-04-24T12:00", ["04-23 20:00/04-23 22:00"]),
        ("Africa/Cairo", "Fr 00:00-02:00", "2026-04-23T12:00", "2026-04-24T12:00", ["04-23 22:00/04-23 23:00"]),
        ("America/Santiago", "00:30-04:00", "2026-09-05T12:00", "2026-09-06T12:00", ["09-06 04:00/09-06 07:00"]),
        ("America/Havana", "Su 00:15-00:45", "2026-11-01", "2026-11-01T12:00",
         ["11-01 04:15/11-01 04:45", "11-01 05:15/11-01 05:45"]),
        # No change of the clock: far east, far west, quarter hours.
        ("Pacific/Kiritimati", "Fr 10:00-12:00", "2026-01-01", "2026-01-03", ["01-01 20:00/01-01 22:00"]),
        ("Pacific/Pago_Pago", "Th 23:00-24:00", "2026-01-01", "2026-01-03", ["01-02 10:00/01-02 11:00"]),
        ("Asia/Kathmandu", "10:00-12:00", "2026-01-01", "2026-01-02", ["01-01 04:15/01-01 06:15"]),
    ],
)  # fmt: skip
def test_an_instant_is_open_when_the_clock_on_the_wall_shows_an_open_time(zone, text, start, end, expected):
    assert opened(text, start, end, zone=zone, country="") == expected


def test_clocks_that_change_twice_in_one_window():
    """Egypt set its clocks back on 11 August 2010, for Ramadan, and forward again on 10 September."""
    noon = opened("12:00-13:00", "2010-08-09T12:00", "2010-09-10T12:00", zone="Africa/Cairo", country="")
    assert noon[:2] + noon[-2:] == [
        "08-10 09:00/08-10 10:00", "08-11 10:00/08-11 11:00", "09-09 10:00/09-09 11:00", "09-10 09:00/09-10 10:00",
    ]  # fmt: skip


def test_sun_times_need_the_position():
    day = ("2026-12-24", "2026-12-25")
    assert opened("sunrise-sunset", *day, point=MUNICH) == ["12-24 07:02/12-24 15:23"]
    assert opened("sunrise-sunset", *day) == ["12-24 06:00/12-24 18:00"]
    north = Point(15.6, 78.2)
    assert opened("sunrise-sunset", *day, zone="Arctic/Longyearbyen", country="NO", point=north) == []
    june = ("2026-06-20T22:00", "2026-06-21T22:00")
    assert opened("sunrise-sunset", *june, zone="Arctic/Longyearbyen", country="NO", point=north) == [
        "06-20 22:00/06-21 22:00"
    ]


def test_sun_times_are_of_the_position_even_in_a_zone_far_from_it():
    tokyo = Point(139.7, 35.7)
    asked = ("sunrise-sunset", "2026-06-01T12:00", "2026-06-02T12:00")
    assert opened(*asked, zone="Asia/Tokyo", point=tokyo) == ["06-01 19:26/06-02 09:51"]
    assert opened(*asked, zone="Asia/Shanghai", point=tokyo) == ["06-01 19:26/06-02 09:51"]


@pytest.mark.parametrize(
    ("country", "known", "may_day_is_holiday"),
    [("DE", True, True), ("de", True, True), ("US", True, False), ("TW", False, False), ("XX", False, False),
     ("", False, False), ("Germany", False, False), ("\ud800\ud800", False, False)],
)  # fmt: skip
def test_a_country_without_a_calendar_has_no_public_holidays(country, known, may_day_is_holiday):
    may_day = utc("2026-05-01T10:00")
    assert knows_holidays(country) is known
    assert is_holiday(may_day.date(), country=country) is may_day_is_holiday
    assert is_open("10:00-18:00; PH off", zone="Europe/Berlin", country=country, at=may_day) is not may_day_is_holiday


def test_open_minutes_count_from_1970_and_widen_the_window_to_whole_minutes():
    start, end = utc("2026-01-02T09:30:30"), utc("2026-01-02T10:15:15")
    minutes = open_minutes("10:00-12:00", zone="Europe/Berlin", country="DE", start=start, end=end)
    first = int(utc("2026-01-02T09:30").timestamp()) // 60
    assert minutes == ((first, first + 46),)


def test_an_empty_window_has_no_intervals():
    now = utc("2026-01-02T10:00")
    assert open_minutes("24/7", zone="Europe/Berlin", country="DE", start=now, end=now) == ()
    earlier = now - timedelta(days=1)
    assert open_intervals("24/7", zone="Europe/Berlin", country="DE", start=now, end=earlier) == ()


@pytest.mark.parametrize(
    ("change", "parameter", "limit"),
    [
        ({"end": "2026-02-02T00:00:01+00:00"}, "end", "32 days"),
        ({"start": "2000-12-31T00:00+00:00"}, "start", "2001-2075"),
        ({"end": "2076-01-01T00:00+00:00"}, "end", "2001-2075"),
        ({"start": "2026-01-01T00:00"}, "start", None),
        ({"end": "2026-01-01T00:00"}, "end", None),
        ({"zone": "Mars/Olympus"}, "time_zone", None),
        ({"zone": ""}, "time_zone", None),
        ({"zone": "../../etc/passwd"}, "time_zone", None),
        ({"zone": "Europe"}, "time_zone", None),
        ({"zone": "\x00"}, "time_zone", None),
        ({"zone": "\ud800"}, "time_zone", None),
        ({"zone": "E" * 5000}, "time_zone", None),
        ({"hours_text": "gibberish"}, "opening_hours", None),
    ],
)
def test_refuses_windows_zones_and_texts_by_name(change, parameter, limit):
    asked = {"hours_text": "24/7", "zone": "UTC", "country": "DE", "start": "2026-01-01T00:00+00:00"}
    asked |= {"end": "2026-02-02T00:00+00:00"} | change
    asked |= {name: datetime.fromisoformat(asked[name]) for name in ("start", "end")}
    with pytest.raises(InvalidParameter) as refusal:
        open_minutes(asked.pop("hours_text"), **asked)
    assert (refusal.value.parameter, refusal.value.limit) == (parameter, limit)


def test_refuses_sun_times_in_a_zone_without_them():
    with pytest.raises(InvalidParameter) as refusal:
        is_open("sunrise-sunset", zone="Factory", country="", point=MUNICH, at=utc("2026-01-01"))
    assert refusal.value.parameter == "time_zone"


@pytest.mark.parametrize(
    ("text", "at", "expected"),
    [
        ("Mo-Fr 10:00-18:00", "2026-01-02T12:00", ("open", "", "2026-01-02T17:00", "closed")),
        ("Mo-Fr 10:00-18:00", "2026-01-02T17:00", ("closed", "", "2026-01-05T09:00", "open")),
        ("24/7", "2026-01-02T17:00", ("open", "", None, None)),
        ("off", "2026-01-02T17:00", ("closed", "", None, None)),
        ("easter 10:00-12:00", "2026-01-02T17:00", ("closed", "", None, None)),
        ('Mo-Fr 10:00-18:00 || "call us"', "2026-01-03T12:00", ("unknown", "call us", "2026-01-04T23:00", "closed")),
        ('10:00-12:00 open "a", 12:00-14:00 open "b"', "2026-01-02T10:00:59",
         ("open", "a", "2026-01-02T13:00", "closed")),
        ("22:00-02:30", "2026-10-25T00:15", ("open", "", "2026-10-25T00:30", "closed")),
        ("22:00-02:30", "2026-10-25T00:45", ("closed", "", "2026-10-25T01:00", "open")),
    ],
)  # fmt: skip
def test_status_and_what_comes_next(text, at, expected):
    state, comment, changes_at, changes_to = expected
    status = status_at(text, zone="Europe/Berlin", country="DE", at=utc(at))
    assert status == Status(state, comment, utc(changes_at) if changes_at else None, changes_to)
