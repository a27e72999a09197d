"""Words: how names and queries become terms, and in which tiers they match. Pure.

Both engines index the same terms (exact strings) and decide the same tiers from them, so text can never make them
disagree. A document holds a set of terms:

- `n=<name>`   one of its names, whole and normalised ("n=blue bottle")
- `w=<word>`   a word of its names, category, synonyms, brand or deal title; for Han, kana and Hangul runs the single
               characters and the bigrams
- `t=<key>`    a typo key of a word of four letters or more: the word itself, and the word with any one letter but the
               first left out. Two words are *a typo apart* when they share a key: one letter replaced, left out, added,
               swapped with its neighbour, or moved (the symmetric-delete idea of W. Garbe's SymSpell, without the
               final distance check, so that any engine can decide it by equality of terms).

Tiers, best first. A query matches in the first tier that holds:

1. EXACT       the query is one of the names
2. PREFIX      one of the names begins with the query
3. ALL_WORDS   every word of the query is a word of the document; the last may be the beginning of one
4. FUZZY       the same, where words may also be a typo apart
5. SOME_WORDS  for queries of 2 or 3 words at least one of them, of 4 or more at least two of them, is a word of the
               document

A misspelt whole beats a correct half: "blue botle" means Blue Bottle, not every blue thing.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from enum import IntEnum

MAX_QUERY_CHARACTERS = 100
MAX_QUERY_WORDS = 8
MAX_WORD_CHARACTERS = 40
MAX_NAME_BYTES = 2_000
"""Of a name's own term, in UTF-8: a lexeme of PostgreSQL has at most 2,046, and one character may unfold to 18 bytes of
letters. No query that may be asked is longer than 1,800.
"""
MIN_TYPO_WORD_CHARACTERS = 4
MAX_TYPO_WORD_CHARACTERS = 24


class Tier(IntEnum):
    """How well words matched; lower is better. NONE_ASKED is the tier of everything when there is no text."""

    NONE_ASKED = 0
    EXACT = 1
    PREFIX = 2
    ALL_WORDS = 3
    FUZZY = 4
    SOME_WORDS = 5


# Letters that no Unicode decomposition takes apart.
_LETTERS = str.maketrans({"ø": "o", "đ": "d", "ł": "l", "ı": "i", "æ": "ae", "œ": "oe", "þ": "th", "ð": "d", "ħ": "h"})
_APOSTROPHES = str.maketrans("", "", "'’ʼ`´")
_COMBINING = re.compile(r"[̀-ͯ]")
_RUN = re.compile(r"[^\W_]+")
_BIGRAM_SCRIPTS = re.compile(r"[぀-ヿ㐀-鿿豈-﫿가-힯\U00020000-\U0003ffff]+")


def normalise(text: str) -> str:
    """Lower case, compatibility forms folded, Latin, Greek and Cyrillic diacritics dropped, runs joined by one space.

    >>> normalise("  Café Ströget & Søn’s — 麥當勞 ")
    'cafe stroget sons 麥當勞'
    """
    folded = unicodedata.normalize("NFKC", text).casefold().translate(_APOSTROPHES).translate(_LETTERS)
    bare = unicodedata.normalize("NFC", _COMBINING.sub("", unicodedata.normalize("NFD", folded)))
    return " ".join(_RUN.findall(bare))


def _pieces(normalised: str) -> list[tuple[str, bool]]:
    """Words in order with whether each is a run of a script written without spaces."""
    pieces: list[tuple[str, bool]] = []
    for run in normalised.split():
        at = 0
        for match in _BIGRAM_SCRIPTS.finditer(run):
            if match.start() > at:
                pieces.append((run[at : match.start()], False))
            pieces.append((match.group(), True))
            at = match.end()
        if at < len(run):
            pieces.append((run[at:], False))
    return [(word[:MAX_WORD_CHARACTERS], spaceless) for word, spaceless in pieces]


def _bigrams(run: str) -> list[str]:
    return [run[i : i + 2] for i in range(len(run) - 1)] if len(run) > 1 else [run]


def typo_keys(word: str) -> frozenset[str]:
    """The word, and the word with any one letter but the first left out; empty for words that are too short or long.

    >>> sorted(typo_keys("cafe"))
    ['cae', 'caf', 'cafe', 'cfe']
    """
    if not MIN_TYPO_WORD_CHARACTERS <= len(word) <= MAX_TYPO_WORD_CHARACTERS:
        return frozenset()
    return frozenset({word} | {word[:i] + word[i + 1 :] for i in range(1, len(word))})


def _name_term(name: str) -> str:
    return "n=" + name.encode()[:MAX_NAME_BYTES].decode(errors="ignore")


def document_terms(*, names: Iterable[str], words: Iterable[str]) -> frozenset[str]:
    """The terms of a document: `names` match whole, by prefix and by word; `words` (categories …) by word only."""
    terms: set[str] = set()
    whole = [normalise(name) for name in names]
    terms.update(_name_term(name) for name in whole if name)
    for text in [*whole, *(normalise(text) for text in words)]:
        for word, spaceless in _pieces(text):
            if spaceless:
                terms.update(f"w={gram}" for gram in {*word, *_bigrams(word)})
            else:
                terms.add(f"w={word}")
                terms.update(f"t={key}" for key in typo_keys(word))
    return frozenset(terms)


@dataclass(frozen=True, slots=True)
class QueryWord:
    """One word that was asked for.

    `exact`: terms that must all be there. `prefix`: if set, a beginning of a term that serves instead. `typo`: terms of
    which any one serves in the FUZZY tier.
    """

    exact: tuple[str, ...]
    prefix: str | None
    typo: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class TextQuery:
    """What was typed, made ready for an engine."""

    name: str
    """The term of a name that equals the query; a name term that begins with it is the PREFIX tier."""
    words: tuple[QueryWord, ...]

    @property
    def some_words_needed(self) -> int | None:
        """How many words the SOME_WORDS tier needs; None where that tier does not exist."""
        if len(self.words) < 2:
            return None
        return 1 if len(self.words) < 4 else 2


def parse_text(text: str) -> TextQuery | None:
    """The query of a text; None when nothing in it can be looked up. Limits are the caller's to check.

    >>> parse_text("Blue Botle").words[1].prefix
    'w=botle'
    """
    whole = normalise(text)
    pieces = _pieces(whole)
    if not pieces:
        return None
    words = []
    for position, (word, spaceless) in enumerate(pieces):
        last = position == len(pieces) - 1
        if spaceless:
            words.append(QueryWord(tuple(f"w={gram}" for gram in _bigrams(word)), None, ()))
        else:
            typo = tuple(sorted(f"t={key}" for key in typo_keys(word)))
            words.append(QueryWord((f"w={word}",), f"w={word}" if last else None, typo))
    return TextQuery(_name_term(whole), tuple(words))


def tier_of(query: TextQuery, terms: frozenset[str]) -> Tier | None:
    """The tier in which a document with these terms matches; None when it does not. The definition for both engines."""
    if query.name in terms:
        return Tier.EXACT
    if any(term.startswith(query.name) for term in terms):
        return Tier.PREFIX

    def plain(word: QueryWord) -> bool:
        if terms.issuperset(word.exact):
            return True
        return word.prefix is not None and any(term.startswith(word.prefix) for term in terms)

    matched = [plain(word) for word in query.words]
    if all(matched):
        return Tier.ALL_WORDS
    if all(ok or not terms.isdisjoint(word.typo) for ok, word in zip(matched, query.words, strict=True)):
        return Tier.FUZZY
    if query.some_words_needed is not None and sum(matched) >= query.some_words_needed:
        return Tier.SOME_WORDS
    return None
