"""What `GET /v1/suggest` takes, and candidates chosen, ordered and made plain. Pure."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from math import inf
from typing import Any, Protocol

import orjson

from config.api.values import parse_whole
from config.attributions import attributions_of
from config.errors import InvalidParameter, UnknownParameter
from config.languages import name_in, parse_languages
from geo.datum import Datum
from geo.params import parse_point
from geo.types import Point
from search.highlight import highlighted
from search.params import parse_session, parse_words
from search.subjects import SubjectType
from search.text import TextQuery, Tier
from search.values import quoted

NAMES = frozenset({"q", "lat", "lon", "limit", "lang", "session"})
DEFAULT_LIMIT = 8
MAX_LIMIT = 20

PLACE, DEAL = "place", "deal"
MOST = {SubjectType.CATEGORY: 2, SubjectType.AREA: 2, SubjectType.CITY: 2, SubjectType.BRAND: 2, DEAL: 3}
"""Of each type in one answer; places take what is left."""
_RANK = {SubjectType.CATEGORY: 0, SubjectType.AREA: 1, SubjectType.CITY: 2, SubjectType.BRAND: 3, PLACE: 4, DEAL: 5}
TYPES = tuple(str(each) for each in _RANK)


@dataclass(frozen=True, slots=True)
class SuggestRequest:
    text: TextQuery | None
    """None: nothing in it can be looked up, and nothing is suggested."""
    near: Point | None
    limit: int
    languages: tuple[str, ...]


class Candidate(Protocol):
    """search.backends.postgis.suggesting.Candidate."""

    @property
    def type(self) -> str: ...
    @property
    def ref(self) -> str: ...
    @property
    def tier(self) -> Tier: ...
    @property
    def distance_metres(self) -> float | None: ...
    @property
    def popularity(self) -> float: ...
    @property
    def chain(self) -> str | None: ...
    @property
    def name(self) -> str | None: ...
    @property
    def names(self) -> Any: ...
    @property
    def lon(self) -> float | None: ...
    @property
    def lat(self) -> float | None: ...
    @property
    def card(self) -> str | None: ...


def parse_suggest(params: Mapping[str, str], *, datum: Datum = Datum.WGS84) -> SuggestRequest:
    """Positions are given in `datum`. Raises InvalidParameter."""
    for name, text in params.items():
        if name not in NAMES:
            raise UnknownParameter(
                name[:60],
                f"There is no parameter {quoted(name)} here; it takes {', '.join(sorted(NAMES))}.",
                known=sorted(NAMES),
            )
        if text == "" and name != "q":
            raise InvalidParameter(name, f"{name} is empty; leave it out instead.")
    if "q" not in params:
        raise InvalidParameter("q", "q is required: what has been typed.")
    if "session" in params:
        parse_session(params["session"])
    return SuggestRequest(
        text=parse_words(params["q"]),
        near=parse_point(params.get("lat"), params.get("lon"), datum=datum) if params.keys() & {"lat", "lon"} else None,
        limit=parse_whole(params["limit"], parameter="limit", minimum=1, maximum=MAX_LIMIT)
        if "limit" in params
        else DEFAULT_LIMIT,
        languages=parse_languages(params["lang"], parameter="lang") if "lang" in params else (),
    )


def chosen(candidates: Iterable[Candidate], *, limit: int) -> list[Candidate]:
    """The best `limit` by tier, type, distance, popularity; MOST of a type, one of each chain and deal."""
    taken: Counter[str] = Counter()
    seen: set[tuple[str, str]] = set()
    best: list[Candidate] = []
    for each in sorted(candidates, key=_order):
        key = (each.type, _identity(each))
        if key in seen or taken[each.type] >= MOST.get(each.type, limit) or len(best) == limit:
            continue
        seen.add(key)
        taken[each.type] += 1
        best.append(each)
    return best


def _identity(each: Candidate) -> str:
    if each.type == PLACE:
        return each.chain or each.ref
    return each.ref.split(":")[1] if each.type == DEAL else each.ref


def _order(each: Candidate) -> tuple[int, int, float, float, str]:
    distance = inf if each.distance_metres is None else each.distance_metres
    return each.tier, _RANK[each.type], distance, -each.popularity, each.ref


def suggest_data(
    request: SuggestRequest, candidates: Iterable[Candidate], *, languages: Sequence[str]
) -> dict[str, Any]:
    """The body of the answer."""
    best = chosen(candidates, limit=request.limit)
    cards = [None if each.card is None else orjson.loads(each.card) for each in best]
    return {
        "suggestions": [
            _subject(each, request.text, languages) if card is None else _document(each, card, request.text, languages)
            for each, card in zip(best, cards, strict=True)
        ],
        "attribution": attributions_of(card.get("source") for card in cards if card is not None),
    }


def _subject(each: Candidate, text: TextQuery | None, languages: Sequence[str]) -> dict[str, Any]:
    names = orjson.loads(each.names or "{}")
    wanted = (*languages, "en") if each.type == SubjectType.CATEGORY else languages
    name = name_in(names, wanted, fallback=each.name or each.ref)
    search = {
        SubjectType.CATEGORY: {"category": each.ref},
        SubjectType.BRAND: {"chain": each.ref},
    }.get(SubjectType(each.type))
    if search is None and each.lat is not None:
        search = {"lat": f"{each.lat:.6f}", "lon": f"{each.lon:.6f}"}
    return _said(each, name, text, reading="", detail="", search=search)


def _document(
    each: Candidate, card: dict[str, Any], text: TextQuery | None, languages: Sequence[str]
) -> dict[str, Any]:
    place = name_in(card.get("names") or {}, languages, fallback=card.get("name") or "")
    address = card.get("address") or {}
    where = ", ".join(part for part in (address.get("street"), address.get("city")) if part)
    name, detail = place, where
    if deal := card.get("deal"):
        name = name_in(deal.get("titles") or {}, languages, fallback=deal["title"])
        detail = ", ".join(part for part in (place, where) if part)
    return _said(each, name, text, reading=(card.get("readings") or {}).get(name, ""), detail=detail, search=None)


def _said(
    each: Candidate, name: str, text: TextQuery | None, *, reading: str, detail: str, search: dict[str, str] | None
) -> dict[str, Any]:
    parts = None if text is None else highlighted(name, text, syllables=reading.split(" "))
    return {
        "type": each.type,
        "id": each.ref,
        "name": name,
        "parts": [{"text": name, "matched": False}]
        if parts is None
        else [{"text": part.text, "matched": part.matched} for part in parts],
        "detail": detail,
        "tier": each.tier.name.lower(),
        "lat": each.lat,
        "lon": each.lon,
        "distance_metres": None if each.distance_metres is None else round(each.distance_metres, 1),
        "search": search,
    }
