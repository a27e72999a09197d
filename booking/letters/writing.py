"""A letter from its booking: subject, text and, where there is a time, the calendar file."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID
from zoneinfo import ZoneInfo

from babel.dates import format_date, format_time
from django.conf import settings

from booking.letters.calendar import Appointment, calendar_file
from booking.letters.models import Letter
from booking.letters.texts import ADDRESS, BODIES, SUBJECTS, language_of
from booking.models import Booking
from booking.states import UNPAID
from booking.tokens import link_token
from config.money import money

_DOT = re.compile(r"([.\u3002\uff0e\uff61])(?=\S)")
_BABEL = {"en": "en_GB", "zh-Hans": "zh_Hans"}


@dataclass(frozen=True, slots=True)
class Written:
    subject: str
    text: str
    calendar: str | None


def written(letter: Letter, *, now: datetime) -> Written:
    """As it is to be sent now. Needs booking, branch and event at hand."""
    booking = letter.booking
    language = language_of(booking.language)
    said = letter.event.data
    return Written(
        subject=_one_line(SUBJECTS[language][letter.kind].format_map({"title": booking.title})),
        text=BODIES[language][letter.kind].format_map(
            {
                "name": booking.name,
                "facts": _facts(booking, language),
                "link": link_to(booking),
                "list_link": _list_link(letter.event.entry_id),
                "until": _until(booking, language),
                "all_link": f"{settings.BASE_URL}/bookings",
                "amount": money(
                    said.get("captured_minor", said.get("amount_minor", 0)), said.get("currency", booking.currency),
                    _BABEL[language],
                ),
            }
        ),
        calendar=None if letter.kind not in {"confirmed", "moved", "cancelled"} else calendar_of(booking, now=now),
    )  # fmt: skip


def link_to(booking: Booking) -> str:
    """Where the booking is seen by who has this address. The token follows a #, so no server's log holds it."""
    return f"{settings.BASE_URL}/bookings/{booking.id}#token={link_token(booking.id)}"


def unlinked(text: str) -> str:
    """A guest's own words for a letter: no mail program makes a link of them. Whoever books for another's e-mail
    address would have us send it there.

    >>> unlinked("Katu 5.krs, see https://example.org/x")
    'Katu 5. krs, see https: //example. org/x'
    """
    return _DOT.sub(r"\1 ", text).replace("://", ": //")


def is_past(letter: Letter, *, now: datetime) -> bool:
    """Whether there is nothing to tell any more: an offer that is over, or was taken."""
    booking = letter.booking
    if letter.kind != "waitlist_offered":
        return False
    return booking.state != Booking.State.HELD or booking.expires_at is None or booking.expires_at <= now


def _list_link(entry_id: UUID | None) -> str:
    """Where an entry of the waitlist is seen and left."""
    return "" if entry_id is None else f"{settings.BASE_URL}/waitlist/{entry_id}#token={link_token(entry_id)}"


def _until(booking: Booking, language: str) -> str:
    """The local time at the place."""
    if booking.expires_at is None:
        return ""
    local = booking.expires_at.astimezone(ZoneInfo(booking.branch.zone))
    return f"{format_time(local.time(), 'HH:mm', locale=_BABEL[language])} ({booking.branch.zone})"


def calendar_of(booking: Booking, *, now: datetime) -> str | None:
    """The .ics of a booking; None for one without a time, and for a hold that lapsed: nothing came of it."""
    has_lapsed = booking.state in UNPAID and booking.expires_at is not None and booking.expires_at <= now
    if booking.starts_at is None or booking.ends_at is None or has_lapsed or booking.state == Booking.State.EXPIRED:
        return None
    return calendar_file(
        Appointment(
            booking_id=booking.id,
            starts_at=booking.starts_at,
            ends_at=booking.ends_at,
            summary=f"{booking.title} · {booking.branch.name}",
            location=unlinked(booking.address) or booking.branch.name,
            url=f"{settings.BASE_URL}/bookings/{booking.id}",
            sequence=booking.events.filter(kind__in=["moved", "cancelled"]).count(),
            is_cancelled=booking.state == Booking.State.CANCELLED,
            is_tentative=booking.state in UNPAID,
        ),
        now=now,
    )


def _facts(booking: Booking, language: str) -> str:
    lines = [booking.title, booking.branch.name]
    if booking.address:
        lines.append(ADDRESS[language].format_map({"address": unlinked(booking.address)}))
    if booking.starts_at is not None:
        local = booking.starts_at.astimezone(ZoneInfo(booking.branch.zone))
        locale = _BABEL[language]
        day = format_date(local.date(), "full", locale=locale)
        lines.append(f"{day} {format_time(local.time(), 'HH:mm', locale=locale)} ({booking.branch.zone})")
    lines.append(money(booking.price_minor, booking.currency, _BABEL[language]))
    return "\n".join(lines)


def _one_line(text: str) -> str:
    """A subject cannot hold a line break: it would begin another header."""
    return " ".join(text.split())[:180]
