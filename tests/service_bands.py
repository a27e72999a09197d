"""Seeded random service bands round a branch: circles, stars with holes and second parts, hours, windows."""

from __future__ import annotations

import random
from datetime import datetime, timedelta
from math import cos, pi, radians, sin
from uuid import UUID

from geo.areas import Area, area_from_rings
from geo.types import Point
from search.document import Mode, ServiceBand
from tests.contracts.documents import band

SHARE = 0.2
"""Of branches that serve at all."""


def random_bands(chance: random.Random, point: Point, *, now: datetime) -> tuple[ServiceBand, ...]:
    """None for most; else one to three areas of up to three bands, wider and wider."""
    if chance.random() > SHARE:
        return ()
    made: list[ServiceBand] = []
    for _ in range(chance.randint(1, 3)):
        mode, area_id = chance.choice([Mode.DELIVERY, Mode.AT_HOME]), UUID(int=chance.getrandbits(128))
        begin = now + timedelta(hours=chance.choice([-1000, 0, 30]))
        minute = int(now.timestamp()) // 60
        hours = tuple((minute + day * 1440 - 300, minute + day * 1440 + 400) for day in range(9))
        shared = {
            "mode": mode,
            "area_id": area_id,
            "valid_from": chance.choice([None, None, begin]),
            "valid_until": chance.choice([None, None, now + timedelta(hours=chance.choice([0, 50]))]),
            "open_minutes": chance.choice([None, None, hours, ()]),
        }
        if shared["valid_until"] is not None:
            shared["valid_from"] = None
        reach = chance.choice([400.0, 1_500.0, 6_000.0])
        for number in range(chance.randint(1, 3)):
            reach *= 1.6
            shape = {"radius_metres": reach} if chance.random() < 0.4 else {"area": star(chance, point, reach)}
            made.append(band(number, band_id=UUID(int=chance.getrandbits(128)), **shape, **shared))
    return tuple(sorted(made, key=lambda each: each.mode))


def star(chance: random.Random, centre: Point, reach_metres: float, *, corners: int | None = None) -> Area:
    """A ring with corners at random distances, now and then with a hole, or a second part beside it."""
    count = corners or chance.choice([5, 12, 40, 180])
    outer = [(angle, chance.uniform(0.5, 1.0)) for angle in (2 * pi * step / count for step in range(count))]
    parts = [[_ring(centre, reach_metres, outer)]]
    if chance.random() < 0.3:
        parts[0].append(_ring(centre, reach_metres, [(angle, 0.3) for angle, _ in outer[:: max(1, count // 5)]]))
    if chance.random() < 0.2:
        beside = Point(centre.lon, centre.lat + 2.2 * reach_metres / 111_195)
        parts.append([_ring(beside, reach_metres, [(angle, 0.6) for angle, _ in outer])])
    return area_from_rings(parts)


def _ring(centre: Point, reach_metres: float, corners: list[tuple[float, float]]) -> list[tuple[float, float]]:
    degrees = reach_metres / 111_195
    ring = [
        (
            round(centre.lon + cos(angle) * share * degrees / cos(radians(centre.lat)), 7),
            round(centre.lat + sin(angle) * share * degrees, 7),
        )
        for angle, share in corners
    ]
    return [*ring, ring[0]]
