"""When a place is open: opening hours → UTC intervals. Pure.

The promise, the DST definition and the limits are told in docs/hours.md. Grammar, holidays and sun times are the
`opening_hours` package's; it is used so that what was measured to go wrong in it cannot:

* `next_change()` and unbounded `intervals()` search to the year 9999, seconds for eight bytes of text: never called;
* `intervals()` over several days skips days after a `||` rule, while `state()` is right: asked one day at a time;
* it takes only the second occurrence of an ambiguous local time: it is asked in local time, and the local answer is
  carried to UTC here, so an instant is open exactly when the clock on the wall shows an open time;
* sun times are silently 07:00-19:00 unless coordinates, a zone and `auto_timezone` are all given;
* blank text comes back as always open, lower-case country codes are refused: normalised first.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from functools import lru_cache
from typing import Literal, NamedTuple
from zoneinfo import ZoneInfo

from opening_hours import OpeningHours, State, UnknownCountryError  # type: ignore[attr-defined] # missing from its stub

from config.errors import InvalidParameter
from geo.types import Point
from listings.hours_text import NOTHING_FROM_MINUTE, Hours, parse_hours

__all__ = [
    "DAY_MINUTES",
    "EPOCH_ORDINAL",
    "FIRST_YEAR",
    "LAST_YEAR",
    "WINDOW_LIMIT_DAYS",
    "Hours",
    "HoursState",
    "LocalSpan",
    "Status",
    "is_holiday",
    "is_open",
    "knows_holidays",
    "local_spans",
    "open_intervals",
    "open_minutes",
    "parse_hours",
    "rules_for",
    "state_at",
    "status_at",
    "zone_of",
]

WINDOW_LIMIT_DAYS = 32
FIRST_YEAR, LAST_YEAR = 2001, 2075
"""The holiday calendars are filled from 2000 to 2076: a year of margin at each end."""

HoursState = Literal["open", "closed", "unknown"]
_STATES: dict[object, HoursState] = {State.OPEN: "open", State.CLOSED: "closed", State.UNKNOWN: "unknown"}

DAY_MINUTES = 1440
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
EPOCH_ORDINAL = date(1970, 1, 1).toordinal()
_MINUTE = timedelta(minutes=1)

_COUNTRY_CODE = re.compile(r"[A-Z]{2}")


class LocalSpan(NamedTuple):
    """A stretch of one state in local wall-clock minutes since 1970-01-01T00:00 local, half-open."""

    start_minute: int
    end_minute: int
    state: HoursState
    comment: str


def zone_of(zone: str) -> ZoneInfo:
    """The IANA zone of that name, or InvalidParameter on `time_zone`."""
    try:
        return ZoneInfo(zone)
    except (KeyError, ValueError, OSError):  # not found, not a key, a folder of the zone database
        raise InvalidParameter("time_zone", f"“{zone[:64]}” is not an IANA time zone.") from None


def knows_holidays(country: str) -> bool:
    """Whether `PH` rules have a calendar for this ISO 3166-1 alpha-2 code; without one they never apply."""
    return _holiday_country(country) is not None


@lru_cache(maxsize=512)
def _holiday_country(country: str) -> str | None:
    code = country.upper()
    if not _COUNTRY_CODE.fullmatch(code):
        return None
    try:
        OpeningHours("PH", country=code, auto_country=False, auto_timezone=False)
    except UnknownCountryError:
        return None
    return code


def is_holiday(day: date, *, country: str) -> bool:
    """Whether `day` is a public holiday of the whole country; False where no calendar is known."""
    midnight = datetime.combine(day, datetime.min.time())
    return knows_holidays(country) and _evaluator("PH", country, "", None).is_open(midnight)


@lru_cache(maxsize=2048)
def _evaluator(text: str, country: str, sun_zone: str, sun_point: Point | None) -> OpeningHours:
    """Immutable and shared between threads. The zone and the position are given only where sun times are asked."""
    holidays = _holiday_country(country)
    if sun_point is None:
        return OpeningHours(text, country=holidays, auto_country=False, auto_timezone=False)
    try:
        return OpeningHours(
            text,
            timezone=ZoneInfo(sun_zone),
            country=holidays,
            coords=(sun_point.lat, sun_point.lon),
            auto_country=False,
            auto_timezone=True,  # without it the coordinates are ignored; the zone given wins over the one found
        )
    except TypeError:  # a zone outside the evaluator's own table, such as "Factory"
        raise InvalidParameter("time_zone", f"Sun times are not known in the time zone “{sun_zone}”.") from None


class Rules(NamedTuple):
    """Opening hours ready to be asked about days."""

    own: OpeningHours
    after_midnight: OpeningHours | None


def rules_for(hours_text: str, *, zone: str, country: str, point: Point | None = None) -> Rules:
    """Raises InvalidParameter on the text."""
    hours = parse_hours(hours_text)
    sun_zone, sun_point = (zone, point) if hours.uses_sun else ("", None)
    return Rules(
        _evaluator(hours.own, country, sun_zone, sun_point),
        None if hours.after_midnight is None else _evaluator(hours.after_midnight, country, "", None),
    )


def local_spans(rules: Rules, first_ordinal: int, last_ordinal: int) -> Iterator[LocalSpan]:
    """Spans of open and unknown (never closed) on the local days from first to last, in order, joined over midnight.

    Days are proleptic ordinals (`date.toordinal`).
    """
    held: LocalSpan | None = None
    for ordinal in range(first_ordinal, last_ordinal + 1):
        spans = list(_spans_of_day(rules.own, ordinal, ordinal))
        if rules.after_midnight:
            night = list(_spans_of_day(rules.after_midnight, ordinal - 1, ordinal))
            nothing_from = (ordinal - EPOCH_ORDINAL) * DAY_MINUTES + NOTHING_FROM_MINUTE
            spans = _overlaid(spans, [span for span in night if span.end_minute < nothing_from])
        for span in spans:
            if held and held.end_minute == span.start_minute and _same(held, span):
                held = LocalSpan(held.start_minute, span.end_minute, span.state, span.comment)
                continue
            if held:
                yield held
            held = span
    if held:
        yield held


def _spans_of_day(evaluator: OpeningHours, asked_ordinal: int, shown_ordinal: int) -> Iterator[LocalSpan]:
    """The spans that the evaluator tells for one day, placed on another."""
    midnight = (shown_ordinal - EPOCH_ORDINAL) * DAY_MINUTES
    day = datetime.fromordinal(asked_ordinal)  # local wall-clock time; _utc_spans applies the zone
    for start, end, library_state, comment in evaluator.intervals(day, day + timedelta(days=1)):
        state = _STATES[library_state]
        # A time inside a spring gap comes back moved to the gap's end: no instant shows it, so nothing is lost.
        start_minute = start.hour * 60 + start.minute
        end_minute = end.hour * 60 + end.minute if end.day == day.day else DAY_MINUTES
        if state != "closed" and start_minute < end_minute:
            yield LocalSpan(midnight + start_minute, midnight + end_minute, state, comment)


def _overlaid(day: list[LocalSpan], night: list[LocalSpan]) -> list[LocalSpan]:
    """The day and what runs on from the night before: open before unknown, the day before the night."""
    filled: list[LocalSpan] = []
    for state in ("open", "unknown"):
        for spans in (day, night):
            filled = _filled(filled, [span for span in spans if span.state == state])
    return filled


def _filled(spans: list[LocalSpan], fillers: list[LocalSpan]) -> list[LocalSpan]:
    """`spans` with `fillers` in their gaps, in order. Each list is sorted and disjoint."""
    filled = list(spans)
    for filler in fillers:
        start = filler.start_minute
        for span in spans:
            if start < span.start_minute and start < filler.end_minute:
                end = min(span.start_minute, filler.end_minute)
                filled.append(LocalSpan(start, end, filler.state, filler.comment))
            start = max(start, span.end_minute)
        if start < filler.end_minute:
            filled.append(LocalSpan(start, filler.end_minute, filler.state, filler.comment))
    return sorted(filled, key=lambda span: span.start_minute)


@lru_cache(maxsize=1024)
def offset_pieces(zone: str, start_minute: int, end_minute: int) -> tuple[tuple[int, int, int], ...]:
    """The window cut where the zone's UTC offset changes: (start, end, offset) in UTC minutes, in order."""
    tz = zone_of(zone)

    def offset(minute: int) -> int:
        shift = (_EPOCH + minute * _MINUTE).astimezone(tz).utcoffset()
        return 0 if shift is None else shift // _MINUTE

    pieces: list[tuple[int, int, int]] = []
    piece_start, here = start_minute, offset(start_minute)
    low = start_minute
    while low < end_minute:
        high = min(low + DAY_MINUTES, end_minute)  # no zone changes twice within a day
        if (then := offset(high)) != here:
            while high - low > 1:
                middle = (low + high) // 2
                low, high = (middle, high) if offset(middle) == here else (low, middle)
            pieces.append((piece_start, high, here))
            piece_start, here = high, then
        low = high
    if piece_start < end_minute:
        pieces.append((piece_start, end_minute, here))
    return tuple(pieces)


