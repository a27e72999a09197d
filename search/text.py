"""Words: how names and queries become terms, and in which tiers they match. Pure.

Both engines index the same terms (exact strings) and decide the same tiers from them, so text can never make them
disagree. A document holds a set of terms:

- `n=<name>`   one of its names, whole and normalised ("n=blue bottle")
- `w=<word>`   a word of its names, category, synonyms, brand or deal title; for Han, kana and Hangul runs the single
               characters and the bigrams
- `t=<key>`    a typo key of a word of four letters or more: the word itself, and the word with any one letter but the
               first left out. Two words are *a typo apart* when they share a key: one letter replaced, left out, added,
               swapped with its neighbour, or moved (the symmetric-delete idea of W. Garbe's SymSpell, without the
               final distance check, so that any engine can decide it by equality of terms). Runs of 3 to 12 Han, kana
               or Hangul characters of a name have keys too, with any one left out, and so has a name in pinyin.
- `p=<sound>`  how a name with Han characters is read from one of them on, in pinyin without tones, joined, what is
               written in letters as it is ("p=niuroumian", "p=roumian", "p=mian"); of category words from the first on
- `h=<…>`      the initials of a name with Han characters, and of each run of them in it ("h=ljnrm")
- `i=<…>`      the initials of the last three or more characters of such a run ("i=nrm")

Tiers, best first. A query matches in the first tier that holds:

1. EXACT       the query is one of the names
2. PREFIX      one of the names begins with the query
3. ALL_WORDS   every word of the query is a word of the document; the last may be the beginning of one
4. PINYIN      the same, where words of two letters or more may also be the beginning of how a part of it is read
5. FUZZY       the same, where words may also be a typo apart
6. SOME_WORDS  for queries of 2 or 3 words at least one of them, of 4 or more at least two of them, is a word of the
               document
7. INITIALS    the query is one word of 2 to 12 letters, and those are the initials of a name or of a run of Han
               characters in it; where it has three or more, also the first or the last of them

A misspelt whole beats a correct half: "blue botle" means Blue Bottle, not every blue thing. Initials come last, and
from the ends of names only: a word of letters must not bring names that merely happen to hold them.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from enum import IntEnum

from search.chinese import HAN, one_form, reading, u_for_umlaut

MAX_QUERY_CHARACTERS = 100
MAX_QUERY_WORDS = 8
MAX_WORD_CHARACTERS = 40
MAX_NAME_BYTES = 2_000
"""Of a name's own term, in UTF-8: a lexeme of PostgreSQL has at most 2,046, and one character may unfold to 18 bytes of
letters. No query that may be asked is longer than 1,800.
"""
MIN_TYPO_WORD_CHARACTERS = 4
MAX_TYPO_WORD_CHARACTERS = 24
MIN_TYPO_RUN_CHARACTERS = 3
MAX_TYPO_RUN_CHARACTERS = 12
MAX_SOUND_SYLLABLES = 16
"""Of a name, that are read: what comes after them is found by its characters."""
MAX_SOUND_LETTERS = 60
MIN_PART_INITIALS = 3
MAX_INITIALS = 12


class Tier(IntEnum):
    """How well words matched; lower is better. NONE_ASKED is the tier of everything when there is no text."""

    NONE_ASKED = 0
    EXACT = 1
    PREFIX = 2
    ALL_WORDS = 3
    PINYIN = 4
    FUZZY = 5
    SOME_WORDS = 6
    INITIALS = 7


# Letters that no Unicode decomposition takes apart.
_LETTERS = str.maketrans({"ø": "o", "đ": "d", "ł": "l", "ı": "i", "æ": "ae", "œ": "oe", "þ": "th", "ð": "d", "ħ": "h"})
_APOSTROPHES = str.maketrans("", "", "'’ʼ`´")
_COMBINING = re.compile(r"[̀-ͯ]")
_RUN = re.compile(r"[^\W_]+")
_BIGRAM_SCRIPTS = re.compile(r"[぀-ヿ㐀-鿿豈-﫿가-힯\U00020000-\U0003ffff]+")
_SPOKEN = re.compile(rf"(?P<han>[{HAN}])|[^\W{HAN}_]+|\s")
_SOUND = re.compile(r"[a-z]{2,}")
_INITIALS = re.compile(rf"[a-z]{{2,{MAX_INITIALS}}}")


def normalise(text: str) -> str:
    """Lower case, compatibility forms folded, Latin, Greek and Cyrillic diacritics dropped, Han characters simplified,
    runs joined by one space.

    >>> normalise("  Café Ströget & Søn’s — 麥當勞 ")
    'cafe stroget sons 麦当劳'
    """
    return one_form(_spelled(text))


def _spelled(text: str) -> str:
    """The same with Han characters as they are written: what can be read aloud."""
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


def is_spaceless(char: str) -> bool:
    """Whether it belongs to a script that is written without spaces."""
    return _BIGRAM_SCRIPTS.match(char) is not None


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


def run_keys(run: str) -> frozenset[str]:
    """Typo keys of a run without spaces."""
    if not MIN_TYPO_RUN_CHARACTERS <= len(run) <= MAX_TYPO_RUN_CHARACTERS:
        return frozenset()
    return frozenset({run} | {run[:i] + run[i + 1 :] for i in range(len(run))})


def _name_term(name: str) -> str:
    return "n=" + name.encode()[:MAX_NAME_BYTES].decode(errors="ignore")


def document_terms(*, names: Iterable[str], words: Iterable[str]) -> frozenset[str]:
    """The terms of a document: `names` match whole, by prefix and by word; `words` (categories …) by word only."""
    names, words = list(names), list(words)
    terms: set[str] = set()
    for name in names:
        if whole := normalise(name):
            terms.add(_name_term(whole))
            terms |= _word_terms(whole, runs_may_be_misspelt=True)
            terms |= _sound_terms(name)
    for text in words:
        terms |= _word_terms(normalise(text), runs_may_be_misspelt=False)
        if tokens := _spoken(text):
            terms.add(_sound(tokens))
    return frozenset(terms)


def _word_terms(normalised: str, *, runs_may_be_misspelt: bool) -> set[str]:
    terms: set[str] = set()
    for word, spaceless in _pieces(normalised):
        if spaceless:
            terms.update(f"w={gram}" for gram in {*word, *_bigrams(word)})
            if runs_may_be_misspelt:
                terms.update(f"t={key}" for key in run_keys(word))
        else:
            terms.add(f"w={word}")
            terms.update(f"t={key}" for key in typo_keys(word))
    return terms


def _spoken(text: str) -> list[tuple[str, bool]]:
    """What is said, from the first Han character on: syllables (True), and words in letters or gaps, "" (False)."""
    syllables = iter(reading(spelled := _spelled(text)))
    said: list[tuple[str, bool]] = []
    for match in _SPOKEN.finditer(spelled):
        is_han = match["han"] is not None
        token = next(syllables, "") if is_han else match.group().strip()
        if is_han or said:
            said.append((token, is_han and token != ""))
    return said if any(is_han for _, is_han in said) else []


def _sound(said: list[tuple[str, bool]]) -> str:
    return "p=" + "".join(token for token, _ in said)[:MAX_SOUND_LETTERS]


def _sound_terms(name: str) -> set[str]:
    said = _spoken(name)[:MAX_SOUND_SYLLABLES]
    if not said:
        return set()
    terms = {_sound(said[at:]) for at, (_, is_han) in enumerate(said) if is_han}
    parts = _read_parts(said)
    whole = [syllable for part in parts for syllable in part]
    for part in [whole, *parts]:
        terms.update(f"t={key}" for key in typo_keys("".join(part)))
        terms.add(f"h={_first_letters(part)}")
    for letters in map(_first_letters, parts):
        terms.update(f"i={letters[at:]}" for at in range(len(letters) - MIN_PART_INITIALS + 1))
    return terms


def _read_parts(said: list[tuple[str, bool]]) -> list[list[str]]:
    """The syllables of each run of Han characters; a word in letters or a gap ends one."""
    parts: list[list[str]] = [[]]
    for token, is_han in said:
        if is_han:
            parts[-1].append(token)
        elif parts[-1]:
            parts.append([])
    return [part for part in parts if part]


def _first_letters(syllables: list[str]) -> str:
    return "".join(syllable[0] for syllable in syllables)[:MAX_INITIALS]


@dataclass(frozen=True, slots=True)
class QueryWord:
    """One word that was asked for.

    `exact`: terms that must all be there. `prefix`: if set, a beginning of a term that serves instead. `typo`: terms of
    which any one serves in the FUZZY tier. `sound`: if set, a beginning of a term that serves from the PINYIN tier on.
    """

    exact: tuple[str, ...]
    prefix: str | None
    typo: tuple[str, ...]
    sound: str | None = None
    text: str = ""
    """The word itself, normalised."""


@dataclass(frozen=True, slots=True)
class TextQuery:
    """What was typed, made ready for an engine."""

    name: str
    """The term of a name that equals the query; a name term that begins with it is the PREFIX tier."""
    words: tuple[QueryWord, ...]
    initials: tuple[str, ...] = ()
    """Terms of which any one is the INITIALS tier; empty where the question has none."""
    initials_prefix: str | None = None
    """If set, a beginning of a term that serves too."""

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
            typo = tuple(sorted(f"t={key}" for key in run_keys(word)))
            words.append(QueryWord(tuple(f"w={gram}" for gram in _bigrams(word)), None, typo, text=word))
        else:
            typo = tuple(sorted(f"t={key}" for key in typo_keys(word)))
            sound = f"p={u_for_umlaut(word)}" if _SOUND.fullmatch(word) else None
            words.append(QueryWord((f"w={word}",), f"w={word}" if last else None, typo, sound, word))
    return TextQuery(_name_term(whole), tuple(words), *_initials(whole))


def _initials(whole: str) -> tuple[tuple[str, ...], str | None]:
    if not _INITIALS.fullmatch(whole):
        return (), None
    if len(whole) < MIN_PART_INITIALS:
        return (f"h={whole}",), None
    return (f"i={whole}",), f"h={whole}"


def tier_of(query: TextQuery, terms: frozenset[str]) -> Tier | None:
    """The tier in which a document with these terms matches; None when it does not. The definition for both engines."""
    if query.name in terms:
        return Tier.EXACT
    if any(term.startswith(query.name) for term in terms):
        return Tier.PREFIX

    def begins(start: str | None) -> bool:
        return start is not None and any(term.startswith(start) for term in terms)

    plain = [terms.issuperset(word.exact) or begins(word.prefix) for word in query.words]
    if all(plain):
        return Tier.ALL_WORDS
    heard = [ok or begins(word.sound) for ok, word in zip(plain, query.words, strict=True)]
    if all(heard):
        return Tier.PINYIN
    if all(ok or not terms.isdisjoint(word.typo) for ok, word in zip(heard, query.words, strict=True)):
        return Tier.FUZZY
    if query.some_words_needed is not None and sum(plain) >= query.some_words_needed:
        return Tier.SOME_WORDS
    if not terms.isdisjoint(query.initials) or begins(query.initials_prefix):
        return Tier.INITIALS
    return None
