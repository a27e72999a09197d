"""Who serves an address: the bands that cover it, and what a hit says of them. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, TypeAlias
from uuid import UUID

from search.document import Mode


@dataclass(frozen=True, slots=True)
class ServedBand:
    """The band that holds for an address: the first of its branch and mode that covers it at the instant."""

    area_id: UUID
    area_name: str
    band_id: UUID
    named_area: str | None
    fee_minor: int
    minimum_minor: int
    currency: str
    eta_min_minutes: int | None
    eta_max_minutes: int | None


Found: TypeAlias = Mapping[Mode, Mapping[UUID, ServedBand]]
"""By mode and branch."""


@dataclass(frozen=True, slots=True)
class Served:
    """One way in which a hit serves the address. `band` is None of a visit."""

    mode: Mode
    band: ServedBand | None


_MODES = tuple(Mode)


def modes_of(mode: Mode | None) -> frozenset[Mode]:
    """Those in which a document can be had: its own, or all."""
    return frozenset(Mode) if mode is None else frozenset({mode})


def served_in(
    wanted: frozenset[Mode], found: Found, *, branch_id: UUID, mode: Mode | None, is_near: bool
) -> tuple[Served, ...]:
    """The ways in which a document serves, in the order of Mode. `is_near`: it lies where what is visited does."""
    ways = []
    for way in _MODES:
        if way not in wanted or mode not in (None, way):
            continue
        if way is Mode.VISIT:
            ways += [Served(way, None)] if is_near else []
        elif (band := found.get(way, {}).get(branch_id)) is not None:
            ways.append(Served(way, band))
    return tuple(ways)


def served_data(served: Served) -> dict[str, Any]:
    """For JSON. Of a visit only the mode."""
    band = served.band
    if band is None:
        return {"mode": served.mode.value}
    return {
        "mode": served.mode.value,
        "area_id": str(band.area_id),
        "area": band.area_name,
        "band_id": str(band.band_id),
        "named_area": band.named_area,
        "fee_minor": band.fee_minor,
        "minimum_minor": band.minimum_minor,
        "currency": band.currency,
        "eta_min_minutes": band.eta_min_minutes,
        "eta_max_minutes": band.eta_max_minutes,
    }
