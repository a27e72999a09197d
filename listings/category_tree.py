"""The category tree as it ships: nodes, names, synonyms, and the tags of other worlds that lead to them. Pure.

`listings/data/categories.csv` is the truth; the table in the database mirrors it (`listings.services.sync_categories`).
Tree, names and synonyms are our own; tag meanings, and many Chinese names, were checked against the presets of
OpenStreetMap's id-tagging-schema (ISC licence).

A tag rule is `key=value`, `key=*`, or a base tag refined by a second: `amenity=restaurant+cuisine=pizza`.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

LANGUAGES = ("en", "zh-Hans", "zh-Hant")
SLUG_MAX_CHARACTERS = 60
MAX_LEVELS = 3

# Which key speaks when a place carries several: what a visitor would call it comes first.
TAG_KEYS = ("amenity", "shop", "healthcare", "leisure", "tourism", "craft", "office", "club")
# Values that say "not in use" or "see another key"; they never match `key=*`.
_EMPTY_VALUES = frozenset({"no", "vacant", "none", "disused", "abandoned"})


class BrokenTree(ValueError):
    """The shipped data contradicts itself. A programming error, found by the tests."""


@dataclass(frozen=True, slots=True)
class CategoryNode:
    """One node. `path` runs from the root to the node itself; `position` is its place in the file."""

    slug: str
    parent: str | None
    path: tuple[str, ...]
    names: Mapping[str, str]
    synonyms: Mapping[str, tuple[str, ...]]
    tags: tuple[str, ...]
    at_home: bool
    position: int


@dataclass(frozen=True, slots=True)
class CategoryTree:
    """All nodes in file order, parents before children, with the tag rules resolved for look-up."""

    nodes: Mapping[str, CategoryNode]
    simple: Mapping[str, str]
    refined: Mapping[str, Mapping[str, str]]

    def category_for_tags(self, tags: Mapping[str, str]) -> str | None:
        """The slug for a set of OSM tags, or None where they name no kind of place that we know.

        Values separated by `;` count each, first first. An exact rule on any key beats a `key=*` rule; a refinement
        beats its base tag.

        >>> tree().category_for_tags({"amenity": "restaurant", "cuisine": "local;pizza"})
        'pizza'
        >>> tree().category_for_tags({"amenity": "bench"}) is None
        True
        """
        bases = [
            (key, value)
            for key in TAG_KEYS
            if key in tags
            for value in _values(tags[key])
            if value not in _EMPTY_VALUES
        ]
        for key, value in bases:
            base = f"{key}={value}"
            if base in self.refined:
                refinements = self.refined[base]
                for second in dict.fromkeys(rule.partition("=")[0] for rule in refinements):
                    for detail in _values(tags.get(second, "")):
                        if slug := refinements.get(f"{second}={detail}"):
                            return slug
            if base in self.simple:
                return self.simple[base]
        for key, _ in bases:
            if slug := self.simple.get(f"{key}=*"):
                return slug
        return None

    def subtree(self, slug: str) -> tuple[str, ...]:
        """The node and everything under it, in file order."""
        return tuple(node.slug for node in self.nodes.values() if slug in node.path)


def _values(text: str) -> Iterator[str]:
    for part in text.split(";"):
        if value := part.strip().lower().replace(" ", "_"):
            yield value


def _words(text: str) -> tuple[str, ...]:
    return tuple(word.strip() for word in text.split("|") if word.strip())


def parse(text: str) -> CategoryTree:
    """Read the CSV. BrokenTree on an unknown parent, a cycle, a slug or tag rule said twice, or a missing name."""
    rows = list(csv.DictReader(io.StringIO(text)))
    parents: dict[str, str | None] = {}
    for row in rows:
        slug = row["slug"]
        if slug in parents:
            raise BrokenTree(f"{slug}: slug appears twice")
        if not slug or len(slug) > SLUG_MAX_CHARACTERS or not slug.replace("-", "").isalnum() or slug != slug.lower():
            raise BrokenTree(f"{slug!r}: not a slug")
        parents[slug] = row["parent"] or None

    nodes: dict[str, CategoryNode] = {}
    simple: dict[str, str] = {}
    refined: dict[str, dict[str, str]] = {}
    for position, row in enumerate(rows):
        slug = row["slug"]
        names = {"en": row["name_en"], "zh-Hans": row["name_zh_hans"], "zh-Hant": row["name_zh_hant"]}
        if not all(names.values()):
            raise BrokenTree(f"{slug}: a name is missing")
        node = CategoryNode(
            slug=slug,
            parent=parents[slug],
            path=_path(slug, parents),
            names=names,
            synonyms={"en": _words(row["synonyms_en"]), "zh": _words(row["synonyms_zh"])},
            tags=_words(row["osm_tags"]),
            at_home=row["at_home"] == "yes",
            position=position,
        )
        if node.parent and node.parent not in nodes:
            raise BrokenTree(f"{slug}: its parent {node.parent} must stand above it")
        nodes[slug] = node
        for rule in node.tags:
            _add_rule(rule, slug, simple, refined)
    return CategoryTree(nodes=nodes, simple=simple, refined=refined)


def _path(slug: str, parents: Mapping[str, str | None]) -> tuple[str, ...]:
    path = [slug]
    while parent := parents[path[0]]:
        if parent not in parents:
            raise BrokenTree(f"{slug}: unknown parent {parent}")
        if parent in path:
            raise BrokenTree(f"{slug}: its parents form a cycle")
        path.insert(0, parent)
    if len(path) > MAX_LEVELS:
        raise BrokenTree(f"{slug}: deeper than {MAX_LEVELS} levels")
    return tuple(path)


def _add_rule(rule: str, slug: str, simple: dict[str, str], refined: dict[str, dict[str, str]]) -> None:
    base, _, second = rule.partition("+")
    if base.partition("=")[0] not in TAG_KEYS:
        raise BrokenTree(f"{slug}: {rule} has a key that is not read")
    known = refined.setdefault(base, {}) if second else simple
    wanted = second or base
    if wanted in known:
        raise BrokenTree(f"{slug}: {rule} already leads to {known[wanted]}")
    known[wanted] = slug


@cache
def tree() -> CategoryTree:
    """The tree of this version of the source, parsed once."""
    return parse(files("listings").joinpath("data/categories.csv").read_text(encoding="utf-8"))
