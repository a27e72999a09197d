"""Write a batch of places: COPY into a staging table, then set-based SQL, in one transaction of the caller's.

A row is written only where it differs from what is there, so a second run of the same file changes nothing and appends
nothing to the change feed (which the table's triggers write). Facts of the file replace those of the place; photos,
standing, deals, a zone set by the merchant, and whether it is closed stay as they are.

A chain's branches belong to one merchant for each (source, brand); a place without a brand to a merchant of its own.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import orjson
from django.db import connection

from config.errors import CodedError
from geo.db import columns_within
from listings.imports.duplicates import DUPLICATE_RADIUS_METRES, name_key
from listings.imports.places import PlaceRow

_TEXTS = (
    "external_id", "name", "description", "street", "postcode", "city", "country", "zone", "opening_hours", "phone",
    "website",
)  # fmt: skip
_FACTS = (
    "name", "names", "description", "point", "category_id", "brand_id", "street", "postcode", "city", "country", "zone",
    "opening_hours", "phone", "website", "attributes",
)  # fmt: skip
_STAGED = ("record", *_TEXTS, "names", "attributes", "category_id", "brand_name", "brand_key", "lon", "lat")

_STAGE = f"""
DROP TABLE IF EXISTS import_staging;
CREATE TEMP TABLE import_staging (
  record bigint, {", ".join(f"{name} text" for name in _TEXTS)}, names jsonb, attributes jsonb, category_id text,
  brand_name text, brand_key text, lon float8, lat float8,
  point geometry(Point, 4326) GENERATED ALWAYS AS (ST_SetSRID(ST_MakePoint(lon, lat), 4326)) STORED,
  merchant_id uuid DEFAULT gen_random_uuid(), brand_id uuid, is_new boolean DEFAULT true
) ON COMMIT DROP
"""

_MATCH = """
UPDATE import_staging AS staged SET is_new = false FROM listings_branch AS branch
WHERE branch.source = %(source)s AND branch.external_id = staged.external_id
"""

_BRANDS = """
INSERT INTO listings_brand (name, names, key)
SELECT DISTINCT ON (brand_key) brand_name, '{}', brand_key FROM import_staging WHERE brand_key <> ''
ORDER BY brand_key, record
ON CONFLICT (key) DO NOTHING
"""

# Every new row of a chain gets the chain's merchant: the one of its oldest branch from this source, else one new id.
_CHAINS = """
UPDATE import_staging SET brand_id = brand.id FROM listings_brand AS brand WHERE brand.key = brand_key;
UPDATE import_staging AS staged SET merchant_id = chain.merchant_id
FROM (
  SELECT fresh.brand_id, coalesce(held.merchant_id, gen_random_uuid()) AS merchant_id
  FROM (SELECT DISTINCT brand_id FROM import_staging WHERE is_new AND brand_id IS NOT NULL) AS fresh
  LEFT JOIN LATERAL (
    SELECT branch.merchant_id FROM listings_branch AS branch
    WHERE branch.brand_id = fresh.brand_id AND branch.source = %(source)s
    ORDER BY branch.created_at, branch.id LIMIT 1
  ) AS held ON true
) AS chain
WHERE staged.is_new AND staged.brand_id = chain.brand_id
"""

_MERCHANTS = """
INSERT INTO listings_merchant (id, name)
SELECT DISTINCT ON (merchant_id) merchant_id, coalesce(nullif(brand_name, ''), name)
FROM import_staging AS staged
WHERE is_new AND NOT EXISTS (SELECT FROM listings_merchant AS held WHERE held.id = staged.merchant_id)
ORDER BY merchant_id, record
"""

# Column names above are ours; values are parameters.
_NEIGHBOURS = f"""
SELECT staged.record, branch.source, branch.external_id, branch.name,
       ST_DistanceSphere(branch.point, staged.point)
