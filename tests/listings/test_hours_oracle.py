"""The hours against a second opinion: a few lines of our own that read a plain subset minute by minute.

The subset: rules by `;` or `, `, each a list of weekdays, weekday ranges and PH, then times (over midnight too) or
`off`. After `;` a rule replaces what stood on its days, after `,` it adds; a session belongs to the day it begins; the
clock on the wall decides.
"""

from __future__ import annotations

import gzip
import json
import random
import re
from collections import Counter
from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest
from opening_hours import OpeningHours, State

from config.errors import InvalidParameter
from listings.hours import Rules, is_open, local_spans, open_minutes, rules_for, status_at
from listings.hours_text import parse_hours

DAYS = ["Mo", "Tu", "We", "Th", "Fr", "Sa", "Su"]
RULE = re.compile(r"(?:(?P<days>[A-Z][A-Za-z,\- ]*?) )?(?P<times>off|\d\d:\d\d-\d\d:\d\d(?:, ?\d\d:\d\d-\d\d:\d\d)*)")

GERMAN_HOLIDAYS = """
2026-01-01 2026-04-03 2026-04-06 2026-05-01 2026-05-14 2026-05-25 2026-10-03 2026-12-25 2026-12-26
2027-01-01 2027-03-26 2027-03-29 2027-05-01 2027-05-06 2027-05-17 2027-10-03 2027-12-25 2027-12-26
"""
BERLIN = ZoneInfo("Europe/Berlin")


def read_plainly(text):
    """[(adds, days or None for all, [(opens, closes)] in minutes)], or None outside the subset."""
    rules = []
    for normal in text.split(";"):
        for index, part in enumerate(re.split(r"(?<=\d\d) ?, ?(?=[A-Z])", normal)):
            match = RULE.fullmatch(part.strip())
            if not match or (index and match["times"] == "off"):
                return None
            days = read_days(match["days"]) if match["days"] else None
            if match["days"] and not days:
                return None
            sessions = []
            for opens, closes in re.findall(r"(\d\d:\d\d)-(\d\d:\d\d)", match["times"]):
                first, last = (int(clock[:2]) * 60 + int(clock[3:]) for clock in (opens, closes))
                sessions.append((first, last if last > first else last + 1440))
            rules.append((index > 0, days, sessions))
    return rules


def read_days(text):
    days = set()
    for item in text.replace(" ", "").split(","):
        first, _, last = item.partition("-")
        if item == "PH":
            days.add("PH")
            continue
        if first not in DAYS or (last or first) not in DAYS:
            return None
        start, end = DAYS.index(first), DAYS.index(last or first)
        days |= {DAYS[index % 7] for index in range(start, end + (7 if end < start else 0) + 1)}
    return days


def sessions_on(rules, day):
    names = {DAYS[day.weekday()]} | ({"PH"} if str(day) in GERMAN_HOLIDAYS else set())
    found = []
    for adds, days, sessions in rules:
        if days is None or days & names:
            found = found + sessions if adds else sessions
    return found


def is_open_plainly(rules, instant, zone=BERLIN):
    local = instant.astimezone(zone)
    minute = local.hour * 60 + local.minute
    yesterday = local.date() - timedelta(days=1)
    return any(opens <= minute < closes for opens, closes in sessions_on(rules, local.date())) or any(
        opens <= minute + 1440 < closes for opens, closes in sessions_on(rules, yesterday)
    )


def sample(rng, start, hours, count):
    return [start + timedelta(minutes=rng.randrange(hours * 60)) for _ in range(count)]


def telling_instants():
    """Both changes of the clock, New Year's Eve past midnight, Christmas, and an ordinary week: 60 instants."""
    rng = random.Random(2026)
    return (
        sample(rng, datetime(2026, 3, 28, 20, tzinfo=UTC), 12, 12)  # the night of the gap, 01:00 UTC in it
        + sample(rng, datetime(2026, 10, 24, 20, tzinfo=UTC), 12, 12)  # the night of the hour that comes twice
        + sample(rng, datetime(2026, 12, 31, 17, tzinfo=UTC), 14, 12)
        + sample(rng, datetime(2026, 12, 24, tzinfo=UTC), 72, 6)
        + sample(rng, datetime(2026, 7, 6, tzinfo=UTC), 168, 18)
    )


