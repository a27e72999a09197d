"""Relevance as sentences, and recall over variants of names as people type them: on both engines."""

from __future__ import annotations

import random
from datetime import UTC, datetime

import pytest
from opencc import OpenCC

from geo.distance import distance_metres
from geo.types import Box, Circle, Point
from indexing import follower
from search.backends.opensearch.backend import OpenSearchBackend
from search.backends.opensearch.generations import serving
from search.backends.postgis.backend import PostgisBackend
from search.chinese import is_han, reading
from search.document import Kind
from search.query import SearchQuery
from search.ranking import spec_for
from search.text import parse_text
from tests.real_places import documents
from tests.relevance.golden import GOLDEN

pytestmark = [pytest.mark.shared_data, pytest.mark.slow, pytest.mark.django_db]

SEED = 20_261_125
AS_OF = datetime(2026, 11, 25, 12, 0, tzinfo=UTC)
VARIANTS = 300
RADIUS_METRES = 3_000
CITIES = {
    "munich": ("munich_osm_merchants.geojson.gz", "EUR", Point(11.5755, 48.1374), Box(11.50, 48.09, 11.65, 48.19)),
    "tainan": ("tainan_restaurants_zh.csv.gz", "TWD", Point(120.2050, 22.9908), Box(120.0, 22.8, 120.7, 23.5)),
    "tokyo": ("japan_osm_pois_2014.csv.gz", "JPY", Point(139.7671, 35.6812), Box(139.68, 35.62, 139.80, 35.74)),
}


@pytest.fixture(scope="module")
def places(shared_data):
    """By city, the places in its box."""
    found = {}
    for city, (file, currency, _, box) in CITIES.items():
        made = documents(shared_data / file, seed=SEED, now=AS_OF, currency=currency, box=box, hours=False)
        found[city] = [each for each in made if each.kind is Kind.PLACE]
    return found


@pytest.fixture(params=["postgis", pytest.param("opensearch", marks=pytest.mark.opensearch)])
def engine(request, places):
    PostgisBackend().apply([each for city in places.values() for each in city], gone=[], version=1)
    if request.param == "postgis":
        return PostgisBackend()
    cluster = request.getfixturevalue("cluster")
    follower.follow_all(cluster)
    return OpenSearchBackend(cluster, serving=serving)


def found(engine, places, text, *, centre, radius_metres):
    """(name, tier) of the first 20."""
    names = {each.id: each.card["name"] for city in places.values() for each in city}
    query = SearchQuery(
        as_of=AS_OF,
        ranking=spec_for("balanced"),
        area=Circle(centre, radius_metres),
        origin=centre,
        text=parse_text(text),
        kinds=frozenset({Kind.PLACE}),
    )
    return [(names[hit.id], hit.tier.name.lower()) for hit in engine.search(query).hits]


def broken(golden, hits):
    names = [name for name, _ in hits]
    if golden.first and names[:1] != [golden.first]:
        return f"first is {names[:1]}, not {golden.first}"
    if golden.finds and golden.finds not in names:
        return f"{golden.finds} is not among {names[:5]} …"
    if golden.tier and [tier for _, tier in hits[:1]] != [golden.tier]:
        return f"the tier of the first is {hits[:1]}, not {golden.tier}"
    above, below = golden.above
    if above and (above not in names or (below in names and names.index(above) > names.index(below))):
        return f"{above} is not above {below}: {names}"
    if golden.never and golden.never in names:
        return f"{golden.never} is found"
    return None


def typo(chance, word):
    at = chance.randrange(1, len(word) - 1)
    return chance.choice(
        [
            word[:at] + word[at + 1 :],
            word[:at] + chance.choice("aeinrst") + word[at:],
            word[:at] + chance.choice("aeinrst") + word[at + 1 :],
            word[:at] + word[at + 1] + word[at] + word[at + 2 :],
        ]
    )


def variants(places):
    """(kind, place, what is typed), a quarter of each kind, of places drawn by a seed."""
    chance = random.Random(SEED)
    latin = [each for each in places["munich"] if len(each.card["name"]) > 5 and each.card["name"].isascii()]
    chinese = [each for each in places["tainan"] if sum(1 for char in each.card["name"] if is_han(char)) > 3]
    simplified = OpenCC("t2s").convert
    for place in chance.sample(latin, VARIANTS // 4):
        words = place.card["name"].split()
        at = max(range(len(words)), key=lambda each: len(words[each]))
        if len(words[at]) > 3:
            words[at] = typo(chance, words[at])
        yield "typo", place, " ".join(words[:8])
    for kind, make in {
        "pinyin": lambda name: "".join(reading(name)),
        "initials": lambda name: "".join(syllable[0] for syllable in reading(name))[:12],
        "traditional": simplified,
    }.items():
        for place in chance.sample(chinese, VARIANTS // 4):
            yield kind, place, make(place.card["name"])[:100]


def test_golden_queries_and_recall(engine, places, record_property):
    assert len(GOLDEN) >= 60
    failures = []
    for golden in GOLDEN:
        hits = found(engine, places, golden.typed, centre=CITIES[golden.city][2], radius_metres=45_000)
        if problem := broken(golden, hits):
            failures.append(f"{golden.city} {golden.typed!r}, {golden.says}: {problem}")
    assert not failures, "\n".join(failures)

    missed = []
    asked = list(variants(places))
    for kind, place, text in asked:
        hits = found(engine, places, text, centre=place.point, radius_metres=RADIUS_METRES)
        if place.card["name"] not in [name for name, _ in hits]:
            missed.append((kind, place.card["name"], text))
    record_property("recall", f"{len(asked) - len(missed)} of {len(asked)}")
    assert len(asked) == VARIANTS
    assert len(missed) <= VARIANTS * 0.05, missed


def test_sentences_that_are_not_true_are_noticed(places):
    """The checks themselves can fail."""
    hits = [("B", "prefix"), ("A", "exact")]
    for golden in GOLDEN:
        assert broken(golden, hits) is not None or golden.never
    assert broken(next(each for each in GOLDEN if each.never), [(each.never, "fuzzy") for each in GOLDEN if each.never])
    far = max(places["tainan"], key=lambda each: distance_metres(each.point, CITIES["tainan"][2]))
    assert distance_metres(far.point, CITIES["tainan"][2]) < 80_000
