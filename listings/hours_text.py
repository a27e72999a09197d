"""Opening hours as written: read, refused with the place, and made ready for evaluation. Pure.

Three readings differ from what the `opening_hours` package does by itself; docs/hours.md has the reasons:

* a blank beside a comma changes nothing: in "Su, PH off" the package takes "Su" for a rule of its own, open all day;
* a rule that carries only a comment is unknown, not open ("by appointment" is not open all night);
* a session belongs to the day on which it begins: "Fr-Sa 11:00-02:00; Su 11:00-22:00" is open on Sunday at 01:00.
  The package lets the rule of Sunday wipe out the end of Saturday's session. So the text is split in two: what happens
  on a day (`own`: 11:00-24:00) and what runs on after its midnight (`after_midnight`: 00:00-02:00, asked of the day
  before), and the package decides for both which rule governs which day.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache

from opening_hours import OpeningHours, ParserError  # type: ignore[attr-defined] # missing from its stub

from config.errors import InvalidParameter

TEXT_LIMIT_CHARACTERS = 512

NOTHING_FROM_MINUTE = 1439
"""In `after_midnight`, times from this minute of the day on only stand for a rule that has no session over midnight."""
_NOTHING = "23:59-24:00"
_LATEST_END = "23:58"

_COMMENT = re.compile(r'"[^"]*"')
_STATE_BEFORE = re.compile(r"(?:open|closed|off|unknown)\s*$", re.IGNORECASE)
_SAYS_WHEN = re.compile(r"\d:\d\d|24/7|open|closed|off|unknown|sunrise|sunset|dawn|dusk", re.IGNORECASE)
_SEPARATOR = re.compile(r"(;|\|\||, )")
_SUN_EVENT = re.compile(r"sunrise|sunset|dawn|dusk", re.IGNORECASE)
_CLOCK = r"(?<![\d:])(\d{1,2}):(\d{2})(?![\d:])"
_CLOCK_TIME = re.compile(_CLOCK)
_CLOCK_RANGE = re.compile(rf"{_CLOCK}\s*-\s*{_CLOCK}(?:\s*\+)?(?!\s*/)")
_OPEN_END = re.compile(rf"{_CLOCK}\s*\+")
_ERROR_COLUMN = re.compile(r"--> 1:(\d+)")


@dataclass(frozen=True, slots=True)
class Hours:
    """Opening hours that were read."""

    text: str
    """As written, blanks collapsed: what to store and show."""
    own: str
    """What happens on the days themselves."""
    after_midnight: str | None
    """What runs on into the next day, in minutes of that day; None: nothing, or not told apart (sun times)."""
    uses_sun: bool
    """The answer depends on the position."""


class _UnreadableText(Exception):
    """The reason, for a person."""


def parse_hours(text: str, *, parameter: str = "opening_hours") -> Hours:
    """Read `text`, or raise InvalidParameter that names the place in the text or the limit.

    Costs well under 5 ms for any text. Empty text is refused: no hours known is None, which the caller keeps apart.
    """
    if len(text) > TEXT_LIMIT_CHARACTERS:
        raise InvalidParameter(
            parameter,
            f"Opening hours may have {TEXT_LIMIT_CHARACTERS} characters, these have {len(text)}.",
            limit=TEXT_LIMIT_CHARACTERS,
        )
    try:
        return _read(text)
    except _UnreadableText as refusal:
        raise InvalidParameter(parameter, str(refusal)) from None


@lru_cache(maxsize=4096)
def _read(text: str) -> Hours:
    text = " ".join(text.split())
    if not text:
        raise _UnreadableText("Opening hours are empty; leave them out where they are not known.")
    if not text.isprintable():
        raise _UnreadableText("Opening hours contain a control character.")
    try:
        _check(text)
    except ParserError as error:
        raise _UnreadableText(_explain(text, str(error))) from None
    marked = _mark_bare_comments(_join_day_lists(text))
    try:
        _check(marked)
    except ParserError:
        raise _UnreadableText(
            "Opening hours name days of different kinds without times between them; give each its own times."
        ) from None
    uses_sun = bool(_SUN_EVENT.search(_COMMENT.sub("", text)))
    own, after_midnight = marked, None
    if not uses_sun and (halves := _split_at_midnight(marked)):
        try:
            _check(halves[0])
            _check(halves[1])
            own, after_midnight = halves
        except ParserError:
            pass  # a form the split does not know: the package's own reading stands
    return Hours(text, own, after_midnight, uses_sun)


def _check(text: str) -> None:
    OpeningHours(text, auto_country=False, auto_timezone=False)


def _explain(text: str, error: str) -> str:
    """Where the grammar stopped, counted in characters from 1."""
    column = _ERROR_COLUMN.search(error)
    if column is None:
        return "Opening hours are not in OpenStreetMap opening_hours syntax."
    at = int(column.group(1))
    rest = text[at - 1 : at + 19]
    place = f"at character {at}, near “{rest}”" if rest else f"at character {at}, where the text ends"
    return f"Opening hours are not in OpenStreetMap opening_hours syntax {place}."


def _join_day_lists(text: str) -> str:
    """Take out the blanks beside commas that divide days, so that a list of days is read as one list."""
    pieces = [_joined(piece) for piece in _COMMENT.split(text)]
    return _woven(pieces, [*_COMMENT.findall(text), ""])


def _joined(piece: str) -> str:
    parts = _SEPARATOR.split(piece.replace(" ,", ","))
    joined = parts[0]
    since_separator = parts[0]
    for separator, part in zip(parts[1::2], parts[2::2], strict=True):
        only_days = since_separator.strip() and not _SAYS_WHEN.search(since_separator)
        if separator == ", " and only_days:
            joined += "," + part
            since_separator += "," + part
        else:
            joined += separator + part
            since_separator = part
    return joined


def _mark_bare_comments(text: str) -> str:
    """Put `unknown` before each comment that no state precedes, as the specification reads it."""
    parts: list[str] = []
    done = 0
    for comment in _COMMENT.finditer(text):
        before = text[done : comment.start()]
        if before and not before.endswith(" "):
            before += " "
        parts += [before, "" if _STATE_BEFORE.search(before) else "unknown ", comment.group()]
        done = comment.end()
    return "".join(parts) + text[done:] if parts else text


def _split_at_midnight(text: str) -> tuple[str, str] | None:
    """(own, after_midnight), or None if no session runs over midnight or a time is written in another form."""
    pieces = _COMMENT.split(text)
    comments = [*_COMMENT.findall(text), ""]
    if not any(_after_midnight(match) != _NOTHING for piece in pieces for match in _CLOCK_RANGE.finditer(piece)):
        return None
    if any(_CLOCK_TIME.search(_OPEN_END.sub("", _CLOCK_RANGE.sub("", piece))) for piece in pieces):
        return None
    own = [_CLOCK_RANGE.sub(_before_midnight, piece) for piece in pieces]
    after = [_OPEN_END.sub(_NOTHING, _CLOCK_RANGE.sub(_after_midnight, piece)) for piece in pieces]
    return _woven(own, comments), _woven(after, comments)


def _woven(pieces: list[str], comments: list[str]) -> str:
    return "".join(piece + comment for piece, comment in zip(pieces, comments, strict=True))


def _ends_next_day_at(match: re.Match[str]) -> int:
    """Minutes after the midnight that follows; 0 or less: the range ends on its own day."""
    opens_hour, opens_minute, closes_hour, closes_minute = map(int, match.groups())
    opens, closes = opens_hour * 60 + opens_minute, closes_hour * 60 + closes_minute
    return closes if closes <= opens else closes - 1440


def _before_midnight(match: re.Match[str]) -> str:
    return match.group() if _ends_next_day_at(match) < 0 else f"{match.group(1)}:{match.group(2)}-24:00"


def _after_midnight(match: re.Match[str]) -> str:
    minutes = _ends_next_day_at(match)
    if minutes <= 0:
        return _NOTHING
    return "00:00-" + min(f"{minutes // 60:02}:{minutes % 60:02}", _LATEST_END)
