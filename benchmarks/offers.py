"""A made-up world of offers: seeded, clustered like shops are, and quick to make.

`offers(count, seed=…)` yields places and deals as `OfferDocument`s, the same ones for the same arguments, near ones
next to each other. 200 cities hold them, the largest about 8 % (sizes fall with rank, as Zipf found); within a city
most lie around a few centres of differing width, some along the outskirts. About half of the documents are deals. The
vocabulary is invented, so a word of a name is found in a few hundred documents and a category word in tens of
thousands.
"""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from math import cos, radians
from typing import Any
from uuid import UUID

from geo.cells import point_to_cell
from geo.types import Point
from search.document import Kind, OfferDocument, deal_id, place_id
from search.ranking import popularity_of, shrunk_rating
from search.text import document_terms

AS_OF = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)
CITIES = 200
CHAINS = 400
METRES_PER_DEGREE = 111_195
ZONES = {
    "Europe/Helsinki": "EUR",
    "Europe/Berlin": "EUR",
    "America/New_York": "USD",
    "Asia/Tokyo": "JPY",
    "Asia/Taipei": "TWD",
    "Australia/Sydney": "AUD",
}
ATTRIBUTES = ("wheelchair", "outdoor_seating", "wifi", "takeaway", "cards", "reservations", "vegan", "parking")
TREE = {
    "food": ("cafe", "restaurant", "bakery", "fast_food", "bar", "ice_cream", "noodles", "sushi", "pizza", "brunch"),
    "beauty": ("hairdresser", "nails", "massage", "spa", "tattoo", "barber"),
    "sport": ("gym", "yoga", "climbing", "swimming", "dance", "tennis"),
    "leisure": ("cinema", "museum", "bowling", "escape_room", "karaoke", "zoo"),
    "shop": ("clothes", "books", "flowers", "bicycles", "toys", "electronics", "jewellery", "furniture"),
    "home": ("cleaning", "plumber", "locksmith", "laundry", "gardener", "moving"),
    "health": ("dentist", "pharmacy", "optician", "physiotherapist", "veterinary"),
}
LEAVES = tuple((root, leaf) for root, leaves in TREE.items() for leaf in leaves)
SYLLABLES = ("ba", "co", "du", "fe", "gri", "ha", "jo", "ka", "lu", "mo", "ni", "or", "pe", "ro", "sa", "ti", "vel")


@dataclass(frozen=True, slots=True)
class City:
    name: str
    zone: str
    middle: Point
    centres: tuple[tuple[Point, float, float], ...]
    """(middle, standard deviation in metres, weight)."""
    share: float


def cities(seed: int) -> tuple[City, ...]:
    """The largest first."""
    dice = random.Random(seed)
    made = []
    for rank in range(CITIES):
        middle = Point(dice.uniform(-170, 170), dice.uniform(-50, 62))
        share = 1 / (rank + 4) ** 0.9
        reach_metres = 2_000 + 24_000 * share
        centres = [(middle, reach_metres * 0.25, 4.0), (middle, reach_metres * 1.5, 2.0)]
        for _ in range(6):
            beside = moved(middle, dice.gauss(0, reach_metres), dice.gauss(0, reach_metres))
            centres.append((beside, dice.uniform(200, 900), 1.0))
        made.append(City(f"City {rank}", dice.choice(list(ZONES)), middle, tuple(centres), share))
    return tuple(made)


def moved(point: Point, east_metres: float, north_metres: float) -> Point:
    lat = point.lat + north_metres / METRES_PER_DEGREE
    return Point(round(point.lon + east_metres / METRES_PER_DEGREE / cos(radians(point.lat)), 7), round(lat, 7))


def centres_to_ask(count: int, *, seed: int = 1) -> list[Point]:
    """Where people ask from: next to offers, in the cities by their size."""
    dice = random.Random(seed + 1)
    world = cities(seed)
    asked = []
    for city in dice.choices(world, [city.share for city in world], k=count):
        middle, sigma, _ = dice.choices(city.centres, [weight for _, _, weight in city.centres])[0]
        asked.append(moved(middle, dice.gauss(0, sigma), dice.gauss(0, sigma)))
    return asked


