"""What a search may be about besides one place or deal: a category, a brand, a city, a named area. Pure.

Categories, brands and cities are drawn from the documents as they arrive; whoever knows named areas puts those with
`search.backends.postgis.subjects.put`. All are found by the same terms as documents.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache

from geo.types import Point
from search.document import Kind, OfferDocument
from search.text import document_terms, normalise


class SubjectType(StrEnum):
    CATEGORY = "category"
    BRAND = "brand"
    CITY = "city"
    AREA = "area"


@dataclass(frozen=True, slots=True)
class Subject:
    """One thing of a type. `point`: where it is, or a place in it; None: everywhere."""

    type: SubjectType
    ref: str
    """The slug of a category, the id of a brand or an area, `country:name` of a city."""
    name: str
    names: Mapping[str, str]
    point: Point | None

    @property
    def terms(self) -> frozenset[str]:
        return _terms((self.name, *self.names.values()))


@lru_cache(maxsize=8192)
def _terms(names: tuple[str, ...]) -> frozenset[str]:
    return document_terms(names=names, words=())


def subjects_of(document: OfferDocument) -> Iterator[Subject]:
    """The category, brand and city on the card of a place. A deal says nothing that its place does not."""
    if document.kind is not Kind.PLACE:
        return
    card = document.card
    if category := card.get("category"):
        names = category.get("names") or {}
        name = names.get("en") or category["slug"].replace("-", " ").replace("_", " ")
        yield Subject(SubjectType.CATEGORY, category["slug"], name, names, None)
    if brand := card.get("brand"):
        yield Subject(SubjectType.BRAND, brand["id"], brand["name"], {}, None)
    address = card.get("address") or {}
    if key := normalise(address.get("city") or ""):
        ref = f"{address.get('country') or ''}:{key}"
        yield Subject(SubjectType.CITY, ref, address["city"], {}, document.point)
