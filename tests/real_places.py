"""Offer documents of the real data sets, with seeded deals and ratings: what both engines are compared over."""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, timedelta
from functools import lru_cache
from pathlib import Path
from uuid import UUID, uuid5

from geo.types import Box, Point
from listings.category_tree import tree
from listings.hours import open_minutes
from listings.imports import delimited, geojson
from listings.imports.categories import resolver
from listings.imports.opened import open_bytes
from listings.imports.places import PlaceRow, RawRow
from listings.imports.rows import RowCheck
from search.document import Kind, Mode, OfferDocument, deal_id, place_id
from search.ranking import popularity_of, shrunk_rating
from search.text import document_terms
from tests.service_bands import random_bands

_NAMESPACE = UUID("5f9f3a5e-2c1d-4b0a-9a52-6a1d0a6d3c11")
_HORIZON = timedelta(days=14)


def places(path: Path, *, box: Box | None = None) -> Iterator[PlaceRow]:
    """The rows of a file that may be imported, and lie in the box, in file order."""
    check = RowCheck(categories=resolver(default="shopping"))
    reader = geojson if ".geojson" in path.name else delimited
    with open_bytes(path) as stream:
        for raw in reader.rows(stream, {}):
            if box is not None and not _lies_in(box, raw):
                continue  # before it is checked: a city's share of a country takes seconds
            place = check.check(raw).place
            if place is not None:
                yield place


@lru_cache(maxsize=2048)
def _terms_of_words(words: tuple[str, ...]) -> frozenset[str]:
    return document_terms(names=(), words=words)


def _lies_in(box: Box, raw: RawRow) -> bool:
    try:
        return box.contains(Point(float(str(raw.lon)), float(str(raw.lat))))
    except ValueError:
        return False


def documents(
    path: Path, *, seed: int, now: datetime, currency: str, box: Box | None = None, hours: bool = True
) -> list[OfferDocument]:
    """A place document for each row and, for a third of them, one or two deal documents. The same for the same seed."""
    chance = random.Random(seed)
    made: list[OfferDocument] = []
    for place in places(path, box=box):
        row = place if hours else replace(place, opening_hours="")
        made += _documents(row, chance, now, currency)
    return made


def _documents(row: PlaceRow, chance: random.Random, now: datetime, currency: str) -> list[OfferDocument]:
    branch_id = uuid5(_NAMESPACE, row.external_id)
    node = tree().nodes[row.category]
    words = tuple(
        text
        for slug in node.path
        for entry in (tree().nodes[slug],)
        for text in (*entry.names.values(), *(word for each in entry.synonyms.values() for word in each))
    )
    hours = (
        open_minutes(
            row.opening_hours, zone=row.zone, country=row.country, point=row.point, start=now, end=now + _HORIZON
        )
        if row.opening_hours
        else None
    )
    count = int(chance.expovariate(1 / 40)) if chance.random() < 0.8 else 0
    stars = shrunk_rating(sum(chance.choices([1, 2, 3, 4, 5], [1, 1, 3, 8, 7], k=count)), count)
    discounts = [round(chance.uniform(0.05, 0.7), 4) for _ in range(chance.choice([1, 1, 2]))]
    prices = [chance.randrange(300, 15_000, 10) for _ in discounts]
    if chance.random() > 0.33:
        discounts, prices = [], []
    names = [row.name, *row.names.values()]

    def document(kind: Kind, identity: str, **changes: object) -> OfferDocument:
        values = {
            "terms": document_terms(names=names, words=[row.brand]) | _terms_of_words(words),
            "price_minor": min(prices, default=None),
            "currency": currency if prices else None,
            "discount": max(discounts, default=None),
            "deal_count": len(prices),
            "listed_at": now - timedelta(days=chance.expovariate(1 / 90)),
            "valid_from": None,
            "valid_until": None,
        } | changes
        return OfferDocument(
            id=identity,
            kind=kind,
            branch_id=branch_id,
            chain_id=uuid5(_NAMESPACE, row.brand) if row.brand else None,
            point=row.point,
            zone=row.zone,
            categories=node.path,
            attributes=frozenset(name for name, value in row.attributes.items() if value == "yes"),
            open_minutes=hours,
            rating_stars=stars,
            rating_count=count,
            popularity=popularity_of(count * 7),
            card={"name": row.name},
            **values,
        )

    bands = random_bands(random.Random(branch_id.int), row.point, now=now)
    made = [document(Kind.PLACE, place_id(branch_id), bands=bands)]
    for number, (price, discount) in enumerate(zip(prices, discounts, strict=True)):
        made.append(
            document(
                Kind.DEAL,
                deal_id(uuid5(branch_id, str(number)), branch_id),
                terms=document_terms(names=names, words=[row.brand])
                | _terms_of_words((*words, "Lunch for two", "Tasting")),
                price_minor=price,
                discount=discount,
                deal_count=1,
                mode=list(Mode)[(number + len(row.name)) % 3],
                valid_from=now + timedelta(hours=chance.choice([-48, -2, 0, 1, 30])),
                valid_until=now + timedelta(days=chance.choice([0, 1, 30, 90])) + timedelta(hours=40),
            )
        )
    return made
