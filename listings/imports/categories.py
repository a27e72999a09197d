"""From a file's own word for a kind of place to a slug of our tree. Pure.

Asked in turn: the caller's mapping, our slugs, the aliases that ship (`listings/data/category_aliases.csv`: Overture's
categories, plurals, chain-store and Chinese tourism-office words), the names of the tree in each language. A word of
several parts (`A|B`, `A;B`) is tried whole, then part by part: the first part that is known decides.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

from config.errors import InvalidParameter
from listings.category_tree import CategoryTree, tree

_SEPARATORS = re.compile(r"[|;]")


def normalise(word: str) -> str:
    return " ".join(word.replace("_", " ").split()).casefold()


@dataclass(frozen=True, slots=True)
class CategoryResolver:
    """Immutable; make one for each import."""

    overrides: Mapping[str, str]
    words: Mapping[str, str]
    tree: CategoryTree
    default: str = ""

    def resolve(self, word: str, tags: Mapping[str, str]) -> str | None:
        """The slug; None where neither word nor tags nor a default say.

        The caller's own mapping decides first. Then tags, for they say more than a file's heading (`doctors` with
        `healthcare=dentist` is a dentist), unless the word names something below what they name. Then the word.
        """
        if word and (slug := self._among(self.overrides, word)):
            return slug
        named = self._among(self.words, word) if word else None
        tagged = self.tree.category_for_tags(tags) if tags else None
        if named and tagged and tagged in self.tree.nodes[named].path:
            return named
        return tagged or named or self.default or None

    @staticmethod
    def _among(words: Mapping[str, str], word: str) -> str | None:
        for part in (word, *_SEPARATORS.split(word)):
            if slug := words.get(normalise(part)):
                return slug
        return None


@cache
def _shipped_words() -> Mapping[str, str]:
    words: dict[str, str] = {}
    for node in tree().nodes.values():
        for name in node.names.values():
            words.setdefault(normalise(name), node.slug)
    text = files("listings").joinpath("data/category_aliases.csv").read_text(encoding="utf-8")
    words.update((normalise(row["value"]), row["slug"]) for row in csv.DictReader(io.StringIO(text)))
    words.update((normalise(slug.replace("-", " ")), slug) for slug in tree().nodes)
    words.update((slug, slug) for slug in tree().nodes)
    return words


def resolver(*, overrides: Mapping[str, str] | None = None, default: str = "") -> CategoryResolver:
    """A resolver with the caller's own words first. InvalidParameter where one leads to no slug of the tree."""
    for slug in (*(overrides or {}).values(), *([default] if default else [])):
        if slug not in tree().nodes:
            raise InvalidParameter("category", f"“{slug}” is no category of ours (listings/data/categories.csv).")
    own = {normalise(word): slug for word, slug in (overrides or {}).items()}
    return CategoryResolver(overrides=own, words=_shipped_words(), tree=tree(), default=default)
