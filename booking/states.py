"""The states of a booking and which may follow which. Pure: PostgreSQL holds to the same table by trigger."""

from __future__ import annotations

TRANSITIONS = [
    ("held", "awaiting_payment"),
    ("held", "confirmed"),  # nothing is due
    ("held", "cancelled"),
    ("held", "expired"),
    ("awaiting_payment", "confirmed"),
    ("awaiting_payment", "cancelled"),
    ("awaiting_payment", "expired"),
    ("confirmed", "fulfilled"),
    ("confirmed", "cancelled"),
    ("confirmed", "no_show"),
]
TAKING = ("held", "awaiting_payment", "confirmed", "fulfilled", "no_show")
"""The states in which a booking takes its units."""
GIVEN_BACK = ("cancelled", "expired")
UNPAID = ("held", "awaiting_payment")
"""The states that end by themselves at `expires_at`."""
