"""Which error codes there are: every code that a class under CodedError declares, with its status, title and meaning.

A class that declares no `code` of its own says the same as its parent to a machine, so it is not listed.
"""

from __future__ import annotations

import inspect
from collections.abc import Iterator
from dataclasses import dataclass

from config.errors import CodedError


@dataclass(frozen=True, slots=True)
class Code:
    code: str
    status: int
    title: str
    meaning: str
    is_retryable: bool


def _classes(base: type[CodedError]) -> Iterator[type[CodedError]]:
    yield base
    for child in base.__subclasses__():
        yield from _classes(child)


def declaring_classes() -> dict[str, type[CodedError]]:
    """Code → the class that declares it. Complete once the URL configuration is loaded, which imports every app.

    Raises ValueError where two classes of this project declare one code.
    """
    found: dict[str, type[CodedError]] = {}
    for each in _classes(CodedError):
        if "code" not in vars(each) or each.__module__.startswith("tests."):
            continue
        if found.setdefault(each.code, each) is not each:
            raise ValueError(f"{each.code} is declared by {found[each.code].__qualname__} and {each.__qualname__}")
    return found


def all_codes() -> list[Code]:
    """Sorted by code."""
    return [
        Code(
            code=code,
            status=each.status,
            title=each.title,
            meaning=" ".join((inspect.cleandoc(vars(each).get("__doc__") or "") or f"{each.title}.").split()),
            is_retryable=hasattr(each, "retry_after_seconds") or each.status in {429, 503},
        )
        for code, each in sorted(declaring_classes().items())
    ]
