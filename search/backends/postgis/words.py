"""The tiers of search.text as tsquery texts: each says exactly when its tier, or a better one, holds. Pure."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from search.backends.postgis.rows import quoted_lexeme
from search.text import QueryWord, TextQuery


@dataclass(frozen=True, slots=True)
class TierQueries:
    """One tsquery for each tier, and one for any. None: the question has no such tier."""

    exact: str
    prefix: str
    all_words: str
    fuzzy: str
    any_tier: str


def tier_queries(text: TextQuery) -> TierQueries:
    """The tsqueries of a question.

    >>> from search.text import parse_text
    >>> tier_queries(parse_text("Blue")).prefix
    "'n=blue':*"
    """
    exact = quoted_lexeme(text.name)
    prefix = f"{exact}:*"
    plain = [_plain(word) for word in text.words]
    fuzzy = _all(_either([here, *map(quoted_lexeme, word.typo)]) for here, word in zip(plain, text.words, strict=True))
    return TierQueries(
        exact=exact,
        prefix=prefix,
        all_words=_all(plain),
        fuzzy=fuzzy,
        any_tier=_either([prefix, fuzzy, *_some(plain, text.some_words_needed)]),
    )


def _plain(word: QueryWord) -> str:
    whole = _all(map(quoted_lexeme, word.exact))
    return whole if word.prefix is None else _either([whole, f"{quoted_lexeme(word.prefix)}:*"])


def _some(plain: list[str], needed: int | None) -> list[str]:
    """Any one of the words, or any two of them: a word with any of those behind it."""
    if needed is None:
        return []
    if needed == 1:
        return plain
    return [_all([word, _either(plain[at + 1 :])]) for at, word in enumerate(plain[:-1])]


def _all(parts: Iterable[str]) -> str:
    return "(" + " & ".join(parts) + ")"


def _either(parts: Iterable[str]) -> str:
    return "(" + " | ".join(parts) + ")"
