"""Service areas in a GeoJSON file: which features are the bands of one area, and what each says. Pure.

A feature is one band. Features of one branch, mode and `area` that follow one another are the bands of that area, in
their order. A property that is not known is refused: it may be one that is misspelt.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, TypeAlias

from listings.imports.geojson import Feature
from listings.imports.places import BrokenRecord, Finding, Outcome, Reason

OF_BRANCH = ("branch_id", "external_id")
OF_VERSION = ("currency", "valid_from", "valid_until", "hours")
OF_BAND = ("radius_metres", "fee_minor", "minimum_minor", "eta_min_minutes", "eta_max_minutes")
PROPERTIES = frozenset({*OF_BRANCH, "mode", "area", "position", "named_area", *OF_VERSION, *OF_BAND})

Key: TypeAlias = tuple[str, str, str, str]
"""branch_id, external_id, mode, name of the area; one of the first two is ''."""


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
    return "/".join(part for part in key if part)[:200]


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
        own = _key(feature.value["properties"])
        if own != key:
            yield from done()
            key, bands, findings = own, [], []
        last = feature.record
        row = _row(feature, own, ignored)
        if isinstance(row, Finding):
            findings.append(row)
        else:
            bands.append(row)
    yield from done()


def _key(properties: Mapping[str, Any]) -> Key:
    branch_id, external_id, mode, name = (_text(properties.get(each)) for each in (*OF_BRANCH, "mode", "area"))
    return branch_id, external_id, mode, name


def _row(feature: Feature, key: Key, ignored: Collection[str]) -> BandRow | Finding:
    properties = feature.value["properties"]

    def refused(field: str, reason: Reason, detail: str) -> Finding:
        return Finding(feature.line, told(key), field[:60], reason, Outcome.REFUSED, detail)

    unknown = sorted(set(properties) - PROPERTIES - set(ignored))
    if unknown:
        detail = f"There is no such property here; known are {', '.join(sorted(PROPERTIES))}."
        return refused(unknown[0], Reason.BAND_INVALID, detail)
    if bool(key[0]) == bool(key[1]):
        return refused("branch_id", Reason.BRANCH_UNKNOWN, "One of branch_id and external_id says whose area it is.")
    band = {name: properties[name] for name in OF_BAND if properties.get(name) is not None}
    if feature.value.get("geometry") is not None:
        band["area"] = feature.value["geometry"]
    if properties.get("named_area") is not None:
        band["named_area"] = properties["named_area"]
    version = {name: properties[name] for name in OF_VERSION if properties.get(name) is not None}
    return BandRow(feature.record, feature.line, version, properties.get("position"), band)


def _text(value: object) -> str:
    """Numbers too are ids and names."""
    return str(value) if isinstance(value, str | int) and not isinstance(value, bool) else ""
