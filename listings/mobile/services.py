"""Make a branch mobile, take the position it reports, forget it. Each is one transaction.

The position is the branch's point, so all that asks where a branch is knows it: search by the change feed, assignments
at once. A report replaces the one before; none is kept, neither here nor in the record of deeds.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from django.contrib.gis.geos import Point as GeometryPoint
from django.db import transaction

from accounts.models import User
from config.errors import CodedError, InvalidParameter, NotFound
from geo.areas import SRID
from geo.types import Point
from geo.zones import zone_of
from listings.branch_facts import checked_point
from listings.changes import record
from listings.models import Branch, Change
from listings.staff.audit import audit

STALE_SECONDS = 300
"""So long after it was taken a position counts; from then on the branch is nowhere."""
SKEW_SECONDS = 30
"""So far ahead of ours a device's clock may be."""
_PLACED = ["point", "zone", "position_at", "position_until", "updated_at"]


class NotMobile(CodedError):
    """The branch stays where it is: it reports no position. The operator makes a branch mobile."""

    code = "not_mobile"
    status = 409
    title = "The branch is not a mobile one"


@dataclass(frozen=True, slots=True)
class Reported:
    """`kept` False: a newer position was there, and stays."""

    branch: Branch
    kept: bool


def make_mobile(*, branch_id: UUID, by: User | str, now: datetime) -> Branch:
    """From now on it is where it reports to be, and nowhere until it does. Twice changes nothing."""
    with transaction.atomic():
        branch = _locked(branch_id)
        if branch.home_point is None:
            branch.home_point, branch.updated_at = branch.point, now
            branch.save(update_fields=["home_point", "updated_at"])
            _audit(branch, "branch.made_mobile", by)
    return branch


def make_settled(*, branch_id: UUID, by: User | str, now: datetime) -> Branch:
    """It stays at its home from now on."""
    with transaction.atomic():
        branch = _locked(branch_id)
        if branch.home_point is not None:
            _go_home(branch, now)
            branch.home_point = branch.position_at = branch.position_until = None
            branch.save(update_fields=["home_point", *_PLACED])
            _audit(branch, "branch.made_settled", by)
    return branch


def report_position(*, branch_id: UUID, point: Point, at: datetime, by: User, now: datetime) -> Reported:
    """Where the branch was at `at`. Kept only if newer than what is there, whoever comes first.

    InvalidParameter for an instant that is ahead of now or stale already; NotMobile.
    """
    point = checked_point(point)
    if at > now + timedelta(seconds=SKEW_SECONDS):
        raise InvalidParameter("at", f"It is more than {SKEW_SECONDS} seconds ahead of our clock.", limit=SKEW_SECONDS)
    until = at + timedelta(seconds=STALE_SECONDS)
    if until <= now:
        raise InvalidParameter("at", f"A position counts for {STALE_SECONDS} seconds.", limit=STALE_SECONDS)
    with transaction.atomic():
        branch = _locked(branch_id)
        if branch.home_point is None:
            raise NotMobile("The operator makes a branch mobile: manage.py make_mobile.")
        if branch.position_at is not None and at <= branch.position_at:
            return Reported(branch, kept=False)
        before = branch.position_until
        _place(branch, point, now)
        branch.position_at, branch.position_until = at, until
        branch.save(update_fields=_PLACED)
        _tell_when_stale(branch_id, before=before, until=until, now=now)
        if before is None or before <= now:
            _audit(branch, "position.shared", by)
    return Reported(branch, kept=True)


def withdraw_position(*, branch_id: UUID, by: User, now: datetime) -> Branch:
    """Forget where it is: nobody finds it until it reports again. NotMobile.

    When that was is kept as an instant that nothing holds at, so that an older report which comes late stays out.
    """
    with transaction.atomic():
        branch = _locked(branch_id)
        if branch.home_point is None:
            raise NotMobile("The operator makes a branch mobile: manage.py make_mobile.")
        told, until = branch.position_at, branch.position_until
        _go_home(branch, now)
        branch.position_at, branch.position_until = (now if told is None else max(told, now)), now
        branch.save(update_fields=_PLACED)
        if told is not None and until is not None and until > told:
            _audit(branch, "position.withdrawn", by)
    return branch


def _locked(branch_id: UUID) -> Branch:
    """The later of two reports sees what the earlier wrote."""
    branch = Branch.objects.select_for_update(no_key=True).filter(id=branch_id).first()
    if branch is None:
        raise NotFound("There is no branch of this id.")
    return branch


def _go_home(branch: Branch, now: datetime) -> None:
    if branch.home_point is not None:
        _place(branch, Point(branch.home_point.x, branch.home_point.y), now)


def _place(branch: Branch, point: Point, now: datetime) -> None:
    branch.point, branch.updated_at = GeometryPoint(point.lon, point.lat, srid=SRID), now
    if not branch.zone_is_overridden:
        branch.zone = zone_of(point)


def _tell_when_stale(branch_id: UUID, *, before: datetime | None, until: datetime, now: datetime) -> None:
    """One change that time will make, moved on with each report: search takes the branch away then."""
    if before is not None and before > now:
        waiting = Change.objects.filter(topic=Change.Topic.BRANCH, key=branch_id, parked_at__isnull=True)
        if waiting.filter(due_at=before).update(due_at=until):
            return
    record(topic=Change.Topic.BRANCH, keys=[branch_id], due_at=until)


def _audit(branch: Branch, action: str, by: User | str) -> None:
    audit(merchant_id=branch.merchant_id, branch_id=branch.id, by=by, action=action, subject=f"branch:{branch.id}")
