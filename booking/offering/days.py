"""A day out of the ordinary of a service: closed, or open at other times. What is booked then is told, not cancelled.

Each is one transaction and writes its entry of the record. Callers have asked listings/access.py whether they may.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

from django.db import transaction
from django.db.models import Q
from django.db.models.functions import Now

from accounts.models import User
from booking.models import Booking, Service
from booking.offering.services import audit_service, locked_service
from booking.schedule import MAX_EXCEPTIONS, starts_between
from booking.selectors import schedule_of
from booking.states import TAKING, UNPAID
from config.errors import InvalidParameter, NotFound

MAX_BOOKED = 200
_A_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Booked:
    """`fits` False: the service would not start then any more."""

    booking: Booking
    fits: bool


@dataclass(frozen=True, slots=True)
class DayChanged:
    """`spans` None: the day is as any of its kind. `booked`: the first MAX_BOOKED of `total`, in order."""

    service: Service
    day: date
    spans: list[list[int]] | None
    total: int
    booked: list[Booked]


def set_day(*, service_id: UUID, day: date, spans: list[list[int]], by: User | str, now: datetime) -> DayChanged:
    """Open at these spans on the day, and at no other; none: closed. InvalidParameter where there are too many days.

    Days that are over are forgotten on the way.
    """
    with transaction.atomic():
        service = locked_service(service_id)
        before = _starts(service, day)
        yesterday = (now.astimezone(ZoneInfo(service.branch.zone)).date() - _A_DAY).isoformat()
        kept = {each: kept for each, kept in service.exceptions.items() if each >= yesterday}
        kept[day.isoformat()] = spans
        if len(kept) > MAX_EXCEPTIONS:
            raise InvalidParameter("date", f"At most {MAX_EXCEPTIONS} days.", limit=MAX_EXCEPTIONS)
        _write(service, kept)
        audit_service(service, "service.day_set", by, day=day.isoformat(), spans=spans)
        return _changed(service, day, spans, before=before)


def forget_day(*, service_id: UUID, day: date, by: User | str) -> DayChanged:
    """As any day of its kind again. NotFound where it is that already."""
    with transaction.atomic():
        service = locked_service(service_id)
        before = _starts(service, day)
        if day.isoformat() not in service.exceptions:
            raise NotFound("The service has no other times on this day.")
        _write(service, {each: spans for each, spans in service.exceptions.items() if each != day.isoformat()})
        audit_service(service, "service.day_forgotten", by, day=day.isoformat())
        return _changed(service, day, None, before=before)


def _write(service: Service, days: dict[str, list[list[int]]]) -> None:
    service.exceptions = dict(sorted(days.items()))
    service.save(update_fields=["exceptions"])


def _window(service: Service, day: date) -> tuple[datetime, datetime, datetime]:
    """The day begins, the next begins, that one ends: a span of the day may run into the next."""
    zone = ZoneInfo(service.branch.zone)
    begins, next_begins, ends = (
        datetime.combine(day + n * _A_DAY, time.min, tzinfo=zone).astimezone(UTC) for n in range(3)
    )
    return begins, next_begins, ends


def _starts(service: Service, day: date) -> set[datetime]:
    begins, _, ends = _window(service, day)
    return set(starts_between(schedule_of(service), begins, ends))


def _changed(service: Service, day: date, spans: list[list[int]] | None, *, before: set[datetime]) -> DayChanged:
    """What is booked on the day, and in the night after it what fitted before and does not any more."""
    begins, next_begins, ends = _window(service, day)
    after = _starts(service, day)
    live = Booking.objects.filter(service=service, state__in=TAKING, starts_at__gte=begins, starts_at__lt=ends)
    found = [
        Booked(booking, booking.starts_at in after)
        for booking in live.exclude(Q(state__in=UNPAID, expires_at__lte=Now())).order_by("starts_at", "id")
        if booking.starts_at is not None and (booking.starts_at < next_begins or booking.starts_at in before - after)
    ]
    return DayChanged(service, day, spans, len(found), found[:MAX_BOOKED])
