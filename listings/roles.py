"""What each role at a merchant may do: one table. Pure.

>>> may("staff", Action.SEE), may("staff", Action.MANAGE_AREAS), may("manager", Action.MANAGE_AREAS)
(True, False, True)
"""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum


class Role(StrEnum):
    OWNER = "owner"
    MANAGER = "manager"
    STAFF = "staff"


class Action(StrEnum):
    SEE = "see"
    """The merchant's own things: its branches, areas, drafts and history."""
    REPORT_POSITION = "report_position"
    """Where a mobile branch is."""
    MANAGE_AREAS = "manage_areas"
    """Draw, edit, publish, roll back and retire service areas."""
    MANAGE_SERVICES = "manage_services"
    """Offer, change and stop offering what can be booked, its resources, days out of the ordinary, stock and caps."""
    HANDLE_BOOKINGS = "handle_bookings"
    """Who comes when, with their name, note and (at home) address; say that they came, or did not."""
    SEE_CONTACTS = "see_contacts"
    """The e-mail address and the telephone number of who has booked."""
    CANCEL_BOOKINGS = "cancel_bookings"
    """Call a booking off: all that was paid goes back."""
    SEE_MEMBERS = "see_members"
    """Who belongs to the merchant, who is invited, and who did what."""
    MANAGE_MEMBERS = "manage_members"
    """Invite, change roles, remove."""


ALLOWED: Mapping[Role, frozenset[Action]] = {
    Role.STAFF: frozenset({Action.SEE, Action.REPORT_POSITION, Action.HANDLE_BOOKINGS}),
    Role.MANAGER: frozenset(
        {
            Action.SEE,
            Action.REPORT_POSITION,
            Action.MANAGE_AREAS,
            Action.MANAGE_SERVICES,
            Action.HANDLE_BOOKINGS,
            Action.SEE_CONTACTS,
            Action.CANCEL_BOOKINGS,
            Action.SEE_MEMBERS,
        }
    ),
    Role.OWNER: frozenset(Action),
}


def may(role: str, action: Action) -> bool:
    """ValueError for a role outside the table."""
    return action in ALLOWED[Role(role)]
