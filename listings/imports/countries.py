"""The country of a time zone, by the table that comes with the tz database. Pure but for reading it once."""

from __future__ import annotations

from functools import cache
from importlib.resources import files


@cache
def _countries() -> dict[str, str]:
    lines = files("tzdata.zoneinfo").joinpath("zone.tab").read_text(encoding="utf-8").splitlines()
    fields = [line.split("\t") for line in lines if line and not line.startswith("#")]
    return {zone: country for country, _, zone, *_ in fields}


def country_of_zone(zone: str) -> str:
    """ISO 3166-1 alpha-2, or empty for zones that belong to no country (UTC, nautical time, old names).

    >>> country_of_zone("Europe/Helsinki")
    'FI'
    """
    return _countries().get(zone, "")