def offers(count: int, *, seed: int = 1, as_of: datetime = AS_OF) -> Iterator[OfferDocument]:
    """`count` documents, city by city, those of one city by H3 cell; hours and validity are laid round `as_of`."""
    dice = random.Random(seed)
    world = cities(seed)
    total = sum(city.share for city in world)
    left = count
    for rank, city in enumerate(world):
        number = left if rank == CITIES - 1 else min(left, round(count * city.share / total))
        left -= number
        weights = [weight for _, _, weight in city.centres]
        chosen = dice.choices(city.centres, weights, k=(number + 1) // 2)
        points = [moved(middle, dice.gauss(0, sigma), dice.gauss(0, sigma)) for middle, sigma, _ in chosen]
        points.sort(key=lambda point: point_to_cell(point, 12))
        for at, point in enumerate(points):
            place, deal = _branch(dice, city, point, as_of)
            yield place
            if 2 * at + 1 < number:
                yield deal


@lru_cache(maxsize=1)
def vocabulary() -> tuple[str, ...]:
    dice = random.Random(0)
    return tuple(sorted({"".join(dice.choices(SYLLABLES, k=dice.randint(2, 4))) for _ in range(6_000)}))


@lru_cache(maxsize=20_000)
def _word_terms(words: str) -> frozenset[str]:
    return document_terms(names=[], words=[words])


@lru_cache(maxsize=64)
def _week(opens: int, closes: int, *, sunday: bool, as_of: datetime) -> tuple[tuple[int, int], ...]:
    first = int(as_of.timestamp()) // 86_400 * 1_440
    days = (first + 1_440 * day for day in range(14) if sunday or day % 7)
    return tuple((day + opens, day + closes) for day in days)


def _uuid(dice: random.Random) -> UUID:
    return UUID(int=dice.getrandbits(128), version=4)


def _branch(dice: random.Random, city: City, point: Point, as_of: datetime) -> tuple[OfferDocument, OfferDocument]:
    """A place and the deal it has."""
    chance = dice.random
    root, leaf = dice.choice(LEAVES)
    chain = int(chance() ** 3 * CHAINS) if chance() < 0.15 else None
    words = (f"chain{chain}",) if chain is not None else tuple(dice.choices(vocabulary(), k=dice.randint(1, 3)))
    name = " ".join(word.title() for word in words)
    terms = frozenset().union({f"n={name.lower()}"}, *map(_word_terms, (*words, leaf.replace("_", " "), root)))
    branch = _uuid(dice)
    ratings = int(dice.expovariate(1 / 40))
    stars = shrunk_rating(int(ratings * dice.triangular(2.5, 5.0, 4.4)), ratings)
    opens, closes = dice.choice((420, 540, 600, 660)), dice.choice((1_020, 1_140, 1_260, 1_380))
    sunday = chance() < 0.6
    list_price = dice.choice((900, 1_500, 2_500, 4_000, 6_000, 12_000))
    discount = round(dice.triangular(0.05, 0.7, 0.25), 4)
    price = round(list_price * (1 - discount))
    attributes = frozenset(attribute for attribute in ATTRIBUTES if chance() < 0.3)
    card = {
        "name": name,
        "names": {"en": name, "zh": f"{name} 店"},
        "category": {"slug": leaf, "names": {"en": leaf.replace("_", " "), "zh": leaf}},
        "brand": None if chain is None else {"id": str(UUID(int=chain + 1)), "name": name},
        "address": {
            "street": f"{dice.choice(vocabulary()).title()} {dice.randint(1, 200)}",
            "postcode": f"{dice.randrange(100_000):05}",
            "city": city.name,
            "country": "FI",
        },
        "lat": point.lat,
        "lon": point.lon,
        "zone": city.zone,
        "opening_hours": f"{'Mo-Su' if sunday else 'Mo-Sa'} {opens // 60:02}:00-{closes // 60:02}:00",
        "phone": f"+358 {dice.randrange(10**8):08}",
        "website": f"https://{words[0]}.example/",
        "photo": f"https://img.example/{branch}.jpg",
        "attributes": dict.fromkeys(sorted(attributes), "yes"),
        "rating": {"stars": stars, "count": ratings, "generated": True},
        "source": "generated",
    }
    common: dict[str, Any] = {
        "branch_id": branch,
        "chain_id": None if chain is None else UUID(int=chain + 1),
        "point": point,
        "zone": city.zone,
        "categories": (root, leaf),
        "attributes": attributes,
        "open_minutes": _week(opens, closes, sunday=sunday, as_of=as_of) if chance() < 0.8 else None,
        "price_minor": price,
        "currency": ZONES[city.zone],
        "discount": discount,
        "deal_count": 1,
        "rating_stars": stars,
        "rating_count": ratings,
        "popularity": popularity_of(int(dice.expovariate(1 / 120))),
    }
    place = OfferDocument(
        id=place_id(branch),
        kind=Kind.PLACE,
        terms=terms,
        listed_at=as_of - timedelta(days=dice.expovariate(1 / 300)),
        valid_from=None,
        valid_until=None,
        card={**card, "deals": [], "deal_count": 1},
        **common,
    )
    word = dice.choice(vocabulary())
    valid_until = as_of + timedelta(days=dice.uniform(1, 90))
    number = _uuid(dice)
    said = {
        "id": str(number),
        "title": f"{word.title()} for two",
        "titles": {},
        "price_minor": price,
        "list_price_minor": list_price,
        "currency": ZONES[city.zone],
        "discount_percent": round(discount * 100),
        "fulfilment": "voucher",
        "valid_from": "2026-01-01T00:00:00Z",
        "valid_until": valid_until.isoformat(timespec="seconds"),
        "terms": "",
        "new_customers_only": False,
        "generated": True,
    }
    deal = OfferDocument(
        id=deal_id(number, branch),
        kind=Kind.DEAL,
        terms=terms | _word_terms(word),
        listed_at=as_of - timedelta(days=dice.expovariate(1 / 20)),
        valid_from=as_of - timedelta(days=60),
        valid_until=valid_until,
        card={"deal": said, **card},
        **common,
    )
    return place, deal
