"""The record of who did what: written in the transaction of the deed, or not at all."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from django.db import connection

from accounts.models import User
from listings.changes import OutsideTransaction
from listings.staff.models import AuditEntry


def audit(
    *,
    merchant_id: UUID,
    by: User | str,
    action: str,
    subject: str,
    branch_id: UUID | None = None,
    data: Mapping[str, Any] | None = None,
) -> None:
    """Append one entry. `by` is an account, or the name of a command. Must run inside the transaction of the deed."""
    if not connection.in_atomic_block:
        raise OutsideTransaction("listings.staff.audit needs the transaction of the deed it tells of.")
    AuditEntry.objects.create(
        merchant_id=merchant_id,
        branch_id=branch_id,
        actor_uuid=by.uuid if isinstance(by, User) else None,
        actor=by.email if isinstance(by, User) else by,
        action=action,
        subject=subject,
        data=dict(data or {}),
    )
