"""The week on the door: opening hours as local times, day by day, for display. Pure.

Local wall-clock times, untouched by changes of the clock: what is printed is what the merchant wrote.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from config.errors import InvalidParameter
from geo.types import Point
from listings.hours import (
    DAY_MINUTES,
    EPOCH_ORDINAL,
    FIRST_YEAR,
    LAST_YEAR,
    HoursState,
    LocalSpan,
    is_holiday,
    local_spans,
    rules_for,
    zone_of,
)

TABLE_DAYS = 7


@dataclass(frozen=True, slots=True)
class DaySpan:
    """Minutes of the local day. `closes_minute` above 1440 is the next morning: 22:00-02:00 is (1320, 1560)."""

    opens_minute: int
    closes_minute: int
    state: HoursState
    """open or unknown"""
    comment: str


@dataclass(frozen=True, slots=True)
class DayHours:
    """One local date. No spans means closed all day."""

    day: date
    is_holiday: bool
    spans: tuple[DaySpan, ...]


def week_table(
    hours_text: str, *, zone: str, country: str, first_day: date, point: Point | None = None
) -> tuple[DayHours, ...]:
    """Seven days from `first_day`, each with the spans that begin on it.

    A span over midnight that is shorter than 24 hours stands whole on the day it begins; a longer one is cut at each
    midnight, so "24/7" is (0, 1440) every day.

    Raises InvalidParameter on the text, the zone or the date.
    """
    if not FIRST_YEAR <= first_day.year < LAST_YEAR:
        limit = f"{FIRST_YEAR}-{LAST_YEAR - 1}"
        raise InvalidParameter("first_day", f"Hours are told for the years {limit}.", limit=limit)
    zone_of(zone)
    rules = rules_for(hours_text, zone=zone, country=country, point=point)
    first = first_day.toordinal()
    days: dict[int, list[DaySpan]] = {first + index: [] for index in range(TABLE_DAYS)}
    # A day more at each end is enough to see whether a span over midnight reaches 24 hours.
    for span in local_spans(rules, first - 1, first + TABLE_DAYS):
        for ordinal, day_span in _by_day(span):
            if ordinal in days:
                days[ordinal].append(day_span)
    return tuple(
        DayHours(date.fromordinal(ordinal), is_holiday(date.fromordinal(ordinal), country=country), tuple(spans))
        for ordinal, spans in days.items()
    )


def _by_day(span: LocalSpan) -> Iterator[tuple[int, DaySpan]]:
    """The span cut to days: (ordinal, span of that day)."""
    start, last = span.start_minute, span.end_minute
    while start < last:
        day, minute = divmod(start, DAY_MINUTES)
        end = last if span.end_minute - span.start_minute < DAY_MINUTES else min(last, (day + 1) * DAY_MINUTES)
        yield day + EPOCH_ORDINAL, DaySpan(minute, end - day * DAY_MINUTES, span.state, span.comment)
        start = end
