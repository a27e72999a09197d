"""The tiers of search.text as tsquery texts: each says exactly when its tier, or a better one, holds. Pure."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from search.backends.postgis.rows import quoted_lexeme
from search.text import QueryWord, TextQuery


@dataclass(frozen=True, slots=True)
class TierQueries:
    """One tsquery for each tier but the last, and one for any. Each holds for what is better, too."""

    exact: str
    prefix: str
    all_words: str
    pinyin: str
    fuzzy: str
    some_words: str
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
    heard = [_heard(here, word) for here, word in zip(plain, text.words, strict=True)]
    fuzzy = _all(_either([here, *map(quoted_lexeme, word.typo)]) for here, word in zip(heard, text.words, strict=True))
    some = _either([fuzzy, *_some(plain, text.some_words_needed)])
    return TierQueries(
        exact=exact,
        prefix=prefix,
        all_words=_all(plain),
        pinyin=_all(heard),
        fuzzy=fuzzy,
        some_words=some,
        any_tier=_either([prefix, some, *_initials(text)]),
    )


def _plain(word: QueryWord) -> str:
    whole = _all(map(quoted_lexeme, word.exact))
    return whole if word.prefix is None else _either([whole, f"{quoted_lexeme(word.prefix)}:*"])


def _heard(plain: str, word: QueryWord) -> str:
    return plain if word.sound is None else _either([plain, f"{quoted_lexeme(word.sound)}:*"])


def _initials(text: TextQuery) -> list[str]:
    prefix = [] if text.initials_prefix is None else [f"{quoted_lexeme(text.initials_prefix)}:*"]
    return [*map(quoted_lexeme, text.initials), *prefix]


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
