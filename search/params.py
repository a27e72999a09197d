"""Untrusted text into one frozen question. Pure: the only door to `SearchQuery` for what comes from outside.

A mistake is an `InvalidParameter` that names the parameter, says what to do, and gives the limit. A question that makes
sense but can hold nothing (deals without deals, words without a letter) is not a mistake: it is `impossible`, and its
answer is empty. A parameter with an empty value is refused, but for `q`: a cleared search box asks for no words.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime

from config.api.values import parse_uuid, parse_whole
from config.errors import InvalidParameter, UnknownParameter
from config.languages import parse_languages
from geo.areas import Area
from geo.datum import Datum
from geo.params import (
    parse_box,
    parse_decimal,
    parse_point,
    parse_point_pair,
    parse_polygon,
    parse_radius_metres,
)
from geo.types import Box, Circle, Point
from search.document import Kind, Mode
from search.hit_fields import HIT_FIELDS
from search.moments import OPEN_AT_DAYS, parse_bookable_at, parse_open_at
from search.parameters import (
    ANY_MODE,
    ATTRIBUTE,
    CLUSTERS_NAMES,
    MAX_ATTRIBUTES,
    MAX_CATEGORIES,
    MAX_PARTY,
    MAX_POLYGON_CHARACTERS,
    MAX_PRICE_MINOR,
    MIN_RADIUS_METRES,
    SEARCH_NAMES,
    SESSION,
    SLUG,
)
from search.query import (
    DEFAULT_LIMIT,
    DEFAULT_RADIUS_METRES,
    MAX_LIMIT,
    MAX_RADIUS_METRES,
    Bookable,
    Facet,
    OpenAt,
    SearchQuery,
    Serves,
)
from search.ranking import (
    DEFAULT_PROFILE,
    MAX_HALF_DISTANCE_METRES,
    MIN_HALF_DISTANCE_METRES,
    PROFILES,
    RankingSpec,
    Signal,
    Sort,
    spec_for,
)
from search.text import MAX_QUERY_CHARACTERS, MAX_QUERY_WORDS, TextQuery, parse_text
from search.values import nearest_of, parse_choice, parse_choices, parse_flag, parse_list, quoted

_MAX_NAME_CHARACTERS = 60
_SESSION = re.compile(SESSION, re.ASCII)
_SLUG = re.compile(rf"(?=.{{1,{_MAX_NAME_CHARACTERS}}}$){SLUG}", re.ASCII)
_ATTRIBUTE = re.compile(rf"(?=.{{1,{_MAX_NAME_CHARACTERS}}}$){ATTRIBUTE}", re.ASCII)
_WEIGHT = re.compile(r"[^\s,:]{1,40}:[^\s,:]{1,32}")
_CURRENCY = re.compile(r"[A-Z]{3}", re.ASCII)


@dataclass(frozen=True, slots=True, kw_only=True)
class SearchRequest:
    """A question and how its answer is to be said."""

    query: SearchQuery
    fields: frozenset[str] | None = None
    """Keys of a hit that are wanted; None: all."""
    explain: bool = False
    highlight: bool = False
    languages: tuple[str, ...] = ()
    """BCP-47 tags, best first; empty: the caller's header decides."""


def parse_search(
    params: Mapping[str, str],
    *,
    now: datetime,
    categories: Collection[str] = (),
    open_at_days: int = OPEN_AT_DAYS,
    datum: Datum = Datum.WGS84,
) -> SearchRequest:
    """The request of `GET /v1/search`. `now` becomes `as_of`: on later pages it is that of the first (search.cursor).

    `categories` are the slugs there are; empty: any well-formed slug is taken. Positions are given in `datum`. Raises
    InvalidParameter.
    """
    _refuse_unknown(params, SEARCH_NAMES)
    if "session" in params:
        parse_session(params["session"])
    query = _query(
        params,
        now=now,
        ranking=_ranking(params),
        categories=categories,
        open_at_days=open_at_days,
        datum=datum,
        facets=frozenset(Facet(name) for name in _choices(params, "facets", [*Facet])),
        limit=parse_whole(params["limit"], parameter="limit", minimum=1, maximum=MAX_LIMIT)
        if "limit" in params
        else DEFAULT_LIMIT,
    )
    fields = frozenset(_choices(params, "fields", HIT_FIELDS)) if "fields" in params else None
    if datum is not Datum.WGS84 and fields is not None and len(fields & {"lat", "lon"}) == 1:
        raise InvalidParameter("fields", "lat and lon go together where they are told in another datum.")
    return SearchRequest(
        query=query,
        fields=fields,
        explain=_flag(params, "explain") is True,
        highlight=_flag(params, "highlight") is True,
        languages=parse_languages(params["lang"], parameter="lang") if "lang" in params else (),
    )