def _utc_minute(instant: datetime, parameter: str) -> int:
    """Whole minutes since the epoch, rounded down."""
    if instant.tzinfo is None:
        raise InvalidParameter(parameter, "An instant needs its UTC offset.")
    if not FIRST_YEAR <= instant.year <= LAST_YEAR:
        limit = f"{FIRST_YEAR}-{LAST_YEAR}"
        raise InvalidParameter(parameter, f"Hours are told for the years {limit}.", limit=limit)
    return (instant - _EPOCH) // _MINUTE


def _window(start: datetime, end: datetime) -> tuple[int, int]:
    """The window in whole UTC minutes, rounded outwards."""
    start_minute, end_minute = _utc_minute(start, "start"), _utc_minute(end, "end")
    if end > _EPOCH + end_minute * _MINUTE:
        end_minute += 1
    if end_minute - start_minute > WINDOW_LIMIT_DAYS * DAY_MINUTES:
        limit = f"{WINDOW_LIMIT_DAYS} days"
        raise InvalidParameter("end", f"Hours are told for at most {limit} at a time.", limit=limit)
    return start_minute, end_minute


def _utc_spans(
    hours_text: str, *, zone: str, country: str, point: Point | None, start_minute: int, end_minute: int
) -> list[LocalSpan]:
    """Open and unknown spans of the window, in UTC minutes, sorted and joined."""
    zone_of(zone)
    rules = rules_for(hours_text, zone=zone, country=country, point=point)
    joined: list[LocalSpan] = []
    for piece_start, piece_end, offset in offset_pieces(zone, start_minute, end_minute):
        first_ordinal = (piece_start + offset) // DAY_MINUTES + EPOCH_ORDINAL
        last_ordinal = (piece_end + offset - 1) // DAY_MINUTES + EPOCH_ORDINAL
        for span in local_spans(rules, first_ordinal, last_ordinal):
            start = max(span.start_minute - offset, piece_start)
            end = min(span.end_minute - offset, piece_end)
            if start >= end:
                continue
            previous = joined[-1] if joined else None
            if previous and previous.end_minute == start and _same(previous, span):
                start = joined.pop().start_minute
            joined.append(LocalSpan(start, end, span.state, span.comment))
    return joined


