"""A world of places by their names: seeded, in German, English, French, Japanese and Chinese. Pure.

`places(count)` lays documents round the cities of benchmarks.offers; `typing(…)` tells what somebody types who looks
for one of them, keystroke by keystroke. Parts of names are drawn with weights that fall with their rank, so that a few
beginnings ("Restaurant …", "老…") are those of tens of thousands, as they are in maps.
"""

from __future__ import annotations

import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import lru_cache
from itertools import accumulate
from uuid import UUID

from benchmarks.offers import City, cities, moved, vocabulary
from geo.types import Point
from search.chinese import one_form, reading
from search.document import Kind, OfferDocument, place_id
from search.text import document_terms

LISTED = datetime(2026, 1, 1, tzinfo=UTC)


def _parts(text: str, between: str | None = None) -> tuple[str, ...]:
    return tuple(text.split(between))


HOUSES = _parts(
    "Restaurant Café Hotel Bäckerei Gasthaus Pizzeria Apotheke Bar Salon Praxis Studio Trattoria Bistro Brasserie "
    "Boulangerie Metzgerei Kiosk Pharmacie Clinic Gym Weinhaus Friseur Optik Garage Atelier Sushi Ramen Taverne"
)
OWNERS = _parts(
    "Müller Schmidt Schneider Fischer Weber Meyer Wagner Becker Schulz Hoffmann Koch Bauer Richter Klein "
    "Wolf Schröder Neumann Schwarz Zimmermann Braun Krüger Hartmann Lange Werner Krause Lehmann Köhler "
    "Huber Kaiser Fuchs Peters Lang Smith Johnson Brown Taylor Wilson Evans Walker Wright Thompson White "
    "Green Baker Turner Cooper Martin Bernard Dubois Durand Leroy Moreau Simon Laurent Lefebvre Garcia "
    "Rossi Russo Ferrari Bianchi Romano Korhonen Virtanen Nieminen"
)
EPITHETS = _parts(
    "am Markt|am Dom|zur Post|zum Löwen|im Park|am See|Royal|Central|Bella Vista|de la Gare|du Port|by the River|"
    "& Söhne|& Co|Nord|Süd|Altstadt|Palace|Express|24|Deluxe|im Hof|zur Linde|zum Ochsen|La Piazza|Corner|Garden",
    "|",
)
FIRST = _parts("Golden Blue Old Green Little Red Silver Royal Happy Lucky White Black Sunny Wild Grand New Royal Urban")
THINGS = _parts(
    "Lion Bottle Dragon Garden Kitchen House Table Spoon Lotus Star Moon River Bean Leaf Rose Fox Anchor Crown"
)
SURNAMES = "陳林黃張李王吳劉蔡楊許鄭謝洪郭邱曾廖賴徐周葉蘇莊呂江何蕭羅高潘簡朱鍾彭游詹胡施沈余盧梁趙顏柯翁魏孫戴"
GIVEN = "家記味香福興金玉華明春秀英美德安和平順發成大新泰正義信合源盛豐隆慶祥瑞永長來旺寶珍珠蓮花"
DISHES = _parts(
    "牛肉麵 火鍋 豆花 滷肉飯 鹹粥 意麵 雞排 蚵仔煎 咖啡 麵包 水餃 鍋貼 肉圓 碗粿 鱔魚意麵 早餐店 便當 小吃 海鮮 燒烤 "
    "茶飲 冰果室 麻辣燙 羊肉爐 藥局 美髮 診所 眼鏡 書店 花店 旅館 健身房 珠寶 鐘錶"
)
HEADS = ("", "", "老", "阿", "正宗", "台南", "安平", "小", "大", "新", "古早味", "府城")
TAILS = ("", "", "", "總店", "一店", "中華店", "民生店", "（原味）", "工坊", "商行", "館")
KANA = _parts("さくら すみれ はなまる まつや やよい あおば つばめ ひかり みどり こまち ふじ あさひ わかば ことぶき")
JAPANESE = _parts("食堂 寿司 ラーメン 珈琲 酒場 薬局 美容室 書店 うどん そば 焼肉 喫茶")


@dataclass(frozen=True, slots=True)
class Typed:
    text: str
    near: Point | None


