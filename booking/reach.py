"""Whether what is sold can be brought to an address: judged by what is published of service areas, as assignment does.

Of the branch's bands that cover the address counts the first that holds, by position of the area, its id and rank.
"""

from __future__ import annotations

from datetime import datetime
from typing import Protocol

from booking.assignment import holds_at
from booking.models import Service
from booking.refusals import BelowMinimum, OutsideArea, SlotUnavailable
from config.errors import InvalidParameter
from geo.distance import distance_metres
from geo.types import Point
from listings.areas.bands import CoveringBand, Owner
from listings.areas.covering import covering_bands
from listings.mobile.shown import is_somewhere
from listings.models import Branch, ServiceArea, ServiceAreaVersion


class Priced(Protocol):
    """What is to be brought: a quote, or a booking at the price that was agreed."""

    @property
    def price_minor(self) -> int: ...
    @property
    def currency(self) -> str: ...


def check_visit(
    service: Service,
    *,
    address: str,
    destination: Point | None,
    priced: Priced,
    now: datetime,
    at: datetime | None = None,
) -> None:
    """A visit at home: within the travel radius of the service, where it has one, and in an area of the branch, where
    one is published, that holds at `at` (None: at any time). InvalidParameter, OutsideArea, BelowMinimum or
    SlotUnavailable.
    """
    if service.mode != Service.Mode.AT_HOME:
        return
    if destination is None:
        raise InvalidParameter("lat", "This is done at your home: say where it is, with lat and lon.")
    if not address:
        raise InvalidParameter("address", "This is done at your home: say at which address.")
    branch, reach = service.branch, service.travel_radius_metres
    if not is_somewhere(branch, now=now):
        raise SlotUnavailable("The branch does not tell where it is now.")
    if reach is not None and distance_metres(Point(branch.point.x, branch.point.y), destination) > reach:
        raise OutsideArea(f"This service goes {reach} metres far.", limit=reach)
    band = _band(branch, destination, mode=ServiceArea.Mode.AT_HOME, now=now, at=at)
    if band is not None:
        _check_minimum(band, priced)
    elif _is_published(branch, ServiceArea.Mode.AT_HOME):
        raise OutsideArea("No service area of the place covers the address at this time.")


def check_delivery(branch: Branch, *, address: str, destination: Point | None, priced: Priced, now: datetime) -> None:
    """A delivery: in a published area of the branch that is valid now, the minimum of its band reached. A branch that
    publishes none delivers nowhere. InvalidParameter, OutsideArea or BelowMinimum.

    When it is delivered is not agreed here, so hours do not count.
    """
    if destination is None:
        raise InvalidParameter("lat", "This is delivered: say where to, with lat and lon.")
    if not address:
        raise InvalidParameter("address", "This is delivered: say to which address.")
    band = _band(branch, destination, mode=ServiceArea.Mode.DELIVERY, now=now, at=now, with_hours=False)
    if band is None:
        raise OutsideArea("The place does not deliver to this address.")
    _check_minimum(band, priced)


def _band(
    branch: Branch, point: Point, *, mode: str, now: datetime, at: datetime | None, with_hours: bool = True
) -> CoveringBand | None:
    found = covering_bands(Owner("merchant_id", branch.merchant_id), point, mode=mode, now=now)
    kept = [
        band
        for band in found
        if band.branch_id == branch.id and (at is None or holds_at(band, at, with_hours=with_hours))
    ]
    return min(kept, key=lambda band: (band.position, band.area_id, band.rank), default=None)


def _is_published(branch: Branch, mode: str) -> bool:
    published = ServiceAreaVersion.objects.filter(area__branch=branch, area__mode=mode)
    return published.filter(state=ServiceAreaVersion.State.PUBLISHED).exists()


def _check_minimum(band: CoveringBand, priced: Priced) -> None:
    """A minimum in another currency than the price is compared with nothing."""
    if band.currency == priced.currency and priced.price_minor < band.minimum_minor:
        raise BelowMinimum(
            f"To this address it must come to {band.minimum_minor} minor units of {band.currency}.",
            limit=band.minimum_minor,
            currency=band.currency,
        )
