"""How names begin: by what a document far away is suggested while its name is typed. Pure.

A head is a name of the document, how it is read, or its initials: normalised, cut to MAX_HEAD_CHARACTERS. Heads are
kept in their order, and in it for each region, so that those which begin with what was typed are next to each other and
the first few of them are had without a look at the rest, however many there are.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from geo.cells import disk, point_to_cell
from geo.types import Point
from search.chinese import u_for_umlaut
from search.text import MAX_INITIALS, TextQuery, normalise

MAX_HEAD_CHARACTERS = 40
REGION_RESOLUTION = 3
"""Of H3: about 120 km across."""
_LAST = chr(0x10FFFF)


@dataclass(frozen=True, slots=True)
class HeadRange:
    """Half-open, in the order of code points: every head that begins with something."""

    first: str
    past: str


def heads_of(card: Mapping[str, Any]) -> frozenset[str]:
    """Of the card of a place its names and its brand's; of a deal's its titles, for its place is suggested itself."""
    readings = card.get("readings") or {}
    heads = {head for name in _names(card) for head in _heads(name, readings.get(name, ""))}
    return frozenset(head[:MAX_HEAD_CHARACTERS] for head in heads if head)


def _names(card: Mapping[str, Any]) -> Iterator[str]:
    if deal := card.get("deal"):
        yield deal["title"]
        yield from (deal.get("titles") or {}).values()
        return
    yield card.get("name") or ""
    yield from (card.get("names") or {}).values()
    if brand := card.get("brand"):
        yield brand["name"]


def _heads(name: str, reading: str) -> Iterator[str]:
    yield normalise(name)
    syllables = reading.split()
    yield "".join(syllables)
    yield "".join(syllable[0] for syllable in syllables)[:MAX_INITIALS]


def region_of(point: Point) -> int:
    return point_to_cell(point, REGION_RESOLUTION)


def regions_round(point: Point) -> list[int]:
    """The region of a point and those that touch it."""
    return disk(region_of(point))


def asked_ranges(text: TextQuery) -> list[HeadRange]:
    """Where heads lie that begin with what was typed: as it is written and, where it may be pinyin, as it is read.

    >>> from search.text import parse_text
    >>> [each.first for each in asked_ranges(parse_text("lv cha"))]
    ['lv cha', 'lucha']
    """
    starts = [text.name.removeprefix("n=")]
    if all(word.sound is not None for word in text.words):
        starts.append(u_for_umlaut("".join(word.text for word in text.words)))
    cut = dict.fromkeys(start[:MAX_HEAD_CHARACTERS] for start in starts)
    return [HeadRange(start, start + _LAST) for start in cut]
