"""Which parts of a name the words of a question met: for readers, beside the name, never as markup. Pure.

A document knows its terms and not what they were made from, so this looks at the names again, by the rules of
search.text: whole words, beginnings, typos, runs of characters, how characters are read, initials.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby

from search.chinese import is_han
from search.text import QueryWord, TextQuery, is_spaceless, normalise, run_keys, typo_keys


@dataclass(frozen=True, slots=True)
class Part:
    text: str
    matched: bool


@dataclass(frozen=True, slots=True)
class _Piece:
    """A word, or a run without spaces, as search.text sees it; `at` says from which character of the name each of its
    characters comes.
    """

    text: str
    at: tuple[int, ...]
    spaceless: bool


@dataclass(frozen=True, slots=True)
class _Said:
    """A syllable, a word in letters, or a gap (""), with the places of its characters."""

    text: str
    at: tuple[int, ...]
    is_syllable: bool = False


@dataclass(frozen=True, slots=True)
class _Name:
    pieces: Sequence[_Piece]
    said: Sequence[_Said]


def highlighted(name: str, query: TextQuery, *, syllables: Sequence[str] = ()) -> list[Part] | None:
    """The name cut into parts that met the words and parts that did not, which joined are the name; None: nothing met.

    `syllables`: search.chinese.reading of the name. Without them, what was met by its reading is not told.

    >>> from search.text import parse_text
    >>> [part.text for part in highlighted("Café Blue", parse_text("blu")) if part.matched]
    ['Blu']
    """
    read = _read(name, syllables)
    marked: set[int] = set()
    for word in query.words:
        marked |= _met(read, word)
    if not marked and query.initials:
        marked = _by_initials(read, query.words[0].text)
    if not marked:
        return None
    _close_gaps(name, marked)
    return [
        Part("".join(char for _, char in group), matched)
        for matched, group in groupby(enumerate(name), key=lambda each: each[0] in marked)
    ]


def _read(name: str, syllables: Sequence[str]) -> _Name:
    waiting = iter(syllables)
    pieces: list[_Piece] = []
    said: list[_Said] = []
    for kind, group in groupby(_folded(name), key=lambda each: "" if each[0] == " " else is_spaceless(each[0])):
        letters = list(group)
        text = "".join(letter for letter, _ in letters)
        if kind == "":
            said.append(_Said("", ()))
            continue
        pieces.append(_Piece(text, tuple(at for _, at in letters), kind is True))
        if kind is True:
            syllable_of = ((next(waiting, "") if is_han(name[at]) else "", at) for _, at in letters)
            said += [_Said(syllable, (at,), bool(syllable)) for syllable, at in syllable_of]
        else:
            said.append(_Said(text, pieces[-1].at))
    return _Name(pieces, said)


def _folded(name: str) -> Iterator[tuple[str, int]]:
    """The name's characters as search.text has them, each with its place; a blank for what parts words."""
    for at, char in enumerate(name):
        form = normalise(char)
        if form:
            yield from ((each, at) for each in form)
        elif not _belongs_to_a_word(char):
            yield " ", at


def _belongs_to_a_word(char: str) -> bool:
    return unicodedata.combining(char) > 0 or char in "'’ʼ`´"


def _close_gaps(name: str, marked: set[int]) -> None:
    """Accents and apostrophes inside what was met belong to it."""
    for at, char in enumerate(name):
        if at - 1 in marked and _belongs_to_a_word(char) and (unicodedata.combining(char) or at + 1 in marked):
            marked.add(at)


def _met(name: _Name, word: QueryWord) -> set[int]:
    """By the best way that this word has: as it is, as it is read, misspelt."""
    marked = set().union(*(_plainly(piece, word) for piece in name.pieces))
    marked = marked or _by_sound(name, word) or set().union(*(_misspelt(piece, word) for piece in name.pieces))
    return marked or _by_sound_misspelt(name, word)


def _plainly(piece: _Piece, word: QueryWord) -> set[int]:
    if not piece.spaceless:
        if piece.text == word.text:
            return set(piece.at)
        if word.prefix is not None and piece.text.startswith(word.text):
            return set(piece.at[: len(word.text)])
        return set()
    whole = _occurrences(piece, word.text) or _misspelt(piece, word)
    return whole or set().union(*(_occurrences(piece, term.removeprefix("w=")) for term in word.exact))


def _occurrences(piece: _Piece, text: str) -> set[int]:
    starts = (at for at in range(len(piece.text)) if piece.text.startswith(text, at))
    return {place for start in starts for place in piece.at[start : start + len(text)]}


def _misspelt(piece: _Piece, word: QueryWord) -> set[int]:
    keys = run_keys(piece.text) if piece.spaceless else typo_keys(piece.text)
    return set(piece.at) if any(f"t={key}" in word.typo for key in keys) else set()


def _by_sound(name: _Name, word: QueryWord) -> set[int]:
    if word.sound is None:
        return set()
    wanted = word.sound.removeprefix("p=")
    for start, first in enumerate(name.said):
        heard, places = "", set[int]()
        for said in name.said[start:] if first.is_syllable else ():
            heard += said.text
            places.update(said.at)
            if heard.startswith(wanted):
                return places
            if not wanted.startswith(heard):
                break
    return set()


def _by_sound_misspelt(name: _Name, word: QueryWord) -> set[int]:
    for run in _runs(name):
        if any(f"t={key}" in word.typo for key in typo_keys("".join(said.text for said in run))):
            return {said.at[0] for said in run}
    return set()


def _by_initials(name: _Name, letters: str) -> set[int]:
    whole, *parts = _runs(name)
    for run in [whole, *parts]:
        initials = "".join(said.text[0] for said in run)
        places = [said.at[0] for said in run]
        if initials.startswith(letters):
            return set(places[: len(letters)])
        if run is not whole and initials.endswith(letters):
            return set(places[-len(letters) :])
    return set()


def _runs(name: _Name) -> list[list[_Said]]:
    """All syllables, then those of each run of them."""
    runs = [list(run) for is_syllable, run in groupby(name.said, key=lambda said: said.is_syllable) if is_syllable]
    return [[said for run in runs for said in run], *runs]