def parse_session(text: str) -> str:
    """The token that joins what was typed to one search. Raises InvalidParameter."""
    if not _SESSION.fullmatch(text):
        raise InvalidParameter("session", "session is 16 to 64 of A-Z a-z 0-9 _ -, made anew for each time of typing.")
    return text


def parse_filters(
    params: Mapping[str, str],
    *,
    now: datetime,
    categories: Collection[str] = (),
    open_at_days: int = OPEN_AT_DAYS,
    datum: Datum = Datum.WGS84,
) -> SearchQuery:
    """The question of `GET /v1/clusters`. Its order matters where chains are collapsed. Raises InvalidParameter."""
    _refuse_unknown(params, CLUSTERS_NAMES)
    ranking = _ranking(params)
    return _query(params, now=now, ranking=ranking, categories=categories, open_at_days=open_at_days, datum=datum)


def _refuse_unknown(params: Mapping[str, str], known: frozenset[str]) -> None:
    for name, text in params.items():
        if name not in known:
            raise UnknownParameter(
                name[:_MAX_NAME_CHARACTERS],
                f"There is no parameter {quoted(name)} here; it takes {', '.join(sorted(known))}.",
                known=sorted(known),
            )
        if text == "" and name != "q":
            raise InvalidParameter(name, f"{name} is empty; leave it out instead.")


def _query(
    params: Mapping[str, str],
    *,
    now: datetime,
    ranking: RankingSpec,
    categories: Collection[str],
    open_at_days: int,
    datum: Datum,
    facets: frozenset[Facet] = frozenset(),
    limit: int = DEFAULT_LIMIT,
) -> SearchQuery:
    serves = _serves(params, datum)
    area, origin = _where(params, address=None if serves is None else serves.point, datum=datum)
    text, has_no_word = _words(params)
    low, high, currency = _price(params)
    kinds = _kinds(params)
    has_deals = _flag(params, "has_deals")
    discount_min = (
        parse_whole(params["discount_min_percent"], parameter="discount_min_percent", minimum=0, maximum=100) / 100
        if "discount_min_percent" in params
        else None
    )
    if "collapse" in params:
        parse_choice(params["collapse"], ["chain"], parameter="collapse")
    without_deals = has_deals is False and (kinds == {Kind.DEAL} or currency is not None or discount_min is not None)
    return SearchQuery(
        as_of=now,
        ranking=ranking,
        area=area,
        origin=origin,
        text=text,
        impossible=has_no_word or without_deals,
        kinds=kinds,
        categories=_categories(params, categories),
        attributes=frozenset(
            parse_list(
                params["attributes"],
                parameter="attributes",
                most=MAX_ATTRIBUTES,
                form=_ATTRIBUTE,
                said_as="names such as wheelchair",
            )
            if "attributes" in params
            else ()
        ),
        chain_id=str(parse_uuid(params["chain"], parameter="chain")) if "chain" in params else None,
        open_at=_open_at(params, now=now, centre=_centre(area, origin), days=open_at_days),
        bookable=_bookable(params, now=now),
        serves=serves,
        price_min_minor=low,
        price_max_minor=high,
        currency=currency,
        discount_min=discount_min,
        rating_min=parse_decimal(params["rating_min"], parameter="rating_min", minimum=1, maximum=5, unit="stars")
        if "rating_min" in params
        else None,
        has_deals=has_deals,
        collapse_chains="collapse" in params,
        facets=facets,
        limit=limit,
    )