FROM import_staging AS staged JOIN listings_branch AS branch
  ON {columns_within("branch.point", "staged.point", radius_metres=DUPLICATE_RADIUS_METRES)}
WHERE staged.is_new AND branch.closed_at IS NULL
ORDER BY staged.record, 5, branch.id
"""  # noqa: S608  # as said above

_KEPT = {
    "zone": "CASE WHEN branch.zone_is_overridden OR branch.home_point IS NOT NULL"
    " THEN branch.zone ELSE excluded.zone END",
    "point": "CASE WHEN branch.home_point IS NOT NULL THEN branch.point ELSE excluded.point END",
}
"""What the merchant has set stays, and a mobile branch is where it says."""
_UPSERT = f"""
INSERT INTO listings_branch AS branch
  (source, external_id, merchant_id, {", ".join(_FACTS)}, photos, updated_at)
SELECT %(source)s, external_id, merchant_id, {", ".join(_FACTS)}, '[]', %(now)s FROM import_staging ORDER BY record
ON CONFLICT (source, external_id) WHERE NOT source = ''
DO UPDATE SET {", ".join(f"{name} = {_KEPT.get(name, f'excluded.{name}')}" for name in _FACTS)},
  closed_at = CASE WHEN %(reopen)s THEN NULL ELSE branch.closed_at END, updated_at = excluded.updated_at
WHERE ({", ".join(f"branch.{name}" for name in _FACTS)})
  IS DISTINCT FROM ({", ".join(_KEPT.get(name, f"excluded.{name}") for name in _FACTS)})
  OR (%(reopen)s AND branch.closed_at IS NOT NULL)
