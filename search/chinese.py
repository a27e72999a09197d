"""Chinese characters: one form for all ways to write them, and how they are read. Pure.

The dictionaries come with the first text that needs them: OpenCC's when a Han character is met (7 MB), pypinyin's when
one is to be read aloud (56 MB, half a second), which only the making of documents asks for.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import cache, lru_cache

HAN = "㐀-䶿一-鿿豈-﫿\U00020000-\U0003ffff"
_HAN = re.compile(f"[{HAN}]")
_KANA = re.compile("[぀-ヿ]")
_SYLLABLE = re.compile("[a-z]{1,6}")


def is_han(char: str) -> bool:
    return _HAN.match(char) is not None


@cache
def _converter(config: str) -> Callable[[str], str]:
    from opencc import OpenCC  # noqa: PLC0415 - only for text that needs it

    convert: Callable[[str], str] = OpenCC(config).convert
    return convert


class _Forms(dict[int, str]):
    """For str.translate: each character alone, so that a part of a text has the form of that part of the whole."""

    def __missing__(self, code: int) -> str:
        char = chr(code)
        form = char
        if _HAN.match(char):
            converted = _converter("t2s")(_converter("jp2t")(char))
            form = converted if len(converted) == 1 else char
        self[code] = form
        return form


_FORMS = _Forms()


def one_form(text: str) -> str:
    """Traditional and Japanese characters as simplified ones, character by character; all else as it is.

    >>> one_form("牛肉麵 牛肉面 牛肉麺 cafe")
    '牛肉面 牛肉面 牛肉面 cafe'
    """
    return text.translate(_FORMS) if _HAN.search(text) else text


def reading(text: str) -> tuple[str, ...]:
    """The syllable of each Han character of a text in order, in pinyin without tones, ü as u; "" where there is none.

    Characters with several readings are read by the phrase around them. A text with kana is Japanese: nothing is read.

    >>> reading("重慶火鍋 & 音乐"), reading("すし処")
    (('chong', 'qing', 'huo', 'guo', 'yin', 'yue'), ())
    """
    if _KANA.search(text) or not _HAN.search(text):
        return ()
    return tuple(syllable for run in re.findall(f"[{HAN}]+", text) for syllable in _syllables(run))


@lru_cache(maxsize=16_384)
def _syllables(run: str) -> tuple[str, ...]:
    from pypinyin import lazy_pinyin  # noqa: PLC0415 - large, and only for documents with Han characters

    simplified = _converter("t2s")(run)
    if len(simplified) != len(run):
        simplified = one_form(run)
    # What it cannot read comes back character by character, which its annotation leaves out.
    said = [u_for_umlaut(syllable) for syllable in lazy_pinyin(simplified, errors=list)]  # type: ignore[arg-type]
    return tuple(syllable if _SYLLABLE.fullmatch(syllable) else "" for syllable in said)


def u_for_umlaut(word: str) -> str:
    """`lv` and `nv`, as ü is typed, as `lu` and `nu`."""
    return word.replace("lv", "lu").replace("nv", "nu")