def _flag(params: Mapping[str, str], name: str) -> bool | None:
    return parse_flag(params[name], parameter=name) if name in params else None


def _choices(params: Mapping[str, str], name: str, choices: Collection[str]) -> list[str]:
    return parse_choices(params[name], choices, parameter=name) if name in params else []


def _serves(params: Mapping[str, str], datum: Datum) -> Serves | None:
    if "serves" not in params:
        if "mode" in params:
            raise InvalidParameter("mode", "mode goes with serves: how what is found serves that address.")
        return None
    mode = parse_choice(params.get("mode", ANY_MODE), [*Mode, ANY_MODE], parameter="mode")
    return Serves(
        parse_point_pair(params["serves"], parameter="serves", datum=datum),
        frozenset(Mode) if mode == ANY_MODE else frozenset({Mode(mode)}),
    )


def _where(
    params: Mapping[str, str], *, address: Point | None, datum: Datum
) -> tuple[Circle | Box | Area | None, Point]:
    """Exactly one area; distances are measured from the point given, else from the middle of the area.

    With an address, at most one area, and distances are measured from it.
    """
    point = address
    if params.keys() & {"lat", "lon"}:
        point = parse_point(params.get("lat"), params.get("lon"), datum=datum)
    if address is not None:
        if params.keys() & {"lat", "lon"} and "radius_metres" not in params:
            raise InvalidParameter(
                "lat", "With serves, lat and lon are the middle of radius_metres alone: distances are from the address."
            )
        return _area(params, point, datum), address
    area = _area(params, point, datum)
    if area is None:
        raise InvalidParameter("lat", "Say where to search: lat and lon, bbox, polygon, or serves.")
    return area, point or (area.box.centre if isinstance(area, Area) else area.centre)


def _area(params: Mapping[str, str], point: Point | None, datum: Datum) -> Circle | Box | Area | None:
    """None: no area is given."""
    given = [name for name in ("radius_metres", "bbox", "polygon") if name in params]
    if len(given) > 1:
        raise InvalidParameter(given[1], f"{' and '.join(given)} are given; a search takes one area.", limit="one area")
    if given == ["bbox"]:
        return parse_box(params["bbox"], parameter="bbox", datum=datum)
    if given == ["polygon"]:
        if len(params["polygon"]) > MAX_POLYGON_CHARACTERS:
            raise InvalidParameter(
                "polygon",
                f"polygon is longer than {MAX_POLYGON_CHARACTERS} characters.",
                limit=f"{MAX_POLYGON_CHARACTERS} characters",
            )
        return parse_polygon(params["polygon"], parameter="polygon", datum=datum)
    if point is None or (not given and "serves" in params):
        return None
    radius = (
        parse_radius_metres(
            params["radius_metres"], minimum=MIN_RADIUS_METRES, maximum=MAX_RADIUS_METRES, parameter="radius_metres"
        )
        if given
        else DEFAULT_RADIUS_METRES
    )
    return Circle(point, radius)


def _centre(area: Circle | Box | Area | None, otherwise: Point) -> Point:
    if area is None:
        return otherwise
    return area.box.centre if isinstance(area, Area) else area.centre


def _words(params: Mapping[str, str]) -> tuple[TextQuery | None, bool]:
    """The words, and whether something was typed that holds none."""
    typed = params.get("q", "")
    text = parse_words(typed)
    return text, text is None and typed.strip() != ""


def parse_words(typed: str) -> TextQuery | None:
    """None where nothing can be looked up. Raises InvalidParameter for `q`."""
    if len(typed) > MAX_QUERY_CHARACTERS:
        raise InvalidParameter(
            "q", f"q is longer than {MAX_QUERY_CHARACTERS} characters.", limit=f"{MAX_QUERY_CHARACTERS} characters"
        )
    text = parse_text(typed)
    if text is not None and len(text.words) > MAX_QUERY_WORDS:
        raise InvalidParameter(
            "q", f"q has {len(text.words)} words; it may have {MAX_QUERY_WORDS}.", limit=f"{MAX_QUERY_WORDS} words"
        )
    return text