def windows(instants):
    """Windows of 13 hours to 7 days that together hold the instants."""
    found = []
    for instant in sorted(instants):
        if not found or instant - found[-1][0] > timedelta(days=9):
            found.append([instant, instant])
        found[-1][1] = instant + timedelta(minutes=1)
    return found


def generated_text(rng):
    rules = []
    for _ in range(rng.randint(1, 5)):
        first, last = rng.choice(DAYS), rng.choice(DAYS)
        days = rng.choice([first, f"{first}-{last}", f"{first},{last}", "PH", f"{first},PH", f"PH,{first}-{last}", ""])
        times = "off"
        if rng.random() < 0.85:
            clocks = sorted(rng.sample(range(0, 1440, 5), rng.choice([2, 2, 2, 4])))
            if rng.random() < 0.5:  # the last session runs over midnight
                clocks[-1] = 1440 + rng.randrange(0, max(clocks[0], 5), 5)
            if clocks[-1] >= 1440 and rng.random() < 0.7:
                clocks[-1] -= 1440
            pairs = zip(clocks[::2], clocks[1::2], strict=True)
            times = ",".join(f"{a // 60:02}:{a % 60:02}-{b // 60:02}:{b % 60:02}" for a, b in pairs)
        rules.append(f"{days} {times}".strip())
    text = rules[0]
    for before, rule in pairwise(rules):
        may_add = rule[0].isalpha() and "off" not in before + rule
        text += (", " if may_add and rng.random() < 0.3 else "; ") + rule
    return re.sub(r",(?! )", ", ", text) if rng.random() < 0.1 else text


def test_the_second_opinion_itself():
    rules = read_plainly("Mo-Fr 10:00-12:00,22:00-02:00; We off; PH,Su 14:00-15:00")
    assert [sessions_on(rules, date(2026, 5, day)) for day in (4, 6, 9, 10, 25)] == [
        [(600, 720), (1320, 1560)], [], [], [(840, 900)], [(840, 900)],
    ]  # fmt: skip
    assert (
        is_open_plainly(rules, datetime(2026, 5, 5, 23, 59, tzinfo=UTC)) is True
    )  # Tuesday's session, Wednesday 01:59
    assert is_open_plainly(rules, datetime(2026, 5, 6, 0, 0, tzinfo=UTC)) is False
    assert read_plainly("Jan-Mar Mo 10:00-12:00") is None


def test_generated_hours_agree_minute_by_minute():
    rng = random.Random(7)
    cases = 0
    for _ in range(600):
        text = generated_text(rng)
        rules = read_plainly(text)
        assert rules is not None, text
        start = rng.choice(telling_instants()) - timedelta(minutes=rng.randrange(1440))
        end = start + timedelta(days=3)
        answer = open_minutes(text, zone="Europe/Berlin", country="DE", start=start, end=end)
        covered = {minute for opens, closes in answer for minute in range(opens, closes)}
        first = int(start.timestamp()) // 60
        for minute in range(first, first + 3 * 1440, 7):
            instant = datetime.fromtimestamp(minute * 60, UTC)
            assert (minute in covered) is is_open_plainly(rules, instant), (text, instant)
        cases += 1
    assert cases == 600


@pytest.mark.parametrize(
    ("zone", "around"),
    [
        ("America/New_York", "2026-03-08T07:00"), ("America/New_York", "2026-11-01T06:00"),
        ("Australia/Lord_Howe", "2026-04-04T15:00"), ("Australia/Lord_Howe", "2026-10-03T15:30"),
        ("Africa/Cairo", "2026-04-23T22:00"), ("America/Santiago", "2026-04-05T03:00"),
        ("America/Santiago", "2026-09-06T04:00"), ("America/Havana", "2026-11-01T05:00"),
        ("Africa/Casablanca", "2026-02-15T02:00"), ("Africa/Casablanca", "2026-03-22T02:00"),
        ("Pacific/Chatham", "2026-04-04T14:00"), ("Antarctica/Troll", "2026-03-29T01:00"),
    ],
)  # fmt: skip
def test_generated_hours_agree_minute_by_minute_where_clocks_change_otherwise(zone, around):
    rng = random.Random(zone + around)
    start = datetime.fromisoformat(around).replace(tzinfo=UTC) - timedelta(hours=8)
    for _ in range(25):
        text = generated_text(rng).replace("PH", "Mo")
        rules = read_plainly(text)
        answer = open_minutes(text, zone=zone, country="", start=start, end=start + timedelta(hours=16))
        covered = {minute for opens, closes in answer for minute in range(opens, closes)}
        first = int(start.timestamp()) // 60
        expected = {
            minute
            for minute in range(first, first + 16 * 60)
            if is_open_plainly(rules, datetime.fromtimestamp(minute * 60, UTC), ZoneInfo(zone))
        }
        assert covered == expected, text


