"""The states of an entry of the waitlist and which may follow which. Pure: PostgreSQL holds to it by trigger."""

from __future__ import annotations

TRANSITIONS = [
    ("waiting", "offered"),
    ("waiting", "left"),
    ("waiting", "ended"),
    ("offered", "booked"),
    ("offered", "waiting"),  # the offer lapsed or was declined
    ("offered", "ended"),  # and it was the last one
]
LIVE = ("waiting", "offered")
WINDOW_PAST = "window_past"
OFFERS_USED = "offers_used"