def _kinds(params: Mapping[str, str]) -> frozenset[Kind]:
    chosen = parse_choice(params.get("kind", "both"), [*Kind, "both"], parameter="kind")
    return frozenset(Kind) if chosen == "both" else frozenset({Kind(chosen)})


def _categories(params: Mapping[str, str], known: Collection[str]) -> frozenset[str]:
    if "category" not in params:
        return frozenset()
    slugs = parse_list(
        params["category"], parameter="category", most=MAX_CATEGORIES, form=_SLUG, said_as="slugs such as cafe"
    )
    for slug in slugs:
        if known and slug not in known:
            hint, members = nearest_of(slug, known, otherwise="GET /v1/categories lists them.")
            raise InvalidParameter("category", f"There is no category {slug}. {hint}", **members)
    return frozenset(slugs)


def _price(params: Mapping[str, str]) -> tuple[int | None, int | None, str | None]:
    low, high = (
        parse_whole(params[name], parameter=name, minimum=0, maximum=MAX_PRICE_MINOR) if name in params else None
        for name in ("price_min_minor", "price_max_minor")
    )
    currency = params.get("currency")
    if currency is not None and _CURRENCY.fullmatch(currency) is None:
        raise InvalidParameter("currency", f"currency must be an ISO 4217 code such as EUR; got {quoted(currency)}.")
    if low is None and high is None:
        if currency is not None:
            raise InvalidParameter(
                "currency", "currency goes with price_min_minor or price_max_minor (0 takes every price)."
            )
        return None, None, None
    if currency is None:
        raise InvalidParameter("currency", "currency is required with price bounds: 500 minor units of what?")
    if low is not None and high is not None and low > high:
        raise InvalidParameter("price_min_minor", f"price_min_minor {low} is above price_max_minor {high}.")
    return low, high, currency


def _open_at(params: Mapping[str, str], *, now: datetime, centre: Point, days: int) -> OpenAt | None:
    open_now = _flag(params, "open_now")
    if "open_at" not in params:
        return OpenAt(int(now.timestamp()) // 60) if open_now else None
    if open_now:
        raise InvalidParameter("open_at", "open_now and open_at are given; take one.")
    return parse_open_at(params["open_at"], as_of=now, centre=centre, days=days)


def _bookable(params: Mapping[str, str], *, now: datetime) -> Bookable | None:
    if "bookable_at" not in params:
        if "party" in params:
            raise InvalidParameter("party", "party goes with bookable_at.")
        return None
    party = parse_whole(params.get("party", "1"), parameter="party", minimum=1, maximum=MAX_PARTY)
    return Bookable(parse_bookable_at(params["bookable_at"], as_of=now), party)


def _ranking(params: Mapping[str, str]) -> RankingSpec:
    profile = parse_choice(params.get("profile", DEFAULT_PROFILE), PROFILES, parameter="profile")
    return spec_for(
        profile,
        sort=Sort(parse_choice(params.get("sort", Sort.SCORE), Sort, parameter="sort")),
        overrides=_weights(params["weights"]) if "weights" in params else None,
        half_distance_metres=parse_decimal(
            params["half_distance_metres"],
            parameter="half_distance_metres",
            minimum=MIN_HALF_DISTANCE_METRES,
            maximum=MAX_HALF_DISTANCE_METRES,
            unit="metres",
        )
        if "half_distance_metres" in params
        else None,
    )


def _weights(text: str) -> dict[Signal, float]:
    entries = parse_list(
        text, parameter="weights", most=len(Signal), form=_WEIGHT, said_as="signal:weight such as distance:0.5"
    )
    weights: dict[Signal, float] = {}
    for entry in entries:
        name, value = entry.split(":")
        signal = Signal(parse_choice(name, Signal, parameter="weights"))
        if signal in weights:
            raise InvalidParameter("weights", f"weights gives {signal} twice.")
        # Not below 0 here, not above 1 in spec_for, which says so for every weight.
        weights[signal] = parse_decimal(
            value, parameter="weights", minimum=0, maximum=1e6, unit="", said_as=f"the weight of {signal}"
        )
    return weights