@pytest.fixture(scope="module")
def munich_texts(shared_data):
    with gzip.open(shared_data / "munich_osm_merchants.geojson.gz") as file:
        features = json.load(file)["features"]
    return [text for feature in features if (text := feature["properties"].get("opening_hours"))]


@pytest.mark.shared_data
def test_munich_hours_that_are_refused_are_those_that_the_grammar_refuses(munich_texts):
    refused = 0
    for text in munich_texts:
        try:
            parse_hours(text)
        except InvalidParameter:
            refused += 1
            with pytest.raises(Exception, match="Failed to parse"):
                OpeningHours(" ".join(text.split()))
    assert (len(munich_texts), refused) == (5524, 99)


@pytest.mark.shared_data
def test_munich_intervals_instants_and_second_opinion_agree(munich_texts):
    """Every place with hours at 60 instants: the intervals, the state at the instant, and the plain reading."""
    instants = telling_instants()
    compared = plainly = 0
    for text, places in Counter(munich_texts).items():
        try:
            parse_hours(text)
        except InvalidParameter:
            continue
        rules = read_plainly(text)
        spans = [
            span
            for start, end in windows(instants)
            for span in open_minutes(text, zone="Europe/Berlin", country="DE", start=start, end=end)
        ]
        for instant in instants:
            minute = int(instant.timestamp()) // 60
            within = any(opens <= minute < closes for opens, closes in spans)
            assert is_open(text, zone="Europe/Berlin", country="DE", at=instant) is within, (text, instant)
            compared += places
            if rules is not None:
                assert is_open_plainly(rules, instant) is within, (text, instant)
                plainly += places
    assert compared == 5425 * 60
    assert plainly > 250_000


@pytest.mark.shared_data
def test_munich_differs_from_the_package_only_where_the_promise_does(munich_texts):
    """Where the text is evaluated as written, the package's state at the time on the wall is our state."""
    instants = telling_instants()
    same = different = 0
    for text in sorted(set(munich_texts)):
        try:
            hours = parse_hours(text)
        except InvalidParameter:
            continue
        plain = OpeningHours(hours.text, country="DE", auto_country=False, auto_timezone=False)
        if hours.own != hours.text or hours.after_midnight:
            different += 1
            continue
        same += 1
        for instant in instants[::2]:
            local = instant.astimezone(BERLIN).replace(tzinfo=None)
            state = {State.OPEN: "open", State.CLOSED: "closed", State.UNKNOWN: "unknown"}[plain.state(local)[0]]
            assert status_at(
                text, zone="Europe/Berlin", country="DE", at=instant, horizon=timedelta(minutes=1)
            ).state == state, (text, instant)  # fmt: skip
    assert (same, different) == (3063, 692)


DATES = [
    "", "Mo-Fr", "Sa,PH", "PH", "Fr[1]", "Su[-1]", "Jan-Mar", "Dec 24", "Dec 31", "Nov 15-Feb 28", "week 01-53/2",
    "week 53 Th", "easter", "easter -2 days", "2026", "2026 Dec 31", "Feb 29", "Mar Su[-1]-Oct Su[-1]", "Mo[1] +1 day",
    "PH +1 day", "Sep-Apr Fr-Sa", "2027 Jan 01",
]  # fmt: skip


@pytest.mark.parametrize("dates", DATES)
@pytest.mark.parametrize("times", ["22:00-02:00", "10:00-12:00,18:00-27:30", "06:00-06:00", "23:00-00:30 unknown"])
def test_one_rule_alone_runs_over_midnight_as_the_package_reads_it(dates, times):
    """The split at midnight changes nothing where no other rule interferes, whatever chooses the days."""
    text = f"{dates} {times}".strip()
    hours = parse_hours(text)
    assert hours.after_midnight is not None
    plain = Rules(OpeningHours(hours.text, country="DE", auto_country=False, auto_timezone=False), None)
    ours = rules_for(text, zone="Europe/Berlin", country="DE")
    first = date(2026, 10, 1).toordinal()
    assert list(local_spans(ours, first, first + 500)) == list(local_spans(plain, first, first + 500))
