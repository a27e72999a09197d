"""What may be asked: one frozen value. `search.params.parse_search` is its only door from untrusted text. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from geo.areas import Area
from geo.types import Box, Circle, Point
from search.document import Kind, Mode
from search.ranking import RankingSpec
from search.serving import Found
from search.text import TextQuery

MAX_LIMIT = 100
DEFAULT_LIMIT = 20
DEFAULT_RADIUS_METRES = 2_000.0
MAX_RADIUS_METRES = 50_000.0


class Facet(StrEnum):
    KIND = "kind"
    CATEGORY = "category"
    RATING = "rating"
    PRICE = "price"
    DISCOUNT = "discount"
    ATTRIBUTE = "attribute"
    OPEN_NOW = "open_now"


@dataclass(frozen=True, slots=True)
class OpenAt:
    """An instant, or a local time of day and date at each branch: as minutes since 1970 UTC, one for each zone.

    An instant has one minute for all zones (`minute`); a local time has `minute_by_zone` instead. A local time that a
    clock change leaves out is taken as if the clock had not been moved yet; one that occurs twice means the first.
    """

    minute: int | None
    minute_by_zone: Mapping[str, int] | None = None

    def minute_in(self, zone: str) -> int | None:
        return self.minute if self.minute_by_zone is None else self.minute_by_zone.get(zone)


@dataclass(frozen=True, slots=True)
class Bookable:
    """What can be booked for a minute since 1970 UTC by so many people.

    `ids` are those of the documents of which that is so at the moment of answering: who answers asks for them first
    (search.bookable). The same question has others a second later, so they are no part of what it is.
    """

    minute: int
    party: int = 1
    ids: frozenset[str] = field(default=frozenset(), compare=False, repr=False)


@dataclass(frozen=True, slots=True)
class Serves:
    """What serves an address in any of these modes.

    A band of the branch covers the address (`delivery`, `at_home`), or it can be visited: then it lies in the area that
    is asked for, and where none is, at most DEFAULT_RADIUS_METRES from the address. `found` is what the bands were at
    the state of the index that is read: an engine asks for them first, so they are no part of what the question is.
    """

    point: Point
    modes: frozenset[Mode] = frozenset(Mode)
    found: Found = field(default_factory=dict, compare=False, repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class SearchQuery:
    """A question. Filters are joined by *and*; an unset one lets everything pass."""

    as_of: datetime
    """The instant of asking: validity, freshness and `open_now` are decided at it, on every page alike."""
    ranking: RankingSpec
    area: Circle | Box | Area | None = None
    origin: Point | None = None
    """Where distances are measured from: the point asked about, else the centre of the area, else None."""
    text: TextQuery | None = None
    impossible: bool = False
    """The filters contradict each other (or the text holds no word): the answer is empty and no engine is asked."""
    kinds: frozenset[Kind] = frozenset(Kind)
    categories: frozenset[str] = frozenset()
    """Any of these slugs, each with everything below it."""
    attributes: frozenset[str] = frozenset()
    """All of these."""
    chain_id: str | None = None
    open_at: OpenAt | None = None
    bookable: Bookable | None = None
    serves: Serves | None = None
    """`origin` is its point then."""
    price_min_minor: int | None = None
    price_max_minor: int | None = None
    """Inclusive bounds; a document without a price does not pass either. `currency` goes with them."""
    currency: str | None = None
    discount_min: float | None = None
    rating_min: float | None = None
    """Of the shrunk rating; unrated does not pass."""
    has_deals: bool | None = None
    collapse_chains: bool = False
    """Only the best-ranked document of each (chain, kind); documents without a chain stand for themselves."""
    facets: frozenset[Facet] = frozenset()
    limit: int = DEFAULT_LIMIT

    @property
    def visited(self) -> Circle | None:
        """Where what is visited lies, if `serves` says so and no area does."""
        if self.serves is None or self.area is not None:
            return None
        return Circle(self.serves.point, DEFAULT_RADIUS_METRES)

    @property
    def as_of_minute(self) -> int:
        return int(self.as_of.timestamp()) // 60