def _same(one: LocalSpan, other: LocalSpan) -> bool:
    return (one.state, one.comment) == (other.state, other.comment)


def open_minutes(
    hours_text: str, *, zone: str, country: str, point: Point | None = None, start: datetime, end: datetime
) -> tuple[tuple[int, int], ...]:
    """Open times as half-open, sorted, disjoint intervals in whole minutes since the Unix epoch.

    `start` and `end` are instants with an offset, at most 32 days apart; the window is widened to whole minutes.
    `unknown` is not open. `point` is needed for sunrise and its kind (07:00-19:00 without). A country without a
    holiday calendar has no public holidays. Raises InvalidParameter on the text, the zone or the window.
    """
    merged: list[tuple[int, int]] = []
    start_minute, end_minute = _window(start, end)
    for span in _utc_spans(
        hours_text, zone=zone, country=country, point=point, start_minute=start_minute, end_minute=end_minute
    ):
        if span.state != "open":
            continue
        if merged and merged[-1][1] == span.start_minute:  # another comment, still open
            merged[-1] = (merged[-1][0], span.end_minute)
        else:
            merged.append((span.start_minute, span.end_minute))
    return tuple(merged)


def open_intervals(
    hours_text: str, *, zone: str, country: str, point: Point | None = None, start: datetime, end: datetime
) -> tuple[tuple[datetime, datetime], ...]:
    """`open_minutes` as UTC instants, cut to exactly [start, end)."""
    minutes = open_minutes(hours_text, zone=zone, country=country, point=point, start=start, end=end)
    start, end = start.astimezone(UTC), end.astimezone(UTC)
    return tuple(
        (max(_EPOCH + opens * _MINUTE, start), min(_EPOCH + closes * _MINUTE, end)) for opens, closes in minutes
    )


@dataclass(frozen=True, slots=True)
class Status:
    """The state at an instant and the next change of it within the horizon (None: none there)."""

    state: HoursState
    comment: str
    changes_at: datetime | None
    changes_to: HoursState | None


def status_at(
    hours_text: str,
    *,
    zone: str,
    country: str,
    at: datetime,
    point: Point | None = None,
    horizon: timedelta = timedelta(days=8),
) -> Status:
    """Open, closed or unknown at `at`, with what comes next within `horizon` (at most 31 days)."""
    at_minute, end_minute = _window(at, at + horizon)
    spans = _utc_spans(
        hours_text, zone=zone, country=country, point=point, start_minute=at_minute, end_minute=end_minute
    )
    state, comment = _state_at(spans, at_minute)
    for minute in _boundaries(spans, at_minute, end_minute):
        following, _ = _state_at(spans, minute)
        if following != state:
            return Status(state, comment, _EPOCH + minute * _MINUTE, following)
    return Status(state, comment, None, None)


def _state_at(spans: list[LocalSpan], minute: int) -> tuple[HoursState, str]:
    for span in spans:
        if span.start_minute <= minute < span.end_minute:
            return span.state, span.comment
    return "closed", ""


def _boundaries(spans: list[LocalSpan], after: int, before: int) -> list[int]:
    edges = {edge for span in spans for edge in (span.start_minute, span.end_minute)}
    return sorted(edge for edge in edges if after < edge < before)


def state_at(hours_text: str, *, zone: str, country: str, at: datetime, point: Point | None = None) -> HoursState:
    """Open, closed or unknown at `at`: as `status_at`, without looking ahead."""
    minute = _utc_minute(at, "at")
    spans = _utc_spans(hours_text, zone=zone, country=country, point=point, start_minute=minute, end_minute=minute + 1)
    return spans[0].state if spans else "closed"


def is_open(hours_text: str, *, zone: str, country: str, at: datetime, point: Point | None = None) -> bool:
    """Whether the place is open at `at`: the same answer as `open_intervals` over any window that holds it."""
    return state_at(hours_text, zone=zone, country=country, at=at, point=point) == "open"
