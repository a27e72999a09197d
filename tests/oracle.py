"""Brute force over documents: the definition of a right answer that every engine must meet.

Written apart from the engines: it looks at each document in turn and shares with them only the question, the document
and the one definition that is pure on purpose (`search.ranking.score`). Words are tests/oracle_words.py.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import timedelta
from math import inf

import numpy as np

from geo.areas import Area
from geo.cells import cell_to_parent, point_to_cell
from geo.distance import EARTH_RADIUS_METRES, distance_metres
from geo.types import Box, Circle
from search.document import Kind, OfferDocument
from search.query import DEFAULT_RADIUS_METRES, Facet, SearchQuery
from search.ranking import Facts, Sort, score
from search.results import CELL_RESOLUTION, DISCOUNT_STEPS_PERCENT, PRICE_STEPS_MINOR, RATING_STEPS, SortKey
from search.serving import Served
from search.text import Tier
from tests.oracle_serving import Bands, ways
from tests.oracle_words import Vocabulary


@dataclass(frozen=True)
class Match:
    document: OfferDocument
    tier: Tier
    facts: Facts
    score: float
    key: SortKey
    served: tuple[Served, ...] = ()


@dataclass
class Oracle:
    """Holds documents; answers by looking at all of them."""

    documents: Sequence[OfferDocument]
    _lon: np.ndarray = field(init=False)
    _lat: np.ndarray = field(init=False)
    _words: Vocabulary = field(init=False)
    _bands: Bands = field(init=False)

    def __post_init__(self) -> None:
        self._words = Vocabulary([document.terms for document in self.documents])
        self._bands = Bands(self.documents)
        self._lon = np.radians([document.point.lon for document in self.documents])
        self._lat = np.radians([document.point.lat for document in self.documents])

    def matches(self, query: SearchQuery) -> list[Match]:
        """Everything that matches, in order."""
        if query.impossible:
            return []
        tiers = None if query.text is None else self._words.tiers(query.text)
        near = self._near(query.area)
        held = {} if query.serves is None else self._bands.found(query)
        if query.serves is not None and query.area is None:
            served = {branch for branch, _ in held}
            theirs = [i for i, document in enumerate(self.documents) if document.branch_id in served]
            near = np.union1d(theirs, self._near(Circle(query.serves.point, DEFAULT_RADIUS_METRES))).astype(int)
        if tiers is not None:
            near = near[tiers[near] > 0]
        found = [
            match
            for i in near.tolist()
            if (match := _match(query, self.documents[i], Tier.NONE_ASKED if tiers is None else Tier(int(tiers[i]))))
        ]
        if query.serves is not None:
            found = [replace(match, served=ways(query, match.document, held)) for match in found]
            found = [match for match in found if match.served]
        found.sort(key=lambda match: match.key)
        return _collapse(found) if query.collapse_chains else found

    def _near(self, area: Circle | Box | Area | None) -> np.ndarray:
        """Numbers of documents in a first cut, a little too wide, so that 10,000 questions end today."""
        if isinstance(area, Circle):
            lon, lat = np.radians(area.centre.lon), np.radians(area.centre.lat)
            h = (
                np.sin((self._lat - lat) / 2) ** 2
                + np.cos(lat) * np.cos(self._lat) * np.sin((self._lon - lon) / 2) ** 2
            )
            metres = 2 * EARTH_RADIUS_METRES * np.arcsin(np.minimum(1, np.sqrt(h)))
            return np.flatnonzero(metres <= area.radius_metres + 1)
        box = area.box if isinstance(area, Area) else area
        if box is None or box.crosses_antimeridian:
            return np.arange(len(self.documents))
        lon, lat = np.degrees(self._lon), np.degrees(self._lat)
        wide = 1e-6
        return np.flatnonzero(
            (lon >= box.west - wide) & (lon <= box.east + wide) & (lat >= box.south - wide) & (lat <= box.north + wide)
        )


def facts_of(query: SearchQuery, document: OfferDocument) -> Facts:
    return Facts(
        distance_metres=None if query.origin is None else distance_metres(query.origin, document.point),
        rating_stars=document.rating_stars,
        discount=document.discount,
        popularity=document.popularity,
        age_days=(query.as_of - document.listed_at) / timedelta(days=1),
    )


def _match(query: SearchQuery, document: OfferDocument, tier: Tier) -> Match | None:
    if not _passes(query, document):
        return None
    facts = facts_of(query, document)
    value = score(query.ranking, facts)
    return Match(document, tier, facts, value, _key(query, document, tier, facts, value))


def _passes(query: SearchQuery, document: OfferDocument) -> bool:
    area = query.area
    if isinstance(area, Circle) and distance_metres(area.centre, document.point) > area.radius_metres:
        return False
    if isinstance(area, (Box, Area)) and not area.contains(document.point):
        return False
    if document.valid_from is not None and query.as_of < document.valid_from:
        return False
    if document.valid_until is not None and query.as_of >= document.valid_until:
        return False
    if document.kind not in query.kinds:
        return False
    if query.categories and query.categories.isdisjoint(document.categories):
        return False
    if not query.attributes <= document.attributes:
        return False
    if query.chain_id is not None and str(document.chain_id) != query.chain_id:
        return False
    if query.has_deals is not None and (document.deal_count > 0) is not query.has_deals:
        return False
    if query.open_at is not None and not _open(document, query.open_at.minute_in(document.zone)):
        return False
    if query.bookable is not None and document.id not in query.bookable.ids:
        return False
    if query.rating_min is not None and (document.rating_stars is None or document.rating_stars < query.rating_min):
        return False
    if query.discount_min is not None and (document.discount is None or document.discount < query.discount_min):
        return False
    if query.price_min_minor is not None or query.price_max_minor is not None:
        if document.price_minor is None or document.currency != query.currency:
            return False
        low = -inf if query.price_min_minor is None else query.price_min_minor
        high = inf if query.price_max_minor is None else query.price_max_minor
        return low <= document.price_minor <= high
    return True


def _open(document: OfferDocument, minute: int | None) -> bool:
    return (
        minute is not None
        and document.open_minutes is not None
        and any(start <= minute < end for start, end in document.open_minutes)
    )


def _key(query: SearchQuery, document: OfferDocument, tier: Tier, facts: Facts, value: float) -> SortKey:
    distance = 0.0 if facts.distance_metres is None else facts.distance_metres
    leading: tuple[float, ...]
    match query.ranking.sort:
        case Sort.SCORE:
            leading = (int(tier), -value)
        case Sort.DISTANCE:
            leading = ()
        case Sort.RATING:
            leading = (inf if document.rating_stars is None else -document.rating_stars,)
        case Sort.PRICE:
            leading = (inf if document.price_minor is None else document.price_minor,)
        case Sort.DISCOUNT:
            leading = (inf if document.discount is None else -document.discount,)
        case Sort.NEWEST:
            leading = (-document.listed_at.timestamp(),)
    return (*leading, distance, document.id)


def _collapse(ordered: list[Match]) -> list[Match]:
    seen: set[tuple[str, Kind]] = set()
    kept = []
    for match in ordered:
        group = (str(match.document.chain_id or match.document.id), match.document.kind)
        if group not in seen:
            seen.add(group)
            kept.append(match)
    return kept


def facet_counts(query: SearchQuery, matches: Sequence[Match], facet: Facet) -> dict[str, int]:
    """The counts of one facet over what matched."""
    counts: Counter[str] = Counter()
    for match in matches:
        counts.update(set(_facet_values(query, match.document, facet)))
    return dict(counts)


def _facet_values(query: SearchQuery, document: OfferDocument, facet: Facet) -> list[str]:
    match facet:
        case Facet.KIND:
            return [document.kind.value]
        case Facet.CATEGORY:
            return list(document.categories)
        case Facet.RATING:
            return [f"{step:.1f}" for step in RATING_STEPS if (document.rating_stars or 0) >= step]
        case Facet.PRICE:
            if document.price_minor is None:
                return []
            band = max(step for step in PRICE_STEPS_MINOR if step <= document.price_minor)
            return [f"{document.currency}:{band}"]
        case Facet.DISCOUNT:
            return [str(step) for step in DISCOUNT_STEPS_PERCENT if (document.discount or 0) >= step / 100]
        case Facet.ATTRIBUTE:
            return list(document.attributes)
        case Facet.OPEN_NOW:
            if document.open_minutes is None:
                return ["unknown"]
            return ["true" if _open(document, query.as_of_minute) else "false"]


def cluster_counts(matches: Sequence[Match], resolution: int) -> dict[int, int]:
    """How many of what matched have each H3 cell of the resolution above them, so that a cell's children sum to it."""
    return dict(
        Counter(cell_to_parent(point_to_cell(match.document.point, CELL_RESOLUTION), resolution) for match in matches)
    )