RETURNING (xmax = 0)
"""  # noqa: S608  # as said above


class PlacesUnidentified(CodedError):
    """Rows of the file have no readable id, so it cannot be told which places are missing from it."""

    code = "import_places_unidentified"
    only_commands = True
    status = 409
    title = "It cannot be told which places are missing"


class TooManyMissing(CodedError):
    """So many places of the source are missing from the file that it is more likely the file that is wrong."""

    code = "import_too_many_missing"
    only_commands = True
    status = 409
    title = "Too many places would be closed"


@dataclass(frozen=True, slots=True)
class Neighbour:
    """A place already stored whose name is that of a new row, within 30 m of it."""

    record: int
    source: str
    external_id: str
    name: str
    metres: float


@dataclass(frozen=True, slots=True)
class BatchResult:
    inserted: int
    updated: int
    unchanged: int
    neighbours: tuple[Neighbour, ...]


def write_batch(
    *,
    source: str,
    places: Sequence[PlaceRow],
    reopen: bool,
    skip_neighbours: Callable[[Neighbour], bool] | None,
    now: datetime,
) -> BatchResult:
    """Upsert by (source, external id), which must differ within the batch. Must run inside a transaction.

    `reopen`: a place closed for good that the file names is open again. `skip_neighbours`: new rows that have such a
    neighbour are left out.
    """
    with connection.cursor() as cursor:
        cursor.execute(_STAGE)
        with cursor.copy(f"COPY import_staging ({', '.join(_STAGED)}) FROM STDIN") as copy:
            for place in places:
                copy.write_row(_staged(place))
        cursor.execute("ANALYZE import_staging")
        cursor.execute(_MATCH, {"source": source})
        cursor.execute(_NEIGHBOURS)
        neighbours = _same_names(cursor.fetchall(), places)
        skipped = [neighbour.record for neighbour in neighbours if skip_neighbours and skip_neighbours(neighbour)]
        if skipped:
            cursor.execute("DELETE FROM import_staging WHERE record = ANY(%s)", [skipped])
        cursor.execute(_BRANDS)
        cursor.execute(_CHAINS, {"source": source})
        cursor.execute(_MERCHANTS)
        cursor.execute(_UPSERT, {"source": source, "now": now, "reopen": reopen})
        fresh = [row[0] for row in cursor.fetchall()]
        cursor.execute("DROP TABLE import_staging")
    inserted = sum(fresh)
    return BatchResult(inserted, len(fresh) - inserted, len(places) - len(skipped) - len(fresh), neighbours)


def refresh_statistics() -> None:
    """Let the planner see what the table holds by now.

    A table that was emptied is remembered as empty however fast it fills: the search for neighbours then reads all of
    it for each row (measured: 27 s a batch instead of 0.1 s).
    """
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE listings_branch, listings_brand, listings_merchant")


def _staged(place: PlaceRow) -> tuple[Any, ...]:
    return (
        place.record,
        *(getattr(place, name) for name in _TEXTS),
        orjson.dumps(place.names).decode(),
        orjson.dumps(place.attributes).decode(),
        place.category,
        place.brand,
        name_key(place.brand)[:200] if place.brand else "",
        place.point.lon,
        place.point.lat,
    )


def _same_names(found: Sequence[tuple[Any, ...]], places: Sequence[PlaceRow]) -> tuple[Neighbour, ...]:
    if not found:
        return ()
    keys = {place.record: name_key(place.name) for place in places}
    nearest: dict[int, Neighbour] = {}
    for record, source, external_id, name, metres in found:
        if record not in nearest and name_key(name) == keys[record]:
            nearest[record] = Neighbour(record, source, external_id, name, metres)
    return tuple(nearest.values())


def close_named(*, source: str, external_ids: set[str], now: datetime) -> int:
    """Close for good, as of `now`, those places of the source that are open; returns how many."""
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE listings_branch SET closed_at = %(now)s, updated_at = %(now)s"
            " WHERE source = %(source)s AND external_id = ANY(%(ids)s) AND closed_at IS NULL",
            {"now": now, "source": source, "ids": sorted(external_ids)},
        )
        return cursor.rowcount


def retire_missing(*, source: str, seen_ids: set[str], unidentified: int, at_most_percent: int, now: datetime) -> int:
    """Close for good, as of `now`, the open places of the source that are not among `seen_ids`; returns how many.

    With nothing closed: PlacesUnidentified where `unidentified` rows, any of which may be a place that would be closed,
    are in the file; TooManyMissing where more than `at_most_percent` would be. Must run in a transaction.
    """
    if unidentified:
        raise PlacesUnidentified(
            f"{unidentified} records of the file have no readable id, and any may be a place that looks missing."
            " Nothing was closed; mend the file, or import it without --retire-missing.",
            unidentified=unidentified,
        )
    with connection.cursor() as cursor:
        cursor.execute("CREATE TEMP TABLE import_seen (external_id text PRIMARY KEY) ON COMMIT DROP")
        with cursor.copy("COPY import_seen FROM STDIN") as copy:
            for external_id in seen_ids:
                copy.write_row((external_id,))
        cursor.execute("ANALYZE import_seen")
        missing = "NOT EXISTS (SELECT FROM import_seen AS seen WHERE seen.external_id = branch.external_id)"
        cursor.execute(
            f"SELECT count(*), count(*) FILTER (WHERE {missing}) FROM listings_branch AS branch"  # noqa: S608  # ours
            " WHERE source = %s AND closed_at IS NULL",
            [source],
        )
        open_count, missing_count = cursor.fetchone()
        if missing_count * 100 > at_most_percent * open_count:
            raise TooManyMissing(
                f"{missing_count} of {open_count} open places of {source} are not in the file, more than"
                f" {at_most_percent} %. Nothing was closed; say --retire-at-most if it is right.",
                limit=at_most_percent,
            )
        cursor.execute(
            "UPDATE listings_branch AS branch SET closed_at = %(now)s, updated_at = %(now)s"  # noqa: S608  # ours
            f" WHERE source = %(source)s AND closed_at IS NULL AND {missing}",
            {"now": now, "source": source},
        )
        cursor.execute("DROP TABLE import_seen")
    return missing_count
