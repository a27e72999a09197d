"""From a week's rules and opening hours to starts. Pure.

A start belongs to the local day on which its span begins, and starts are counted from the span's beginning in steps of
real time: so the same starts come out whatever window is asked. A booking lies within open time from start to end.
Days are those of the branch's zone: a local time that a clock change leaves out does not happen, a span over the hour
that comes twice is an hour longer.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from functools import lru_cache

from config.errors import InvalidParameter
from deals.windows import Minutes, Window, intersection, joined, usable_minutes
from geo.types import Point
from listings.hours import DAY_MINUTES, EPOCH_ORDINAL, offset_pieces
from listings.hours_text import parse_hours
from listings.week_table import TABLE_DAYS, week_table

MAX_SPANS = 42
MAX_EXCEPTIONS = 366
MAX_DAYS = 31
LEAST_LEAD_MINUTES = 1
"""Before a start, whatever its service says: a hold ends when its time begins, and a name must be put to it before."""
_A_MINUTE = timedelta(minutes=1)
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)

Span = tuple[int, int]
"""From and until in minutes of the local day; until may pass 1440 by a day: the next morning."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Schedule:
    """`weekly` None: the opening hours. `exceptions` replace a day's spans, with none where it is closed."""

    zone: str
    country: str = ""
    opening_hours: str = ""
    point: Point | None = None
    weekly: tuple[tuple[int, int, int], ...] | None = None
    exceptions: tuple[tuple[date, tuple[Span, ...]], ...] = ()
    duration_minutes: int
    step_minutes: int
    window: Window | None = None
    """When the deal can be used, at the moment of the start."""


def first_bookable(*, lead_minutes: int, now: datetime) -> datetime:
    """The earliest start that can be held by one who asks now."""
    return now + timedelta(minutes=max(lead_minutes, LEAST_LEAD_MINUTES))


def _parse_span(parameter: str, opens: int, until: int) -> Span:
    if not (0 <= opens < DAY_MINUTES and opens < until <= opens + DAY_MINUTES):
        limit = "0..1439, then at most a day more"
        raise InvalidParameter(parameter, "A span is from minute, until minute of the local day.", limit=limit)
    return opens, until


def parse_weekly(rows: Sequence[Sequence[int]] | None) -> tuple[tuple[int, int, int], ...] | None:
    """[[weekday, from minute, until minute], …] checked and sorted; weekday 1 is Monday. InvalidParameter."""
    if rows is None:
        return None
    if len(rows) > MAX_SPANS:
        raise InvalidParameter("weekly", f"At most {MAX_SPANS} spans a week.", limit=MAX_SPANS)
    made = []
    for row in rows:
        if len(row) != 3 or not 1 <= row[0] <= 7:
            raise InvalidParameter("weekly", "A rule is [weekday 1-7, from minute, until minute].", limit="1..7")
        made.append((row[0], *_parse_span("weekly", row[1], row[2])))
    return tuple(sorted(set(made)))


def parse_exceptions(days: Mapping[str, Sequence[Sequence[int]]]) -> tuple[tuple[date, tuple[Span, ...]], ...]:
    """{"2026-12-24": [[from minute, until minute], …]} checked; no span means closed. InvalidParameter."""
    if len(days) > MAX_EXCEPTIONS:
        raise InvalidParameter("exceptions", f"At most {MAX_EXCEPTIONS} days.", limit=MAX_EXCEPTIONS)
    made: dict[date, tuple[Span, ...]] = {}
    for text, spans in days.items():
        try:
            day = date.fromisoformat(text)
        except ValueError:
            raise InvalidParameter("exceptions", f"{text[:20]!a} is no date such as 2026-12-24.") from None
        made[day] = tuple(sorted(_parse_span("exceptions", *_pair(span)) for span in spans))
    return tuple(sorted(made.items()))


def _pair(span: Sequence[int]) -> Span:
    if len(span) != 2:
        raise InvalidParameter("exceptions", "A span is [from minute, until minute].")
    return span[0], span[1]


