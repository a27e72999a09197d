"""Seeded random questions that a user could ask of a set of documents: every filter, sort and tier, borders too."""

from __future__ import annotations

import random
from collections.abc import Sequence
from datetime import datetime, timedelta
from math import cos, radians

from geo.areas import Area, area_from_rings
from geo.distance import distance_metres
from geo.types import Box, Circle, Point
from search.chinese import one_form, reading
from search.document import Kind, Mode, OfferDocument
from search.query import Facet, OpenAt, SearchQuery, Serves
from search.ranking import PROFILES, Signal, Sort, spec_for
from search.text import parse_text

METRES_PER_DEGREE = 111_195


class Questioner:
    """Asks about what is there: places, words, prices and hours are drawn from the documents, then bent."""

    def __init__(self, documents: Sequence[OfferDocument], *, seed: int, as_of: datetime, span_metres: float) -> None:
        self.documents = documents
        self.random = random.Random(seed)
        self.as_of = as_of
        self.span_metres = span_metres
        """About how wide the populated area is."""

    def question(self) -> SearchQuery:
        chance = self.random.random
        area, origin = self._area()
        serves = None
        if chance() < 0.2:
            origin = self._point()
            serves = Serves(origin, frozenset(Mode) if chance() < 0.4 else frozenset({self.random.choice(list(Mode))}))
            area = None if chance() < 0.7 else area
        sorts = [sort for sort in Sort if sort is not Sort.DISTANCE or origin is not None]
        low, high, currency = self._price() if chance() < 0.12 else (None, None, None)
        return SearchQuery(
            as_of=self.as_of,
            ranking=spec_for(
                self.random.choice(list(PROFILES)),
                sort=Sort.SCORE if chance() < 0.5 else self.random.choice(sorts),
                overrides=self._weights() if chance() < 0.2 else None,
                half_distance_metres=self.random.uniform(60, 5_000) if chance() < 0.2 else None,
            ),
            area=area,
            origin=origin,
            text=parse_text(self._text()) if chance() < 0.4 else None,
            kinds=frozenset(Kind) if chance() < 0.6 else frozenset({self.random.choice(list(Kind))}),
            categories=frozenset(self._categories()) if chance() < 0.25 else frozenset(),
            attributes=frozenset(self._attributes()) if chance() < 0.15 else frozenset(),
            chain_id=self._chain() if chance() < 0.05 else None,
            serves=serves,
            open_at=self._open_at() if chance() < 0.25 else None,
            price_min_minor=low,
            price_max_minor=high,
            currency=currency,
            discount_min=self.random.choice([0.0, 0.1, 0.25, 0.5]) if chance() < 0.1 else None,
            rating_min=round(self.random.uniform(1, 5), 1) if chance() < 0.1 else None,
            has_deals=self.random.choice([True, False]) if chance() < 0.15 else None,
            collapse_chains=chance() < 0.2,
            facets=frozenset(facet for facet in Facet if chance() < 0.3),
            limit=self.random.choice([1, 5, 20, 100]),
        )

    def _document(self) -> OfferDocument:
        return self.random.choice(self.documents)

    def _point(self) -> Point:
        """Near a document, or exactly on one."""
        point = self._document().point
        if self.random.random() < 0.3:
            return point
        return self._moved(point, self.random.expovariate(1 / 500))

    def _moved(self, point: Point, metres: float) -> Point:
        lat = point.lat + self.random.uniform(-1, 1) * metres / METRES_PER_DEGREE
        lon = point.lon + self.random.uniform(-1, 1) * metres / METRES_PER_DEGREE / cos(radians(point.lat))
        return Point(round(lon, 7), round(lat, 7))

    def _area(self) -> tuple[Circle | Box | Area | None, Point | None]:
        form = self.random.choices(["circle", "box", "area", "none"], [6, 2, 2, 0.3])[0]
        if form == "circle":
            centre = self._point()
            if self.random.random() < 0.1:  # a document right on the border
                return Circle(centre, distance_metres(centre, self._document().point) + 1e-6), centre
            return Circle(centre, self._size()), centre
        if form == "none":
            return None, self._point() if self.random.random() < 0.5 else None
        a, b = self._point(), self._moved(self._point(), self._size())
        box = Box(min(a.lon, b.lon), min(a.lat, b.lat), max(a.lon, b.lon), max(a.lat, b.lat))
        if form == "box" or box.east - box.west < 1e-4 or box.north - box.south < 1e-4:
            return box, self._point() if self.random.random() < 0.5 else box.centre
        area = area_from_rings([[self._star(box)]])
        return area, self._point() if self.random.random() < 0.5 else box.centre

    def _star(self, box: Box) -> list[tuple[float, float]]:
        """A ring round the middle of the box with corners at random distances, so it is simple and seldom convex."""
        centre = box.centre
        corners = self.random.randint(3, 12)
        ring = []
        for step in range(corners):
            angle = 360 * step / corners
            reach = self.random.uniform(0.3, 1.0)
            ring.append(
                (
                    round(centre.lon + cos(radians(angle)) * reach * (box.east - box.west) / 2, 7),
                    round(centre.lat + cos(radians(angle - 90)) * reach * (box.north - box.south) / 2, 7),
                )
            )
        return [*ring, ring[0]]

    def _size(self) -> float:
        return self.random.choice([50, 300, 1_000, 2_000, 5_000, self.span_metres / 3, self.span_metres])

    def _text(self) -> str:
        name = str(self._document().card.get("name") or "cafe")
        words = name.split()
        form = self.random.choice(
            ["whole", "start", "word", "typo", "words", "category", "half", "noise", "spoken", "spoken"]
        )
        if form == "whole":
            return name[:100]
        if form == "start":
            return name[: self.random.randint(1, max(1, len(name) - 1))][:100]
        if form == "word":
            return self.random.choice(words)[:100]
        if form == "typo":
            return self._misspelt(self.random.choice(words))[:100]
        if form == "words":
            return " ".join(self.random.sample(words, min(len(words), 4)))[:100]
        if form == "category":
            return self._document().categories[-1].replace("_", " ").replace("-", " ")
        if form == "half":
            return f"{self.random.choice(words)} {self._misspelt(self.random.choice(words))} zzyzx"[:100]
        if form == "spoken":
            syllables = [syllable for syllable in reading(name) if syllable]
            return (self._spoken(name, syllables) if syllables else words[0])[:100]
        return self.random.choice(["a", "xq", "'", "!!!", "& | !", "\\", "咖啡", "e:*", "cafe bar", "der die das und"])

    def _spoken(self, name: str, syllables: list[str]) -> str:
        """A Chinese name as it may be typed without its characters, or with some of them, or with others."""
        first = self.random.randrange(len(syllables))
        some = syllables[first : first + self.random.randint(1, 7)]
        joined = "".join(some)
        return self.random.choice(
            [
                joined,
                joined[: self.random.randint(1, len(joined))],
                " ".join(some),
                "".join(syllable[0] for syllable in some),
                self._misspelt("".join(syllables)),
                name[:2] + joined,
                one_form(name),
                name[:first] + name[first + 1 :],
            ]
        )

    def _misspelt(self, word: str) -> str:
        if len(word) < 3:
            return word
        at = self.random.randrange(1, len(word) - 1)
        return self.random.choice(
            [
                word[:at] + word[at + 1 :],
                word[:at] + "x" + word[at:],
                word[:at] + "x" + word[at + 1 :],
                word[:at] + word[at + 1] + word[at] + word[at + 2 :],
            ]
        )

    def _categories(self) -> list[str]:
        return [self.random.choice(self._document().categories) for _ in range(self.random.randint(1, 3))]

    def _attributes(self) -> list[str]:
        known = sorted(self._document().attributes)
        return known[: self.random.randint(1, 2)]

    def _chain(self) -> str | None:
        chain = self._document().chain_id
        return None if chain is None else str(chain)

    def _open_at(self) -> OpenAt:
        minute = int((self.as_of + timedelta(minutes=self.random.randrange(8 * 24 * 60))).timestamp()) // 60
        if self.random.random() < 0.7:
            return OpenAt(minute)
        zones = {self._document().zone for _ in range(5)}
        return OpenAt(None, {zone: minute + 60 * shift for shift, zone in enumerate(sorted(zones))})

    def _price(self) -> tuple[int | None, int | None, str]:
        priced = [
            document for document in self.random.choices(self.documents, k=50) if document.price_minor is not None
        ]
        price = priced[0].price_minor or 0 if priced else 1_000
        currency = priced[0].currency or "EUR" if priced else "EUR"
        bounds = sorted([price, price + self.random.randint(-2_000, 2_000)])
        low, high = self.random.choice([(max(0, bounds[0]), bounds[1]), (None, price), (price, None)])
        return low, high, currency

    def _weights(self) -> dict[Signal, float]:
        weights = {signal: round(self.random.random(), 3) for signal in Signal if self.random.random() < 0.6}
        return weights if sum(weights.values()) > 0 else {}
