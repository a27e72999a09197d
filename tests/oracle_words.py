"""Words by brute force: the tier of every document at once, by the table in search.text and by none of its code.

The question is taken apart anew from what was typed (its normalised name), and each tier is a set of documents made of
sets: who holds a term, who holds one that begins so. `search.text.tier_of` and the engines look the other way round.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections import defaultdict
from collections.abc import Iterable, Sequence
from itertools import pairwise

import numpy as np

from search.text import TextQuery, Tier

_SPACELESS = r"぀-ヿ㐀-鿿豈-﫿가-힯\U00020000-\U0003ffff"
_WORDS = re.compile(rf"(?P<run>[{_SPACELESS}]+)|(?P<word>[^\s{_SPACELESS}]+)")
LONGEST = 40


class Vocabulary:
    """Which documents hold each term; documents are numbers, sets of them are arrays of bools."""

    def __init__(self, documents: Sequence[Iterable[str]]) -> None:
        held: defaultdict[str, list[int]] = defaultdict(list)
        for number, terms in enumerate(documents):
            for term in terms:
                held[term].append(number)
        self._count = len(documents)
        self._held = {term: np.array(numbers, dtype=np.int32) for term, numbers in held.items()}
        self._sorted = sorted(self._held)

    def holding(self, terms: Iterable[str]) -> np.ndarray:
        """Those with any of the terms."""
        found = np.zeros(self._count, dtype=bool)
        for term in terms:
            if term in self._held:
                found[self._held[term]] = True
        return found

    def beginning(self, start: str) -> np.ndarray:
        """Those with a term that begins so."""
        at = bisect_left(self._sorted, start)
        terms = []
        while at < len(self._sorted) and self._sorted[at].startswith(start):
            terms.append(self._sorted[at])
            at += 1
        return self.holding(terms)

    def tiers(self, query: TextQuery) -> np.ndarray:
        """The tier of each document by its number; 0: it does not match."""
        whole = query.name.removeprefix("n=")
        plain, heard, near = [], [], []
        words = [(match["run"] or match["word"], match["run"] is not None) for match in _WORDS.finditer(whole)]
        for position, (word, is_run) in enumerate((text[:LONGEST], is_run) for text, is_run in words):
            is_last = position == len(words) - 1
            plain.append(self._grams(word) if is_run else self._word(word, may_go_on=is_last))
            heard.append(plain[-1] | self._heard(word))
            near.append(heard[-1] | self.holding(f"t={key}" for key in _one_left_out(word, is_run=is_run)))
        matched = sum(each.astype(int) for each in plain)
        needed = {1: len(words) + 1, 2: 1, 3: 1}.get(len(words), 2)
        best_last = [
            (Tier.INITIALS, self._initials(whole)),
            (Tier.SOME_WORDS, matched >= needed),
            (Tier.FUZZY, np.logical_and.reduce(near)),
            (Tier.PINYIN, np.logical_and.reduce(heard)),
            (Tier.ALL_WORDS, matched == len(words)),
            (Tier.PREFIX, self.beginning(f"n={whole}")),
            (Tier.EXACT, self.holding([f"n={whole}"])),
        ]
        tiers = np.zeros(self._count, dtype=np.int8)
        for tier, found in best_last:
            tiers[found] = tier
        return tiers

    def _grams(self, run: str) -> np.ndarray:
        grams = ["".join(pair) for pair in pairwise(run)] or [run]
        return np.logical_and.reduce([self.holding([f"w={gram}"]) for gram in grams])

    def _word(self, word: str, *, may_go_on: bool) -> np.ndarray:
        return self.beginning(f"w={word}") if may_go_on else self.holding([f"w={word}"])

    def _heard(self, word: str) -> np.ndarray:
        if len(word) < 2 or not (word.isascii() and word.isalpha()):
            return np.zeros(self._count, dtype=bool)
        return self.beginning("p=" + re.sub("([ln])v", r"\1u", word))

    def _initials(self, whole: str) -> np.ndarray:
        if not (2 <= len(whole) <= 12 and whole.isascii() and whole.isalpha()):
            return np.zeros(self._count, dtype=bool)
        return (
            self.holding([f"h={whole}"])
            if len(whole) == 2
            else self.holding([f"i={whole}"]) | self.beginning(f"h={whole}")
        )


def _one_left_out(word: str, *, is_run: bool) -> set[str]:
    if not (3 <= len(word) <= 12 if is_run else 4 <= len(word) <= 24):
        return set()
    return {word, *(word[:at] + word[at + 1 :] for at in range(0 if is_run else 1, len(word)))}