@lru_cache(maxsize=64)
def _falling(count: int) -> tuple[float, ...]:
    return tuple(accumulate(1 / (rank + 3) for rank in range(count)))


def _one(dice: random.Random, parts: Sequence[str]) -> str:
    return dice.choices(parts, cum_weights=_falling(len(parts)))[0]


def _owner(dice: random.Random) -> str:
    return _one(dice, OWNERS) if dice.random() < 0.5 else dice.choice(vocabulary()).title()


def name(dice: random.Random) -> str:
    """Six in ten in Latin letters, three in Chinese, one in Japanese."""
    script = dice.random()
    if script < 0.3:
        stem = _one(dice, SURNAMES) + "".join(dice.choices(GIVEN, k=dice.randint(1, 2)))
        return _one(dice, HEADS) + stem + _one(dice, DISHES) + _one(dice, TAILS)
    if script < 0.4:
        return dice.choice(KANA) + dice.choice(SURNAMES) + _one(dice, JAPANESE)
    form = dice.random()
    if form < 0.35:
        return f"{_one(dice, HOUSES)} {_owner(dice)} {_one(dice, EPITHETS)}"
    if form < 0.6:
        return f"{_owner(dice)}s {_one(dice, HOUSES)}"
    if form < 0.8:
        return f"The {_one(dice, FIRST)} {_one(dice, THINGS)} {_one(dice, HOUSES)}"
    return f"{_one(dice, THINGS)} {_one(dice, EPITHETS)} {_owner(dice)}"


def places(count: int, *, seed: int = 1) -> Iterator[OfferDocument]:
    dice = random.Random(seed)
    world = cities(seed)
    for city in dice.choices(world, [city.share for city in world], k=count):
        yield _place(dice, city)


@lru_cache(maxsize=100_000)
def _said(called: str) -> tuple[frozenset[str], str]:
    """Terms and reading of a name."""
    return document_terms(names=[called], words=["restaurant"]), " ".join(reading(called))


def _place(dice: random.Random, city: City) -> OfferDocument:
    middle, sigma, _ = dice.choices(city.centres, [weight for _, _, weight in city.centres])[0]
    point = moved(middle, dice.gauss(0, sigma), dice.gauss(0, sigma))
    branch, called = UUID(int=dice.getrandbits(128), version=4), name(dice)
    terms, syllables = _said(called)
    return OfferDocument(
        id=place_id(branch),
        kind=Kind.PLACE,
        branch_id=branch,
        chain_id=None,
        point=point,
        zone=city.zone,
        categories=("food", "restaurant"),
        terms=terms,
        attributes=frozenset(),
        open_minutes=None,
        price_minor=None,
        currency=None,
        discount=None,
        deal_count=0,
        rating_stars=None,
        rating_count=0,
        popularity=dice.random(),
        listed_at=LISTED,
        valid_from=None,
        valid_until=None,
        card={
            "name": called,
            "names": {},
            "readings": {called: syllables} if syllables else {},
            "category": {"slug": "restaurant", "names": {"en": "Restaurant", "zh": "餐廳"}},
            "brand": None,
            "address": {"street": "", "city": city.name, "country": "FI"},
            "source": None,
        },
    )


def typing(names: Sequence[tuple[str, Point]], *, seed: int = 1) -> Iterator[Typed]:
    """Each name as it is being typed: as it is, simplified, in pinyin, by initials or with a typo; most near it."""
    dice = random.Random(seed)
    for called, point in names:
        text = _written(dice, called)[:24]
        near = None if dice.random() < 0.1 else moved(point, dice.gauss(0, 2_000), dice.gauss(0, 2_000))
        for end in range(1, len(text) + 1):
            if not text[:end].isspace():
                yield Typed(text[:end], near)


def _written(dice: random.Random, called: str) -> str:
    syllables = [syllable for syllable in reading(called) if syllable]
    if not syllables:
        at = dice.randrange(1, len(called))
        return called[: at - 1] + called[at:] if dice.random() < 0.15 else called.lower()
    return dice.choice([called, one_form(called), "".join(syllables), "".join(each[0] for each in syllables)])
