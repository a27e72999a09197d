"""Single values of query parameters: whole numbers, yes or no, one of, some of. Pure.

Every reader takes the name of its parameter and refuses with it. Text is exact: no spaces around, no other spellings.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable
from difflib import get_close_matches
from uuid import UUID

from config.errors import InvalidParameter

_WHOLE = re.compile(r"(0|[1-9][0-9]{0,14})")
_UUID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", re.IGNORECASE | re.ASCII)
_ECHOED_CHARACTERS = 40


def quoted(text: str) -> str:
    """Short and printable, for messages."""
    return ascii(text if len(text) <= _ECHOED_CHARACTERS else f"{text[:_ECHOED_CHARACTERS]}...")


def parse_whole(text: str, *, parameter: str, minimum: int, maximum: int) -> int:
    """A whole number in plain digits, minimum..maximum."""
    allowed = f"{minimum}..{maximum}"
    if _WHOLE.fullmatch(text) is None:
        raise InvalidParameter(
            parameter, f"{parameter} must be a whole number, {allowed}; got {quoted(text)}.", limit=allowed
        )
    value = int(text)
    if not minimum <= value <= maximum:
        raise InvalidParameter(parameter, f"{parameter} must be {allowed}; got {value}.", limit=allowed)
    return value


def parse_flag(text: str, *, parameter: str) -> bool:
    """`true` or `false`, nothing else."""
    if text not in ("true", "false"):
        raise InvalidParameter(parameter, f"{parameter} must be true or false; got {quoted(text)}.")
    return text == "true"


def parse_choice(text: str, choices: Iterable[str], *, parameter: str) -> str:
    """One of the choices."""
    known = list(choices)
    if text not in known:
        raise InvalidParameter(parameter, f"{parameter} must be one of {', '.join(known)}; got {quoted(text)}.")
    return text


def parse_list(text: str, *, parameter: str, most: int, form: re.Pattern[str], said_as: str) -> list[str]:
    """Entries joined by commas, each once in the answer, in the order given; `form` is what each must match."""
    entries = text.split(",", most)
    if len(entries) > most:
        raise InvalidParameter(parameter, f"{parameter} may name {most}.", limit=most)
    for entry in entries:
        if form.fullmatch(entry) is None:
            raise InvalidParameter(parameter, f"{parameter} is a comma list of {said_as}; got {quoted(entry)}.")
    return list(dict.fromkeys(entries))


def parse_choices(text: str, choices: Collection[str], *, parameter: str) -> list[str]:
    """Some of the choices, joined by commas. A near miss is told what was probably meant."""
    known = list(choices)
    entries = parse_list(text, parameter=parameter, most=len(known), form=_NAME, said_as="names")
    for entry in entries:
        if entry not in choices:
            nearest = get_close_matches(entry[:_ECHOED_CHARACTERS], known, n=3, cutoff=0.6)
            hint = f"Did you mean {' or '.join(nearest)}?" if nearest else f"It takes: {', '.join(known)}."
            raise InvalidParameter(parameter, f"{parameter} knows no {quoted(entry)}. {hint}", nearest=nearest)
    return entries


_NAME = re.compile(r"[^\s,]{1,100}")


def parse_uuid(text: str, *, parameter: str) -> UUID:
    """The 36-character form with hyphens."""
    if _UUID.fullmatch(text) is None:
        raise InvalidParameter(parameter, f"{parameter} must be a UUID; got {quoted(text)}.")
    return UUID(text)
