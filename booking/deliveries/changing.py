"""A merchant says how many deliveries a branch takes on, in one transaction with the record of who said it.

Callers have asked listings/access.py whether they may. Deliveries that were taken on stay.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import transaction

from accounts.models import User
from booking.deliveries.capacity import Load, loads
from booking.deliveries.models import DEFAULT_WITHIN_MINUTES, MAX_DELIVERIES, MAX_WITHIN_MINUTES, DeliveryCapacity
from booking.offering.presentation import tag_of
from booking.offering.refusals import LimitsChanged
from config.api.bodies import read_object
from config.errors import InvalidParameter
from listings.models import Branch
from listings.staff.audit import audit

Said = dict[str, Any]
"""`most` and `within_minutes`; None and None where the branch takes on as many as come."""


def parse_capacity(data: object) -> Said:
    """What a body says; `within_minutes` is 60 where it says nothing. InvalidParameter, UnknownParameter."""
    given = read_object(data, known=("most", "within_minutes"))
    if "most" not in given:
        raise InvalidParameter(
            "most", "Say how many at most, or null for as many as come.", limit=f"0..{MAX_DELIVERIES}"
        )
    if given["most"] is None:
        if given.get("within_minutes") is not None:
            raise InvalidParameter("within_minutes", "Without a limit there is nothing to count: leave it out.")
        return said_of(None)
    return {
        "most": _whole(given["most"], "most", 0, MAX_DELIVERIES),
        "within_minutes": _whole(
            given.get("within_minutes", DEFAULT_WITHIN_MINUTES), "within_minutes", 1, MAX_WITHIN_MINUTES
        ),
    }


def _whole(value: object, name: str, least: int, most: int) -> int:
    if type(value) is not int or not least <= value <= most:
        raise InvalidParameter(name, f"A whole number is expected, {least}..{most}.", limit=f"{least}..{most}")
    return value


def said_of(kept: DeliveryCapacity | Load | None) -> Said:
    if kept is None:
        return {"most": None, "within_minutes": None}
    return {"most": kept.most, "within_minutes": kept.within_minutes}


def capacity_data(branch_id: UUID, *, at: datetime) -> dict[str, Any]:
    """What the branch takes on and what of it is taken, with the tag of what was said."""
    load = loads([branch_id], at=at).get(branch_id)
    return {
        "branch_id": str(branch_id),
        **said_of(load),
        "taken": None if load is None else load.taken,
        "left": None if load is None else load.left,
        "etag": _tag(branch_id, said_of(load)),
    }


def change_capacity(*, branch_id: UUID, said: Mapping[str, Any], expected: str, by: User | str) -> None:
    """LimitsChanged where somebody else wrote meanwhile. Whoever is just taking a delivery is waited for."""
    with transaction.atomic():
        branch = Branch.objects.select_for_update(no_key=True).get(id=branch_id)
        kept = DeliveryCapacity.objects.select_for_update(no_key=True).filter(branch=branch).first()
        before = said_of(kept)
        if expected not in ("*", _tag(branch_id, before)):
            raise LimitsChanged("Read them again, and send their ETag in If-Match.", etag=_tag(branch_id, before))
        if said == before:
            return
        if said["most"] is None:
            DeliveryCapacity.objects.filter(branch=branch).delete()
        else:
            DeliveryCapacity.objects.update_or_create(branch=branch, defaults=dict(said))
        audit(
            merchant_id=branch.merchant_id,
            by=by,
            action="branch.delivery_capacity_changed",
            subject=f"branch:{branch.id}",
            data={"before": before, "after": dict(said)},
        )


def _tag(branch_id: UUID, said: Mapping[str, Any]) -> str:
    return tag_of({"branch_id": str(branch_id), **said})
