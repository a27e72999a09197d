"""Epochs kept readable for work that takes longer than the projection remembers, by leases renewed on the way."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager

from django.db import connection, transaction

from search.models import Epoch, Lease

LEASE_SECONDS = 120
"""Far more than the work between two renewals; a holder that dies keeps nothing for longer."""


class EpochForgotten(RuntimeError):
    """The projection no longer holds what was being read: begin again at a newer epoch."""


@contextmanager
def leased(epoch: int) -> Iterator[Callable[[], None]]:
    """Keeps `epoch` from being forgotten; gives what must be called again and again meanwhile.

    Raises EpochForgotten, at the beginning or from a renewal that came too late.
    """
    with transaction.atomic():
        Epoch.objects.select_for_update().first()  # forgetting takes the same lock
        with connection.cursor() as cursor:
            cursor.execute(
                "INSERT INTO search_lease (epoch, until) VALUES (%s, clock_timestamp() + make_interval(secs => %s))"
                " RETURNING id",
                [epoch, LEASE_SECONDS],
            )
            lease = cursor.fetchone()[0]

    def renew() -> None:
        with connection.cursor() as cursor:
            cursor.execute(
                "UPDATE search_lease SET until = clock_timestamp() + make_interval(secs => %s) WHERE id = %s",
                [LEASE_SECONDS, lease],
            )
        if Epoch.objects.filter(oldest__gt=epoch).exists():
            raise EpochForgotten(f"Epoch {epoch} is held no more.")

    try:
        renew()
        yield renew
        renew()
    finally:
        Lease.objects.filter(id=lease).delete()
