"""Service areas in a GeoJSON file: which features are the bands of one area, and what each says. Pure.

A feature is one band. Features of one branch, mode and `area` that follow one another are the bands of that area, in
their order. A property that is not known is refused: it may be one that is misspelt.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, TypeAlias

from config.errors import InvalidParameter
from listings.areas.drafts import MAX_NAME_CHARACTERS
from listings.imports.geojson import Feature
from listings.imports.places import BrokenRecord, Finding, Outcome, Reason
from listings.texts import plain_text

OF_BRANCH = ("branch_id", "external_id")
OF_VERSION = ("currency", "valid_from", "valid_until", "hours")
OF_BAND = ("radius_metres", "fee_minor", "minimum_minor", "eta_min_minutes", "eta_max_minutes")
PROPERTIES = frozenset({*OF_BRANCH, "mode", "area", "position", "named_area", *OF_VERSION, *OF_BAND})

_UNSHOWABLE = re.compile("[\x00-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\ud800-\udfff]")
MAX_ID_CHARACTERS = 120
MAX_REFERENCE_CHARACTERS = 181
"""Of `source:id`: 60, a colon, 120."""

Key: TypeAlias = tuple[str, str, str, str]
"""branch_id, external_id, mode, name of the area; one of the first two is ''. Id and name as they are stored, but for
what cannot be stored: that stays as it is, and its rows are refused.
"""


@dataclass(frozen=True, slots=True)
class BandRow:
    record: int
    line: int
    version: Mapping[str, Any]
    position: Any
    band: Mapping[str, Any]
    """As listings/areas/drafts.py reads it, but `named_area` (`source:id`) for the id that it has here."""


@dataclass(frozen=True, slots=True)
class AreaRows:
    """One area of the file. `findings`: why it cannot be taken; then nothing of it is."""

    key: Key
    bands: tuple[BandRow, ...]
    findings: tuple[Finding, ...]
    last_record: int

    @property
    def line(self) -> int:
        return self.bands[0].line if self.bands else self.findings[0].line

    def refusal(self, reason: Reason, detail: str, *, field: str = "", band: int = 0) -> Finding:
        line = self.bands[band].line if band < len(self.bands) else self.line
        return Finding(line, told(self.key), field, reason, Outcome.REFUSED, detail)


def told(key: Key) -> str:
    """As the report names it.

    >>> told(("", "shop-7", "delivery", "Centre"))
    'shop-7/delivery/Centre'
    """
    text = "/".join(part for part in key if part)[:200]
    return _UNSHOWABLE.sub("\N{REPLACEMENT CHARACTER}", text)


def areas(features: Iterable[Feature | BrokenRecord], *, ignored: Collection[str] = ()) -> Iterator[AreaRows]:
    """The areas in the order of the file. `ignored`: further properties that say nothing to us."""
    seen: set[Key] = set()
    key: Key | None = None
    bands: list[BandRow] = []
    findings: list[Finding] = []
    last = 0

    def done() -> Iterator[AreaRows]:
        if key is None:
            return
        if key in seen:
            where = bands[0].line if bands else findings[0].line
            detail = "Its features stand apart; they must follow one another, as their order is that of the bands."
            findings.insert(0, Finding(where, told(key), "area", Reason.AREA_SPLIT, Outcome.REFUSED, detail))
        seen.add(key)
        yield AreaRows(key, tuple(bands), tuple(findings), last)

    for feature in features:
        if isinstance(feature, BrokenRecord):
            finding = Finding(feature.line, "", "", feature.reason, Outcome.REFUSED, feature.detail)
            # It may have been a band of the area around it, which is not taken in part.
            if key is not None:
                findings.append(finding)
                last = feature.record
            else:
                yield AreaRows(("", "", "", ""), (), (finding,), feature.record)
            continue
        own, unfit = _key(feature.value["properties"])
        if own != key:
            yield from done()
            key, bands, findings = own, [], []
        last = feature.record
        row = _row(feature, own, unfit, ignored)
        if isinstance(row, Finding):
            findings.append(row)
        else:
            bands.append(row)
    yield from done()


def _key(properties: Mapping[str, Any]) -> tuple[Key, InvalidParameter | None]:
    """With the first fault of a text that cannot be stored."""
    branch_id, external_id, mode, name = (_text(properties.get(each)) for each in (*OF_BRANCH, "mode", "area"))
    unfit = None
    try:
        external_id = plain_text(external_id, parameter="external_id", limit=MAX_ID_CHARACTERS)
        name = plain_text(name, parameter="name", limit=MAX_NAME_CHARACTERS)
    except InvalidParameter as error:
        unfit = error
    return (branch_id, external_id, mode, name), unfit


def _row(feature: Feature, key: Key, unfit: InvalidParameter | None, ignored: Collection[str]) -> BandRow | Finding:
    properties = feature.value["properties"]

    def refused(field: str, reason: Reason, detail: str) -> Finding:
        return Finding(feature.line, told(key), field[:60], reason, Outcome.REFUSED, detail)

    unknown = sorted(set(properties) - PROPERTIES - set(ignored))
    if unknown:
        detail = f"There is no such property here; known are {', '.join(sorted(PROPERTIES))}."
        return refused(unknown[0], Reason.BAND_INVALID, detail)
    if unfit is not None:
        of_branch = unfit.parameter == "external_id"
        return refused(unfit.parameter, Reason.BRANCH_UNKNOWN if of_branch else Reason.BAND_INVALID, unfit.detail)
    if bool(key[0]) == bool(key[1]):
        return refused("branch_id", Reason.BRANCH_UNKNOWN, "One of branch_id and external_id says whose area it is.")
    band = {name: properties[name] for name in OF_BAND if properties.get(name) is not None}
    if feature.value.get("geometry") is not None:
        band["area"] = feature.value["geometry"]
    if properties.get("named_area") is not None:
        try:
            band["named_area"] = _reference(properties["named_area"])
        except InvalidParameter as error:
            return refused(error.parameter, Reason.BAND_INVALID, error.detail)
    version = {name: properties[name] for name in OF_VERSION if properties.get(name) is not None}
    return BandRow(feature.record, feature.line, version, properties.get("position"), band)


def _reference(value: object) -> str:
    """`source:id` of a named area, as the two are stored."""
    if not isinstance(value, str):
        raise InvalidParameter("named_area", "A text is expected, source:id.")
    return plain_text(value, parameter="named_area", limit=MAX_REFERENCE_CHARACTERS)


def _text(value: object) -> str:
    """Numbers too are ids and names."""
    return str(value) if isinstance(value, str | int) and not isinstance(value, bool) else ""