def starts_between(schedule: Schedule, start: datetime, end: datetime) -> list[datetime]:
    """Every start within [start, end), in order. The window is at most MAX_DAYS long (InvalidParameter)."""
    if end - start > timedelta(days=MAX_DAYS):
        raise InvalidParameter("until", f"At most {MAX_DAYS} days at a time.", limit=f"{MAX_DAYS} days")
    first, last = _ceiling(start), _ceiling(end)
    if first >= last:
        return []
    # Two days of margin: a span that began yesterday, and one that a booking runs on into.
    low, high = first - 2 * DAY_MINUTES, last + 2 * DAY_MINUTES
    spans = list(_utc_spans(schedule, low, high))
    is_open = joined(spans)
    usable: Minutes = is_open
    if schedule.window is not None:
        usable = usable_minutes(schedule.window, zone=schedule.zone, start_minute=low, end_minute=high)
    fitting = tuple((opens, closes - schedule.duration_minutes + 1) for opens, closes in is_open)
    possible = intersection(intersection(joined(fitting), usable), ((first, last),))
    found: set[int] = set()
    for opens, closes in spans:
        for earliest, end_minute in _touching(possible, opens, closes):
            steps = -((opens - max(opens, earliest)) // schedule.step_minutes)
            found.update(range(opens + steps * schedule.step_minutes, min(closes, end_minute), schedule.step_minutes))
    return [_EPOCH + minute * _A_MINUTE for minute in sorted(found)]


@lru_cache(maxsize=4096)
def is_start(schedule: Schedule, at: datetime) -> bool:
    """Whether a booking may start at this instant."""
    return starts_between(schedule, at, at + timedelta(minutes=1)) == [at]


def _ceiling(instant: datetime) -> int:
    """The first whole minute not before the instant."""
    return -((_EPOCH - instant) // _A_MINUTE)


def _touching(intervals: Minutes, start: int, end: int) -> Minutes:
    """Those that have something of [start, end)."""
    first = bisect_right(intervals, start, key=lambda interval: interval[1])
    return intervals[first : bisect_left(intervals, end, key=lambda interval: interval[0])]


def _utc_spans(schedule: Schedule, low: int, high: int) -> Iterator[tuple[int, int]]:
    """Each day's spans as UTC minutes, in the order of their days."""
    pieces = offset_pieces(schedule.zone, low, high)
    first = (low + pieces[0][2]) // DAY_MINUTES
    last = (high + pieces[-1][2]) // DAY_MINUTES
    for day, (opens, until) in _local_spans(schedule, first, last):
        begins, ends = day * DAY_MINUTES + opens, day * DAY_MINUTES + until
        yield from joined(
            (max(begins - offset, piece_start), min(ends - offset, piece_end))
            for piece_start, piece_end, offset in pieces
        )


def _local_spans(schedule: Schedule, first: int, last: int) -> Iterator[tuple[int, Span]]:
    """(local day since 1970, span) from first to last."""
    exceptions = dict(schedule.exceptions)
    regular = dict(_opening_spans(schedule, first, last)) if schedule.weekly is None else {}
    for day in range(first, last + 1):
        on = date.fromordinal(day + EPOCH_ORDINAL)
        if on in exceptions:
            spans: Sequence[Span] = exceptions[on]
        elif schedule.weekly is not None:
            spans = [(opens, until) for weekday, opens, until in schedule.weekly if weekday == on.isoweekday()]
        else:
            spans = regular.get(day, ())
        for span in spans:
            yield day, span


def _can_be_read(hours_text: str) -> bool:
    """An import may have brought what nobody can read: then no times are known, and nothing can be booked."""
    try:
        parse_hours(hours_text)
    except InvalidParameter:
        return False
    return True


def _opening_spans(schedule: Schedule, first: int, last: int) -> Iterator[tuple[int, Sequence[Span]]]:
    if not schedule.opening_hours or not _can_be_read(schedule.opening_hours):
        return
    for week in range(first, last + 1, TABLE_DAYS):
        table = week_table(
            schedule.opening_hours,
            zone=schedule.zone,
            country=schedule.country,
            first_day=date.fromordinal(week + EPOCH_ORDINAL),
            point=schedule.point,
        )
        for number, row in enumerate(table):
            open_spans = [(span.opens_minute, span.closes_minute) for span in row.spans if span.state == "open"]
            yield week + number, open_spans
