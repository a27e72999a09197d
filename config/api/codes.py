"""Which error codes there are: every code that a class under CodedError declares, with its status, title and meaning.

A class that declares no `code` of its own says the same as its parent to a machine, so it is not listed.
"""

from __future__ import annotations

import inspect
from collections.abc import Iterator
from dataclasses import dataclass

from config.errors import CodedError, RetryableError

# config/errors.py speaks to those who raise; to those who receive, its codes mean:
_MEANINGS = {
    "internal_error": "A bug on our side. The request id finds it in our log.",
    "invalid_parameter": "One input value is refused: `parameter` says which, `detail` why, `limit` what it passed.",
    "unknown_parameter": "`nearest` is the parameter that was probably meant, `known` all that the operation takes.",
    "not_found": "Nothing has this path or id, or not any more.",
    "rate_limited": "This client has used up its requests in the window. Retry-After says when one is free again.",
    "temporarily_unavailable": "The same request may succeed after the seconds in Retry-After.",
}


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
        if "code" not in vars(each) or each.only_commands or each.__module__.startswith("test"):
            continue
        if found.setdefault(each.code, each) is not each:
            raise ValueError(f"{each.code} is declared by {found[each.code].__qualname__} and {each.__qualname__}")
    return found


def _meaning(code: str, declaring: type[CodedError]) -> str:
    return _MEANINGS.get(code) or " ".join(inspect.cleandoc(vars(declaring).get("__doc__") or "").split())


def all_codes() -> list[Code]:
    """Sorted by code. A class without a docstring has an empty meaning, which a test refuses."""
    return [
        Code(
            code=code,
            status=each.status,
            title=each.title,
            meaning=_meaning(code, each),
            is_retryable=issubclass(each, RetryableError),
        )
        for code, each in sorted(declaring_classes().items())
    ]
