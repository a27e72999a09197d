"""Single values of query parameters: yes or no, one of, some of. Pure.

Every reader takes the name of its parameter and refuses with it. Text is exact: no spaces around, no other spellings.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable
from difflib import get_close_matches

from config.errors import InvalidParameter

_NAME = re.compile(r"[^\s,]{1,100}")
_ECHOED_CHARACTERS = 40


def quoted(text: str) -> str:
    """Short and printable, for messages."""
    return ascii(text if len(text) <= _ECHOED_CHARACTERS else f"{text[:_ECHOED_CHARACTERS]}...")


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


def nearest_of(entry: str, known: Collection[str], *, otherwise: str) -> tuple[str, dict[str, str]]:
    """What was probably meant, as words and as a member of the error; else the other words alone."""
    nearest = get_close_matches(entry[:_ECHOED_CHARACTERS], sorted(known), n=1, cutoff=0.6)
    return (f"Did you mean {nearest[0]}?", {"nearest": nearest[0]}) if nearest else (otherwise, {})


def parse_choices(text: str, choices: Collection[str], *, parameter: str) -> list[str]:
    """Some of the choices, joined by commas. A near miss is told what was probably meant."""
    known = list(choices)
    entries = parse_list(text, parameter=parameter, most=len(known), form=_NAME, said_as="names")
    for entry in entries:
        if entry not in choices:
            hint, members = nearest_of(entry, known, otherwise=f"It takes: {', '.join(known)}.")
            raise InvalidParameter(parameter, f"{parameter} knows no {quoted(entry)}. {hint}", **members)
    return entries
