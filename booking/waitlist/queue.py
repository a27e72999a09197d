"""The queue of a service: one at a time joins it or is offered from it, and everybody may see where they stand."""

from __future__ import annotations

from uuid import UUID

from django.db import connection
from django.db.models import Q
from django.utils.crypto import constant_time_compare

from booking.tokens import link_token, token_hash
from booking.waitlist.models import Entry
from config.errors import NotFound


def lock_queue(service_id: UUID) -> None:
    """To the end of the transaction. Who joins waits for who offers, so that the order of the times at which they
    joined is the order in which they are seen.
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 8))", [f"waitlist:{service_id}"])


def entry_of(entry_id: UUID, token: str) -> Entry:
    """The entry that the token is for: the one it was joined with, or the one in our letters' links.

    NotFound alike for an unknown id and for another's token.
    """
    mine = Entry.objects.select_related("service__branch", "service__deal", "offer").filter(id=entry_id)
    if not constant_time_compare(token, link_token(entry_id)):
        mine = mine.filter(token_hash=token_hash(token))
    entry = mine.first()
    if entry is None:
        raise NotFound("There is no entry of this id and token.")
    return entry


def place_of(entry: Entry) -> int | None:
    """1: nobody who joined before waits for a start in the same window; None where the entry does not wait.

    A smaller party behind may be served first where the larger one does not fit.
    """
    if entry.state != Entry.State.WAITING:
        return None
    before = Q(joined_at__lt=entry.joined_at) | Q(joined_at=entry.joined_at, id__lt=entry.id)
    same_window = Q(starts_from__lt=entry.starts_until, starts_until__gt=entry.starts_from)
    ahead = Entry.objects.filter(before, same_window, service=entry.service_id, state=Entry.State.WAITING)
    return ahead.count() + 1
