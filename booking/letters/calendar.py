"""A booking as a calendar file (RFC 5545): one event, in UTC, that a later file of the same booking replaces. Pure."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, datetime
from uuid import UUID

_FOLD_OCTETS = 75


@dataclass(frozen=True, slots=True)
class Appointment:
    """`sequence` rises with each change; `url` is where it is looked at and cancelled."""

    booking_id: UUID
    starts_at: datetime
    ends_at: datetime
    summary: str
    location: str
    url: str
    sequence: int
    is_cancelled: bool = False
    is_tentative: bool = False
    """Held, or not paid yet."""


def calendar_file(appointment: Appointment, *, now: datetime) -> str:
    """The text of the .ics file, lines folded at 75 octets and ended by CRLF."""
    lines = [
        "BEGIN:VCALENDAR",
        "VERSION:2.0",
        "PRODID:-//Vicinity//Bookings//EN",
        f"METHOD:{'CANCEL' if appointment.is_cancelled else 'PUBLISH'}",
        "BEGIN:VEVENT",
        f"UID:{appointment.booking_id}@vicinity",
        f"SEQUENCE:{appointment.sequence}",
        f"DTSTAMP:{_utc(now)}",
        f"DTSTART:{_utc(appointment.starts_at)}",
        f"DTEND:{_utc(appointment.ends_at)}",
        f"SUMMARY:{escaped(appointment.summary)}",
        f"LOCATION:{escaped(appointment.location)}",
        f"URL:{appointment.url}",
        f"STATUS:{_status(appointment)}",
        "END:VEVENT",
        "END:VCALENDAR",
    ]
    return "".join(f"{_folded(line)}\r\n" for line in lines)


def _status(appointment: Appointment) -> str:
    if appointment.is_cancelled:
        return "CANCELLED"
    return "TENTATIVE" if appointment.is_tentative else "CONFIRMED"


def escaped(text: str) -> str:
    r"""A TEXT value.

    >>> escaped("Cut; wash, dry")
    'Cut\\; wash\\, dry'
    """
    clean = re.sub(r"[\x00-\x09\x0b-\x1f\x7f]", " ", text.replace("\r\n", "\n"))
    return re.sub(r"([\\;,])", r"\\\1", clean).replace("\n", "\\n")


def _utc(at: datetime) -> str:
    return at.astimezone(UTC).strftime("%Y%m%dT%H%M%SZ")


def _folded(line: str) -> str:
    """At most 75 octets a line, no character torn apart."""
    out, room = [], _FOLD_OCTETS
    for character in line:
        size = len(character.encode())
        if size > room:
            out.append("\r\n ")
            room = _FOLD_OCTETS - 1
        out.append(character)
        room -= size
    return "".join(out)
